import { describe, fail, Phrase } from "../core/errors.js";
import { count, isPlainObject, nearest, optional, readOptions } from "../core/options.js";
import { shuffle, Stream } from "../core/random.js";
import { visible } from "../core/visible.js";
import { split as divide } from "../train/validation.js";
import { checkRows, frameOf } from "./frame.js";
import type { Names } from "./types.js";

/** What {@link split} and {@link kFold} have in common. */
export interface DrawOptions<R extends object> {
  /** A column of which each value is divided alike, such as the target's classes. */
  readonly stratify?: Names<R> | undefined;
  /** A column whose rows of one value stay together, such as the patient's. */
  readonly group?: Names<R> | undefined;
  /** Where the draw comes from. Default 1. */
  readonly seed?: number | undefined;
}

/** Options of {@link split}. */
export interface SplitOptions<R extends object> extends DrawOptions<R> {
  /** The share of the rows that the second part has; `{ last: 0.25 }`: the last ones, of rows in the order of time. */
  readonly test: number | { readonly last: number };
}

/** Options of {@link kFold}. */
export interface FoldOptions<R extends object> extends DrawOptions<R> {
  /** Into how many parts. Default 5. */
  readonly folds?: number | undefined;
}

const isShare = (value: unknown): boolean => typeof value === "number" && value > 0 && value < 1;
const column = (): ReturnType<typeof optional<string>> =>
  optional<string>("the name of a column", (value) => typeof value === "string", '"species"');

const drawFields = {
  stratify: /* @__PURE__ */ column(),
  group: /* @__PURE__ */ column(),
  seed: /* @__PURE__ */ optional<number>("a whole number", Number.isSafeInteger, "1"),
};
const splitFields = {
  test: /* @__PURE__ */ optional<number | { readonly last: number }>(
    "a share of the rows between 0 and 1, or { last: share }",
    (value) => isShare(value) || (isPlainObject(value) && Object.keys(value).join() === "last" && isShare(value.last)),
    "0.25",
  ),
  ...drawFields,
};
const foldFields = { folds: /* @__PURE__ */ count(5), ...drawFields };

/**
 * Divides rows in two, to train with the first part and to judge by the second. They are drawn by the seed, and each part
 * keeps the order that they had. The same rows and options are always divided alike.
 * @returns `[train, test]`
 * @throws `ChainruleError` `value` unless both parts have rows, `name` for a column that is not there, `type` for what
 * can't be in a table, `option`
 * @example
 * ```ts
 * import { split } from "chainrule/table";
 *
 * const rows = Array.from({ length: 100 }, (_, i) => ({ x: i, species: i % 2 ? "setosa" : "virginica" }));
 * const [train, test] = split(rows, { test: 0.25, stratify: "species" });
 * train.length; // 75
 * ```
 */
export function split<R extends object>(rows: readonly R[], options: SplitOptions<R>): [train: R[], test: R[]] {
  const { test, ...draw } = readOptions("split", options, splitFields);
  if (test === undefined) fail("option", "split", "test", new Phrase("none"), "write test: 0.25");
  const isTest = new Uint8Array(checkRows(rows, "split").length);
  for (const row of testRows(rows, test, draw)) isTest[row] = 1;
  return [rows.filter((_, n) => !isTest[n]), rows.filter((_, n) => isTest[n])];
}

/** The rows of the second part. */
function testRows(rows: readonly object[], test: number | { readonly last: number }, draw: Draw): Uint32Array {
  const share = typeof test === "number" ? test : test.last;
  const due = Math.round(rows.length * share);
  const failShare = (got: string): never =>
    fail(
      "value",
      "split test",
      "a share that leaves rows to both parts",
      new Phrase(got),
      "give more rows, or another share",
    );
  if (due === 0 || due === rows.length) failShare(`${describe(share)} of ${rows.length}`);
  if (typeof test !== "number") {
    if (draw.stratify ?? draw.group)
      fail("option", "split", "test: a share", new Phrase("{ last } with stratify or group"), "take one of the two");
    return Uint32Array.from({ length: due }, (_, i) => rows.length - due + i);
  }
  return drawRows(rows.length, share, codesOf(rows, draw, "split"));
}

/** Draws a share of the rows: of each stratum its share, to within one row; with groups as nearly as whole ones allow. */
export function drawRows(rows: number, share: number, codes: Codes): Uint32Array {
  const { strata, groups, seed } = codes;
  if (!groups) return divide(rows, share, strata && Uint32Array.from(strata), seed).validation;
  const due = Math.round(rows * share);
  const taken: number[] = [];
  for (const unit of drawUnits(rows, codes)) {
    if (taken.length > 0 && taken.length + unit.length / 2 > due) return Uint32Array.from(taken);
    for (let i = 0; i < unit.length; i++) taken.push(unit[i]!);
  }
  const remedy = "take another column or share, or leave group out";
  return fail("value", "split group", "groups that leave rows to both parts", new Phrase("too few"), remedy);
}

interface Draw {
  readonly stratify: string | undefined;
  readonly group: string | undefined;
  readonly seed: number | undefined;
}

/** Of each row the number of its stratum and of its group, if there are any. */
export interface Codes {
  readonly strata: Int32Array | null;
  readonly groups: Int32Array | null;
  readonly seed: number;
}

/**
 * Units of rows in a drawn order; the rows of a group are one unit. Those of a stratum are spread evenly over the order, so
 * that each stretch of it is like the whole; or they stand together, to be dealt out in turn.
 */
function* drawUnits(
  rows: number,
  { strata, groups, seed }: Codes,
  arrange: "spread" | "together" = "spread",
): Generator<ArrayLike<number>> {
  const start = { rows: 1, columns: 1, data: new Float64Array(1) };
  const stream = new Stream(seed, "table.split", start);
  const units = groups && unitsOf(groups);
  const order = Uint32Array.from({ length: units ? units.length : rows }, (_, i) => i);
  shuffle(order, stream.uniform(0));
  if (strata) {
    const stratumOf = (unit: number): number => strata[units ? units[unit]![0]! : unit]!; // of a group that of its first row
    const sizes: number[] = [];
    for (const unit of order) sizes[stratumOf(unit)] = (sizes[stratumOf(unit)] ?? 0) + 1;
    const isSpread = arrange === "spread";
    const offsets = Array.from(sizes, (_, stratum) => (isSpread ? stream.uniform(1 + stratum) : 0));
    const places = new Float64Array(order.length);
    const met = sizes.map(() => 0);
    for (const unit of order) {
      const stratum = stratumOf(unit);
      places[unit] = (isSpread ? 0 : stratum) + (met[stratum]!++ + offsets[stratum]!) / sizes[stratum]!;
    }
    order.sort((a, b) => places[a]! - places[b]!);
  }
  for (const unit of order) yield units ? units[unit]! : [unit];
}

/** The rows of each group. */
function unitsOf(groups: Int32Array): number[][] {
  const units: number[][] = [];
  groups.forEach((group, n) => (units[group] ??= []).push(n));
  return units.filter(Boolean);
}

function codesOf(rows: readonly object[], { stratify, group, seed = 1 }: Draw, where: string): Codes {
  const codes = (name: string | undefined): Int32Array | null =>
    name === undefined ? null : codesIn(rows, name, where);
  return { strata: codes(stratify), groups: codes(group), seed };
}

/** What stands in a column, each value by a number. */
export function codesIn(rows: readonly object[], name: string, where: string): Int32Array {
  if (!rows.some((row) => Object.hasOwn(row, name))) {
    const names = [...frameOf(rows, where).columns.keys()];
    const better = nearest(name, names);
    fail("name", where, `columns among ${names.join(", ").slice(0, 300)}`, name, better && `write ${better}`);
  }
  const places = new Map<string, number>();
  return Int32Array.from(rows, (row, n) => {
    const cell = Object.hasOwn(row, name) ? (row as Readonly<Record<string, unknown>>)[name] : undefined;
    if (Object(cell) === cell && !(cell instanceof Date)) {
      const expected = "a number, a text, true or false, a date, or null";
      fail("type", `row ${n}, ${visible(name)}`, expected, cell, "take it apart into columns of its own");
    }
    const value = String(cell ?? "");
    if (!places.has(value)) places.set(value, places.size);
    return places.get(value)!;
  });
}

/** The fold that each row is in. */
export function foldsOf(rows: number, folds: number, codes: Codes): Uint32Array {
  const foldOf = new Uint32Array(rows);
  const sizes = new Array<number>(folds).fill(0);
  let units = 0;
  for (const unit of drawUnits(rows, codes, "together")) {
    const smallest = sizes.reduce((least, size, i) => (size < sizes[least]! ? i : least), 0);
    for (let i = 0; i < unit.length; i++) foldOf[unit[i]!] = smallest;
    sizes[smallest]! += unit.length;
    units++;
  }
  if (folds < 2 || units < folds) {
    const got = new Phrase(`${folds} of ${units} ${codes.groups ? "groups" : "rows"}`);
    fail("value", "kFold folds", "from 2 to the count of rows, or of groups", got, "write folds: 5");
  }
  return foldOf;
}

/**
 * Divides rows into parts of the same size, and gives for each part all others to train with, and the part to judge by.
 * @returns `[train, test]` for each fold
 * @throws `ChainruleError` as `split`
 * @example
 * ```ts
 * import { kFold } from "chainrule/table";
 *
 * const rows = Array.from({ length: 100 }, (_, i) => ({ x: i, y: i % 7 }));
 * kFold(rows, { folds: 10 }).map(([train, test]) => [train.length, test.length])[0]; // [90, 10]
 * ```
 */
export function kFold<R extends object>(rows: readonly R[], options?: FoldOptions<R>): [train: R[], test: R[]][] {
  const { folds, ...draw } = readOptions("kFold", options, foldFields);
  const foldOf = foldsOf(checkRows(rows, "kFold").length, folds, codesOf(rows, draw, "kFold"));
  return Array.from({ length: folds }, (_, fold) => [
    rows.filter((_, n) => foldOf[n] !== fold),
    rows.filter((_, n) => foldOf[n] === fold),
  ]);
}
