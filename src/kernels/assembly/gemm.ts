import { DEPTH, HEIGHT, SCRATCH, WIDTH } from "../layout";
import { lanes, packColumns, packRows } from "./panels";
import { copy } from "./small";
import { tile } from "./tile";

/**
 * C += A·B for C [m × n]. `aDown`: A is stored by columns (its transpose by rows); `bDown`: so is B. Strides in bytes.
 *
 * In blocks that stay in the cache: DEPTH of the k terms at a time, of B WIDTH bytes of columns and of A HEIGHT rows, both packed
 * in panels. Each element of C is summed from its old value upwards, in the order of k: as in plain loops.
 */
export function gemm<T>(
  m: usize, n: usize, k: usize, a: usize, aStride: usize, aDown: bool, b: usize, bStride: usize, bDown: bool, c: usize,
): void {
  const size: usize = sizeof<T>();
  const columnsAtOnce: usize = WIDTH / sizeof<T>();
  const wide: usize = 2 * lanes<T>();
  const stride = n * size;
  const panelsA: usize = SCRATCH + 128;
  const panelsB: usize = panelsA + <usize>HEIGHT * DEPTH * size;
  for (let k0: usize = 0; k0 < k; k0 += DEPTH) {
    const depth: usize = min<usize>(DEPTH, k - k0);
    for (let n0: usize = 0; n0 < n; n0 += columnsAtOnce) {
      const columns: usize = min<usize>(columnsAtOnce, n - n0);
      for (let j: usize = 0; j < columns; j += wide) {
        const panel = panelsB + j * depth * size;
        if (bDown) packRows<T>(wide, b + (n0 + j) * bStride + k0 * size, bStride, columns - j, depth, panel);
        else packColumns<T>(wide, b + k0 * bStride + (n0 + j) * size, bStride, columns - j, depth, panel);
      }
      for (let m0: usize = 0; m0 < m; m0 += HEIGHT) {
        const rows: usize = min<usize>(HEIGHT, m - m0);
        for (let i: usize = 0; i < rows; i += 4) {
          const panel = panelsA + i * depth * size;
          if (aDown) packColumns<T>(4, a + k0 * aStride + (m0 + i) * size, aStride, rows - i, depth, panel);
          else packRows<T>(4, a + (m0 + i) * aStride + k0 * size, aStride, rows - i, depth, panel);
        }
        for (let j: usize = 0; j < columns; j += wide) {
          for (let i: usize = 0; i < rows; i += 4) {
            const from = c + (m0 + i) * stride + (n0 + j) * size;
            const panelA = panelsA + i * depth * size;
            const panelB = panelsB + j * depth * size;
            if (i + 4 <= rows && j + wide <= columns) tile<T>(depth, panelA, panelB, from, stride);
            else edge<T>(depth, panelA, panelB, from, stride, min<usize>(4, rows - i), min<usize>(wide, columns - j));
          }
        }
      }
    }
  }
}

/** A tile that hangs over: it is computed in a place of its own. */
function edge<T>(depth: usize, a: usize, b: usize, c: usize, stride: usize, rows: usize, width: usize): void {
  const place: usize = SCRATCH;
  for (let r: usize = 0; r < rows; r++) copy<T>(width, c + r * stride, place + 32 * r);
  tile<T>(depth, a, b, place, 32);
  for (let r: usize = 0; r < rows; r++) copy<T>(width, place + 32 * r, c + r * stride);
}
