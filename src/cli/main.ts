import { createRequire } from "node:module";
import { fail } from "../core/errors.js";
import { nearest } from "../core/options.js";
import { visible } from "../core/visible.js";
import { article } from "./article.js";
import { check } from "./check.js";
import { type Command, helpOf, parse } from "./command.js";
import { explain } from "./explain.js";
import { formula } from "./formula.js";
import { predict } from "./predict.js";
import { summary } from "./summary.js";
import { bold, print } from "./terminal.js";
import { train } from "./train.js";
import { xor } from "./xor.js";

const commands: Readonly<Record<string, Command>> = { train, predict, article, xor, check, explain, formula, summary };
const names = Object.keys(commands);

const help = (): string =>
  [
    bold("chainrule: a neural network that shows its work"),
    "",
    "  chainrule <command> [options]",
    "",
    ...names.map((name) => `  ${commands[name]!.usage.padEnd(28)}${commands[name]!.summary}`),
    "",
    "  chainrule <command> --help   what it takes",
    "  chainrule --version",
    "",
    "It exits with 0 if all is well, with 1 if the numbers of check are wrong, with 2 if it was called wrongly.",
  ].join("\n");

const version = (): string => (createRequire(import.meta.url)("chainrule/package.json") as { version: string }).version;

/** Runs a command, and returns the exit code. */
export async function main([name = "--help", ...args]: readonly string[]): Promise<number> {
  try {
    if (["--help", "-h", "help"].includes(name)) return print(help());
    if (["--version", "-v"].includes(name)) return print(version());
    if (!Object.hasOwn(commands, name)) {
      fail(
        "name",
        "command",
        `one of ${names.join(", ")}`,
        name,
        nearest(name, names) ? `write ${nearest(name, names)!}` : "see chainrule --help",
      );
    }
    const command = commands[name]!;
    const given = parse(name, command, args);
    return given.values.help ? print(helpOf(command)) : await command.run(given);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`chainrule: ${visible(message.replaceAll(/\s+/g, " "))}\n`);
    return 2;
  }
}
