/**
 * Rounds to float32 in a float32 network. Sums and products are rounded each time, so that vector instructions of
 * either width give these bits; an elementwise function is computed in float64 and rounded once, when it is stored.
 */
export const round = (value: number, single: boolean): number => (single ? Math.fround(value) : value);

/** The smallest normal numbers: what is nearer to 0 is subnormal, and many processors are slow with it. */
export const LEAST_NORMAL = 2.2250738585072014e-308;
/** The same in float32. */
export const LEAST_NORMAL_SINGLE = 1.1754943508222875e-38;

/**
 * A running mean of gradients, rounded, and 0 in place of a subnormal number. The mean for a weight whose gradient has
 * become 0, as behind a relu that is always off, comes down to these in a thousand steps. It would stay there, since the
 * smallest of them times 0.9 is itself, and many processors take a hundred times as long for an operation on them.
 */
export function settled(mean: number, single: boolean): number {
  const value = round(mean, single);
  return Math.abs(value) < (single ? LEAST_NORMAL_SINGLE : LEAST_NORMAL) ? 0 : value;
}
