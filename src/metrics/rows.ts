import { fail, isArray } from "../core/errors.js";
import { badNumber, isList, isNumberArray, type List, type NumberArray, numbersOf } from "../core/numbers.js";

/**
 * Numbers, a row for each example: a list of lists (or of typed arrays), or a matrix. If a row is one number, a flat list
 * or a typed array will do.
 */
export type Rows = Row | readonly Row[] | MatrixOf<NumberArray>;

/** The numbers of a row. */
export type Row = readonly number[] | NumberArray;

/** Rows in one typed array: element (i, j) is `data[i * columns + j]`. */
export interface MatrixOf<Data> {
  /** The numbers, row by row. */
  readonly data: Data;
  /** How many rows, and how many numbers in each. */
  readonly shape: readonly [rows: number, columns: number];
}

/** Rows after they were read. */
export type Matrix = MatrixOf<Float64Array>;

export const isMatrix = (value: unknown): value is Readonly<Record<keyof Matrix, unknown>> => {
  try {
    return typeof value === "object" && value !== null && "data" in value && "shape" in value;
  } catch {
    return false; // a proxy that cannot be read
  }
};

/**
 * Reads rows in any form into a matrix of our own, every number checked.
 * @throws {@link ChainruleError} `type` if it is no such thing, `shape` for other lengths or no row at all, `value` for a
 * number that is not finite
 */
export function readRows(value: unknown, where: string): Matrix {
  if (isMatrix(value)) return readMatrix(value, where);
  if (!isList(value))
    return fail("type", where, "a list with a row for each example, or a matrix { data, shape }", value);
  if (value.length === 0) return fail("shape", where, "at least one row", value);
  if (isNumberArray(value)) return { data: numbersIn(value, where), shape: [value.length, 1] };
  const first: unknown = value[0];
  if (!isList(first)) return { data: numbersIn(value, where), shape: [value.length, 1] };
  const columns = first.length;
  if (columns === 0) return fail("shape", `${where}[0]`, "at least one number", first);
  const numbers: number[] = [];
  for (let n = 0; n < value.length; n++) {
    const row: unknown = value[n];
    if (!isList(row) || row.length !== columns)
      fail("shape", `${where}[${n}]`, `a list of ${numbersOf(columns)}, as the first row is`, row);
    for (let i = 0; i < columns; i++) numbers.push(finite(row[i], where, n, i));
  }
  return { data: Float64Array.from(numbers), shape: [value.length, columns] };
}

function readMatrix({ data, shape }: Readonly<Record<keyof Matrix, unknown>>, where: string): Matrix {
  const [rows, columns] = isArray(shape) && shape.length === 2 ? (shape as readonly unknown[]) : [];
  const isShape = Number.isSafeInteger(rows) && Number.isSafeInteger(columns) && Number(rows) * Number(columns) > 0;
  if (!isShape || Number(rows) < 0) return fail("shape", `${where}.shape`, "[rows, columns], both at least 1", shape);
  const size = Number(rows) * Number(columns);
  if (!isNumberArray(data) || data.length !== size)
    return fail(isNumberArray(data) ? "shape" : "type", `${where}.data`, `new Float64Array(${size})`, data);
  return { data: numbersIn(data, `${where}.data`), shape: [Number(rows), Number(columns)] };
}

/**
 * A copy of a flat list. Nothing is allocated for what is not there: a list may say that it is longer than it is.
 * @throws {@link ChainruleError} `type`, `value` or `shape`, by what stands in the place of a finite number
 */
export function numbersIn(list: List, where: string): Float64Array {
  if (!isArray(list)) {
    const copy = Float64Array.from(list as NumberArray);
    for (let i = 0; i < copy.length; i++) finite(copy[i], where, i);
    return copy;
  }
  const numbers: number[] = [];
  for (let i = 0; i < list.length; i++) numbers.push(finite(list[i], where, i));
  return Float64Array.from(numbers);
}

function finite(value: unknown, where: string, ...place: readonly number[]): number {
  if (!Number.isFinite(value)) badNumber(value, `${where}${place.map((each) => `[${each}]`).join("")}`);
  return value as number;
}

/** The rows of these numbers. */
export function pick({ data, shape: [, columns] }: Matrix, rows: readonly number[]): Matrix {
  const picked = new Float64Array(rows.length * columns);
  rows.forEach((n, at) => picked.set(data.subarray(n * columns, (n + 1) * columns), at * columns));
  return { data: picked, shape: [rows.length, columns] };
}
