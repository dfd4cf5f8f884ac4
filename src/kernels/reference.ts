import { exp } from "../core/exp.js";
import { log1p } from "../core/log.js";
import type { Region } from "../core/memory.js";
import { uniform } from "../core/random.js";
import { round as rounded } from "../core/rounding.js";
import type { DType, Floats } from "../core/tensor.js";
import type { Backend } from "./backend.js";
import type { Machine } from "./machine.js";
import { BOUND_F32, BOUND_F64 } from "./layout.js";
import { Op, WIDTH } from "./opcodes.js";
import { Verbs } from "./verbs.js";

const round = rounded; // at hand in the innermost loops, however modules are linked

/** The definition of every verb, in plain loops: one example after another, each sum in the order it is written. */

/** y = x·Wᵀ + b */
// prettier-ignore
function linear(m: Floats, single: boolean, x: number, weight: number, bias: number, y: number, rows: number,
  inputs: number, outputs: number, stride: number): void {
  for (let n = 0, row = x, at = y; n < rows; n++, row += inputs) {
    for (let o = 0, w = weight; o < outputs; o++, at++) {
      let sum = bias === 0 ? 0 : m[bias + o * stride]!;
      for (let i = row; i < row + inputs; i++, w++) sum = round(sum + round(m[i]! * m[w]!, single), single);
      m[at] = sum;
    }
  }
}

/** dx = dy·W */
// prettier-ignore
function product(m: Floats, single: boolean, dy: number, weight: number, dx: number, rows: number, inputs: number,
  outputs: number): void {
  for (let n = 0, row = dx, at = dy; n < rows; n++, row += inputs) {
    for (let i = row; i < row + inputs; i++) m[i] = 0;
    for (let o = 0, w = weight; o < outputs; o++, at++) {
      const d = m[at]!;
      for (let i = row; i < row + inputs; i++, w++) m[i] = m[i]! + round(d * m[w]!, single);
    }
  }
}

/** dW += dyᵀ·x */
// prettier-ignore
function outer(m: Floats, single: boolean, dy: number, x: number, dWeight: number, rows: number, inputs: number,
  outputs: number): void {
  for (let n = 0, row = x, at = dy; n < rows; n++, row += inputs) {
    for (let o = 0, w = dWeight; o < outputs; o++, at++) {
      const d = m[at]!;
      for (let i = row; i < row + inputs; i++, w++) m[w] = m[w]! + round(d * m[i]!, single);
    }
  }
}

/** db += Σ dy over the rows, or over all of dy if the stride is 0 */
function sum(m: Floats, dy: number, dBias: number, rows: number, outputs: number, stride: number): void {
  for (let n = 0, at = dy; n < rows; n++) {
    for (let o = 0, b = dBias; o < outputs; o++, at++, b += stride) m[b] = m[b]! + m[at]!;
  }
}

/** yᵢ = e^(xᵢ − max) / Σⱼ e^(xⱼ − max) */
function softmax(m: Floats, x: number, y: number, rows: number, columns: number): void {
  for (let n = 0, start = x; n < rows; n++, start += columns) {
    const end = start + columns;
    let max = m[start]!;
    for (let i = start + 1; i < end; i++) max = Math.max(max, m[i]!);
    let sum = 0;
    for (let i = start; i < end; i++) sum += exp(m[i]! - max);
    for (let i = start; i < end; i++) m[y - x + i] = exp(m[i]! - max) / sum;
  }
}

/** dx = y ⊙ (dy − Σⱼ dyⱼ yⱼ) */
function softmaxPull(m: Floats, y: number, dy: number, dx: number, rows: number, columns: number): void {
  for (let n = 0, start = 0; n < rows; n++, start += columns) {
    const end = start + columns;
    let dot = 0;
    for (let i = start; i < end; i++) dot += m[dy + i]! * m[y + i]!;
    for (let i = start; i < end; i++) m[dx + i] = m[y + i]! * (m[dy + i]! - dot);
  }
}

/** uᵢ = −qᵢ ln softmax(z)ᵢ */
function crossEntropy(m: Floats, z: number, q: number, u: number, rows: number, columns: number): void {
  for (let n = 0, start = z; n < rows; n++, start += columns) {
    const end = start + columns;
    let peak = start;
    for (let i = start + 1; i < end; i++) if (m[i]! > m[peak]!) peak = i;
    const max = m[peak]!;
    let others = 0; // Σ e^(z − max) without the peak's 1, so that a tiny loss keeps its digits
    for (let i = start; i < end; i++) if (i !== peak) others += exp(m[i]! - max);
    const log = log1p(others);
    for (let i = start; i < end; i++) m[u - z + i] = m[q - z + i] === 0 ? 0 : m[q - z + i]! * (max - m[i]! + log);
  }
}

/** dz = a − t */
function residual(m: Floats, n: number, a: number, t: number, dz: number): void {
  for (let i = 0; i < n; i++) m[dz + i] = m[a + i]! - m[t + i]!;
}

/** total = Σᵢ wᵢ Σⱼ uᵢⱼ / divisor */
// prettier-ignore
function reduce(m: Floats, d: Floats, u: number, rowWeights: number, divisor: number, total: number, rows: number,
  columns: number): void {
  let sum = 0;
  for (let n = 0, i = u; n < rows; n++) {
    let row = 0;
    for (const end = i + columns; i < end; i++) row += m[i]!;
    sum += rowWeights === 0 ? row : m[rowWeights + n]! * row;
  }
  d[total] = sum / d[divisor]!;
}

/** dp = dp · wᵢ / divisor */
// prettier-ignore
function weigh(m: Floats, d: Floats, single: boolean, dp: number, rowWeights: number, at: number, rows: number,
  columns: number): void {
  const divisor = d[at]!;
  if (rowWeights === 0 && divisor === 1) return;
  for (let n = 0, i = dp; n < rows; n++) {
    for (const end = i + columns; i < end; i++)
      m[i] = (rowWeights === 0 ? m[i]! : round(m[i]! * m[rowWeights + n]!, single)) / divisor;
  }
}

/** x = 0 where t is NaN */
function mask(m: Floats, n: number, t: number, x: number): void {
  for (let i = 0; i < n; i++) if (Number.isNaN(m[t + i])) m[x + i] = 0;
}

/** mᵢ = how many numbers of row i of t are not NaN, or `most` if there are more */
function known(m: Floats, t: number, count: number, rows: number, columns: number, most: number): void {
  for (let n = 0, i = t; n < rows; n++) {
    let some = 0;
    for (const end = i + columns; i < end; i++) if (!Number.isNaN(m[i])) some++;
    m[count + n] = Math.min(some, most);
  }
}

/** mass = Σ mᵢ; divisor = mass, or 1 if that is 0 */
function mass(m: Floats, d: Floats, masses: number, total: number, divisor: number, rows: number): void {
  let sum = 0;
  for (let n = 0; n < rows; n++) sum += m[masses + n]!;
  d[total] = sum;
  d[divisor] = sum === 0 ? 1 : sum;
}

function copy(m: Floats, n: number, x: number, y: number): void {
  for (let i = 0; i < n; i++) m[y + i] = m[x + i]!;
}

function add(m: Floats, n: number, x: number, y: number): void {
  for (let i = 0; i < n; i++) m[y + i] = m[y + i]! + m[x + i]!;
}

/** z = x ⊙ y */
function multiply(m: Floats, n: number, x: number, y: number, z: number): void {
  for (let i = 0; i < n; i++) m[z + i] = m[x + i]! * m[y + i]!;
}

function clear(m: Floats, n: number, x: number): void {
  for (let i = x; i < x + n; i++) m[i] = 0;
}

function fill(m: Floats, d: Floats, key0: number, key1: number, counter: number, n: number, y: number): void {
  for (let i = 0; i < n; i++) m[y + i] = uniform(key0, key1, i, d[counter]!);
}

function check(m: Floats, n: number, x: number): boolean {
  for (let i = x; i < x + n; i++) if (m[i]! - m[i]! !== 0) return false;
  return true;
}

/** Whether |g|, and |decay · p| if there is a decay, are within the bound, also times the learning rate. */
function isBounded(m: Floats, d: Floats, single: boolean, n: number, g: number, p: number, s: number): boolean {
  const limit = (single ? BOUND_F32 : BOUND_F64) / Math.max(1, d[s]!);
  const decay = d[s + 1]!;
  return areWithin(m, round(limit, single), n, g) && (decay === 0 || areWithin(m, round(limit / decay, single), n, p));
}

/** Whether every number is at most a limit in size; NaN is not. */
function areWithin(m: Floats, limit: number, n: number, x: number): boolean {
  for (let i = x; i < x + n; i++) if (!(Math.abs(m[i]!) <= limit)) return false;
  return true;
}

/** Each number to the nearest in [−limit, limit]; NaN stays. */
function clamp(m: Floats, single: boolean, n: number, x: number, limit: number): void {
  const most = round(limit, single);
  for (let i = x; i < x + n; i++) {
    if (m[i]! > most) m[i] = most;
    else if (m[i]! < -most) m[i] = -most;
  }
}

/** total = (isFirst ? 0 : total) + Σ x²: eight sums, of every eighth number, and then the sum of these */
function squares(m: Floats, d: Floats, n: number, x: number, total: number, isFirst: boolean): void {
  SUMS.fill(0);
  for (let i = 0; i < n; i++) SUMS[i & 7] = SUMS[i & 7]! + m[x + i]! * m[x + i]!;
  const [a, b, c, e, f, g, h, k] = SUMS as unknown as Eight;
  d[total] = (isFirst ? 0 : d[total]!) + (a + f + (c + h) + (b + g + (e + k)));
}

type Eight = readonly [number, number, number, number, number, number, number, number];
const SUMS = /* @__PURE__ */ new Float64Array(8);

/** x = x · limit / (√total + 1e-6), if that makes it smaller */
function shrink(m: Floats, d: Floats, single: boolean, n: number, x: number, total: number, limit: number): void {
  const factor = limit / (Math.sqrt(d[total]!) + 1e-6);
  if (!(factor < 1)) return;
  const by = round(factor, single);
  for (let i = x; i < x + n; i++) m[i] = m[i]! * by;
}

/** a += weight · (p − a); weight = rest */
// prettier-ignore
function average(m: Floats, d: Floats, single: boolean, n: number, p: number, a: number, weight: number, rest: number): void {
  const by = round(d[weight]!, single);
  for (let i = 0; i < n; i++) m[a + i] = m[a + i]! + round(by * round(m[p + i]! - m[a + i]!, single), single);
  d[weight] = d[rest]!;
}

/** n cells: to = from, but the first is from₀ · factor and the second stays */
function rescale(d: Floats, n: number, from: number, factor: number, to: number): void {
  for (let i = 0; i < n; i++) if (i !== 1) d[to + i] = i === 0 ? d[from]! * d[factor]! : d[from + i]!;
}

/** The number in two words. */
function numberIn(low: number, high: number): number {
  WORDS[0] = low;
  WORDS[1] = high;
  return NUMBER[0]!;
}

const NUMBER = /* @__PURE__ */ new Float64Array(1);
const WORDS = /* @__PURE__ */ new Int32Array(NUMBER.buffer);

/** y = the cursor-th n numbers from x on */
function pick(m: Floats, d: Floats, cursor: number, n: number, x: number, y: number): void {
  for (let i = 0, at = x + d[cursor]! * n; i < n; i++, at++) m[y + i] = m[at]!;
}

/** sum₀ += total · mass, sum₁ += mass */
function accumulate(d: Floats, total: number, mass: number, sum: number): void {
  d[sum] = d[sum]! + d[total]! * d[mass]!;
  d[sum + 1] = d[sum + 1]! + d[mass]!;
}

/** Carries instructions out in JavaScript. */
export class ReferenceMachine implements Machine {
  readonly name = "reference";
  readonly knows = false;
  readonly unit: number;
  readonly cellUnit = 8;
  readonly single: boolean;
  /** The numbers of the network's precision, and the float64 cells among them: two views of one memory. */
  m: Floats;
  d: Float64Array = new Float64Array(0);
  code: Int32Array = new Int32Array(0);
  calls: readonly (() => void)[] = [];

  constructor(dtype: DType) {
    this.single = dtype === "float32";
    this.unit = this.single ? 4 : 8;
    this.m = this.d;
  }

  allocate(bytes: number, words: number): Region | null {
    if (bytes / this.unit > 0x7fff_ffff) return null; // places have 31 bits
    const buffer = new ArrayBuffer(bytes);
    this.d = new Float64Array(buffer);
    this.m = this.single ? new Float32Array(buffer) : this.d;
    this.code = new Int32Array(words);
    return { buffer, start: 0 };
  }

  run(start: number, end: number): boolean {
    const { code: c, d, m, single } = this;
    let at = start;
    while (at < end) {
      const a = c[at + 1]!;
      // prettier-ignore
      switch (c[at]) {
        case Op.linear: linear(m, single, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!, c[at + 6]!, c[at + 7]!, c[at + 8]!); break;
        case Op.product: product(m, single, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!, c[at + 6]!); break;
        case Op.outer: outer(m, single, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!, c[at + 6]!); break;
        case Op.sum: sum(m, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!); break;
        case Op.softmax: softmax(m, a, c[at + 2]!, c[at + 3]!, c[at + 4]!); break;
        case Op.softmaxPull: softmaxPull(m, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!); break;
        case Op.crossEntropy: crossEntropy(m, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!); break;
        case Op.residual: residual(m, a, c[at + 2]!, c[at + 3]!, c[at + 4]!); break;
        case Op.reduce: reduce(m, d, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!, c[at + 6]!); break;
        case Op.weigh: weigh(m, d, single, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!); break;
        case Op.mask: mask(m, a, c[at + 2]!, c[at + 3]!); break;
        case Op.known: known(m, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!); break;
        case Op.mass: mass(m, d, a, c[at + 2]!, c[at + 3]!, c[at + 4]!); break;
        case Op.copy: copy(m, a, c[at + 2]!, c[at + 3]!); break;
        case Op.add: add(m, a, c[at + 2]!, c[at + 3]!); break;
        case Op.multiply: multiply(m, a, c[at + 2]!, c[at + 3]!, c[at + 4]!); break;
        case Op.clear: clear(m, a, c[at + 2]!); break;
        case Op.uniform: fill(m, d, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!); break;
        case Op.check: if (!check(m, a, c[at + 2]!)) return false; break;
        case Op.bound: if (!isBounded(m, d, single, a, c[at + 2]!, c[at + 3]!, c[at + 4]!)) return false; break;
        case Op.checkCell: if (d[a]! - d[a]! !== 0) return false; break;
        case Op.clamp: clamp(m, single, c[at + 4]!, a, numberIn(c[at + 2]!, c[at + 3]!)); break;
        case Op.squares: squares(m, d, a, c[at + 2]!, c[at + 3]!, c[at + 4]! === 1); break;
        case Op.shrink: shrink(m, d, single, c[at + 4]!, a, c[at + 5]!, numberIn(c[at + 2]!, c[at + 3]!)); break;
        case Op.average: average(m, d, single, a, c[at + 2]!, c[at + 3]!, c[at + 4]!, c[at + 5]!); break;
        case Op.rescale: rescale(d, a, c[at + 2]!, c[at + 3]!, c[at + 4]!); break;
        case Op.call: this.calls[a]!(); break;
        case Op.increment: d[a]! += 1; break;
        case Op.accumulate: accumulate(d, a, c[at + 2]!, c[at + 3]!); break;
        case Op.pick: pick(m, d, a, c[at + 2]!, c[at + 3]!, c[at + 4]!); break;
        case Op.pickCell: d[c[at + 3]!] = d[c[at + 2]! + d[a]!]!; break;
        case Op.repeat: d[a]! += 1; if (d[a]! < d[c[at + 2]!]!) at -= c[at + 3]! / 4 + WIDTH; break;
        default: return false;
      }
      at += WIDTH;
    }
    return true;
  }
}

/**
 * Plain loops in JavaScript: the definition of what every other backend computes.
 *
 * @example
 * ```ts
 * import { Network, dense, reference } from "chainrule";
 *
 * new Network([dense(2, 1)], { backend: reference }).backend; // "reference"
 * ```
 */
export const reference: Backend = {
  name: "reference",
  kernels: (dtype) => new Verbs(new ReferenceMachine(dtype)),
};
