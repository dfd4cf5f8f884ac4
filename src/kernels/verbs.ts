import { fail } from "../core/errors.js";
import { PlannedTensor, watch } from "../core/memory.js";
import type { Stream } from "../core/random.js";
import type { Floats, Tensor } from "../core/tensor.js";
import type { ElementwiseLoops, Kernels, LossLoops, Run, UpdateLoops } from "./kernels.js";
import type { Kept } from "./kept.js";
import type { Loops } from "./machine.js";
import { Op } from "./opcodes.js";
import type { Recorder } from "./recorder.js";

const number = /* @__PURE__ */ new Float64Array(1);
const words = /* @__PURE__ */ new Int32Array(number.buffer);

const size = (x: Tensor): number => x.rows * x.columns;

/** The numbers of a tensor, without a mark that somebody has looked at them. */
const dataOf = (x: Tensor): Floats => (x instanceof PlannedTensor ? x.floats : x.data);

/** The verbs, as instructions for a machine: each is written, and carried out at once. */
export class Verbs implements Kernels {
  /** Weights in panels, for the passes that predict. */
  kept: Kept | null = null;
  private f = 0;
  private low = 0;
  private high = 0;

  constructor(readonly recorder: Recorder) {}

  linear(x: Tensor, weight: Tensor, bias: Tensor | null, y: Tensor): void {
    const shared = bias !== null && bias.columns !== y.columns;
    const { recorder, kept } = this;
    const { isPlain } = recorder;
    const w = this.at(weight),
      b = this.at(bias);
    recorder.isPlain = isPlain; // it only reads these
    const panels = shared || !recorder.machine.knows ? undefined : kept?.panelsFor(weight, x, y);
    if (panels)
      recorder.emit(
        Op.linearKept,
        this.at(x),
        w,
        b,
        this.at(y),
        x.columns,
        y.columns,
        this.at(panels),
        this.at(kept!.repeats),
      );
    else recorder.emit(Op.linear, this.at(x), w, b, this.at(y), x.rows, x.columns, y.columns, shared ? 0 : 1);
  }

  product(dy: Tensor, weight: Tensor, dx: Tensor): void {
    this.recorder.emit(Op.product, this.at(dy), this.at(weight), this.at(dx), dy.rows, dx.columns, dy.columns);
  }

  outer(dy: Tensor, x: Tensor, dWeight: Tensor): void {
    this.recorder.emit(Op.outer, this.at(dy), this.at(x), this.at(dWeight), dy.rows, x.columns, dy.columns);
  }

  sum(dy: Tensor, dBias: Tensor): void {
    this.recorder.emit(Op.sum, this.at(dy), this.at(dBias), dy.rows, dy.columns, dBias.columns === dy.columns ? 1 : 0);
  }

  map(f: ElementwiseLoops, z: Tensor, a: Tensor): void {
    if (this.know(f)) this.recorder.emit(Op.map, this.f, this.low, this.high, size(z), this.at(z), this.at(a));
    else this.call(() => f.map(size(z), dataOf(z), dataOf(a)), z, a);
  }

  pull(f: ElementwiseLoops, z: Tensor, a: Tensor, da: Tensor, dz: Tensor): void {
    if (this.know(f))
      this.recorder.emit(
        Op.pull,
        this.f,
        this.low,
        this.high,
        size(z),
        this.at(z),
        this.at(a),
        this.at(da),
        this.at(dz),
      );
    else this.call(() => f.pull(size(z), dataOf(z), dataOf(a), dataOf(da), dataOf(dz)), z, a, da, dz);
  }

  softmax(x: Tensor, y: Tensor): void {
    this.recorder.emit(Op.softmax, this.at(x), this.at(y), x.rows, x.columns);
  }

  softmaxPull(y: Tensor, dy: Tensor, dx: Tensor): void {
    this.recorder.emit(Op.softmaxPull, this.at(y), this.at(dy), this.at(dx), y.rows, y.columns);
  }

  loss(f: LossLoops, p: Tensor, t: Tensor, u: Tensor): void {
    if (this.know(f))
      this.recorder.emit(Op.loss, this.f, this.low, this.high, size(p), this.at(p), this.at(t), this.at(u));
    else this.call(() => f.map(size(p), dataOf(p), dataOf(t), dataOf(u)), p, t, u);
  }

  lossPull(f: LossLoops, p: Tensor, t: Tensor, dp: Tensor): void {
    if (this.know(f))
      this.recorder.emit(Op.lossPull, this.f, this.low, this.high, size(p), this.at(p), this.at(t), this.at(dp));
    else this.call(() => f.pull(size(p), dataOf(p), dataOf(t), dataOf(dp)), p, t, dp);
  }

  crossEntropy(z: Tensor, q: Tensor, u: Tensor): void {
    this.recorder.emit(Op.crossEntropy, this.at(z), this.at(q), this.at(u), z.rows, z.columns);
  }

  residual(a: Tensor, t: Tensor, dz: Tensor): void {
    this.recorder.emit(Op.residual, size(a), this.at(a), this.at(t), this.at(dz));
  }

  reduce(u: Tensor, weights: Tensor | null, divisor: Tensor, total: Tensor): void {
    this.recorder.emit(
      Op.reduce,
      this.at(u),
      this.at(weights),
      this.cell(divisor),
      this.cell(total),
      u.rows,
      u.columns,
    );
  }

  weigh(dp: Tensor, weights: Tensor | null, divisor: Tensor): void {
    this.recorder.emit(Op.weigh, this.at(dp), this.at(weights), this.cell(divisor), dp.rows, dp.columns);
  }

  update(rule: UpdateLoops, runs: readonly Run[], scalars: Tensor): void {
    const known = this.know(rule);
    if (known && rule.advance) this.recorder.emit(Op.advance, this.f, this.cell(scalars));
    if (!known && rule.advance) this.call(() => rule.advance!(dataOf(scalars)), scalars);
    for (const run of runs) {
      const { parameters: p, gradients: g, slots } = run;
      const place = (i: number) => this.at(slots[i] ?? null);
      if (known)
        this.recorder.emit(
          Op.update,
          this.f,
          p.columns,
          this.at(p),
          this.at(g),
          this.cell(scalars),
          place(0),
          place(1),
          place(2),
        );
      else
        this.call(
          () => rule.update(p.columns, dataOf(p), dataOf(g), slots, dataOf(scalars), dataOf(p) instanceof Float32Array),
          p,
          g,
        );
    }
  }

  copy(x: Tensor, y: Tensor): void {
    this.recorder.emit(Op.copy, size(x), this.at(x), this.at(y));
  }

  add(x: Tensor, y: Tensor): void {
    this.recorder.emit(Op.add, size(x), this.at(x), this.at(y));
  }

  clear(x: Tensor): void {
    this.recorder.emit(Op.clear, size(x), this.at(x));
  }

  uniform(stream: Stream, y: Tensor): void {
    this.recorder.emit(Op.uniform, stream.key0, stream.key1, this.cell(stream.step), size(y), this.at(y));
  }

  isFinite(x: Tensor): boolean {
    watch.touched = true; // who asks may go on either way
    return this.recorder.emit(Op.check, size(x), this.at(x));
  }

  /** Whether so many numbers of a tensor are finite, from a place on; nothing else happens. */
  areFinite(x: PlannedTensor, at: number, count: number): boolean {
    const { recorder } = this;
    const { latest, machine } = recorder;
    const result = recorder.emit(Op.check, count, this.at(x) + (at * x.floats.BYTES_PER_ELEMENT) / machine.unit);
    recorder.latest = latest;
    return result;
  }

  // What a network needs besides, to run its steps. Cells are tensors of one float64.

  /** Whether the number in a cell is finite. */
  isFiniteCell(total: Tensor): boolean {
    return this.recorder.emit(Op.checkCell, this.cell(total));
  }

  /** counter += 1 */
  increment(counter: Tensor): void {
    this.recorder.emit(Op.increment, this.cell(counter));
  }

  /** sum += total · factor */
  accumulate(total: Tensor, factor: number, sum: Tensor): void {
    this.keep(factor);
    this.recorder.emit(Op.accumulate, this.cell(total), this.low, this.high, this.cell(sum));
  }

  /** y = the cursor-th of the pieces of its size in x */
  take(cursor: Tensor, x: Tensor, y: Tensor): void {
    this.recorder.emit(Op.take, this.cell(cursor), size(y), this.at(x), this.at(y));
  }

  /** cursor += 1; a program begins again here while it is below limit. */
  repeat(cursor: Tensor, limit: Tensor): void {
    dataOf(cursor)[0]! += 1;
    this.recorder.repeat(this.cell(cursor), this.cell(limit));
  }

  /** Calls loops that the machine does not know, over these tensors. */
  private call(body: () => void, ...tensors: readonly Tensor[]): void {
    for (const each of tensors) {
      this.at(each);
      if (each instanceof PlannedTensor) each.block.isShown = true; // the loops get an array
    }
    this.recorder.call(body);
  }

  private at(x: Tensor | null): number {
    return x ? this.place(x, this.recorder.machine.unit) : 0;
  }

  private cell(x: Tensor): number {
    return this.place(x, this.recorder.machine.cellUnit);
  }

  private place(x: Tensor, unit: number): number {
    const { buffer, byteOffset } = dataOf(x);
    if (!this.recorder.holds(buffer, byteOffset))
      fail("type", "kernels", "tensors of the network, as a planner gives them", x);
    if (x instanceof PlannedTensor && x.block === this.kept?.parameters) this.recorder.isPlain = false;
    return byteOffset / unit;
  }

  /** Looks a function up, and keeps its number and its parameter for the next instruction. */
  private know({ native }: Loops): boolean {
    if (!native || !this.recorder.machine.knows) return false;
    this.f = native.f;
    this.keep(native.number ?? 0);
    return true;
  }

  private keep(value: number): void {
    number[0] = value;
    this.low = words[0]!;
    this.high = words[1]!;
  }
}
