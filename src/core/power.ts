/**
 * baseⁿ for a whole number n of at least 0, by repeated squaring, with the same bits on every engine.
 *
 * Error: at most n ulp; a power of a power of two is exact.
 *
 * @example
 * power(0.5, 3); // 0.125
 */
export function power(base: number, n: number): number {
  let result = 1;
  let square = base;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
