import { type ThresholdOption, thresholdField } from "./classes.js";
import { tallyMetric, totalOf } from "./tally.js";

/**
 * The part of the rows whose class is predicted: right / all.
 *
 * The predicted class is the largest column, the first of equals; for one column it is 1 from the threshold on.
 * @example
 * ```ts
 * import { accuracy } from "chainrule/metrics";
 *
 * accuracy([[0.2, 0.8], [0.6, 0.4]], [1, 1]); // 0.5
 * accuracy([0.7, 0.4], [1, 1]); // 0.5
 * accuracy({ threshold: 0.3 })([0.7, 0.4], [1, 1]); // 1
 * ```
 */
export const accuracy = /* @__PURE__ */ tallyMetric<ThresholdOption>(
  "accuracy",
  { threshold: thresholdField },
  ({ right, actual }) => totalOf(right) / totalOf(actual),
);
