import { exp } from "../core/exp.js";
import { log1p } from "../core/log.js";
import type { Tensor } from "../core/tensor.js";
import type { Backend, ElementwiseLoops, Kernels, LossLoops, Run, UpdateLoops } from "./kernels.js";
import type { Stream } from "../core/random.js";

/**
 * Rounds to float32 in a float32 network. Sums and products are rounded each time, so that vector instructions of
 * either width give these bits; an elementwise function is computed in float64 and rounded once, when it is stored.
 */
export const round = (value: number, single: boolean): number => (single ? Math.fround(value) : value);

const size = (x: Tensor): number => x.rows * x.columns;

/** The definition of every verb, in plain loops: one example after another, each sum in the order it is written. */
class ReferenceKernels implements Kernels {
  constructor(private readonly single: boolean) {}

  linear(x: Tensor, weight: Tensor, bias: Tensor | null, y: Tensor): void {
    const single = this.single;
    const inputs = x.columns, outputs = y.columns, rows = x.rows;
    const xs = x.data, ws = weight.data, bs = bias ? bias.data : null, ys = y.data;
    const stride = bs && bs.length === outputs ? 1 : 0;
    for (let n = 0, row = 0, at = 0; n < rows; n++, row += inputs) {
      for (let o = 0, w = 0; o < outputs; o++, at++) {
        let sum = bs ? bs[o * stride]! : 0;
        for (let i = row; i < row + inputs; i++, w++) sum = round(sum + round(xs[i]! * ws[w]!, single), single);
        ys[at] = sum;
      }
    }
  }

  product(dy: Tensor, weight: Tensor, dx: Tensor): void {
    const single = this.single;
    const inputs = dx.columns, outputs = dy.columns, rows = dy.rows;
    const ds = dy.data, ws = weight.data, xs = dx.data;
    for (let n = 0, row = 0, at = 0; n < rows; n++, row += inputs) {
      for (let i = row; i < row + inputs; i++) xs[i] = 0;
      for (let o = 0, w = 0; o < outputs; o++, at++) {
        const d = ds[at]!;
        for (let i = row; i < row + inputs; i++, w++) xs[i] = xs[i]! + round(d * ws[w]!, single);
      }
    }
  }

  outer(dy: Tensor, x: Tensor, dWeight: Tensor): void {
    const single = this.single;
    const inputs = x.columns, outputs = dy.columns, rows = dy.rows;
    const ds = dy.data, xs = x.data, ws = dWeight.data;
    for (let n = 0, row = 0, at = 0; n < rows; n++, row += inputs) {
      for (let o = 0, w = 0; o < outputs; o++, at++) {
        const d = ds[at]!;
        for (let i = row; i < row + inputs; i++, w++) ws[w] = ws[w]! + round(d * xs[i]!, single);
      }
    }
  }

  sum(dy: Tensor, dBias: Tensor): void {
    const outputs = dy.columns, rows = dy.rows;
    const ds = dy.data, bs = dBias.data;
    const stride = bs.length === outputs ? 1 : 0;
    for (let n = 0, at = 0; n < rows; n++) {
      for (let o = 0; o < outputs; o++, at++) bs[o * stride] = bs[o * stride]! + ds[at]!;
    }
  }

  map(f: ElementwiseLoops, z: Tensor, a: Tensor): void {
    f.map(size(z), z.data, a.data);
  }

  pull(f: ElementwiseLoops, z: Tensor, a: Tensor, da: Tensor, dz: Tensor): void {
    f.pull(size(z), z.data, a.data, da.data, dz.data);
  }

  softmax(x: Tensor, y: Tensor): void {
    const { columns, rows } = x;
    const xs = x.data, ys = y.data;
    for (let start = 0; start < rows * columns; start += columns) {
      const end = start + columns;
      let max = xs[start]!;
      for (let i = start + 1; i < end; i++) max = Math.max(max, xs[i]!);
      let sum = 0;
      for (let i = start; i < end; i++) sum += exp(xs[i]! - max);
      for (let i = start; i < end; i++) ys[i] = exp(xs[i]! - max) / sum;
    }
  }

  softmaxPull(y: Tensor, dy: Tensor, dx: Tensor): void {
    const { columns, rows } = y;
    const ys = y.data, ds = dy.data, xs = dx.data;
    for (let start = 0; start < rows * columns; start += columns) {
      const end = start + columns;
      let dot = 0;
      for (let i = start; i < end; i++) dot += ds[i]! * ys[i]!;
      for (let i = start; i < end; i++) xs[i] = ys[i]! * (ds[i]! - dot);
    }
  }

  loss(f: LossLoops, p: Tensor, t: Tensor, u: Tensor): void {
    f.map(size(p), p.data, t.data, u.data);
  }

  lossPull(f: LossLoops, p: Tensor, t: Tensor, dp: Tensor): void {
    f.pull(size(p), p.data, t.data, dp.data);
  }

  crossEntropy(z: Tensor, q: Tensor, u: Tensor): void {
    const columns = z.columns, rows = z.rows;
    const zs = z.data, qs = q.data, us = u.data;
    for (let start = 0; start < rows * columns; start += columns) {
      const end = start + columns;
      let peak = start;
      for (let i = start + 1; i < end; i++) if (zs[i]! > zs[peak]!) peak = i;
      const max = zs[peak]!;
      let others = 0; // Σ e^(z − max) without the peak's 1, so that a tiny loss keeps its digits
      for (let i = start; i < end; i++) if (i !== peak) others += exp(zs[i]! - max);
      const log = log1p(others);
      for (let i = start; i < end; i++) us[i] = qs[i] === 0 ? 0 : qs[i]! * (max - zs[i]! + log);
    }
  }

  residual(a: Tensor, t: Tensor, dz: Tensor): void {
    const n = size(a), as = a.data, ts = t.data, ds = dz.data;
    for (let i = 0; i < n; i++) ds[i] = as[i]! - ts[i]!;
  }

  reduce(u: Tensor, weights: Tensor | null, divisor: number, total: Tensor): void {
    const { columns, rows } = u;
    const us = u.data, ws = weights?.data;
    let sum = 0;
    for (let n = 0; n < rows; n++) {
      let row = 0;
      for (let i = n * columns; i < (n + 1) * columns; i++) row += us[i]!;
      sum += ws ? ws[n]! * row : row;
    }
    total.data[0] = sum / divisor;
  }

  weigh(dp: Tensor, weights: Tensor | null, divisor: number): void {
    if (!weights && divisor === 1) return;
    const { single } = this;
    const { columns, rows } = dp;
    const ds = dp.data, ws = weights?.data;
    for (let n = 0; n < rows; n++) {
      for (let i = n * columns; i < (n + 1) * columns; i++) {
        ds[i] = (ws ? round(ds[i]! * ws[n]!, single) : ds[i]!) / divisor;
      }
    }
  }

  update(rule: UpdateLoops, runs: readonly Run[], scalars: Tensor): void {
    rule.advance?.(scalars.data);
    for (let r = 0; r < runs.length; r++) {
      const run = runs[r]!;
      rule.update(run.parameters.columns, run.parameters.data, run.gradients.data, run.slots, scalars.data, this.single);
    }
  }

  copy(x: Tensor, y: Tensor): void {
    const n = size(x), xs = x.data, ys = y.data;
    for (let i = 0; i < n; i++) ys[i] = xs[i]!;
  }

  add(x: Tensor, y: Tensor): void {
    const n = size(x), xs = x.data, ys = y.data;
    for (let i = 0; i < n; i++) ys[i] = ys[i]! + xs[i]!;
  }

  clear(x: Tensor): void {
    const n = size(x), xs = x.data;
    for (let i = 0; i < n; i++) xs[i] = 0;
  }

  uniform(stream: Stream, y: Tensor): void {
    const n = size(y), ys = y.data;
    for (let i = 0; i < n; i++) ys[i] = stream.uniform(i);
  }

  isFinite(x: Tensor): boolean {
    const n = size(x), xs = x.data;
    for (let i = 0; i < n; i++) if (xs[i]! - xs[i]! !== 0) return false;
    return true;
  }
}

/**
 * Plain loops in JavaScript: the definition of what every other backend computes.
 *
 * @example
 * ```ts
 * import { Network, dense, reference } from "chainrule";
 *
 * new Network([dense(2, 1)], { backend: reference }).backend; // "reference"
 * ```
 */
export const reference: Backend = {
  name: "reference",
  kernels: (dtype) => new ReferenceKernels(dtype === "float32"),
};
