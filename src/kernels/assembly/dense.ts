// The three products of a dense layer. A tiny layer's are plain loops, which are compiled into the interpreter; a larger
// layer's go row by row, or through panels. The order of every sum is that of the plain loops.
import { FEW_ROWS, FEW_TERMS, STRIP } from "../layout";
import { gemm } from "./gemm";
import { packRows } from "./panels";
import { linearRowPanels, linearRow, outerRow, productRow } from "./row";
import { clear, copy } from "./small";
import { strips } from "./strips";

@inline
function isTiny(rows: usize, inputs: usize, outputs: usize): bool {
  return <u64>rows * inputs * outputs <= <u64>FEW_TERMS;
}

/** y = x·Wᵀ + b, summed from b upwards in the order of the inputs. */
@inline
export function linear<T>(
  x: usize, weight: usize, bias: usize, y: usize, rows: usize, inputs: usize, outputs: usize, stride: usize,
): void {
  if (!isTiny(rows, inputs, outputs)) return linearLarge<T>(x, weight, bias, y, rows, inputs, outputs, stride);
  const width = inputs * sizeof<T>();
  for (const last = x + rows * width; x < last; x += width) {
    let w = weight;
    let b = bias;
    for (const end = y + outputs * sizeof<T>(); y < end; y += sizeof<T>(), b += stride * sizeof<T>()) {
      let total: T = bias ? load<T>(b) : 0;
      for (let i: usize = 0; i < width; i += sizeof<T>(), w += sizeof<T>()) total += load<T>(x + i) * load<T>(w);
      store<T>(y, total);
    }
  }
}

/** Through strips, which read W where it lies, unless its rows are too long for the cache; then through panels; or row by row. */
function linearLarge<T>(
  x: usize, weight: usize, bias: usize, y: usize, rows: usize, inputs: usize, outputs: usize, stride: usize,
): void {
  const width = inputs * sizeof<T>();
  const height = outputs * sizeof<T>();
  if (width <= <usize>(rows <= 64 ? 8 * STRIP : STRIP)) {
    const rest = rows % (32 / sizeof<T>()); // of a panel: if they are few, they go row by row
    const packed = rest < <usize>FEW_ROWS ? rows - rest : rows;
    strips<T>(x, weight, bias, y, packed, inputs, outputs, stride);
    x += packed * width, y += packed * height, rows -= packed;
  }
  for (let n: usize = 0, to = y; n < rows; n++, to += height) {
    startRow<T>(bias, stride, to, outputs);
  }
  if (rows >= <usize>FEW_ROWS) return gemm<T>(rows, outputs, inputs, x, width, true, weight, width, true, y);
  for (let n: usize = 0; n < rows; n++) linearRow<T>(x + n * width, weight, y + n * height, inputs, outputs);
}

/** y = b */
function startRow<T>(bias: usize, stride: usize, y: usize, outputs: usize): void {
  if (bias && stride) copy<T>(outputs, bias, y);
  else for (const end = y + outputs * sizeof<T>(); y < end; y += sizeof<T>()) store<T>(y, bias ? load<T>(bias) : 0);
}

/** y = W·x + b for one row, in a program that has run so many times before with the same W: the second time W is packed. */
export function linearPanels<T>(
  x: usize, weight: usize, bias: usize, y: usize, inputs: usize, outputs: usize, panels: usize, repeats: usize,
): void {
  const before = load<T>(repeats);
  const width = inputs * sizeof<T>();
  const packed = before > 0 ? outputs & -(64 / sizeof<T>()) : 0; // rows of W
  if (before == 1) packRows<T>(weight, width, packed, inputs, panels);
  startRow<T>(bias, 1, y, outputs);
  linearRowPanels<T>(x, panels, y, inputs, packed);
  linearRow<T>(x, weight + packed * width, y + packed * sizeof<T>(), inputs, outputs - packed);
}

/** dx = dy·W */
@inline
export function product<T>(dy: usize, weight: usize, dx: usize, rows: usize, inputs: usize, outputs: usize): void {
  if (!isTiny(rows, inputs, outputs)) return productLarge<T>(dy, weight, dx, rows, inputs, outputs);
  const width = inputs * sizeof<T>();
  const height = outputs * sizeof<T>();
  for (const last = dy + rows * height; dy < last; dy += height) {
    for (let i: usize = 0; i < width; i += sizeof<T>(), dx += sizeof<T>()) {
      let total: T = 0;
      for (let o: usize = 0, w = weight + i; o < height; o += sizeof<T>(), w += width) total += load<T>(dy + o) * load<T>(w);
      store<T>(dx, total);
    }
  }
}

function productLarge<T>(dy: usize, weight: usize, dx: usize, rows: usize, inputs: usize, outputs: usize): void {
  const width = inputs * sizeof<T>();
  const height = outputs * sizeof<T>();
  clear<T>(rows * inputs, dx);
  if (rows >= <usize>FEW_ROWS) return gemm<T>(rows, inputs, outputs, dy, height, true, weight, width, false, dx);
  for (let n: usize = 0; n < rows; n++) productRow<T>(dy + n * height, weight, dx + n * width, inputs, outputs);
}

/** dW += dyᵀ·x */
@inline
export function outer<T>(dy: usize, x: usize, dWeight: usize, rows: usize, inputs: usize, outputs: usize): void {
  if (!isTiny(rows, inputs, outputs)) return outerLarge<T>(dy, x, dWeight, rows, inputs, outputs);
  const width = inputs * sizeof<T>();
  for (const last = x + rows * width; x < last; x += width) {
    let w = dWeight;
    for (const end = dy + outputs * sizeof<T>(); dy < end; dy += sizeof<T>()) {
      const d = load<T>(dy);
      for (let i: usize = 0; i < width; i += sizeof<T>(), w += sizeof<T>()) store<T>(w, load<T>(w) + d * load<T>(x + i));
    }
  }
}

function outerLarge<T>(dy: usize, x: usize, dWeight: usize, rows: usize, inputs: usize, outputs: usize): void {
  const width = inputs * sizeof<T>();
  const height = outputs * sizeof<T>();
  if (rows >= <usize>FEW_ROWS) return gemm<T>(outputs, inputs, rows, dy, height, false, x, width, false, dWeight);
  for (let n: usize = 0; n < rows; n++) outerRow<T>(dy + n * height, x + n * width, dWeight, inputs, outputs);
}
