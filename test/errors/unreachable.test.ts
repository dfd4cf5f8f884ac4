import {
  activation,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  halfSquaredError,
  identity,
  leakyRelu,
  loss,
  meanSquaredError,
  Network,
  relu,
  sgd,
  sigmoid,
  softmax,
  softplus,
  tanh,
  type Layer,
  type Loss,
} from "chainrule";
import { describe, expect, it } from "vitest";

const build = (last: Layer, loss: Loss, outputs = 2) =>
  new Network([dense(2, outputs), last] as Layer[], { loss, optimizer: sgd, seed: 1 });

const clipped = activation({
  name: "clipped",
  apply: (z) => 4 + Math.tanh(z),
  derivative: (z) => 1 - Math.tanh(z) * Math.tanh(z),
  range: [3, 5],
});

/** What a last layer can give, and what it can't, with the words for both. */
const cases: readonly [name: string, last: Layer, good: number[][], bad: number[][], expected: string, got: string][] =
  [
    [
      "sigmoid",
      sigmoid,
      [
        [0, 1],
        [1 + 9e-7, -9e-7],
      ],
      [[0.5, 1.1]],
      "from 0 to 1, which is all that sigmoid gives",
      "numbers from 0.5 to 1.1",
    ],
    ["sigmoid", sigmoid, [[0.2, 0.3]], [[-1, 0.5]], "numbers from 0 to 1", "numbers from -1 to 0.5"],
    ["tanh", tanh, [[-1, 1]], [[-1.5, 1]], "from -1 to 1, which is all that tanh gives", "numbers from -1.5 to 1"],
    [
      "relu",
      relu,
      [[0, 1e9]],
      [[-0.001, 1]],
      "numbers of at least 0, which is all that relu gives",
      "from -0.001 to 1",
    ],
    ["softplus", softplus({ beta: 2 }), [[0, 7]], [[-3, -3]], "numbers of at least 0", "got numbers of -3"],
    ["leakyRelu of slope 0", leakyRelu({ slope: 0 }), [[0, 7]], [[-3, 1]], "numbers of at least 0", "from -3 to 1"],
    [
      "softmax",
      softmax,
      [
        [0.3, 0.7],
        [1, 0],
        [0.5, 0.5 + 9e-7],
      ],
      [[1, 1]],
      "rows that sum to 1, which",
      "a row that sums to 2",
    ],
    ["softmax", softmax, [[0, 1]], [[0.3, 0.3]], "rows that sum to 1", "a row that sums to 0.6"],
    ["softmax", softmax, [[0, 1]], [[2, -1]], "numbers from 0 to 1", "numbers from -1 to 2"],
    ["one's own", clipped, [[3, 5]], [[2, 4]], "numbers from 3 to 5, which is all that clipped gives", "from 2 to 4"],
  ];

describe.each(cases)("targets behind %s", (_, last, good, bad, expected, got) => {
  it.each([meanSquaredError, halfSquaredError])("are refused if it can never give them", async (usual) => {
    const network = build(last, usual);
    const before = JSON.stringify(network);
    const inputs = [...good, ...bad].map(() => [1, 2]);
    const remedy = `write ${usual.name}({ targets: "real" })`;
    for (const part of [expected, got, remedy]) {
      expect(() => network.trainBatch(inputs.slice(0, bad.length), bad)).toThrow(part);
      await expect(network.fit(inputs.slice(0, bad.length), bad, { epochs: 1 })).rejects.toThrow(part);
    }
    await expect(network.fit(inputs, [...good, ...bad], { epochs: 1 })).rejects.toThrow("fit targets expected");
    expect(JSON.stringify(network)).toBe(before);
    await network.fit(inputs.slice(0, good.length), good, { epochs: 1 });
    for (const target of good) network.trainBatch([1, 2], target);

    const meant = build(last, usual({ targets: "real" }));
    await meant.fit(inputs, [...good, ...bad], { epochs: 1 });
    meant.trainBatch([1, 2], bad[0]!);
  });

  it("are compared all the same by evaluate and backward, which change nothing", () => {
    const network = build(last, meanSquaredError);
    expect(network.evaluate([1, 2], bad[0]!).loss).toBeGreaterThan(0);
    network.forward([1, 2]);
    expect(network.backward(bad[0]!)).toBeGreaterThan(0);
  });
});

it("any number can be reached by a dense layer, by identity, and by leakyRelu", () => {
  for (const last of [identity, leakyRelu]) build(last, meanSquaredError).trainBatch([1, 2], [-3, 4]);
  new Network([dense(2, 2)], { loss: meanSquaredError, optimizer: sgd }).trainBatch([1, 2], [-3, 4]);
});

it("what is missing may be anything", () => {
  const missing = meanSquaredError({ missing: NaN });
  build(sigmoid, missing).trainBatch([1, 2], [NaN, 1]);
  build(softmax, missing, 3).trainBatch([1, 2], [0.2, NaN, 0.3]);
  expect(() => build(softmax, missing, 3).trainBatch([1, 2], [0.8, NaN, 0.3])).toThrow("a row that sums to 1.1");
  expect(() => build(sigmoid, missing).trainBatch([1, 2], [NaN, 2])).toThrow("got numbers of 2");
});

it("a loss of one's own asks for it, or does not", () => {
  const formula = {
    name: "own",
    value: (p: number, t: number) => (p - t) ** 2,
    derivative: (p: number, t: number) => 2 * (p - t),
  };
  build(sigmoid, loss(formula)).trainBatch([1, 2], [3, 4]);
  expect(() => build(sigmoid, loss({ ...formula, targets: "reachable" })).trainBatch([1, 2], [3, 4])).toThrow(
    "numbers from 0 to 1",
  );
});

it("softmax of one output is refused, since it is 1 for ever", () => {
  for (const usual of [meanSquaredError, halfSquaredError, meanSquaredError({ missing: NaN }), binaryCrossEntropy])
    expect(() => build(softmax, usual, 1)).toThrow(
      "expected predictions that can change, got softmax of 1 output, which is 1 for ever: end the network in sigmoid",
    );
  expect(() => build(softmax, crossEntropy, 1).trainBatch([1, 2], [0])).toThrow("probabilities that sum to 1");
  build(softmax, meanSquaredError({ targets: "real" }), 1);
  new Network([dense(2, 1), softmax, dense(1, 1)], { loss: meanSquaredError });
});

it("a range is one of three words, or two bounds", () => {
  for (const range of [[1, 0], [0], [0, NaN], ["0", 1], "positive", [0, 1, 2]])
    expect(() => activation({ name: "own", apply: (z) => z, derivative: () => 1, range: range as never })).toThrow(
      'range expected "real", "unit", "simplex" or bounds [least, most]',
    );
});
