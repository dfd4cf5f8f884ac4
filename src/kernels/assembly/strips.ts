import { CELL, SCRATCH } from "../layout";
import { pack } from "./panels";
import { copy } from "./small";
import { multiplyAdd } from "./tile";

/**
 * y = x·Wᵀ + b without packing W. Of both, the terms of a sum lie one after another: rows of x, as many as two vectors have
 * lanes, are packed in a panel, and W is read where it lies, 4 rows of it side by side.
 */
export function strips<T>(
  x: usize, weight: usize, bias: usize, y: usize, rows: usize, inputs: usize, outputs: usize, stride: usize,
): void {
  const wide: usize = 32 / sizeof<T>();
  const width = inputs * sizeof<T>();
  const height = outputs * sizeof<T>();
  const panel: usize = SCRATCH + 256;
  for (let n: usize = 0; n < rows; n += wide, y += wide * height) {
    const count = min<usize>(wide, rows - n);
    pack<T>(x, width, true, n, count, 0, inputs, panel);
    for (let o: usize = 0, w = weight, b = bias, to = y; o < outputs; o += 4, w += 4 * width, to += 4 * sizeof<T>()) {
      const columns = min<usize>(4, outputs - o);
      for (let c: usize = 0; c < columns; c++, b += stride * sizeof<T>()) store<T>(CELL + c * sizeof<T>(), bias ? load<T>(b) : 0);
      if (count == wide && columns == 4) strip<T>(inputs, w, width, 4, panel, to, height);
      else {
        strip<T>(inputs, w, width, columns, panel, SCRATCH, 32);
        for (let r: usize = 0; r < count; r++) copy<T>(columns, SCRATCH + 32 * r, to + r * height);
      }
    }
  }
}

/**
 * From 4 biases in CELL, the sums of 4 rows of W (the last one again, if there are fewer) with a panel: 4 columns of y.
 * Two terms a turn, as in `tile`.
 */
function strip<T>(depth: usize, w0: usize, width: usize, rows: usize, panel: usize, y: usize, height: usize): void {
  let w1 = w0 + (rows > 1 ? width : 0);
  let w2 = w1 + (rows > 2 ? width : 0);
  let w3 = w2 + (rows > 3 ? width : 0);
  const last = panel + 32 * (depth - 1);
  let c0 = v128.load_splat<T>(CELL), c1 = c0;
  let d0 = v128.load_splat<T>(CELL, sizeof<T>()), d1 = d0;
  let e0 = v128.load_splat<T>(CELL, 2 * sizeof<T>()), e1 = e0;
  let f0 = v128.load_splat<T>(CELL, 3 * sizeof<T>()), f1 = f0;
  for (; panel <= last; panel += 64) {
    let x0 = v128.load(panel), x1 = v128.load(panel, 16);
    let wi = v128.load_splat<T>(w0);
    c0 = multiplyAdd<T>(wi, x0, c0);
    c1 = multiplyAdd<T>(wi, x1, c1);
    wi = v128.load_splat<T>(w1);
    d0 = multiplyAdd<T>(wi, x0, d0);
    d1 = multiplyAdd<T>(wi, x1, d1);
    wi = v128.load_splat<T>(w2);
    e0 = multiplyAdd<T>(wi, x0, e0);
    e1 = multiplyAdd<T>(wi, x1, e1);
    wi = v128.load_splat<T>(w3);
    f0 = multiplyAdd<T>(wi, x0, f0);
    f1 = multiplyAdd<T>(wi, x1, f1);
    if (panel == last) break;
    x0 = v128.load(panel, 32), x1 = v128.load(panel, 48);
    wi = v128.load_splat<T>(w0, sizeof<T>());
    c0 = multiplyAdd<T>(wi, x0, c0);
    c1 = multiplyAdd<T>(wi, x1, c1);
    wi = v128.load_splat<T>(w1, sizeof<T>());
    d0 = multiplyAdd<T>(wi, x0, d0);
    d1 = multiplyAdd<T>(wi, x1, d1);
    wi = v128.load_splat<T>(w2, sizeof<T>());
    e0 = multiplyAdd<T>(wi, x0, e0);
    e1 = multiplyAdd<T>(wi, x1, e1);
    wi = v128.load_splat<T>(w3, sizeof<T>());
    f0 = multiplyAdd<T>(wi, x0, f0);
    f1 = multiplyAdd<T>(wi, x1, f1);
    w0 += 2 * sizeof<T>(), w1 += 2 * sizeof<T>(), w2 += 2 * sizeof<T>(), w3 += 2 * sizeof<T>();
  }
  storeColumns<T>(c0, d0, e0, f0, y, height);
  storeColumns<T>(c1, d1, e1, f1, y + (16 / sizeof<T>()) * height, height);
}

@inline
function storeColumns<T>(c: v128, d: v128, e: v128, f: v128, y: usize, height: usize): void {
  if (sizeof<T>() == 8) {
    v128.store(y, v128.shuffle<f64>(c, d, 0, 2));
    v128.store(y, v128.shuffle<f64>(e, f, 0, 2), 16);
    v128.store(y + height, v128.shuffle<f64>(c, d, 1, 3));
    v128.store(y + height, v128.shuffle<f64>(e, f, 1, 3), 16);
  } else {
    const low0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), low1 = v128.shuffle<f32>(e, f, 0, 4, 1, 5);
    const high0 = v128.shuffle<f32>(c, d, 2, 6, 3, 7), high1 = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
    v128.store(y, v128.shuffle<f64>(low0, low1, 0, 2));
    v128.store(y + height, v128.shuffle<f64>(low0, low1, 1, 3));
    v128.store(y + 2 * height, v128.shuffle<f64>(high0, high1, 0, 2));
    v128.store(y + 3 * height, v128.shuffle<f64>(high0, high1, 1, 3));
  }
}
