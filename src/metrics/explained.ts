import { fail, Phrase } from "../core/errors.js";
import { type Cases, mean, sum } from "./cases.js";
import { errorsOf } from "./mean-error.js";
import { bareMetric, made } from "./metric.js";

/** Σ (x − mean of x)² over the rows; exactly 0 if all are the same, whatever the rounding of their mean. */
function spread(cases: Cases, of: (row: number) => number): number {
  const first = of(0);
  const offset = mean(cases, (n) => of(n) - first);
  return sum(cases, (n) => square(of(n) - first - offset));
}

const square = (x: number): number => x * x;

/** The mean over the columns of 1 − error / spread of the targets; a column of equal targets has 1 without errors, else 0. */
function explained(cases: Cases, errorOf: (error: (row: number) => number) => number): number {
  const [, columns] = cases.prediction.shape;
  const difference = errorsOf(cases);
  let total = 0;
  for (let i = 0; i < columns; i++) {
    const all = spread(cases, (n) => cases.target.data[n * columns + i]!);
    const error = errorOf((n) => difference(n, i));
    if (all === Infinity) return NaN; // too large to be squared
    total += all === 0 ? (error === 0 ? 1 : 0) : 1 - error / all;
  }
  return total / columns;
}

/**
 * The coefficient of determination, 1 − Σ (p − t)² / Σ (t − mean of t)²: 1 without errors, 0 for always predicting the mean,
 * below 0 for worse. Several columns: the mean over them. Equal targets: 1 without errors, else 0, as in scikit-learn.
 * @throws `ChainruleError` `value` for a single row
 * @example
 * ```ts
 * import { r2 } from "chainrule/metrics";
 *
 * r2([1, 2, 3], [1, 2, 4]); // 0.7857142857142857
 * r2([2, 2, 2], [1, 2, 3]); // 0
 * ```
 */
export const r2 = /* @__PURE__ */ bareMetric("r2", {}, (options) =>
  made("r2", "higher", options, (cases) => {
    if (cases.rows < 2)
      fail("value", "r2", "at least two rows", new Phrase("1"), "give more, or take meanAbsoluteError");
    return explained(cases, (error) => sum(cases, (n) => square(error(n))));
  }),
);

/**
 * As {@link r2}, but with the spread of the errors about their mean, 1 − Σ (e − mean of e)² / Σ (t − mean of t)², e = p − t:
 * to predict 5 too much each time is no error here. Equal targets: 1 for equal errors, else 0, as in scikit-learn.
 * @example
 * ```ts
 * import { explainedVariance } from "chainrule/metrics";
 *
 * explainedVariance([6, 7, 8], [1, 2, 3]); // 1
 * ```
 */
export const explainedVariance = /* @__PURE__ */ bareMetric("explainedVariance", {}, (options) =>
  made("explainedVariance", "higher", options, (cases) => explained(cases, (error) => spread(cases, error))),
);
