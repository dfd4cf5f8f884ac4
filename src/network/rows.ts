import type { Floats } from "../core/tensor.js";

/** Copies the first `count` numbers. */
export function copy(from: Floats, count: number, to: Floats): void {
  if (from.length === count && count > 32) to.set(from);
  else for (let i = 0; i < count; i++) to[i] = from[i]!;
}

/** Rows of so many numbers are copied at once, each by a view of its own, which takes less room than a quarter of it. */
const WIDE = 128;

/** Room for the views of so many rows, if they are wide. */
export const viewsOf = (rows: number, columns: number): (Floats | undefined)[] | null =>
  columns < WIDE ? null : new Array<Floats | undefined>(rows);

/** Copies the rows `order[start…end)` to the beginning of `to`; `views`: of rows, made when they are first needed. */
export function gather(
  from: Floats,
  columns: number,
  order: Uint32Array,
  start: number,
  end: number,
  to: Floats,
  views: (Floats | undefined)[] | null = null,
): void {
  for (let n = start, at = 0; n < end; n++) {
    const row = order[n]!;
    const first = row * columns;
    if (views) to.set((views[row] ??= from.subarray(first, first + columns)), at);
    else for (let i = 0; i < columns; i++) to[at + i] = from[first + i]!;
    at += columns;
  }
}
