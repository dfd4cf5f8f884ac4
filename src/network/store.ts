import { isOurs } from "../core/bare.js";
import { fail, isArray, Phrase } from "../core/errors.js";
import { type Block, Memory, type PlannedTensor } from "../core/memory.js";
import { failTooLarge, findTooLarge, flattenParameter, isList, largest, show } from "../core/numbers.js";
import { isBlock, isCount, partsOf, refusePromise } from "../core/options.js";
import { Stream } from "../core/random.js";
import type { DType, Floats, Numbers, Tensor } from "../core/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import type { Run } from "../kernels/kernels.js";
import type { Verbs } from "../kernels/verbs.js";
import { isWorthPanels, WeightPanels } from "../kernels/weight-panels.js";
import type { Context, Layer, Parameter, Planned, Planner } from "../layers/layer.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { checkLayer } from "./chain.js";

/** Bytes of a network that is not laid out before it is needed. */
const LARGE = 0x1000_0000;
/** More than these no machine has, which is said at once. */
const ADDRESSABLE = 0x8000_0000_0000;

/** A parameter with its place in the store. */
export interface StoredParameter extends Parameter {
  frozen: boolean;
  readonly value: PlannedTensor;
  readonly gradient: PlannedTensor;
  /** What each step adds the derivative of to its gradient. */
  readonly penalties: readonly Regularizer[];
  /** What its learning rate is multiplied by, and its weight decay. */
  rateFactor: number;
  weightDecay: number;
}

/** Parameters that are updated with the same scalars. */
export interface Group {
  /** Those of the optimizer or, where the rate or the weight decay are others, some of its own. */
  readonly scalars: PlannedTensor;
  /** What the rate is multiplied by, in a cell; null for the optimizer's own scalars. */
  readonly factor: PlannedTensor | null;
  /** Those of its parameters that are not frozen. */
  runs: readonly Run[];
}

/** What is kept but not learnt. */
export interface StoredBuffer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: PlannedTensor;
}

/**
 * All that a network remembers from step to step: scalars | parameters | gradients | slots | means | buffers, each in a
 * block of its own, so that an update is one sweep over neighbours.
 */
export class Store {
  readonly memory: Memory;
  readonly parameters = new Map<string, StoredParameter>();
  readonly buffers = new Map<string, StoredBuffer>();
  /** How many forwards there were in training: the step of the random streams. */
  readonly counter: PlannedTensor;
  /** The loss of the latest batch. */
  readonly total: PlannedTensor;
  /** What the sum of its terms is divided by. */
  readonly divisor: PlannedTensor;
  /** What the latest batch counts for in the mean of an epoch: its rows, or their masses. */
  readonly mass: PlannedTensor;
  /** Of several batches at hand, which one is next, how many there are, and the sums of their losses times masses, and of their masses. */
  readonly cursor: PlannedTensor;
  readonly limit: PlannedTensor;
  readonly sum: PlannedTensor;
  readonly optimizerScalars: PlannedTensor | null;
  /** How many updates there were. */
  readonly updates: PlannedTensor;
  /** 1 while the optimizer's schedule is at work, and what it remembers. */
  readonly isScheduled: PlannedTensor;
  readonly scheduleScalars: PlannedTensor;
  /** Σ g², for the norm by which gradients are clipped. */
  readonly squares: PlannedTensor;
  /** The weight of the next parameters in their means, and that of those after the first. */
  readonly averageWeight: PlannedTensor;
  readonly averageRest: PlannedTensor;
  /** Stretches of parameters that are not frozen. */
  runs: readonly Run[] = [];
  /** The same by the scalars with which they are updated; the last are the optimizer's own. */
  groups: readonly Group[] = [];
  readonly #scalars: Block;
  readonly #values: Block;
  readonly #gradients: Block;
  readonly #slots: readonly Block[];
  readonly #averages: Block | null;
  readonly #buffers: Block;
  /** The buffers as they were before the latest forward. */
  readonly #buffersBefore: Block;
  readonly #blocks: readonly Block[];
  readonly #starts: (() => void)[] = [];
  /** The start values of parameters and buffers. */
  readonly #draws: (() => void)[] = [];
  /** The optimizer's scalars, and those of its schedule, as they are at the start. */
  readonly #scalarStarts: Readonly<Record<string, number>>;
  readonly #scheduleStarts: readonly number[];
  /** Which of the optimizer's scalars is the learning rate; −1 if none. */
  readonly #rateAt: number;
  #isOpen = false;
  /** Whether layers are asked for their plans. */
  isPlanning = false;

  readonly #seed: number;
  readonly #verbs: Verbs;

  constructor(seed: number, dtype: DType, optimizer: Optimizer | undefined, verbs: Verbs) {
    this.#seed = seed;
    this.#verbs = verbs;
    const { slots = [], scalars = {}, schedule, averaged } = optimizer ?? {};
    const memory = new Memory(dtype, verbs.allocation);
    const state = (): Block => memory.block();
    this.memory = memory;
    this.#scalars = memory.block("float64");
    this.#values = state();
    this.#gradients = state();
    this.#slots = slots.map(state);
    this.#averages = averaged === undefined ? null : state();
    this.#buffers = state();
    this.#buffersBefore = state();
    this.counter = this.#scalars.tensor("forwards", 1);
    this.total = this.#scalars.tensor("loss", 1);
    this.divisor = this.#scalars.tensor("divisor", 1);
    this.mass = this.#scalars.tensor("mass", 1);
    this.cursor = this.#scalars.tensor("cursor", 1);
    this.limit = this.#scalars.tensor("limit", 1);
    this.sum = this.#scalars.tensor("sum", 2);
    this.#scalarStarts = scalars;
    const starts = Object.values(scalars);
    this.optimizerScalars = optimizer ? this.#scalars.tensor("optimizer", starts.length) : null;
    this.updates = this.#scalars.tensor("updates", 1);
    this.isScheduled = this.#scalars.tensor("isScheduled", 1);
    const remembered = Object.values(schedule?.scalars ?? {});
    this.scheduleScalars = this.#scalars.tensor("schedule", remembered.length);
    this.squares = this.#scalars.tensor("squares", 1);
    this.averageWeight = this.#scalars.tensor("averageWeight", 1);
    this.averageRest = this.#scalars.tensor("averageRest", 1);
    this.#rateAt = Object.keys(scalars).indexOf("learningRate");
    this.#scheduleStarts = remembered;
    this.#starts.push(() => {
      this.optimizerScalars?.data.set(starts);
      this.isScheduled.floats[0] = schedule ? 1 : 0;
      this.scheduleScalars.floats.set(remembered);
      this.averageWeight.floats[0] = 1;
      this.averageRest.floats[0] = 1 - (averaged ?? 0);
    });
    const averages = this.#averages ? [this.#averages] : [];
    this.#blocks = [this.#scalars, this.#values, this.#gradients, ...this.#slots, ...averages, this.#buffers];
  }

  /** A planner for one pass over the layers; the first pass makes the state, later ones find it. */
  planner(prefix: string, work: Block, first: boolean): Planner {
    const named = (name: string, shape: readonly number[]): string => {
      isAsked();
      if (typeof name !== "string" || name === "")
        fail("type", `planner of ${prefix}`, 'a name such as "weight"', name);
      const full = prefix + name;
      if (!isArray(shape) || !shape.length || shape.length > 2 || !shape.every(isCount)) {
        fail("shape", full, "a shape [length] or [outputs, inputs]", shape);
      }
      if (first === (this.parameters.has(full) || this.buffers.has(full))) {
        fail("name", full, "a name of its own, the same in every plan", name);
      }
      return full;
    };
    const isAsked = (): void => {
      const got = new Phrase("a question after it");
      if (!this.isPlanning)
        fail("order", `planner of ${prefix}`, "to be asked within plan", got, "keep what plan asked for");
    };
    const sized = (what: string, columns: number): number => {
      isAsked();
      return isCount(columns) ? columns : fail("size", prefix + what, "how many numbers an example has there", columns);
    };
    return {
      parameter: (name, shape, start, frozen = false, penalty = []) => {
        const full = named(name, shape);
        return this.parameters.get(full) ?? this.#addParameter(full, shape, start, frozen, penalty);
      },
      buffer: (name, shape, start) => {
        const full = named(name, shape);
        return (this.buffers.get(full) ?? this.#addBuffer(full, shape, start)).value;
      },
      tape: (name, columns) => work.tensor(prefix + name, sized(`tape ${String(name)}`, columns)),
      scratch: (columns) => work.tensor(`${prefix}scratch`, sized("scratch", columns)),
      stream: (name) => new Stream(this.#seed, prefix + name, this.counter),
      child: (name, layer, inputs) =>
        new PlannedLayer(
          checkLayer(layer, `child ${prefix}${name}`),
          inputs,
          this.planner(`${prefix}${name}.`, work, first),
        ),
    };
  }

  /** A number of the network's own, with its start value. */
  cell(name: string, start: number): PlannedTensor {
    const cell = this.#scalars.tensor(name, 1);
    this.#starts.push(() => void (cell.floats[0] = start));
    return cell;
  }

  /** Makes groups of the parameters that are updated alike, and room for the scalars of each. */
  findGroups(): void {
    const base = this.optimizerScalars;
    if (!base) return;
    const decay = this.#scalarStarts.weightDecay ?? 0;
    const own = new Map<string, Group>();
    for (const parameter of this.parameters.values()) {
      const { rateFactor, weightDecay } = parameter;
      const key = `${rateFactor} ${weightDecay}`;
      if ((rateFactor === 1 && weightDecay === decay) || own.has(key)) continue;
      const scalars = this.#scalars.tensor("group", base.columns);
      const factor = this.#scalars.tensor("factor", 1);
      own.set(key, { scalars, factor, runs: [] });
      this.#starts.push(() => {
        scalars.floats[1] = weightDecay;
        factor.floats[0] = rateFactor;
      });
    }
    this.groups = [...own.values(), { scalars: base, factor: null, runs: [] }];
    for (const parameter of this.parameters.values())
      this.#groupOf.set(parameter, own.get(`${parameter.rateFactor} ${parameter.weightDecay}`) ?? this.groups.at(-1)!);
  }

  /** Ends the planning: runs, memory, start values. What is very large waits for the first call that needs it. */
  finish(waits = false): void {
    for (const block of this.#slots) block.tensor("slot", this.#values.width);
    this.#averages?.tensor("averages", this.#values.width);
    if (this.#buffers.width > 0) this.#buffersBefore.tensor("buffers", this.#buffers.width);
    this.findRuns();
    const { bytes } = this.memory.plan();
    if (!waits && (bytes < LARGE || bytes > ADDRESSABLE)) this.open();
  }

  /**
   * Lays the memory out, with the start values in it, unless that has been done. `draws`: those of parameters and buffers
   * too, which are not needed where others are written next.
   */
  open(draws = true): void {
    if (this.#isOpen) return;
    this.memory.layOut();
    for (const start of this.#starts) start();
    if (draws) for (const draw of this.#draws) draw();
    this.#starts.length = this.#draws.length = 0;
    this.#isOpen = true;
  }

  /** The stretches that are not frozen; to be called when that changes. */
  findRuns(): void {
    this.#verbs.forgetPrograms();
    const free = [...this.parameters.values()].filter(({ frozen }) => !frozen);
    const isOne = this.groups.length < 2;
    const all = stretchesOf(free);
    const apart = isOne
      ? []
      : this.groups.map((group) => stretchesOf(free.filter((each) => this.#groupOf.get(each) === group)));
    const stretches = [...all, ...apart.flat()];
    const spans = (block: Block) => block.setSpans([[0, this.#values.width], ...stretches]) as [Tensor, ...Tensor[]];
    const [allValues, ...values] = spans(this.#values);
    const [allGradients, ...gradients] = spans(this.#gradients);
    const allSlots = this.#slots.map(spans);
    const slots = allSlots.map(([, ...each]) => each);
    this.allGradients = allGradients;
    this.allValues = allValues;
    this.allSlots = allSlots.map(([whole]) => whole);
    const runs = stretches.map((_, i): Run => ({
      parameters: values[i]!,
      gradients: gradients[i]!,
      slots: slots.map((spans) => spans[i]!),
    }));
    this.runs = runs.slice(0, all.length);
    let start = all.length;
    this.groups.forEach((group, i) => {
      group.runs = isOne ? this.runs : runs.slice(start, (start += apart[i]!.length));
    });
    if (this.#averages) [this.allAverages] = this.#averages.setSpans([[0, this.#values.width]]) as [Tensor];
    if (this.#rateAt >= 0) {
      const at = this.optimizerScalars!.offset + this.#rateAt;
      [this.learningRate] = this.#scalars.setSpans([[at, at + 1]]) as [PlannedTensor];
    }
    if (this.#buffersBefore.width > 0) {
      const whole: readonly [readonly [number, number]] = [[0, this.#buffers.width]];
      [this.allBuffers] = this.#buffers.setSpans(whole) as [PlannedTensor];
      [this.buffersBefore] = this.#buffersBefore.setSpans(whole) as [PlannedTensor];
    }
  }

  readonly #groupOf = new Map<StoredParameter, Group>();

  /** Every gradient, one after another; every parameter; and what the optimizer remembers of them, slot by slot. */
  allGradients!: Tensor;
  allValues!: Tensor;
  allSlots!: readonly Tensor[];
  /** Running means of the parameters, if the optimizer has them. */
  allAverages: Tensor | null = null;
  /** The optimizer's learning rate, if it has one. */
  learningRate: PlannedTensor | null = null;
  /** Every buffer, and every one as it was before the latest forward; null if there are none. */
  allBuffers: PlannedTensor | null = null;
  buffersBefore: PlannedTensor | null = null;

  /** Takes the buffers back to where they were before the latest forward. */
  restoreBuffers(): void {
    this.allBuffers?.floats.set(this.buffersBefore!.floats);
  }

  /**
   * Writes the running means of the parameters to those of another store of the same plan.
   * @throws {@link ChainruleError} `order` if there are none yet
   */
  copyAverages(to: Store, where: string): void {
    const remedy = "write averaged: 0.999 among the optimizer's options, and take a step";
    if (!this.#averages || this.updates.floats[0] === 0)
      fail("order", where, "an optimizer with averaged, after a step", new Phrase("no means"), remedy);
    to.#values.floats!.set(this.#averages.floats!);
  }

  /** What the optimizer remembers of a parameter, slot by slot. */
  slotsOf({ value: { offset, size } }: StoredParameter): Floats[] {
    return this.#slots.map((block) => block.floats!.subarray(offset, offset + size));
  }

  /**
   * The optimizer forgets the steps so far: its slots, means and scalars are as at the start, but for a learning rate that
   * was assigned; a schedule that is at work begins again.
   */
  resetOptimizer(): void {
    for (const block of this.#slots) block.floats!.fill(0);
    const isScheduled = this.isScheduled.floats[0] === 1;
    Object.entries(this.#scalarStarts).forEach(([name, value], i) => {
      if (name !== "learningRate" || isScheduled) this.optimizerScalars!.floats[i] = value;
    });
    this.updates.floats[0] = 0;
    this.scheduleScalars.floats.set(this.#scheduleStarts);
    this.#averages?.floats!.fill(0); // so that the next parameters are the means, to the last bit
    this.averageWeight.floats[0] = 1;
  }

  /** Takes over all that another store of the same plan remembers. */
  copy(other: Store): void {
    this.open();
    this.#blocks.forEach((block, i) => {
      const { floats } = other.#blocks[i]!;
      const isLearnt = block === this.#values && this.memory.dtype !== other.memory.dtype;
      checkRange(floats!, block.floats!, "clone", isLearnt);
      block.floats!.set(floats!);
    });
    for (const [name, { frozen }] of other.parameters) this.parameters.get(name)!.frozen = frozen;
    this.findRuns();
  }

  /**
   * Every number a little nearer to another store's: p ← (1 − tau) p + tau p′.
   * @throws {@link ChainruleError} `shape` unless both have the same names and shapes
   */
  mix(other: Store, tau: number): void {
    const shapes = (store: Store) =>
      [...store.parameters.values(), ...store.buffers.values()].map(({ name, shape }) => `${name} ${show(shape)}`);
    const mine = shapes(this);
    const theirs = shapes(other);
    for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
      if (mine[i] === theirs[i]) continue;
      fail(
        "shape",
        "copyFrom",
        mine[i] ?? "no more parameters",
        theirs[i] ?? "none",
        "copy from a network of the same layers",
      );
    }
    other.open();
    const all = (store: Store) => [...store.parameters.values(), ...store.buffers.values()];
    const from = all(other).map(({ value }) => value.floats);
    all(this).forEach(({ name, value }, at) =>
      checkRange(from[at]!, value.floats, "copyFrom", this.parameters.has(name)),
    );
    for (const [at, { value }] of all(this).entries()) {
      const p = value.floats;
      const q = from[at]!;
      for (let i = 0; i < p.length; i++) p[i] = tau === 1 ? q[i]! : (1 - tau) * p[i]! + tau * q[i]!;
    }
  }

  /** Room for large weights a second time, in panels, for a pass that predicts; null if there are none. */
  panelsFor(work: Block): WeightPanels | null {
    const weights = Array.from(this.parameters.values(), ({ value }) => value).filter(isWorthPanels);
    return weights.length ? new WeightPanels(this.memory, weights, this.#values, work) : null;
  }

  #addParameter(
    name: string,
    shape: readonly number[],
    start: Initializer | Numbers,
    frozen: boolean,
    penalty: Regularizer | readonly Regularizer[],
  ): StoredParameter {
    if (!isList(start) && typeof (start as Initializer | undefined)?.value !== "function") {
      fail("type", `${name} start`, "numbers, or an initializer such as glorot", start);
    }
    const value = place(this.#values, name, shape);
    const gradient = place(this.#gradients, name, shape);
    const penalties = isArray(penalty) ? [...(penalty as readonly Regularizer[])] : [penalty as Regularizer];
    const bad: unknown = penalties.find((each) => !isBlock(each, "name", "value", "derivative"));
    if (penalties.length && bad !== undefined) fail("type", `${name} penalty`, "a penalty such as l2(1e-4)", bad);
    const parameter = { name, shape, frozen, value, gradient, penalties, rateFactor: 1, weightDecay: 0 };
    this.#draws.push(() => {
      if ("value" in start) draw(start, parameter, new Stream(this.#seed, name, this.counter));
      else value.floats.set(flattenParameter(start, shape, name, this.memory.dtype));
    });
    this.parameters.set(name, parameter);
    return parameter;
  }

  #addBuffer(name: string, shape: readonly number[], start: number): StoredBuffer {
    if (!Number.isFinite(start)) fail("value", `${name} start`, "a finite number such as 0", start);
    const buffer = { name, shape, value: place(this.#buffers, name, shape) };
    this.#draws.push(() => buffer.value.data.fill(start));
    this.buffers.set(name, buffer);
    return buffer;
  }
}

/** A layer with its state. It keeps the layer's functions, whose place would have to be looked up in each call. */
export class PlannedLayer implements Planned {
  readonly state: unknown;
  readonly outputs: number;
  private readonly apply: Layer["forward"];
  private readonly pull: Layer["backward"];

  constructor(
    readonly layer: Layer,
    inputs: number,
    planner: Planner,
  ) {
    const { inputs: due = inputs, outputs = inputs } = partsOf(layer, ["inputs", "outputs"]);
    if (due !== inputs) fail("size", layer.kind, `${due} columns`, inputs);
    this.state = layer.plan(planner, inputs);
    refusePromise(this.state, `${layer.kind} plan`);
    this.outputs = outputs;
    this.apply = layer.forward;
    this.pull = layer.backward;
  }

  forward(x: Tensor, y: Tensor, context: Context): void {
    const result: unknown = this.apply.call(this.layer, this.state, x, y, context);
    if (result !== undefined) refusePromise(result, `${this.layer.kind} forward`);
  }

  backward(x: Tensor, y: Tensor, dy: Tensor, dx: Tensor | null, context: Context): void {
    const result: unknown = this.pull.call(this.layer, this.state, x, y, dy, dx, context);
    if (result !== undefined) refusePromise(result, `${this.layer.kind} backward`);
  }
}

/** Where parameters lie, neighbours together. */
function stretchesOf(parameters: readonly StoredParameter[]): [number, number][] {
  const stretches: [number, number][] = [];
  for (const { value } of parameters) {
    const end = value.offset + value.rows * value.columns;
    const last = stretches.at(-1);
    if (last?.[1] === value.offset) last[1] = end;
    else stretches.push([value.offset, end]);
  }
  return stretches;
}

/** Room for numbers of a shape. */
const place = (block: Block, name: string, shape: readonly number[]): PlannedTensor =>
  block.tensor(name, shape.at(-1)!, shape.length > 1 ? shape[0] : 1);

/**
 * @throws {@link ChainruleError} `value` for a number that float32 can't hold, if that is where it goes; if `isLearnt`
 * also for one that is too large to be a parameter there
 */
function checkRange(from: Floats, to: Floats, where: string, isLearnt: boolean): void {
  const single = to instanceof Float32Array;
  const most = largest(single);
  const fits = (value: number): boolean =>
    isLearnt ? Math.abs(value) <= most : !single || !Number.isFinite(value) || Number.isFinite(Math.fround(value));
  const bad = from.findIndex((value: number) => !fits(value));
  if (bad < 0) return;
  if (!single) failTooLarge(where, from[bad]);
  fail("value", where, "numbers within float32's range", from[bad], 'stay with dtype: "float64"');
}

/** The start values that an initializer gives, row by row. */
function draw(
  initializer: Initializer,
  { name, shape, value: { floats: data } }: StoredParameter,
  random: Stream,
): void {
  const start = { shape, fanIn: shape.at(-1)!, fanOut: shape[0]!, random };
  const all = isOurs(initializer) ? initializer.all?.(start) : undefined;
  for (let i = 0; i < data.length; i++) {
    const value: unknown = all ? all[i] : initializer.value(i, start);
    data[i] = typeof value === "number" ? value : NaN;
    if (!Number.isFinite(data[i]))
      fail("value", `${name} initializer`, "finite numbers", value, `return one at index ${i} too`);
  }
  const bad = findTooLarge(data);
  if (bad >= 0) failTooLarge(`${name} initializer`, data[bad]);
}
