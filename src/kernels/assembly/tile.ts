/** c + a·b; fused, in float32, where that is allowed. */
@inline
export function multiplyAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (FUSED && sizeof<T>() == 4) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(c, v128.mul<T>(a, b));
}

/**
 * C += A·B, where C has 4 rows of two vectors each. Of both panels, 32 bytes are a term: A's 4 elements, which are
 * taken one by one, and the two vectors of B.
 *
 * Two terms a turn. The way out between them keeps the compiler from mixing them, for which there are too few registers.
 */
export function tile<T>(depth: usize, a: usize, b: usize, c: usize, stride: usize): void {
  const d = c + stride;
  const e = d + stride;
  const f = e + stride;
  const last = b + 32 * (depth - 1);
  let c0 = v128.load(c), c1 = v128.load(c, 16);
  let d0 = v128.load(d), d1 = v128.load(d, 16);
  let e0 = v128.load(e), e1 = v128.load(e, 16);
  let f0 = v128.load(f), f1 = v128.load(f, 16);
  for (; b <= last; b += 64, a += 64) {
    let b0 = v128.load(b), b1 = v128.load(b, 16);
    let ai = v128.load_splat<T>(a);
    c0 = multiplyAdd<T>(ai, b0, c0);
    c1 = multiplyAdd<T>(ai, b1, c1);
    ai = v128.load_splat<T>(a, sizeof<T>());
    d0 = multiplyAdd<T>(ai, b0, d0);
    d1 = multiplyAdd<T>(ai, b1, d1);
    ai = v128.load_splat<T>(a, 2 * sizeof<T>());
    e0 = multiplyAdd<T>(ai, b0, e0);
    e1 = multiplyAdd<T>(ai, b1, e1);
    ai = v128.load_splat<T>(a, 3 * sizeof<T>());
    f0 = multiplyAdd<T>(ai, b0, f0);
    f1 = multiplyAdd<T>(ai, b1, f1);
    if (b == last) break;
    b0 = v128.load(b, 32), b1 = v128.load(b, 48);
    ai = v128.load_splat<T>(a, 32);
    c0 = multiplyAdd<T>(ai, b0, c0);
    c1 = multiplyAdd<T>(ai, b1, c1);
    ai = v128.load_splat<T>(a, 32 + sizeof<T>());
    d0 = multiplyAdd<T>(ai, b0, d0);
    d1 = multiplyAdd<T>(ai, b1, d1);
    ai = v128.load_splat<T>(a, 32 + 2 * sizeof<T>());
    e0 = multiplyAdd<T>(ai, b0, e0);
    e1 = multiplyAdd<T>(ai, b1, e1);
    ai = v128.load_splat<T>(a, 32 + 3 * sizeof<T>());
    f0 = multiplyAdd<T>(ai, b0, f0);
    f1 = multiplyAdd<T>(ai, b1, f1);
  }
  v128.store(c, c0), v128.store(c, c1, 16);
  v128.store(d, d0), v128.store(d, d1, 16);
  v128.store(e, e0), v128.store(e, e1, 16);
  v128.store(f, f0), v128.store(f, f1, 16);
}
