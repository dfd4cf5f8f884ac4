/** y = x */
@inline
export function copy<T>(n: usize, x: usize, y: usize): void {
  for (let i: usize = 0, end = n * sizeof<T>(); i < end; i += sizeof<T>()) store<T>(y + i, load<T>(x + i));
}

/** y += x */
@inline
export function add<T>(n: usize, x: usize, y: usize): void {
  for (let i: usize = 0, end = n * sizeof<T>(); i < end; i += sizeof<T>()) store<T>(y + i, load<T>(y + i) + load<T>(x + i));
}

/** x = 0 */
@inline
export function clear<T>(n: usize, x: usize): void {
  for (const end = x + n * sizeof<T>(); x < end; x += sizeof<T>()) store<T>(x, 0);
}

/** db += Σ over the rows of dy; over its columns too if the stride of db is 0. */
@inline
export function sum<T>(dy: usize, dBias: usize, rows: usize, outputs: usize, stride: usize): void {
  for (let n: usize = 0; n < rows; n++) {
    for (let o: usize = 0, b = dBias; o < outputs; o++, dy += sizeof<T>(), b += stride * sizeof<T>()) {
      store<T>(b, load<T>(b) + load<T>(dy));
    }
  }
}

/** Whether every element is finite. */
@inline
export function isFinite<T>(n: usize, x: usize): bool {
  for (const end = x + n * sizeof<T>(); x < end; x += sizeof<T>()) {
    if (load<T>(x) - load<T>(x) != 0) return false;
  }
  return true;
}

/** The same of a float64 cell. */
@inline
export function isFiniteCell(x: usize): bool {
  return load<f64>(x) - load<f64>(x) == 0;
}

/** sum += total · factor */
@inline
export function accumulate(total: usize, factor: f64, sum: usize): void {
  store<f64>(sum, load<f64>(sum) + load<f64>(total) * factor);
}

/** y = the cursor-th n elements from x on */
@inline
export function take<T>(cursor: usize, n: usize, x: usize, y: usize): void {
  copy<T>(n, x + <usize>load<f64>(cursor) * n * sizeof<T>(), y);
}
