import { fail } from "../core/errors.js";
import { PlannedTensor, reads } from "../core/memory.js";
import type { Stream } from "../core/random.js";
import type { Floats, Tensor } from "../core/tensor.js";
import { Allocation } from "./allocation.js";
import type { ElementwiseLoops, Kernels, Loops, LossLoops, Run, UpdateLoops } from "./kernels.js";
import type { Machine } from "./machine.js";
import { Op } from "./opcodes.js";
import { Recorder, Routine } from "./recorder.js";
import type { WeightPanels } from "./weight-panels.js";

const number = /* @__PURE__ */ new Float64Array(1);
const words = /* @__PURE__ */ new Int32Array(number.buffer);

const size = (x: Tensor): number => x.rows * x.columns;

/** The numbers of a tensor, without a mark that somebody has read them. */
const floatsOf = (x: Tensor): Floats => (x instanceof PlannedTensor ? x.floats : x.data);

/** The verbs, as instructions for a machine: each is written, and carried out at once. */
export class Verbs implements Kernels {
  /** Where the network's memory lies. */
  readonly allocation: Allocation;
  /** Weights in panels, for the passes that predict. */
  panels: WeightPanels | null = null;
  /** What writes the verbs down. */
  readonly recorder: Recorder;
  private f = 0;
  private low = 0;
  private high = 0;

  /** `fallback`: another machine, for when this one has no memory left. */
  constructor(machine: Machine, fallback?: () => Machine) {
    this.allocation = new Allocation(machine, fallback);
    this.recorder = new Recorder(this.allocation);
  }

  // For the network: parts and routines of its steps, and what it has to say of its memory.

  /** The machine at work. */
  get machine(): Machine {
    return this.allocation.machine;
  }

  /** Whether steps, as they are written down, call functions of a user. */
  get callsOut(): boolean {
    return this.recorder.callsOut;
  }

  /** Whether a part of the network is at work: a layer, a loss, an optimizer. */
  get isWithinPart(): boolean {
    return this.recorder.isWithinPart;
  }

  /** Calls a function of a user's from within a step. */
  within(body: () => void): void {
    this.recorder.within(body);
  }

  /** Calls a part of a step, which may be a user's. */
  part(body: () => void): void {
    this.recorder.part(body);
  }

  /** What is done again and again, and so replayed; `body` gives false if a check failed. */
  routine(body: () => boolean): Routine {
    return new Routine(this.recorder, body);
  }

  /** What a routine has written down is not needed any more. */
  release(routine: Routine): void {
    this.recorder.release(routine);
  }

  /** Does what predicts, knowing whether it is the same again. */
  predict(routine: Routine): void {
    this.panels?.count(this.recorder, routine.program);
    routine.run();
  }

  /** Other parameters are to be updated, so what was written down no longer holds. */
  forgetPrograms(): void {
    this.recorder.forget();
  }

  /** Something else than a verb has written to the parameters. */
  parametersWereWritten(): void {
    this.recorder.latest = null;
  }

  // The verbs.

  linear(x: Tensor, weight: Tensor, bias: Tensor | null, y: Tensor): void {
    const shared = bias !== null && bias.columns !== y.columns;
    const { recorder } = this;
    const { onlyReadsParameters } = recorder;
    const w = this.at(weight),
      b = this.at(bias);
    recorder.onlyReadsParameters = onlyReadsParameters; // these are rowWeights and biases
    const panels = shared || !this.machine.knows ? undefined : this.panels?.panelsFor(weight, x, y);
    if (panels)
      recorder.emit(
        Op.linearPanels,
        this.at(x),
        w,
        b,
        this.at(y),
        x.columns,
        y.columns,
        this.at(panels),
        this.at(this.panels!.repeats),
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
    else this.call(f, () => f.map(size(z), floatsOf(z), floatsOf(a)), z, a);
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
    else this.call(f, () => f.pull(size(z), floatsOf(z), floatsOf(a), floatsOf(da), floatsOf(dz)), z, a, da, dz);
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
    else this.call(f, () => f.map(size(p), floatsOf(p), floatsOf(t), floatsOf(u)), p, t, u);
  }

  lossPull(f: LossLoops, p: Tensor, t: Tensor, dp: Tensor): void {
    if (this.know(f))
      this.recorder.emit(Op.lossPull, this.f, this.low, this.high, size(p), this.at(p), this.at(t), this.at(dp));
    else this.call(f, () => f.pull(size(p), floatsOf(p), floatsOf(t), floatsOf(dp)), p, t, dp);
  }

  crossEntropy(z: Tensor, q: Tensor, u: Tensor): void {
    this.recorder.emit(Op.crossEntropy, this.at(z), this.at(q), this.at(u), z.rows, z.columns);
  }

  residual(a: Tensor, t: Tensor, dz: Tensor): void {
    this.recorder.emit(Op.residual, size(a), this.at(a), this.at(t), this.at(dz));
  }

  reduce(u: Tensor, rowWeights: Tensor | null, divisor: Tensor, total: Tensor): void {
    this.recorder.emit(
      Op.reduce,
      this.at(u),
      this.at(rowWeights),
      this.cell(divisor),
      this.cell(total),
      u.rows,
      u.columns,
    );
  }

  weigh(dp: Tensor, rowWeights: Tensor | null, divisor: Tensor): void {
    this.recorder.emit(Op.weigh, this.at(dp), this.at(rowWeights), this.cell(divisor), dp.rows, dp.columns);
  }

  mask(t: Tensor, x: Tensor): void {
    this.recorder.emit(Op.mask, size(t), this.at(t), this.at(x));
  }

  known(t: Tensor, m: Tensor, most: number): void {
    this.recorder.emit(Op.known, this.at(t), this.at(m), t.rows, t.columns, most);
  }

  update(rule: UpdateLoops, runs: readonly Run[], scalars: Tensor): void {
    const known = this.know(rule);
    if (known && rule.advance) this.recorder.emit(Op.advance, this.f, this.cell(scalars));
    if (!known && rule.advance) this.call(rule, () => rule.advance!(floatsOf(scalars)), scalars);
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
          rule,
          () =>
            rule.update(
              p.columns,
              floatsOf(p),
              floatsOf(g),
              slots,
              floatsOf(scalars),
              floatsOf(p) instanceof Float32Array,
            ),
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
    reads.dataWasRead = true; // what asks may go on either way
    return this.recorder.emit(Op.check, size(x), this.at(x));
  }

  /** Whether so many numbers of a tensor are finite, from a place on; nothing else happens. */
  areFinite(x: PlannedTensor, at: number, count: number): boolean {
    const { machine, recorder } = this;
    const { latest } = recorder;
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

  /** mass = Σ mᵢ, in float64; divisor = mass, or 1 if that is 0. */
  mass(m: Tensor, mass: Tensor, divisor: Tensor): void {
    this.recorder.emit(Op.mass, this.at(m), this.cell(mass), this.cell(divisor), m.rows);
  }

  /** sum₀ += total · mass, sum₁ += mass */
  accumulate(total: Tensor, mass: Tensor, sum: Tensor): void {
    this.recorder.emit(Op.accumulate, this.cell(total), this.cell(mass), this.cell(sum));
  }

  /** y = the cursor-th of the pieces of its size in x */
  pick(cursor: Tensor, x: Tensor, y: Tensor): void {
    this.recorder.emit(Op.pick, this.cell(cursor), size(y), this.at(x), this.at(y));
  }

  /** cursor += 1; a program begins again here while it is below limit. */
  repeat(cursor: Tensor, limit: Tensor): void {
    floatsOf(cursor)[0]! += 1;
    this.recorder.repeat(this.cell(cursor), this.cell(limit));
  }

  /** Calls loops that the machine does not know, over these tensors. */
  private call({ native }: Loops, body: () => void, ...tensors: readonly Tensor[]): void {
    for (const each of tensors) {
      this.at(each);
      if (each instanceof PlannedTensor) each.block.isShown = true; // the loops get an array
    }
    this.recorder.call(body, native === undefined);
  }

  private at(x: Tensor | null): number {
    return x ? this.place(x, this.machine.unit) : 0;
  }

  private cell(x: Tensor): number {
    return this.place(x, this.machine.cellUnit);
  }

  private place(x: Tensor, unit: number): number {
    const { buffer, byteOffset } = floatsOf(x);
    if (!this.allocation.holds(buffer, byteOffset))
      fail("type", "kernels", "tensors of the network, as a planner gives them", x);
    if (x instanceof PlannedTensor && x.block === this.panels?.parameters) this.recorder.onlyReadsParameters = false;
    return byteOffset / unit;
  }

  /** Looks a function up, and keeps its number and its parameter for the next instruction. */
  private know(loops: Loops): boolean {
    const native = Object.hasOwn(loops, "native") ? loops.native : undefined;
    if (!native || !this.machine.knows) return false;
    this.f = native.f;
    this.setWords(native.number ?? 0);
    return true;
  }

  private setWords(value: number): void {
    number[0] = value;
    this.low = words[0]!;
    this.high = words[1]!;
  }
}
