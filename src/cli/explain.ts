import { trace } from "../trace/index.js";
import type { Command } from "./command.js";
import { called, FORM, forStep, readModel } from "./model.js";
import { outputOptions, show } from "./output.js";

export const explain: Command = {
  usage: "explain model.json",
  summary: "a step of your own network, number by number",
  more: FORM,
  options: outputOptions,
  run(given) {
    const [file] = given.files;
    const { network, input, target } = readModel(file!, forStep);
    return show(trace(network, input, target), given, `One training step of ${called(file!)}`, "");
  },
};
