import { BOUND_F32, BOUND_F64, CELL } from "../layout";
import { get, put } from "./vector";

/** y = x */
@inline
export function copy<T>(n: usize, x: usize, y: usize): void {
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(y + i, v128.load(x + i));
  for (; i < end; i += sizeof<T>()) store<T>(y + i, load<T>(x + i));
}

/** x = 0 */
@inline
export function clear<T>(n: usize, x: usize): void {
  const end = x + n * sizeof<T>();
  for (; x + 16 <= end; x += 16) v128.store(x, i32x4.splat(0));
  for (; x < end; x += sizeof<T>()) store<T>(x, 0);
}

/** y += x */
@inline
export function add<T>(n: usize, x: usize, y: usize): void {
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) addTo<T>(y + i, x + i, true);
  for (; i < end; i += sizeof<T>()) addTo<T>(y + i, x + i, false);
}

@inline
function addTo<T>(y: usize, x: usize, whole: bool): void {
  put<T>(y, v128.add<T>(get<T>(y, whole), get<T>(x, whole)), whole);
}

/** z = x ⊙ y */
@inline
export function multiply<T>(n: usize, x: usize, y: usize, z: usize): void {
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) multiplyTo<T>(x + i, y + i, z + i, true);
  for (; i < end; i += sizeof<T>()) multiplyTo<T>(x + i, y + i, z + i, false);
}

@inline
function multiplyTo<T>(x: usize, y: usize, z: usize, whole: bool): void {
  put<T>(z, v128.mul<T>(get<T>(x, whole), get<T>(y, whole)), whole);
}

/** Each element to the nearest in [−limit, limit]; NaN stays. */
@inline
export function clamp<T>(n: usize, x: usize, limit: f64): void {
  const most = v128.splat<T>(<T>limit), least = v128.splat<T>(<T>-limit);
  const end = x + n * sizeof<T>();
  for (; x + 16 <= end; x += 16) v128.store(x, v128.pmin<T>(v128.pmax<T>(v128.load(x), least), most));
  for (; x < end; x += sizeof<T>()) put<T>(x, v128.pmin<T>(v128.pmax<T>(v128.load_zero<T>(x), least), most), false);
}

/** total = (isFirst ? 0 : total) + Σ x², in float64: eight sums, of every eighth element, and then the sum of these */
export function squares<T>(n: usize, x: usize, total: usize, isFirst: bool): void {
  const end = x + n * sizeof<T>();
  let a = f64x2.splat(0), b = a, c = a, d = a;
  for (; x + 8 * sizeof<T>() <= end; x += 8 * sizeof<T>()) {
    a = f64x2.add(a, squareOf<T>(x));
    b = f64x2.add(b, squareOf<T>(x + 2 * sizeof<T>()));
    c = f64x2.add(c, squareOf<T>(x + 4 * sizeof<T>()));
    d = f64x2.add(d, squareOf<T>(x + 6 * sizeof<T>()));
  }
  memory.fill(CELL, 0, 64); // the rest, with zeros after it
  for (let to: usize = CELL; x < end; x += sizeof<T>(), to += 8) store<f64>(to, <f64>load<T>(x));
  a = f64x2.add(a, squareOf<f64>(CELL));
  b = f64x2.add(b, squareOf<f64>(CELL + 16));
  c = f64x2.add(c, squareOf<f64>(CELL + 32));
  d = f64x2.add(d, squareOf<f64>(CELL + 48));
  const sums = f64x2.add(f64x2.add(a, c), f64x2.add(b, d));
  const sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  store<f64>(total, (isFirst ? 0 : load<f64>(total)) + sum);
}

/** The squares of two elements. */
@inline
function squareOf<T>(x: usize): v128 {
  const pair = sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(x)) : v128.load(x);
  return f64x2.mul(pair, pair);
}

/** x = x · limit / (√total + 1e-6), if that makes it smaller */
@inline
export function shrink<T>(n: usize, x: usize, total: usize, limit: f64): void {
  const factor = limit / (sqrt<f64>(load<f64>(total)) + 1e-6);
  if (!(factor < 1)) return;
  const by = v128.splat<T>(<T>factor);
  const end = x + n * sizeof<T>();
  for (; x + 16 <= end; x += 16) v128.store(x, v128.mul<T>(v128.load(x), by));
  for (; x < end; x += sizeof<T>()) put<T>(x, v128.mul<T>(v128.load_zero<T>(x), by), false);
}

/** a += weight · (p − a); weight = rest */
@inline
export function average<T>(n: usize, p: usize, a: usize, weight: usize, rest: usize): void {
  const by = v128.splat<T>(<T>load<f64>(weight));
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) follow<T>(p + i, a + i, by, true);
  for (; i < end; i += sizeof<T>()) follow<T>(p + i, a + i, by, false);
  store<f64>(weight, load<f64>(rest));
}

@inline
function follow<T>(p: usize, a: usize, by: v128, whole: bool): void {
  const mean = get<T>(a, whole);
  put<T>(a, v128.add<T>(mean, v128.mul<T>(by, v128.sub<T>(get<T>(p, whole), mean))), whole);
}

/** n cells: to = from, but the first is from₀ · factor and the second stays */
@inline
export function rescale(n: usize, from: usize, factor: usize, to: usize): void {
  store<f64>(to, load<f64>(from) * load<f64>(factor));
  for (let i: usize = 16; i < n << 3; i += 8) store<f64>(to + i, load<f64>(from + i));
}

/** db += Σ over the rows of dy; over its columns too if the stride of db is 0. */
@inline
export function sum<T>(dy: usize, dBias: usize, rows: usize, outputs: usize, stride: usize): void {
  const width = outputs * sizeof<T>();
  if (!stride) {
    let total = load<T>(dBias);
    for (const end = dy + rows * width; dy < end; dy += sizeof<T>()) total += load<T>(dy);
    store<T>(dBias, total);
    return;
  }
  let i: usize = 0;
  for (; i + 16 <= width; i += 16) sumDown<T>(dy + i, dBias + i, rows, width, true);
  for (; i < width; i += sizeof<T>()) sumDown<T>(dy + i, dBias + i, rows, width, false);
}

@inline
function sumDown<T>(dy: usize, dBias: usize, rows: usize, width: usize, whole: bool): void {
  let total = get<T>(dBias, whole);
  for (const end = dy + rows * width; dy < end; dy += width) total = v128.add<T>(total, get<T>(dy, whole));
  put<T>(dBias, total, whole);
}

/** Whether every element is finite: for the others x − x is NaN, which has bits, and 0 has none. */
@inline
export function isFinite<T>(n: usize, x: usize): bool {
  const end = x + n * sizeof<T>();
  let bad = i32x4.splat(0);
  for (; x + 64 <= end; x += 64) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    bad = v128.or(bad, v128.or(v128.or(v128.sub<T>(a, a), v128.sub<T>(b, b)), v128.or(v128.sub<T>(c, c), v128.sub<T>(d, d))));
  }
  for (; x < end; x += sizeof<T>()) {
    const a = v128.load_zero<T>(x);
    bad = v128.or(bad, v128.sub<T>(a, a));
  }
  return !v128.any_true(bad);
}

/** Whether |g|, and |decay · p| if there is a decay, are within the bound, also times the learning rate. */
@inline
export function isBounded<T>(n: usize, g: usize, p: usize, s: usize): bool {
  const limit: f64 = (sizeof<T>() == 4 ? BOUND_F32 : BOUND_F64) / max<f64>(1, load<f64>(s));
  const decay = load<f64>(s, 8);
  return areWithin<T>(<T>limit, n, g) && (decay == 0 || areWithin<T>(<T>(limit / decay), n, p));
}

/** Whether every element is at most a limit in size; NaN is not. */
function areWithin<T>(limit: T, n: usize, x: usize): bool {
  const end = x + n * sizeof<T>();
  const most = v128.splat<T>(limit);
  let good = i32x4.splat(-1);
  for (; x + 64 <= end; x += 64) {
    const a = isWithin<T>(v128.load(x), most), b = isWithin<T>(v128.load(x, 16), most);
    const c = isWithin<T>(v128.load(x, 32), most), d = isWithin<T>(v128.load(x, 48), most);
    good = v128.and(good, v128.and(v128.and(a, b), v128.and(c, d)));
  }
  for (; x < end; x += sizeof<T>()) good = v128.and(good, isWithin<T>(v128.load_zero<T>(x), most));
  return i32x4.all_true(good);
}

@inline
function isWithin<T>(x: v128, most: v128): v128 {
  return v128.le<T>(v128.abs<T>(x), most);
}

/** Whether a float64 cell is finite. */
@inline
export function isFiniteCell(x: usize): bool {
  return load<f64>(x) - load<f64>(x) == 0;
}

/** sum₀ += total · mass, sum₁ += mass */
@inline
export function accumulate(total: usize, mass: usize, sum: usize): void {
  store<f64>(sum, load<f64>(sum) + load<f64>(total) * load<f64>(mass));
  store<f64>(sum + 8, load<f64>(sum + 8) + load<f64>(mass));
}

/** y = the cursor-th n elements from x on */
@inline
export function pick<T>(cursor: usize, n: usize, x: usize, y: usize): void {
  copy<T>(n, x + <usize>load<f64>(cursor) * n * sizeof<T>(), y);
}
