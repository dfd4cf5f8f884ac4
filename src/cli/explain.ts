import { fail, Phrase } from "../core/errors.js";
import { trace } from "../trace/index.js";
import type { Command } from "./command.js";
import { called, FORM, readModel } from "./model.js";
import { outputOptions, show } from "./output.js";

export const explain: Command = {
  usage: "explain model.json",
  summary: "a step of your own network, number by number",
  more: FORM,
  options: outputOptions,
  run(given) {
    const [file] = given.files;
    const { network, input, target } = readModel(file!);
    for (const [name, value] of Object.entries({ input, target })) {
      if (value === undefined) fail("option", called(file!), name, new Phrase("none"), `write "${name}": [0.05, 0.1]`);
    }
    return show(trace(network, input, target), given, `One training step of ${called(file!)}`, "");
  },
};
