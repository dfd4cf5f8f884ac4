import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fail, Phrase } from "../core/errors.js";
import { targetOf } from "../node/replace.js";
import { nearest } from "../core/options.js";
import { CsvReader, fieldOf } from "../table/csv.js";
import { trainingFields, trainingOf } from "../table/fit-table.js";
import type { Frame } from "../table/frame.js";
import { category } from "../table/kinds/category.js";
import { ignore } from "../table/kinds/flag.js";
import { number } from "../table/kinds/number.js";
import type { ColumnKind } from "../table/learnt.js";
import type { Training } from "../table/recipe.js";
import { choose, isOfNumbers } from "../table/rules.js";
import { readOptions } from "../core/options.js";
import { type Given, oneWord, type Option, share, wholeNumber } from "./command.js";

export const trainOptions = {
  target: { argument: "COLUMN", help: "the column to be predicted; without it, the columns are listed" },
  task: { argument: "classify|regress", help: "whether the answer is a class or a number; found if not given" },
  use: { argument: "A,B", help: "predict from these columns alone, what looks like an id too" },
  ignore: { argument: "A,B", help: "leave these columns out" },
  words: { argument: "A,B", help: "take the numbers of these columns as words" },
  hidden: { argument: "32,16", help: "units of each hidden layer; 64 if not given" },
  epochs: { argument: "N", help: "passes over the rows, at most; 500 if not given" },
  test: {
    argument: "SHARE",
    help: "rows that are kept apart to measure it; 0.2 if not given, below 500 rows five folds",
  },
  order: { argument: "time", help: "the rows are in the order of time: the last ones are kept apart" },
  seed: { argument: "N", help: "where weights and draws come from; 1 if not given" },
  out: { argument: "FILE", help: "where the model is saved; model.json if not given, and if that is not there yet" },
  report: { argument: "FILE", help: "write a page of all that was found, to read or to print" },
} as const satisfies Readonly<Record<string, Option>>;

/** What was asked for, apart from columns. */
export interface Asked {
  readonly training: Training;
  /** The share of the rows that is kept apart; undefined if it is left to the count of rows. */
  readonly test: number | undefined;
  readonly isInTime: boolean;
  readonly out: string;
  readonly report: string | undefined;
}

/** Fields of a list, written as a line of CSV: `a,b` or `"a, with a comma",b`. */
function listOf(text: string, option: string): string[] {
  const fields: string[] = [];
  const reader = new CsvReader(",", (row) => {
    for (let i = 0; i < row.count; i++) fields.push(fieldOf(row, i).trim());
  });
  reader.push(text);
  reader.end();
  if (!fields.length || fields.includes(""))
    fail("value", option, "names with commas between them", text, `write ${option} a,b`);
  return fields;
}

function hiddenOf(given: Given): number[] | undefined {
  const text = given.values.hidden;
  if (typeof text !== "string") return undefined;
  const sizes = text.split(",").map((each) => (/^\s*\d{1,5}\s*$/.test(each) ? Number(each) : 0));
  return sizes.every((size) => size > 0)
    ? sizes
    : fail("value", "--hidden", "whole numbers from 1 on, with commas between them", text, "write --hidden 32,16");
}

/**
 * Reads the options that do not depend on the file.
 * @throws {@link ChainruleError} `value`
 */
export function readAsked(given: Given): Asked {
  const { values } = given;
  const isInTime = values.order !== undefined;
  if (isInTime) oneWord(given, "order", ["time"]);
  const options = {
    seed: wholeNumber(given, "seed", 1, Number.MAX_SAFE_INTEGER),
    ...(values.epochs === undefined ? {} : { epochs: wholeNumber(given, "epochs", 500, 1_000_000) }),
    ...(values.hidden === undefined ? {} : { hidden: hiddenOf(given) }),
    ...(isInTime ? { validation: { last: 0.2 } } : {}),
  };
  return {
    training: trainingOf(readOptions("train", options, trainingFields)),
    test: share(given, "test", 0.2, "without 0 and 1"),
    isInTime,
    out: (values.out as string | undefined) ?? "model.json",
    report: values.report as string | undefined,
  };
}

/**
 * Sees, before anything is trained, whether what will be written can be.
 * @throws {@link ChainruleError} `value`
 */
export async function checkPlaces({ files: [data], values }: Given, { out, report }: Asked): Promise<void> {
  if (values.out === undefined && (await stat(out).catch(() => undefined)))
    fail(
      "value",
      "--out",
      "a name for the model",
      new Phrase(`none, and ${out} is there already`),
      `write --out ${out} to replace it, or another name`,
    );
  const places = { "--out": out, "--report": report };
  for (const [option, path] of Object.entries(places)) if (path !== undefined) await checkPlace(option, path, [data!]);
  if (report !== undefined && (await areOne(out, report)))
    fail("value", "--report", "another file than --out", report, "write --report report.html");
}

/** Whether two paths lead to the same file, which need not be there yet; links are followed. */
async function areOne(path: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([path, other].map(async (each) => resolve(await targetOf(each).catch(() => each))));
  return a === b;
}

/**
 * Sees whether a file can be written.
 * @throws {@link ChainruleError} `value` if it can't, or is one that is read
 */
export async function checkPlace(option: string, path: string, read: readonly string[]): Promise<void> {
  const refuse = (expected: string, got: string): never =>
    fail("value", option, expected, new Phrase(got), "give the path of another file");
  if (path === "") refuse("the path of a file", "nothing");
  for (const file of read) if (await areOne(file, path)) refuse("another file than those that are read", path);
  const folder = dirname(resolve(path));
  await access(folder, constants.W_OK).catch((error: Error) => refuse("a folder that can be written", error.message));
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) refuse("a file", `${path}, which is none`);
}

/** @throws {@link ChainruleError} `name` for a column that is not there */
function checkName(option: string, name: string, frame: Frame): void {
  if (frame.columns.has(name)) return;
  const names = [...frame.columns.keys()];
  const better = nearest(name, names);
  const expected = `a column among ${names.join(", ").slice(0, 300)}`;
  fail(
    "name",
    option,
    expected,
    name,
    better === undefined ? "write the name as the first line has it" : `write ${better}`,
  );
}

/**
 * How each column is to be read, of those that were spoken of.
 * @throws {@link ChainruleError} `name` for one that is not there, `option` for one of which two things are said
 */
export function kindsOf(given: Given, frame: Frame, target: string): Record<string, ColumnKind> {
  checkName("--target", target, frame);
  const lists = (["use", "ignore", "words"] as const).map((option) => {
    const text = given.values[option];
    const names = typeof text === "string" ? listOf(text, `--${option}`) : undefined;
    for (const name of names ?? []) {
      checkName(`--${option}`, name, frame);
      if (name === target)
        fail("option", `--${option}`, "columns to predict from", new Phrase("the target"), "leave it out of the list");
    }
    return names;
  });
  const [use, left = [], words = []] = lists;
  const twice = left.find((name) => words.includes(name) || use?.includes(name));
  if (twice !== undefined)
    fail("option", "--ignore", "columns that are not used", twice, "leave it out of one of the two lists");
  const kinds: [string, ColumnKind][] = [];
  for (const [name, column] of frame.columns) {
    if (name === target) continue;
    if (words.includes(name)) kinds.push([name, category as unknown as ColumnKind]);
    else if (left.includes(name) || (use && !use.includes(name))) kinds.push([name, ignore as unknown as ColumnKind]);
    else if (use && "leftOut" in choose(column))
      kinds.push([name, (isOfNumbers(column.present) ? number : category) as unknown as ColumnKind]);
  }
  const task = given.values.task === undefined ? undefined : oneWord(given, "task", ["classify", "regress"]);
  if (task) kinds.push([target, (task === "classify" ? category : number) as unknown as ColumnKind]);
  return Object.fromEntries(kinds);
}
