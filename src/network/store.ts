import { fail } from "../core/errors.js";
import { type Block, Memory, type PlannedTensor } from "../core/memory.js";
import { flatten, show } from "../core/numbers.js";
import { Stream } from "../core/random.js";
import type { DType, Numbers, Tensor } from "../core/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import type { Run } from "../kernels/kernels.js";
import type { Layer, Parameter, Planned, Planner } from "../layers/layer.js";
import type { Optimizer } from "../optim/optimizer.js";

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
      if (!Array.isArray(shape) || !shape.length || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
        fail("shape", full, "a shape of whole numbers above 0", shape, "write [outputs, inputs]");
      }
      if (first && (this.parameters.has(full) || this.buffers.has(full))) {
        fail("name", full, "a name of its own", "one that is taken", "give each parameter and buffer another name");
      }
      return full;
    };
    return {
      parameter: (name, shape, start, frozen = false) => {
        const full = named(name, shape);
        return this.parameters.get(full) ?? this.addParameter(full, shape, start, frozen);
      },
      buffer: (name, shape, start) => {
        const full = named(name, shape);
        return (this.buffers.get(full) ?? this.addBuffer(full, shape, start)).value;
      },
      tape: (name, columns) => work.tensor(prefix + name, columns),
      scratch: (columns) => work.tensor(`${prefix}scratch`, columns),
      stream: (name) => new Stream(this.seed, prefix + name, this.counter),
      child: (name, layer, inputs) => planLayer(layer, inputs, this.planner(`${prefix}${name}.`, work, first)),
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
    const [rows, columns] = sizes(shape);
    const value = this.values.tensor(name, columns, rows);
    const parameter = { name, shape, frozen, value, gradient: this.gradients.tensor(name, columns, rows) };
    this.starts.push(() => {
      const random = new Stream(this.seed, name, this.counter);
      value.data.set("value" in start ? draw(start, shape, random) : flatten(start, shape, name));
    });
    this.parameters.set(name, parameter);
    return parameter;
  }

  private addBuffer(name: string, shape: readonly number[], start: number): StoredBuffer {
    const [rows, columns] = sizes(shape);
    const buffer = { name, shape, value: this.kept.tensor(name, columns, rows) };
    this.starts.push(() => buffer.value.data.fill(start));
    this.buffers.set(name, buffer);
    return buffer;
  }
}

/** Plans a layer, and says how many columns it gives. */
export function planLayer(layer: Layer, inputs: number, planner: Planner): Planned {
  if (layer.inputs !== undefined && layer.inputs !== inputs) {
    fail("size", layer.kind, `${layer.inputs} columns`, inputs, `give it ${layer.inputs}`);
  }
  return { layer, state: layer.plan(planner, inputs), outputs: layer.outputs ?? inputs };
}

const sizes = (shape: readonly number[]): [rows: number, columns: number] => {
  const columns = shape.at(-1)!;
  return [shape.reduce((a, b) => a * b, 1) / columns, columns];
};

/** The start values that an initializer gives, row by row. */
function draw(initializer: Initializer, shape: readonly number[], random: Stream): Float64Array {
  const start = { shape, fanIn: shape.at(-1)!, fanOut: shape[0]!, random };
  const values = new Float64Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    const value: unknown = initializer.value(i, start);
    if (!Number.isFinite(value)) {
      fail("value", `initializer ${initializer.name}`, "finite numbers", value, `see to its value(${i}) of shape ${show(shape)}`);
    }
    values[i] = value as number;
  }
  return values;
}
