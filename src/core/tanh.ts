import { exp } from "./exp.js";

/** Numbers of a row of the table, and those of its row for a = 0 before it. */
const ROW = 11;
const MIDDLE = 256 * ROW;

export const NODES = /* @__PURE__ */ nodes();

/**
 * The hyperbolic tangent (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ).
 *
 * With a the multiple of 1/64 nearest to x, tanh a and the series of Taylor around a come from a table:
 *
 *   tanh x = tanh a + c₁r + c₂r² + … + c₇r⁷,   r = x − a,
 *
 * where the terms are small, and so is their error. Below 1/8 the series x − x³/3 + 2x⁵/15 − … serves; from 4 on
 * 1 − 2/(e²ˣ + 1).
 *
 * Error: at most 0.6 ulp (measured: 0.595, near 0.2424); exactly odd.
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
    const a = x + 105553116266496 - 105553116266496; // 1.5 · 2⁴⁶, where doubles are multiples of 1/64
    const i = ROW * ((a * 64) | 0) + MIDDLE;
    const r = x - a;
    return NODES[i]! + (NODES[i + 1]! + r * slope(i, r));
  }
  cell[0] = size;
  saturate();
  return x < 0 ? -cell[0] : cell[0];
}

/**
 * The logistic function 1/(1 + e⁻ˣ) = ½ + ½ tanh ½x.
 *
 * Below 8 by the table and the series of {@link tanh}, with ½ + ½ tanh a from the table too, so that no digits are lost
 * where the sum is small; from 8 on as it is written.
 *
 * Error: for |x| below 8 at most 0.55 ulp (measured: 0.541), from there on 2.5 ulp (measured: 2.446, near −36.74).
 * Special values: logistic(±0) = ½, logistic(−∞) = 0, logistic(∞) = 1; logistic(NaN) is NaN.
 *
 * @example
 * logistic(1); // 0.7310585786300049
 */
export function logistic(x: number): number {
  if (x > -8 && x < 8) {
    const a = x + 211106232532992 - 211106232532992; // 2a: multiples of 1/32
    const i = ROW * ((a * 32) | 0) + MIDDLE;
    const rest = x - a;
    return NODES[i + 9]! + (NODES[i + 10]! + 0.25 * rest * slope(i, 0.5 * rest));
  }
  return 1 / (1 + exp(-x));
}

/** c₁ + c₂r + … + c₇r⁶ of the row that begins at i. */
function slope(i: number, r: number): number {
  const r2 = r * r;
  const low = NODES[i + 2]! + r * NODES[i + 3]!;
  const middle = NODES[i + 4]! + r * NODES[i + 5]!;
  const high = NODES[i + 6]! + r * NODES[i + 7]! + r2 * NODES[i + 8]!;
  return low + r2 * middle + r2 * r2 * high;
}

/** The way in and out of `saturate`: where a call is too rare to be inlined, V8 makes an object of a number that it returns. */
const cell = /* @__PURE__ */ new Float64Array(1);

/** cell ← tanh of it, from 4 on. */
function saturate(): void {
  const power = exp(2 * cell[0]!);
  cell[0] = 1 - 2 / (power + 1);
}

/**
 * A row for each a = −4, −4 + 1/64, … 4: tanh a rounded, the rest, c₁ … c₇, and ½ + ½ tanh a rounded, the rest.
 *
 * tanh a is 1 − q with q = 2/(e²ᵃ + 1), and c₁ = 1 − tanh² a = q·(2 − q). The powers of e^(1/32) are kept as head + tail,
 * a head of 24 bits, and so is q, by long division. The other c follow from y′ = 1 − y², term by term.
 */
function nodes(): Float64Array {
  const table = new Float64Array(513 * ROW);
  const c = new Float64Array(8);
  let head = 1;
  let tail = 0;
  for (let i = 0; i <= MIDDLE; i += ROW) {
    const d = Math.fround(head + 1);
    const dTail = head - d + 1 + tail;
    const q = Math.fround(2 / d);
    const qTail = (2 - q * d - q * dTail) / (d + dTail);
    c[0] = 1 - q - qTail;
    c[1] = (q + qTail) * (2 - q - qTail);
    for (let n = 1; n < 7; n++) {
      let product = 0; // the n-th coefficient of y²
      for (let k = 0; k <= n; k++) product += c[k]! * c[n - k]!;
      c[n + 1] = -product / (n + 1);
    }
    const rest = 1 - q - c[0] - qTail;
    for (const sign of [1, -1]) {
      const at = MIDDLE + sign * i;
      const half = 0.5 + sign * 0.5 * c[0];
      table[at] = sign * c[0];
      table[at + 1] = sign * rest;
      for (let n = 1; n < 8; n++) table[at + 1 + n] = n % 2 ? c[n]! : sign * c[n]!;
      table[at + 9] = half;
      table[at + 10] = 0.5 - half + sign * 0.5 * c[0] + sign * 0.5 * rest;
    }
    const product = head * 1.0317434072494507; // the head of e^(1/32), …
    const remainder = head * 2.496519873449978e-10 + tail * 1.0317434074991028; // … its tail, and their sum
    head = Math.fround(product + remainder);
    tail = product - head + remainder;
  }
  return table;
}
