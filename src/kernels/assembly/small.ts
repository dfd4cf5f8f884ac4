import { BOUND_F32, BOUND_F64 } from "../layout";
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
