import { fail, isArray } from "./errors.js";
import { numberIn } from "./options.js";
import { type DType, type Floats, floats, type Numbers } from "./tensor.js";

/** A typed array of numbers, of whatever width. */
export type NumberArray =
  Floats | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array;

const kind = /* @__PURE__ */ Object.getOwnPropertyDescriptor(
  /* @__PURE__ */ Object.getPrototypeOf(Float64Array.prototype),
  Symbol.toStringTag,
)!;

/** The name of a typed array's kind, whichever realm it is of; undefined for anything else. */
export const kindOfArray = (value: unknown): string | undefined => kind.get!.call(value) as string | undefined;

/** Whether a value is a typed array of numbers (not of bigints, not a DataView). */
export const isNumberArray = (value: unknown): value is NumberArray => {
  if (!ArrayBuffer.isView(value)) return false;
  if (value instanceof Float64Array) return true;
  const name = kindOfArray(value);
  return name !== undefined && !name.startsWith("Big");
};

/** What holds the numbers of an example. */
export type List = readonly number[] | NumberArray;

export const isList = (value: unknown): value is List => isArray(value) || isNumberArray(value);

/**
 * Copies given numbers, nested as the shape says or flat, into a flat array row by row. Lengths are checked first.
 * @throws {@link ChainruleError} `shape` if the lengths or the depth are others, `value` if a number is not finite in `dtype`
 */
export function flatten(numbers: Numbers, shape: readonly number[], where: string, dtype: DType = "float64"): Floats {
  const deep = shape.length > 1;
  const length = deep ? shape[0]! : 1;
  const width = shape.at(-1)!;
  const total = length * width;
  const given: unknown = numbers;
  if (isList(given) && given.length === total && !(deep && isList(given[0]))) {
    const copy = floats(dtype, total);
    copyNumbers(given, 0, total, copy, 0, where, "");
    return copy;
  }
  if (!deep || !isNested(given, length, width)) {
    const list = `${deep ? `${length} ${length === 1 ? "list" : "lists"}` : "a list"} of ${numbersOf(width)}`;
    return fail(isList(given) ? "shape" : "type", where, `shape ${show(shape)}`, given, `write ${list}`);
  }
  const copy = floats(dtype, total);
  for (let i = 0; i < length; i++) copyNumbers(given[i]!, 0, width, copy, i * width, where, i);
  return copy;
}

/** Whether a value is so many lists of so many columns. */
function isNested(value: unknown, length: number, columns: number): value is readonly List[] {
  if (!isArray(value) || value.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const list: unknown = value[i];
    if (!isList(list) || list.length !== columns) return false;
  }
  return true;
}

/**
 * The largest size of a parameter, √MAX: its square is finite, and what a step adds to it does not make it infinite.
 * @internal
 */
export const largest = (single: boolean): number => (single ? 1.844674352395373e19 : 1.3407807929942596e154);

/** The place of the first number that is no parameter: not finite, or too large; −1 if there is none. */
export function findTooLarge(numbers: Floats): number {
  const most = largest(numbers instanceof Float32Array);
  for (let i = 0; i < numbers.length; i++) if (!(Math.abs(numbers[i]!) <= most)) return i;
  return -1;
}

/**
 * The same for the numbers of a parameter.
 * @throws {@link ChainruleError} `value` also for a number that is too large
 */
export function flattenParameter(...given: Parameters<typeof flatten>): Floats {
  const flat = flatten(...given);
  const [, shape, where] = given;
  const bad = findTooLarge(flat);
  if (bad < 0) return flat;
  const width = shape.at(-1)!;
  const place = shape.length > 1 ? `[${Math.floor(bad / width)}][${bad % width}]` : `[${bad}]`;
  return failTooLarge(where + place, flat[bad]);
}

/** @throws {@link ChainruleError} `value`, for a number that is too large to be a parameter. */
export const failTooLarge = (where: string, value: unknown): never =>
  fail("value", where, "a number whose square is finite, as a parameter has to be", value, "scale it");

/** Whether so many numbers of an array are finite, from a place on. */
export type FiniteTest = (at: number, count: number) => boolean;

/** A row of so many numbers is long: worth a call. */
export const LONG = 64;

/**
 * Copies `count` numbers from place `start` of a list to place `at` of `to`, each checked to be finite there. For errors,
 * `part` says which row of the thing at `where` the list is, or what part. `areFinite`: a faster test of `to`.
 * @throws {@link ChainruleError} `type`, `value` or `shape`, by what stands there instead
 */
export function copyNumbers(
  list: List,
  start: number,
  count: number,
  to: Floats,
  at: number,
  where: string,
  part: number | string,
  areFinite?: FiniteTest | null,
): void {
  const bad = isArray(list)
    ? copyList(list, start, count, to, at)
    : copyArray(list as NumberArray, start, count, to, at, areFinite);
  if (bad >= 0) badNumber(list[bad], `${where}${typeof part === "number" ? `[${part}]` : part}[${bad}]`);
}

/** The same, but `missing` may stand there too, in place of a number that is not known: it becomes NaN. */
export function copyKnown(
  list: List,
  start: number,
  count: number,
  to: Floats,
  at: number,
  where: string,
  part: number | string,
  missing: number,
): void {
  const isSingle = Object.prototype.toString.call(list) === "[object Float32Array]"; // of any realm
  const sign = isSingle ? Math.fround(missing) : missing;
  for (let i = 0; i < count; i++) {
    const value: unknown = list[start + i];
    if (value === sign || Object.is(value, sign)) to[at + i] = NaN;
    else copyNumbers(list, start + i, 1, to, at + i, where, part);
  }
}

// Lists and typed arrays have a loop each: in one that meets many kinds of array, V8 makes an object of every number.
// So typed arrays of another kind are copied by `set`, which takes longer than the loop for a few numbers.

/** The same of a list; returns the place of what is no such number, or −1. */
export function copyList(list: readonly unknown[], start: number, count: number, to: Floats, at: number): number {
  for (let i = 0; i < count; i++) {
    const value = list[start + i];
    if (typeof value !== "number") return start + i;
    to[at + i] = value;
    const stored = to[at + i]!; // float32 may have made an infinity of it
    if (stored - stored !== 0) return start + i;
  }
  return -1;
}

function copyArray(
  list: NumberArray,
  start: number,
  count: number,
  to: Floats,
  at: number,
  areFinite?: FiniteTest | null,
): number {
  const isShort = count < LONG && list.constructor === to.constructor;
  if (count === list.length && !isShort) to.set(list, at);
  else for (let i = 0; i < count; i++) to[at + i] = list[start + i]!;
  return (areFinite ? areFinite(at, count) : isFinite(to, at, at + count))
    ? -1
    : start + to.subarray(at, at + count).findIndex((value) => !Number.isFinite(value));
}

/** Whether all are finite: a number less itself is 0 then, else NaN. Four sums, none of which waits for another. */
function isFinite(list: Floats, start: number, end: number): boolean {
  let a = 0,
    b = 0,
    c = 0,
    d = 0,
    i = start;
  for (; i + 4 <= end; i += 4) {
    a += list[i]! - list[i]!;
    b += list[i + 1]! - list[i + 1]!;
    c += list[i + 2]! - list[i + 2]!;
    d += list[i + 3]! - list[i + 3]!;
  }
  for (; i < end; i++) a += list[i]! - list[i]!;
  return a + b + c + d === 0;
}

/** @throws always, saying what stands at `where` in the place of a finite number. */
export function badNumber(value: unknown, where: string): never {
  if (Number.isFinite(value))
    fail("value", where, "a number within float32's range", value, 'scale it, or take dtype: "float64"');
  const number = numberIn(value);
  const [code, remedy] = isList(value)
    ? (["shape", DEEP] as const)
    : typeof value === "number"
      ? (["value", "replace it, or leave its row out"] as const)
      : (["type", `write ${Number.isFinite(number) ? number : "a number in its place"}`] as const);
  return fail(code, where, "a finite number", value, remedy);
}

/** The remedy for a list where a number belongs. */
export const DEEP = "take off a pair of brackets";

/** A shape as people write it: `[3, 2]`. */
export const show = (shape: readonly (number | string)[]): string => `[${shape.join(", ")}]`;

/** "1 number", "2 numbers". */
export const numbersOf = (count: number): string => `${count} ${count === 1 ? "number" : "numbers"}`;

/** Numbers, nested as their shape says: lists for a matrix, else a list. */
export type Nested = readonly number[] | readonly (readonly number[])[];

/** Numbers of a shape as fresh nested lists. */
export function nested(flat: ArrayLike<number>, shape: readonly number[]): number[] | number[][] {
  const columns = shape.at(-1)!;
  const row = (start: number): number[] => Array.from({ length: columns }, (_, i) => flat[start + i]!);
  return shape.length === 1 ? row(0) : Array.from({ length: shape[0]! }, (_, i) => row(i * columns));
}
