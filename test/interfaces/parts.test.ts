import {
  ChainruleError,
  Network,
  activation,
  adam,
  crossEntropy,
  dense,
  halfSquaredError,
  meanSquaredError,
  sgd,
  softmax,
  tanh,
  type Initializer,
  type Layer,
  type Optimizer,
} from "chainrule";
import { checkActivation, checkLoss, checkOptimizer } from "chainrule/check";
import { describe, expect, test } from "vitest";
import { batchNorm } from "./blocks/batch-norm.js";
import { dropout } from "./blocks/dropout.js";
import { itObeysTheLaws } from "./blocks/laws.js";
import { cosineDistance, logCosh, multiMargin } from "./blocks/losses.js";
import { adagrad, lineSearch, sam, signSgd } from "./blocks/optimizers.js";

const inputs = [
  [0, 0.3],
  [0.2, 1],
  [1, -0.4],
  [1.3, 0.8],
  [-0.7, 0.1],
];
const targets = [[0.3], [1.2], [0.6], [2.1], [-0.6]];

describe("an activation", () => {
  const softsign = activation({
    name: "softsign",
    apply: (z) => z / (1 + Math.abs(z)),
    derivative: (_, a) => (1 - Math.abs(a)) ** 2,
  });

  test("alone", () => {
    const report = checkActivation(softsign);
    expect(report.ok, String(report)).toBe(true);
  });

  describe("in a network, twice the same", () => {
    itObeysTheLaws({
      layers: [dense(2, 6), softsign, dense(6, 4), softsign, dense(4, 1)],
      loss: meanSquaredError,
      inputs,
      targets,
      left: 0.2,
      steps: 200,
    });
  });

  test("made from the parts of another follows its own formula", () => {
    const cube = activation({ ...tanh, name: "cube", apply: (z) => z * z * z, derivative: (z) => 3 * z * z });
    const network = new Network([dense(1, 1, { weight: [[1]] }), cube]);
    expect(network.forward([2])).toEqual([8]);
    expect(network.backwardFrom([1])).toEqual([12]);
  });

  test("a derivative that takes z for a is refused when it is defined", () => {
    expect(() =>
      activation({ name: "softsign", apply: (z) => z / (1 + Math.abs(z)), derivative: (z) => (1 - Math.abs(z)) ** 2 }),
    ).toThrow(expect.objectContaining({ code: "derivative" }));
  });
});

describe("a loss", () => {
  const pairs = [
    [0.5, -1],
    [0.1, 0.2],
    [1, 1],
    [-0.3, 0.6],
    [2, 0.5],
  ];
  test.each([[logCosh], [cosineDistance], [multiMargin]])("$name alone", (loss) => {
    const report = checkLoss(loss);
    expect(report.ok, String(report)).toBe(true);
  });

  describe("of pairs of numbers", () => {
    itObeysTheLaws({
      layers: [dense(2, 4), tanh, dense(4, 2)],
      loss: logCosh,
      inputs,
      targets: pairs,
      left: 0.5,
      steps: 200,
    });
  });

  describe("of whole rows", () => {
    itObeysTheLaws({
      layers: [dense(2, 4), tanh, dense(4, 2)],
      loss: cosineDistance,
      inputs,
      targets: pairs,
      left: 0.2,
      steps: 200,
    });
  });

  describe("of class indices", () => {
    itObeysTheLaws({
      layers: [dense(2, 4), tanh, dense(4, 3)],
      loss: multiMargin,
      inputs,
      targets: [0, 1, 2, 1, 0],
      left: 0.2,
      steps: 200,
    });
  });

  test("its numbers", () => {
    const weight = [
      [1, 0],
      [0, 1],
    ];
    expect(
      new Network([dense(2, 2, { weight })], { loss: cosineDistance }).evaluate(
        [
          [3, 4],
          [1, 0],
        ],
        [
          [4, 3],
          [0, 2],
        ],
      ).loss,
    ).toBeCloseTo((0.04 + 1) / 2, 15);
    expect(
      new Network([dense(2, 2, { weight })], { loss: multiMargin }).evaluate(
        [
          [3, 2.5],
          [1, 0],
        ],
        [0, 1],
      ).loss,
    ).toBe((0.5 + 2) / 4);
  });
});

describe("an initializer", () => {
  const ramp: Initializer = { name: "ramp", value: (index, { fanIn, fanOut }) => index / (fanIn * fanOut) };
  const coin: Initializer = {
    name: "coin",
    value: (index, { random, shape }) => (random.uniform(index) < 0.5 ? -1 : 1) / shape.at(-1)!,
  };

  test("it gets the index, the sizes and the shape", () => {
    const network = new Network([dense(3, 2, { weight: ramp, bias: ramp })]);
    expect(network.parameter("0.weight").value).toEqual([
      [0, 1 / 6, 2 / 6],
      [3 / 6, 4 / 6, 5 / 6],
    ]);
    expect(network.parameter("0.bias").value).toEqual([0, 1 / 4]);
  });

  test("its random numbers are those of the seed and of the place", () => {
    const layer = dense(8, 8, { weight: coin });
    const value = (seed: number, name = "0.weight") => new Network([layer, layer], { seed }).parameter(name).value;
    expect(new Set((value(1) as number[][]).flat())).toEqual(new Set([-1 / 8, 1 / 8]));
    expect(value(1)).toEqual(value(1));
    expect(value(2)).not.toEqual(value(1));
    expect(value(1, "1.weight")).not.toEqual(value(1));
  });

  describe("in a network", () => {
    itObeysTheLaws({
      layers: [dense(2, 6, { weight: coin, bias: coin }), tanh, dense(6, 1, { weight: coin })],
      loss: meanSquaredError,
      inputs,
      targets,
      left: 0.2,
      steps: 200,
    });
  });
});

describe("an optimizer", () => {
  test("signSgd and adagrad follow their formulas, number by number", () => {
    for (const [optimizer, formula] of [
      [signSgd(0.01), (p: number, g: number) => p - 0.01 * Math.sign(g)],
      [
        adagrad(0.1, 0.2),
        (p: number, g: number, t: number, memory: Record<string, number>) => {
          memory.sum = (memory.sum ?? 0) + g * g;
          return p - ((0.1 / (1 + (t - 1) * 0.2)) * g) / (Math.sqrt(memory.sum) + 1e-10);
        },
      ],
    ] as const) {
      const report = checkOptimizer(optimizer, formula);
      expect(report.ok, String(report)).toBe(true);
    }
  });

  const layers: readonly Layer[] = [dense(2, 6), tanh, dense(6, 1)];
  describe.each<[string, Optimizer]>([
    ["signSgd", signSgd(0.01)],
    ["adagrad", adagrad(0.2, 0)],
    ["sam around sgd with momentum", sam(sgd({ learningRate: 0.05, momentum: 0.9 }), 0.01)],
    ["sam around adam", sam(adam({ learningRate: 0.02 }), 0.01)],
    ["lineSearch", lineSearch(4)],
  ])("%s in a network", (_, optimizer) => {
    itObeysTheLaws({ layers, optimizer, loss: meanSquaredError, inputs, targets, left: 0.2, steps: 200 });
  });

  test("its scalars and its learning rate are seen, changed and cloned", () => {
    const network = new Network([dense(1, 1, { weight: [[1]] })], {
      loss: halfSquaredError,
      optimizer: adagrad(0.5, 0),
    });
    network.trainBatch([1], [0]);
    expect(network.parameter("0.weight").value[0]![0]).toBeCloseTo(0.5, 9); // the first step has the size of the learning rate
    expect(network.optimizer.scalars).toEqual({ learningRate: 0.5, decay: 0, step: 1 });
    network.optimizer.learningRate = 0;
    const before = network.parameter("0.weight").value;
    network.trainBatch([1], [0]);
    expect(network.parameter("0.weight").value).toEqual(before);
    expect(network.clone().optimizer.scalars).toEqual({ learningRate: 0, decay: 0, step: 2 });
  });
});

describe("an optimizer that evaluates the loss again within a step", () => {
  const layers: readonly Layer[] = [
    dense(2, 3, {
      weight: [
        [0.1, -0.4],
        [0.7, 0.2],
        [-0.3, 0.5],
      ],
    }),
    tanh,
    dense(3, 1, { weight: [[0.6, -0.2, 0.9]] }),
  ];
  const make = (optimizer: Optimizer, list = layers) =>
    new Network(list, { loss: meanSquaredError, optimizer, seed: 1 });

  test("sam's step is the gradient at the point that it looked at", () => {
    const network = make(sam(sgd({ learningRate: 0.1 }), 0.05));
    const twin = make(sgd({ learningRate: 0.1 }));
    twin.forward(inputs);
    twin.backward(targets);
    const starts = twin.parameters.map(({ value }) => value);
    const norm = Math.sqrt(
      twin.parameters.flatMap(({ gradient }) => gradient.flat()).reduce((sum, g) => sum + g * g, 0),
    );
    const ahead = make(sgd);
    for (const [i, parameter] of ahead.parameters.entries()) {
      const gradient = twin.parameters[i]!.gradient.flat();
      parameter.set(Float64Array.from(parameter.value.flat(), (p, j) => p + (0.05 / norm) * gradient[j]!));
    }
    ahead.forward(inputs);
    ahead.backward(targets);
    network.trainBatch(inputs, targets);
    for (const [i, { name, value, gradient }] of network.parameters.entries()) {
      const slope = ahead.parameters[i]!.gradient.flat();
      gradient.flat().forEach((g, j) => expect(g, name).toBeCloseTo(slope[j]!, 12));
      value.flat().forEach((p, j) => expect(p, name).toBeCloseTo(starts[i]!.flat()[j]! - 0.1 * slope[j]!, 12));
    }
  });

  test("trainBatch returns the loss before the update, whatever the optimizer looks at", () => {
    const network = make(sam(sgd({ learningRate: 0.1 }), 0.5));
    const { loss } = network.clone().evaluate(inputs, targets);
    expect(network.trainBatch(inputs, targets)).toBe(loss);
    const searching = make(lineSearch(100));
    expect(searching.trainBatch(inputs, targets)).toBe(loss);
  });

  test("the line search never goes up, from a rate at which plain descent does", async () => {
    const network = make(lineSearch(100));
    let last = Infinity;
    for (let step = 0; step < 50; step++) {
      const loss = network.trainBatch(inputs, targets);
      expect(loss).toBeLessThan(last);
      last = loss;
    }
    expect(network.optimizer.scalars.tries).toBeGreaterThan(1);
    const plain = make(sgd({ learningRate: 100 }));
    expect(plain.trainBatch(inputs, targets)).toBeLessThan(plain.trainBatch(inputs, targets));
    const { loss } = await make(lineSearch(100)).fit(inputs, targets, { epochs: 20, batchSize: 5, shuffle: false });
    loss.slice(1).forEach((each, i) => expect(each).toBeLessThan(loss[i]!));
  });

  test("random layers draw the same numbers again, other numbers in the next step", () => {
    const seen: number[] = [];
    const looking: Optimizer = {
      name: "looking",
      slots: [],
      scalars: {},
      step: (_, { evaluate }) => void seen.push(evaluate(), evaluate()),
    };
    const network = make(looking, [dense(2, 32), dropout(0.5), dense(32, 1)]);
    const losses = [network.trainBatch(inputs, targets), network.trainBatch(inputs, targets)];
    expect(seen).toEqual([losses[0], losses[0], losses[1], losses[1]]);
    expect(losses[0]).not.toBe(losses[1]);
  });

  test("row weights count in it, and frozen parameters stay", () => {
    const network = make(sam(sgd({ learningRate: 0.1 }), 0.05));
    network.freeze("2");
    const before = network.parameter("2.weight").value;
    const other = network.clone(),
      alone = network.clone();
    network.trainBatch(inputs, targets, { rowWeights: [2, 0, 0, 0, 0] });
    other.trainBatch(inputs, targets);
    alone.trainBatch([inputs[0]!], [targets[0]!], { rowWeights: [0.4] }); // 2 of 5 rows
    expect(network.parameter("2.weight").value).toEqual(before);
    expect(network.parameter("0.weight").value).not.toEqual(other.parameter("0.weight").value);
    network
      .parameter("0.weight")
      .value.flat()
      .forEach((p, i) => expect(p).toBeCloseTo(alone.parameter("0.weight").value.flat()[i]!, 14));
  });

  test("what it cannot repeat is refused", async () => {
    const network = make(sam(sgd, 0.05));
    network.forward(inputs);
    network.backward(targets);
    network.forward(inputs);
    network.backward(targets);
    expect(() => network.step()).toThrow(expect.objectContaining({ code: "order" }));
    network.forward(inputs);
    network.backwardFrom(targets);
    expect(() => network.step()).toThrow(expect.objectContaining({ code: "order" }));
    await expect(network.fit(inputs, targets, { epochs: 1, batchSize: 2, accumulate: 2 })).rejects.toThrow(
      ChainruleError,
    );
    expect(network.trainBatch(inputs, targets)).toBeGreaterThan(0);
  });

  test("with a layer that couples rows and a fused loss", () => {
    const network = new Network([dense(2, 4), batchNorm(), tanh, dense(4, 3), softmax], {
      loss: crossEntropy,
      optimizer: sam(adam({ learningRate: 0.05 }), 0.01),
      seed: 1,
    });
    const first = network.trainBatch(inputs, [0, 1, 2, 1, 0]);
    for (let step = 0; step < 100; step++) network.trainBatch(inputs, [0, 1, 2, 1, 0]);
    expect(network.trainBatch(inputs, [0, 1, 2, 1, 0])).toBeLessThan(0.2 * first);
  });
});
