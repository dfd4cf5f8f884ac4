import { bare, type Bare } from "../../core/bare.js";
import { fail, Phrase } from "../../core/errors.js";
import { expm1 } from "../../core/exp.js";
import { log1p } from "../../core/log.js";
import { flag, optional } from "../../core/options.js";
import { type Column, GAP } from "../column.js";
import { saysNothing } from "../numeral.js";
import { countMissing, end, type Kind, type LearntOf, short } from "./kind.js";

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
  /** The mean; of the logarithms if `log`. */
  readonly mean: number;
  /** The root of the mean of the squared distances from the mean. */
  readonly deviation: number;
  /** Whether logarithms are taken. */
  readonly log: boolean;
  /** If so, the mean of the numbers themselves: what a network is held against that predicts them. */
  readonly average?: number | undefined;
  /** What a gap counts as, in the units of the column. */
  readonly missing: number;
  /** Whether an input of its own says that there was a gap. */
  readonly flagged: boolean;
  /** The smallest number. */
  readonly least: number;
  /** The largest one. */
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

/** The median: of an even count the mean of the two in the middle. It puts the numbers in another order. */
function medianOf(numbers: Float64Array): number {
  const { length } = numbers;
  const middle = length >> 1;
  const upper = select(numbers, middle);
  if (length % 2 === 1) return upper;
  let lower = -Infinity; // the largest of those before it
  for (let i = 0; i < middle; i++) if (numbers[i]! > lower) lower = numbers[i]!;
  return lower + (upper - lower) / 2;
}

/**
 * The number that stands at place `k` when they are sorted; those before it are then no larger, those behind no smaller.
 * Source: Hoare, "Algorithm 65: find" (Communications of the ACM 1961).
 */
function select(numbers: Float64Array, k: number): number {
  let [left, right] = [0, numbers.length - 1];
  while (left < right) {
    const pivot = numbers[left + ((right - left) >> 1)]!;
    let [i, j] = [left, right];
    while (i <= j) {
      while (numbers[i]! < pivot) i++;
      while (numbers[j]! > pivot) j--;
      if (i > j) break;
      const kept = numbers[i]!;
      numbers[i++] = numbers[j]!;
      numbers[j--] = kept;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return numbers[k]!;
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

/** The numbers of a column that are there. */
export function present({ numbers }: Column): Float64Array {
  const there = new Float64Array(numbers.length);
  let count = 0;
  for (let i = 0; i < numbers.length; i++) if (!Number.isNaN(numbers[i]!)) there[count++] = numbers[i]!;
  return there.subarray(0, count);
}

function rangeOf(numbers: Float64Array): { least: number; most: number } {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i]! < least) least = numbers[i]!;
    if (numbers[i]! > most) most = numbers[i]!;
  }
  return { least, most };
}

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
    const range = rangeOf(numbers);
    const usual = (): number => (missing === "mean" ? momentsOf(numbers).mean : medianOf(numbers));
    return {
      kind: "number",
      column: column.name,
      mean,
      deviation: range.least < range.most && deviation > 0 ? deviation : 1,
      log,
      ...(log ? { average: momentsOf(numbers).mean } : {}),
      missing: typeof missing === "number" ? missing : usual(),
      flagged: numbers.length < column.length,
      ...range,
    };
  },
  inputs: ({ column, flagged }) => (flagged ? [column, `${column} is missing`] : [column]),
  encoder(learnt, column, { data, width, at }, unusual) {
    const { missing, flagged, least, most } = learnt;
    const { numbers, codes, values } = column;
    const isNothing = values.map(saysNothing);
    const isGap = (code: number): boolean => code === GAP || isNothing[code] === true;
    const instead = scaled(learnt, missing);
    return (start, end) => {
      for (let n = start, i = start * width + at; n < end; n++, i += width) {
        const x = numbers[n]!;
        if (x === x) {
          if (x < least || x > most) unusual.outside++;
          data[i] = scaled(learnt, x);
          continue;
        }
        countMissing(unusual, isGap(codes[n]!), flagged);
        data[i] = instead;
        if (flagged) data[i + 1] = 1;
      }
    };
  },
  describe: ({ least, most, mean, log, flagged, missing }) =>
    `numbers from ${end(least)} to ${end(most)}` +
    (log ? ", by their logarithms" : `, mean ${short(mean)}`) +
    (flagged ? `; gaps count as ${short(missing)}, and are told` : ""),
};
