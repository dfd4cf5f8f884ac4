import { POWERS, highWord } from "./bits.js";
import { LEAST_NORMAL } from "./rounding.js";

export const LOGARITHMS = /* @__PURE__ */ logarithms();

/**
 * The natural logarithm of x.
 *
 * With x = 2ᵉ·m and c = 1 + i/128 nearest to m in [1, 2), u = (m − c)/c is below 1/256 and
 *
 *   ln x = e·ln 2 + ln c + ln(1 + u),   ln(1 + u) ≈ u − u²/2 + u³/3 − … + u⁷/7.
 *
 * The table holds ln c in two parts, the first so short that its sum with e·ln 2 is exact; from c > √2 on it holds
 * ln(c/2) and e is one more, so that the two never cancel. For |x − 1| < 1/16 the series in x − 1 is used directly.
 *
 * Error: at most 0.59 ulp (measured).
 * Special values: log(1) = +0, log(±0) = −∞, log(∞) = ∞; NaN for x < 0 and NaN.
 *
 * Source: Tang, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic",
 * ACM Trans. Math. Softw. 16 (1990).
 *
 * @example
 * log(2); // 0.6931471805599453
 */
export function log(x: number): number {
  cell[0] = x;
  logarithm(0);
  return cell[0];
}

/**
 * ln(1 + x), without the rounding of 1 + x near 0.
 *
 * Below 1/16 the series of `log`; above ln y + d/y, where y is 1 + x rounded and d what that lost, found exactly.
 *
 * Error: at most 0.59 ulp (measured).
 * Special values: log1p(±0) = ±0, log1p(−1) = −∞, log1p(∞) = ∞; NaN for x < −1 and NaN.
 *
 * @example
 * log1p(1e-3); // 0.0009995003330835331
 */
export function log1p(x: number): number {
  cell[0] = x;
  logarithm(1);
  return cell[0];
}

/** The way in and out of `logarithm`: it is too long to be inlined, and V8 makes an object of a number that is returned. */
const cell = /* @__PURE__ */ new Float64Array(1);

/** cell ← ln(offset + cell), for an offset of 0 or 1. */
function logarithm(offset: number): void {
  const given = cell[0]!;
  const sum = offset + given;
  const f = offset === 0 ? given - 1 : given;
  if (Math.abs(f) < 1 / 16) {
    const f2 = f * f; // ln(1 + f) = f − f²/2 + f³/3 − … − f¹⁴/14
    const f4 = f2 * f2;
    const low = -1 / 2 + f * (1 / 3) + f2 * (-1 / 4 + f * (1 / 5));
    const middle = -1 / 6 + f * (1 / 7) + f2 * (-1 / 8 + f * (1 / 9));
    const high = -1 / 10 + f * (1 / 11) + f2 * (-1 / 12 + f * (1 / 13));
    cell[0] = f + f2 * (low + f4 * (middle + f4 * (high + f4 * (-1 / 14))));
    return;
  }
  if (!(sum > 0 && sum < Infinity)) {
    cell[0] = sum === 0 ? -Infinity : sum < 0 ? NaN : sum;
    return;
  }
  const shift = sum < LEAST_NORMAL ? -54 : 0;
  const x = shift === 0 ? sum : sum * 18014398509481984; // subnormal: times 2⁵⁴
  const lost = offset === 0 ? 0 : given < 1 ? given - (sum - 1) : 1 - (sum - given);
  const word = highWord(x);
  const m = x * POWERS[1074 + 1023 - (word >> 20)]!;
  const i = (((word & 0xfffff) + 0x1000) >> 13) << 2;
  const e = ((word + 0x95000) >> 20) - 1023 + shift; // the addition carries into the exponent from i = 54, c = 1.42
  const u = (m - LOGARITHMS[i]!) * LOGARITHMS[i + 1]!;
  const u2 = u * u;
  const series = -1 / 2 + u * (1 / 3) + u2 * (-1 / 4 + u * (1 / 5) + u2 * (-1 / 6 + u * (1 / 7)));
  const high = e * 0.6931471805437468 + LOGARITHMS[i + 2]!; // ln 2, its first 35 bits …
  const low = e * 1.619851018665656e-11 + LOGARITHMS[i + 3]!; // … and the rest
  cell[0] = high + (u + (low + lost / x + u2 * series));
}

/**
 * For c = 1, 1 + 1/128, … 2 the numbers c, 1/c, ln c (or ln(c/2)) to 42 binary places, and the rest. Each step adds
 * ln(c + 1/128) − ln c = 2·artanh s = 2s + ⅔s³ + ⅖s⁵ + …, s = 1/(257 + 2i), to ln c = head + tail, a head of 24 bits.
 */
function logarithms(): Float64Array {
  const table = new Float64Array(516);
  let head = 0;
  let tail = 0;
  for (let i = 0; i <= 128; i++) {
    const c = 1 + i / 128;
    const e = i < 54 ? 0 : 1;
    const high = Math.floor((head + tail - e * 0.6931471805599453) * 4398046511104) / 4398046511104;
    table[4 * i] = c;
    table[4 * i + 1] = 1 / c;
    table[4 * i + 2] = high;
    table[4 * i + 3] = head - e * 0.6931471805437468 - high + (tail - e * 1.619851018665656e-11);
    const d = 257 + 2 * i;
    const s2 = 1 / (d * d);
    const step = Math.fround(2 / d);
    const rest = (2 - step * d + 2 * s2 * (1 / 3 + s2 * (1 / 5 + s2 * (1 / 7)))) / d;
    const sum = Math.fround(head + step);
    tail += head - sum + step + rest;
    head = sum;
  }
  return table;
}
