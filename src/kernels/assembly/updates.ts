// The update rules of `src/optim`, over one run: every operation is rounded to T.

/** The i-th scalar of an optimizer. */
@inline
function scalar(s: usize, i: usize): f64 {
  return load<f64>(s + (i << 3));
}

/** p ← p − learningRate · (g + weightDecay · p) */
@inline
export function sgd<T>(n: usize, p: usize, g: usize, s: usize): void {
  const rate = <T>scalar(s, 0);
  const decay = <T>scalar(s, 1);
  for (let i: usize = 0, end = n * sizeof<T>(); i < end; i += sizeof<T>()) {
    const gradient: T = load<T>(g + i) + decay * load<T>(p + i);
    store<T>(p + i, load<T>(p + i) - rate * gradient);
  }
}

/** b ← μ b + (1 − dampening) g, p ← p − learningRate · b, or along g + μ b */
export function momentum<T>(n: usize, p: usize, g: usize, b: usize, s: usize, nesterov: i32): void {
  const rate = <T>scalar(s, 0);
  const decay = <T>scalar(s, 1);
  const kept = <T>scalar(s, 2);
  const fresh = <T>(scalar(s, 4) == 1 ? 1 : 1 - scalar(s, 3));
  for (let i: usize = 0, end = n * sizeof<T>(); i < end; i += sizeof<T>()) {
    const gradient: T = load<T>(g + i) + decay * load<T>(p + i);
    const velocity: T = kept * load<T>(b + i) + fresh * gradient;
    const direction: T = nesterov ? gradient + kept * velocity : velocity;
    store<T>(b + i, velocity);
    store<T>(p + i, load<T>(p + i) - rate * direction);
  }
}

/** m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − rate · m / (√v / root + ε) */
export function adam<T>(n: usize, p: usize, g: usize, m: usize, v: usize, s: usize): void {
  const decay = <T>scalar(s, 1);
  const keep1 = <T>scalar(s, 2);
  const take1 = <T>(1 - scalar(s, 2));
  const keep2 = <T>scalar(s, 3);
  const take2 = <T>(1 - scalar(s, 3));
  const epsilon = <T>scalar(s, 4);
  const rate = <T>(scalar(s, 0) / (1 - scalar(s, 5)));
  const root = <T>sqrt<f64>(1 - scalar(s, 6));
  for (let i: usize = 0, end = n * sizeof<T>(); i < end; i += sizeof<T>()) {
    const gradient: T = load<T>(g + i) + decay * load<T>(p + i);
    const mean: T = keep1 * load<T>(m + i) + take1 * gradient;
    const spread: T = keep2 * load<T>(v + i) + take2 * (gradient * gradient);
    store<T>(m + i, mean);
    store<T>(v + i, spread);
    store<T>(p + i, load<T>(p + i) - (rate * mean) / (sqrt<T>(spread) / root + epsilon));
  }
}

/** The powers of β₁ and β₂, for one more step. */
@inline
export function advanceAdam(s: usize): void {
  store<f64>(s + 40, scalar(s, 5) * scalar(s, 2));
  store<f64>(s + 48, scalar(s, 6) * scalar(s, 3));
}
