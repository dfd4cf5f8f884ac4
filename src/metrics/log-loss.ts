import { log } from "../core/log.js";
import { mean } from "./cases.js";
import { checkPrediction, truthOf } from "./classes.js";
import { bareMetric, made } from "./metric.js";

/** A probability counts as at least this, 2⁻⁵². */
const LEAST = 2.220446049250313e-16;

const surprise = (p: number): number => -log(Math.max(p, LEAST));

/**
 * The cross-entropy of probabilities, the mean over the rows of −Σ t ln p; for one column −t ln p − (1 − t) ln(1 − p).
 *
 * A probability counts as at least 2⁻⁵², as in scikit-learn, so that a class that was ruled out costs 36.04, not
 * infinitely much.
 * @throws `ChainruleError` `value` unless the predictions are probabilities
 * @example
 * ```ts
 * import { logLoss } from "chainrule/metrics";
 *
 * logLoss([0.5, 0.5], [1, 0]); // 0.6931471805599453, ln 2
 * logLoss([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]], [0, 1]); // 1.0397207708399179, (ln 2 + ln 4) / 2
 * ```
 */
export const logLoss = /* @__PURE__ */ bareMetric("logLoss", {}, (options) =>
  made("logLoss", "lower", options, (cases) => {
    checkPrediction(cases);
    const { data, shape } = cases.prediction;
    const columns = shape[1];
    const { shareOf } = truthOf(cases);
    return mean(cases, (n) => {
      if (columns === 1) return shareOf(n, 0) * surprise(data[n]!) + (1 - shareOf(n, 0)) * surprise(1 - data[n]!);
      let total = 0;
      for (let i = 0; i < columns; i++) total += shareOf(n, i) * surprise(data[n * columns + i]!);
      return total;
    });
  }),
);
