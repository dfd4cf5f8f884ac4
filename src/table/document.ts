import { fail, isArray } from "../core/errors.js";
import { isListOf, isPlainObject } from "../core/options.js";
import { MOST } from "./column.js";
import type { Learnt } from "./learnt.js";
import type { LearntTarget } from "./target.js";

/** A column that is left out, and why. */
export interface LeftOut {
  /** Its name. */
  readonly column: string;
  /** The end of a sentence: "it is the same in every row". */
  readonly why: string;
}

/** What was learnt of a table's columns, as it is saved. */
export interface ColumnsDocument {
  /** `"chainrule columns"`. */
  readonly format: "chainrule columns";
  /** 1. */
  readonly version: 1;
  /** How many rows it was learnt from. */
  readonly rows: number;
  /** Whether an answer is an object of several. */
  readonly several: boolean;
  /** What is to be predicted. */
  readonly targets: readonly LearntTarget[];
  /** What it is predicted from. */
  readonly columns: readonly Learnt[];
  /** What is left out. */
  readonly leftOut: readonly LeftOut[];
  /** What else there is to know. */
  readonly notes: readonly string[];
}

const isText = (value: unknown): value is string => typeof value === "string";
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isPositive = (value: unknown): boolean => Number.isFinite(value) && (value as number) > 0;
const isShare = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1;
const isValue = (value: unknown): boolean => isText(value) || isFlag(value) || Number.isFinite(value);
const areDifferent = (value: unknown): boolean =>
  new Set((value as readonly unknown[]).map(String)).size === (value as readonly unknown[]).length;
const areWords = (value: unknown): boolean => isListOf(value, isText) && value.length <= MOST && areDifferent(value);

type Tests = Readonly<Record<string, (value: unknown) => boolean>>;

/** What each part of a learnt column has to be. */
const parts: Readonly<Record<string, Tests>> = {
  number: {
    column: isText,
    mean: Number.isFinite,
    deviation: isPositive,
    log: isFlag,
    average: (value) => value === undefined || Number.isFinite(value),
    missing: Number.isFinite,
    flagged: isFlag,
    least: Number.isFinite,
    most: Number.isFinite,
  },
  category: { column: isText, words: areWords, rare: areWords, flagged: isFlag },
  flag: { column: isText, share: isShare, flagged: isFlag },
  classes: {
    column: isText,
    classes: (value) => isListOf(value, isValue) && value.length > 1 && value.length <= 1000 && areDifferent(value),
    counts: (value) => isListOf(value, isCount),
  },
};

/** A copy of an object's parts, each read once and tested. */
function read(given: unknown, tests: Tests, where: string): Record<string, unknown> {
  const object = isPlainObject(given) ? given : failPart(where, given);
  return Object.fromEntries(
    Object.entries(tests).map(([name, test]) => {
      const value = Object.hasOwn(object, name) ? object[name] : undefined;
      if (!test(value)) failPart(`${where}.${name}`, value);
      return [name, isArray(value) ? Object.freeze([...value]) : value];
    }),
  );
}

const failPart = (where: string, got: unknown): never =>
  fail("value", where, "what columns.toJSON() gave", got, "save the model again, or learn it anew");

function readLearnt(given: unknown, names: readonly string[], where: string): Learnt | LearntTarget {
  const kind = isPlainObject(given) && Object.hasOwn(given, "kind") ? given.kind : undefined;
  if (!isText(kind) || !names.includes(kind)) return failPart(`${where}.kind`, kind);
  const learnt = { kind, ...read(given, parts[kind]!, where) } as unknown as Learnt | LearntTarget;
  if (learnt.kind === "classes" && learnt.counts.length !== learnt.classes.length)
    failPart(`${where}.counts`, learnt.counts);
  return Object.freeze(learnt);
}

const listOf = (value: unknown): boolean => isArray(value) && value.length <= 100_000;

/**
 * Reads what `columns.toJSON()` gave, and trusts none of it.
 * @throws `ChainruleError` `type` or `value`, for what is no such document
 */
export function readColumnsDocument(given: unknown, where: string): ColumnsDocument {
  const isDocument = isPlainObject(given) && given.format === "chainrule columns";
  if (!isDocument) return fail("type", where, "what columns.toJSON() gave", given, "give what columns.toJSON() gave");
  const document = read(
    given,
    {
      format: (value) => value === "chainrule columns",
      version: (value) => value === 1,
      rows: isCount,
      several: isFlag,
      targets: (value) => isArray(value) && value.length > 0 && value.length <= 100_000,
      columns: (value) => listOf(value) && (value as readonly unknown[]).length > 0,
      leftOut: listOf,
      notes: (value) => listOf(value) && isListOf(value, isText),
    },
    where,
  ) as unknown as ColumnsDocument;
  const targets = document.targets.map((each, i) =>
    readLearnt(each, ["number", "classes"], `${where}.targets[${i}]`),
  ) as LearntTarget[];
  if (document.several && targets.some(({ kind }) => kind === "classes")) failPart(`${where}.targets`, "classes");
  if (targets.length > 1 && !document.several) failPart(`${where}.several`, false);
  const columns = document.columns.map((each, i) =>
    readLearnt(each, ["number", "category", "flag"], `${where}.columns[${i}]`),
  ) as Learnt[];
  const names = [...targets, ...columns].map(({ column }) => column);
  if (!areDifferent(names)) failPart(`${where}.columns`, names);
  const leftOut = document.leftOut.map((each, i) =>
    Object.freeze(read(each, { column: isText, why: isText }, `${where}.leftOut[${i}]`)),
  ) as unknown as LeftOut[];
  return { ...document, targets, columns, leftOut };
}
