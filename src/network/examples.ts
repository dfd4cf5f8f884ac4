import { fail, Phrase } from "../core/errors.js";
import { checkRow, isNumberArray, type NumberArray } from "../core/numbers.js";
import type { DType, Floats, Tensor } from "../core/tensor.js";
import type { Matrix } from "./types.js";

/** How examples are given, and so how results come: a list, a list of lists, a typed array, a matrix. */
export type Form = "row" | "rows" | "floats" | "matrix";

type List = readonly number[] | NumberArray;

const isList = (value: unknown): value is List => Array.isArray(value) || isNumberArray(value);

const isMatrix = (value: unknown): value is Matrix =>
  typeof value === "object" && value !== null && "data" in value && "shape" in value;

/** The form of what a user gave, by its outside alone. */
export function formOf(value: unknown): Form | undefined {
  if (isNumberArray(value)) return "floats";
  if (Array.isArray(value)) return isList(value[0]) ? "rows" : "row";
  return isMatrix(value) ? "matrix" : undefined;
}

/**
 * How many examples there are; each number has been checked.
 * @throws {@link ChainruleError} `type`, `shape` or `value`, by what is wrong
 */
export function countRows(value: unknown, columns: number, where: string): number {
  switch (formOf(value)) {
    case "row":
    case "floats":
      checkLength(value as List, columns, where, -1, 1);
      checkRow(value as List, where);
      return 1;
    case "rows": {
      const rows = value as readonly unknown[];
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        if (!isList(row)) fail("shape", `${where}[${i}]`, `a list of ${columns} numbers`, row, "give every example as a list");
        checkLength(row, columns, where, i, rows.length);
        checkRow(row, where, i);
      }
      return rows.length;
    }
    case "matrix":
      return countMatrix(value as Matrix, columns, where);
    default:
      return fail("type", where, EXAMPLES, value, remedyFor(value, columns));
  }
}

const EXAMPLES = "a list of numbers, a list of such lists, a typed array or a matrix { data, shape }";

function remedyFor(value: unknown, columns: number): string {
  if (typeof value === "number") return columns === 1 ? `write [${value}]` : `give ${columns} numbers, in a list`;
  if (typeof value === "function") return "call it, and give what it returns";
  if (value instanceof Promise) return "await it";
  return columns === 1 ? "write [0.5] for one example" : `write a list of ${columns} numbers for one example`;
}

function checkLength(row: List, columns: number, where: string, index: number, rows: number): void {
  if (row.length === columns) return;
  const remedy =
    row.length === 0
      ? "it is empty, or its buffer has been detached: give at least one example"
      : index < 0 && columns === 1
        ? `for a batch of ${row.length} write ${nestedSample(row)}`
        : `give ${columns} ${columns === 1 ? "number" : "numbers"} an example`;
  const place = index < 0 ? where : `${where}[${index}]`;
  fail("shape", place, `shape [batch, ${columns}]`, new Phrase(`[${rows}, ${row.length}]`), remedy);
}

const nestedSample = (row: List): string =>
  `[${Array.from(row.slice(0, 3) as ArrayLike<unknown>, (value) => `[${String(value)}]`).join(", ")}${row.length > 3 ? ", …" : ""}]`;

function countMatrix({ data, shape }: Matrix, columns: number, where: string): number {
  const remedy = `write { data: new Float64Array(rows * ${columns}), shape: [rows, ${columns}] }`;
  if (!isNumberArray(data)) fail("type", `${where}.data`, "a typed array", data, remedy);
  if (!Array.isArray(shape) || shape.length !== 2 || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    fail("shape", `${where}.shape`, `[rows, ${columns}]`, shape, remedy);
  }
  const [rows, width] = shape as readonly [number, number];
  if (width !== columns) fail("shape", where, `shape [batch, ${columns}]`, shape, remedy);
  if (data.length !== rows * columns) fail("shape", `${where}.data`, `${rows * columns} numbers`, data, remedy);
  checkRow(data, `${where}.data`);
  return rows;
}

/** Copies the examples from `start` on, `count` of them, to the beginning of `to`. */
export function copyRows(value: unknown, columns: number, start: number, count: number, to: Floats): void {
  const form = formOf(value);
  if (form === "rows") {
    const rows = value as readonly List[];
    for (let n = 0; n < count; n++) {
      const row = rows[start + n]!;
      for (let i = 0; i < columns; i++) to[n * columns + i] = row[i]!;
    }
    return;
  }
  const flat = form === "matrix" ? (value as Matrix).data : (value as List);
  for (let i = 0; i < count * columns; i++) to[i] = flat[start * columns + i]!;
}

/** What targets may be, for a loss. */
export type TargetKind = "real" | "unit" | "classes";

/** Whether targets are class indices: a number for one example, a flat list for a batch. */
const areIndices = (value: unknown, single: boolean, kind: TargetKind): boolean =>
  kind === "classes" && (single ? typeof value === "number" : isList(value) && !isList(value[0]));

/**
 * Checks targets against the examples that they belong to.
 * @throws {@link ChainruleError} `type`, `shape` or `value`, by what is wrong
 */
export function checkTargets(
  value: unknown,
  single: boolean,
  rows: number,
  columns: number,
  kind: TargetKind,
  where: string,
): void {
  if (areIndices(value, single, kind)) {
    if (single) checkIndex(value, columns, where, -1);
    else checkIndices(value as List, rows, columns, where);
    return;
  }
  if (single ? !isList(value) || isList(value[0]) : isList(value) && !isList(value[0])) {
    failDepth(value, single, columns, kind, where);
  }
  const count = countRows(value, columns, where);
  if (count !== rows) {
    fail("shape", where, `${rows} targets, one for each example`, new Phrase(String(count)), "give as many targets as inputs");
  }
  if (kind !== "real") checkProbabilities(value, rows, columns, kind, where);
}

function checkIndices(indices: List, rows: number, columns: number, where: string): void {
  if (indices.length !== rows) {
    const got = new Phrase(String(indices.length));
    fail("shape", where, `${rows} class indices, one for each example`, got, "give as many targets as inputs");
  }
  for (let i = 0; i < rows; i++) checkIndex(indices[i], columns, where, i);
}

function checkIndex(index: unknown, columns: number, where: string, at: number): void {
  if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < columns) return;
  const place = at < 0 ? where : `${where}[${at}]`;
  fail("value", place, `a class index from 0 to ${columns - 1}`, index, "classes are numbered from 0");
}

function failDepth(value: unknown, single: boolean, columns: number, kind: TargetKind, where: string): never {
  const expected = single ? `one target: a list of ${columns} numbers` : `a list of targets, each a list of ${columns} numbers`;
  const remedy = single
    ? kind === "classes"
      ? "write the class index, or its probabilities in one list"
      : typeof value === "number"
        ? `write [${value}]`
        : `write one list of ${columns} ${columns === 1 ? "number" : "numbers"}`
    : isList(value) && value.length
      ? `write ${nestedSample(value)}`
      : "give as many targets as inputs";
  return fail("shape", where, expected, value, remedy);
}

/** Numbers in [0, 1]; for classes, rows that sum to 1 (to within float32 rounding). */
function checkProbabilities(value: unknown, rows: number, columns: number, kind: TargetKind, where: string): void {
  const nested = formOf(value) === "rows";
  const flat = isMatrix(value) ? value.data : (value as List);
  for (let n = 0; n < rows; n++) {
    const row = nested ? (value as readonly List[])[n]! : flat;
    const start = nested ? 0 : n * columns;
    let sum = 0;
    for (let i = start; i < start + columns; i++) {
      const p = row[i]!;
      if (!(p >= 0 && p <= 1)) {
        fail("value", `${where}[${n}]`, "numbers from 0 to 1", p, "scale the targets, or take meanSquaredError");
      }
      sum += p;
    }
    if (kind === "classes" && Math.abs(sum - 1) > 1e-5) {
      const remedy = "divide each row by its sum; for several classes at once take sigmoid and binaryCrossEntropy";
      fail("value", `${where}[${n}]`, "probabilities that sum to 1", sum, remedy);
    }
  }
}

/** Copies targets as {@link copyRows} does; a class index becomes a row with a 1 at its place. */
export function copyTargets(
  value: unknown,
  single: boolean,
  columns: number,
  kind: TargetKind,
  start: number,
  count: number,
  to: Floats,
): void {
  if (!areIndices(value, single, kind)) {
    copyRows(value, columns, start, count, to);
    return;
  }
  for (let i = 0; i < count * columns; i++) to[i] = 0;
  for (let n = 0; n < count; n++) to[n * columns + (single ? (value as number) : (value as List)[start + n]!)] = 1;
}

/** Something that holds results in the form in which the examples came. */
export type Results = number[] | number[][] | Floats | Matrix;

/** An empty result of a form; `out`, if given, is the result. */
export function openResults(form: Form, rows: number, columns: number, dtype: DType, out: Floats | undefined): Results {
  if (out) return out;
  const View = dtype === "float32" ? Float32Array : Float64Array;
  if (form === "row" || form === "rows") return [];
  return form === "floats" ? new View(columns) : { data: new View(rows * columns), shape: [rows, columns] };
}

/** Copies the rows of a tensor to a result, from row `start` on. */
export function fillResults(results: Results, form: Form, from: Tensor, start: number): void {
  const columns = from.columns, rows = from.rows, data = from.data;
  if (!Array.isArray(results)) {
    const to = isMatrix(results) ? results.data : results;
    for (let i = 0; i < rows * columns; i++) to[start * columns + i] = data[i]!;
  } else if (form === "row") {
    for (let i = 0; i < columns; i++) (results as number[]).push(data[i]!);
  } else {
    for (let n = 0; n < rows; n++) {
      (results as number[][]).push(Array.from(data.subarray(n * columns, (n + 1) * columns)));
    }
  }
}

/**
 * Reads the option `{ out }` without making garbage.
 * @throws {@link ChainruleError} `option` for another key, `type` or `shape` for an array that doesn't fit
 */
export function readOut(options: unknown, rows: number, columns: number, dtype: DType, where: string): Floats | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null) fail("type", `${where} options`, "an object", options, "write { out }");
  for (const key in options) if (key !== "out") fail("option", where, "the option out", key, "write { out: a typed array }");
  const { out } = options as { out?: unknown };
  if (out === undefined) return undefined;
  const View = dtype === "float32" ? Float32Array : Float64Array;
  if (!(out instanceof View)) fail("type", `${where} out`, `a ${View.name}`, out, `write new ${View.name}(${rows * columns})`);
  if (out.length !== rows * columns) {
    fail("shape", `${where} out`, `${rows * columns} places`, out, `write new ${View.name}(${rows * columns})`);
  }
  return out;
}
