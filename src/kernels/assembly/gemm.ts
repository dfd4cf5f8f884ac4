import { DEPTH, SCRATCH, WIDTH } from "../layout";
import { pack } from "./panels";
import { copy } from "./small";
import { tile } from "./tile";

/**
 * C += A·B for C [m × n], k terms each. `along`: the k terms of a row of A, or of a column of B, lie one after another;
 * else they are a row of the stored matrix apart. These rows are so many bytes long.
 *
 * In blocks that stay in the cache: DEPTH of the k terms at a time, and WIDTH bytes of the columns of B, packed in
 * panels; then a panel of rows of A. Each element of C is summed from its old value upwards, in the order of k: as in
 * plain loops.
 */
export function gemm<T>(
  m: usize, n: usize, k: usize, a: usize, aRow: usize, aAlong: bool, b: usize, bRow: usize, bAlong: bool, c: usize,
): void {
  const wide: usize = 32 / sizeof<T>();
  const stride = n * sizeof<T>();
  const panelA: usize = SCRATCH + 128;
  const panels = panelA + 32 * min<usize>(DEPTH, k);
  for (let k0: usize = 0; k0 < k; k0 += DEPTH) {
    const depth = min<usize>(DEPTH, k - k0);
    for (let n0: usize = 0; n0 < n; n0 += WIDTH / sizeof<T>()) {
      const columns = min<usize>(WIDTH / sizeof<T>(), n - n0);
      pack<T>(b, bRow, bAlong, n0, columns, k0, depth, panels);
      for (let i: usize = 0; i < m; i += 4) {
        const rows = min<usize>(4, m - i);
        if (i % wide == 0) pack<T>(a, aRow, aAlong, i, min<usize>(wide, m - i), k0, depth, panelA);
        const factors = panelA + (i % wide) * sizeof<T>();
        let from = c + i * stride + n0 * sizeof<T>();
        for (let j: usize = 0, panel = panels; j < columns; j += wide, panel += 32 * depth, from += 32) {
          if (rows == 4 && j + wide <= columns) tile<T>(depth, factors, panel, from, stride);
          else edge<T>(depth, factors, panel, from, stride, rows, min<usize>(wide, columns - j));
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
