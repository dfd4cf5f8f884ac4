import { fail, Phrase } from "./errors.js";
import type { Floats, Numbers } from "./tensor.js";

/** A typed array of numbers, of whatever width. */
export type NumberArray =
  | Floats
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Whether a value is a typed array of numbers (not of bigints, not a DataView). */
export const isNumberArray = (value: unknown): value is NumberArray =>
  ArrayBuffer.isView(value) &&
  !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array);

/** What holds the numbers of an example. */
export type List = readonly number[] | NumberArray;

export const isList = (value: unknown): value is List => Array.isArray(value) || isNumberArray(value);

/**
 * Copies given numbers, nested as the shape says or flat in a typed array, into a flat array row by row.
 * @throws {@link ChainruleError} `shape` if the lengths or the depth are others, `value` if a number is not finite
 */
export function flatten(numbers: Numbers, shape: readonly number[], where: string): Float64Array {
  const columns = shape.at(-1)!;
  const length = shape.length === 1 ? columns : shape[0]! * columns;
  const complain = (): never => fail("shape", where, `shape ${show(shape)}`, new Phrase(shapeOf(numbers)), nest(shape));
  if (isNumberArray(numbers)) {
    if (numbers.length !== length) complain();
    const flat = new Float64Array(length);
    take(numbers, 0, length, flat, 0, where, "");
    return flat;
  }
  if (!Array.isArray(numbers)) fail("type", where, `numbers of shape ${show(shape)}`, numbers, nest(shape));
  const rows: readonly unknown[] = shape.length === 1 ? [numbers] : numbers;
  if (rows.length !== length / columns) complain();
  for (const row of rows) if (!isList(row) || row.length !== columns) complain();
  const flat = new Float64Array(length);
  (rows as readonly List[]).forEach((row, i) => {
    take(row, 0, columns, flat, i * columns, where, shape.length === 1 ? "" : i);
  });
  return flat;
}

/**
 * Copies `count` numbers from place `start` of a list to place `at` of `to`, each checked to be finite. For errors,
 * `part` says which row of the thing at `where` the list is, or what part.
 * @throws {@link ChainruleError} `type`, `value` or `shape`, by what stands there instead
 */
export function take(list: List, start: number, count: number, to: Float64Array, at: number, where: string, part: number | string): void {
  const bad = Array.isArray(list)
    ? takeList(list, start, count, to, at)
    : takeFloats(list as NumberArray, start, count, to, at);
  if (bad >= 0) badNumber(list[bad], `${where}${typeof part === "number" ? `[${part}]` : part}[${bad}]`);
}

// Lists and typed arrays have a loop each: in one that meets many kinds of array, V8 makes an object of every number.

function takeList(list: readonly unknown[], start: number, count: number, to: Float64Array, at: number): number {
  for (let i = 0; i < count; i++) {
    const value = list[start + i];
    if (typeof value !== "number" || value - value !== 0) return start + i;
    to[at + i] = value;
  }
  return -1;
}

function takeFloats(list: NumberArray, start: number, count: number, to: Float64Array, at: number): number {
  for (let i = 0; i < count; i++) {
    const value = list[start + i]!;
    if (value - value !== 0) return start + i;
    to[at + i] = value;
  }
  return -1;
}

function badNumber(value: unknown, where: string): never {
  const number = typeof value === "object" || typeof value === "symbol" ? NaN : Number(value);
  const remedy = isList(value)
    ? DEEP
    : typeof value === "number"
      ? "replace it, or leave its row out"
      : value === null || value === undefined
        ? "fill the gap with a number"
        : Number.isFinite(number)
          ? `write ${number}`
          : "write a number in its place";
  return fail(isList(value) ? "shape" : typeof value === "number" ? "value" : "type", where, "a finite number", value, remedy);
}

/** The remedy for a list where a number belongs. */
export const DEEP = "one list too many: take off a pair of brackets";

/** The shape of nested lists in words: "[3, 2]". */
export function shapeOf(list: ArrayLike<unknown>): string {
  if (list.length === 0) return isNumberArray(list) ? "an empty typed array" : "an empty list";
  const rows = Array.from(list, (row) => (isList(row) ? row.length : -1));
  return rows.every((length) => length === rows[0]) ? `[${rows.length}${rows[0]! < 0 ? "" : `, ${rows[0]!}`}]` : "rows of different lengths";
}

/** A shape as people write it: `[3, 2]`. */
export const show = (shape: readonly (number | string)[]): string => `[${shape.join(", ")}]`;

/** "1 number", "2 numbers". */
export const numbersOf = (count: number): string => `${count} ${count === 1 ? "number" : "numbers"}`;

const nest = (shape: readonly number[]): string =>
  shape.length === 1
    ? `write a list of ${numbersOf(shape[0]!)}`
    : `write ${shape[0]!} ${shape[0] === 1 ? "list" : "lists"} of ${numbersOf(shape[1]!)}, a list for each output`;

/** Numbers of a shape as fresh nested lists. */
export function nested(flat: ArrayLike<number>, shape: readonly number[]): number[] | number[][] {
  const columns = shape.at(-1)!;
  const row = (start: number): number[] => Array.from({ length: columns }, (_, i) => flat[start + i]!);
  return shape.length === 1 ? row(0) : Array.from({ length: shape[0]! }, (_, i) => row(i * columns));
}
