/** c + a·b; fused, in float32, where that is allowed. */
@inline
function multiplyAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (FUSED && sizeof<T>() == 4) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(c, v128.mul<T>(a, b));
}

/**
 * C += A·B, where C has 4 rows of two vectors each. A lies column by column, 4 elements each; B row by row.
 * The body isn't unrolled: it needs 15 vector registers as it is, and the compilers would reorder and spill.
 */
export function tile<T>(k: usize, a: usize, b: usize, c: usize, stride: usize): void {
  const d = c + stride;
  const e = d + stride;
  const f = e + stride;
  let c0 = v128.load(c), c1 = v128.load(c, 16);
  let d0 = v128.load(d), d1 = v128.load(d, 16);
  let e0 = v128.load(e), e1 = v128.load(e, 16);
  let f0 = v128.load(f), f1 = v128.load(f, 16);
  for (const end = b + 32 * k; b < end; b += 32, a += 4 * sizeof<T>()) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const ac = v128.load_splat<T>(a);
    c0 = multiplyAdd<T>(ac, b0, c0);
    c1 = multiplyAdd<T>(ac, b1, c1);
    const ad = v128.load_splat<T>(a, sizeof<T>());
    d0 = multiplyAdd<T>(ad, b0, d0);
    d1 = multiplyAdd<T>(ad, b1, d1);
    const ae = v128.load_splat<T>(a, 2 * sizeof<T>());
    e0 = multiplyAdd<T>(ae, b0, e0);
    e1 = multiplyAdd<T>(ae, b1, e1);
    const af = v128.load_splat<T>(a, 3 * sizeof<T>());
    f0 = multiplyAdd<T>(af, b0, f0);
    f1 = multiplyAdd<T>(af, b1, f1);
  }
  v128.store(c, c0), v128.store(c, c1, 16);
  v128.store(d, d0), v128.store(d, d1, 16);
  v128.store(e, e0), v128.store(e, e1, 16);
  v128.store(f, f0), v128.store(f, f1, 16);
}
