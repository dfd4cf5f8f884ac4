import { Fn } from "../opcodes";
import { log1p, logistic, slowExp, tanh } from "./math";
import { copy } from "./small";

/** f(z), with the parameter p that f may have. With a constant f, only its formula is left. */
@inline
function apply(f: i32, z: f64, p: f64): f64 {
  switch (f) {
    case Fn.sigmoid: return logistic(z);
    case Fn.tanh: return tanh(z);
    case Fn.relu: return z <= 0 ? 0 : z;
    case Fn.leakyRelu: return z <= 0 ? (p == 0 ? 0 : p * z) : z;
    case Fn.dropout: return z < p ? 0 : 1 / (1 - p);
    case Fn.scale: return p * z;
    case Fn.shift: return z + p;
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
export function map<T>(f: usize, n: usize, z: usize, a: usize, p: f64): void {
  switch (f) {
    case Fn.identity: copy<T>(n, z, a); break;
    case Fn.sigmoid: mapAll<T>(Fn.sigmoid, n, z, a, p); break;
    case Fn.tanh: mapAll<T>(Fn.tanh, n, z, a, p); break;
    case Fn.relu: mapAll<T>(Fn.relu, n, z, a, p); break;
    case Fn.leakyRelu: mapAll<T>(Fn.leakyRelu, n, z, a, p); break;
    case Fn.dropout: mapAll<T>(Fn.dropout, n, z, a, p); break;
    case Fn.scale: mapAll<T>(Fn.scale, n, z, a, p); break;
    case Fn.shift: mapAll<T>(Fn.shift, n, z, a, p); break;
    default: mapAll<T>(Fn.softplus, n, z, a, p);
  }
}

/** dz = da ⊙ f′(z) */
@inline
export function pull<T>(f: usize, n: usize, z: usize, a: usize, da: usize, dz: usize, p: f64): void {
  switch (f) {
    case Fn.identity: copy<T>(n, da, dz); break;
    case Fn.sigmoid: pullAll<T>(Fn.sigmoid, n, z, a, da, dz, p); break;
    case Fn.tanh: pullAll<T>(Fn.tanh, n, z, a, da, dz, p); break;
    case Fn.relu: pullAll<T>(Fn.relu, n, z, a, da, dz, p); break;
    case Fn.leakyRelu: pullAll<T>(Fn.leakyRelu, n, z, a, da, dz, p); break;
    default: pullAll<T>(Fn.softplus, n, z, a, da, dz, p);
  }
}

@inline
function mapAll<T>(f: i32, n: usize, z: usize, a: usize, p: f64): void {
  const end = n * sizeof<T>();
  let i: usize = 0;
  if (f == Fn.relu) for (; i + 16 <= end; i += 16) v128.store(a + i, v128.andnot(v128.load(z + i), isOff<T>(z + i)));
  for (; i < end; i += sizeof<T>()) store<T>(a + i, <T>apply(f, <f64>load<T>(z + i), p));
}

@inline
function pullAll<T>(f: i32, n: usize, z: usize, a: usize, da: usize, dz: usize, p: f64): void {
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
