import { parseArgs } from "node:util";
import { fail, Phrase } from "../core/errors.js";
import { nearest } from "../core/options.js";
import { numeral } from "../table/numeral.js";

/** An option of a command: what it takes, if anything, and what it is for. */
export interface Option {
  readonly argument?: string;
  readonly help: string;
}

/** What was written after the name of a command. */
export interface Given {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly files: readonly string[];
}

/** A command, as help shows it and as it is run. */
export interface Command {
  /** Its name, and the files that it takes. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What else there is to know; may be empty. */
  readonly more?: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Whether any other option is a number that the user names. */
  readonly ownOptions?: true;
  /** Does it, and returns the exit code. */
  run(given: Given): number | Promise<number>;
}

const HELP: Option = { help: "this" };
const FILES = ["no file", "one file", "two files"];

/**
 * Reads the arguments of a command.
 * @throws {@link ChainruleError} `option` for one that it doesn't have, `value` for too many or too few
 */
export function parse(name: string, { usage, options, ownOptions }: Command, args: readonly string[]): Given {
  const own = ownOptions ? args.flatMap((arg) => /^--([a-zA-Z][a-zA-Z\d]*)(?:=|$)/.exec(arg)?.[1] ?? []) : [];
  const named = own.map((each): [string, Option] => [each, { argument: "N", help: "" }]);
  const known: Readonly<Record<string, Option>> = { ...Object.fromEntries(named), ...options, help: HELP };
  const names = Object.keys(known).map((each) => `--${each}`);
  const config = Object.entries(known).map(
    ([each, { argument }]) => [each, { type: argument ? "string" : "boolean" }] as const,
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: Object.fromEntries(config),
      allowPositionals: true,
    });
    const needed = usage.split(" ").length - 1;
    if (positionals.length !== needed && !values.help) {
      fail("value", name, FILES[needed]!, positionals, `write chainrule ${usage}`);
    }
    return { values: values as Given["values"], files: positionals };
  } catch (error) {
    const { message, code = "" } = error as Error & { code?: string };
    if (!code.startsWith("ERR_PARSE_ARGS")) throw error;
    const [, unknown] = /^Unknown option '(-+[^']*)'/.exec(message) ?? [];
    if (!unknown) {
      return fail(
        "option",
        name,
        "options as its help shows them",
        new Phrase(message.split(/\.\s/)[0]!.replace("Option", "option")),
        `see chainrule ${name} --help`,
      );
    }
    const better = nearest(unknown, names);
    return fail(
      "option",
      name,
      `an option among ${names.join(", ")}`,
      new Phrase(unknown),
      better ? `write ${better}` : "leave it out",
    );
  }
}

/** What a command takes. */
export function helpOf({ usage, summary, more, options }: Command): string {
  const rows = Object.entries({ ...options, help: HELP }).map(
    ([name, { argument, help }]) => [`--${name}${argument ? ` ${argument}` : ""}`, help] as const,
  );
  const widest = Math.max(...rows.map(([option]) => option.length));
  const lines = rows.map(([option, help]) => `  ${option.padEnd(widest + 2)}${help}`);
  return [`chainrule ${usage} [options]`, "", `  ${summary}`, "", ...lines, ...(more ? ["", more] : [])].join("\n");
}

/**
 * A whole number that was given as an option.
 * @throws {@link ChainruleError} `value`
 */
export function wholeNumber(given: Given, name: string, otherwise: number, most: number): number {
  const text = given.values[name];
  if (text === undefined) return otherwise;
  const value = typeof text === "string" && /^\d[\d,_]*$/.test(text) ? Number(text.replaceAll(/[,_]/g, "")) : NaN;
  const expected = `a whole number from 1 to ${most}`;
  return value >= 1 && value <= most
    ? value
    : fail("value", `--${name}`, expected, text, `write --${name} ${otherwise}`);
}

/**
 * One of a few words that was given as an option; the first if none was.
 * @throws {@link ChainruleError} `value`
 */
export function oneWord<const T extends string>(given: Given, name: string, words: readonly [T, ...T[]]): T {
  const word = given.values[name] ?? words[0];
  if (words.includes(word as T)) return word as T;
  return fail("value", `--${name}`, words.join(" or "), word, `write --${name} ${nearest(word, words) ?? words[0]}`);
}

/**
 * A share that was given as an option.
 * @throws {@link ChainruleError} `value`
 */
export function share(
  given: Given,
  name: string,
  example: number,
  ends: "with 0 and 1" | "without 0 and 1",
): number | undefined {
  const text = given.values[name];
  if (text === undefined) return undefined;
  const value = typeof text === "string" ? numeral(text) : NaN;
  const isRight = ends === "with 0 and 1" ? value >= 0 && value <= 1 : value > 0 && value < 1;
  return isRight ? value : fail("value", `--${name}`, `a number between 0 and 1`, text, `write --${name} ${example}`);
}
