import {
  ChainruleError,
  adam,
  crossEntropy,
  dense,
  halfSquaredError,
  type Layer,
  meanSquaredError,
  Network,
  type Parameter,
  relu,
  sgd,
  softmax,
  tanh,
  type Stream,
  type Tensor,
} from "chainrule";
import { checkActivation, checkGradients, checkLayer, checkLoss, checkOptimizer } from "chainrule/check";
import { describe, expect, it } from "vitest";

const inputs = [
  [0.5, -1],
  [2, 0.3],
  [-0.4, 1.1],
] as const;
const targets = [[1], [0], [-0.5]] as const;
const size = (x: Tensor): number => x.rows * x.columns;

/** Inverted dropout. */
const dropout: Layer<number, number, { mask: Tensor; stream: Stream }> = {
  kind: "dropout",
  plan: (planner, inputs) => ({ mask: planner.tape("mask", inputs), stream: planner.stream("mask") }),
  forward({ mask, stream }, x, y, { kernels, training }) {
    if (!training) return kernels.copy(x, y);
    kernels.uniform(stream, mask);
    for (let i = 0; i < size(x); i++) {
      mask.data[i] = mask.data[i]! < 0.5 ? 0 : 2;
      y.data[i] = x.data[i]! * mask.data[i]!;
    }
  },
  backward({ mask }, _x, _y, dy, dx) {
    for (let i = 0; dx && i < size(dx); i++) dx.data[i] = dy.data[i]! * mask.data[i]!;
  },
};

/** Subtracts a running mean that every forward in training moves, and that its output does depend on. */
const drift: Layer<number, number, { mean: Tensor; batch: Tensor }> = {
  kind: "drift",
  plan: (planner, inputs) => ({ mean: planner.buffer("running_mean", [inputs], 0.1), batch: planner.scratch(inputs) }),
  forward({ mean }, x, y, { training }) {
    for (let i = 0; i < size(x); i++) y.data[i] = x.data[i]! - mean.data[i % x.columns]!;
    if (training) for (let i = 0; i < size(x); i++) mean.data[i % x.columns]! += 0.1 * x.data[i]!;
  },
  backward: (_, _x, _y, dy, dx, { kernels }) => dx && kernels.copy(dy, dx),
};

/** Rows by id. */
const embedding: Layer<1, 2, Parameter> = {
  kind: "embedding",
  inputs: 1,
  outputs: 2,
  differentiable: false,
  plan: (planner) =>
    planner.parameter(
      "weight",
      [3, 2],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ),
  forward(weight, x, y) {
    for (let i = 0; i < size(y); i++) y.data[i] = weight.value.data[2 * x.data[i >> 1]! + (i & 1)]!;
  },
  backward(weight, x, _y, dy) {
    for (let i = 0; i < size(dy); i++) weight.gradient.data[2 * x.data[i >> 1]! + (i & 1)]! += dy.data[i]!;
  },
};

describe("checkGradients leaves the network as it is", () => {
  it.each(["float64", "float32"] as const)("to the bit, in the middle of its work, %s", (dtype) => {
    const layers = [dense(2, 4), drift, dropout, tanh, dense(4, 1)] as const;
    const [network, twin] = [0, 1].map(() => {
      const each = new Network(layers, { loss: meanSquaredError, optimizer: adam, seed: 4, dtype });
      each.trainBatch(inputs, targets);
      each.forward(inputs);
      return each;
    });
    const before = JSON.stringify(network);
    expect(checkGradients(network!, inputs, targets).toString()).toMatch(/^ok/);
    expect(JSON.stringify(network)).toBe(before);
    expect(network!.outputs).toEqual(twin!.outputs);
    for (const each of [network!, twin!]) {
      each.backward(targets);
      each.step();
      each.trainBatch(inputs, targets);
    }
    expect(network!.toJSON()).toEqual(twin!.toJSON());
    expect(network!.optimizer.scalars).toEqual(twin!.optimizer.scalars);
  });

  it("and checks one with gradients that wait for a step", () => {
    const network = new Network([dense(2, 1)], { loss: halfSquaredError, optimizer: sgd, seed: 1 });
    network.forward(inputs);
    network.backward(targets);
    expect(checkGradients(network, inputs, targets).ok).toBe(true);
    network.step();
  });
});

describe("checks of layers that have more than parameters", () => {
  it("draw the same random numbers each time", () => {
    const report = checkLayer(dropout, { rows: 6 });
    expect(report.toString()).toMatch(/^ok: 24 numbers checked, 0 skipped/);
    // Where the mask is 0 the slope is.
    expect(
      checkLayer({ ...dropout, backward: (_, _x, _y, dy, dx, { kernels }) => dx && kernels.copy(dy, dx) }).ok,
    ).toBe(false);
  });

  it("put running statistics back before every forward", () => {
    expect(checkLayer(drift).toString()).toMatch(/^ok/);
  });

  it("leave ids alone", () => {
    const report = checkLayer(embedding, { input: [[0], [2], [0]] });
    expect(report.ok).toBe(true);
    expect(report.tensors.map(({ name, shape, checked }) => [name, shape, checked])).toEqual([["0.weight", [3, 2], 6]]);
    const network = new Network([embedding, dense(2, 2), softmax], { loss: crossEntropy, seed: 1 });
    expect(checkGradients(network, [[1], [2]], [0, 1]).tensors.map(({ name }) => name)).toEqual([
      "0.weight",
      "1.weight",
      "1.bias",
    ]);
  });
});

describe("a report", () => {
  const network = new Network([dense(2, 3), tanh, dense(3, 1, { bias: { shared: 0.1 } })], {
    loss: halfSquaredError,
    seed: 1,
  });

  it("counts, names and places", () => {
    const report = checkGradients(network, inputs, targets, { h: 1e-4, tolerance: 1e-6 });
    expect(report).toMatchObject({ ok: true, checked: 19, skipped: 0, h: 1e-4, tolerance: 1e-6, broken: [] });
    expect(report.tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ["0.weight", [3, 2]],
      ["0.bias", [3]],
      ["2.weight", [1, 3]],
      ["2.bias", [1]],
      ["input", [3, 2]],
    ]);
    expect(report.worst.error).toBe(Math.max(...report.tensors.map(({ error }) => error)));
    expect(report.worst.where).toMatch(/^(\d\.(weight\[\d\]|bias)|input\[\d\])\[\d\]$/);
    expect(`${report}`.split("\n")).toHaveLength(1);
  });

  it("takes one example as well as a batch, and row weights", () => {
    expect(checkGradients(network, [0.5, -1], [1]).checked).toBe(15);
    const [weighted, whole] = [
      [0, 0, 0],
      [1, 1, 1],
    ].map((rowWeights) => checkGradients(network, inputs, targets, { rowWeights }));
    expect([weighted!.ok, weighted!.worst.analytic]).toEqual([true, 0]);
    expect(whole!.tensors).toEqual(checkGradients(network, inputs, targets).tensors);
  });

  it("is not ok where a gradient or a difference is no number", () => {
    const broken = (slope: number): Layer => ({ ...tanh, backward: (_, _x, _y, _dy, dx) => void dx?.data.fill(slope) });
    for (const slope of [NaN, Infinity]) {
      const report = checkLayer(broken(slope));
      expect(report.ok).toBe(false);
      expect(report.worst.error).not.toBeLessThan(Infinity);
    }
    const wall = { name: "wall", apply: (z: number) => (z > 1 ? NaN : z), derivative: () => 1 };
    expect(checkActivation(wall, { points: [1, 0.5] })).toMatchObject({ ok: false, checked: 2, skipped: 0 });
  });

  it("is of a few lines, the worst in the first", () => {
    const wrong: Layer = { ...relu, backward: (_, _x, _y, dy, dx, { kernels }) => dx && kernels.copy(dy, dx) };
    const report = checkLayer(wrong, { seed: 2 });
    const [first, second, ...rest] = report.toString().split("\n");
    expect(first).toMatch(
      /^not ok: 12 numbers checked, 0 skipped at kinks, worst error \d\.\de-1 at input\[\d\]\[\d\] \(tolerance 1e-8, h 0\.00001\)$/,
    );
    expect(second).toMatch(/^ {2}input \[3, 4\]: error \d\.\de-1, input\[\d\]\[\d\] is -?0\.\d+, should be 0$/);
    expect(rest).toEqual([]);
  });
});

describe("bad arguments", () => {
  const network = new Network([dense(2, 1)], { loss: halfSquaredError, seed: 1 });
  const lost = new Network([dense(2, 1)]);
  const formula = (p: number): number => p;
  const call = (check: unknown, ...given: unknown[]) =>
    [(check as () => unknown).name, check as (...all: unknown[]) => unknown, given] as const;

  it.each([
    [call(checkGradients), "type"],
    [call(checkGradients, [dense(2, 1)], inputs, targets), "type"],
    [call(checkGradients, lost, inputs, targets), "order"],
    [call(checkGradients, network), "type"],
    [call(checkGradients, network, [[1, 2, 3]], targets), "shape"],
    [call(checkGradients, network, inputs, [[1]]), "shape"],
    [call(checkGradients, network, inputs, [[1], [2], [NaN]]), "value"],
    [call(checkGradients, network, inputs, targets, { eps: 1e-4 }), "option"],
    [call(checkGradients, network, inputs, targets, { h: 0 }), "value"],
    [call(checkGradients, network, inputs, targets, { tolerance: -1 }), "value"],
    [call(checkGradients, network, inputs, targets, { rowWeights: 2 }), "value"],
    [call(checkGradients, network, inputs, targets, { rowWeights: [1] }), "shape"],
    [call(checkGradients, network, inputs, targets, 1e-5), "type"],
    [call(checkLayer), "type"],
    [call(checkLayer, "tanh"), "type"],
    [call(checkLayer, dense), "type"],
    [call(checkLayer, network), "type"],
    [call(checkLayer, tanh, { rows: 0 }), "value"],
    [call(checkLayer, tanh, { inputs: 2.5 }), "value"],
    [call(checkLayer, tanh, { input: [1, 2] }), "value"],
    [call(checkLayer, tanh, { input: [[1, 2], [3]] }), "shape"],
    [call(checkLayer, dense(2, 1), { input: [[1, 2, 3]] }), "shape"],
    [call(checkLayer, embedding), "value"],
    [call(checkActivation), "type"],
    [call(checkActivation, Math.tanh), "type"],
    [call(checkActivation, relu, { points: [] }), "value"],
    [call(checkActivation, relu, { points: [NaN] }), "value"],
    [call(checkActivation, relu, { points: 3 }), "value"],
    [call(checkLoss), "type"],
    [call(checkLoss, "mse"), "type"],
    [call(checkLoss, halfSquaredError, { columns: 0 }), "value"],
    [call(checkLoss, halfSquaredError, { target: [] }), "value"],
    [call(checkLoss, halfSquaredError, { prediction: [1, 2] }), "value"],
    [call(checkLoss, crossEntropy, { target: [3, 1, 7] }), "value"],
    [call(checkOptimizer), "type"],
    [call(checkOptimizer, sgd), "type"],
    [call(checkOptimizer, "sgd", formula), "type"],
    [call(checkOptimizer, sgd, "p - g"), "type"],
    [call(checkOptimizer, sgd, formula, { steps: -1 }), "value"],
  ] as const)("%j: %s", ([, check, given], code) => {
    let caught: unknown;
    try {
      check(...given);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ChainruleError);
    const { where, expected, got, remedy, ...error } = caught as ChainruleError;
    expect(error.code).toBe(code);
    for (const part of [where, expected, got, remedy]) expect(part).not.toBe("");
  });
});
