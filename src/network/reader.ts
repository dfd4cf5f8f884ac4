import { ask, describe, fail, isArray, Phrase } from "../core/errors.js";
import type { Matrix } from "../core/examples.js";
import {
  DEEP,
  copyList,
  copyKnown,
  copyNumbers,
  type FiniteTest,
  isList,
  isNumberArray,
  type List,
  LONG,
  nested,
  numbersOf,
} from "../core/numbers.js";
import { isCount, numberIn } from "../core/options.js";
import { type DType, type Floats, floats } from "../core/tensor.js";

/** How examples are given, and so how results come: a list, a list of lists, a typed array, a matrix. */
export type Form = "row" | "rows" | "floats" | "matrix";

/** What targets may be, for a loss. */
export type TargetKind = "real" | "unit" | "classes";

/** One example, not a batch of one. */
export const isSingle = (form: Form): boolean => form === "row" || form === "floats";

/** A list of numbers, or of what should have been numbers; not a list of lists. */
const isFlat = (list: List): boolean => typeof list[0] === "number" || !isList(list[0]);

const isMatrix = (value: unknown): value is Matrix => {
  try {
    return typeof value === "object" && value !== null && "data" in value && "shape" in value;
  } catch {
    return false; // a proxy that cannot be read
  }
};

/** Where examples are needed in the end. */
export interface Destination {
  /** Its array, with room for so many rows; null as long as what it holds is needed. */
  open(rows: number): Floats | null;
  readonly areFinite: FiniteTest;
}

const ALL = 0x3fff_ffff;

/**
 * Reads what a user gives, whatever its form, into plain rows: every number is checked before any is used.
 * It keeps its array for the next time, so that a training loop makes no garbage.
 */
export class Reader {
  form: Form = "row";
  /** All rows that were given. */
  rows = 0;
  /** The rows that were read, one after another. */
  data: Floats;
  #own: Floats;
  #destination: Destination | null = null;
  readonly #columns: number;
  readonly #dtype: DType;
  readonly #kind: TargetKind;
  readonly #missing: number | undefined;

  /** `missing`: what stands for a number that is not known; it is read as NaN. */
  constructor(columns: number, dtype: DType, kind: TargetKind = "real", missing?: number) {
    this.#columns = columns;
    this.#dtype = dtype;
    this.#kind = kind;
    this.#missing = missing;
    this.data = this.#own = floats(dtype, columns < LONG ? columns : 0); // long ones get room when they are read
  }

  get single(): boolean {
    return isSingle(this.form);
  }

  /**
   * Reads the examples from `start` on, at most `limit`, and returns how many those are. Long rows are read to their
   * destination at once, if it is open.
   * @throws {@link ChainruleError} `type`, `shape` or `value`, by what is wrong
   */
  read(value: unknown, where: string, start = 0, limit = ALL, destination: Destination | null = null): number {
    const columns = this.#columns;
    this.#destination = columns < LONG ? null : destination;
    if (this.#readRow(value)) return 1;
    if (!isList(value)) return this.#readMatrix(value, where, start, limit);
    const list = isArray(value);
    if (!list || isFlat(value)) {
      this.form = list ? "row" : "floats";
      if (value.length !== columns) {
        const remedy = value.length
          ? regroup(value, columns)
          : "give at least one example (an array that was transferred is empty)";
        fail("shape", where, this.#example, value, remedy);
      }
      this.rows = 1;
      this.#place(1);
      this.#copy(value, 0, columns, 0, where, "");
      return 1;
    }
    this.form = "rows";
    const count = Math.min(limit, value.length - start);
    for (let n = start; n < start + count; n++) {
      const row: unknown = value[n];
      if (!isList(row) || row.length !== columns) this.#failRow(value, n, where);
    }
    this.#open(value.length, start, limit);
    const all = this.#missing === undefined; // numbers have to be there
    for (let n = 0; n < count; n++) {
      const row = value[start + n] as unknown as List;
      if (all && isArray(row) && copyList(row, 0, columns, this.data, n * columns) < 0) continue;
      this.#copy(row, 0, columns, n * columns, where, start + n);
    }
    return count;
  }

  /**
   * Reads the targets of `rows` examples, as `read` does; a class index becomes a row with a 1 at its place, and for
   * a single column a list need not be nested.
   * @throws {@link ChainruleError} `type`, `shape` or `value`, depending on what is wrong
   */
  readTargets(value: unknown, single: boolean, rows: number, where: string, start = 0, limit = ALL): number {
    if (single && this.#kind === "real" && this.#readRow(value)) return 1;
    const classes = this.#kind === "classes";
    const flat = isList(value) && isFlat(value);
    if (classes && (single ? typeof value === "number" : flat)) {
      return this.#readIndices(value as number | List, single, rows, where, start, limit);
    }
    if (flat && !single && this.#columns === 1 && value.length) {
      return this.#readColumn(value, rows, where, start, limit);
    }
    if (single ? !flat : flat || !(isList(value) || isMatrix(value))) this.#failDepth(value, single, where);
    if (!single) checkCount(this.#countRows(value as List | Matrix) ?? rows, rows, where);
    const count = this.read(value, where, start, limit);
    if (this.#kind !== "real") this.#checkProbabilities(count, where, start);
    return count;
  }

  /** Reads one example from a short list, as is usual online; false if it is none, or one with a mistake in it. */
  #readRow(value: unknown): boolean {
    const columns = this.#columns;
    if (this.#missing !== undefined || columns >= LONG) return false;
    if (!isArray(value) || value.length !== columns) return false;
    if (copyList(value, 0, columns, this.data, 0) >= 0) return false;
    this.form = "row";
    this.rows = 1;
    return true;
  }

  /** Copies numbers of a list, each of which is checked. */
  #copy(list: List, start: number, count: number, at: number, where: string, part: number | string): void {
    const missing = this.#missing;
    if (missing === undefined)
      copyNumbers(list, start, count, this.data, at, where, part, this.#destination?.areFinite);
    else copyKnown(list, start, count, this.data, at, where, part, missing);
  }

  /** How many rows a list has, or a matrix of the right width. */
  #countRows(value: List | Matrix): number | undefined {
    if (isList(value)) return value.length;
    const { shape } = value;
    return isArray(shape) && shape[1] === this.#columns ? (shape[0] as number) : undefined;
  }

  /** Room for the rows of a slice; returns how many. */
  #open(rows: number, start: number, limit: number): number {
    this.rows = rows;
    const count = Math.min(limit, rows - start);
    this.#place(count);
    return count;
  }

  /** Says where so many rows are to be written. */
  #place(rows: number): void {
    const size = rows * this.#columns;
    const there = this.#destination && this.#destination.open(rows);
    if (there) this.data = there;
    else {
      if (this.#own.length < size) this.#own = floats(this.#dtype, size);
      this.data = this.#own;
      this.#destination = null;
    }
  }

  #readMatrix(value: unknown, where: string, start: number, limit: number): number {
    const columns = this.#columns;
    if (!isMatrix(value)) {
      fail(
        "type",
        where,
        `${this.#example}, a list of such lists, or a matrix { data, shape }`,
        value,
        otherType(value, columns),
      );
    }
    const { data, shape } = value;
    const rows: unknown = isArray(shape) && shape.length === 2 && shape[1] === columns ? shape[0] : 0;
    if (!isCount(rows)) fail("shape", `${where}.shape`, `[rows, ${columns}]`, shape);
    if (!isNumberArray(data) || data.length !== rows * columns) {
      fail(isNumberArray(data) ? "shape" : "type", `${where}.data`, `new Float64Array(${rows * columns})`, data);
    }
    this.form = "matrix";
    const count = this.#open(rows, start, limit);
    this.#copy(data, start * columns, count * columns, 0, where, ".data");
    return count;
  }

  #readIndices(
    value: number | List,
    single: boolean,
    rows: number,
    where: string,
    start: number,
    limit: number,
  ): number {
    const columns = this.#columns;
    const given = single ? 1 : (value as List).length;
    checkCount(given, rows, where);
    const count = this.#open(given, start, limit);
    this.data.fill(0, 0, count * columns);
    for (let n = 0; n < count; n++) {
      const index: unknown = single ? value : (value as List)[start + n];
      if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= columns) {
        failIndex(index, columns, single ? where : `${where}[${start + n}]`);
      }
      this.data[n * columns + (index as number)] = 1;
    }
    return count;
  }

  /** A number for each row. */
  #readColumn(list: List, rows: number, where: string, start: number, limit: number): number {
    checkCount(list.length, rows, where);
    const count = this.#open(rows, start, limit);
    this.#copy(list, start, count, 0, where, "");
    if (this.#kind !== "real") this.#checkProbabilities(count, where, start);
    return count;
  }

  /** Numbers in [0, 1]; for classes, rows that sum to 1 (to within float32 rounding). */
  #checkProbabilities(rows: number, where: string, start: number): void {
    const columns = this.#columns,
      { data } = this;
    for (let n = 0; n < rows; n++) {
      let sum = 0;
      for (let i = n * columns; i < (n + 1) * columns; i++) {
        const p = data[i]!;
        if (p < 0 || p > 1) {
          fail(
            "value",
            `${where}[${start + n}]`,
            "numbers from 0 to 1",
            p,
            "scale the targets, or take meanSquaredError",
          );
        }
        sum += p;
      }
      if (this.#kind === "classes" && Math.abs(sum - 1) > 1e-5) {
        const remedy = "divide each row by its sum, or take sigmoid and binaryCrossEntropy";
        fail("value", `${where}[${start + n}]`, "probabilities that sum to 1", sum, remedy);
      }
    }
  }

  /** One example in words. */
  get #example(): string {
    const list = `a list of ${numbersOf(this.#columns)}`;
    return this.#kind === "classes" ? `a class index or ${list}` : list;
  }

  /** A row that is no list, or too long or too short; the mistake may be in all of them. */
  #failRow(rows: readonly unknown[], index: number, where: string): never {
    const row = rows[index];
    const first = index === 0 && Array.from({ length: Math.min(rows.length, 5) }, (_, n) => rows[n]);
    const all = first && isList(row) && row.length && first.every((each) => isList(each) && each.length === row.length);
    const remedy = isList(row) && isList(row[0]) ? DEEP : `give ${this.#example} for each example`;
    return fail("shape", all ? where : `${where}[${index}]`, this.#example, all ? rows : row, remedy);
  }

  /** Targets that are no list, or a list of the wrong depth. */
  #failDepth(value: unknown, single: boolean, where: string): never {
    const columns = this.#columns;
    const list = isList(value);
    const expected = `${this.#example}${single ? ", since the input was one example" : " for each example, in a list"}`;
    const remedy = !list ? otherType(value, single ? columns : 0) : single ? undefined : regroup(value, columns);
    return fail(
      list || isMatrix(value) || typeof value === "number" ? "shape" : "type",
      where,
      expected,
      value,
      remedy,
    );
  }
}

function checkCount(given: number, rows: number, where: string): void {
  if (given !== rows) fail("shape", where, `as many targets as inputs, ${rows}`, new Phrase(String(given)));
}

/** The remedy for what is no list. */
function otherType(value: unknown, columns: number): string | undefined {
  if (typeof value === "function") return "call it";
  if (ask(() => value instanceof Promise, false)) return "await it";
  if (ask(() => ArrayBuffer.isView(value) || Symbol.iterator in (value as object), false) && typeof value === "object")
    return "copy its numbers to a list";
  return columns === 1 && Number.isFinite(value) ? `write [${String(value)}]` : undefined;
}

/** The remedy for a flat list: how it would be written as a batch. */
function regroup(list: List, columns: number): string | undefined {
  const rows = list.length / columns;
  if (!isCount(rows)) return undefined;
  if (isNumberArray(list)) return `write { data, shape: [${rows}, ${columns}] }`;
  return list.length > 100 ? `write a list of ${rows} lists` : `write ${describe(nested(list, [rows, columns]))}`;
}

function failIndex(index: unknown, columns: number, where: string): never {
  const number = numberIn(index);
  const more =
    Number.isInteger(index) && (index as number) > 0
      ? `, or let the last dense layer have ${(index as number) + 1} outputs`
      : "";
  const remedy = Number.isInteger(number) ? `write ${number}` : `number the classes from 0${more}`;
  return fail(
    typeof index === "number" ? "value" : "type",
    where,
    `a class index from 0 to ${columns - 1}`,
    index,
    remedy,
  );
}
