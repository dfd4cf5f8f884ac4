import {
  ChainruleError,
  Network,
  adam,
  dense,
  meanSquaredError,
  reference,
  relu,
  sgd,
  tanh,
  wasm,
  type Backend,
  type DType,
  type Floats,
  type Kernels,
  type Layer,
  type Optimizer,
  type Parameter,
  type ParameterView,
  type Tensor,
} from "chainrule";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WeightPanels } from "../../src/kernels/weight-panels.js";
import { adagrad, sam, signSgd } from "../interfaces/blocks/optimizers.js";
import { runs } from "../support/random-cases.js";

// A network that predicts one row after another keeps its large weights in panels. Whatever is done to it in between, and
// by whom, it must not be seen: the reference, which keeps nothing, gives the same bits.

const INPUTS = 67;
const HIDDEN = 75; // four or nine groups of panels, and rows that are left over
const OUTPUTS = 2;
const row = (seed: number, length = INPUTS) =>
  Array.from({ length }, (_, i) => (((i + 31 * seed) * 7919) % 2003) / 1001 - 1);
const rows = (count: number, seed: number, length = INPUTS) =>
  Array.from({ length: count }, (_, n) => row(seed + n, length));

/** What a user may have got hold of, from within a layer. */
interface Outside {
  weight?: Parameter;
  kernels?: Kernels;
  view?: Floats;
}

/** Layers with a large weight of their own, and what they do to it besides. */
const customs: Record<string, (outside: Outside) => Layer | readonly Layer[]> = {
  /** It shows its parameter to others. */
  showing: (outside) => custom((weight, kernels) => Object.assign(outside, { weight, kernels })),
  /** It changes it by a verb. */
  adding: () => custom(({ value, gradient }, kernels, training) => training || kernels.add(gradient, value)),
  /** It changes it by a verb that writes what it computes there. */
  mapping: () => custom(({ value }, kernels) => kernels.map(tanh, value, value)),
  /** Another one before it does, seldom, which looks at numbers and is therefore called. */
  calling(outside) {
    let calls = 0;
    const before: Layer = {
      kind: "before",
      plan: () => undefined,
      forward(_, x, y, { kernels, training }) {
        y.data.set(x.data);
        if (!training && ++calls % 9 === 0) kernels.add(outside.weight!.gradient, outside.weight!.value);
      },
      backward: (_, _x, _y, dy, dx) => dx?.data.set(dy.data),
    };
    return [before, customs["showing"]!(outside) as Layer];
  },
  /** It writes to it. */
  writing: () => custom(({ value }) => (value.data[5]! += 1 / 8)),
};

function custom(also: (weight: Parameter, kernels: Kernels, training: boolean) => unknown): Layer {
  return {
    kind: "custom",
    outputs: INPUTS,
    plan: (planner, inputs) =>
      planner.parameter("weight", [INPUTS, inputs], { name: "start", value: (i) => ((i * 7919) % 103) / 1001 - 0.05 }),
    forward(weight: Parameter, x, y, { kernels, training }) {
      kernels.linear(x, weight.value, null, y);
      also(weight, kernels, training);
    },
    backward(weight: Parameter, x, _, dy, dx, { kernels }) {
      kernels.outer(dy, x, weight.gradient);
      if (dx) kernels.product(dy, weight.value, dx);
    },
  };
}

const optimizers: Record<string, (outside: Outside) => Optimizer> = {
  sgd: () => sgd({ learningRate: 0.01 }),
  adam: () => adam({ learningRate: 0.001 }),
  signSgd: () => signSgd(0.001), // writes to `data`
  adagrad: () => adagrad(0.001, 0.1), // has a rule of its own
  keeping: (outside) => ({
    name: "keeping",
    slots: [],
    scalars: {},
    step: (runs, { kernels, scalars }) => kernels.update({ update: (_, p) => void (outside.view = p) }, runs, scalars),
  }),
  sam: () => sam(sgd({ learningRate: 0.01 }), 0.05), // evaluates anew within a step
};

type Action = (network: Network<number, number>, outside: Outside, seed: number) => unknown;

const shrink = (parameter: ParameterView) =>
  parameter.set(Float64Array.from(parameter.value.flat(), (value) => 0.9 * value));

/** All that may change a parameter, or move it, or seem to. */
const actions: Record<string, Action> = {
  trainRow: (network, _, seed) => network.trainBatch(row(seed), row(seed, OUTPUTS)),
  trainRows: (network, _, seed) => network.trainBatch(rows(5, seed), rows(5, seed, OUTPUTS)),
  fitRows: (network, _, seed) => network.fit(rows(6, seed), rows(6, seed, OUTPUTS), { epochs: 2, batchSize: 1 }),
  fitBatches: (network, _, seed) =>
    network.fit(rows(9, seed), rows(9, seed, OUTPUTS), { epochs: 1, batchSize: 4, accumulate: 2 }),
  forward: (network, _, seed) => network.forward(row(seed)),
  threeCalls(network, _, seed) {
    network.forward(row(seed));
    network.backward(row(seed, OUTPUTS));
    network.step();
  },
  predictRows: (network, _, seed) => network.predict(rows(2, seed)),
  evaluate: (network, _, seed) => network.evaluate(row(seed), row(seed, OUTPUTS)),
  larger: (network, _, seed) => network.predict(rows(257, seed)),
  largerBatch: (network, _, seed) => network.forward(rows(10 + (seed % 40), seed)),
  set(network, _, seed) {
    shrink(network.parameters[seed % network.parameters.length]!);
  },
  load(network) {
    const { name, value } = network.parameters[0]!;
    const changed = structuredClone(value) as number[][];
    changed[3]![4]! += 1 / 4;
    const state = network.toJSON();
    network.load({ ...state, parameters: { ...state.parameters, [name]: changed } });
  },
  copyFrom(network) {
    const other = network.clone();
    shrink(other.parameters[0]!);
    network.copyFrom(other, 0.5);
  },
  copyAll: (network) => network.copyFrom(network.clone()),
  freeze: (network) => network.freeze(network.parameters[0]!.name),
  unfreeze: (network) => network.unfreeze(network.parameters[0]!.name),
  refused: (network) => expect(() => network.predict([NaN, ...row(0, INPUTS - 1)])).toThrow(),
  // What a user may do who has got hold of a tensor, its numbers, or the verbs.
  writeOutside: (_, { weight }) => weight && (weight.value.data[7]! += 1 / 8),
  verbOutside: (_, { weight, kernels }) => weight && kernels!.add(weight.gradient, weight.value),
  takeView: (_, outside) => (outside.view = outside.weight?.value.data),
  writeView: (_, { view }) => view && (view[9]! += 1 / 8),
};

const make = (layers: Layer | readonly Layer[], optimizer: Optimizer, dtype: DType, backend: Backend) =>
  new Network(
    [
      layers,
      dense(INPUTS, HIDDEN),
      relu,
      dense(HIDDEN, HIDDEN, { bias: false }),
      tanh,
      dense(HIDDEN, OUTPUTS),
    ].flat() as never,
    {
      loss: meanSquaredError,
      optimizer,
      dtype,
      backend,
      seed: 3,
    },
  ) as never as Network<number, number>;

/** How often a program took panels, or could have. */
let uses = 0;
beforeAll(() => {
  const { count } = WeightPanels.prototype;
  vi.spyOn(WeightPanels.prototype, "count").mockImplementation(function (this: WeightPanels, ...given) {
    count.apply(this, given);
    if (this.repeats.floats[0]! > 0) uses++;
  });
});
afterAll(() => vi.restoreAllMocks());

function codeOf(error: unknown): string {
  if (error instanceof ChainruleError) return error.code;
  throw error;
}

/** Predicts so many times, between the actions, with both networks. */
async function compare(
  custom: string | undefined,
  optimizer: string,
  dtype: DType,
  course: readonly (readonly [string, number])[],
) {
  const sides = [reference, wasm].map((backend) => {
    const outside: Outside = {};
    const layers = custom === undefined ? [] : customs[custom]!(outside);
    return { outside, network: make(layers, optimizers[optimizer]!(outside), dtype, backend) };
  });
  for (const [action, predictions] of course) {
    const seen: unknown[] = [];
    for (const { network, outside } of sides) {
      // What is refused must be so on both sides: an optimizer that evaluates can't accumulate, for one.
      seen.push(
        await new Promise((done) => done(actions[action]?.(network, outside, predictions))).then(() => "", codeOf),
      );
      const given = Float64Array.from(row(predictions));
      seen.push(Array.from({ length: predictions }, () => Array.from(network.predict(given) as Floats)));
    }
    expect(seen.slice(2), action).toStrictEqual(seen.slice(0, 2));
  }
}

describe("weights that are kept in panels are those that the network has", () => {
  // It takes six times until they are in use: done, written down, replayed, replayed as the same, and twice more if the memory has moved.
  const again = (action: string) =>
    [
      ["none", 6],
      [action, 1],
      ["none", 6],
      [action, 6],
      [action, 6],
    ] as const;

  test.each(Object.keys(actions))("after %s", async (action) => {
    for (const dtype of ["float32", "float64"] as const) {
      const before = uses;
      await compare(undefined, "sgd", dtype, again(action));
      expect(uses).toBeGreaterThan(before);
      await compare("showing", "sgd", dtype, [
        ...again(action),
        ["trainRow", 6],
        ["takeView", 6],
        ...again(action),
        ["writeView", 6],
      ]);
    }
  });

  test.each(Object.keys(customs))("with a layer that is %s", async (name) => {
    await compare(name, "adam", "float32", [...again("trainRow"), ...again("forward"), ["threeCalls", 40]]);
  });

  test.each(Object.keys(optimizers))("with %s", async (name) => {
    await compare(undefined, name, "float32", [
      ...again("trainRow"),
      ...again("fitRows"),
      ...again("threeCalls"),
      ...again("writeView"),
    ]);
  });

  test("with a layer that takes the numbers of one weight in two shapes", () => {
    const layer: Layer = {
      kind: "folded",
      inputs: 64,
      outputs: 64,
      plan: (planner) => ({
        weight: planner.parameter("weight", [128, 64], {
          name: "start",
          value: (i) => ((i * 7919) % 103) / 1001 - 0.05,
        }),
        wide: planner.tape("wide", 128),
      }),
      forward({ weight, wide }: { weight: Parameter; wide: Tensor }, x, y, { kernels }) {
        kernels.linear(x, weight.value, null, wide);
        kernels.linear(wide, weight.value, null, y); // as [64, 128]
      },
      backward: () => undefined,
    };
    for (const dtype of ["float32", "float64"] as const) {
      const [expected, given] = [reference, wasm].map((backend) => {
        const network = new Network([layer], { dtype, backend, seed: 1 }) as never as Network<number, number>;
        return Array.from({ length: 8 }, () => network.predict(row(1, 64)));
      });
      expect(given).toStrictEqual(expected);
    }
  });

  test("whatever is done, in any order", { timeout: 120_000 }, async () => {
    const step = fc.tuple(fc.constantFrom("none", ...Object.keys(actions)), fc.integer({ min: 0, max: 6 }));
    const before = uses;
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.constantFrom(...Object.keys(customs)), { nil: undefined, freq: 3 }),
        fc.constantFrom(...Object.keys(optimizers)),
        fc.constantFrom<DType[]>("float32", "float64"),
        fc.array(step, { minLength: 4, maxLength: 24 }),
        compare,
      ),
      { numRuns: runs(60) },
    );
    expect(uses).toBeGreaterThan(before + runs(100));
  });
});
