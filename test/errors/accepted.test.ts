import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import {
  ChainruleError,
  Network,
  activation,
  adam,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  leakyRelu,
  meanSquaredError,
  reference,
  sgd,
  sigmoid,
  softmax,
  tanh,
} from "chainrule";
import { build, classes, line, type Loose, regression, regressionOnOne, wide } from "./subjects.js";

// What is unusual and must work: the same as its plain counterpart, to the bit.

class Rows extends Array<unknown> {}

const deepFrozen = <T>(value: T): T => {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
    Object.values(value).forEach(deepFrozen);
  return ArrayBuffer.isView(value) ? value : Object.freeze(value);
};

const nullPrototype = (entries: object): object => Object.assign(Object.create(null) as object, entries);

const elsewhere = <T>(code: string): T => runInNewContext(`(${code})`) as T;

const plain = [
  [0, 1],
  [1, 0],
];

test.each<[string, unknown]>([
  [
    "frozen lists",
    deepFrozen([
      [0, 1],
      [1, 0],
    ]),
  ],
  ["a list of Float64Arrays", plain.map((row) => Float64Array.from(row))],
  ["a list of Uint8Arrays", plain.map((row) => Uint8Array.from(row))],
  ["lists and typed arrays mixed", [[0, 1], Int8Array.of(1, 0)]],
  ["a subclass of Array", Rows.from(plain.map((row) => Rows.from(row)))],
  ["a proxy of a list", new Proxy(plain, {})],
  ["lists of another realm", elsewhere("[[0, 1], [1, 0]]")],
  ["typed arrays of another realm", elsewhere("[Float64Array.of(0, 1), Float64Array.of(1, 0)]")],
  [
    "-0 for 0",
    [
      [-0, 1],
      [1, -0],
    ],
  ],
])("predict takes %s", (_, rows) => {
  const network = regression.make();
  expect(network.predict(rows)).toEqual(network.predict(plain));
  expect(network.forward(rows)).toEqual(regression.make().forward(plain));
});

test.each([
  Float64Array.of(0, 1),
  Float32Array.of(0, 1),
  Int8Array.of(0, 1),
  Uint8Array.of(0, 1),
  Uint8ClampedArray.of(0, 1),
  Int16Array.of(0, 1),
  Uint16Array.of(0, 1),
  Int32Array.of(0, 1),
  Uint32Array.of(0, 1),
  Buffer.of(0, 1),
  new Float64Array([9, 0, 1, 9]).subarray(1, 3),
  new Uint8Array(new SharedArrayBuffer(2)).fill(1, 1),
])("predict takes a typed array: %o", (row) => {
  const network = regression.make();
  expect(network.predict(row)).toEqual(Float64Array.from(network.predict([0, 1]) as number[]));
});

test.each([Float64Array, Float32Array, Uint8Array])("predict takes a matrix of %o", (View) => {
  const network = regression.make();
  const { data, shape } = network.predict(deepFrozen({ data: View.of(0, 1, 1, 0), shape: [2, 2] })) as {
    data: Float64Array;
    shape: number[];
  };
  expect(shape).toEqual([2, 1]);
  expect(Array.from(data, (each) => [each])).toEqual(network.predict(plain));
});

const options = { epochs: 2, batchSize: 2, shuffle: false };

test.each<[string, object]>([
  ["frozen", Object.freeze({ ...options })],
  ["without a prototype", nullPrototype(options)],
  ["from JSON", JSON.parse(JSON.stringify(options)) as object],
  ["of another realm", elsewhere(JSON.stringify(options))],
  ["a proxy", new Proxy(options, {})],
  [
    "with undefined where there is nothing to say",
    { ...options, accumulate: undefined, onEpoch: undefined, signal: undefined },
  ],
])("options: %s", async (_, unusual) => {
  const [a, b] = [regression.make(), regression.make()];
  expect(await a.fit(regression.input, regression.target, unusual)).toEqual(
    await b.fit(regression.input, regression.target, options),
  );
  expect(a.toJSON()).toEqual(b.toJSON());
});

test("options that are undefined are those that are left out", () => {
  const nothing = { loss: undefined, optimizer: undefined, dtype: undefined, backend: undefined };
  const layer = () => dense(2, 1, { weight: undefined, bias: undefined, freeze: undefined } as never);
  expect(build([layer()], { ...nothing, seed: 3 }).toJSON()).toEqual(build([dense(2, 1)], { seed: 3 }).toJSON());
  expect(adam({ learningRate: undefined } as never).scalars).toEqual(adam.scalars);
  expect(regression.make().predict([0, 1], { out: undefined })).toEqual(regression.make().predict([0, 1]));
  expect(regression.make().predict([0, 1], undefined)).toEqual(regression.make().predict([0, 1]));
  expect(() => regression.make().backward(regression.target, { rowWeights: undefined })).not.toThrow();
  expect(regression.make().clone({ dtype: undefined }).toJSON()).toEqual(regression.make().toJSON());
});

test("the ends of what is allowed", () => {
  for (const seed of [0, 2 ** 53 - 1]) expect(build([dense(1, 1)], { seed }).seed).toBe(seed);
  expect(sgd({ learningRate: 0, momentum: 0, weightDecay: 0 }).scalars.learningRate).toBe(0);
  expect(leakyRelu({ slope: -1 }).apply(-2)).toBe(2);
  const network = line.make();
  network.optimizer.learningRate = 0;
  expect(network.optimizer.learningRate).toBe(0);
  for (const tau of [0, 1, undefined]) network.copyFrom(line.make(), tau);
  network.trainBatch([[1], [2]], [[1], [2]], { rowWeights: Float32Array.of(0, -1) });
});

test.each<[string, unknown, Loose]>([
  ["class indices in a typed array", Uint8Array.of(0, 1, 2), classes.make()],
  ["class indices, frozen", Object.freeze([0, 1, 2]), classes.make()],
  [
    "one-hot rows",
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    classes.make(),
  ],
  ["one-hot rows in a matrix", { data: Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), shape: [3, 3] }, classes.make()],
])("targets: %s", (_, target, network) => {
  expect(network.backward(target)).toBe(classes.make().backward([0, 1, 2]));
});

test("probabilities may be off by what float32 rounds", () => {
  const thirds = Float32Array.of(1 / 3, 1 / 3, 1 / 3);
  expect(() => classes.make().backward([thirds, thirds, thirds])).not.toThrow();
});

test("a batch of one is not an example", () => {
  expect(regressionOnOne.make().backward([1])).toBe(regressionOnOne.make().backward(Float32Array.of(1)));
  expect(wide.make().predict([[0, 1]])).toHaveLength(1);
});

test("a JSON text without surprises: keys such as __proto__ reach nobody", () => {
  const saved = JSON.parse('{ "__proto__": { "polluted": true } }') as object;
  expect(() => regression.make().load(saved)).toThrow(ChainruleError);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("what others have added to Object.prototype isn't an option", () => {
  const prototype = Object.prototype as { stranger?: string };
  prototype.stranger = "hello";
  try {
    const out = new Float64Array(1);
    const network = build([dense(2, 1, { bias: false })], {
      loss: meanSquaredError,
      optimizer: sgd({ learningRate: 0.1 }),
    });
    network.predict([0, 1], { out });
    network.trainBatch([[0, 1]], [[1]], { rowWeights: [1] });
    network.load(network.toJSON(), { only: ["0"] });
  } finally {
    delete prototype.stranger;
  }
});

test("out is filled and returned", () => {
  const network = regression.make();
  const out = new Float64Array(2);
  expect(network.predict(plain, { out })).toBe(out);
  expect(Array.from(out, (each) => [each])).toEqual(network.predict(plain));
});

test("a name may stand for a layer, and be said twice", () => {
  const network = regression.make();
  network.freeze("0", "0.bias", "0");
  expect(network.parameters.map(({ frozen }) => frozen)).toEqual([true, true, false, false, false]);
  network.load(JSON.parse(JSON.stringify(network)), { only: Object.freeze(["0", "2.count"]) });
});

test("blocks without a prototype, and frozen ones", () => {
  const square = activation(
    nullPrototype({ name: "square", apply: (z: number) => z * z, derivative: (z: number) => 2 * z }) as never,
  );
  const copy = nullPrototype({ ...tanh, kind: "copy" });
  expect(build([dense(1, 1, { weight: [[3]] }), Object.freeze(square), copy]).predict([1])).toEqual([tanh.apply(9)]);
});

test("losses after every layer that can come before them", () => {
  new Network([dense(2, 2), softmax], { loss: binaryCrossEntropy });
  new Network([dense(2, 2), sigmoid], { loss: meanSquaredError });
  new Network([dense(2, 2)], { loss: crossEntropy({ fromLogits: true }) });
});

test("a batch that memory can't hold is refused, and what was there goes on", () => {
  const [network, twin] = [regression.make(), regression.make()];
  const memory = ArrayBuffer;
  vi.spyOn(WebAssembly, "Memory").mockImplementation(function () {
    throw new RangeError("could not allocate memory");
  });
  vi.stubGlobal(
    "ArrayBuffer",
    class extends memory {
      constructor() {
        super(0);
        throw new RangeError("Array buffer allocation failed");
      }
    },
  );
  try {
    expect(() => network.forward(Array.from({ length: 100_000 }, () => [0, 1]))).toThrow(
      "network expected layers and a batch that fit in memory",
    );
  } finally {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
  expect(network.backward(regression.target)).toBe(twin.backward(regression.target));
  expect(network.forward([[0, 1]])).toEqual(twin.forward([[0, 1]]));
});

test("a clone goes on where the network is: between steps, and between a backward and its step", () => {
  const network = regression.make();
  network.backward(regression.target);
  const early = network.clone();
  network.step();
  early.step();
  expect(early.toJSON()).toEqual(network.toJSON());
  const late = network.clone();
  expect(late.trainBatch(regression.input, regression.target)).toBe(
    network.trainBatch(regression.input, regression.target),
  );
  expect(late.toJSON()).toEqual(network.toJSON());
});

test("the name of a network in errors and consoles", () => {
  expect(Network.name).toBe("Network");
  expect(reference.name).toBe("reference");
});
