/** Half the number of cells between the values that are looked at near a suspect. */
const REACH = 8;

// Σk², Σk⁴, Σk⁶ for k = 1 … REACH.
const S2 = 204,
  S4 = 8772,
  S6 = 446964;

/**
 * The slope of f at x: the central difference (f(x+h) − f(x−h)) / 2h, or null where f has no slope that a difference
 * could find.
 *
 * If it is more than `doubt` away from `expected`, f is looked at in 17 places within h of x, evenly spaced by a power of
 * two so that x + k·step is exact. In a smooth stretch the second differences f₋₁ − 2f₀ + f₁ change evenly; a kink, a
 * jump, or a jump in the curvature is where they change by far more (32 times) than at the median place. Then it is
 * null. Else it is the slope at x of the cubic fitted to the 17 values, free of the difference's error f‴h²/6. What is
 * expected decides only whether to look: a wrong derivative of a smooth function is never taken for a kink.
 * `size` says how large the numbers were from which f was computed, and so how well it is rounded.
 *
 * Source of the fit: Savitzky, Golay, "Smoothing and differentiation of data" (Anal. Chem. 36, 1964).
 */
export function slopeOf(
  f: (x: number) => number,
  x: number,
  h: number,
  expected: number,
  doubt: number,
  size: number,
): number | null {
  const above = x + h;
  const below = x - h;
  const difference = (f(above) - f(below)) / (above - below);
  if (Math.abs(difference - expected) <= doubt) return difference;
  let step = 1;
  while (step * REACH > h) step /= 2;
  while (step * REACH * 2 <= h) step *= 2;
  const values = Array.from({ length: 2 * REACH + 1 }, (_, k) => f(x + (k - REACH) * step));
  if (!values.every(Number.isFinite)) return difference;
  return isSmooth(values, Math.max(doubt * step, 32 * Number.EPSILON * size)) ? cubicSlope(values) / step : null;
}

/** Whether second differences change evenly; changes below `least` don't count. */
function isSmooth(values: readonly number[], least: number): boolean {
  const slopes = values.slice(1).map((value, k) => value - values[k]!);
  const bends = slopes.slice(1).map((slope, k) => slope - slopes[k]!);
  const changes = bends.slice(1).map((bend, k) => Math.abs(bend - bends[k]!));
  const sorted = changes.sort((a, b) => a - b);
  return sorted.at(-1)! <= Math.max(least, 32 * sorted[sorted.length >> 1]!);
}

/** The slope in the middle, for each step, of the cubic of least squares. */
function cubicSlope(values: readonly number[]): number {
  let first = 0,
    third = 0;
  for (let k = 1; k <= REACH; k++) {
    const odd = (values[REACH + k]! - values[REACH - k]!) / 2;
    first += k * odd;
    third += k * k * k * odd;
  }
  return (S6 * first - S4 * third) / (S2 * S6 - S4 * S4);
}
