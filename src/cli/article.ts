import type { Network } from "../index.js";
import { decimal } from "../trace/render/decimal.js";
import { trace } from "../trace/index.js";
import { type Command, type Given, oneWord, wholeNumber } from "./command.js";
import { type Model, modelOf } from "./model.js";
import { outputOptions, show } from "./output.js";
import { bold } from "./terminal.js";

/** What becomes of the biases: the article never updates them, and its readers asked for both other ways. */
const biases = {
  fixed: (value: number) => ({ bias: { shared: value }, freeze: ["bias"] }),
  trained: (value: number) => ({ bias: [value, value] }),
  shared: (value: number) => ({ bias: { shared: value } }),
};

export const biasesOption = {
  argument: "fixed|trained|shared",
  help: "fixed as in the article, one for each neuron, or one for a layer",
};

/** Matt Mazur, "A Step by Step Backpropagation Example" (17 March 2015), as a model. */
export function articleModel(given: Given): Model {
  const bias = biases[oneWord(given, "biases", ["fixed", "trained", "shared"])];
  const model = {
    layers: [
      {
        dense: [2, 2],
        weight: [
          [0.15, 0.2],
          [0.25, 0.3],
        ],
        ...bias(0.35),
      },
      "sigmoid",
      {
        dense: [2, 2],
        weight: [
          [0.4, 0.45],
          [0.5, 0.55],
        ],
        ...bias(0.6),
      },
      "sigmoid",
    ],
    loss: "halfSquaredError",
    optimizer: { sgd: { learningRate: 0.5 } },
    input: [0.05, 0.1],
    target: [0.01, 0.99],
  };
  return modelOf(model, "article");
}

/** E after 1, 2 and 3 updates, after 10, 100, …, and after the last, with what the network gives by then. */
function course(network: Network, { input, target }: Model, updates: number, digits: number): string {
  const lines: string[] = [];
  const number = (value: number): string => decimal(value, digits);
  for (let update = 1; update <= updates; update++) {
    network.trainBatch(input, target);
    if (update > 3 && update !== updates && !/^10*$/.test(`${update}`)) continue;
    lines.push(
      `  E after ${update.toLocaleString("en").padStart(9)} = ${number(network.evaluate(input, target).loss)}`,
    );
  }
  const outputs = network.predict(input).map((out, o) => `out_o${o + 1} = ${number(out)} (target ${target[o]!})`);
  return [bold("After more updates"), ...lines, `  The outputs by then: ${outputs.join(", ")}`].join("\n");
}

export const article: Command = {
  usage: "article",
  summary: "the step of Mazur's article, number by number",
  options: {
    updates: { argument: "N", help: "how many updates to go on for; 10,000 if not given" },
    biases: biasesOption,
    ...outputOptions,
  },
  run(given) {
    const model = articleModel(given);
    const { network, input, target } = model;
    const updates = wholeNumber(given, "updates", 10_000, 1_000_000);
    const digits = wholeNumber(given, "digits", 9, 17);
    const step = trace(network, input, target);
    return show(
      step,
      given,
      "Backpropagation, step by step: the network of Mazur's article",
      course(network.clone(), model, updates, digits),
    );
  },
};
