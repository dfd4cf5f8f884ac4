/**
 * A number as people read it: to so many decimals, and without zeros at the end where these are all there is (to 14
 * figures): 0.741365070 has been rounded, 0.4 has not. An exponent is written for a number below 0.01 that
 * would keep fewer than three figures, for one that would keep none, and for a huge one.
 *
 * @example
 * decimal(0.1 + 0.2, 9); // "0.3"
 */
export function decimal(value: number, digits: number): string {
  const size = Math.abs(value);
  const fixed = value.toFixed(digits);
  const isWhole = (text: string): boolean => Number(text) === Number(value.toPrecision(14));
  const small = Math.min(isWhole(fixed) ? 1e-6 : 1e-2, Number(`1e${2 - digits}`));
  const hasExponent = value !== 0 && (size >= 1e9 || size < small || Number(fixed) === 0);
  const text = hasExponent ? value.toExponential(digits) : fixed;
  return isWhole(text) ? text.replace(/(?:\.0+|(\.\d*?)0+)(e.*)?$/, "$1$2") : text;
}
