import { fail, Phrase } from "../core/errors.js";
import { PlannedTensor, reads } from "../core/memory.js";
import { numbersOf, show } from "../core/numbers.js";
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

  // The verbs. Before an instruction is written, each operand is checked to have the numbers that its loops will touch.

  linear(x: Tensor, weight: Tensor, bias: Tensor | null, y: Tensor): void {
    const { rows, columns: inputs } = x;
    const outputs = y.columns;
    const shared = bias !== null && bias.columns !== outputs;
    const { recorder } = this;
    const { onlyReadsParameters } = recorder;
    const w = this.numbers("linear weight", weight, outputs * inputs),
      b = bias && this.matrix("linear bias", bias, 1, shared ? 1 : outputs);
    recorder.onlyReadsParameters = onlyReadsParameters; // these are weights and biases
    const from = this.matrix("linear x", x, rows, inputs),
      to = this.matrix("linear y", y, rows, outputs);
    const panels = shared || !this.machine.knows ? undefined : this.panels?.panelsFor(weight, x, y);
    if (panels)
      recorder.emit(
        Op.linearPanels,
        from,
        w,
        b ?? 0,
        to,
        inputs,
        outputs,
        this.place(panels),
        this.place(this.panels!.repeats),
      );
    else recorder.emit(Op.linear, from, w, b ?? 0, to, rows, inputs, outputs, shared ? 0 : 1);
  }

  product(dy: Tensor, weight: Tensor, dx: Tensor): void {
    const { rows, columns: outputs } = dy;
    const inputs = dx.columns;
    this.recorder.emit(
      Op.product,
      this.matrix("product dy", dy, rows, outputs),
      this.numbers("product weight", weight, outputs * inputs),
      this.matrix("product dx", dx, rows, inputs),
      rows,
      inputs,
      outputs,
    );
  }

  outer(dy: Tensor, x: Tensor, dWeight: Tensor): void {
    const { rows, columns: outputs } = dy;
    const inputs = x.columns;
    this.recorder.emit(
      Op.outer,
      this.matrix("outer dy", dy, rows, outputs),
      this.matrix("outer x", x, rows, inputs),
      this.numbers("outer dWeight", dWeight, outputs * inputs),
      rows,
      inputs,
      outputs,
    );
  }

  sum(dy: Tensor, dBias: Tensor): void {
    const { rows, columns } = dy;
    const shared = dBias.columns !== columns;
    this.recorder.emit(
      Op.sum,
      this.matrix("sum dy", dy, rows, columns),
      this.matrix("sum dBias", dBias, 1, shared ? 1 : columns),
      rows,
      columns,
      shared ? 0 : 1,
    );
  }

  map(f: ElementwiseLoops, z: Tensor, a: Tensor): void {
    const n = size(z);
    const from = this.numbers("map z", z, n),
      to = this.numbers("map a", a, n);
    if (this.know(f)) this.recorder.emit(Op.map, this.f, this.low, this.high, n, from, to);
    else this.call(f, () => f.map(n, floatsOf(z), floatsOf(a)), z, a);
  }

  pull(f: ElementwiseLoops, z: Tensor, a: Tensor, da: Tensor, dz: Tensor): void {
    const n = size(z);
    const places = [
      this.numbers("pull z", z, n),
      this.numbers("pull a", a, n),
      this.numbers("pull da", da, n),
      this.numbers("pull dz", dz, n),
    ] as const;
    if (this.know(f)) this.recorder.emit(Op.pull, this.f, this.low, this.high, n, ...places);
    else this.call(f, () => f.pull(n, floatsOf(z), floatsOf(a), floatsOf(da), floatsOf(dz)), z, a, da, dz);
  }

  softmax(x: Tensor, y: Tensor): void {
    const { rows, columns } = x;
    this.recorder.emit(
      Op.softmax,
      this.matrix("softmax x", x, rows, columns),
      this.matrix("softmax y", y, rows, columns),
      rows,
      columns,
    );
  }

  softmaxPull(y: Tensor, dy: Tensor, dx: Tensor): void {
    const { rows, columns } = y;
    this.recorder.emit(
      Op.softmaxPull,
      this.matrix("softmaxPull y", y, rows, columns),
      this.matrix("softmaxPull dy", dy, rows, columns),
      this.matrix("softmaxPull dx", dx, rows, columns),
      rows,
      columns,
    );
  }

  loss(f: LossLoops, p: Tensor, t: Tensor, u: Tensor): void {
    const n = size(p);
    const prediction = this.numbers("loss p", p, n),
      target = this.numbers("loss t", t, n),
      term = this.numbers("loss u", u, n);
    if (this.know(f)) this.recorder.emit(Op.loss, this.f, this.low, this.high, n, prediction, target, term);
    else this.call(f, () => f.map(n, floatsOf(p), floatsOf(t), floatsOf(u)), p, t, u);
  }

  lossPull(f: LossLoops, p: Tensor, t: Tensor, dp: Tensor): void {
    const n = size(p);
    const prediction = this.numbers("lossPull p", p, n),
      target = this.numbers("lossPull t", t, n),
      slope = this.numbers("lossPull dp", dp, n);
    if (this.know(f)) this.recorder.emit(Op.lossPull, this.f, this.low, this.high, n, prediction, target, slope);
    else this.call(f, () => f.pull(n, floatsOf(p), floatsOf(t), floatsOf(dp)), p, t, dp);
  }

  crossEntropy(z: Tensor, q: Tensor, u: Tensor): void {
    const { rows, columns } = z;
    this.recorder.emit(
      Op.crossEntropy,
      this.matrix("crossEntropy z", z, rows, columns),
      this.matrix("crossEntropy q", q, rows, columns),
      this.matrix("crossEntropy u", u, rows, columns),
      rows,
      columns,
    );
  }

  residual(a: Tensor, t: Tensor, dz: Tensor): void {
    const n = size(a);
    this.recorder.emit(
      Op.residual,
      n,
      this.numbers("residual a", a, n),
      this.numbers("residual t", t, n),
      this.numbers("residual dz", dz, n),
    );
  }

  reduce(u: Tensor, rowWeights: Tensor | null, divisor: Tensor, total: Tensor): void {
    const { rows, columns } = u;
    this.recorder.emit(
      Op.reduce,
      this.matrix("reduce u", u, rows, columns),
      rowWeights ? this.numbers("reduce rowWeights", rowWeights, rows) : 0,
      this.cell("reduce divisor", divisor),
      this.cell("reduce total", total),
      rows,
      columns,
    );
  }

  weigh(dp: Tensor, rowWeights: Tensor | null, divisor: Tensor): void {
    const { rows, columns } = dp;
    this.recorder.emit(
      Op.weigh,
      this.matrix("weigh dp", dp, rows, columns),
      rowWeights ? this.numbers("weigh rowWeights", rowWeights, rows) : 0,
      this.cell("weigh divisor", divisor),
      rows,
      columns,
    );
  }

  mask(t: Tensor, x: Tensor): void {
    const n = size(t);
    this.recorder.emit(Op.mask, n, this.numbers("mask t", t, n), this.numbers("mask x", x, n));
  }

  known(t: Tensor, m: Tensor, most: number): void {
    const { rows, columns } = t;
    const [from, to] = [this.matrix("known t", t, rows, columns), this.numbers("known m", m, rows)];
    this.recorder.emit(Op.known, from, to, rows, columns, most);
  }

  update(rule: UpdateLoops, runs: readonly Run[], scalars: Tensor): void {
    const known = this.know(rule);
    const { f } = this;
    const s = this.cell("update scalars", scalars, Math.max(size(scalars), rule.native?.scalars ?? 0));
    for (const { parameters, gradients, slots } of runs) {
      const n = size(parameters);
      this.numbers("update parameters", parameters, n);
      this.numbers("update gradients", gradients, n);
      for (const slot of slots) this.numbers("update slots", slot, n);
      if (slots.length < (rule.native?.slots ?? 0))
        fail("shape", "kernels.update slots", `${rule.native!.slots} of them`, slots.length);
    }
    if (known && rule.advance) this.recorder.emit(Op.advance, f, s);
    if (!known && rule.advance) this.call(rule, () => rule.advance!(floatsOf(scalars)), scalars);
    for (const run of runs) {
      const { parameters: p, gradients: g, slots } = run;
      const n = size(p);
      const slot = (i: number) => (slots[i] ? this.place(slots[i]) : 0);
      if (known) this.recorder.emit(Op.update, f, n, this.place(p), this.place(g), s, slot(0), slot(1), slot(2));
      else
        this.call(
          rule,
          () => rule.update(n, floatsOf(p), floatsOf(g), slots, floatsOf(scalars), this.machine.single),
          p,
          g,
        );
    }
  }

  copy(x: Tensor, y: Tensor): void {
    const n = size(x);
    this.recorder.emit(Op.copy, n, this.numbers("copy x", x, n), this.numbers("copy y", y, n));
  }

  add(x: Tensor, y: Tensor): void {
    const n = size(x);
    this.recorder.emit(Op.add, n, this.numbers("add x", x, n), this.numbers("add y", y, n));
  }

  multiply(x: Tensor, y: Tensor, z: Tensor): void {
    const n = size(x);
    const places = [
      this.numbers("multiply x", x, n),
      this.numbers("multiply y", y, n),
      this.numbers("multiply z", z, n),
    ] as const;
    this.recorder.emit(Op.multiply, n, ...places);
  }

  clear(x: Tensor): void {
    const n = size(x);
    this.recorder.emit(Op.clear, n, this.numbers("clear x", x, n));
  }

  uniform(stream: Stream, y: Tensor): void {
    const n = size(y);
    const counter = this.cell("uniform step", stream.step);
    this.recorder.emit(Op.uniform, stream.key0, stream.key1, counter, n, this.numbers("uniform y", y, n));
  }

  isFinite(x: Tensor): boolean {
    const n = size(x);
    const place = this.numbers("isFinite x", x, n);
    reads.dataWasRead = true; // what asks may go on either way
    return this.recorder.emit(Op.check, n, place);
  }

  /** Whether so many numbers of a tensor are finite, from a place on; nothing else happens. */
  areFinite(x: PlannedTensor, at: number, count: number): boolean {
    const { machine, recorder } = this;
    const { latest } = recorder;
    const result = recorder.emit(Op.check, count, this.place(x) + (at * x.floats.BYTES_PER_ELEMENT) / machine.unit);
    recorder.latest = latest;
    return result;
  }

  // What a network needs besides, to run its steps. Cells are tensors of one float64.

  /** Whether no step by these gradients can overflow, whatever rule of ours takes it: see `Op.bound`. */
  isBounded(gradients: Tensor, parameters: Tensor, scalars: Tensor): boolean {
    const [g, p] = [this.place(gradients), this.place(parameters)];
    return this.recorder.emit(Op.bound, size(gradients), g, p, this.cell("scalars", scalars, size(scalars)));
  }

  /** Whether the number in a cell is finite. */
  isFiniteCell(total: Tensor): boolean {
    return this.recorder.emit(Op.checkCell, this.cell("total", total));
  }

  /** Each number to the nearest in [−limit, limit]; NaN stays. */
  clamp(x: Tensor, limit: number): void {
    this.setWords(limit);
    this.recorder.emit(Op.clamp, this.place(x), this.low, this.high, size(x));
  }

  /** total = Σ x² over some tensors, in float64: for each, eight sums of every eighth number, then the sum of these. */
  squares(all: readonly Tensor[], total: Tensor): void {
    const to = this.cell("total", total);
    all.forEach((x, i) => this.recorder.emit(Op.squares, size(x), this.place(x), to, Number(i === 0)));
  }

  /** x = x · limit / (√total + 1e-6), if that makes it smaller */
  shrink(x: Tensor, total: Tensor, limit: number): void {
    this.setWords(limit);
    this.recorder.emit(Op.shrink, this.place(x), this.low, this.high, size(x), this.cell("total", total));
  }

  /** a += weight · (p − a); the next weight is `rest`. */
  average(p: Tensor, a: Tensor, weight: Tensor, rest: Tensor): void {
    const n = size(p);
    const cells = [this.cell("weight", weight), this.cell("rest", rest)] as const;
    this.recorder.emit(Op.average, n, this.place(p), this.place(a), ...cells);
  }

  /** Scalars of an optimizer for a group of parameters: those of all, but the rate times a factor and a decay of its own. */
  rescale(scalars: Tensor, factor: Tensor, own: Tensor): void {
    const n = size(scalars);
    const places = [this.cell("scalars", scalars, n), this.cell("factor", factor), this.cell("own", own, n)] as const;
    this.recorder.emit(Op.rescale, n, ...places);
  }

  /** counter += 1 */
  increment(counter: Tensor): void {
    this.recorder.emit(Op.increment, this.cell("counter", counter));
  }

  /** mass = Σ mᵢ, in float64; divisor = mass, or 1 if that is 0. */
  mass(m: Tensor, mass: Tensor, divisor: Tensor): void {
    const [total, count] = [this.cell("mass", mass), this.cell("divisor", divisor)];
    this.recorder.emit(Op.mass, this.numbers("mass m", m, m.rows), total, count, m.rows);
  }

  /** sum₀ += total · mass, sum₁ += mass */
  accumulate(total: Tensor, mass: Tensor, sum: Tensor): void {
    const places = [this.cell("total", total), this.cell("mass", mass), this.cell("sum", sum, 2)] as const;
    this.recorder.emit(Op.accumulate, ...places);
  }

  /** y = the cursor-th of the pieces of its size in x */
  pick(cursor: Tensor, x: Tensor, y: Tensor): void {
    this.recorder.emit(Op.pick, this.cell("cursor", cursor), size(y), this.place(x), this.place(y));
  }

  /** y = the cursor-th cell of x */
  pickCell(cursor: Tensor, x: Tensor, y: Tensor): void {
    const places = [this.cell("cursor", cursor), this.cell("cells", x, size(x)), this.cell("cell", y)] as const;
    this.recorder.emit(Op.pickCell, ...places);
  }

  /** cursor += 1; a program begins again here while it is below limit. */
  repeat(cursor: Tensor, limit: Tensor): void {
    floatsOf(cursor)[0]! += 1;
    this.recorder.repeat(this.cell("cursor", cursor), this.cell("limit", limit));
  }

  /** Calls loops that the machine does not know, over these tensors. */
  private call({ native }: Loops, body: () => void, ...tensors: readonly Tensor[]): void {
    for (const each of tensors) if (each instanceof PlannedTensor) each.block.isShown = true; // the loops get an array
    this.recorder.call(body, native === undefined);
  }

  /** The place of a tensor of rows and columns. */
  private matrix(what: string, x: Tensor, rows: number, columns: number): number {
    if (x.rows !== rows || x.columns !== columns) failShape(what, show([rows, columns]), x);
    return this.numbers(what, x, rows * columns);
  }

  /** The place of a tensor of so many numbers, in whatever shape. */
  private numbers(what: string, x: Tensor, count: number): number {
    return this.checked(what, x, count, this.machine.single ? 4 : 8) / this.machine.unit;
  }

  /** The place of so many cells: of float64, whatever the network's precision. */
  private cell(what: string, x: Tensor, count = 1): number {
    return this.checked(what, x, count, 8) / this.machine.cellUnit;
  }

  /** The byte at which numbers begin, all of which lie in the network's own memory. */
  private checked(what: string, x: Tensor, count: number, bytes: number): number {
    const { buffer, byteOffset, length, BYTES_PER_ELEMENT } = floatsOf(x);
    const left = this.allocation.left(buffer, byteOffset);
    if (left <= 0 || BYTES_PER_ELEMENT !== bytes)
      fail("type", "kernels", "tensors of the network, as a planner gives them", x);
    const fits = isSize(x.rows) && isSize(x.columns) && size(x) === count && length >= count && left >= count * bytes;
    if (!fits) failShape(what, numbersOf(count), x);
    if (x instanceof PlannedTensor && x.block === this.panels?.parameters) this.recorder.onlyReadsParameters = false;
    return byteOffset;
  }

  /** The place of a tensor that has been checked, or is the network's own. */
  private place(x: Tensor): number {
    return floatsOf(x).byteOffset / this.machine.unit;
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

const isSize = (value: number): boolean => value >>> 0 === value;

function failShape(what: string, expected: string, { rows, columns }: Tensor): never {
  fail(
    "shape",
    `kernels.${what}`,
    expected,
    new Phrase(show([rows, columns])),
    "verbs take tensors that fit each other",
  );
}
