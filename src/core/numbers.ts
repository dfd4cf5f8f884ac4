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

/**
 * Copies given numbers, nested as the shape says or flat in a typed array, into a flat array row by row.
 * @throws {@link ChainruleError} `shape` if the lengths or the depth are others, `value` if a number is not finite
 */
export function flatten(numbers: Numbers, shape: readonly number[], where: string): Float64Array {
  const length = shape.reduce((a, b) => a * b, 1);
  const flat = new Float64Array(length);
  if (isNumberArray(numbers)) {
    checkLength(numbers, length, shape, where);
    checkRow(numbers, where);
    flat.set(numbers);
    return flat;
  }
  if (!Array.isArray(numbers)) fail("type", where, `numbers of shape ${show(shape)}`, numbers, nest(shape));
  const rows: readonly unknown[] = shape.length === 1 ? [numbers] : numbers;
  if (rows.length !== length / shape.at(-1)!) checkLength(rows, shape[0]!, shape, where);
  for (let i = 0; i < rows.length; i++) {
    const place = shape.length === 1 ? where : `${where}[${i}]`;
    const row: unknown = rows[i];
    if (!Array.isArray(row) && !isNumberArray(row)) fail("shape", place, `a list of ${shape.at(-1)!} numbers`, row, nest(shape));
    checkLength(row, shape.at(-1)!, shape, place);
    checkRow(row, place);
    flat.set(row, i * shape.at(-1)!);
  }
  return flat;
}

/** Every element a finite number; `index` is the row's own, where there are many. */
export function checkRow(row: ArrayLike<number>, where: string, index = -1): void {
  for (let i = 0; i < row.length; i++) {
    const value: unknown = row[i];
    if (typeof value !== "number" || value - value !== 0) badNumber(value, `${where}${index < 0 ? "" : `[${index}]`}[${i}]`);
  }
}

function badNumber(value: unknown, where: string): never {
  const remedy = Array.isArray(value)
    ? "one list too many: take off a pair of brackets"
    : typeof value === "string"
      ? "convert it with Number(text)"
      : typeof value === "number"
        ? "replace or leave out such examples"
        : "fill the gap with a number";
  return fail(Array.isArray(value) ? "shape" : typeof value === "number" ? "value" : "type", where, "a finite number", value, remedy);
}

function checkLength(list: ArrayLike<unknown>, length: number, shape: readonly number[], where: string): void {
  if (list.length === length) return;
  fail("shape", where, `shape ${show(shape)}`, new Phrase(`length ${list.length}`), nest(shape));
}

/** A shape as people write it: `[3, 2]`. */
export const show = (shape: readonly (number | string)[]): string => `[${shape.join(", ")}]`;

const nest = (shape: readonly number[]): string =>
  shape.length === 1
    ? `write a list of ${shape[0]!} ${shape[0] === 1 ? "number" : "numbers"}`
    : `write ${shape[0]!} ${shape[0] === 1 ? "list" : "lists"} of ${shape[1]!}, one for each output: [outputs, inputs]`;

/** Numbers of a shape as fresh nested lists. */
export function nested(flat: ArrayLike<number>, shape: readonly number[]): number[] | number[][] {
  const columns = shape.at(-1)!;
  const row = (start: number): number[] => Array.from({ length: columns }, (_, i) => flat[start + i]!);
  return shape.length === 1 ? row(0) : Array.from({ length: shape[0]! }, (_, i) => row(i * columns));
}
