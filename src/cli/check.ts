import { fail, Phrase } from "../core/errors.js";
import { compare } from "../trace/index.js";
import { articleModel, biasesOption } from "./article.js";
import type { Command } from "./command.js";
import { FORM, forStep, readJson, readModel } from "./model.js";
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
    const { model, biases } = given.values;
    if (model && biases)
      fail("option", "check", "--model or --biases", new Phrase("both"), "leave out --biases, the model has its own");
    const { network, input, target } = typeof model === "string" ? readModel(model, forStep) : articleModel(given);
    const numbers = readJson(given.files[0]!, "see chainrule check --help");
    const comparison = compare(network, input, target, numbers as Record<string, number>);
    print(comparison.toString());
    return comparison.verdict === "correct" ? 0 : 1;
  },
};
