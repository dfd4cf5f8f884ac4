import { compare } from "../trace/index.js";
import { articleModel, biasesOption } from "./article.js";
import type { Command } from "./command.js";
import { FORM, readJson, readModel } from "./model.js";
import { print } from "./terminal.js";

export const check: Command = {
  usage: "check numbers.json",
  summary: "your own numbers against the article's step: the first that is wrong, and why",
  more: `The numbers are a file of JSON, any of a step's: { "out_h1": 0.593269992, "w5+": "0.35891648", "E after 1": 0.291027924 }.
A number is taken to be right to half a unit of its last decimal; in quotes, zeros at its end count.

${FORM}`,
  options: {
    model: { argument: "model.json", help: "against a step of this model, not the article's" },
    biases: biasesOption,
  },
  run(given) {
    const { model } = given.values;
    const { network, input, target } = typeof model === "string" ? readModel(model) : articleModel(given);
    const comparison = compare(network, input, target, readJson(given.files[0]!) as Record<string, number>);
    print(comparison.toString());
    return comparison.verdict === "correct" ? 0 : 1;
  },
};
