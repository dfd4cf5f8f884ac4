// exp, log, log1p, tanh and the logistic function as `src/core` defines and explains them: the same operations, in the same order.
import { LOGARITHMS, NODES, ROOTS } from "../layout";

/** 1.5 · 2⁵²: x + WHOLE is a whole number in its last bits, x + THIRTYSECONDS a multiple of 1/32, … */
const WHOLE: f64 = 6755399441055744;
const THIRTYSECONDS: f64 = 211106232532992;
const SIXTYFOURTHS: f64 = 105553116266496;

/** x · 2ⁿ, where both are normal numbers. */
@inline
function scaled(x: f64, n: i32): f64 {
  return reinterpret<f64>(reinterpret<i64>(x) + ((<i64>n) << 52));
}

@inline
export function exp(x: f64): f64 {
  return x > -700 && x < 700 ? power(x, 0) : edge(x);
}

/** eˣ · 2^shift */
@inline
function power(x: f64, shift: i32): f64 {
  const t = x * 184.6649652337873 + WHOLE;
  const n = t - WHOLE;
  const k = <i32>reinterpret<i64>(t);
  const r = x - n * 0.005415212347998022 - n * 1.2655086083325438e-13;
  const r2 = r * r;
  const root = ROOTS + ((k & 127) << 4);
  const scale = scaled(load<f64>(root), shift + (k >> 7));
  return scale + scale * (r + (load<f64>(root, 8) + r2 * (0.5 + r * (1.0 / 6.0) + r2 * (1.0 / 24.0 + r * (1.0 / 120.0)))));
}

/** exp where the result may overflow, or become subnormal. */
function edge(x: f64): f64 {
  if (!(x > -746 && x < 710)) return x > 0 ? Infinity : x < 0 ? 0 : x;
  const shift = x < -700 ? 64 : x > 700 ? -1 : 0;
  return power(x, shift) * scaled(1, -shift);
}

export function log(x: f64): f64 {
  return logarithm(x, x - 1, x, 0);
}

export function log1p(x: f64): f64 {
  const sum = 1 + x;
  return logarithm(x, x, sum, x < 1 ? x - (sum - 1) : 1 - (sum - x));
}

/** ln sum, where sum = 1 + f, and 1 + x = sum + lost in log1p. */
function logarithm(x: f64, f: f64, sum: f64, lost: f64): f64 {
  if (abs(f) < 1.0 / 16.0) {
    const f2 = f * f;
    const f4 = f2 * f2;
    const low = -1.0 / 2.0 + f * (1.0 / 3.0) + f2 * (-1.0 / 4.0 + f * (1.0 / 5.0));
    const middle = -1.0 / 6.0 + f * (1.0 / 7.0) + f2 * (-1.0 / 8.0 + f * (1.0 / 9.0));
    const high = -1.0 / 10.0 + f * (1.0 / 11.0) + f2 * (-1.0 / 12.0 + f * (1.0 / 13.0));
    return f + f2 * (low + f4 * (middle + f4 * (high + f4 * (-1.0 / 14.0))));
  }
  if (!(sum > 0 && sum < Infinity)) return sum == 0 ? -Infinity : sum < 0 ? NaN : sum;
  const shift = sum < 2.2250738585072014e-308 ? -54 : 0;
  const y = shift == 0 ? sum : sum * 18014398509481984;
  const bits = reinterpret<i64>(y);
  const word = <i32>(bits >> 32);
  const m = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  const node = LOGARITHMS + ((((word & 0xfffff) + 0x1000) >> 13) << 5);
  const e = <f64>(((word + 0x95000) >> 20) - 1023 + shift);
  const u = (m - load<f64>(node)) * load<f64>(node, 8);
  const u2 = u * u;
  const series = -1.0 / 2.0 + u * (1.0 / 3.0) + u2 * (-1.0 / 4.0 + u * (1.0 / 5.0) + u2 * (-1.0 / 6.0 + u * (1.0 / 7.0)));
  const high = e * 0.6931471805437468 + load<f64>(node, 16);
  const low = e * 1.619851018665656e-11 + load<f64>(node, 24);
  return high + (u + (low + lost / y + u2 * series));
}

export function tanh(x: f64): f64 {
  const size = abs(x);
  if (size < 1.0 / 8.0) {
    const x2 = x * x;
    const x4 = x2 * x2;
    const low = -1.0 / 3.0 + x2 * (2.0 / 15.0) + x4 * (-17.0 / 315.0 + x2 * (62.0 / 2835.0));
    const high = -1382.0 / 155925.0 + x2 * (21844.0 / 6081075.0) + x4 * (-929569.0 / 638512875.0);
    return size < 1e-9 ? x : x + x * x2 * (low + x4 * x4 * high);
  }
  if (size < 4) {
    const t = x + SIXTYFOURTHS;
    const node = nodeOf(t);
    const r = x - (t - SIXTYFOURTHS);
    return load<f64>(node) + (load<f64>(node, 8) + r * slope(node, r));
  }
  return copysign(1 - 2 / (edge(2 * size) + 1), x);
}

export function logistic(x: f64): f64 {
  if (x > -8 && x < 8) {
    const t = x + THIRTYSECONDS;
    const node = nodeOf(t);
    const rest = x - (t - THIRTYSECONDS);
    return load<f64>(node, 72) + (load<f64>(node, 80) + 0.25 * rest * slope(node, 0.5 * rest));
  }
  return 1 / (1 + slowExp(-x));
}

/** The row of the table of tanh: its number is in the last bits of t. */
@inline
function nodeOf(t: f64): usize {
  return NODES + 88 * (256 + <i32>reinterpret<i64>(t));
}

@inline
function slope(node: usize, r: f64): f64 {
  const r2 = r * r;
  const low = load<f64>(node, 16) + r * load<f64>(node, 24);
  const middle = load<f64>(node, 32) + r * load<f64>(node, 40);
  const high = load<f64>(node, 48) + r * load<f64>(node, 56) + r2 * load<f64>(node, 64);
  return low + r2 * middle + r2 * r2 * high;
}

/** exp by a call, where speed matters less than the size of the module. */
export function slowExp(x: f64): f64 {
  return exp(x);
}
