import { Fn } from "../opcodes";
import { log1p, logistic, slowExp, tanh } from "./math";

/** f(z), with the parameter p that f may have. With a constant f, only its formula is left. */
@inline
function apply(f: i32, z: f64, p: f64): f64 {
  switch (f) {
    case Fn.sigmoid: return logistic(z);
    case Fn.tanh: return tanh(z);
    case Fn.relu: return z <= 0 ? 0 : z;
    case Fn.leakyRelu: return z <= 0 ? (p == 0 ? 0 : p * z) : z;
    case Fn.softplus: return max<f64>(0, z) + log1p(slowExp(-p * abs(z))) / p;
    default: return z;
  }
}

/** f′(z), where a = f(z). */
@inline
function derivative(f: i32, z: f64, a: f64, p: f64): f64 {
  switch (f) {
    case Fn.sigmoid: return a * (1 - a);
    case Fn.tanh: return 1 - a * a;
    case Fn.relu: return z <= 0 ? 0 : 1;
    case Fn.leakyRelu: return z <= 0 ? p : 1;
    case Fn.softplus: return 1 / (1 + slowExp(-p * z));
    default: return 1;
  }
}

/** a = f(z) */
@inline
export function map<T>(f: i32, n: usize, z: usize, a: usize, p: f64): void {
  const end = n * sizeof<T>();
  let i: usize = 0;
  if (f == Fn.relu) for (; i + 16 <= end; i += 16) v128.store(a + i, v128.andnot(v128.load(z + i), isOff<T>(z + i)));
  for (; i < end; i += sizeof<T>()) store<T>(a + i, <T>apply(f, <f64>load<T>(z + i), p));
}

/** dz = da ⊙ f′(z) */
@inline
export function pull<T>(f: i32, n: usize, z: usize, a: usize, da: usize, dz: usize, p: f64): void {
  const end = n * sizeof<T>();
  let i: usize = 0;
  if (f == Fn.relu) {
    const one = v128.splat<T>(1);
    for (; i + 16 <= end; i += 16) v128.store(dz + i, v128.mul<T>(v128.load(da + i), v128.andnot(one, isOff<T>(z + i))));
  }
  for (; i < end; i += sizeof<T>()) {
    store<T>(dz + i, <T>(<f64>load<T>(da + i) * derivative(f, <f64>load<T>(z + i), <f64>load<T>(a + i), p)));
  }
}

/** The lanes in which z ≤ 0. */
@inline
function isOff<T>(z: usize): v128 {
  return v128.le<T>(v128.load(z), v128.splat<T>(0));
}

/** A function that is rarer, or slow enough: which one it is, is asked for each element. */
export function mapOther<T>(f: i32, n: usize, z: usize, a: usize, p: f64): void {
  map<T>(f, n, z, a, p);
}

export function pullOther<T>(f: i32, n: usize, z: usize, a: usize, da: usize, dz: usize, p: f64): void {
  pull<T>(f, n, z, a, da, dz, p);
}
