import type { Stream } from "../core/random.js";
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

/**
 * Fisher's and Yates' shuffle. Its random numbers are Marsaglia's xorshift (J. Stat. Softw. 8, 2003), which starts from a
 * number of the stream and ends with the call: a number of the stream for each row would take as long as a small step.
 */
export function shuffle(order: Uint32Array, stream: Stream): void {
  for (let i = 0; i < order.length; i++) order[i] = i;
  let x = 1 + Math.floor(stream.uniform(0) * 0xffff_fffe);
  for (let i = order.length - 1; i > 0; i--) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    const j = Math.floor(((x >>> 0) / 0x1_0000_0000) * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}
