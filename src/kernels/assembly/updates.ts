// The update rules of `src/optim`, over one run: every operation is rounded to T.
import { get, put } from "./vector";

/** The i-th scalar of an optimizer. */
@inline
function scalar(s: usize, i: usize): f64 {
  return load<f64>(s + (i << 3));
}

/** g + weightDecay · p */
@inline
function decayed<T>(g: v128, p: v128, decay: v128): v128 {
  return v128.add<T>(g, v128.mul<T>(decay, p));
}

/** A running mean: 0 in place of a subnormal number, see `optimizer.ts`. */
@inline
function settled<T>(mean: v128): v128 {
  const least = v128.splat<T>(sizeof<T>() == 4 ? <T>1.1754943508222875e-38 : <T>2.2250738585072014e-308);
  return v128.andnot(mean, v128.lt<T>(v128.abs<T>(mean), least));
}

/** p ← p − learningRate · (g + weightDecay · p) */
@inline
export function sgd<T>(n: usize, p: usize, g: usize, s: usize): void {
  const rate = v128.splat<T>(<T>scalar(s, 0));
  const decay = v128.splat<T>(<T>scalar(s, 1));
  const end = p + n * sizeof<T>();
  for (; p + 32 <= end; p += 32, g += 32) {
    descend<T>(p, g, rate, decay, true);
    descend<T>(p + 16, g + 16, rate, decay, true);
  }
  for (; p < end; p += sizeof<T>(), g += sizeof<T>()) descend<T>(p, g, rate, decay, false);
}

@inline
function descend<T>(p: usize, g: usize, rate: v128, decay: v128, whole: bool): void {
  const value = get<T>(p, whole);
  put<T>(p, v128.sub<T>(value, v128.mul<T>(rate, decayed<T>(get<T>(g, whole), value, decay))), whole);
}

/** b ← μ b + (1 − dampening) g, p ← p − learningRate · b, or along g + μ b */
export function momentum<T>(n: usize, p: usize, g: usize, b: usize, s: usize, nesterov: bool): void {
  const rate = v128.splat<T>(<T>scalar(s, 0));
  const decay = v128.splat<T>(<T>scalar(s, 1));
  const kept = v128.splat<T>(<T>scalar(s, 2));
  const fresh = v128.splat<T>(<T>(scalar(s, 4) == 1 ? 1 : 1 - scalar(s, 3)));
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) roll<T>(p + i, g + i, b + i, rate, decay, kept, fresh, nesterov, true);
  for (; i < end; i += sizeof<T>()) roll<T>(p + i, g + i, b + i, rate, decay, kept, fresh, nesterov, false);
}

@inline
function roll<T>(
  p: usize, g: usize, b: usize, rate: v128, decay: v128, kept: v128, fresh: v128, nesterov: bool, whole: bool,
): void {
  const value = get<T>(p, whole);
  const gradient = decayed<T>(get<T>(g, whole), value, decay);
  const velocity = settled<T>(v128.add<T>(v128.mul<T>(kept, get<T>(b, whole)), v128.mul<T>(fresh, gradient)));
  const direction = nesterov ? v128.add<T>(gradient, v128.mul<T>(kept, velocity)) : velocity;
  put<T>(b, velocity, whole);
  put<T>(p, v128.sub<T>(value, v128.mul<T>(rate, direction)), whole);
}

/**
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − rate · m / (√v · growth + ε); `isApart`: weight decay is not in g, but
 * p ← p · (1 − learningRate · weightDecay) comes first.
 */
export function adam<T>(n: usize, p: usize, g: usize, m: usize, v: usize, s: usize, isApart: bool): void {
  const decay = v128.splat<T>(<T>(isApart ? 1 - scalar(s, 0) * scalar(s, 1) : scalar(s, 1)));
  const keep1 = v128.splat<T>(<T>scalar(s, 2));
  const take1 = v128.splat<T>(<T>(1 - scalar(s, 2)));
  const keep2 = v128.splat<T>(<T>scalar(s, 3));
  const take2 = v128.splat<T>(<T>(1 - scalar(s, 3)));
  const epsilon = v128.splat<T>(<T>scalar(s, 4));
  const rate = v128.splat<T>(<T>(scalar(s, 0) / (1 - scalar(s, 5))));
  const growth = v128.splat<T>(<T>(1 / sqrt<f64>(1 - scalar(s, 6))));
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) adapt<T>(p + i, g + i, m + i, v + i, decay, keep1, take1, keep2, take2, epsilon, rate, growth, isApart, true);
  for (; i < end; i += sizeof<T>()) adapt<T>(p + i, g + i, m + i, v + i, decay, keep1, take1, keep2, take2, epsilon, rate, growth, isApart, false);
}

@inline
function adapt<T>(
  p: usize, g: usize, m: usize, v: usize,
  decay: v128, keep1: v128, take1: v128, keep2: v128, take2: v128, epsilon: v128, rate: v128, growth: v128,
  isApart: bool, whole: bool,
): void {
  const before = get<T>(p, whole);
  const value = isApart ? v128.mul<T>(before, decay) : before;
  const gradient = isApart ? get<T>(g, whole) : decayed<T>(get<T>(g, whole), before, decay);
  const mean = settled<T>(v128.add<T>(v128.mul<T>(keep1, get<T>(m, whole)), v128.mul<T>(take1, gradient)));
  put<T>(m, mean, whole);
  const spread = settled<T>(v128.add<T>(v128.mul<T>(keep2, get<T>(v, whole)), v128.mul<T>(take2, v128.mul<T>(gradient, gradient))));
  put<T>(v, spread, whole);
  const scale = v128.add<T>(v128.mul<T>(v128.sqrt<T>(spread), growth), epsilon);
  put<T>(p, v128.sub<T>(value, v128.div<T>(v128.mul<T>(rate, mean), scale)), whole);
}

/** g ← g + factor · sign(p) */
@inline
export function l1<T>(n: usize, p: usize, g: usize, s: usize): void {
  const factor = v128.splat<T>(<T>scalar(s, 0));
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) pushBack<T>(p + i, g + i, factor, true);
  for (; i < end; i += sizeof<T>()) pushBack<T>(p + i, g + i, factor, false);
}

@inline
function pushBack<T>(p: usize, g: usize, factor: v128, whole: bool): void {
  const value = get<T>(p, whole), zero = v128.splat<T>(0);
  const isAbove = v128.and(factor, v128.gt<T>(value, zero));
  const isBelow = v128.and(factor, v128.lt<T>(value, zero));
  put<T>(g, v128.add<T>(get<T>(g, whole), v128.sub<T>(isAbove, isBelow)), whole);
}

/** g ← g + 2 factor · p */
@inline
export function l2<T>(n: usize, p: usize, g: usize, s: usize): void {
  const factor = v128.splat<T>(<T>(2 * scalar(s, 0)));
  const end = n * sizeof<T>();
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) put<T>(g + i, decayed<T>(v128.load(g + i), v128.load(p + i), factor), true);
  for (; i < end; i += sizeof<T>()) put<T>(g + i, decayed<T>(get<T>(g + i, false), get<T>(p + i, false), factor), false);
}

/** The powers of β₁ and β₂, for one more step. */
@inline
export function advanceAdam(s: usize): void {
  store<f64>(s + 40, scalar(s, 5) * scalar(s, 2));
  store<f64>(s + 48, scalar(s, 6) * scalar(s, 3));
}
