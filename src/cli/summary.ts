import type { Command } from "./command.js";
import { FORM, readModel } from "./model.js";
import { print } from "./terminal.js";

export const summary: Command = {
  usage: "summary model.json",
  summary: "the layers of your network, their sizes and parameters",
  more: FORM,
  options: {},
  run: ({ files: [file] }) => print(readModel(file!).network.summary()),
};
