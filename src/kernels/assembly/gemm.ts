import { DEPTH, SCRATCH, WIDTH } from "../layout";
import { packColumns, packRows, spread } from "./panels";
import { copy } from "./small";
import { tile } from "./tile";

/**
 * C += A·B for C [m × n], k terms each: A's rows and columns are `aRow` and `aColumn` bytes apart, B's rows `bRow` (or
 * its columns, if `down`: B's transpose is stored by rows).
 *
 * In blocks that stay in the cache: DEPTH of the k terms at a time, and WIDTH bytes of the columns of B, packed in
 * panels; then A by 4 rows. Each element of C is summed from its old value upwards, in the order of k: as in plain loops.
 */
export function gemm<T>(
  m: usize, n: usize, k: usize, a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, down: bool, c: usize,
): void {
  const wide: usize = 32 / sizeof<T>();
  const stride = n * sizeof<T>();
  const panelA: usize = SCRATCH + 128;
  const panels = panelA + 64 * min<usize>(DEPTH, k);
  for (let k0: usize = 0; k0 < k; k0 += DEPTH) {
    const depth = min<usize>(DEPTH, k - k0);
    for (let n0: usize = 0; n0 < n; n0 += WIDTH / sizeof<T>()) {
      const columns = min<usize>(WIDTH / sizeof<T>(), n - n0);
      if (down) packRows<T>(b + n0 * bRow + k0 * sizeof<T>(), bRow, columns, depth, panels);
      else packColumns<T>(b + k0 * bRow + n0 * sizeof<T>(), bRow, columns, depth, panels);
      for (let i: usize = 0; i < m; i += 4) {
        const rows = min<usize>(4, m - i);
        spread<T>(a + i * aRow + k0 * aColumn, aRow, aColumn, rows, depth, panelA);
        let from = c + i * stride + n0 * sizeof<T>();
        for (let j: usize = 0, panel = panels; j < columns; j += wide, panel += 32 * depth, from += 32) {
          if (rows == 4 && j + wide <= columns) tile<T>(depth, panelA, panel, from, stride);
          else edge<T>(depth, panelA, panel, from, stride, rows, min<usize>(wide, columns - j));
        }
      }
    }
  }
}

/** A tile that hangs over: it is computed in a place of its own. */
function edge<T>(depth: usize, a: usize, b: usize, c: usize, stride: usize, rows: usize, columns: usize): void {
  const place: usize = SCRATCH;
  for (let r: usize = 0; r < rows; r++) copy<T>(columns, c + r * stride, place + 32 * r);
  tile<T>(depth, a, b, place, 32);
  for (let r: usize = 0; r < rows; r++) copy<T>(columns, place + 32 * r, c + r * stride);
}
