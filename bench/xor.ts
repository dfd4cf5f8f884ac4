import { fileURLToPath } from "node:url";
import {
  Network,
  adam,
  binaryCrossEntropy,
  dense,
  glorot,
  halfSquaredError,
  sgd,
  sigmoid,
  tanh,
  type Activation,
  type Initializer,
  type Loss,
  type Optimizer,
} from "chainrule";
import { inputs, isSolved, targets, train, xorNetwork } from "../examples/xor.js";

/** What a reader of the article can change. */
export interface Recipe {
  readonly hidden: number;
  readonly squash: Activation;
  readonly weight: Initializer;
  readonly trainBiases: boolean;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
}

const fromZeroToOne: Initializer = { name: "U[0, 1)", value: (index, { random }) => random.uniform(index) };
const oneForAll: Initializer = { name: "U[0, 1), one for all", value: (_, { random }) => random.uniform(0) };

/** XOR as in the comment at the end of the author's script. */
export const author: Recipe = {
  hidden: 5,
  squash: sigmoid,
  weight: fromZeroToOne,
  trainBiases: false,
  loss: halfSquaredError,
  optimizer: sgd({ learningRate: 0.5 }),
};

/** Mulberry32: which example comes next. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Predictions for the four examples after some updates, each with one example drawn at random. */
export function trainOnline(recipe: Recipe, updates: number, seed: number): number[][] {
  const { hidden, squash, weight, trainBiases, loss, optimizer } = recipe;
  const options = { weight, bias: oneForAll, freeze: trainBiases ? [] : (["bias"] as const) };
  const layers = [dense(2, hidden, options), squash, dense(hidden, 1, options), sigmoid] as const;
  const network = new Network(layers, { loss, optimizer, seed });
  const draw = random(seed);
  for (let update = 1; update <= updates; update++) {
    const row = Math.floor(4 * draw());
    network.trainBatch(inputs[row]!, targets[row]!);
  }
  return network.predict(inputs);
}

const error = (predictions: readonly (readonly number[])[]): number =>
  predictions.reduce((sum, [prediction], row) => sum + 0.5 * (targets[row]![0]! - prediction!) ** 2, 0);

const isRight = (predictions: readonly (readonly number[])[]): boolean =>
  predictions.every(([prediction], row) => Math.abs(targets[row]![0]! - prediction!) < 0.5);

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
};

const aroundZero = { weight: glorot };
const biasesTrained = { trainBiases: true };
const withTanh = { squash: tanh };
const withCrossEntropy = { loss: binaryCrossEntropy };
const withAdam = { optimizer: adam({ learningRate: 0.05 }) };

const recipes: readonly (readonly [string, Recipe])[] = [
  ["the author's recipe", author],
  ["weights around zero (Glorot)", { ...author, ...aroundZero }],
  ["biases trained", { ...author, ...biasesTrained }],
  ["tanh in the hidden layer", { ...author, ...withTanh }],
  ["cross-entropy", { ...author, ...withCrossEntropy }],
  ["Adam, learning rate 0.05", { ...author, ...withAdam }],
  ["all five", { ...author, ...aroundZero, ...biasesTrained, ...withTanh, ...withCrossEntropy, ...withAdam }],
];

async function main(): Promise<void> {
  const seeds = Array.from({ length: 200 }, (_, index) => index + 1);
  const runs = await Promise.all(seeds.map((seed) => train(xorNetwork(seed))));
  const epochs = runs.flatMap(({ solvedAfter }) => solvedAfter ?? []);
  const range = `${Math.min(...epochs)} to ${Math.max(...epochs)}`;
  console.log("The example: 2-8-1, tanh, Glorot, biases trained, cross-entropy, Adam 0.05, all four examples at once.");
  console.log(`Solved for ${epochs.length} of ${seeds.length} seeds; epochs: ${range}, median ${median(epochs)}`);

  console.log(`
The author's recipe and one remedy at a time, ${seeds.length} seeds, one example drawn for each update.
  solved  every |prediction - target| < 0.1
  right   every |prediction - target| < 0.5
  stuck   E = ½Σ(target - out)² over the four still ≥ 0.4, near the 0.5 of answering ½ to all

| net | updates | recipe | solved | right | stuck | median E |
|---|---:|---|---:|---:|---:|---:|`);
  const rows = [
    [5, 5_000, recipes],
    [5, 10_000, recipes.slice(0, 1)],
    [2, 10_000, recipes],
  ] as const;
  for (const [hidden, updates, tried] of rows) {
    for (const [name, recipe] of tried) {
      const results = seeds.map((seed) => trainOnline({ ...recipe, hidden }, updates, seed));
      const errors = results.map(error);
      const stuck = errors.filter((value) => value >= 0.4);
      const counts = [results.filter(isSolved).length, results.filter(isRight).length, stuck.length];
      console.log(`| 2-${hidden}-1 | ${updates} | ${name} | ${counts.join(" | ")} | ${median(errors).toFixed(4)} |`);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
