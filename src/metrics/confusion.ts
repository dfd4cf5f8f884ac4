import { fail, Phrase } from "../core/errors.js";
import { isListOf, optional, readOptions } from "../core/options.js";
import { visible } from "../core/visible.js";
import { readCases, weightsField, type WeightsOption } from "./cases.js";
import { checkThreshold, predictedClass, thresholdField, type ThresholdOption, truthOf } from "./classes.js";
import type { Rows } from "./rows.js";

/** Options of {@link confusion}. */
export interface ConfusionOptions extends WeightsOption, ThresholdOption {
  /** A name for each class, in order. Default: their numbers. */
  readonly labels?: readonly string[] | undefined;
}

/** Which classes are taken for which; as a string, a table. */
export interface Confusion {
  /** A name for each class. */
  readonly labels: readonly string[];
  /** `counts[target][prediction]`: the rows of the one class that were predicted to be of the other. */
  readonly counts: readonly (readonly number[])[];
  /** The table, a row for each class of the targets. */
  toString(): string;
}

const fields = /* @__PURE__ */ {
  labels: /* @__PURE__ */ optional<ConfusionOptions["labels"]>(
    "a list of strings",
    (value) => isListOf(value, (each) => typeof each === "string"),
    '["cat", "dog"]',
  ),
  threshold: thresholdField,
  weights: weightsField,
};

const MOST = 1000; // classes: the table has their square

/**
 * How many rows of each class were predicted to be of which: a table that is printed as one.
 * @throws `ChainruleError` `type`, `shape` or `value` if predictions, targets or weights cannot be; `option`, `value`
 * for the options
 * @example
 * ```ts
 * import { confusion } from "chainrule/metrics";
 *
 * const table = confusion([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 0], { labels: ["no", "yes"] });
 * table.counts; // [[1, 1], [1, 1]]
 * console.log(String(table));
 * // target \ predicted  no  yes
 * // no                   1    1
 * // yes                  1    1
 * ```
 */
export function confusion(prediction: Rows, target: Rows, options?: ConfusionOptions): Confusion {
  const { labels: given, threshold, weights } = readOptions("confusion", options, fields);
  const cases = readCases("confusion", prediction, target, weights);
  checkThreshold(cases, threshold);
  const truth = truthOf(cases);
  const { classes } = truth;
  if (classes > MOST) fail("shape", "confusion", `at most ${MOST} classes`, new Phrase(String(classes)));
  const labels = Array.from({ length: classes }, (_, i) => given?.[i] ?? String(i));
  if (given && given.length !== classes)
    fail("value", "confusion labels", `${classes} names, one for each class`, given);
  const counts = labels.map(() => labels.map(() => 0));
  for (let n = 0; n < cases.rows; n++)
    counts[truth.classOf(n)]![predictedClass(cases.prediction, n, threshold)]! += cases.weights[n]!;
  const toString = (): string => tableOf(labels, counts);
  const table = { labels, counts, toString };
  return Object.defineProperty(table, Symbol.for("nodejs.util.inspect.custom"), { value: toString });
}

function tableOf(labels: readonly string[], counts: readonly (readonly number[])[]): string {
  const names = labels.map(visible);
  const rows = [
    ["target \\ predicted", ...names],
    ...counts.map((row, i) => [names[i]!, ...row.map((each) => String(Number(each.toPrecision(6))))]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join("  ");
  return rows.map(line).join("\n");
}
