import {
  adam,
  ChainruleError,
  type Layer,
  type Loss,
  Network,
  type NetworkOptions,
  type Optimizer,
  sgd,
  type Tensor,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elementwise, type ActivationFormula } from "../../src/activations/activation.js";
import type { DenseState } from "../../src/layers/dense.js";
import { predict } from "../../src/trace/compare/predict.js";
import { activations, build, losses, networkCase } from "../support/arbitraries.js";
import { knownOf, mistakeNamed } from "../support/readers.js";
import { runs } from "../support/random-cases.js";

// The second oracle: the library itself, made to do the wrong thing from outside. A network with a wrong layer, loss,
// optimizer or batch must give the E and the weights that the plain step gives with the mistake of that name.

/** What a network is built and trained from. */
interface Parts {
  layers: readonly Layer[];
  options: NetworkOptions;
  input: number[][];
  target: number[][];
  frozen(name: string): boolean;
  /** One step. */
  step(network: Network, input: number[][], target: number[][]): void;
}

const rate = 0.3;
const lastDense = (layers: readonly Layer[]): number => layers.map(({ kind }) => kind).lastIndexOf("dense");
const reversed = (rows: number[][]): number[][] => rows.map((row) => [...row].reverse());
const isActivation = (layer: Layer): layer is Layer & ActivationFormula => "derivative" in layer;

/** Each activation in the output layer, the hidden layers, or both, with another formula or derivative. */
const squashed =
  (where: "output" | "hidden" | "all", change: (f: ActivationFormula) => Partial<ActivationFormula>) =>
  ({ layers }: Parts) => ({
    layers: layers.map((layer, k) => {
      const side = k > lastDense(layers) ? "output" : "hidden";
      if (!isActivation(layer) || (where !== "all" && where !== side)) return layer;
      const { name, range } = layer;
      const whole = {
        name,
        range,
        apply: (z: number) => layer.apply(z),
        derivative: (z: number, a: number) => layer.derivative(z, a),
      };
      const f: ActivationFormula = { ...whole, ...change(whole) };
      return elementwise({
        ...f, // not by activation(), which would refuse a wrong derivative
        map: (n, z, a) => void z.subarray(0, n).forEach((each, i) => (a[i] = f.apply(each))),
        pull: (n, z, a, da, dz) =>
          void z.subarray(0, n).forEach((each, i) => (dz[i] = da[i]! * f.derivative(each, a[i]!))),
      });
    }),
  });

type Back = (part: { d: number; w: number; i: number; j: number; outputs: number; flat: Tensor }) => number;

/** Each dense layer with another way back. */
const returned =
  (back: Back) =>
  ({ layers }: Parts) => ({
    layers: layers.map((layer): Layer =>
      layer.kind !== "dense"
        ? layer
        : {
            ...layer,
            backward(state, x, y, dy, dx, context) {
              layer.backward(state, x, y, dy, null, context);
              const { weight } = state as DenseState;
              for (let at = 0; dx && at < x.rows * x.columns; at++) {
                const [row, j] = [Math.floor(at / x.columns), at % x.columns];
                const parts = Array.from({ length: y.columns }, (_, i) =>
                  back({
                    d: dy.data[row * y.columns + i]!,
                    w: weight.value.data[i * x.columns + j]!,
                    i,
                    j,
                    outputs: y.columns,
                    flat: weight.value,
                  }),
                );
                dx.data[at] = parts.reduce((sum, part) => sum + part, 0);
              }
            },
          },
    ),
  });

/** The loss with its gradient times a factor. */
const factored =
  (factor: (columns: number, rows: number) => number) =>
  ({ options }: Parts) => {
    const loss = options.loss!;
    const scaled =
      (gradient: Loss["gradient"], self: unknown): Loss["gradient"] =>
      (p, t, dp, context) => {
        gradient.call(self, p, t, dp, context);
        for (let i = 0; i < dp.rows * dp.columns; i++) dp.data[i]! *= factor(dp.columns, dp.rows);
      };
    const { fused } = loss;
    const wrong = {
      ...loss,
      gradient: scaled(loss.gradient, loss),
      fused: fused && { ...fused, gradient: scaled(fused.gradient, fused) },
    };
    return { options: { ...options, loss: wrong } };
  };

const optimized =
  (optimizer: Optimizer) =>
  ({ options }: Parts) => ({ options: { ...options, optimizer } });

type Slot = { [at: number]: number };

const byHand = (
  name: string,
  slots: readonly string[],
  move: (p: number, g: number, at: number, ...slots: Slot[]) => number,
): Optimizer => ({
  name,
  slots,
  scalars: {},
  step(runs) {
    for (const { parameters, gradients, slots } of runs) {
      for (let i = 0; i < parameters.columns; i++) {
        parameters.data[i] = move(parameters.data[i]!, gradients.data[i]!, i, ...slots.map(({ data }) => data));
      }
    }
  },
});

const freezing =
  (frozen: (name: string, last: number) => boolean) =>
  ({ layers }: Parts) => ({
    frozen: (name: string) => frozen(name, lastDense(layers)),
  });

/** What each mistake is in the library's own terms. */
const oracles: Readonly<Record<string, (parts: Parts) => Partial<Parts>>> = {
  "inputs in reverse order": ({ input }) => ({ input: reversed(input) }),
  "targets in reverse order": ({ target }) => ({ target: reversed(target) }),
  "e^net in place of e^−net": squashed("all", (f) => ({ apply: (z) => f.apply(-z) })),
  "output not squashed": squashed("output", () => ({ apply: (z) => z, derivative: () => 1 })),
  "output not squashed, but differentiated as if it were": squashed("output", () => ({ apply: (z) => z })),
  "hidden layers not squashed": squashed("hidden", () => ({ apply: (z) => z, derivative: () => 1 })),
  "output derivative forgotten": squashed("output", () => ({ derivative: () => 1 })),
  "hidden derivative forgotten": squashed("hidden", () => ({ derivative: () => 1 })),
  "derivatives of all activations forgotten": squashed("all", () => ({ derivative: () => 1 })),
  "net(1 − net) in place of out(1 − out)": squashed("all", (f) => ({ derivative: (z) => f.derivative(z, z) })),
  "activation applied once more before its derivative": squashed("all", (f) => ({
    derivative: (_, a) => f.derivative(a, f.apply(a)),
  })),
  "derivative of tanh, 1 − out²": squashed("all", () => ({ derivative: (_, a) => 1 - a * a })),
  "derivative of the logistic function, out(1 − out)": squashed("all", () => ({ derivative: (_, a) => a * (1 - a) })),
  "only one output fed back": returned(({ d, w, i }) => (i ? 0 : d * w)),
  "only the last output fed back": returned(({ d, w, i, outputs }) => (i + 1 < outputs ? 0 : d * w)),
  "each hidden neuron fed back by one output of its own": returned(({ d, w, i, j }) => (i === j ? d * w : 0)),
  "outputs averaged in the hidden pass": returned(({ d, w, outputs }) => (d * w) / outputs),
  "weights left out of the hidden pass": returned(({ d }) => d),
  "W not transposed in the hidden pass": returned(({ d, i, j, outputs, flat }) => d * flat.data[j * outputs + i]!),
  "no 1/2 in the error": factored(() => 2),
  "2 of the square forgotten": factored(() => 0.5),
  "mean over outputs": factored((columns) => 1 / columns),
  "sum over outputs": factored((columns) => columns),
  "target − out with the wrong sign": factored(() => -1),
  "batch summed instead of averaged": factored((_, rows) => rows),
  "batch averaged twice": factored((_, rows) => 1 / rows),
  "batch averaged instead of summed": factored((_, rows) => 1 / rows),
  "sign of the step flipped": optimized(byHand("uphill", [], (p, g) => p + rate * g)),
  "learning rate forgotten": optimized(sgd({ learningRate: 1 })),
  "learning rate applied twice": optimized(sgd({ learningRate: rate * rate })),
  "gradients not zeroed between steps": optimized(
    byHand("adding", ["sum"], (p, g, at, sum) => p - rate * (sum![at]! += g)),
  ),
  "biases not trained": freezing((name) => name.endsWith("bias")),
  "hidden layers not trained": freezing((name, last) => parseInt(name) < last),
  "output layer not trained": freezing((name, last) => parseInt(name) === last),
  "one update for each example": () => ({
    step: (network, input, target) => input.forEach((row, n) => network.trainBatch([row], [target[n]!])),
  }),
  "forward again after each layer's update": ({ layers, frozen }) => ({
    step(network, input, target) {
      const moving = network.parameters.map(({ name }) => name).filter((name) => !frozen(name));
      for (let k = layers.length - 1; k >= 0; k--) {
        for (const name of moving) network[parseInt(name) === k ? "unfreeze" : "freeze"](name);
        if (layers[k]!.kind === "dense") network.trainBatch(input, target);
      }
    },
  }),
  "updated weights used in the hidden pass": (parts) => {
    const { layers } = returned(({ d, w }) => d * w)(parts);
    return { layers: layers.map((layer, k) => (layer.kind === "dense" ? movedFirst(parts.layers[k]!) : layer)) };
  },
};

/** A dense layer that hands back along W − η ∂E/∂W. */
const movedFirst = (layer: Layer): Layer => ({
  ...layer,
  backward(state, x, y, dy, dx, context) {
    layer.backward(state, x, y, dy, null, context);
    const { value, gradient, frozen } = (state as DenseState).weight;
    const kept = value.data.slice();
    if (!frozen) value.data.set(value.data.map((w, e) => w - rate * gradient.data[e]!));
    if (dx) context.kernels.product(dy, value, dx);
    value.data.set(kept);
  },
});

/** Other optimizers than plain descent: the right one, and the one that the mistake makes of it. */
const otherOptimizers: readonly (readonly [string, Optimizer, Optimizer])[] = [
  ["momentum forgotten", sgd({ learningRate: rate, momentum: 0.6 }), sgd({ learningRate: rate })],
  [
    "momentum as a running mean",
    sgd({ learningRate: rate, momentum: 0.6 }),
    sgd({ learningRate: rate, momentum: 0.6, dampening: 0.6 }),
  ],
  [
    "Nesterov's momentum exchanged with the plain one",
    sgd({ learningRate: 0.1, momentum: 0.6 }),
    sgd({ learningRate: 0.1, momentum: 0.6, nesterov: true }),
  ],
  [
    "Nesterov's momentum exchanged with the plain one",
    sgd({ learningRate: 0.1, momentum: 0.6, nesterov: true }),
    sgd({ learningRate: 0.1, momentum: 0.6 }),
  ],
  ["weight decay forgotten", sgd({ learningRate: rate, weightDecay: 0.1 }), sgd({ learningRate: rate })],
  [
    "Adam's β₁ and β₂ exchanged",
    adam({ learningRate: 0.05, beta1: 0.6, beta2: 0.99 }),
    adam({ learningRate: 0.05, beta1: 0.99, beta2: 0.6 }),
  ],
  [
    "momentum with the wrong sign",
    sgd({ learningRate: rate, momentum: 0.6 }),
    byHand("back", ["b"], (p, g, at, b) => p - rate * (b![at] = g - 0.6 * b![at]!)),
  ],
  [
    "Adam without bias correction",
    adam({ learningRate: 0.05, beta1: 0.7, beta2: 0.9 }),
    byHand(
      "bare",
      ["m", "v"],
      (p, g, at, m, v) =>
        p -
        (0.05 * (m![at] = 0.7 * m![at]! + 0.3 * g)) / (Math.sqrt((v![at] = 0.9 * v![at]! + (1 - 0.9) * g * g)) + 1e-8),
    ),
  ],
  [
    "weight decay apart from the gradient",
    sgd({ learningRate: rate, momentum: 0.6, weightDecay: 0.1 }),
    byHand("apart", ["b"], (p, g, at, b) => p - rate * 0.1 * p - rate * (b![at] = 0.6 * b![at]! + g)),
  ],
  ["learning rate applied twice", adam({ learningRate: 0.05 }), adam({ learningRate: 0.05 * 0.05 })],
];

const anyParts = fc
  .record({
    subject: fc.constantFrom(...Object.keys(activations)),
    loss: fc.constantFrom(...Object.keys(losses)),
    rows: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ subject, loss, rows }) => networkCase(subject, loss, rows))
  .map((given) => build({ ...given, dtype: "float64", weighted: false, byClass: false }))
  .map((built) => Object.assign(built, { [fc.toStringMethod]: () => built.network.summary() }));

/** Trains with the mistake in two ways and compares E and all parameters after each of two steps. */
function expectSame(name: string, right: Optimizer, wrong: (parts: Parts) => Partial<Parts>): number {
  const { change, when } = mistakeNamed(name);
  let compared = 0;
  fc.assert(
    fc.property(anyParts, ({ network: { layers, loss, seed, ...built }, input, target: given }) => {
      const target = given as number[][];
      const network = new Network(layers as never, { loss, seed, optimizer: right }) as Network;
      const known = knownOf({ network, input, target });
      fc.pre(!when || when(known.model));
      const before: Parts = {
        layers,
        options: { loss, seed, optimizer: right },
        input,
        target,
        frozen: (each) => built.parameters.find((parameter) => parameter.name === each)!.frozen,
        step: (each, x, t) => void each.trainBatch(x, t),
      };
      const parts = { ...before, ...wrong(before) };
      const { fused } = parts.options.loss!;
      const outer = parts.layers.at(-1)!;
      const whole =
        fused && known.model.fused
          ? { ...parts.options, loss: { ...parts.options.loss!, fused: { ...fused, layer: outer } } }
          : parts.options;
      const oracle = new Network(parts.layers as never, whole) as Network;
      oracle.load(network.toJSON(), { only: network.parameters.map(({ name }) => name) });
      for (const { name: each } of oracle.parameters)
        if (parts.frozen(each) || before.frozen(each)) oracle.freeze(each);
      const due: number[] = [],
        got: number[] = [];
      try {
        for (let step = 0; step < 2; step++) {
          parts.step(oracle, parts.input, parts.target);
          due.push(
            oracle.evaluate(parts.input, parts.target).loss,
            ...oracle.parameters.flatMap(({ value }) => value.flat()),
          );
        }
      } catch (error) {
        if (error instanceof ChainruleError && error.code === "diverged") return;
        throw error;
      }
      const updated = [...known.first.quantities.values()].filter(({ place }) => place.role === "parameter");
      const points = [2, 3].flatMap((step) => [known.first.loss, ...updated].map((quantity) => ({ quantity, step })));
      predict(known.model, change, points, (_, value) => got.push(value!) > 0);
      expect(got).toHaveLength(due.length);
      const far = due.flatMap((value, i) =>
        Math.abs(value - got[i]!) <= 1e-9 * Math.max(1, Math.abs(value)) ? [] : [`${got[i]}, not ${value}`],
      );
      expect(far).toEqual([]);
      compared += due.length;
    }),
    { numRuns: runs(40), seed: 1 },
  );
  return compared;
}

describe("the plain step with a mistake, and the library made to make it", () => {
  test.each(Object.entries(oracles))("%s", (name, wrong) => {
    expect(expectSame(name, sgd({ learningRate: rate }), wrong)).toBeGreaterThan(runs(100));
  });

  test.each(otherOptimizers)("%s", (name, right, wrong) => {
    expect(expectSame(name, right, optimized(wrong))).toBeGreaterThan(runs(200));
  });
});
