import { bare, type Bare } from "../../core/bare.js";
import { fail, Phrase } from "../../core/errors.js";
import { expm1 } from "../../core/exp.js";
import { log1p } from "../../core/log.js";
import { flag, optional } from "../../core/options.js";
import { type Column, GAP, type Value } from "../column.js";
import { type Kind, type LearntOf, short } from "./kind.js";

/** Options of {@link number}. */
export interface NumberOptions {
  /** What a gap counts as: `"median"`, `"mean"`, or a number. Default `"median"`. */
  readonly missing?: "median" | "mean" | number | undefined;
  /** Whether to take sign(x) ln(1 + |x|), for sizes that span powers of ten. Default `false`. */
  readonly log?: boolean | undefined;
}

/** A column of numbers. */
export interface NumberColumn {
  /** Its name. */
  readonly name: "number";
}

/** What was learnt of a column of numbers. */
export interface LearntNumber extends LearntOf<"number"> {
  /** The mean and the deviation, of the logarithms if `log`. */
  readonly mean: number;
  readonly deviation: number;
  readonly log: boolean;
  /** What a gap counts as, in the units of the column. */
  readonly missing: number;
  /** Whether an input of its own says that there was a gap. */
  readonly flagged: boolean;
  /** The smallest and the largest number. */
  readonly least: number;
  readonly most: number;
}

const fields = {
  missing: /* @__PURE__ */ optional<NumberOptions["missing"]>(
    '"median", "mean" or a number',
    (value) => value === "median" || value === "mean" || Number.isFinite(value),
    '"median"',
  ),
  log: /* @__PURE__ */ flag(false),
};

/**
 * A column of numbers, scaled by what it was learnt from: z = (x − mean) / deviation, where the deviation is the square root
 * of the mean of (x − mean)². A gap counts as the median; if there were gaps, one input more says so, with 1.
 * @throws `ChainruleError` `option` or `value`, for an option that cannot be
 * @example
 * ```ts
 * import { learnColumns, number } from "chainrule/table";
 *
 * const rows = [{ price: 10, sold: 5 }, { price: 1000, sold: 3 }, { price: 100000, sold: 1 }];
 * const columns = learnColumns(rows, { target: "sold", columns: { price: number({ log: true }) } });
 * columns.inputSize; // 1
 * ```
 */
export const number: Bare<NumberColumn, NumberOptions> = /* @__PURE__ */ bare<NumberColumn, NumberOptions>(
  "number",
  fields as never,
  () => ({ name: "number" }),
);

const signedLog = (x: number): number => (x < 0 ? -log1p(-x) : log1p(x));
const signedExp = (z: number): number => (z < 0 ? -expm1(-z) : expm1(z));

/** z of x. */
export const scaled = ({ log, mean, deviation }: LearntNumber, x: number): number =>
  ((log ? signedLog(x) : x) - mean) / deviation;

/** x of z: the way back. */
export function unscaled({ log, mean, deviation }: LearntNumber, z: number): number {
  const x = z * deviation + mean;
  return log ? signedExp(x) : x;
}

/** The median: of an even count the mean of the two in the middle. */
export function medianOf(numbers: Float64Array): number {
  const ordered = numbers.slice().sort();
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2;
}

/** The mean of numbers, and the root of the mean of their squared distances from it. */
function momentsOf(numbers: Float64Array): { mean: number; deviation: number } {
  const { length } = numbers;
  let mean = 0;
  for (let i = 0; i < length; i++) mean += numbers[i]! / length;
  let squares = 0;
  for (let i = 0; i < length; i++) {
    const distance = numbers[i]! - mean;
    squares += distance * distance;
  }
  return { mean, deviation: Math.sqrt(squares / length) };
}

/** What stands for a gap in a column that is of numbers else. */
const NOTHING: readonly string[] = ["na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", "."];

/** Whether a value stands for a gap among numbers. */
export const saysNothing = (value: Value): boolean => NOTHING.includes(String(value).trim().toLowerCase());

/** The numbers of a column that are there. */
export const present = (column: Column): Float64Array => column.numbers.filter((x) => !Number.isNaN(x));

export const numberKind: Kind<LearntNumber, NumberOptions> = {
  learn(column, { missing = "median", log = false }) {
    const numbers = present(column);
    if (!numbers.length)
      fail("value", `column ${column.name}`, "numbers", new Phrase("none"), "write category or ignore, in columns");
    const { mean, deviation } = momentsOf(log ? numbers.map(signedLog) : numbers);
    if (!Number.isFinite(mean) || !Number.isFinite(deviation))
      fail(
        "value",
        `column ${column.name}`,
        "numbers whose squares are finite",
        new Phrase("larger ones"),
        "scale them",
      );
    const usual = (): number => (missing === "mean" ? momentsOf(numbers).mean : medianOf(numbers));
    return {
      kind: "number",
      column: column.name,
      mean,
      deviation: deviation > 0 ? deviation : 1,
      log,
      missing: typeof missing === "number" ? missing : usual(),
      flagged: numbers.length < column.length,
      least: numbers.reduce((a, b) => Math.min(a, b)),
      most: numbers.reduce((a, b) => Math.max(a, b)),
    };
  },
  inputs: ({ column, flagged }) => (flagged ? [column, `${column} is missing`] : [column]),
  encode(learnt, column, { data, width, at }) {
    const { missing, flagged, least, most } = learnt;
    const { numbers, codes } = column;
    const isNothing = column.values.map(saysNothing);
    const isGap = (code: number): boolean => code === GAP || isNothing[code] === true;
    const unusual = { gaps: 0, unseen: 0, outside: 0 };
    for (let n = 0, i = at; n < numbers.length; n++, i += width) {
      const x = numbers[n]!;
      const isThere = !Number.isNaN(x);
      if (!isThere) unusual[!codes || isGap(codes[n]!) ? "gaps" : "unseen"]++;
      else if (x < least || x > most) unusual.outside++;
      data[i] = scaled(learnt, isThere ? x : missing);
      if (flagged) data[i + 1] = isThere ? 0 : 1;
    }
    return unusual;
  },
  describe: ({ least, most, mean, log, flagged, missing }) =>
    `numbers from ${short(least)} to ${short(most)}` +
    (log ? ", by their logarithms" : `, mean ${short(mean)}`) +
    (flagged ? `; gaps count as ${short(missing)}, and are told` : ""),
};
