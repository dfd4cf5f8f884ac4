import { fail, Phrase } from "../core/errors.js";
import { numbersOf } from "../core/numbers.js";
import { type Cases, mean } from "./cases.js";
import { bareMetric, made } from "./metric.js";

/**
 * The predictions less the targets, of as many columns.
 * @throws {@link ChainruleError} `shape` for targets of other columns
 */
export function errorsOf({ where, prediction, target }: Cases): (row: number, column: number) => number {
  const columns = prediction.shape[1];
  const width = target.shape[1];
  const got = new Phrase(`rows of ${numbersOf(width)}`);
  if (width !== columns) fail("shape", `${where} target`, `rows of ${numbersOf(columns)}`, got);
  return (row, column) => prediction.data[row * columns + column]! - target.data[row * columns + column]!;
}

/** The mean over rows and columns of a function of the error. */
const meanError = (cases: Cases, of: (error: number) => number): number => {
  const columns = cases.prediction.shape[1];
  const errorOf = errorsOf(cases);
  return mean(cases, (n) => {
    let total = 0;
    for (let i = 0; i < columns; i++) total += of(errorOf(n, i));
    return total / columns;
  });
};

/**
 * The mean over rows and columns of |p − t|, in the unit of the targets.
 * @example
 * ```ts
 * import { meanAbsoluteError } from "chainrule/metrics";
 *
 * meanAbsoluteError([1, 2, 5], [1, 4, 1]); // 2
 * ```
 */
export const meanAbsoluteError = /* @__PURE__ */ bareMetric("meanAbsoluteError", {}, (options) =>
  made("meanAbsoluteError", "lower", options, (cases) => meanError(cases, Math.abs)),
);

/**
 * The root of the mean over rows and columns of (p − t)², in the unit of the targets: √ of the loss `meanSquaredError`.
 * (scikit-learn takes the root for each column, and the mean of these.)
 * @example
 * ```ts
 * import { rootMeanSquaredError } from "chainrule/metrics";
 *
 * rootMeanSquaredError([1, 2, 4], [1, 4, 0]); // 2.581988897471611, the root of 20/3
 * ```
 */
export const rootMeanSquaredError = /* @__PURE__ */ bareMetric("rootMeanSquaredError", {}, (options) =>
  made("rootMeanSquaredError", "lower", options, (cases) => Math.sqrt(meanError(cases, (error) => error * error))),
);
