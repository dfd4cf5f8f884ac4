import type { Floats } from "../core/tensor.js";

/** Copies the first `count` numbers. */
export function copy(from: Floats, count: number, to: Floats): void {
  if (from.length === count && count > 32) to.set(from);
  else for (let i = 0; i < count; i++) to[i] = from[i]!;
}

/** Copies the rows `order[start…end)` to the beginning of `to`. */
export function gather(
  from: Floats,
  columns: number,
  order: Uint32Array,
  start: number,
  end: number,
  to: Floats,
): void {
  for (let n = start, at = 0; n < end; n++) {
    const row = order[n]! * columns;
    for (let i = row; i < row + columns; i++, at++) to[at] = from[i]!;
  }
}
