import { fail, Phrase } from "../core/errors.js";
import { type Block, Memory, type PlannedTensor } from "../core/memory.js";
import { flatten, isList, show } from "../core/numbers.js";
import { isCount } from "../core/options.js";
import { Stream } from "../core/random.js";
import type { DType, Numbers, Tensor } from "../core/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import type { Run } from "../kernels/kernels.js";
import type { Context, Layer, Parameter, Planned, Planner } from "../layers/layer.js";
import type { Optimizer } from "../optim/optimizer.js";
import { checkLayer } from "./chain.js";

/** A parameter with its place in the store. */
export interface StoredParameter extends Parameter {
  frozen: boolean;
  readonly value: PlannedTensor;
  readonly gradient: PlannedTensor;
}

/** What is kept but not learnt. */
export interface StoredBuffer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: PlannedTensor;
}

/**
 * All that a network remembers from step to step: scalars | parameters | gradients | slots | buffers, each in a block
 * of its own, so that an update is one sweep over neighbours.
 */
export class Store {
  readonly memory: Memory;
  readonly parameters = new Map<string, StoredParameter>();
  readonly buffers = new Map<string, StoredBuffer>();
  /** How many forwards there were in training: the step of the random streams. */
  readonly counter: Tensor;
  /** The loss of the latest batch. */
  readonly total: Tensor;
  readonly optimizerScalars: Tensor | null;
  /** Stretches of parameters that are not frozen. */
  runs: readonly Run[] = [];
  private readonly scalars: Block;
  private readonly values: Block;
  private readonly gradients: Block;
  private readonly slots: readonly Block[];
  private readonly kept: Block;
  private readonly starts: (() => void)[] = [];

  constructor(
    readonly seed: number,
    dtype: DType,
    optimizer: Optimizer | undefined,
  ) {
    this.memory = new Memory(dtype);
    this.scalars = this.memory.block("state", "float64");
    this.values = this.memory.block("state");
    this.gradients = this.memory.block("state");
    this.slots = (optimizer?.slots ?? []).map(() => this.memory.block("state"));
    this.kept = this.memory.block("state");
    this.counter = this.scalars.tensor("forwards", 1);
    this.total = this.scalars.tensor("loss", 1);
    const scalars = Object.values(optimizer?.scalars ?? {});
    this.optimizerScalars = optimizer ? this.scalars.tensor("optimizer", scalars.length) : null;
    this.starts.push(() => this.optimizerScalars?.data.set(scalars));
  }

  /** A planner for one pass over the layers; the first pass makes the state, later ones find it. */
  planner(prefix: string, work: Block, first: boolean): Planner {
    const named = (name: string, shape: readonly number[]): string => {
      if (typeof name !== "string" || name === "") fail("type", `planner of ${prefix}`, "a name", name, 'write "weight"');
      const full = prefix + name;
      if (!Array.isArray(shape) || !shape.length || shape.length > 2 || !shape.every(isCount)) {
        fail("shape", full, "a shape of one or two whole numbers above 0", shape, "write [outputs, inputs]");
      }
      if (first === (this.parameters.has(full) || this.buffers.has(full))) {
        const got = new Phrase(first ? "one that is taken" : "one that the first plan didn't ask for");
        fail("name", full, "a name of its own, the same in every plan", got, "give each parameter and buffer another name");
      }
      return full;
    };
    const sized = (what: string, columns: number): number =>
      isCount(columns) ? columns : fail("size", `${prefix}${what}`, "a whole number of columns", columns, "write how many numbers an example has there");
    return {
      parameter: (name, shape, start, frozen = false) => {
        const full = named(name, shape);
        return this.parameters.get(full) ?? this.addParameter(full, shape, start, frozen);
      },
      buffer: (name, shape, start) => {
        const full = named(name, shape);
        return (this.buffers.get(full) ?? this.addBuffer(full, shape, start)).value;
      },
      tape: (name, columns) => work.tensor(prefix + name, sized(`tape ${String(name)}`, columns)),
      scratch: (columns) => work.tensor(`${prefix}scratch`, sized("scratch", columns)),
      stream: (name) => new Stream(this.seed, prefix + name, this.counter),
      child: (name, layer, inputs) =>
        new PlannedLayer(checkLayer(layer, `child ${prefix}${name}`), inputs, this.planner(`${prefix}${name}.`, work, first)),
    };
  }

  /** Ends the planning: memory, start values, runs. */
  finish(): void {
    for (const block of this.slots) block.tensor("slot", this.values.width);
    this.memory.layOut();
    for (const start of this.starts.splice(0)) start();
    this.findRuns();
  }

  /** The stretches that are not frozen; to be called when that changes. */
  findRuns(): void {
    const stretches: [number, number][] = [];
    for (const { frozen, value } of this.parameters.values()) {
      if (frozen) continue;
      const end = value.offset + value.rows * value.columns;
      const last = stretches.at(-1);
      if (last?.[1] === value.offset) last[1] = end;
      else stretches.push([value.offset, end]);
    }
    const values = this.values.setSpans(stretches);
    const [all, ...gradients] = this.gradients.setSpans([[0, this.gradients.width], ...stretches]);
    const slots = this.slots.map((block) => block.setSpans(stretches));
    this.allGradients = all!;
    this.runs = stretches.map((_, i) => ({
      parameters: values[i]!,
      gradients: gradients[i]!,
      slots: slots.map((spans) => spans[i]!),
    }));
  }

  /** Every gradient, one after another. */
  allGradients!: Tensor;

  /** Takes over all that another store of the same plan remembers. */
  copy(other: Store): void {
    const pairs = [
      [this.scalars, other.scalars],
      [this.values, other.values],
      [this.gradients, other.gradients],
      [this.kept, other.kept],
      ...this.slots.map((block, i) => [block, other.slots[i]!] as const),
    ] as const;
    for (const [mine, theirs] of pairs) mine.floats!.set(theirs.floats!);
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
    const odd = mine.findIndex((each, i) => each !== theirs[i]);
    if (odd >= 0 || mine.length !== theirs.length) {
      const at = odd < 0 ? mine.length : odd;
      fail("shape", "copyFrom", mine[at] ?? "no more parameters", theirs[at] ?? "none", "copy from a network of the same layers");
    }
    for (const [to, from] of [
      [this.values, other.values],
      [this.kept, other.kept],
    ] as const) {
      const p = to.floats!;
      const q = from.floats!;
      for (let i = 0; i < p.length; i++) p[i] = tau === 1 ? q[i]! : (1 - tau) * p[i]! + tau * q[i]!;
    }
  }

  private addParameter(
    name: string,
    shape: readonly number[],
    start: Initializer | Numbers,
    frozen: boolean,
  ): StoredParameter {
    if (!isList(start) && typeof (start as Initializer | undefined)?.value !== "function") {
      fail("type", `${name} start`, "numbers or an initializer", start, "write glorot, imported from \"chainrule\"");
    }
    const [rows, columns] = sizes(shape);
    const value = this.values.tensor(name, columns, rows);
    const parameter = { name, shape, frozen, value, gradient: this.gradients.tensor(name, columns, rows) };
    this.starts.push(() => {
      const random = new Stream(this.seed, name, this.counter);
      value.data.set("value" in start ? draw(start, name, shape, random) : flatten(start, shape, name));
    });
    this.parameters.set(name, parameter);
    return parameter;
  }

  private addBuffer(name: string, shape: readonly number[], start: number): StoredBuffer {
    if (!Number.isFinite(start)) fail("value", `${name} start`, "a finite number", start, "write 0");
    const [rows, columns] = sizes(shape);
    const buffer = { name, shape, value: this.kept.tensor(name, columns, rows) };
    this.starts.push(() => buffer.value.data.fill(start));
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
    if (layer.inputs !== undefined && layer.inputs !== inputs) {
      fail("size", layer.kind, `${layer.inputs} columns`, inputs, `give it ${layer.inputs}`);
    }
    this.state = layer.plan(planner, inputs);
    this.outputs = layer.outputs ?? inputs;
    this.apply = layer.forward;
    this.pull = layer.backward;
  }

  forward(x: Tensor, y: Tensor, context: Context): void {
    this.apply.call(this.layer, this.state, x, y, context);
  }

  backward(x: Tensor, y: Tensor, dy: Tensor, dx: Tensor | null, context: Context): void {
    this.pull.call(this.layer, this.state, x, y, dy, dx, context);
  }
}

const sizes = (shape: readonly number[]): [rows: number, columns: number] => {
  const columns = shape.at(-1)!;
  return [shape.reduce((a, b) => a * b, 1) / columns, columns];
};

/** The start values that an initializer gives, row by row. */
function draw(initializer: Initializer, name: string, shape: readonly number[], random: Stream): Float64Array {
  const start = { shape, fanIn: shape.at(-1)!, fanOut: shape[0]!, random };
  const values = new Float64Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    const value: unknown = initializer.value(i, start);
    if (!Number.isFinite(value)) {
      fail("value", `${name} initializer`, "a finite number", value, `let value(index, start) return one, at index ${i} too`);
    }
    values[i] = value as number;
  }
  return values;
}
