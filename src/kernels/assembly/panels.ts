// A panel is a strip of a matrix, copied so that the elements which are needed together lie together. Where the matrix
// ends before the strip does, anything may stand in the panel: what is computed from it is thrown away.
import { copy } from "./small";

/** So many rows or columns of a product's operand, from `first` on, and `depth` terms of each, from k0 on. */
export function pack<T>(
  x: usize, stride: usize, along: bool, first: usize, count: usize, k0: usize, depth: usize, panels: usize,
): void {
  if (along) packRows<T>(x + first * stride + k0 * sizeof<T>(), stride, count, depth, panels);
  else packColumns<T>(x + k0 * stride + first * sizeof<T>(), stride, count, depth, panels);
}

/** All rows of x, in panels as wide as two vectors, transposed: panel[k][r] = x[r][k]. */
export function packRows<T>(x: usize, stride: usize, rows: usize, depth: usize, panels: usize): void {
  const lanes: usize = 16 / sizeof<T>();
  for (let r: usize = 0; r < rows; r += 2 * lanes, panels += 32 * depth) {
    transpose<T>(x + r * stride, stride, rows - r, depth, panels);
    if (r + lanes < rows) transpose<T>(x + (r + lanes) * stride, stride, rows - r - lanes, depth, panels + 16);
  }
}

/** As many rows as a vector has lanes; the last one again, if there are fewer. */
function transpose<T>(x0: usize, stride: usize, rows: usize, depth: usize, panel: usize): void {
  let x1 = x0 + (rows > 1 ? stride : 0);
  let x2 = x1 + (rows > 2 ? stride : 0);
  let x3 = x2 + (rows > 3 ? stride : 0);
  const end = x0 + depth * sizeof<T>();
  for (; x0 + 16 <= end; x0 += 16, x1 += 16, x2 += 16, x3 += 16, panel += 32 * (16 / sizeof<T>())) {
    const r0 = v128.load(x0), r1 = v128.load(x1);
    if (sizeof<T>() == 8) {
      v128.store(panel, v128.shuffle<f64>(r0, r1, 0, 2));
      v128.store(panel, v128.shuffle<f64>(r0, r1, 1, 3), 32);
    } else {
      const r2 = v128.load(x2), r3 = v128.load(x3);
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      v128.store(panel, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(panel, v128.shuffle<f64>(low01, low23, 1, 3), 32);
      v128.store(panel, v128.shuffle<f64>(high01, high23, 0, 2), 64);
      v128.store(panel, v128.shuffle<f64>(high01, high23, 1, 3), 96);
    }
  }
  for (; x0 < end; x0 += sizeof<T>(), x1 += sizeof<T>(), x2 += sizeof<T>(), x3 += sizeof<T>(), panel += 32) {
    store<T>(panel, load<T>(x0));
    store<T>(panel, load<T>(x1), sizeof<T>());
    if (sizeof<T>() == 8) continue;
    store<T>(panel, load<T>(x2), 2 * sizeof<T>());
    store<T>(panel, load<T>(x3), 3 * sizeof<T>());
  }
}

/** All columns of x, in panels as wide as two vectors: panel[k][c] = x[k][c]. */
function packColumns<T>(x: usize, stride: usize, columns: usize, depth: usize, panels: usize): void {
  const wide: usize = 32 / sizeof<T>();
  for (let c: usize = 0; c < columns; c += wide, x += 32) {
    const end = panels + 32 * depth;
    if (c + wide <= columns) for (let from = x; panels < end; panels += 32, from += stride) {
      v128.store(panels, v128.load(from));
      v128.store(panels, v128.load(from, 16), 16);
    }
    else for (let from = x; panels < end; panels += 32, from += stride) copy<T>(columns - c, from, panels);
  }
}
