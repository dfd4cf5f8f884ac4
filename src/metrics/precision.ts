import { fail, Phrase } from "../core/errors.js";
import { optional } from "../core/options.js";
import { type ThresholdOption, thresholdField } from "./classes.js";
import { type BareMetric } from "./metric.js";
import { type Tally, tallyMetric, type TallyMetric, totalOf } from "./tally.js";

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface AverageOptions extends ThresholdOption {
  /**
   * How one number is made of those of the classes. `"binary"`: that of class 1, of two. `"macro"`: the mean over the
   * classes that occur in the predictions or the targets. `"weighted"`: the mean with the rows of each class as weights.
   * `"micro"`: that of the counts of all classes together. Default: `"binary"` for one column, `"macro"` for several.
   */
  readonly average?: "binary" | "macro" | "micro" | "weighted" | undefined;
}

const AVERAGES: readonly unknown[] = ["binary", "macro", "micro", "weighted"];
const averageField = /* @__PURE__ */ optional<AverageOptions["average"]>(
  '"binary", "macro", "micro" or "weighted"',
  (value) => AVERAGES.includes(value),
  '"macro"',
);

/** A number of one class: of its rows that were predicted rightly, that were predicted, that there are. */
type OfClass = (right: number, predicted: number, actual: number) => number;

/** a / b, and 0 for 0 / 0. */
const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);

const averaged = (name: string, ofClass: OfClass): BareMetric<AverageOptions, TallyMetric<AverageOptions>> =>
  tallyMetric<AverageOptions>(
    name,
    { average: averageField, threshold: thresholdField },
    (tally, { average = tally.columns === 1 ? "binary" : "macro" }) => {
      const { right, predicted, actual } = tally;
      const of = (i: number): number => ofClass(right[i]!, predicted[i]!, actual[i]!);
      if (average === "binary") return of(positiveOf(name, tally));
      if (average === "micro") return ofClass(totalOf(right), totalOf(predicted), totalOf(actual));
      let sum = 0;
      let divisor = 0;
      for (let i = 0; i < right.length; i++) {
        const weight = average === "weighted" ? actual[i]! : predicted[i]! + actual[i]! > 0 ? 1 : 0;
        sum += weight * of(i);
        divisor += weight;
      }
      return sum / divisor;
    },
  );

function positiveOf(name: string, { right }: Tally): number {
  const classes = new Phrase(`${right.length} classes`);
  if (right.length !== 2) fail("option", name, 'two classes for average: "binary"', classes, 'write average: "macro"');
  return 1;
}

/**
 * Of the rows that are predicted to be of a class, the part that is: right / predicted. 0 if none is predicted, as in
 * scikit-learn.
 *
 * One column: that of class 1. Several: the mean over the classes, unless another average is asked for.
 * @example
 * ```ts
 * import { precision } from "chainrule/metrics";
 *
 * precision([0.9, 0.8, 0.3, 0.6], [1, 0, 1, 1]); // 0.6666666666666666: two of three
 * precision({ average: "micro" })([[0.2, 0.8], [0.6, 0.4]], [1, 1]); // 0.5
 * ```
 */
export const precision = /* @__PURE__ */ averaged("precision", (right, predicted) => ratio(right, predicted));

/**
 * Of the rows of a class, the part that is predicted to be of it: right / actual. 0 if there is none, as in scikit-learn.
 *
 * One column: that of class 1. Several: the mean over the classes, unless another average is asked for.
 * @example
 * ```ts
 * import { recall } from "chainrule/metrics";
 *
 * recall([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 1]); // 0.3333333333333333: one of three
 * recall({ threshold: 0.25 })([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 1]); // 0.6666666666666666
 * ```
 */
export const recall = /* @__PURE__ */ averaged("recall", (right, _, actual) => ratio(right, actual));

/**
 * The harmonic mean of precision and recall: 2 · right / (predicted + actual). 0 if a class is neither predicted nor there.
 *
 * One column: that of class 1. Several: the mean over the classes, unless another average is asked for.
 *
 * Source: van Rijsbergen, "Information Retrieval" (1979).
 * @example
 * ```ts
 * import { f1 } from "chainrule/metrics";
 *
 * f1([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 1]); // 0.4
 * f1({ average: "weighted" })([[0.2, 0.8], [0.6, 0.4], [0.1, 0.9]], [1, 0, 0]); // 0.6666666666666666
 * ```
 */
export const f1 = /* @__PURE__ */ averaged("f1", (right, predicted, actual) => ratio(2 * right, predicted + actual));
