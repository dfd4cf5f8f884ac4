import { describe, fail, Phrase } from "../core/errors.js";
import { DEEP, isList, isNumberArray, type List, numbersOf, shapeOf, take } from "../core/numbers.js";
import { isCount } from "../core/options.js";
import type { Matrix } from "./types.js";

/** How examples are given, and so how results come: a list, a list of lists, a typed array, a matrix. */
export type Form = "row" | "rows" | "floats" | "matrix";

/** What targets may be, for a loss. */
export type TargetKind = "real" | "unit" | "classes";

export const isMatrix = (value: unknown): value is Matrix =>
  typeof value === "object" && value !== null && "data" in value && "shape" in value;

const ALL = 0x3fff_ffff;

/**
 * Reads what a user gives, whatever its form, into plain rows: every number is checked before anybody uses one.
 * It keeps its array for the next time, so that a training loop makes no garbage.
 */
export class Reader {
  form: Form = "row";
  /** All rows that were given. */
  rows = 0;
  /** The rows that were read, one after another. */
  data: Float64Array;

  constructor(
    private readonly columns: number,
    private readonly kind: TargetKind = "real",
  ) {
    this.data = new Float64Array(columns);
  }

  /** One example, not a batch of one. */
  get single(): boolean {
    return this.form === "row" || this.form === "floats";
  }

  /**
   * Reads the examples from `start` on, at most `limit`, and returns how many those are.
   * @throws {@link ChainruleError} `type`, `shape` or `value`, by what is wrong
   */
  read(value: unknown, where: string, start = 0, limit = ALL): number {
    const columns = this.columns;
    if (!isList(value)) return this.readMatrix(value, where, start, limit);
    const list = Array.isArray(value);
    if (!list || typeof value[0] === "number" || !isList(value[0])) {
      this.form = list ? "row" : "floats";
      this.rows = 1;
      if (value.length !== columns) failFlat(value, columns, where);
      take(value, 0, columns, this.data, 0, where, "");
      return 1;
    }
    this.form = "rows";
    const count = this.open(value.length, start, limit);
    for (let n = 0; n < count; n++) {
      const row: unknown = value[start + n];
      if (!isList(row) || row.length !== columns) failRow(value, start + n, columns, where);
      take(row, 0, columns, this.data, n * columns, where, start + n);
    }
    return count;
  }

  /**
   * Reads the targets of `rows` examples, as `read` does; a class index becomes a row with a 1 at its place.
   * @throws {@link ChainruleError} `type`, `shape` or `value`, by what is wrong
   */
  readTargets(value: unknown, single: boolean, rows: number, where: string, start = 0, limit = ALL): number {
    const { kind, columns } = this;
    const flat = isList(value) && (typeof value[0] === "number" || !isList(value[0]));
    if (kind === "classes" && (single ? typeof value === "number" : flat)) {
      return this.readIndices(value as number | List, single, rows, where, start, limit);
    }
    if (single ? !flat : flat || !(isList(value) || isMatrix(value))) failDepth(value, single, columns, kind, where);
    if (kind === "classes" && columns > 1) checkWrapped(value, single, columns, where);
    const count = this.read(value, where, start, limit);
    if (this.rows !== rows) checkCount(this.rows, rows, where);
    if (kind !== "real") this.checkProbabilities(count, where, start);
    return count;
  }

  /** Room for the rows of a slice; returns how many. */
  private open(rows: number, start: number, limit: number): number {
    this.rows = rows;
    const count = Math.min(limit, rows - start);
    if (this.data.length < count * this.columns) this.data = new Float64Array(count * this.columns);
    return count;
  }

  private readMatrix(value: unknown, where: string, start: number, limit: number): number {
    const columns = this.columns;
    if (!isMatrix(value)) {
      const expected = "a list of numbers, a list of such lists, a typed array or a matrix { data, shape }";
      return fail("type", where, expected, value, remedyFor(value, columns));
    }
    const { data, shape } = value;
    const rows: unknown = Array.isArray(shape) && shape.length === 2 && shape[1] === columns ? shape[0] : 0;
    if (!isCount(rows) || !isNumberArray(data) || data.length !== rows * columns) {
      const remedy = `write { data: new Float64Array(rows * ${columns}), shape: [rows, ${columns}] }`;
      if (!isCount(rows)) fail("shape", `${where}.shape`, `[rows, ${columns}]`, shape, remedy);
      if (!isNumberArray(data)) fail("type", `${where}.data`, "a typed array", data, remedy);
      fail("shape", `${where}.data`, numbersOf(rows * columns), data, remedy);
    }
    this.form = "matrix";
    const count = this.open(rows, start, limit);
    take(data, start * columns, count * columns, this.data, 0, where, ".data");
    return count;
  }

  private readIndices(value: number | List, single: boolean, rows: number, where: string, start: number, limit: number): number {
    const columns = this.columns;
    const given = single ? 1 : (value as List).length;
    checkCount(given, rows, where);
    const count = this.open(given, start, limit);
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

  /** Numbers in [0, 1]; for classes, rows that sum to 1 (to within float32 rounding). */
  private checkProbabilities(rows: number, where: string, start: number): void {
    const { columns, data, kind } = this;
    for (let n = 0; n < rows; n++) {
      let sum = 0;
      for (let i = n * columns; i < (n + 1) * columns; i++) {
        const p = data[i]!;
        if (p < 0 || p > 1) {
          fail("value", `${where}[${start + n}]`, "numbers from 0 to 1", p, "scale the targets to [0, 1], or take meanSquaredError");
        }
        sum += p;
      }
      if (kind === "classes" && Math.abs(sum - 1) > 1e-5) {
        const remedy = "divide each row by its sum; for several classes at once take sigmoid and binaryCrossEntropy";
        fail("value", `${where}[${start + n}]`, "probabilities that sum to 1", sum, remedy);
      }
    }
  }
}

function checkCount(given: number, rows: number, where: string): void {
  if (given === rows) return;
  const expected = rows === 1 ? "a target for the one example" : `a target for each of the ${rows} examples`;
  fail("shape", where, expected, new Phrase(String(given)), "give as many targets as inputs");
}

function remedyFor(value: unknown, columns: number): string {
  if (typeof value === "number") return columns === 1 ? `write [${value}]` : `give ${numbersOf(columns)}, in a list`;
  if (typeof value === "function") return "call it, and give what it returns";
  if (value instanceof Promise) return "await it";
  if (ArrayBuffer.isView(value)) return "copy its numbers to a Float64Array";
  if (typeof value === "object" && value && Symbol.iterator in value) return "spread it into a list: [...values]";
  return `write ${columns === 1 ? "[0.5]" : `a list of ${numbersOf(columns)}`} for one example`;
}

/** A flat list that is too long or too short for one example. */
function failFlat(list: List, columns: number, where: string): never {
  const { length } = list;
  const remedy =
    length === 0
      ? "give at least one example; a buffer that was transferred is empty"
      : length % columns
        ? `give ${numbersOf(columns)} an example`
        : `for a batch of ${length / columns} write ${batchOf(list, columns)}`;
  return fail("shape", where, `shape [batch, ${columns}]`, new Phrase(length ? `[1, ${length}]` : shapeOf(list)), remedy);
}

/** A row that is no list, or too long or too short; the mistake may be in all of them. */
function failRow(rows: readonly unknown[], index: number, columns: number, where: string): never {
  const row = rows[index];
  const place = `${where}[${index}]`;
  if (!isList(row)) fail("shape", place, `a list of ${numbersOf(columns)}`, row, "give every example as a list");
  if (isList(row[0])) fail("shape", where, `shape [batch, ${columns}]`, rows, DEEP);
  const remedy = `give ${numbersOf(columns)} an example`;
  if (row.length && rows.every((each) => isList(each) && each.length === row.length)) {
    fail("shape", where, `shape [batch, ${columns}]`, new Phrase(`[${rows.length}, ${row.length}]`), remedy);
  }
  return fail("shape", place, numbersOf(columns), new Phrase(row.length ? String(row.length) : shapeOf(row)), remedy);
}

/** How a flat list would be written as a batch, or the beginning of that. */
function batchOf(list: List, columns: number): string {
  const rows = list.length / columns;
  if (isNumberArray(list)) return `{ data, shape: [${rows}, ${columns}] }`;
  const heads = Array.from({ length: Math.min(rows, 3) }, (_, n) => describe(list.slice(n * columns, (n + 1) * columns)));
  return `[${heads.join(", ")}${rows > 3 ? ", …" : ""}]`;
}

const classesOf = (single: boolean, columns: number): string =>
  `${single ? "a class index" : "a list of class indices"}, or probabilities of ${columns} classes`;

/** Targets that are no list, or a list of the wrong depth. */
function failDepth(value: unknown, single: boolean, columns: number, kind: TargetKind, where: string): never {
  const row = `a list of ${numbersOf(columns)}`;
  const expected = kind === "classes" ? classesOf(single, columns) : single ? row : `a list of targets, each ${row}`;
  const remedy = single
    ? kind === "classes"
      ? "write the class index, such as 0"
      : columns === 1 && Number.isFinite(value)
        ? `write [${String(value)}]`
        : `write ${row}, since the input was one example`
    : isList(value) && value.length && value.length % columns === 0
      ? `write ${batchOf(value, columns)}`
      : "give a target for each example, in a list";
  return fail(isList(value) || isMatrix(value) || typeof value === "number" ? "shape" : "type", where, expected, value, remedy);
}

/** Class indices, each in a list of its own. */
function checkWrapped(value: unknown, single: boolean, columns: number, where: string): void {
  const row: unknown = single || !isList(value) ? value : value[0];
  if (!isList(row) || row.length !== 1 || isList(row[0])) return;
  const remedy = single ? `write ${describe(row[0])}` : `write the indices in one list: [${describe(row[0])}, …]`;
  fail("shape", where, classesOf(single, columns), value, remedy);
}

function failIndex(index: unknown, columns: number, where: string): never {
  const number = typeof index === "string" && index.trim() ? Number(index) : NaN;
  const remedy = Number.isInteger(number)
    ? `write ${number}`
    : Number.isInteger(index) && (index as number) > 0
      ? `classes are numbered from 0; for more of them let the last dense layer have ${(index as number) + 1} outputs`
      : "number the classes 0, 1, 2, …";
  return fail(typeof index === "number" ? "value" : "type", where, `a class index from 0 to ${columns - 1}`, index, remedy);
}
