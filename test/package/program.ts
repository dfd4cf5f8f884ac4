import { execFileSync } from "node:child_process";
import { expect, inject } from "vitest";

/** What the program found. */
export interface Report {
  /** What networks compute with. */
  backend: string;
  /** Of XOR's four rows, in float64 and in float32. */
  predictions: number[][][];
  /** A number made of every bit of the parameters of 30 short trainings, of all kinds. */
  digest: number;
  /** The same of trainings so long that their steps are compiled. */
  longDigest: number;
  /** Of the text of a checkpoint in the middle of a fit, and of what goes on from it. */
  resumeDigest: number;
  /** What goes on from it differs in nothing from what was not broken off. */
  resumes: boolean;
  /** Of 1,000 networks alive at a time: how many learn. */
  learning: number;
  /** The functions of chainrule/check, called with nothing, throw the error class of chainrule. */
  sameError: boolean;
}

const names =
  "{ ChainruleError, Network, adam, adamW, binaryCrossEntropy, catalogue, cosine, dense, dropout, meanSquaredError, plateau, sequence, sgd, sigmoid, softmax, tanh, warmup }";
const run = `async function run() {
  const inputs = [[0, 0], [0, 1], [1, 0], [1, 1]], targets = [[0], [1], [1], [0]];
  const predictions = [];
  for (const dtype of ["float64", "float32"]) {
    const network = new Network([dense(2, 8), tanh, dense(8, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: adam({ learningRate: 0.05 }), seed: 1, dtype });
    await network.fit(inputs, targets, { epochs: 200 });
    predictions.push(network.predict(inputs));
  }

  const add = (digest, network) => {
    for (const { value } of network.parameters) {
      for (const word of new Uint32Array(Float64Array.from(value.flat()).buffer)) digest = Math.imul(digest ^ word, 0x01000193) >>> 0;
    }
    return digest;
  };
  let digest = 0;
  const activations = Object.values(catalogue.activations);
  const heads = { simplex: [softmax], unit: [sigmoid] };
  const losses = [...Object.values(catalogue.losses), binaryCrossEntropy({ fromLogits: true })];
  const ends = losses.map((loss) => [loss, ...(heads[loss.needs] ?? [])]);
  const optimizers = [...Object.values(catalogue.optimizers), sgd({ momentum: 0.9 }), sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 })];
  const inTurn = (list, i) => list[i % list.length];
  for (let i = 0; i < 30; i++) {
    const width = [3, 17, 40, 65][i % 4], rows = [1, 5, 32][i % 3];
    const [loss, ...end] = inTurn(ends, i);
    const layers = [dense(7, width), inTurn(activations, i), dense(width, 11), inTurn(activations, i + 1), dense(11, 3), ...end];
    const network = new Network(layers, { loss, optimizer: inTurn(optimizers, i), seed: i, dtype: i % 2 ? "float32" : "float64" });
    const x = Array.from({ length: rows }, (_, n) => Array.from({ length: 7 }, (_, j) => ((31 * n + 17 * j + i) % 23) / 11 - 1));
    const t = x.map((_, n) => [0, 1, 2].map((j) => Number(j === n % 3)));
    for (let step = 0; step < 20; step++) network.trainBatch(x, t);
    await network.fit(x, t, { epochs: 3, batchSize: 2 });
    digest = add(digest, network);
  }

  let longDigest = 0;
  for (const [i, activation] of activations.entries()) {
    const network = new Network([dense(2, 3), activation, dense(3, 2), sigmoid], { loss: inTurn([binaryCrossEntropy, meanSquaredError], i), optimizer: inTurn(optimizers, i), seed: i, dtype: i % 2 ? "float32" : "float64" });
    for (let step = 0; step < 12_000; step++) network.trainBatch(inputs[step % 4], [0.1, 0.9]);
    await network.fit(inputs, [[0, 1], [1, 0], [1, 0], [0, 1]], { epochs: 6000, batchSize: 1 });
    longDigest = add(longDigest, network);
  }

  let resumeDigest = 0, resumes = true;
  const rows = Array.from({ length: 60 }, (_, n) => [((37 * n) % 61) / 30 - 1, ((23 * n) % 61) / 30 - 1]), products = rows.map(([a, b]) => [a * b]);
  for (const [i, rate] of [0.01, cosine({ from: 0.03, steps: 60 }), sequence(warmup(5), plateau({ from: 0.03, patience: 1 }))].entries()) {
    const make = () => new Network([dense(2, 20), tanh, dropout(0.2), dense(20, 1)], { loss: meanSquaredError, optimizer: adamW({ learningRate: rate, averaged: 0.9, clipNorm: 1 }), seed: i, dtype: i % 2 ? "float32" : "float64" });
    const options = { epochs: 8, batchSize: 7, validation: 0.2, earlyStopping: { patience: 3 } };
    const [whole, part] = [make(), make()];
    await whole.fit(rows, products, options);
    let text;
    await part.fit(rows, products, { ...options, onBatch: ({ epoch, step }) => epoch === 3 && step === 4 ? ((text = JSON.stringify(part.checkpoint())), false) : undefined });
    const saved = JSON.parse(text);
    const rest = Network.from(saved);
    await rest.fit(rows, products, { ...options, resume: saved });
    resumes &&= JSON.stringify(rest.checkpoint()) === JSON.stringify(whole.checkpoint());
    for (const sign of text) resumeDigest = Math.imul(resumeDigest ^ sign.charCodeAt(0), 0x01000193) >>> 0;
    resumeDigest = (resumeDigest + add(0, rest)) >>> 0;
  }

  const many = Array.from({ length: 1000 }, (_, seed) => new Network([dense(2, 3), tanh, dense(3, 1)], { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), seed }));
  const before = many.map((network) => network.trainBatch(inputs, targets));
  const learning = many.filter((network, i) => network.trainBatch(inputs, targets) < before[i] && network.backend === many[0].backend).length;

  const thrown = [];
  for (const f of Object.values(check)) {
    try { await f(); } catch (error) { thrown.push(error); }
  }
  const sameError = thrown.length > 0 && thrown.every((error) => error instanceof ChainruleError);
  return { backend: many[0].backend, predictions, digest, longDigest, resumeDigest, resumes, learning, sameError };
}`;

/** Source of a program that makes a {@link Report}, as an ES module or a CommonJS one; `then` is source that receives it. */
export const program = {
  module: (then: string): string =>
    `import * as check from "chainrule/check"; import ${names} from "chainrule"; ${run} run().then(${then});`,
  commonjs: (then: string): string =>
    `const check = require("chainrule/check"), ${names} = require("chainrule"); ${run} run().then(${then});`,
};

/** Runs the program in the project that has the packed library installed, or its form without WebAssembly. */
export function runInNode(node: string, type: keyof typeof program, library = "chainrule"): Report {
  const source = program[type]("(report) => console.log(JSON.stringify(report))").replace(
    '"chainrule"',
    `"${library}"`,
  );
  return JSON.parse(
    execFileSync(node, [`--input-type=${type}`, "-e", source], { cwd: inject("consumer"), encoding: "utf8" }),
  ) as Report;
}

/** XOR is solved in both precisions, a thousand networks learn side by side, and there is one error class. */
export function expectSound({ backend, predictions, resumes, learning, sameError }: Report, expected: string): void {
  expect(backend).toBe(expected);
  expect(predictions.map((rows) => rows.flat().map(Math.round))).toEqual([
    [0, 1, 1, 0],
    [0, 1, 1, 0],
  ]);
  expect(resumes).toBe(true);
  expect(learning).toBe(1000);
  expect(sameError).toBe(true);
}

/** What a machine without WebAssembly finds, but for the backend. */
export const expectSame = (report: Report): void =>
  expect(report).toEqual({ ...runInNode(process.execPath, "module", "chainrule/reference"), backend: report.backend });
