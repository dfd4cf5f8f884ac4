import type { Matrix } from "../core/examples.js";
import { fail, isArray, Phrase } from "../core/errors.js";
import { isPlainObject, nearest, optional, readOptions } from "../core/options.js";
import { isList, type NumberArray } from "../core/numbers.js";
import { isOurs } from "../core/bare.js";
import type { Cell, Value } from "./column.js";
import { type ColumnsDocument, type LeftOut } from "./document.js";
import { failName, type Frame, frameOf, pickFrame, rowsOf } from "./frame.js";
import type { Unusual } from "./kinds/kind.js";
import type { LearntNumber } from "./kinds/number.js";
import { type ColumnKind, describeColumn, encoderOf, inputsOf, kinds, type Learnt } from "./learnt.js";
import { choose } from "./rules.js";
import { classOf, encodeTarget, learnTarget, type LearntTarget, numberFor, outputsOf } from "./target.js";
import type { AnswerOf, Names, Question, Targets } from "./types.js";

/** A column that is used. */
export interface UsedColumn {
  /** Its name. */
  readonly column: string;
  /** What it was understood as. */
  readonly as: string;
  /** How many inputs it has. */
  readonly inputs: number;
}

/** Rows as numbers, for `fit`. */
export interface EncodedRows {
  /** A row of `inputSize` numbers for each. */
  readonly inputs: Matrix;
  /** The place of each row's class; or its numbers, scaled, a row for each. */
  readonly targets: Uint32Array | Matrix;
}

/** What was learnt of a table's columns: the way from rows to numbers, and back. `R` is a row, `T` the target's name. */
export interface Columns<R extends object = Record<string, Cell>, T extends Targets<R> = Names<R>> {
  /** How many numbers a row becomes. */
  readonly inputSize: number;
  /** How many numbers an answer is: of two classes one, the probability of the second. */
  readonly outputSize: number;
  /** What each input is called. */
  readonly inputs: readonly string[];
  /** What is predicted. */
  readonly target: T;
  /** Whether the answer is a class or a number. */
  readonly task: "classes" | "numbers";
  /** The classes, in a readable order; undefined for numbers. */
  readonly classes: readonly AnswerOf<R, T>[] | undefined;
  /** The columns that are used, and as what. */
  readonly used: readonly UsedColumn[];
  /** The columns that are left out, and why. */
  readonly leftOut: readonly LeftOut[];
  /** What a person should look at. */
  readonly notes: readonly string[];
  /**
   * Rows as numbers.
   * @throws `ChainruleError` `name` for a column that is not there, `value` for a gap in the target or a class that was
   * not learnt, `type` for what can't be in a table
   */
  encode(rows: readonly R[]): EncodedRows;
  /** The inputs alone, of rows that may lack the target. */
  encodeInputs(rows: readonly Question<R, T>[]): Matrix;
  /**
   * The answer that the numbers of a network stand for: probabilities of classes, or scaled numbers.
   * @throws `ChainruleError` `shape` for another count of numbers
   */
  decode(output: readonly number[] | NumberArray): AnswerOf<R, T>;
  /** What was understood of each column, a line each. */
  toString(): string;
  /** All of it, as data. */
  toJSON(): ColumnsDocument;
}

/** Options of {@link learnColumns}. */
export interface ColumnsOptions<R extends object, T extends Targets<R>> {
  /** The column to be predicted, or several: a list. */
  readonly target: T;
  /** How columns are to be read; of those that are not named, it is found. */
  readonly columns?: { readonly [K in Names<R>]?: ColumnKind } | undefined;
}

/** Rows that are encoded together, so that they stay at hand from column to column. */
const TOGETHER = 64;

/** Columns after they were learnt. */
export class LearntColumns implements Columns<never, never> {
  readonly inputs: readonly string[];
  readonly inputSize: number;
  readonly outputSize: number;
  readonly target: never;
  readonly task: "classes" | "numbers";
  readonly classes: readonly never[] | undefined;
  readonly used: readonly UsedColumn[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];

  constructor(
    /** @internal */
    readonly document: ColumnsDocument,
  ) {
    const { targets, columns, leftOut, notes, several } = document;
    this.inputs = Object.freeze(columns.flatMap((learnt) => inputsOf(learnt)));
    this.inputSize = this.inputs.length;
    this.outputSize = targets.reduce((sum, each) => sum + outputsOf(each), 0);
    const names = targets.map(({ column }) => column);
    this.target = (several ? Object.freeze(names) : names[0]) as never;
    const first = targets[0]!;
    this.task = first.kind === "classes" ? "classes" : "numbers";
    this.classes = first.kind === "classes" ? (first.classes as never) : undefined;
    this.used = columns.map((learnt) => ({
      column: learnt.column,
      as: describeColumn(learnt),
      inputs: inputsOf(learnt).length,
    }));
    this.leftOut = leftOut;
    this.notes = notes;
  }

  /** @internal The columns by which rows are read. */
  get wanted() {
    return this.document.columns.map((learnt) => ({
      name: learnt.column,
      words: learnt.kind === "category" ? [...learnt.words, ...learnt.rare] : learnt.kind === "number" ? [] : undefined,
    }));
  }

  private get wantedTargets() {
    return this.document.targets.map((learnt) => ({ name: learnt.column }));
  }

  /** @internal The columns that are needed of these rows; with the target, if it is asked for. */
  frameOf(rows: unknown, where: string, hasTarget: boolean): Frame {
    return pickFrame(rows, [...this.wanted, ...(hasTarget ? this.wantedTargets : [])], where);
  }

  /** @internal The inputs of a table, and what is unusual in each column. */
  inputsOf({ rows, columns }: Frame, where: string): { inputs: Matrix; unusual: Unusual[] } {
    const width = this.inputSize;
    const data = new Float64Array(rows * width);
    let at = 0;
    const unusual: Unusual[] = [];
    const encoders = this.document.columns.map((learnt) => {
      const column = columns.get(learnt.column) ?? failName(learnt.column, [...columns.keys()], where);
      const found = { gaps: 0, unseen: 0, outside: 0 };
      unusual.push(found);
      const encoder = encoderOf(learnt, column, { data, width, at }, found);
      at += inputsOf(learnt).length;
      return encoder;
    });
    for (let start = 0; start < rows; start += TOGETHER)
      for (const encode of encoders) encode(start, Math.min(rows, start + TOGETHER));
    return { inputs: { data, shape: [rows, width] }, unusual };
  }

  /** @internal The targets of a table: places of classes, or scaled numbers; NaN for gaps. */
  targetsOf({ columns }: Frame, where: string): Float64Array[] {
    return this.document.targets.map((learnt) =>
      encodeTarget(learnt, columns.get(learnt.column) ?? failName(learnt.column, [...columns.keys()], where), where),
    );
  }

  /** @internal Targets as a network learns them. */
  batchOf(targets: readonly Float64Array[]): Uint32Array | Matrix {
    if (this.task === "classes") return Uint32Array.from(targets[0]!);
    const rows = targets[0]!.length;
    const data = new Float64Array(rows * targets.length);
    targets.forEach((column, i) => column.forEach((z, n) => void (data[n * targets.length + i] = z)));
    return { data, shape: [rows, targets.length] };
  }

  /**
   * @internal The rows of a table that have an answer, and what it is.
   * @throws `ChainruleError` `shape` if there are none
   */
  answered(given: Frame, where: string): { frame: Frame; kept: Uint32Array; targets: Float64Array[] } {
    const all = this.targetsOf(given, "rows");
    const kept = Uint32Array.from({ length: given.rows }, (_, n) => n).filter((n) =>
      all.every((column) => !Number.isNaN(column[n]!)),
    );
    if (kept.length === 0) fail("shape", where, "rows with an answer", new Phrase("none"), "give rows with the target");
    if (kept.length === given.rows) return { frame: given, kept, targets: all };
    const targets = all.map((column) => Float64Array.from(kept, (n) => column[n]!));
    return { frame: rowsOf(given, kept), kept, targets };
  }

  encode(rows: readonly never[]): EncodedRows {
    const frame = this.frameOf(rows, "encode", true);
    const targets = this.targetsOf(frame, "rows");
    targets.forEach((column, i) => {
      const gap = column.findIndex((value) => Number.isNaN(value));
      const { column: name } = this.document.targets[i]!;
      if (gap >= 0)
        fail(
          "value",
          `rows[${gap}].${name}`,
          "an answer",
          new Phrase("a gap"),
          "leave the row out, or encodeInputs(rows)",
        );
    });
    return { inputs: this.inputsOf(frame, "encode").inputs, targets: this.batchOf(targets) };
  }

  encodeInputs(rows: readonly never[]): Matrix {
    return this.inputsOf(this.frameOf(rows, "encodeInputs", false), "encodeInputs").inputs;
  }

  decode(output: readonly number[] | NumberArray): never {
    const isPair = this.classes?.length === 2;
    if (!isList(output) || !(output.length === this.outputSize || (isPair && output.length === 2)))
      fail("shape", "decode", `a list of ${this.outputSize} numbers`, output, "give the output of one row");
    const { targets } = this.document;
    if (this.task === "numbers")
      return this.answerOf(targets.map((learnt, i) => numberFor(learnt as LearntNumber, output[i]!)));
    return this.answerOf(isPair && output.length === 1 ? [1 - output[0]!, output[0]!] : output);
  }

  /** @internal The answer of probabilities, one for each class, or of numbers in the target's units. */
  answerOf(output: ArrayLike<number>, threshold?: number): never {
    const { targets, several } = this.document;
    const values = targets.map((learnt, i): Value =>
      learnt.kind === "classes" ? learnt.classes[classOf(output, threshold)]! : output[i]!,
    );
    const names = targets.map(({ column }) => column);
    return (several ? Object.fromEntries(names.map((name, i) => [name, values[i]!])) : values[0]) as never;
  }

  toString(): string {
    const widest = Math.max(...[...this.used, ...this.leftOut].map(({ column }) => column.length), 0);
    const line = (column: string, text: string): string => `  ${column.padEnd(widest)}  ${text}`;
    const targets = this.document.targets.map((learnt) =>
      learnt.kind === "classes"
        ? `${learnt.column}: a class, ${listed(learnt.classes)}`
        : `${learnt.column}: a number, ${kinds.number.describe(learnt)}`,
    );
    return [
      ...targets,
      ...this.used.map(({ column, as }) => line(column, as)),
      ...this.leftOut.map(({ column, why }) => line(column, `left out: ${why}`)),
      ...this.notes,
    ].join("\n");
  }

  toJSON(): ColumnsDocument {
    return this.document;
  }
}

const fields = {
  target: /* @__PURE__ */ optional<unknown>("the name of a column, or a list of names", isTarget, '"species"'),
  columns: /* @__PURE__ */ optional<Readonly<Record<string, ColumnKind>>>(
    "an object of number, category, flag or ignore by the names of columns",
    isPlainObject,
    "{ age: number }",
  ),
};

function isTarget(value: unknown): boolean {
  if (!isArray(value)) return typeof value === "string";
  return value.length > 0 && new Set(value).size === value.length && value.every((each) => typeof each === "string");
}

/**
 * Learns from rows how each column is to be read, and what is to be known to make numbers of it: means and deviations of
 * numbers, the words of categories, the classes of the target. It looks at the rows given and no others, so that nothing
 * of test rows leaks in.
 *
 * Numbers, and text that says numbers, are scaled; words are indicators; true and false, or yes and no, are flags. Left out,
 * and named in `leftOut`, are columns that are mostly empty, the same in every row, dates, words nearly all different, and
 * what looks like an id or counts the rows. A target of words, of yes and no, or of two different values is a class;
 * other numbers are a number. `columns` overrides all of it.
 * @throws `ChainruleError` `name` for a column that is not there, `value` for one that cannot be read as was asked,
 * `option`, `shape` for no rows, `type` for what can't be in a table
 * @example
 * ```ts
 * import { category, ignore, learnColumns } from "chainrule/table";
 *
 * const rows = [
 *   { name: "Ann", age: 31, class: 1, survived: "yes" },
 *   { name: "Bob", age: null, class: 3, survived: "no" },
 *   { name: "Eve", age: 26, class: 3, survived: "yes" },
 * ];
 * const columns = learnColumns(rows, { target: "survived", columns: { name: ignore, class: category } });
 * columns.inputs; // ["age", "age is missing", "class = 1", "class = 3"]
 * columns.classes; // ["no", "yes"]
 * columns.decode([0.7]); // "yes"
 * ```
 */
export function learnColumns<R extends object, const T extends Targets<R>>(
  rows: readonly R[],
  options: ColumnsOptions<R, T>,
): Columns<R, T> {
  const { target, columns } = readColumnsOptions("learnColumns", options);
  return learnFrame(frameOf(rows, "learnColumns", ignoredIn(columns)), target, columns) as unknown as Columns<R, T>;
}

/** The two options, when they are given among others. */
export const columnsFields = fields;

type KindsByName = Readonly<Record<string, ColumnKind>>;

/** Which columns somebody has left out: in these may stand what can't be read, such as the ids of a database. */
export const ignoredIn =
  (kinds: KindsByName) =>
  (name: string): boolean =>
    Object.hasOwn(kinds, name) && (kinds[name] as Partial<ColumnKind> | undefined)?.name === "ignore";

function readColumnsOptions(
  where: string,
  options: unknown,
): { target: string | readonly string[]; columns: KindsByName } {
  const { target, columns } = readOptions(where, options, fields);
  return { target: checkTarget(target, where), columns: columns ?? {} };
}

/** @throws `ChainruleError` `option` if no target was named */
export function checkTarget(target: unknown, where: string): string | readonly string[] {
  if (target === undefined) fail("option", where, "target", new Phrase("none"), 'write target: "species"');
  return target as string | readonly string[];
}

/** Learns the columns of a table. */
export function learnFrame(frame: Frame, target: string | readonly string[], given: KindsByName): LearntColumns {
  const names = [...frame.columns.keys()];
  const askedFor = (name: string): ColumnKind | undefined => (Object.hasOwn(given, name) ? given[name] : undefined);
  const several = typeof target !== "string";
  const targets = several ? target : [target];
  for (const name of [...targets, ...Object.keys(given)]) {
    if (frame.columns.has(name)) continue;
    const better = nearest(name, names);
    fail("name", "learnColumns", `columns among ${names.join(", ").slice(0, 300)}`, name, better && `write ${better}`);
  }
  for (const [name, kind] of Object.entries(given))
    if (Object(kind) !== kind || !isOurs(kind) || !(kind.name === "ignore" || Object.hasOwn(kinds, kind.name)))
      fail("value", `columns ${name}`, "number, category, flag or ignore", kind, 'import it from "chainrule/table"');
  const learntTargets = targets.map((name) => learnTarget(frame.columns.get(name)!, askedFor(name)));
  if (several && learntTargets.some(({ kind }) => kind === "classes"))
    fail(
      "value",
      "learnColumns target",
      "numbers, where there are several targets",
      new Phrase("classes"),
      "learn a model for each",
    );
  const notes: string[] = [];
  const learnt: Learnt[] = [];
  const leftOut: LeftOut[] = [];
  const counters: string[] = [];
  const use = (name: string, kind: keyof typeof kinds, options: object): void => {
    learnt.push(kinds[kind].learn(frame.columns.get(name)!, options));
  };
  for (const name of names) {
    if (targets.includes(name)) continue;
    const asked = askedFor(name);
    if (asked?.name === "ignore") leftOut.push({ column: name, why: "you said so" });
    else if (asked) use(name, asked.name as keyof typeof kinds, asked.options);
    else {
      const choice = choose(frame.columns.get(name)!);
      if ("leftOut" in choice) {
        leftOut.push({ column: name, why: choice.leftOut });
        if (choice.isCounter) counters.push(name);
      } else {
        use(name, choice.kind, {});
        if (choice.note) notes.push(`${name}: ${choice.note}`);
      }
    }
  }
  if (!learnt.length) for (const name of counters) use(name, "number", {});
  if (!learnt.length) {
    const got = new Phrase(
      leftOut
        .map(({ column, why }) => `${column}: ${why}`)
        .join("; ")
        .slice(0, 300) || "none",
    );
    fail("value", "learnColumns", "columns to learn from", got, "name one in columns, such as { age: number }");
  }
  const isUsed = (name: string): boolean => learnt.some(({ column }) => column === name);
  return new LearntColumns({
    format: "chainrule columns",
    version: 1,
    rows: frame.rows,
    several,
    targets: learntTargets,
    columns: learnt,
    leftOut: leftOut.filter(({ column }) => !isUsed(column)),
    notes: [...notes, ...smallClasses(learntTargets)],
  });
}

/** Classes that are named in a line, at most. */
const MOST_NAMED = 20;

/** Classes with commas between them; of many, the first. */
const listed = (classes: readonly Value[]): string =>
  classes.slice(0, MOST_NAMED).join(", ") + (classes.length > MOST_NAMED ? `, … (${classes.length})` : "");

/** Rows of a class below which little can be learnt of it, and such classes that have a line each, at most. */
const FEW = 5;
const MOST_LINES = 5;

/** What is to be said of classes with fewer rows. */
export function smallClasses(targets: readonly LearntTarget[]): string[] {
  return targets.flatMap((learnt) => {
    if (learnt.kind !== "classes") return [];
    const small = learnt.classes.filter((_, i) => learnt.counts[i]! < FEW);
    if (small.length > MOST_LINES)
      return [`${small.length} classes have fewer than ${FEW} rows: too few to learn them: ${listed(small)}`];
    return small.map((value) => {
      const count = learnt.counts[learnt.classes.indexOf(value)]!;
      return `${String(value)} has ${count} ${count === 1 ? "row" : "rows"}: too few to learn it`;
    });
  });
}
