import {
  type Backend,
  catalogue,
  ChainruleError,
  dense,
  type Initializer,
  type Layer,
  type Loss,
  Network,
  sigmoid,
  softmax,
} from "chainrule";
import fc from "fast-check";

// Random networks. What is random is a plain record, so that a counterexample can be read and written down again.

/** Options of the activations that have some; `shape`, in [0, 1], makes them steeper or flatter. */
export const shapes: Readonly<Record<string, (shape: number) => object>> = {
  leakyRelu: (shape) => ({ slope: 1.5 * shape - 0.5 }),
  softplus: (shape) => ({ beta: 0.5 + 4.5 * shape }),
};

type Called<Block> = Block & ((options: object) => Block);

/** Layers that stand between dense ones: every activation, and softmax. */
export const activations: Readonly<Record<string, (shape: number) => Layer>> = Object.fromEntries(
  Object.entries({ ...catalogue.activations, softmax }).map(([name, block]) => [
    name,
    (shape) => (Object.hasOwn(shapes, name) ? (block as Called<Layer>)(shapes[name]!(shape)) : block),
  ]),
);

/** Every loss, also from logits where it can be. */
export const losses: Readonly<Record<string, (reduction: "mean" | "sum") => Loss>> = Object.fromEntries(
  Object.entries(catalogue.losses as Readonly<Record<string, Called<Loss>>>).flatMap(([name, block]) => [
    // Targets are any numbers, whatever the last layer gives.
    [name, (reduction) => block({ reduction, ...("targets" in block.options! && { targets: "real" }) })] as const,
    ...("fromLogits" in block.options!
      ? [[`${name} from logits`, (reduction: string) => block({ reduction, fromLogits: true })] as const]
      : []),
  ]),
);

/** Whether a network that ends in this layer can have this loss. */
function isPair(activation: string, loss: string): boolean {
  try {
    new Network([dense(1, 2), activations[activation]!(0.5)], { loss: losses[loss]!("mean") });
    return true;
  } catch (error) {
    if (error instanceof ChainruleError && error.code === "pair") return false;
    throw error;
  }
}

const block = (among: readonly string[]) =>
  fc.record({
    outputs: fc.integer({ min: 1, max: 5 }),
    activation: fc.constantFrom(...among),
    shape: fc.double({ min: 0, max: 1, noNaN: true }),
    bias: fc.constantFrom("each", "shared", "none"),
    freeze: fc.subarray(["weight", "bias"] as const),
  });

/** A network of depth 1 to 6 with a given layer in it, and a batch for it. */
export interface NetworkCase {
  readonly subject: string;
  readonly loss: string;
  readonly rows: number;
  readonly inputs: number;
  readonly blocks: readonly {
    outputs: number;
    activation: string;
    shape: number;
    bias: string;
    freeze: readonly ("weight" | "bias")[];
  }[];
  /** Whether the given layer is the last, where the loss allows it; else any, and the loss has a head of its own. */
  readonly last: boolean;
  readonly at: number;
  readonly reduction: "mean" | "sum";
  readonly weighted: boolean;
  readonly byClass: boolean;
  readonly dtype: "float32" | "float64";
  readonly seed: number;
}

/** Cases for a layer and a loss; the other layers are `among` these activations. */
export const networkCase = (
  subject: string,
  loss: string,
  rows: number,
  among: readonly string[] = Object.keys(activations),
): fc.Arbitrary<NetworkCase> =>
  fc.record({
    subject: fc.constant(subject),
    loss: fc.constant(loss),
    rows: fc.constant(rows),
    inputs: fc.integer({ min: 1, max: 5 }),
    blocks: fc.array(block(among), { minLength: 1, maxLength: 6, size: "max" }),
    last: isPair(subject, loss) ? fc.boolean() : fc.constant(false),
    at: fc.nat(5),
    reduction: fc.constantFrom("mean" as const, "sum" as const),
    weighted: fc.boolean(),
    byClass: fc.boolean(),
    dtype: fc.constantFrom("float64" as const, "float32" as const),
    seed: fc.nat(),
  });

/** Marsaglia's xorshift, for data: what it gives has to be random, not good. */
export function random(seed: number): (low: number, high: number) => number {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (low, high) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return low + ((high - low) * (state >>> 0)) / 0x1_0000_0000;
  };
}

const table = (rows: number, columns: number, next: () => number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, next));

/** The network of a case, with its batch. */
export function build(given: NetworkCase, backend?: Backend) {
  const { rows, dtype, seed } = given;
  const loss = losses[given.loss]!(given.reduction);
  const next = random(seed);
  const blocks = given.blocks.map((each) => ({ ...each }));
  // Of one output it is refused for a loss that could not be told that it is meant.
  if (given.last && given.subject === "softmax" && loss.targets === "unit")
    blocks.at(-1)!.outputs = Math.max(2, blocks.at(-1)!.outputs);
  // A head takes the place of the last block, unless that is the only one.
  const hidden = given.last || blocks.length === 1 ? blocks : blocks.slice(0, -1);
  hidden[given.last ? hidden.length - 1 : given.at % hidden.length]!.activation = given.subject;
  const spread: Initializer = { name: "spread", value: (index, { random }) => 2 * random.uniform(index) - 1 };
  let columns = given.inputs;
  const layers: Layer[] = hidden.flatMap(({ outputs, activation, shape, bias, freeze }) => {
    const starts = { each: spread, shared: { shared: next(-1, 1) }, none: false as const };
    const layer = dense(columns, outputs, {
      bias: starts[bias as keyof typeof starts],
      freeze: bias === "none" ? [] : freeze,
    });
    columns = outputs;
    return [layer, activations[activation]!(shape)];
  });
  if (!given.last) {
    const outputs = 1 + (seed % 5);
    layers.push(dense(columns, outputs, { bias: spread }));
    columns = outputs;
    if (loss.needs === "simplex") layers.push(softmax);
    if (loss.needs === "unit") layers.push(sigmoid);
  }
  const network = new Network(layers, { loss, dtype, seed, backend });
  const input = table(rows, given.inputs, () => next(-2, 2));
  const real = table(rows, columns, () => next(-2, 2));
  const unit = table(rows, columns, () => (next(0, 1) < 0.3 ? Math.round(next(0, 1)) : next(0, 1)));
  const shares = table(rows, columns, () => next(0, 1)).map((row) => row.map((q) => q / row.reduce((a, b) => a + b)));
  const classes = Array.from({ length: rows }, () => Math.floor(next(0, columns)));
  const target =
    loss.targets === "classes" ? (given.byClass ? classes : shares) : loss.targets === "unit" ? unit : real;
  const rowWeights = given.weighted ? Array.from({ length: rows }, () => next(-2, 2)) : undefined;
  return { network, input, target, options: rowWeights && { rowWeights } };
}
