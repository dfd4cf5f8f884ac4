import { fail, isArray, Phrase } from "../core/errors.js";
import { isList, type NumberArray } from "../core/numbers.js";
import { count, optional, readOptions } from "../core/options.js";
import { checkRows, frameOf } from "./frame.js";

/** Options of {@link windows}. */
export interface WindowOptions {
  /** How many values before, and with, the present one a row has. */
  readonly past: number;
  /** How many values after it. Default 1. */
  readonly ahead?: number | undefined;
}

const fields = {
  past: /* @__PURE__ */ optional<number>(
    "a whole number of at least 1",
    (n) => Number.isSafeInteger(n) && Number(n) > 0,
    "7",
  ),
  ahead: /* @__PURE__ */ count(1),
};

/**
 * Makes rows of a series in the order of time, one for each present moment t: `past` values up to it, `t-2`, `t-1`, `t`, and
 * `ahead` values after it, `t+1`. Of a list of objects each column becomes such values, `"sales t-1"`. Divide them with
 * `split(rows, { test: { last: 0.2 } })`, so that nothing of the future leaks into the training.
 * @throws `ChainruleError` `type` for what is no list of numbers or of rows, `shape` for one that is too short, `option`
 * @example
 * ```ts
 * import { windows } from "chainrule/table";
 *
 * windows([1, 2, 3, 4, 5], { past: 3 })[0]; // { "t-2": 1, "t-1": 2, t: 3, "t+1": 4 }
 * ```
 */
export function windows(series: readonly number[] | NumberArray, options: WindowOptions): Record<string, number>[];
export function windows<R extends object>(series: readonly R[], options: WindowOptions): Record<string, R[keyof R]>[];
export function windows(series: readonly unknown[] | NumberArray, options: WindowOptions): Record<string, unknown>[] {
  const { past, ahead } = readOptions("windows", options, fields);
  if (past === undefined) return fail("option", "windows", "past", new Phrase("none"), "write past: 7");
  if (!isList(series)) return fail("type", "windows", "a list of numbers, or of rows", series);
  const { length } = series;
  if (length < past + ahead) fail("shape", "windows", `at least past + ahead = ${past + ahead} values`, length);
  const isRows = isArray(series) && series.length > 0 && typeof series[0] === "object";
  const names = isRows ? [...frameOf(series, "windows").columns.keys()] : [""];
  if (isRows) checkRows(series, "windows");
  const valueAt = (n: number, name: string): unknown =>
    isRows ? (series[n] as unknown as Readonly<Record<string, unknown>>)[name] : series[n];
  return Array.from({ length: length - past - ahead + 1 }, (_, start) => {
    const row: Record<string, unknown> = {};
    for (const name of names)
      for (let i = 1 - past; i <= ahead; i++) {
        const moment = i === 0 ? "t" : `t${i < 0 ? "" : "+"}${i}`;
        row[name ? `${name} ${moment}` : moment] = valueAt(start + past - 1 + i, name);
      }
    return row;
  });
}
