import { type ThresholdOption, thresholdField } from "./classes.js";
import { tallyMetric, totalOf } from "./tally.js";

/**
 * Matthews' coefficient, the correlation of predicted and actual classes: 1 if all are right, 0 by chance, −1 for two classes
 * that are always taken for each other. With n rows, c of them right, pₖ predicted and tₖ actual rows of class k it is
 *
 *   (c·n − Σ pₖtₖ) / √((n² − Σ pₖ²)(n² − Σ tₖ²)).
 *
 * 0 if all predictions or all targets are of one class, as in scikit-learn.
 *
 * Source: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient" (2004).
 * @example
 * ```ts
 * import { matthews } from "chainrule/metrics";
 *
 * matthews([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 0]); // 0
 * matthews([0.9, 0.1, 0.8, 0.2], [1, 0, 1, 0]); // 1
 * ```
 */
export const matthews = /* @__PURE__ */ tallyMetric<ThresholdOption>(
  "matthews",
  { threshold: thresholdField },
  ({ right, predicted, actual }) => {
    if (!areSeveral(predicted) || !areSeveral(actual)) return 0;
    const all = totalOf(actual);
    const spread = (all * all - dot(predicted, predicted)) * (all * all - dot(actual, actual));
    return (totalOf(right) * all - dot(predicted, actual)) / Math.sqrt(spread);
  },
);

const areSeveral = (counts: ArrayLike<number>): boolean => Array.from(counts).filter((each) => each > 0).length > 1;

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
