import { execFileSync } from "node:child_process";
import { expect, inject } from "vitest";

/** What the program found. */
export interface Report {
  /** Of XOR's four rows, in float64 and in float32. */
  predictions: number[][][];
  /** The functions of chainrule/check, called with nothing, throw the error class of chainrule. */
  sameError: boolean;
}

const names = "{ ChainruleError, Network, adam, binaryCrossEntropy, dense, sigmoid, tanh }";
const run = `async function run() {
  const inputs = [[0, 0], [0, 1], [1, 0], [1, 1]], targets = [[0], [1], [1], [0]];
  const predictions = [];
  for (const dtype of ["float64", "float32"]) {
    const network = new Network([dense(2, 8), tanh, dense(8, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: adam({ learningRate: 0.05 }), seed: 1, dtype });
    await network.fit(inputs, targets, { epochs: 200 });
    predictions.push(network.predict(inputs));
  }
  const thrown = [];
  for (const f of Object.values(check)) {
    try { await f(); } catch (error) { thrown.push(error); }
  }
  return { predictions, sameError: thrown.length > 0 && thrown.every((error) => error instanceof ChainruleError) };
}`;

/** Source of a program that makes a {@link Report}, as an ES module or a CommonJS one; `then` is source that receives it. */
export const program = {
  module: (then: string): string => `import * as check from "chainrule/check"; import ${names} from "chainrule"; ${run} run().then(${then});`,
  commonjs: (then: string): string => `const check = require("chainrule/check"), ${names} = require("chainrule"); ${run} run().then(${then});`,
};

/** Runs the program in the project that has the packed library installed. */
export function runInNode(node: string, type: keyof typeof program): Report {
  const source = program[type]("(report) => console.log(JSON.stringify(report))");
  return JSON.parse(execFileSync(node, [`--input-type=${type}`, "-e", source], { cwd: inject("consumer"), encoding: "utf8" })) as Report;
}

/** XOR is solved in both precisions, and there is one error class. */
export function expectSound({ predictions, sameError }: Report): void {
  expect(predictions.map((rows) => rows.flat().map(Math.round))).toEqual([[0, 1, 1, 0], [0, 1, 1, 0]]);
  expect(sameError).toBe(true);
}
