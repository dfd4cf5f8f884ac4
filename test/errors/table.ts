import * as chainrule from "chainrule";
import type { ErrorCode } from "chainrule";
import {
  after, asking, bare, binary, build, classes, classOfOne, fresh, layerWith, lib, line, type Loose, lossOnly, lossWith, optimizerWith,
  regression, regressionOnOne, single, single32, type Subject, wide, wobble,
} from "./subjects.js";

const { Network, adam, binaryCrossEntropy, constant, crossEntropy, dense, glorot, logProgress, meanSquaredError, relu, sgd, sigmoid, softmax, tanh } = chainrule;

/** A call that has to be refused. */
export interface Row {
  /** What is called, in short. */
  readonly entry: string;
  /** What it is given. */
  readonly bad: unknown;
  readonly subject: Subject | undefined;
  readonly call: (network: Loose, bad: never) => unknown;
  readonly code: ErrorCode;
  readonly where: string;
  /** To be found in the remedy. */
  readonly remedy: string;
  /** The call was right in itself: a forward has run, and only parameters, buffers and optimizer stay as they were. */
  readonly spends: boolean;
}

/** The bad value, the code, something of the remedy; the place, if it isn't that of the section (`[1]` is added to it). */
type Case = readonly [bad: unknown, code: ErrorCode, remedy: string, where?: string];

const place = (where: string, said: string | undefined): string =>
  said === undefined ? where : /^[.[]/.test(said) ? where + said : said;

/** One entry and argument, and all that is bad there. */
const section = (
  entry: string,
  where: string,
  subject: Subject | undefined,
  call: Row["call"],
  cases: readonly Case[],
  spends = false,
): Row[] =>
  cases.map(([bad, code, remedy, said]) => ({ entry, bad, subject, call, code, where: place(where, said), remedy, spends }));

// Values that are bad wherever they come.

const detached = (): Float64Array => {
  const array = new Float64Array(2);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
};

const bare2 = (entries: Readonly<Record<string, unknown>>): object => Object.assign(Object.create(null) as object, entries);

const own = (key: string, value: unknown = 1): unknown => JSON.parse(`{ ${JSON.stringify(key)}: ${JSON.stringify(value)} }`);

class Settings {
  learningRate = 0.1;
}

const hostile = new Proxy({}, {
  get: () => {
    throw new Error("hands off");
  },
  getPrototypeOf: () => {
    throw new Error("hands off");
  },
});

/** Bad examples for a network of two inputs. */
const examples: readonly Case[] = [
  [undefined, "type", "a list of 2 numbers"],
  [null, "type", "a list of 2 numbers"],
  ["0, 1", "type", "a list of 2 numbers"],
  [0.5, "type", "a list of 2 numbers"],
  [true, "type", "a list of 2 numbers"],
  [10n, "type", "a list of 2 numbers"],
  [Symbol("x"), "type", "a list of 2 numbers"],
  [{}, "type", "a list of 2 numbers"],
  [bare2({ length: 2, 0: 1, 1: 1 }), "type", "a list of 2 numbers"],
  [() => [0, 1], "type", "call it"],
  [Promise.resolve([0, 1]), "type", "await it"],
  [new Date(0), "type", "a list of 2 numbers"],
  [new Map([[0, 1]]), "type", "copy its numbers"],
  [new Set([0, 1]), "type", "copy its numbers"],
  [new DataView(new ArrayBuffer(16)), "type", "copy its numbers"],
  [new BigInt64Array(2), "type", "copy its numbers"],
  [new ArrayBuffer(16), "type", "a list of 2 numbers"],
  [[], "shape", "at least one example"],
  [new Float64Array(0), "shape", "at least one example"],
  [detached(), "shape", "transferred"],
  [[0], "shape", "a list of 2 numbers"],
  [[0, 1, 2], "shape", "a list of 2 numbers"],
  [[0, 1, 1, 0], "shape", "[[0, 1], [1, 0]]"],
  [Float32Array.of(0, 1, 1, 0), "shape", "{ data, shape: [2, 2] }"],
  [[[]], "shape", "a list of 2 numbers", "[0]"],
  [[[0, 1, 2], [3, 4, 5]], "shape", "a list of 2 numbers"],
  [[[0, 1], [2]], "shape", "a list of 2 numbers", "[1]"],
  [[[0, 1], 2], "shape", "for each example", "[1]"],
  [[[0, 1], undefined], "shape", "for each example", "[1]"],
  [[[0, 1], "2, 3"], "shape", "for each example", "[1]"],
  [[[[0, 1]]], "shape", "brackets"],
  [[NaN, 1], "value", "replace it", "[0]"],
  [[0, Infinity], "value", "replace it", "[1]"],
  [[[0, 1], [0, -Infinity]], "value", "replace it", "[1][1]"],
  [Float64Array.of(0, NaN), "value", "replace it", "[1]"],
  [[Float32Array.of(0, 1), Float32Array.of(NaN, 1)], "value", "replace it", "[1][0]"],
  [["0", 1], "type", "write 0", "[0]"],
  [[0, "one"], "type", "a number in its place", "[1]"],
  [[0, true], "type", "write 1", "[1]"],
  [[0, 10n], "type", "write 10", "[1]"],
  [[0, null], "type", "a number in its place", "[1]"],
  // eslint-disable-next-line no-sparse-arrays
  [[0, ,], "type", "a number in its place", "[1]"],
  [[0, {}], "type", "a number in its place", "[1]"],
  [[0, Symbol("y")], "type", "a number in its place", "[1]"],
  [[0, hostile], "type", "a number in its place", "[1]"],
  [[[0, [1]], [0, 1]], "shape", "brackets", "[0][1]"],
  [{ data: [0, 1], shape: [1, 2] }, "type", "new Float64Array", ".data"],
  [{ data: new Float64Array(2), shape: [2, 1] }, "shape", "[rows, 2]", ".shape"],
  [{ data: new Float64Array(2), shape: [2] }, "shape", "[rows, 2]", ".shape"],
  [{ data: new Float64Array(2), shape: "1,2" }, "shape", "[rows, 2]", ".shape"],
  [{ data: new Float64Array(3), shape: [1.5, 2] }, "shape", "[rows, 2]", ".shape"],
  [{ data: new Float64Array(0), shape: [0, 2] }, "shape", "[rows, 2]", ".shape"],
  [{ data: new Float64Array(3), shape: [1, 2] }, "shape", "new Float64Array(2)", ".data"],
  [{ data: detached(), shape: [1, 2] }, "shape", "new Float64Array(2)", ".data"],
  [{ data: Float64Array.of(0, NaN), shape: [1, 2] }, "value", "replace it", ".data[1]"],
];

/** Some of them: the depths, the lengths, and a number that is none. */
const someExamples = examples.filter((_, index) => [0, 9, 17, 22, 27, 31, 40, 47].includes(index));

/** Bad targets for examples that have one output, three at a time. */
const targets: readonly Case[] = [
  [undefined, "type", "for each example, in a list"],
  [null, "type", "for each example, in a list"],
  ["1", "type", "for each example, in a list"],
  [1, "shape", "for each example, in a list"],
  [[1, 0], "shape", "as many targets as inputs"],
  [Float64Array.of(1, 0, 1, 0), "shape", "as many targets as inputs"],
  [[1, "0", 1], "type", "write 0", "[1]"],
  [[1, [0], 1], "shape", "brackets", "[1]"],
  [[1, 0, NaN], "value", "replace it", "[2]"],
  [[[1], [0]], "shape", "as many targets as inputs"],
  [[[1], [0], [1], [0]], "shape", "as many targets as inputs"],
  [[], "shape", "for each example, in a list"],
  [[[1, 2], [3, 4], [5, 6]], "shape", "a list of 1 number"],
  [[[1], [0], 1], "shape", "for each example", "[2]"],
  [[[1], [NaN], [1]], "value", "replace it", "[1][0]"],
  [[[1], ["0"], [1]], "type", "write 0", "[1][0]"],
  [[[[1]], [[0]], [[1]]], "shape", "brackets", "[0][0]"],
  [{ data: new Float64Array(3), shape: [1, 3] }, "shape", "[rows, 1]", ".shape"],
];

const targetsOfOne: readonly Case[] = [
  [undefined, "type", "since the input was one example"],
  [1, "shape", "write [1]"],
  [NaN, "shape", "since the input was one example"],
  [[[1]], "shape", "since the input was one example"],
  [[1, 2], "shape", "[[1], [2]]"],
  [[Infinity], "value", "replace it", "[0]"],
  [{ data: new Float64Array(1), shape: [1, 1] }, "shape", "since the input was one example"],
];

const classTargets: readonly Case[] = [
  [[0, 1, -1], "value", "number the classes", "[2]"],
  [[0, 1, 3], "value", "4 outputs", "[2]"],
  [[0, 1.5, 2], "value", "number the classes", "[1]"],
  [[0, NaN, 2], "value", "number the classes", "[1]"],
  [[0, "1", 2], "type", "write 1", "[1]"],
  [[0, undefined, 2], "type", "number the classes", "[1]"],
  [["cat", "dog", "cat"], "type", "number the classes", "[0]"],
  [[0, 1], "shape", "as many targets as inputs"],
  [[[0], [1], [2]], "shape", "a class index"],
  [[[0.5, 0.5, 0.5], [1, 0, 0], [1, 0, 0]], "value", "divide each row by its sum", "[0]"],
  [[[1, 0, 0], [1.5, -0.5, 0], [1, 0, 0]], "value", "scale the targets", "[1]"],
  [[[1, 0], [0, 1], [1, 0]], "shape", "a list of 3 numbers"],
  [2, "shape", "for each example, in a list"],
  ["cat", "type", "for each example, in a list"],
];

/** Options that are no options object. */
const notOptions: readonly Case[] = [
  [null, "type", "write {"],
  ["fast", "type", "write {"],
  [[], "type", "write {"],
  [[["learningRate", 0.1]], "type", "write {"],
  [new Map([["learningRate", 0.1]]), "type", "write {"],
  [new Settings(), "type", "write {"],
  [Object.create({ learningRate: 0.1 }), "type", "write {"],
  [Symbol("options"), "type", "write {"],
  [10n, "type", "write {"],
];

const outs = (columns: number): readonly Case[] => [
  [{ out: [0] }, "type", `new Float64Array(${columns})`, " out"],
  [{ out: new Float32Array(columns) }, "type", `new Float64Array(${columns})`, " out"],
  [{ out: null }, "type", `new Float64Array(${columns})`, " out"],
  [{ out: new Float64Array(columns + 1) }, "shape", `new Float64Array(${columns})`, " out"],
  [{ out: new Float64Array(0) }, "shape", `new Float64Array(${columns})`, " out"],
  [{ output: new Float64Array(columns) }, "option", "write out"],
  [own("__proto__", { out: 1 }), "option", "leave it out"],
  [new Float64Array(columns), "type", "write { out", " options"],
  [null, "type", "write { out", " options"],
  [[], "type", "write { out", " options"],
];

/** `where`, with what is appended to it by the cases. */
const below = (where: string, cases: readonly Case[]): readonly Case[] =>
  cases.map(([bad, code, remedy, said]) => [bad, code, remedy, where + (said ?? "")]);

const notRates: readonly Case[] = [
  [NaN, "value", "= 0.01"],
  [Infinity, "value", "= 0.01"],
  [-0.1, "value", "= 0.01"],
  ["0.1", "value", "= 0.01"],
  [null, "value", "= 0.01"],
  [undefined, "value", "= 0.01"],
];

const rowWeightsOf3: readonly Case[] = [
  [{ rowWeights: [1, 1] }, "shape", "rowWeights: [1, 1, …]", " rowWeights"],
  [{ rowWeights: [] }, "shape", "rowWeights: [1, 1, …]", " rowWeights"],
  [{ rowWeights: [[1, 1, 1], [1, 1, 1], [1, 1, 1]] }, "shape", "rowWeights: [1, 1, …]", " rowWeights"],
  [{ rowWeights: 2 }, "type", "rowWeights: [1, 1, …]", " rowWeights"],
  [{ rowWeights: null }, "type", "rowWeights: [1, 1, …]", " rowWeights"],
  [{ rowWeights: "111" }, "type", "rowWeights: [1, 1, …]", " rowWeights"],
  [{ rowWeights: new DataView(new ArrayBuffer(24)) }, "type", "rowWeights: [1, 1, …]", " rowWeights"],
  [{ rowWeights: [1, NaN, 1] }, "value", "replace it", " rowWeights[1]"],
  [{ rowWeights: [1, "1", 1] }, "type", "write 1", " rowWeights[1]"],
  [{ weight: [1, 1, 1] }, "option", "write rowWeights"],
  [{ weights: [1, 1, 1] }, "option", "write rowWeights"],
  [{ sampleWeight: [1, 1, 1] }, "option", "write rowWeights"],
  [{ sampleWeights: [1, 1, 1] }, "option", "write rowWeights"],
  [{ sample_weight: [1, 1, 1] }, "option", "write rowWeights"],
  [{ sample_weights: [1, 1, 1] }, "option", "write rowWeights"],
  [[1, 1, 1], "type", "write { rowWeights", " options"],
];

const state = (change: (state: { format: unknown; version: unknown; parameters: Record<string, unknown>; buffers: Record<string, unknown> }) => void): unknown => {
  const saved = JSON.parse(JSON.stringify(regression.make())) as Parameters<typeof change>[0];
  change(saved);
  return saved;
};

/** A loss that cannot be finite. */
const endless = lib.loss!({ name: "endless", value: (p: number) => (p > 1e6 ? Infinity : p), derivative: () => 1 });

/** A loss whose gradient is not finite far out. */
const steep = lib.loss!({ name: "steep", value: (p: number) => p, derivative: (p: number) => (p > 1e6 ? NaN : 1) });

const far = (loss: unknown): Subject => after(
  {
    make: () => build([dense(1, 1, { weight: [[1]] })], { loss, optimizer: adam, seed: 1 }),
    input: [1],
    target: [0],
  },
  (network, { input, target }) => network.trainBatch(input, target),
);

const explodes = layerWith({
  kind: "explodes",
  forward() {
    throw new chainrule.ChainruleError({ code: "value", where: "explodes", expected: "mercy", got: "a forward", remedy: "don't" });
  },
});

const explosive: Subject = {
  make: () => build([dense(2, 2), explodes, dense(2, 1)], { loss: meanSquaredError, optimizer: adam, seed: 1 }),
  input: [0, 1],
  target: [1],
};

const layers = [dense(2, 1)];
const formula = { name: "square", apply: (z: number) => z * z, derivative: (z: number) => 2 * z };
const lossFormula = { name: "mine", value: (p: number, t: number) => p - t, derivative: () => 1 };

export const table: readonly Row[] = [
  // Misspelt parts, and layers that are no list.

  ...section("activation({ …, bad })", "activation square", undefined, (_, bad) => lib.activation!({ name: "square", apply: (z: number) => z * z, derivative: (z: number) => 2 * z, ...(bad as object) }), [
    [{ rang: "real" }, "option", "write range"],
    [{ aply: () => 0 }, "option", "write apply"],
  ]),
  ...section("loss({ …, bad })", "loss square", undefined, (_, bad) => lib.loss!({ name: "square", value: (p: number, t: number) => (p - t) * (p - t), derivative: (p: number, t: number) => 2 * (p - t), ...(bad as object) }), [
    [{ divsor: () => 1 }, "option", "write divisor"],
    [{ target: "unit" }, "option", "write targets"],
  ]),
  ...section("new Network(dense(2, 1), bad)", "network", undefined, (_, bad) => build(dense(2, 1), bad), [
    [dense(1, 1), "type", "new Network([dense(2, 8), tanh, dense(8, 1)])", "network layers"],
  ]),

  // Layers.

  ...section("dense(bad, 1)", "dense inputs", undefined, (_, bad) => dense(bad, 1), [
    [0, "value", "dense(2, 8)"],
    [-1, "value", "dense(2, 8)"],
    [2.5, "value", "dense(2, 8)"],
    [NaN, "value", "dense(2, 8)"],
    [Infinity, "value", "dense(2, 8)"],
    [2 ** 53, "value", "dense(2, 8)"],
    [2 ** 31, "value", "dense(2, 8)"],
    ["8", "value", "write 8"],
    [8n, "value", "write 8"],
    [null, "value", "dense(2, 8)"],
    [[2], "value", "dense(2, 8)"],
    [{ units: 8 }, "value", "dense(2, 8)"],
    [Symbol("2"), "value", "dense(2, 8)"],
    [new Date(2), "value", "dense(2, 8)"],
    [hostile, "value", "dense(2, 8)"],
  ]),
  ...section("dense(2, bad)", "dense outputs", undefined, (_, bad) => dense(2, bad), [
    [undefined, "value", "dense(2, 8)"],
    [0, "value", "dense(2, 8)"],
    [-1, "value", "dense(2, 8)"],
    [2.5, "value", "dense(2, 8)"],
    ["8", "value", "write 8"],
    [2 ** 53, "value", "dense(2, 8)"],
    [{ activation: "relu" }, "value", "dense(2, 8)"],
    [true, "value", "dense(2, 8)"],
  ]),
  ...section("dense(2, 3, bad)", "dense(2, 3)", undefined, (_, bad) => dense(2, 3, bad), [
    ...notOptions.map(([bad, code, remedy]): Case => [bad, code, bad === "fast" ? "a layer of its own" : remedy, "dense(2, 3) options"]),
    ["relu", "type", "a layer of its own", "dense(2, 3) options"],
    [relu, "type", "a layer of its own", "dense(2, 3) options"],
    [{ activation: "relu" }, "option", "a layer of its own"],
    [{ units: 3 }, "option", "first two arguments"],
    [{ inputShape: [2] }, "option", "first two arguments"],
    [{ useBias: false }, "option", "write bias"],
    [{ weights: [[1]] }, "option", "write weight"],
    [{ kernelInitializer: "glorot" }, "option", "write weight"],
    [{ trainable: false }, "option", "write freeze"],
    [{ wieght: [[1]] }, "option", "write weight"],
    [own("__proto__"), "option", "leave it out"],
    [own("constructor"), "option", "leave it out"],
    [own("prototype"), "option", "leave it out"],
    [{ toString: 1 }, "option", "leave it out"],
  ]),
  ...section("dense(2, 3, { weight: bad })", "dense(2, 3) weight", undefined, (_, bad) => dense(2, 3, { weight: bad }), [
    [null, "value", "glorot"],
    [0.5, "value", "constant(0.5)"],
    ["glorot", "value", "glorot, imported"],
    ["xavier", "value", "glorot, imported"],
    ["he_normal", "value", "imported from"],
    [Math.random, "value", "value(index, start)"],
    [() => 0.1, "value", "value(index, start)"],
    [{}, "value", "glorot"],
    [new Map(), "value", "glorot"],
    [new DataView(new ArrayBuffer(48)), "value", "glorot"],
    [new BigInt64Array(6), "value", "glorot"],
    [[], "shape", "3 lists of 2 numbers"],
    [[[1, 2, 3], [4, 5, 6]], "shape", "3 lists of 2 numbers"],
    [[[1, 2], [3, 4], [5]], "shape", "3 lists of 2 numbers"],
    [[[[1, 2], [3, 4], [5, 6]]], "shape", "3 lists of 2 numbers"],
    [new Float64Array(5), "shape", "3 lists of 2 numbers"],
    [[[1, 2], [3, NaN], [5, 6]], "value", "replace it", "[1][1]"],
    [[[1, 2], [3, "4"], [5, 6]], "type", "write 4", "[1][1]"],
    // eslint-disable-next-line no-sparse-arrays
    [[[1, 2], [, 4], [5, 6]], "type", "a number in its place", "[1][0]"],
    [Float32Array.of(1, 2, 3, 4, 5, Infinity), "value", "replace it", "[5]"],
  ]),
  ...section("dense(2**31 - 1, 2**31 - 1, { weight: bad })", "dense(2147483647, 2147483647) weight", undefined, (_, bad) => dense(2 ** 31 - 1, 2 ** 31 - 1, { weight: bad }), [
    [[[1]], "shape", "2147483647 lists"],
  ]),
  ...section("dense(2, 3, { bias: bad })", "dense(2, 3) bias", undefined, (_, bad) => dense(2, 3, { bias: bad }), [
    [0.35, "value", "{ shared: 0.35 }"],
    [true, "value", "imported from"],
    [null, "value", "write bias: false"],
    ["zeros", "value", "zeros, imported"],
    [{ shared: NaN }, "value", "imported from"],
    [{ shared: "0.35" }, "value", "imported from"],
    [{ shared: 0.35, each: 1 }, "value", "imported from"],
    [[1, 2], "shape", "a list of 3 numbers"],
    [[[1, 2, 3]], "shape", "a list of 3 numbers"],
    [[1, 2, Infinity], "value", "replace it", "[2]"],
  ]),
  ...section("dense(2, 3, { freeze: bad })", "dense(2, 3) freeze", undefined, (_, bad) => dense(2, 3, { freeze: bad }), [
    ["bias", "value", 'write freeze: ["bias"]'],
    [true, "value", 'write freeze: ["bias"]'],
    [["weights"], "value", 'write freeze: ["bias"]'],
    [[0], "value", 'write freeze: ["bias"]'],
  ]),

  // Activations, initializers, losses, optimizers.

  ...section("relu(bad)", "relu options", undefined, (_, bad) => lib.relu!(bad), [
    [0.5, "type", "there are none"],
    [[1, 2], "type", "there are none"],
  ]),
  ...section("relu(bad)", "relu", undefined, (_, bad) => lib.relu!(bad), [[{ slope: 0.1 }, "option", "leave it out"]]),
  ...section("leakyRelu(bad)", "leakyRelu", undefined, (_, bad) => lib.leakyRelu!(bad), [
    [0.2, "type", "write { slope: 0.2 }", "leakyRelu options"],
    [{ alpha: 0.2 }, "option", "leave it out"],
    [{ negativeSlope: 0.2 }, "option", "write slope"],
    [{ slope: NaN }, "value", "slope: 0.01", "leakyRelu slope"],
    [{ slope: "0.2" }, "value", "write slope: 0.2", "leakyRelu slope"],
  ]),
  ...section("softplus(bad)", "softplus beta", undefined, (_, bad) => lib.softplus!(bad), [[{ beta: 0 }, "value", "write beta: 1"]]),
  ...section("glorot(bad)", "glorot", undefined, (_, bad) => lib.glorot!(bad), [
    [{ distribution: "gaussian" }, "value", 'distribution: "uniform"', "glorot distribution"],
    [{ distribution: "Normal" }, "value", 'distribution: "normal"', "glorot distribution"],
    [{ gain: 2 }, "option", "leave it out"],
  ]),
  ...section("constant(bad)", "constant", undefined, (_, bad) => lib.constant!(bad), [
    [NaN, "value", "constant(0.1)"],
    ["0.1", "value", "constant(0.1)"],
    [undefined, "value", "constant(0.1)"],
  ]),
  ...section("meanSquaredError(bad)", "meanSquaredError", undefined, (_, bad) => lib.meanSquaredError!(bad), [
    [{ reduction: "none" }, "value", 'reduction: "mean"', "meanSquaredError reduction"],
    [{ reduction: true }, "value", 'reduction: "mean"', "meanSquaredError reduction"],
    [[[0.5]], "type", "write { reduction", "meanSquaredError options"],
  ]),
  ...section("crossEntropy(bad)", "crossEntropy", undefined, (_, bad) => lib.crossEntropy!(bad), [
    [{ fromLogits: "true" }, "value", "fromLogits: false", "crossEntropy fromLogits"],
    [{ from_logits: true }, "option", "write fromLogits"],
    [{ fromLogits: 1 }, "value", "fromLogits: false", "crossEntropy fromLogits"],
  ]),
  ...section("sgd(bad)", "sgd", undefined, (_, bad) => lib.sgd!(bad), [
    ...notOptions.map(([bad, code, remedy]): Case => [bad, code, remedy, "sgd options"]),
    [0.1, "type", "write { learningRate: 0.1 }", "sgd options"],
    [{ lr: 0.1 }, "option", "write learningRate"],
    [{ eta: 0.1 }, "option", "write learningRate"],
    [{ learningrate: 0.1 }, "option", "write learningRate"],
    [{ lerningRate: 0.1 }, "option", "write learningRate"],
    [{ learning_rate: 0.1 }, "option", "write learningRate"],
    [{ momentun: 0.9 }, "option", "write momentum"],
    [{ l2: 0.1 }, "option", "write weightDecay"],
    [{ beta1: 0.9 }, "option", "leave it out"],
    [own("__proto__"), "option", "leave it out"],
    [{ learningRate: -1 }, "value", "learningRate: 0.01", "sgd learningRate"],
    [{ learningRate: NaN }, "value", "learningRate: 0.01", "sgd learningRate"],
    [{ learningRate: "0.1" }, "value", "write learningRate: 0.1", "sgd learningRate"],
    [{ learningRate: "fast" }, "value", "learningRate: 0.01", "sgd learningRate"],
    [{ learningRate: null }, "value", "learningRate: 0.01", "sgd learningRate"],
    [{ learningRate: 1n }, "value", "write learningRate: 1", "sgd learningRate"],
    [{ learningRate: () => -0.1 }, "value", "a finite number of at least 0", "learningRate schedule at step 0"],
    [{ momentum: 1 }, "value", "momentum: 0", "sgd momentum"],
    [{ nesterov: "yes" }, "value", "nesterov: false", "sgd nesterov"],
    [{ nesterov: true }, "option", "momentum: 0.9", "sgd nesterov"],
    [{ nesterov: true, momentum: 0.9, dampening: 0.1 }, "option", "momentum: 0.9", "sgd nesterov"],
    [{ weightDecay: -1 }, "value", "weightDecay: 0", "sgd weightDecay"],
  ]),
  ...section("adam(bad)", "adam", undefined, (_, bad) => lib.adam!(bad), [
    [{ eps: 1e-8 }, "option", "write epsilon"],
    [{ betas: [0.9, 0.999] }, "option", "write beta1"],
    [{ momentum: 0.9 }, "option", "leave it out"],
    [{ beta1: 1 }, "value", "beta1: 0.9", "adam beta1"],
    [{ beta2: -0.1 }, "value", "beta2: 0.999", "adam beta2"],
    [{ epsilon: 0 }, "value", "epsilon: 1e-8", "adam epsilon"],
    [{ learningRate: Infinity }, "value", "learningRate: 0.001", "adam learningRate"],
  ]),

  // Blocks of a user's own.

  ...section("activation(bad)", "activation", undefined, (_, bad) => lib.activation!(bad), [
    [undefined, "type", "write activation({"],
    ["relu", "type", "write activation({"],
    [Math.tanh, "type", "write activation({", "activation tanh"],
    [{ ...formula, name: undefined }, "type", "write activation({"],
    [{ ...formula, derivative: undefined }, "type", "write activation({", "activation square"],
    [{ ...formula, apply: "z * z" }, "type", "write activation({", "activation square"],
    [{ ...formula, derivative: (z: number) => z }, "derivative", "gets z first", "activation square"],
    [{ ...formula, apply: (z: number) => z / 0 }, "value", "finite number for every finite z", "activation square"],
    [{ ...formula, apply: () => "1" }, "value", "finite number for every finite z", "activation square"],
    [{ ...formula, apply: () => 1n }, "value", "finite number for every finite z", "activation square"],
    [{ ...formula, apply: () => Symbol("a") }, "value", "finite number for every finite z", "activation square"],
    [{ ...formula, derivative: () => undefined }, "value", "finite number for every finite z", "activation square"],
    [{ ...formula, range: "probabilities" }, "value", 'range: "real"', "activation square range"],
  ]),
  ...section("loss(bad)", "loss", undefined, (_, bad) => lib.loss!(bad), [
    [undefined, "type", "write loss({"],
    ["mse", "type", "write loss({"],
    [{ ...lossFormula, name: 1 }, "type", "write loss({"],
    [{ ...lossFormula, value: undefined }, "type", "write loss({", "loss mine"],
    [{ ...lossFormula, derivative: () => 2 }, "derivative", "by p, the first", "loss mine"],
    [{ ...lossFormula, value: () => NaN }, "value", "finite number for every finite p", "loss mine"],
    [{ ...lossFormula, derivative: () => 1n }, "value", "finite number for every finite p", "loss mine"],
    [{ ...lossFormula, needs: "logits" }, "value", 'needs: "real"', "loss mine needs"],
    [{ ...lossFormula, targets: "class" }, "value", 'targets: "classes"', "loss mine targets"],
    [{ ...lossFormula, divisor: 2 }, "value", "(rows, columns) =>", "loss mine divisor"],
  ]),
  ...section("new Network([dense(2, 2), bad])", "layer 1", undefined, (_, bad) => build([dense(2, 2), bad]), [
    [layerWith({ plan: undefined }), "type", "{ kind, plan, forward, backward }"],
    [layerWith({ forward: undefined }), "type", "{ kind, plan, forward, backward }"],
    [layerWith({ backward: "no" }), "type", "{ kind, plan, forward, backward }"],
    [layerWith({ kind: 1 }), "type", "{ kind, plan, forward, backward }"],
    [layerWith({ inputs: "2" }), "value", "write inputs: 2", "layer 1 inputs"],
    [layerWith({ inputs: 0 }), "value", "leave it out", "layer 1 inputs"],
    [layerWith({ outputs: 2.5 }), "value", "leave it out", "layer 1 outputs"],
    [layerWith({ outputs: NaN }), "value", "leave it out", "layer 1 outputs"],
    [layerWith({ range: "probabilities" }), "value", 'range: "real"', "layer 1 range"],
    [layerWith({ differentiable: false }), "size", "put it first"],
    [asking((planner) => planner.parameter!("scale", [], [1])), "shape", "[outputs, inputs]", "1.scale"],
    [asking((planner) => planner.parameter!("scale", [1, 1, 1], [1])), "shape", "[outputs, inputs]", "1.scale"],
    [asking((planner) => planner.parameter!("scale", 2, [1, 1])), "shape", "[outputs, inputs]", "1.scale"],
    [asking((planner) => planner.parameter!("scale", [0], [])), "shape", "[outputs, inputs]", "1.scale"],
    [asking((planner) => planner.parameter!("scale", [2], [1])), "shape", "a list of 2 numbers", "1.scale"],
    [asking((planner) => planner.parameter!("scale", [1], [NaN])), "value", "replace it", "1.scale[0]"],
    [asking((planner) => planner.parameter!("scale", [1])), "type", "glorot", "1.scale start"],
    [asking((planner) => planner.parameter!("scale", [1], 1)), "type", "glorot", "1.scale start"],
    [asking((planner) => planner.parameter!("scale", [1], () => 1)), "type", "glorot", "1.scale start"],
    [asking((planner) => planner.parameter!("", [1], [1])), "type", '"weight"', "planner of 1."],
    [asking((planner) => [planner.parameter!("a", [1], [1]), planner.parameter!("a", [1], [1])]), "name", "a name of its own", "1.a"],
    [asking((planner) => [planner.parameter!("a", [1], [1]), planner.buffer!("a", [1], 0)]), "name", "a name of its own", "1.a"],
    [asking((planner) => planner.buffer!("mean", [1])), "value", "a finite number such as 0", "1.mean start"],
    [asking((planner) => planner.tape!("mask", 0)), "size", "how many numbers", "1.tape mask"],
    [asking((planner) => planner.scratch!(2.5)), "size", "how many numbers", "1.scratch"],
    [asking((planner) => planner.child!("inner", "relu", 2)), "type", "relu, imported", "child 1.inner"],
    [asking((planner) => planner.child!("inner", dense(3, 1), 2)), "size", "give 3 columns", "dense"],
  ]),
  ...section("new Network([dense(2, 1, { weight: bad })])", "0.weight initializer", undefined, (_, weight) => build([dense(2, 1, { weight })]), [
    [{ name: "none", value: () => NaN }, "value", "at index 0 too"],
    [{ name: "none", value: () => undefined }, "value", "at index 0 too"],
    [{ name: "late", value: (index: number) => (index ? Infinity : 0) }, "value", "at index 1 too"],
    [{ value: () => "0.1" }, "value", "at index 0 too"],
  ]),

  // Networks.

  ...section("new Network(bad)", "network layers", undefined, (_, bad) => build(bad), [
    [undefined, "type", "new Network([dense(2, 8)"],
    [dense(2, 1), "type", "new Network([dense(2, 8)"],
    [{ layers: [dense(2, 1)] }, "type", "new Network([dense(2, 8)"],
    ["2-8-1", "type", "new Network([dense(2, 8)"],
    [new Set([dense(2, 1)]), "type", "new Network([dense(2, 8)"],
  ]),
  ...section("new Network(bad)", "network", undefined, (_, bad) => build(bad), [
    [[], "size", "begin with dense(inputs, outputs)"],
    [[relu], "size", "begin with dense(inputs, outputs)"],
    [[dense(2, 3), tanh, dense(4, 1)], "size", "dense(3, 1)", "layer 2"],
    [[dense(2, 3), layerWith({ inputs: 4 })], "size", "use mine(3)", "layer 1"],
    [[dense(10_000_000, 10_000_000)], "size", "smaller layers"],
  ]),
  ...section("new Network([dense(2, 8), bad])", "layer 1", undefined, (_, bad) => build([dense(2, 8), bad]), [
    [undefined, "type", "write dense(inputs, outputs)"],
    [null, "type", "write dense(inputs, outputs)"],
    [false, "type", "write dense(inputs, outputs)"],
    [8, "type", "write dense(inputs, outputs)"],
    ["relu", "type", "relu, imported"],
    ["ReLU", "type", "relu, imported"],
    ["leaky_relu", "type", "leakyRelu, imported"],
    [Math.tanh, "type", "tanh, imported"],
    [Math.sin, "type", "activation({"],
    [(z: number) => z * z, "type", "activation({"],
    [formula, "type", "activation({"],
    [dense, "type", "dense(inputs, outputs)"],
    [crossEntropy, "type", "{ loss: crossEntropy }"],
    [adam, "type", "{ optimizer: adam }"],
    [glorot, "type", "{ weight: glorot }"],
    [[dense(8, 1)], "type", "...layers"],
    [new Network(layers), "type", "...layers"],
    [Promise.resolve(dense(8, 1)), "type", "write dense"],
    [{ type: "dense", units: 8 }, "type", "write dense"],
    [new Date(0), "type", "write dense"],
    [bare2({ gradient: () => 0, name: bare2({}) }), "type", "{ loss: it }"],
  ]),
  // eslint-disable-next-line no-sparse-arrays
  ...section("new Network([dense(2, 8), , dense(8, 1)])", "layer 1", undefined, (_, bad) => build(bad), [[[dense(2, 8), , dense(8, 1)], "type", "write dense"]]),
  ...section("new Network(layers, bad)", "network", undefined, (_, bad) => build(layers, bad), [
    ...notOptions.map(([bad, code, remedy]): Case => [bad, code, remedy, "network options"]),
    [meanSquaredError, "type", "write { loss", "network options"],
    [{ activation: "relu" }, "option", "a layer of its own"],
    [{ lossFunction: meanSquaredError }, "option", "write loss"],
    [{ learningRate: 0.1 }, "option", "give it to the optimizer"],
    [{ hiddenLayers: [3] }, "option", "list the layers"],
    [{ optimiser: adam }, "option", "write optimizer"],
    [{ metrics: ["accuracy"] }, "option", "fit or evaluate"],
    [own("__proto__", { seed: 1 }), "option", "leave it out"],
    [{ loss: "mse" }, "value", "meanSquaredError, imported", "network loss"],
    [{ loss: "categorical_crossentropy" }, "value", "imported", "network loss"],
    [{ loss: "binary_crossentropy" }, "value", "binaryCrossEntropy, imported", "network loss"],
    [{ loss: null }, "value", "meanSquaredError, imported", "network loss"],
    [{ loss: (p: number, t: number) => p - t }, "value", "loss({", "network loss"],
    [{ loss: lossFormula }, "value", "loss({", "network loss"],
    [{ loss: adam }, "value", "loss({", "network loss"],
    [{ loss: lossWith({ divisor: undefined }) }, "value", "loss({", "network loss"],
    [{ loss: lossWith({ name: undefined }) }, "value", "loss({", "network loss"],
    [{ optimizer: optimizerWith({ name: Symbol("mine") }) }, "value", '{ name, slots: ["m"]', "network optimizer"],
    [{ loss: lossWith({ gradient: undefined }) }, "value", "loss({", "network loss"],
    [{ loss: lossWith({ needs: "logits" }) }, "value", 'needs: "real"', "loss mine needs"],
    [{ loss: lossWith({ targets: 3 }) }, "value", 'targets: "real"', "loss mine targets"],
    [{ optimizer: "adam" }, "value", "adam, imported", "network optimizer"],
    [{ optimizer: "SGD" }, "value", "sgd, imported", "network optimizer"],
    [{ optimizer: 0.1 }, "value", "sgd, imported", "network optimizer"],
    [{ optimizer: meanSquaredError }, "value", '{ name, slots: ["m"]', "network optimizer"],
    [{ optimizer: optimizerWith({ step: undefined }) }, "value", '{ name, slots: ["m"]', "network optimizer"],
    [{ optimizer: optimizerWith({ slots: "m" }) }, "value", '{ name, slots: ["m"]', "network optimizer"],
    [{ optimizer: optimizerWith({ scalars: null }) }, "value", '{ name, slots: ["m"]', "network optimizer"],
    [{ optimizer: optimizerWith({ scalars: { learningRate: "0.1" } }) }, "value", '{ name, slots: ["m"]', "network optimizer"],
    [{ optimizer: optimizerWith({ scalars: { learningRate: NaN } }) }, "value", '{ name, slots: ["m"]', "network optimizer"],
    [{ seed: -1 }, "value", "write seed: 1", "network seed"],
    [{ seed: 1.5 }, "value", "write seed: 1", "network seed"],
    [{ seed: "7" }, "value", "write seed: 7", "network seed"],
    [{ seed: 2 ** 53 }, "value", "write seed: 1", "network seed"],
    [{ seed: 7n }, "value", "write seed: 7", "network seed"],
    [{ seed: "lucky" }, "value", "write seed: 1", "network seed"],
    [{ dtype: "float16" }, "value", 'dtype: "float', "network dtype"],
    [{ dtype: "f32" }, "value", 'dtype: "float32"', "network dtype"],
    [{ dtype: Float32Array }, "value", 'dtype: "float64"', "network dtype"],
    [{ dtype: 32 }, "value", 'dtype: "float64"', "network dtype"],
    [{ backend: "wasm" }, "value", "write backend", "network backend"],
    [{ backend: {} }, "value", "write backend", "network backend"],
  ]),
  ...section("new Network(bad, { loss: crossEntropy })", "crossEntropy", undefined, (_, bad) => build(bad, { loss: crossEntropy }), [
    [[dense(2, 3)], "pair", "end the network with softmax"],
    [[dense(2, 3), relu], "pair", "end the network with softmax"],
    [[dense(2, 3), sigmoid], "pair", "end the network with softmax"],
  ]),
  ...section("new Network(bad, { loss: binaryCrossEntropy })", "binaryCrossEntropy", undefined, (_, bad) => build(bad, { loss: binaryCrossEntropy }), [
    [[dense(2, 1)], "pair", "end the network with sigmoid"],
    [[dense(2, 1), tanh], "pair", "end the network with sigmoid"],
  ]),
  ...section("new Network(bad, { loss: crossEntropy({ fromLogits: true }) })", "crossEntropy", undefined, (_, bad) => build(bad, { loss: crossEntropy({ fromLogits: true }) }), [
    [[dense(2, 3), softmax], "pair", "leave fromLogits out"],
  ]),

  // Examples.

  ...section("predict(bad)", "predict input", regression, (network, bad) => network.predict(bad), examples),
  ...section("forward(bad)", "forward input", regression, (network, bad) => network.forward(bad), examples),
  ...section("trainBatch(bad, target)", "trainBatch input", regression, (network, bad) => network.trainBatch(bad, [[1], [0], [1]]), examples),
  ...section("evaluate(bad, target)", "evaluate input", regression, (network, bad) => network.evaluate(bad, [[1], [0], [1]]), someExamples),
  ...section("fit(bad, targets)", "fit inputs", regression, (network, bad) => network.fit(bad, [[1], [0], [1]], { epochs: 1 }), someExamples),
  ...section("backwardFrom(bad), two outputs", "backwardFrom dOutput", wide, (network, bad) => network.backwardFrom(bad), [
    ...someExamples,
    [[[0, 1], [1, 0]], "shape", "rows, as in forward"],
  ]),
  ...section("predict(bad), one input", "predict input", line, (network, bad) => network.predict(bad), [
    [[1, 2, 3], "shape", "write [[1], [2], [3]]"],
    [[1, 2, 3, 4], "shape", "[[1], [2], [3], [4]]"],
    [2, "type", "write [2]"],
    [[[[1]]], "shape", "brackets", "[0][0]"],
  ]),
  ...section("predict(x, bad)", "predict", regression, (network, bad) => network.predict([0, 1], bad), below("predict", outs(1))),
  ...section("forward(x, bad)", "forward", regression, (network, bad) => network.forward([[0, 1], [1, 0]], bad), below("forward", outs(2))),
  ...section("backwardFrom(x, bad)", "backwardFrom", single, (network, bad) => network.backwardFrom([1], bad), below("backwardFrom", outs(2))),
  ...(
    [
      ["predict(bad)", "predict input[0]", (network, bad) => network.predict([bad, 0])],
      ["forward(bad)", "forward input[0]", (network, bad) => network.forward(Float64Array.of(bad as number, 0))],
      ["evaluate(x, bad)", "evaluate target[0]", (network, bad) => network.evaluate([0, 1], [bad])],
      ["trainBatch(bad, y)", "trainBatch input[0][1]", (network, bad) => network.trainBatch([[0, bad]], [[1]])],
      ["fit(bad, y)", "fit inputs[0][1]", (network, bad) => network.fit([[0, bad]], [[1]], { epochs: 1 })],
      ["trainBatch(x, y, { rowWeights: bad })", "trainBatch rowWeights[0]", (network, bad) => network.trainBatch([[0, 1]], [[1]], { rowWeights: [bad] })],
      ["parameter.set(bad)", "0.weight[0][0]", (network, bad) => network.parameter("0.weight").set([[bad, 0]])],
      ["load(bad)", "load 0.bias[0]", (network, bad) => network.load({ format: "chainrule", version: 1, parameters: { "0.weight": [[0, 0]], "0.bias": [bad] }, buffers: {} })],
      ["dense({ bias: bad })", "0.bias[0]", (_, bad) => build([dense(2, 1, { bias: [bad as number] })], { dtype: "float32" })],
      ["constant(bad)", "0.bias initializer", (_, bad) => build([dense(2, 1, { bias: constant(bad as number) })], { dtype: "float32" })],
      ["clone(float32)", "0.bias[0]", (_, bad) => build([dense(2, 1, { bias: [bad as number] })]).clone({ dtype: "float32" })],
      ["copyFrom(float64)", "copyFrom", (network, bad) => network.copyFrom(build([dense(2, 1, { bias: [bad as number] })]))],
    ] as const satisfies readonly (readonly [string, string, (network: Loose, bad: unknown) => unknown])[]
  ).flatMap(([call, where, run]) =>
    section(`${call} in float32`, where, single32, run, [
      [1e100, "value", ""],
      [-3.5e38, "value", ""],
    ]),
  ),
  ...section("predict(x, bad) in float32", "predict out", single32, (network, bad) => network.predict([0, 1], bad), [
    [{ out: new Float64Array(1) }, "type", "new Float32Array(1)"],
  ]),

  ...(
    [
      ["adam({ learningRate: bad })", "adam learningRate", [1e39, 3.5e38], (bad) => build([dense(2, 1)], { dtype: "float32", optimizer: adam({ learningRate: bad }) })],
      ["adam({ epsilon: bad })", "adam epsilon", [1e-46, 5e-324, 1e39], (bad) => build([dense(2, 1)], { dtype: "float32", optimizer: adam({ epsilon: bad }) })],
      ["adam({ weightDecay: bad })", "adam weightDecay", [1e39], (bad) => build([dense(2, 1)], { dtype: "float32", optimizer: adam({ weightDecay: bad }) })],
      ["sgd({ weightDecay: bad })", "sgd weightDecay", [1e39], (bad) => build([dense(2, 1)], { dtype: "float32", optimizer: sgd({ weightDecay: bad }) })],
      ["clone to float32, adam({ epsilon: bad })", "adam epsilon", [1e-46], (bad) => build([dense(2, 1)], { optimizer: adam({ epsilon: bad }) }).clone({ dtype: "float32" })],
      ["clone to float32, learningRate = bad", "sgd learningRate", [1e39], (bad) => {
        const network = build([dense(2, 1)], { optimizer: sgd });
        network.optimizer.learningRate = bad;
        return network.clone({ dtype: "float32" });
      }],
      ["an optimizer with { scalars: { reach: bad } }", "mine reach", [1e39, -1e39], (bad) => build([dense(2, 1)], { dtype: "float32", optimizer: optimizerWith({ scalars: { reach: bad } }) })],
    ] as const satisfies readonly (readonly [string, string, readonly number[], (bad: number) => unknown])[]
  ).flatMap(([call, where, bad, run]) =>
    section(`${call} in float32`, where, undefined, (_, bad) => run(bad), bad.map((each): Case => [each, "value", 'dtype: "float64"'])),
  ),
  ...(
    [
      ["parameter.set(bad)", "0.weight[0][1]", regression, (network, bad) => network.parameter("0.weight").set([[0, bad], [0, 0], [0, 0]])],
      ["load(bad)", "load 0.bias[0]", lossOnly, (network, bad) => network.load({ format: "chainrule", version: 1, parameters: { "0.weight": [[0, 0]], "0.bias": [bad] }, buffers: {} })],
      ["dense({ bias: bad })", "0.bias[0]", undefined, (_, bad) => build([dense(2, 1, { bias: [bad as number] })])],
      ["constant(bad)", "0.bias initializer", undefined, (_, bad) => build([dense(2, 1, { bias: constant(bad as number) })])],
    ] as const satisfies readonly (readonly [string, string, Subject | undefined, (network: Loose, bad: unknown) => unknown])[]
  ).flatMap(([call, where, subject, run]) => section(`${call}, too large to be squared`, where, subject, run, [
    [1.4e154, "value", "scale it"],
    [-1e300, "value", "scale it"],
  ])),
  ...section("parameter.set(bad), too large to be squared in float32", "0.weight[0][1]", single32, (network, bad) => network.parameter("0.weight").set([[0, bad]]), [
    [1.9e19, "value", "scale it"],
  ]),
  ...section("learningRate = bad in float32", "sgd learningRate", single32, (network, bad) => (network.optimizer.learningRate = bad), [
    [1e39, "value", 'dtype: "float64"'],
  ]),

  // Targets and row weights.

  ...section("backward(bad)", "backward target", regression, (network, bad) => network.backward(bad), targets),
  ...section("trainBatch(x, bad)", "trainBatch target", regression, (network, bad) => network.trainBatch(regression.input, bad), targets),
  ...section("evaluate(x, bad)", "evaluate target", regression, (network, bad) => network.evaluate(regression.input, bad), targets),
  ...section("fit(x, bad)", "fit targets", regression, (network, bad) => network.fit(regression.input, bad, { epochs: 1 }), targets),
  ...section("backward(bad), one example", "backward target", regressionOnOne, (network, bad) => network.backward(bad), targetsOfOne),
  ...section("backward(bad), classes", "backward target", classes, (network, bad) => network.backward(bad), classTargets),
  ...section("fit(x, bad), classes", "fit targets", classes, (network, bad) => network.fit(classes.input, bad, { epochs: 1 }), classTargets),
  ...section("backward(bad), the class of one example", "backward target", classOfOne, (network, bad) => network.backward(bad), [
    [-1, "value", "number the classes"],
    [3, "value", "4 outputs"],
    [1.5, "value", "number the classes"],
    [NaN, "value", "number the classes"],
    ["1", "type", "give a class index"],
    [undefined, "type", "give a class index"],
    [[2], "shape", "a class index"],
    [[0.2, 0.2, 0.2], "value", "divide each row by its sum", "[0]"],
    [[[1, 0, 0]], "shape", "give a class index"],
  ]),
  ...section("backward(bad), yes or no", "backward target", binary, (network, bad) => network.backward(bad), [
    [[[1], [2], [0]], "value", "scale the targets", "[1]"],
    [[[-1], [1], [1]], "value", "scale the targets", "[0]"],
    [[1, 0, 2], "value", "scale the targets", "[2]"],
    [[[true], [false], [true]], "type", "write 1", "[0][0]"],
  ]),
  ...section("backward(target, bad)", "backward", regression, (network, bad) => network.backward([[1], [0], [1]], bad), below("backward", rowWeightsOf3)),
  ...section("trainBatch(x, target, bad)", "trainBatch", regression, (network, bad) => network.trainBatch(regression.input, [[1], [0], [1]], bad), below("trainBatch", rowWeightsOf3)),

  // Training.

  ...section("fit(x, y, bad)", "fit", regression, (network, bad) => network.fit(regression.input, [[1], [0], [1]], bad), [
    ...notOptions.map(([bad, code, remedy]): Case => [bad, code, remedy, "fit options"]),
    [undefined, "option", "epochs: 100", "fit epochs"],
    [100, "type", "write { epochs: 100 }", "fit options"],
    [{}, "option", "epochs: 100", "fit epochs"],
    [{ epochs: undefined }, "option", "epochs: 100", "fit epochs"],
    [{ epochs: -1 }, "value", "epochs: 100", "fit epochs"],
    [{ epochs: 2.5 }, "value", "epochs: 100", "fit epochs"],
    [{ epochs: "10" }, "value", "write epochs: 10", "fit epochs"],
    [{ epochs: Infinity }, "value", "epochs: 100", "fit epochs"],
    [{ iterations: 10 }, "option", "write epochs"],
    [{ epoch: 10 }, "option", "write epochs"],
    [{ epochs: 1, batch_size: 2 }, "option", "write batchSize"],
    [{ epochs: 1, batchSize: 0 }, "value", "batchSize: 32", "fit batchSize"],
    [{ epochs: 1, batchSize: -1 }, "value", "batchSize: 32", "fit batchSize"],
    [{ epochs: 1, batchSize: 1.5 }, "value", "batchSize: 32", "fit batchSize"],
    [{ epochs: 1, batchSize: "8" }, "value", "write batchSize: 8", "fit batchSize"],
    [{ epochs: 1, accumulate: 0 }, "value", "accumulate: 1", "fit accumulate"],
    [{ epochs: 1, shuffle: 1 }, "value", "shuffle: true", "fit shuffle"],
    [{ epochs: 1, onEpoch: true }, "value", "onEpoch: ({ epoch, loss })", "fit onEpoch"],
    [{ epochs: 1, signal: new AbortController() }, "value", "controller.signal", "fit signal"],
    [{ epochs: 1, signal: null }, "value", "controller.signal", "fit signal"],
    [{ epochs: 1, callbacks: [] }, "option", "write onEpoch"],
    [{ epochs: 1, metrics: ["accuracy"] }, "value", "metrics: { accuracy }", "fit metrics"],
    [{ epochs: 1, metrics: { accuracy: "accuracy" } }, "value", "metrics: { accuracy }", "fit metrics accuracy"],
    [{ epochs: 1, metrics: { loss: () => 1 } }, "option", "lossMetric", "fit metrics"],
    [{ epochs: 1, metrics: { validation: () => 1 } }, "option", "validationMetric", "fit metrics"],
    [{ epochs: 1, metrics: { a: { metric: () => 1, better: "up" } } }, "value", 'better: "higher"', "fit metrics a better"],
    [{ epochs: 1, validationSplit: 0.2 }, "option", "write validation"],
    [{ epochs: 1, validation_split: 0.2 }, "option", "write validation"],
    [{ epochs: 1, validationData: 0.2 }, "option", "write validation"],
    [{ epochs: 1, validation: 20 }, "value", "validation: 0.2", "fit validation"],
    [{ epochs: 1, validation: 0 }, "value", "validation: 0.2", "fit validation"],
    [{ epochs: 1, validation: "0.2" }, "value", "write validation: 0.2", "fit validation"],
    [{ epochs: 1, validation: [[[0, 1]], [[1]]] }, "value", "validation: 0.2", "fit validation"],
    [{ epochs: 1, validation: 0.1 }, "value", "give more rows", "fit validation"],
    [{ epochs: 1, validation: { last: 0.9 } }, "value", "give more rows", "fit validation"],
    [{ epochs: 1, validation: { last: 5 } }, "value", "last: 0.2", "fit validation last"],
    [{ epochs: 1, validation: { first: 0.2 } }, "option", "leave it out", "fit validation"],
    [{ epochs: 1, validation: { inputs: [[0, 1]] } }, "type", "", "fit validation targets"],
    [{ epochs: 1, validation: { inputs: [[0]], targets: [[1]] } }, "shape", "", "fit validation inputs"],
    [{ epochs: 1, validation: { inputs: [[0, 1]], targets: [[1]], rowWeights: [1, 2] } }, "shape", "rowWeights: [1", "fit validation rowWeights"],
    [{ epochs: 1, validation: { inputs: [[0, 1]], targets: [[1]], weights: [1] } }, "option", "write rowWeights", "fit validation"],
    [{ epochs: 1, classWeights: "balance" }, "value", 'classWeights: "balanced"', "fit classWeights"],
    [{ epochs: 1, classWeights: { 0: 1, 1: 2 } }, "value", 'classWeights: "balanced"', "fit classWeights"],
    [{ epochs: 1, classWeights: [1] }, "shape", "classWeights: [1, 1]", "fit classWeights"],
    [{ epochs: 1, classWeights: [1, NaN] }, "value", "replace it", "fit classWeights[1]"],
    [{ epochs: 1, class_weight: "balanced" }, "option", "write classWeights"],
    [{ epochs: 1, patience: 3 }, "option", "earlyStopping: { patience"],
    [{ epochs: 1, earlyStopping: true }, "option", "validation: 0.2", "fit earlyStopping"],
    [{ epochs: 1, earlyStopping: { patience: 3, below: 1 } }, "option", "a goal alone", "fit earlyStopping"],
    [{ epochs: 1, earlyStopping: 3 }, "value", "earlyStopping: true", "fit earlyStopping"],
    [{ epochs: 1, validation: 0.3, earlyStopping: { patience: 0 } }, "value", "patience: 10", "fit earlyStopping patience"],
    [{ epochs: 1, validation: 0.3, earlyStopping: { min_delta: 0 } }, "option", "write minDelta", "fit earlyStopping"],
    [{ epochs: 1, validation: 0.3, earlyStopping: { monitor: "loss" } }, "option", "write metric", "fit earlyStopping"],
    [{ epochs: 1, validation: 0.3, earlyStopping: { restoreBestWeights: true } }, "option", "restores the best", "fit earlyStopping"],
    [{ epochs: 1, validation: 0.3, earlyStopping: { metric: "accuracy" } }, "value", "metrics: { accuracy }", "fit earlyStopping metric"],
    [{ epochs: 1, validation: 0.3, metrics: { accuracy: () => 1 }, earlyStopping: { metric: "acuracy" } }, "value", 'metric: "accuracy"', "fit earlyStopping metric"],
    [{ epochs: 1, validation: 0.3, metrics: { mine: () => 1 }, earlyStopping: { metric: "mine" } }, "option", '{ metric: mine, better: "higher" }', "fit earlyStopping metric"],
    [{ epochs: 1, earlyStopping: { above: 1 } }, "option", "write below: 1", "fit earlyStopping"],
    [{ epochs: 1, metrics: { mine: { metric: () => 1, better: "higher" } }, earlyStopping: { metric: "mine", below: 1 } }, "option", "write above: 1", "fit earlyStopping"],
    [{ epochs: 1, onBatch: true }, "value", "onBatch: ({ step, loss })", "fit onBatch"],
    [{ epochs: 1, steps_per_epoch: 3 }, "option", "an epoch is all rows"],
    [{ epochs: 1, lr: 0.1 }, "option", "adam({ learningRate: 0.01 })"],
    [{ epochs: 1, learningRate: 0.1 }, "option", "adam({ learningRate: 0.01 })"],
    [{ epochs: 1, monitor: "val_loss" }, "option", "earlyStopping: { metric"],
    [{ epochs: 1, errorThresh: 0.005 }, "option", "below: 0.01"],
    [{ epochs: 1, initialEpoch: 3 }, "option", "resume: checkpoint"],
    [{ epochs: 1, validation: 0.3, earlyStopping: { metric: "val_loss" } }, "value", 'write metric: "loss"', "fit earlyStopping metric"],
    [{ epochs: 1, validation: 0.3, metrics: { accuracy: () => 1 }, earlyStopping: { metric: "val_accuracy" } }, "value", 'write metric: "accuracy"', "fit earlyStopping metric"],
    [{ epochs: 1, validation: 0.3, earlyStopping: { mode: "min" } }, "option", "which way is better", "fit earlyStopping"],
    [{ epochs: 1, validation: 0.3, earlyStopping: { baseline: 1 } }, "option", "below or above", "fit earlyStopping"],
    [{ epochs: 1, verbose: 0 }, "option", "logProgress"],
    [own("__proto__", { epochs: 1 }), "option", "leave it out"],
    [{ epochs: 1, signal: AbortSignal.abort() }, "aborted", "see error.history"],
  ]),
  ...section("fit(x, numbers, classWeights)", "fit classWeights", regression, (network, bad) => network.fit(regression.input, bad, { epochs: 1, classWeights: "balanced" }), [[[[1], [0.5], [1]], "option", "write rowWeights"]]),
  ...section("fit(batches, bad)", "fit", regression, (network, bad) => network.fit(() => [{ inputs: [[0, 1]], targets: [[1]] }], bad), [
    [undefined, "option", "epochs: 100", "fit epochs"],
    [{ epochs: 1, batchSize: 8 }, "option", "let each batch"],
    [{ epochs: 1, shuffle: true }, "option", "another order"],
    [{ epochs: 1, accumulate: 2 }, "option", "more rows"],
    [{ epochs: 1, rowWeights: [1] }, "option", "with each batch"],
    [{ epochs: 1, validation: 0.2 }, "option", "{ inputs, targets }", "fit validation"],
    [{ epochs: 1, classWeights: "balanced" }, "option", "give a list", "fit classWeights"],
    [{ epochs: 1, metrics: { a: () => 1 } }, "option", "validation", "fit metrics"],
  ]),
  ...section("fit(bad batches)", "fit batches", regression, (network, bad) => network.fit(() => bad, { epochs: 1 }), [
    [undefined, "type", "async function*"],
    [7, "type", "async function*"],
    [[], "value", "return new ones"],
    [[7], "type", "{ inputs, targets }", "fit batches[0]"],
    [[{ inputs: [[0, 1]] }], "type", "{ inputs, targets }", "fit batches[0]"],
    [[{ inputs: [[0]], targets: [[1]] }], "shape", "", "fit batches[0] inputs"],
    [[{ inputs: [[0, 1]], targets: [[1, 2]] }], "shape", "", "fit batches[0] targets"],
    [[{ inputs: [[0, 1]], targets: [[1]], rowWeights: 1 }], "type", "rowWeights: [1", "fit batches[0] rowWeights"],
  ]),
  ...section("fit(stream of one epoch, options)", "fit epochs", regression, (network, bad) => network.fit((async function* () { yield { inputs: [[0, 1]], targets: [[1]] }; })(), bad), [[{ epochs: 2 }, "option", "give a function"]]),
  ...section("evaluate(x, y, bad)", "evaluate", regression, (network, bad) => network.evaluate(regression.input, [[1], [0], [1]], bad), [
    [{ metrics: [] }, "value", "metrics: { accuracy }", "evaluate metrics"],
    [{ metrics: { a: () => "high" } }, "value", "return one", "metric a"],
    [{ metrics: { epoch: () => 1 } }, "option", "epochMetric", "evaluate metrics"],
    [{ classWeights: "balanced" }, "order", 'fit with classWeights: "balanced"', "evaluate classWeights"],
    [{ classWeights: [1, 2, 3] }, "shape", "classWeights: [1, 1]", "evaluate classWeights"],
    [{ classWeights: 1 }, "value", "balanced", "evaluate classWeights"],
    [{ sample_weight: [1] }, "option", "write rowWeights"],
  ]),
  ...section("logProgress(bad)", "logProgress", regression, (_, bad) => logProgress(bad as never), [[undefined, "type", "onEpoch: logProgress"], [{}, "type", "onEpoch: logProgress"], [7, "type", "onEpoch: logProgress"]]),
  ...section("fit while another runs", "fit", fresh, (network) => {
    const first = network.fit(fresh.input, [[1], [0], [1]], { epochs: 1, signal: AbortSignal.abort() });
    first.catch(() => undefined);
    return network.fit(fresh.input, [[1], [0], [1]], { epochs: 1 });
  }, [[undefined, "order", "await the first"]]),
  ...section("trainBatch, loss not finite", "loss", far(endless), (network, bad) => network.trainBatch(bad, [0]), [[[1e9], "diverged", "lower the learning rate"]], true),
  ...section("backward, loss not finite", "loss", after(far(endless), (network) => network.forward([1e9])), (network, bad) => network.backward(bad), [[[0], "diverged", "lower the learning rate"]], true),
  ...section("fit, loss not finite", "loss", far(endless), (network, bad) => network.fit(bad, [[0]], { epochs: 3 }), [[[[1e9]], "diverged", "lower the learning rate"]], true),
  ...section("trainBatch, gradient not finite", "step", far(steep), (network, bad) => network.trainBatch(bad, [0]), [[[1e9], "diverged", "lower the learning rate"]], true),
  ...section("fit, gradient not finite", "step", far(steep), (network, bad) => network.fit(bad, [[0]], { epochs: 3 }), [[[[1e9]], "diverged", "lower the learning rate"]], true),
  ...section("forward, a layer throws", "explodes", explosive, (network, bad) => network.forward(bad), [[[0, 1], "value", "don't"]], true),
  ...section("trainBatch, a layer throws", "explodes", explosive, (network, bad) => network.trainBatch(bad, [1]), [[[0, 1], "value", "don't"]], true),
  ...section("backward after a layer threw", "backward", explosive, (network, bad) => {
    try {
      network.forward(bad);
    } catch {
      return network.backward([1]);
    }
  }, [[[0, 1], "order", "forward(input)"]], true),
  ...section("outputs after a layer threw", "outputs", explosive, (network, bad) => {
    try {
      network.forward(bad);
    } catch {
      return network.outputs;
    }
  }, [[[0, 1], "order", "forward(input)"]], true),

  // Calls in the wrong order, or of a network that has no such part.

  ...section("backward without forward", "backward", fresh, (network) => network.backward([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("backwardFrom without forward", "backwardFrom", fresh, (network) => network.backwardFrom([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("outputs without forward", "outputs", fresh, (network) => network.outputs, [[undefined, "order", "forward(input)"]]),
  ...section("step without backward", "step", regression, (network) => network.step(), [[undefined, "order", "call forward, then backward"]]),
  ...section("backward twice", "backward", after(regression, (network, { target }) => network.backward(target)), (network) => network.backward([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("backward after backwardFrom", "backward", after(regression, (network) => network.backwardFrom([[1], [0], [1]])), (network) => network.backward([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("step twice", "step", after(regression, (network, { target }) => (network.backward(target), network.step())), (network) => network.step(), [[undefined, "order", "call forward, then backward"]]),
  ...section("backward after step", "backward", after(regression, (network, { target }) => (network.backward(target), network.step())), (network) => network.backward([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("backward after parameter.set", "backward", after(regression, (network) => network.parameter("0.bias").set([1, 2, 3])), (network) => network.backward([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("backward after load", "backward", after(regression, (network) => network.load(network.toJSON())), (network) => network.backward([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("backward after copyFrom", "backward", after(regression, (network) => network.copyFrom(fresh.make())), (network) => network.backward([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("backward after trainBatch", "backward", after(regression, (network, { input, target }) => network.trainBatch(input, target)), (network) => network.backward([[1], [0], [1]]), [[undefined, "order", "forward(input)"]]),
  ...section("trainBatch without a loss", "trainBatch", bare, (network) => network.trainBatch([0, 1], [1]), [[undefined, "order", "{ loss: meanSquaredError }"]]),
  ...section("evaluate without a loss", "evaluate", bare, (network) => network.evaluate([0, 1], [1]), [[undefined, "order", "{ loss: meanSquaredError }"]]),
  ...section("fit without a loss", "fit", bare, (network) => network.fit([[0, 1]], [[1]], { epochs: 1 }), [[undefined, "order", "{ loss: meanSquaredError }"]]),
  ...section("backward without a loss", "backward", bare, (network) => network.backward([1]), [[undefined, "order", "{ loss: meanSquaredError }"]]),
  ...section("trainBatch without an optimizer", "trainBatch", lossOnly, (network) => network.trainBatch([0, 1], [1]), [[undefined, "order", "{ optimizer: sgd }"]]),
  ...section("step without an optimizer", "step", lossOnly, (network) => network.step(), [[undefined, "order", "{ optimizer: sgd }"]]),
  ...section("fit without an optimizer", "fit", lossOnly, (network) => network.fit([[0, 1]], [[1]], { epochs: 1 }), [[undefined, "order", "{ optimizer: sgd }"]]),
  ...section("optimizer.learningRate of no optimizer", "optimizer.learningRate", lossOnly, (network) => network.optimizer.learningRate, [[undefined, "order", "{ optimizer: sgd }"]]),
  ...section("optimizer.learningRate = bad, no optimizer", "optimizer.learningRate", lossOnly, (network, bad) => (network.optimizer.learningRate = bad), [[0.1, "order", "{ optimizer: sgd }"]]),
  ...section("optimizer.learningRate = bad", "adam learningRate", regression, (network, bad) => (network.optimizer.learningRate = bad), notRates),
  ...section("optimizer.learningRate of a rule without", "mine learningRate", { ...lossOnly, make: () => build(layers, { loss: meanSquaredError, optimizer: optimizerWith({}), seed: 1 }) }, (network) => network.optimizer.learningRate, [[undefined, "name", "sgd or adam"]]),

  // Parameters and states.

  ...section("parameter(bad)", "parameter", regression, (network, bad) => network.parameter(bad), [
    ["0.wieght", "name", 'write "0.weight"'],
    ["weight", "name", 'write "0.weight"'],
    ["2.Scale", "name", 'write "2.scale"'],
    ["0", "name", 'write "0.'],
    [undefined, "name", "write"],
    [0, "name", "write"],
    [["0.weight"], "name", "spread"],
    ["__proto__", "name", "write"],
    ["constructor", "name", "write"],
    ["toString", "name", "write"],
  ]),
  ...section("parameter(bad), there are none", "parameter", { ...bare, make: () => build([layerWith({ inputs: 2 })], { seed: 1 }) }, (network, bad) => network.parameter(bad), [
    ["0.weight", "name", "a layer that learns"],
  ]),
  ...section('parameter("0.weight").set(bad)', "0.weight", regression, (network, bad) => network.parameter("0.weight").set(bad), [
    [undefined, "type", "3 lists of 2 numbers"],
    [1, "type", "3 lists of 2 numbers"],
    ["[[1]]", "type", "3 lists of 2 numbers"],
    [[], "shape", "3 lists of 2 numbers"],
    [[[1, 2, 3], [4, 5, 6]], "shape", "3 lists of 2 numbers"],
    [new Float32Array(7), "shape", "3 lists of 2 numbers"],
    [[[1, 2], [3, 4], [5, NaN]], "value", "replace it", "[2][1]"],
    [[[1, 2], [3, 4], [5, "6"]], "type", "write 6", "[2][1]"],
    [new BigInt64Array(6), "type", "3 lists of 2 numbers"],
    [glorot, "type", "3 lists of 2 numbers"],
  ]),
  ...section('parameter("0.bias").value = bad', "0.bias value", regression, (network, bad) => (network.parameter("0.bias").value = bad), [
    [[1, 2, 3], "type", 'parameter("0.bias").set(value)'],
  ]),
  ...section('parameter("0.bias").gradient = bad', "0.bias gradient", regression, (network, bad) => (network.parameter("0.bias").gradient = bad), [
    [[1, 2, 3], "type", 'parameter("0.bias").setGradient(gradient)'],
  ]),
  ...section('parameter("0.bias").grad = bad', "0.bias", regression, (network, bad) => ((network.parameter("0.bias") as unknown as { grad: unknown }).grad = bad), [
    [[1, 2, 3], "name", "give a property"],
  ]),
  ...section("optimizer.lr = bad", "optimizer", regression, (network, bad) => ((network.optimizer as { lr?: unknown }).lr = bad), [
    [0.1, "name", "write learningRate"],
  ]),
  ...section('parameter("0.bias").setGradient(bad)', "0.bias gradient", regression, (network, bad) => network.parameter("0.bias").setGradient(bad), [
    [undefined, "type", "a list of 3 numbers"],
    [[1, 2], "shape", "a list of 3 numbers"],
    [[1, 2, NaN], "value", "replace it", "[2]"],
  ]),
  ...section("buffer(bad)", "buffer", regression, (network, bad) => network.buffer(bad), [
    ["2.cuont", "name", 'write "2.count"'],
    ["0.weight", "name", "2.count"],
  ]),
  ...section("buffer(bad), there are none", "buffer", line, (network, bad) => network.buffer(bad), [["mean", "name", "a layer that keeps one"]]),
  ...section('parameter("0.bias").frozen = bad', "0.bias frozen", regression, (network, bad) => (network.parameter("0.bias").frozen = bad), [
    [true, "type", 'network.freeze("0.bias")'],
  ]),
  ...section("freeze(bad)", "freeze", regression, (network, bad) => network.freeze(...(bad as unknown[])), [
    [[], "name", "write"],
    [["0.wait"], "name", "write"],
    [["0", "4"], "name", "write"],
    [[["0.weight"]], "name", "spread"],
    [[0], "name", "write"],
    [[""], "name", "write"],
    [["weight"], "name", 'write "0.weight"'],
  ]),
  ...section("unfreeze(bad)", "unfreeze", regression, (network, bad) => network.unfreeze(...(bad as unknown[])), [
    [[], "name", "write"],
    [["1"], "name", "write"],
  ]),
  ...section("copyFrom(bad)", "copyFrom", regression, (network, bad) => network.copyFrom(bad), [
    [undefined, "type", "copyFrom(network)"],
    [{}, "type", "copyFrom(network)"],
    [regression.make().toJSON(), "type", "copyFrom(network)"],
    [line.make(), "shape", "of the same layers"],
    [build([dense(2, 3), tanh, wobble, dense(3, 1, { bias: false })]), "shape", "of the same layers"],
    [build([dense(2, 3), tanh, wobble, dense(3, 1), dense(1, 1)]), "shape", "of the same layers"],
  ]),
  ...section("copyFrom(other, bad)", "copyFrom tau", regression, (network, bad) => network.copyFrom(fresh.make(), bad), [
    [-0.1, "value", "leave it out"],
    [1.1, "value", "leave it out"],
    [NaN, "value", "leave it out"],
    ["0.5", "value", "leave it out"],
    [null, "value", "leave it out"],
  ]),
  ...section("clone(bad)", "clone", regression, (network, bad) => network.clone(bad), [
    [null, "type", "write { dtype", "clone options"],
    ["float32", "type", 'write { dtype: "float32" }', "clone options"],
    [{ dtype: "float16" }, "value", "dtype:", "clone dtype"],
    [{ seed: 1 }, "option", "leave it out"],
  ]),
  ...section("load(bad)", "load document", regression, (network, bad) => network.load(bad), [
    [undefined, "type", "load(network.toJSON())"],
    [null, "type", "load(network.toJSON())"],
    [[], "type", "load(network.toJSON())"],
    [JSON.stringify(regression.make()), "type", "load(JSON.parse(text))"],
    [regression.make(), "type", "load(network.toJSON())"],
    [Promise.resolve({}), "type", "load(network.toJSON())"],
    [{ parameters: {}, buffers: {} }, "type", "load(network.toJSON())"],
    [state((saved) => (saved.format = "onnx")), "type", "load(network.toJSON())"],
    [state((saved) => (saved.parameters = [] as never)), "type", "load(network.toJSON())"],
    [state((saved) => (saved.buffers = null as never)), "type", "load(network.toJSON())"],
    [state((saved) => (saved.version = 3)), "value", "update chainrule", "load document.version"],
    [state((saved) => (saved.version = "1")), "value", "give what toJSON gave", "load document.version"],
    [state((saved) => delete saved.parameters["3.bias"]), "name", "only", "load document.parameters"],
    [state((saved) => (saved.parameters["3.extra"] = [1])), "name", "write", "load document.parameters"],
    [state((saved) => delete saved.buffers["2.count"]), "name", "only", "load document.buffers"],
    [state((saved) => (saved.buffers["2.other"] = [1])), "name", "write", "load document.buffers"],
    [state((saved) => Object.defineProperty(saved.parameters, "__proto__", { value: [1], enumerable: true })), "name", "write", "load document.parameters"],
    [state((saved) => (saved.parameters["constructor"] = [1])), "name", "write", "load document.parameters"],
    [state((saved) => (saved.parameters["0.weight"] = [[1, 2]])), "shape", "3 lists of 2 numbers", "load 0.weight"],
    [state((saved) => (saved.parameters["0.weight"] = null)), "type", "3 lists of 2 numbers", "load 0.weight"],
    [state((saved) => (saved.parameters["0.bias"] = [1, null, 3])), "type", "a number in its place", "load 0.bias[1]"],
    [state((saved) => (saved.parameters["3.bias"] = ["1"])), "type", "write 1", "load 3.bias[0]"],
    [state((saved) => (saved.buffers["2.count"] = [[1]])), "shape", "brackets", "load 2.count[0]"],
  ]),
  ...section("load(state, bad)", "load", regression, (network, bad) => network.load(network.toJSON(), bad), [
    [null, "type", "write { only", "load options"],
    ["0", "type", "write { only", "load options"],
    [["0"], "type", 'write { only: ["0"] }', "load options"],
    [{ only: "0" }, "value", 'only: ["0"]', "load only"],
    [{ only: [] }, "value", 'only: ["0"]', "load only"],
    [{ only: ["7"] }, "name", "write", "load only"],
    [{ only: [0] }, "name", "write", "load only"],
    [{ only: ["0.wieght"] }, "name", 'write "0.weight"', "load only"],
    [{ layers: ["0"] }, "option", "leave it out"],
    [own("__proto__", { only: ["0"] }), "option", "leave it out"],
  ]),
];
