import { exp } from "./exp.js";

export const NODES = /* @__PURE__ */ nodes();

/**
 * The hyperbolic tangent (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ).
 *
 * With a the multiple of 1/32 nearest to x, T = tanh a from a table, and t = tanh(x − a) by its series, the addition
 * theorem gives
 *
 *   tanh x = T + (1 − T²)·t / (1 + T·t),
 *
 * where the second term is small, and so is its error. Below 1/8 the Taylor series x − x³/3 + 2x⁵/15 − … serves; from
 * 4 on 1 − 2/(e²ˣ + 1).
 *
 * Error: at most 0.74 ulp (measured); exactly odd.
 * Special values: tanh(±0) = ±0, tanh(±∞) = ±1; tanh(NaN) is NaN.
 *
 * Source: the method of accurate tables, Gal and Bachelis, ACM Trans. Math. Softw. 17 (1991), on evenly spaced nodes.
 *
 * @example
 * tanh(1); // 0.7615941559557649
 */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < 1 / 8) {
    const x2 = x * x;
    const x4 = x2 * x2;
    const low = -1 / 3 + x2 * (2 / 15) + x4 * (-17 / 315 + x2 * (62 / 2835));
    const high = -1382 / 155925 + x2 * (21844 / 6081075) + x4 * (-929569 / 638512875);
    return size < 1e-9 ? x : x + x * x2 * (low + x4 * x4 * high);
  }
  if (size < 4) {
    const a = x + 211106232532992 - 211106232532992; // 1.5 · 2⁴⁷, where doubles are multiples of 1/32
    const i = 3 * ((a * 32) | 0) + 384;
    const r = x - a;
    const r2 = r * r;
    const t = r + r * r2 * (-1 / 3 + r2 * (2 / 15 + r2 * (-17 / 315)));
    const tanhA = NODES[i]!;
    return tanhA + (NODES[i + 1]! + (NODES[i + 2]! * t) / (1 + tanhA * t));
  }
  cell[0] = size;
  saturate();
  return x < 0 ? -cell[0] : cell[0];
}

/** The way in and out of `saturate`: where a call is too rare to be inlined, V8 makes an object of a number that it returns. */
const cell = /* @__PURE__ */ new Float64Array(1);

/** cell ← tanh of it, from 4 on. */
function saturate(): void {
  const power = exp(2 * cell[0]!);
  cell[0] = 1 - 2 / (power + 1);
}

/**
 * For a = −4, −4 + 1/32, … 4 the numbers tanh a = 1 − q rounded, the rest, and 1 − tanh² a = q·(2 − q), where
 * q = 2/(e²ᵃ + 1). The powers of e^(1/16) are kept as head + tail, a head of 24 bits, and so is q, by long division.
 */
function nodes(): Float64Array {
  const table = new Float64Array(771);
  let head = 1;
  let tail = 0;
  for (let i = 0; i <= 384; i += 3) {
    const d = Math.fround(head + 1);
    const dTail = head - d + 1 + tail;
    const q = Math.fround(2 / d);
    const qTail = (2 - q * d - q * dTail) / (d + dTail);
    const tanhA = 1 - q - qTail;
    const low = 1 - q - tanhA - qTail;
    table[384 + i] = tanhA;
    table[385 + i] = low;
    table[384 - i] = -tanhA;
    table[385 - i] = -low;
    table[386 + i] = table[386 - i] = (q + qTail) * (2 - q - qTail);
    const product = head * 1.0644944906234741; // the head of e^(1/16), …
    const rest = head * -3.170561469153036e-8 + tail * 1.0644944589178593; // … its tail, and their sum
    head = Math.fround(product + rest);
    tail = product - head + rest;
  }
  return table;
}
