import { mean } from "./cases.js";
import { checkPrediction, truthOf } from "./classes.js";
import { bareMetric, made } from "./metric.js";

/**
 * Brier's score, the mean over the rows of Σ (p − t)² over the columns: 0 for sure and right. One column has (p − t)²
 * alone, half of what the same predictions have in two.
 *
 * Source: Brier, "Verification of forecasts expressed in terms of probability" (1950).
 * @throws `ChainruleError` `value` unless the predictions are probabilities
 * @example
 * ```ts
 * import { brier } from "chainrule/metrics";
 *
 * brier([0.5, 1], [1, 1]); // 0.125
 * brier([[0.5, 0.5], [0, 1]], [1, 1]); // 0.25
 * ```
 */
export const brier = /* @__PURE__ */ bareMetric("brier", {}, (options) =>
  made("brier", "lower", options, (cases) => {
    checkPrediction(cases);
    const { data, shape } = cases.prediction;
    const columns = shape[1];
    const { shareOf } = truthOf(cases);
    return mean(cases, (n) => {
      let total = 0;
      for (let i = 0; i < columns; i++) {
        const error = data[n * columns + i]! - shareOf(n, i);
        total += error * error;
      }
      return total;
    });
  }),
);
