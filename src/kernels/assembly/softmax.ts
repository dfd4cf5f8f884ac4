import { slowExp as exp, log1p } from "./math";

/** yᵢ = e^(xᵢ − max) / Σⱼ e^(xⱼ − max), by row */
export function softmax<T>(x: usize, y: usize, rows: usize, columns: usize): void {
  const width = columns * sizeof<T>();
  for (const last = x + rows * width; x < last; x += width, y += width) {
    let peak = <f64>load<T>(x);
    for (let i: usize = sizeof<T>(); i < width; i += sizeof<T>()) peak = max<f64>(peak, <f64>load<T>(x + i));
    let sum: f64 = 0;
    for (let i: usize = 0; i < width; i += sizeof<T>()) sum += exp(<f64>load<T>(x + i) - peak);
    for (let i: usize = 0; i < width; i += sizeof<T>()) store<T>(y + i, <T>(exp(<f64>load<T>(x + i) - peak) / sum));
  }
}

/** dx = y ⊙ (dy − Σⱼ dyⱼ yⱼ), by row */
export function softmaxPull<T>(y: usize, dy: usize, dx: usize, rows: usize, columns: usize): void {
  const width = columns * sizeof<T>();
  for (const last = y + rows * width; y < last; y += width, dy += width, dx += width) {
    let dot: f64 = 0;
    for (let i: usize = 0; i < width; i += sizeof<T>()) dot += <f64>load<T>(dy + i) * <f64>load<T>(y + i);
    for (let i: usize = 0; i < width; i += sizeof<T>()) {
      store<T>(dx + i, <T>(<f64>load<T>(y + i) * (<f64>load<T>(dy + i) - dot)));
    }
  }
}

/** uᵢ = −qᵢ ln softmax(z)ᵢ, by row */
export function crossEntropy<T>(z: usize, q: usize, u: usize, rows: usize, columns: usize): void {
  const width = columns * sizeof<T>();
  for (const last = z + rows * width; z < last; z += width, q += width, u += width) {
    let peak: usize = 0;
    for (let i: usize = sizeof<T>(); i < width; i += sizeof<T>()) if (load<T>(z + i) > load<T>(z + peak)) peak = i;
    const top = <f64>load<T>(z + peak);
    let others: f64 = 0; // Σ e^(z − max) without the peak's 1
    for (let i: usize = 0; i < width; i += sizeof<T>()) if (i != peak) others += exp(<f64>load<T>(z + i) - top);
    const log = log1p(others);
    for (let i: usize = 0; i < width; i += sizeof<T>()) {
      const share = <f64>load<T>(q + i);
      store<T>(u + i, <T>(share == 0 ? 0 : share * (top - <f64>load<T>(z + i) + log)));
    }
  }
}
