// A panel is a strip of a matrix, `width` elements wide, copied so that the elements which are needed together lie
// together: first those of column 0 (or row 0), then those of column 1, …; where the matrix ends it is filled with 0.

/** Lanes of a vector. */
@inline
export function lanes<T>(): usize {
  return 16 / sizeof<T>();
}

/** A panel of rows of x, transposed: panel[k][r] = x[r][k]. */
export function packRows<T>(width: usize, x: usize, stride: usize, count: usize, depth: usize, panel: usize): void {
  const step = width * sizeof<T>();
  let r: usize = 0;
  for (; r + lanes<T>() <= min(count, width); r += lanes<T>()) transpose<T>(x + r * stride, stride, depth, panel + r * sizeof<T>(), step);
  for (; r < width; r++) {
    for (let k: usize = 0; k < depth; k++) {
      store<T>(panel + k * step + r * sizeof<T>(), r < count ? load<T>(x + r * stride + k * sizeof<T>()) : 0);
    }
  }
}

/** As many rows as a vector has lanes. */
@inline
function transpose<T>(x: usize, stride: usize, depth: usize, panel: usize, step: usize): void {
  let k: usize = 0;
  for (; k + lanes<T>() <= depth; k += lanes<T>(), x += 16, panel += lanes<T>() * step) {
    const r0 = v128.load(x), r1 = v128.load(x + stride);
    if (sizeof<T>() == 8) {
      v128.store(panel, v128.shuffle<f64>(r0, r1, 0, 2));
      v128.store(panel + step, v128.shuffle<f64>(r0, r1, 1, 3));
    } else {
      const r2 = v128.load(x + 2 * stride), r3 = v128.load(x + 3 * stride);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(panel, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(panel + step, v128.shuffle<f64>(low01, low23, 1, 3));
      v128.store(panel + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
      v128.store(panel + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
    }
  }
  for (; k < depth; k++, x += sizeof<T>(), panel += step) {
    for (let r: usize = 0; r < lanes<T>(); r++) store<T>(panel + r * sizeof<T>(), load<T>(x + r * stride));
  }
}

/** A panel of columns of x: panel[k][c] = x[k][c]. */
export function packColumns<T>(width: usize, x: usize, stride: usize, count: usize, depth: usize, panel: usize): void {
  const step = width * sizeof<T>();
  for (const end = panel + depth * step; panel < end; panel += step, x += stride) {
    if (count >= width) for (let i: usize = 0; i < step; i += 16) v128.store(panel + i, v128.load(x + i));
    else for (let c: usize = 0; c < width; c++) store<T>(panel + c * sizeof<T>(), c < count ? load<T>(x + c * sizeof<T>()) : 0);
  }
}
