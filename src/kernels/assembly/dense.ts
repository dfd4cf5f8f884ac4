import { gemm } from "./gemm";
import { linearRow, outerRow, productRow } from "./row";

/** Fewer products than this are done in plain loops. */
const FEW: u64 = 200;
/** Fewer rows than this are done one after another. */
const FEW_ROWS: usize = 4;

/** y = x·Wᵀ + b, summed from b upwards in the order of the inputs. */
@inline
export function linear<T>(
  x: usize, weight: usize, bias: usize, y: usize, rows: usize, inputs: usize, outputs: usize, stride: usize,
): void {
  const width = inputs * sizeof<T>();
  if (<u64>rows * inputs * outputs > FEW) return manyLinear<T>(x, weight, bias, y, rows, inputs, outputs, stride);
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

function manyLinear<T>(
  x: usize, weight: usize, bias: usize, y: usize, rows: usize, inputs: usize, outputs: usize, stride: usize,
): void {
  let at = y;
  for (let n: usize = 0; n < rows; n++) {
    let b = bias;
    for (let o: usize = 0; o < outputs; o++, at += sizeof<T>(), b += stride * sizeof<T>()) store<T>(at, bias ? load<T>(b) : 0);
  }
  if (rows < FEW_ROWS) {
    for (let n: usize = 0; n < rows; n++) linearRow<T>(x + n * inputs * sizeof<T>(), weight, y + n * outputs * sizeof<T>(), inputs, outputs);
    return;
  }
  gemm<T>(rows, outputs, inputs, x, inputs * sizeof<T>(), false, weight, inputs * sizeof<T>(), true, y);
}

/** dx = dy·W */
@inline
export function product<T>(dy: usize, weight: usize, dx: usize, rows: usize, inputs: usize, outputs: usize): void {
  const width = inputs * sizeof<T>();
  const height = outputs * sizeof<T>();
  if (<u64>rows * inputs * outputs > FEW) return manyProduct<T>(dy, weight, dx, rows, inputs, outputs);
  for (const last = dy + rows * height; dy < last; dy += height) {
    for (let i: usize = 0; i < width; i += sizeof<T>(), dx += sizeof<T>()) {
      let total: T = 0;
      for (let o: usize = 0, w = weight + i; o < height; o += sizeof<T>(), w += width) total += load<T>(dy + o) * load<T>(w);
      store<T>(dx, total);
    }
  }
}

function manyProduct<T>(dy: usize, weight: usize, dx: usize, rows: usize, inputs: usize, outputs: usize): void {
  memory.fill(dx, 0, rows * inputs * sizeof<T>());
  if (rows < FEW_ROWS) {
    for (let n: usize = 0; n < rows; n++) productRow<T>(dy + n * outputs * sizeof<T>(), weight, dx + n * inputs * sizeof<T>(), inputs, outputs);
    return;
  }
  gemm<T>(rows, inputs, outputs, dy, outputs * sizeof<T>(), false, weight, inputs * sizeof<T>(), false, dx);
}

/** dW += dyᵀ·x */
@inline
export function outer<T>(dy: usize, x: usize, dWeight: usize, rows: usize, inputs: usize, outputs: usize): void {
  const width = inputs * sizeof<T>();
  if (<u64>rows * inputs * outputs > FEW) return manyOuter<T>(dy, x, dWeight, rows, inputs, outputs);
  for (const last = x + rows * width; x < last; x += width) {
    let w = dWeight;
    for (const end = dy + outputs * sizeof<T>(); dy < end; dy += sizeof<T>()) {
      const d = load<T>(dy);
      for (let i: usize = 0; i < width; i += sizeof<T>(), w += sizeof<T>()) store<T>(w, load<T>(w) + d * load<T>(x + i));
    }
  }
}

function manyOuter<T>(dy: usize, x: usize, dWeight: usize, rows: usize, inputs: usize, outputs: usize): void {
  if (rows < FEW_ROWS) {
    for (let n: usize = 0; n < rows; n++) outerRow<T>(dy + n * outputs * sizeof<T>(), x + n * inputs * sizeof<T>(), dWeight, inputs, outputs);
    return;
  }
  gemm<T>(outputs, inputs, rows, dy, outputs * sizeof<T>(), true, x, inputs * sizeof<T>(), false, dWeight);
}
