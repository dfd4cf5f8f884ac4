import { Fn } from "../opcodes";
import { log, log1p, slowExp } from "./math";
import { get, put } from "./vector";

/** u of a prediction p (or a logit) and its target t; `half` is squared error's. With a constant f, only its formula is left. */
@inline
function value(f: i32, p: f64, t: f64, half: f64): f64 {
  switch (f) {
    case Fn.squaredError: return half * (p - t) * (p - t);
    case Fn.binaryCrossEntropy: return -t * max<f64>(-100, log(p)) - (1 - t) * max<f64>(-100, log1p(-p));
    case Fn.logitCrossEntropy: return (p > 0 ? (1 - t) * p : -t * p) + log1p(slowExp(-abs(p)));
    default: return t == 0 ? 0 : -t * max<f64>(-100, log(p));
  }
}

/** ∂u/∂p */
@inline
function derivative(f: i32, p: f64, t: f64, half: f64): f64 {
  switch (f) {
    case Fn.squaredError: return 2 * half * (p - t);
    case Fn.binaryCrossEntropy: return (p - t) / max<f64>(1e-12, p * (1 - p));
    case Fn.logitCrossEntropy: return 1 / (1 + slowExp(-p)) - t;
    default: return t == 0 ? 0 : -t / max<f64>(1e-12, p);
  }
}

/** The same for a loss that takes a logarithm: which one it is, is asked for each element. */
export function term(f: i32, p: f64, t: f64): f64 {
  return value(f, p, t, 0);
}

export function termPull(f: i32, p: f64, t: f64): f64 {
  return derivative(f, p, t, 0);
}

/** u = value(p, t) */
@inline
export function loss<T>(f: i32, n: usize, p: usize, t: usize, u: usize, half: f64): void {
  for (let i: usize = 0, end = n * sizeof<T>(); i < end; i += sizeof<T>()) {
    const prediction = <f64>load<T>(p + i), target = <f64>load<T>(t + i);
    store<T>(u + i, <T>(f == Fn.squaredError ? value(Fn.squaredError, prediction, target, half) : term(f, prediction, target)));
  }
}

/** dp = ∂u/∂p */
@inline
export function lossPull<T>(f: i32, n: usize, p: usize, t: usize, dp: usize, half: f64): void {
  for (let i: usize = 0, end = n * sizeof<T>(); i < end; i += sizeof<T>()) {
    const prediction = <f64>load<T>(p + i), target = <f64>load<T>(t + i);
    store<T>(dp + i, <T>(f == Fn.squaredError ? derivative(Fn.squaredError, prediction, target, half) : termPull(f, prediction, target)));
  }
}

/** dz = a − t */
@inline
export function residual<T>(n: usize, a: usize, t: usize, dz: usize): void {
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) subtract<T>(a + i, t + i, dz + i, true);
  for (; i < end; i += sizeof<T>()) subtract<T>(a + i, t + i, dz + i, false);
}

@inline
function subtract<T>(a: usize, t: usize, dz: usize, whole: bool): void {
  put<T>(dz, v128.sub<T>(get<T>(a, whole), get<T>(t, whole)), whole);
}

/** total = Σᵢ wᵢ Σⱼ uᵢⱼ / divisor, in float64 */
@inline
export function reduce<T>(u: usize, weights: usize, total: usize, rows: usize, columns: usize, divisor: f64): void {
  let sum: f64 = 0;
  for (let n: usize = 0; n < rows; n++) {
    let row: f64 = 0;
    for (const end = u + columns * sizeof<T>(); u < end; u += sizeof<T>()) row += <f64>load<T>(u);
    sum += weights ? <f64>load<T>(weights + n * sizeof<T>()) * row : row;
  }
  store<f64>(total, sum / divisor);
}

/** dp = dp · wᵢ / divisor, by row */
export function weigh<T>(dp: usize, weights: usize, rows: usize, columns: usize, divisor: f64): void {
  if (!weights && divisor == 1) return;
  const width = columns * sizeof<T>();
  const exact = <f64><T>divisor == divisor; // else the quotient has to be taken in float64
  const by = v128.splat<T>(<T>divisor);
  for (let n: usize = 0; n < rows; n++) {
    const weight = weights ? load<T>(weights + n * sizeof<T>()) : <T>1;
    const end = dp + width;
    if (exact) for (; dp + 16 <= end; dp += 16) v128.store(dp, v128.div<T>(v128.mul<T>(v128.load(dp), v128.splat<T>(weight)), by));
    for (; dp < end; dp += sizeof<T>()) store<T>(dp, <T>(<f64>(load<T>(dp) * weight) / divisor));
  }
}

/** x = 0 where t is NaN */
@inline
export function mask<T>(n: usize, t: usize, x: usize): void {
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) keepKnown<T>(t + i, x + i, true);
  for (; i < end; i += sizeof<T>()) keepKnown<T>(t + i, x + i, false);
}

@inline
function keepKnown<T>(t: usize, x: usize, whole: bool): void {
  const target = get<T>(t, whole);
  put<T>(x, v128.and(get<T>(x, whole), v128.eq<T>(target, target)), whole);
}

/** mᵢ = how many numbers of row i of t are not NaN, or `most` if there are more */
@inline
export function known<T>(t: usize, m: usize, rows: usize, columns: usize, most: usize): void {
  for (let n: usize = 0; n < rows; n++, m += sizeof<T>()) {
    let some: usize = 0;
    for (const end = t + columns * sizeof<T>(); t < end; t += sizeof<T>()) some += usize(load<T>(t) == load<T>(t));
    store<T>(m, <T>min(some, most));
  }
}

/** mass = Σ mᵢ, in float64; divisor = mass, or 1 if that is 0 */
@inline
export function mass<T>(m: usize, total: usize, divisor: usize, rows: usize): void {
  let sum: f64 = 0;
  for (const end = m + rows * sizeof<T>(); m < end; m += sizeof<T>()) sum += <f64>load<T>(m);
  store<f64>(total, sum);
  store<f64>(divisor, sum == 0 ? 1 : sum);
}
