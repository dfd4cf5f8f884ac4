import * as chainrule from "chainrule";
import type { Layer, Loss, Optimizer } from "chainrule";

// Networks that are called wrongly. Their types are taken off: a compile error is one thing, what happens then another.

/** A network without its types. */
export interface Loose {
  readonly outputs: unknown;
  readonly optimizer: { learningRate: unknown; readonly scalars: unknown };
  readonly parameters: readonly { readonly name: string; readonly gradient: unknown; readonly frozen: unknown }[];
  readonly seed: unknown;
  forward(...given: unknown[]): unknown;
  backward(...given: unknown[]): unknown;
  backwardFrom(...given: unknown[]): unknown;
  step(): unknown;
  trainBatch(...given: unknown[]): unknown;
  fit(...given: unknown[]): Promise<unknown>;
  predict(...given: unknown[]): unknown;
  evaluate(...given: unknown[]): unknown;
  parameter(...given: unknown[]): {
    value: unknown;
    gradient: unknown;
    frozen: unknown;
    set(...given: unknown[]): void;
    setGradient(...given: unknown[]): void;
  };
  buffer(...given: unknown[]): unknown;
  freeze(...given: unknown[]): void;
  unfreeze(...given: unknown[]): void;
  clone(...given: unknown[]): Loose;
  copyFrom(...given: unknown[]): void;
  load(...given: unknown[]): void;
  toJSON(): { readonly parameters: Record<string, unknown>; readonly buffers: Record<string, unknown> };
}

/** The library without its types. */
export const lib = chainrule as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>;

export const build = (layers: unknown, options?: unknown): Loose =>
  new (chainrule.Network as unknown as new (...given: unknown[]) => Loose)(layers, options);

/** Has all that a layer may own: a parameter, a buffer that counts forwards, a tape and random numbers. */
export const wobble: Layer<number, number, ReturnType<typeof plan>> = {
  kind: "wobble",
  plan,
  forward({ scale, count, noise, stream }, x, y, { kernels, training }) {
    if (training) kernels.uniform(stream, noise);
    else kernels.clear(noise);
    if (training) count.data[0]!++;
    for (let i = 0; i < x.rows * x.columns; i++) y.data[i] = x.data[i]! * scale.value.data[0]! + 0.1 * noise.data[i]!;
  },
  backward({ scale }, x, _, dy, dx) {
    for (let i = 0; i < x.rows * x.columns; i++) {
      scale.gradient.data[0]! += dy.data[i]! * x.data[i]!;
      if (dx) dx.data[i] = dy.data[i]! * scale.value.data[0]!;
    }
  },
};

function plan(planner: Parameters<Layer["plan"]>[0], inputs: number) {
  return {
    scale: planner.parameter("scale", [1], [1]),
    count: planner.buffer("count", [1], 0),
    noise: planner.tape("noise", inputs),
    stream: planner.stream("noise"),
  };
}

/** A layer that keeps the size and the values, but for the parts that are given. */
export const layerWith = (parts: Readonly<Record<string, unknown>>): unknown => ({
  kind: "mine",
  plan: () => null,
  forward(_: unknown, x: chainrule.Tensor, y: chainrule.Tensor) {
    y.data.set(x.data.subarray(0, x.rows * x.columns));
  },
  backward(_: unknown, _x: unknown, _y: unknown, dy: chainrule.Tensor, dx: chainrule.Tensor | null) {
    dx?.data.set(dy.data.subarray(0, dy.rows * dy.columns));
  },
  ...parts,
});

/** A layer of one's own whose plan asks for something. */
export const asking = (
  plan: (planner: Record<string, (...given: unknown[]) => unknown>, inputs: number) => unknown,
): unknown => layerWith({ plan });

export const lossWith = (parts: Readonly<Record<string, unknown>>): unknown =>
  ({
    name: "mine",
    divisor: () => 1,
    value: () => undefined,
    gradient: () => undefined,
    ...parts,
  }) satisfies Partial<Loss> & object;

export const optimizerWith = (parts: Readonly<Record<string, unknown>>): unknown =>
  ({ name: "mine", slots: [], scalars: {}, step: () => undefined, ...parts }) satisfies Partial<Optimizer> & object;

const { adam, binaryCrossEntropy, crossEntropy, dense, meanSquaredError, sgd, sigmoid, softmax, tanh } = chainrule;

/** A network in the middle of its life: trained for two steps, and with a forward whose backward has yet to come. */
const inTraining = (make: () => Loose, input: unknown, target: unknown, waiting = input): Subject => ({
  make() {
    const network = make();
    network.trainBatch(input, target);
    network.trainBatch(input, target);
    network.forward(waiting);
    return network;
  },
  input,
  target: waiting === input ? target : (target as readonly unknown[])[0],
});

/** What a row of the table calls, and how to go on with it. */
export interface Subject {
  make(): Loose;
  readonly input: unknown;
  readonly target: unknown;
}

const rows = [
  [0, 1],
  [1, 0],
  [1, 1],
];

const make = {
  /** 2 → 1, with everything. */
  regression: () =>
    build([dense(2, 3), tanh, wobble, dense(3, 1)], { loss: meanSquaredError, optimizer: adam, seed: 1 }),
  /** 1 → 1 */
  line: () => build([dense(1, 1)], { loss: meanSquaredError, optimizer: sgd({ momentum: 0.9 }), seed: 1 }),
  /** 2 → 2 */
  wide: () => build([dense(2, 2)], { loss: meanSquaredError, optimizer: sgd, seed: 1 }),
  /** 2 → 3 classes */
  classes: () => build([dense(2, 3), softmax], { loss: crossEntropy, optimizer: adam, seed: 1 }),
  /** 2 → yes or no */
  binary: () => build([dense(2, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: adam, seed: 1 }),
};

export const regression = inTraining(make.regression, rows, [[1], [0], [1]]);
export const regressionOnOne = inTraining(make.regression, rows, [[1], [0], [1]], rows[0]);
export const single = inTraining(make.regression, [0, 1], [1]);
export const line = inTraining(make.line, [[1], [2], [3]], [[2], [4], [6]]);
export const wide = inTraining(make.wide, rows, [
  [1, 2],
  [3, 4],
  [5, 6],
]);
export const classes = inTraining(make.classes, rows, [0, 1, 2]);
export const classOfOne = inTraining(make.classes, [0, 1], 2);
export const binary = inTraining(make.binary, rows, [[1], [0], [1]]);

/** A network in float32. */
export const single32 = inTraining(
  () => build([dense(2, 1)], { loss: meanSquaredError, optimizer: sgd, seed: 1, dtype: "float32" }),
  rows,
  [[1], [0], [1]],
);

/** Neither a loss nor an optimizer. */
export const bare: Subject = { make: () => build([dense(2, 1)], { seed: 1 }), input: rows, target: [[1], [0], [1]] };
export const lossOnly: Subject = { ...bare, make: () => build([dense(2, 1)], { seed: 1, loss: meanSquaredError }) };

/** A network to which nothing has happened yet. */
export const fresh: Subject = { ...regression, make: make.regression };

/** What the latest subject became, after calls that are in order. */
export const after = (subject: Subject, calls: (network: Loose, subject: Subject) => void): Subject => ({
  ...subject,
  make() {
    const network = subject.make();
    calls(network, subject);
    return network;
  },
});
