import {
  ChainruleError,
  Network,
  adam,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  halfSquaredError,
  identity,
  meanSquaredError,
  sgd,
  sigmoid,
  softmax,
  tanh,
  type Layer,
} from "chainrule";
import { checkLayer } from "chainrule/check";
import { describe, expect, test } from "vitest";
import { batchNorm } from "./blocks/batch-norm.js";
import { dropout } from "./blocks/dropout.js";
import { embedding } from "./blocks/embedding.js";
import { layerNorm } from "./blocks/layer-norm.js";
import { itObeysTheLaws } from "./blocks/laws.js";
import { residual, sequential } from "./blocks/nested.js";

const inputs = [
  [0, 0.3],
  [0.2, 1],
  [1, -0.4],
  [1.3, 0.8],
  [-0.7, 0.1],
];
const targets = [[0.3], [1.2], [0.6], [2.1], [-0.6]];
const yes = [[0], [1], [1], [0], [1]];

const ok = (layer: Layer, options?: Parameters<typeof checkLayer>[1]) => {
  const report = checkLayer(layer, options);
  expect(report.ok, String(report)).toBe(true);
  return report;
};

describe("batch normalisation", () => {
  test("alone", () => {
    expect(ok(batchNorm(), { inputs: 3, rows: 5 }).checked).toBe(3 + 3 + 15);
    ok(batchNorm(), { inputs: 1, rows: 2 });
  });

  const twice = batchNorm();
  describe("in a network, twice the same", () => {
    itObeysTheLaws({
      layers: [dense(2, 4, { bias: false }), twice, tanh, dense(4, 3), twice, tanh, dense(3, 1)],
      loss: meanSquaredError,
      inputs,
      targets,
      left: 0.2,
      steps: 150,
    });
  });

  test("it normalises by the batch while training, and keeps running statistics for afterwards", () => {
    const network = new Network([batchNorm({ momentum: 0.1, epsilon: 0 }), dense(1, 1, { weight: [[1]] })], {
      loss: halfSquaredError,
      seed: 1,
    });
    expect(network.predict([3])).toEqual([3]);
    const [[first], [second], [third]] = network.forward([[1], [2], [6]]) as [[number], [number], [number]];
    const spread = Math.sqrt(14 / 3); // of 1, 2, 6 around 3: (4 + 1 + 9) / 3
    expect(first).toBeCloseTo(-2 / spread, 14);
    expect(second).toBeCloseTo(-1 / spread, 14);
    expect(third).toBeCloseTo(3 / spread, 14);
    const { buffers } = network.toJSON();
    expect(Object.keys(buffers)).toEqual(["0.running_mean", "0.running_var"]);
    expect((buffers["0.running_mean"] as number[])[0]).toBeCloseTo(0.3, 15);
    expect((buffers["0.running_var"] as number[])[0]).toBeCloseTo(0.9 + 0.1 * 7, 14); // unbiased: 14 / 2
    expect(network.predict([3])[0]).toBeCloseTo((3 - 0.3) / Math.sqrt(1.6), 14);
  });

  test("the bias just before it has gradient 0", () => {
    const network = new Network([dense(2, 3), batchNorm(), tanh, dense(3, 1)], { loss: meanSquaredError, seed: 1 });
    network.forward(inputs);
    network.backward(targets);
    for (const g of network.parameter("0.bias").gradient) expect(Math.abs(g)).toBeLessThan(1e-15);
  });

  test("a batch that it cannot take is refused, and the network goes on", () => {
    const network = new Network([dense(2, 3), batchNorm(), dense(3, 1)], {
      loss: meanSquaredError,
      optimizer: adam,
      seed: 1,
    });
    const before = JSON.stringify(network);
    expect(() => network.trainBatch([1, 2], [1])).toThrow(
      "batchNorm expected at least 2 rows, got 1: train on batches of at least 2",
    );
    expect(JSON.stringify(network)).toBe(before);
    expect(() => network.backward([1])).toThrow(ChainruleError);
    expect(network.trainBatch(inputs, targets)).toBeGreaterThan(0);
  });
});

describe("layer normalisation", () => {
  test("alone", () => {
    ok(layerNorm(), { inputs: 4, rows: 3 });
  });

  describe("in a network", () => {
    itObeysTheLaws({
      layers: [dense(2, 4, { bias: false }), layerNorm(), tanh, dense(4, 1)],
      loss: meanSquaredError,
      inputs,
      targets,
      left: 0.2,
      steps: 150,
    });
  });
});

describe("dropout", () => {
  test("alone", () => {
    expect(ok(dropout(0.4), { inputs: 6 }).tensors.map(({ name }) => name)).toEqual(["input"]);
  });

  const drop = dropout(0.3);
  describe("in a network, twice the same", () => {
    itObeysTheLaws({
      layers: [dense(2, 16), tanh, drop, dense(16, 8), drop, tanh, dense(8, 1)],
      loss: meanSquaredError,
      inputs,
      targets,
      left: 0.5,
      steps: 300,
    });
  });

  const ones = { data: new Float64Array(2000).fill(1), shape: [20, 100] as const };
  const drawn = (network: Network) => Array.from((network.forward(ones) as { data: Float64Array }).data);
  const make = (layers: readonly Layer[], seed: number) =>
    new Network([dense(100, 100, { weight: identityMatrix(100) }), ...layers], {
      loss: halfSquaredError,
      optimizer: sgd,
      seed,
    });

  test("it drops its share, and scales the rest up", () => {
    const kept = drawn(make([dropout(0.25)], 1));
    expect(new Set(kept)).toEqual(new Set([0, 1 / 0.75]));
    const share = kept.filter((value) => value === 0).length / kept.length;
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 2000)); // four standard deviations
  });

  test("in evaluation it does nothing", () => {
    const network = make([dropout(0.5)], 1);
    expect(network.predict(ones)).toEqual(ones);
    expect(network.evaluate(ones, ones).loss).toBe(0);
  });

  test("backward has the mask of its forward", () => {
    const network = make([dropout(0.5)], 1);
    const kept = drawn(network);
    network.predict(ones);
    const dInput = network.backwardFrom(ones) as { data: Float64Array };
    expect(Array.from(dInput.data)).toEqual(kept);
  });

  test("the same seed gives the same masks; another step, another place and another seed others", () => {
    const network = make([dropout(0.5)], 1);
    const first = drawn(network),
      second = drawn(network);
    expect(second).not.toEqual(first);
    const again = make([dropout(0.5)], 1);
    expect([drawn(again), drawn(again)]).toEqual([first, second]);
    expect(drawn(make([dropout(0.5)], 2))).not.toEqual(first);
    expect(drawn(make([identity, dropout(0.5)], 1))).not.toEqual(first);
    const twice = drawn(make([dropout(0.5), dropout(0.5)], 1));
    expect(twice.some((value, i) => value === 0 && first[i] !== 0)).toBe(true);
    expect(new Set(twice)).toEqual(new Set([0, 4]));
  });

  test("a clone draws what the original would have drawn", () => {
    const network = make([dropout(0.5)], 1);
    drawn(network);
    const clone = network.clone();
    expect(drawn(clone)).toEqual(drawn(network));
  });
});

const identityMatrix = (size: number) =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));

describe("embedding", () => {
  const ids = [
    [0, 3],
    [2, 2],
    [1, 0],
    [3, 1],
  ];

  test("alone", () => {
    const report = ok(embedding(2, 4, 3), { input: ids });
    expect(report.tensors.map(({ name, checked }) => [name, checked])).toEqual([["0.weight", 12]]);
  });

  describe("in a network", () => {
    itObeysTheLaws({
      layers: [embedding(2, 4, 3), dense(6, 4), tanh, dense(4, 3), softmax],
      loss: crossEntropy,
      inputs: ids,
      targets: [0, 1, 2, 1],
      left: 0.2,
      steps: 150,
    });
  });

  test("vectors by id, one after another; an id met twice adds up", () => {
    const network = new Network([embedding(2, 3, 2), dense(4, 1, { weight: [[1, 10, 100, 1000]] })], {
      loss: halfSquaredError,
      seed: 1,
    });
    network.parameter("0.weight").set([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(network.forward([2, 0])).toEqual([5 + 60 + 100 + 2000]);
    expect(network.outputs[0]).toEqual([5, 6, 1, 2]);
    network.backwardFrom([1]);
    expect(network.parameter("0.weight").gradient).toEqual([
      [100, 1000],
      [0, 0],
      [1, 10],
    ]);
    network.forward([1, 1]);
    network.backwardFrom([1]);
    expect(network.parameter("0.weight").gradient).toEqual([
      [100, 1000],
      [101, 1010],
      [1, 10],
    ]);
  });

  test("there is no derivative by an id", () => {
    const network = new Network([embedding(2, 3, 2), dense(4, 1)], { seed: 1 });
    network.forward([2, 0]);
    expect(network.backwardFrom([1])).toEqual([0, 0]);
  });

  test.each([[-1], [4], [0.5], [1e9]])(
    "the id %d is refused by the layer, in its own words, and the network goes on",
    (bad) => {
      const network = new Network([embedding(2, 4, 3), dense(6, 1)], {
        loss: meanSquaredError,
        optimizer: adam,
        seed: 1,
      });
      const undisturbed = network.clone();
      const before = JSON.stringify(network);
      for (const call of [
        () =>
          network.predict([
            [0, 1],
            [0, bad],
          ]),
        () =>
          network.forward([
            [0, 1],
            [0, bad],
          ]),
        () =>
          network.trainBatch(
            [
              [0, 1],
              [0, bad],
            ],
            [[1], [2]],
          ),
        () =>
          network.evaluate(
            [
              [0, 1],
              [0, bad],
            ],
            [[1], [2]],
          ),
      ]) {
        const error = thrown(call);
        expect(error).toBeInstanceOf(ChainruleError);
        expect(error).toMatchObject({
          code: "value",
          message: `embedding input[1][1] expected an id from 0 to 3, got ${bad}: ids count from 0`,
        });
      }
      expect(JSON.stringify(network)).toBe(before);
      expect(network.trainBatch([0, 1], [1])).toBe(undisturbed.trainBatch([0, 1], [1]));
      expect(JSON.stringify(network)).toBe(JSON.stringify(undisturbed));
    },
  );

  test("after another layer it is refused when the network is built", () => {
    expect(() => new Network([dense(2, 2), embedding(2, 3, 2)])).toThrow(ChainruleError);
    expect(() => new Network([dense(2, 2), sequential([embedding(2, 3, 2), tanh])])).toThrow(ChainruleError);
  });
});

function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("sequential and residual", () => {
  const shared = dense(3, 3);

  test("alone", () => {
    ok(sequential([dense(2, 3), tanh, dense(3, 2)]));
    ok(residual([dense(3, 3), tanh]));
    ok(residual([dense(2, 3), tanh], dense(2, 3)));
    ok(residual([sequential([shared, tanh]), residual([shared, sigmoid]), shared]));
    ok(sequential([residual([residual([shared, tanh]), tanh]), dense(3, 2), softmax]));
    ok(sequential([batchNorm(), residual([dense(2, 2), batchNorm(), dropout(0.3)])]), { inputs: 2, rows: 4 });
    ok(sequential([embedding(2, 4, 3), tanh]), {
      input: [
        [0, 1],
        [3, 3],
      ],
    });
  });

  describe("in a network, within each other, with one layer object in many places", () => {
    itObeysTheLaws({
      layers: [
        dense(2, 3),
        residual([sequential([shared, tanh]), residual([shared, tanh, shared])]),
        tanh,
        residual([shared], shared),
        dense(3, 1),
      ],
      loss: meanSquaredError,
      inputs,
      targets,
      left: 0.2,
      steps: 150,
    });
  });

  test("names say where a layer is", () => {
    const network = new Network([
      dense(2, 3),
      residual([dense(3, 3), tanh, dense(3, 3, { bias: false })]),
      sequential([shared, residual([batchNorm()], shared), shared]),
    ]);
    expect(network.parameters.map(({ name }) => name)).toEqual([
      "0.weight",
      "0.bias",
      "1.layers.0.weight",
      "1.layers.0.bias",
      "1.layers.2.weight",
      "2.layers.0.weight",
      "2.layers.0.bias",
      "2.layers.1.layers.0.weight",
      "2.layers.1.layers.0.bias",
      "2.layers.1.shortcut.weight",
      "2.layers.1.shortcut.bias",
      "2.layers.2.weight",
      "2.layers.2.bias",
    ]);
    expect(Object.keys(network.toJSON().buffers)).toEqual([
      "2.layers.1.layers.0.running_mean",
      "2.layers.1.layers.0.running_var",
    ]);
    network.freeze("2.layers.1");
    expect(network.parameters.filter(({ frozen }) => frozen).map(({ name }) => name)).toEqual([
      "2.layers.1.layers.0.weight",
      "2.layers.1.layers.0.bias",
      "2.layers.1.shortcut.weight",
      "2.layers.1.shortcut.bias",
    ]);
    expect(network.parameter("2.layers.0.weight").value).not.toEqual(network.parameter("2.layers.2.weight").value);
  });

  test("nested or not, the numbers are the same", () => {
    const weight = [
      [0.3, -0.2, 0.5],
      [0.1, 0.7, -0.4],
      [-0.6, 0.2, 0.9],
    ];
    const make = (layers: readonly Layer[]) =>
      new Network(layers, { loss: binaryCrossEntropy, optimizer: adam, seed: 1 });
    const flat = make([
      dense(2, 3, {
        weight: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      }),
      tanh,
      dense(3, 3, { weight }),
      tanh,
      dense(3, 1, { weight: [[1, -1, 2]] }),
      sigmoid,
    ]);
    const nest = make([
      sequential([
        dense(2, 3, {
          weight: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        }),
        tanh,
      ]),
      sequential([sequential([dense(3, 3, { weight }), tanh, dense(3, 1, { weight: [[1, -1, 2]] })])]),
      sigmoid,
    ]);
    for (let step = 0; step < 5; step++) expect(nest.trainBatch(inputs, yes)).toBe(flat.trainBatch(inputs, yes));
    expect(nest.parameters.map(({ value }) => value)).toEqual(flat.parameters.map(({ value }) => value));
  });

  test("a softmax in its end is known to the loss", () => {
    const network = new Network([sequential([dense(2, 3), softmax])], { loss: crossEntropy, optimizer: adam, seed: 1 });
    const flat = new Network([dense(2, 3), softmax], { loss: crossEntropy, seed: 1 });
    flat.load({
      ...flat.toJSON(),
      parameters: { "0.weight": network.parameter("0.layers.0.weight").value, "0.bias": [0, 0, 0] },
    });
    expect(network.trainBatch(inputs, [0, 1, 2, 1, 0])).toBeCloseTo(flat.evaluate(inputs, [0, 1, 2, 1, 0]).loss, 14);
    expect(() => new Network([sequential([dense(2, 3)])], { loss: crossEntropy })).toThrow(ChainruleError);
  });

  test("sizes that do not chain are found inside", () => {
    const loose: Layer[] = [dense(2, 3), dense(4, 1)];
    expect(() => new Network([sequential(loose)])).toThrow(ChainruleError);
    // @ts-expect-error layer 1 takes 4 of the 3
    expect(() => new Network([sequential([dense(2, 3), dense(4, 1)])])).toThrow(ChainruleError);
    // @ts-expect-error the next layer takes 2 of its 3
    expect(() => new Network([sequential([dense(2, 3), tanh]), dense(2, 1)])).toThrow(ChainruleError);
    const sized: Network<2, 1> = new Network([sequential([dense(2, 3), tanh]), residual([dense(3, 3)]), dense(3, 1)]);
    expect(sized.predict([1, 2]).length).toBe(1);
  });
});
