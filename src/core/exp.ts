import { POWERS } from "./bits.js";

export const ROOTS = /* @__PURE__ */ rootsOfTwo();

/**
 * eˣ, with the same bits on every engine (`Math.exp` may differ from one to the next).
 *
 * With n the whole number nearest to 128·x/ln 2, x = n·(ln 2)/128 + r with |r| ≤ (ln 2)/256, and n = 128·m + i, so that
 *
 *   eˣ = 2ᵐ · 2^(i/128) · eʳ,   eʳ ≈ 1 + r + r²/2 + r³/6 + r⁴/24 + r⁵/120.
 *
 * The powers of two and the 128 roots come from tables, each root with what its rounding lost. (ln 2)/128 is subtracted
 * in two parts, the first so short that its product with n is exact.
 *
 * Error: at most 0.51 ulp (measured), 0.75 ulp where the result is subnormal.
 * Special values: exp(±0) = 1, exp(−∞) = 0, exp(∞) = ∞; exp(NaN) is NaN.
 *
 * Source: Tang, "Table-driven implementation of the exponential function in IEEE floating-point arithmetic",
 * ACM Trans. Math. Softw. 15 (1989).
 *
 * @example
 * exp(1); // 2.718281828459045
 */
export function exp(x: number): number {
  if (!(x > -746 && x < 710)) return x > 0 ? Infinity : x < 0 ? 0 : x;
  const n = x * 184.6649652337873 + 6755399441055744 - 6755399441055744; // 128/ln 2; beyond 2⁵² doubles are whole
  const k = n | 0;
  const r = x - n * 0.005415212347998022 - n * 1.2655086083325438e-13; // (ln 2)/128, its first 35 bits and the rest
  const r2 = r * r;
  const i = (k & 127) << 1;
  const shift = x < -700 ? 64 : x > 700 ? -1 : 0;
  const scale = ROOTS[i]! * POWERS[1074 + shift + (k >> 7)]!;
  const power = scale + scale * (r + (ROOTS[i + 1]! + r2 * (1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120)))));
  return shift === 0 ? power : power * POWERS[1074 - shift]!; // may overflow, or become subnormal
}

/**
 * eˣ − 1, without the cancellation near 0.
 *
 * Below 1/16 the Taylor series x + x²/2! + … + x⁹/9!; above as `exp`, the 1 being subtracted from the table's value,
 * together with what that subtraction loses, before the small rest is added.
 *
 * Error: at most 0.61 ulp (measured).
 * Special values: expm1(±0) = ±0, expm1(−∞) = −1, expm1(∞) = ∞; expm1(NaN) is NaN.
 *
 * @example
 * expm1(1e-10); // 1.00000000005e-10
 */
export function expm1(x: number): number {
  const size = Math.abs(x);
  if (size < 1 / 16) {
    const x2 = x * x;
    const low = 1 / 2 + x * (1 / 6) + x2 * (1 / 24 + x * (1 / 120));
    const high = 1 / 720 + x * (1 / 5040) + x2 * (1 / 40320 + x * (1 / 362880));
    return size < 1e-17 ? x : x + x2 * (low + x2 * x2 * high);
  }
  if (!(x > -40 && x < 710)) return x > 0 ? Infinity : x < 0 ? -1 : x;
  const n = x * 184.6649652337873 + 6755399441055744 - 6755399441055744;
  const k = n | 0;
  const r = x - n * 0.005415212347998022 - n * 1.2655086083325438e-13;
  const r2 = r * r;
  const i = (k & 127) << 1;
  const shift = x > 700 ? -1 : 0;
  const scale = ROOTS[i]! * POWERS[1074 + shift + (k >> 7)]!;
  const rest = scale * (r + (ROOTS[i + 1]! + r2 * (1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120)))));
  if (x >= 40) return (scale + rest) * POWERS[1074 - shift]!; // the 1 is too small to count
  const head = scale - 1;
  const lost = scale < 1 ? scale - (head + 1) : scale - head - 1;
  return head + (lost + rest);
}

/**
 * For i = 0 … 127 the pair 2^(i/128) rounded, (the rest)/2^(i/128), from the powers of 2^(1/128). A power is kept as
 * head + tail: a head of 24 bits, so that a product of heads is exact, and 53 bits more (after Dekker 1971).
 */
function rootsOfTwo(): Float64Array {
  const table = new Float64Array(256);
  let head = 1;
  let tail = 0;
  for (let i = 0; i < 256; i += 2) {
    const root = head + tail;
    table[i] = root;
    table[i + 1] = (tail - (root - head)) / root;
    const product = head * 1.0054298639297485; // the head of 2^(1/128), which seven square roots of 2 give, …
    const rest = head * 3.7183054286195135e-8 + tail * 1.0054299011128027; // … its tail, and their sum
    head = Math.fround(product + rest);
    tail = product - head + rest;
  }
  return table;
}
