import { isOurs } from "../core/bare.js";
import { isBlock, optional, readOptions } from "../core/options.js";
import { fail } from "../core/errors.js";
import { readCases, weightsField, type WeightsOption } from "./cases.js";
import { thresholdField } from "./classes.js";
import { f1 } from "./precision.js";
import type { Rows } from "./rows.js";
import { sweepColumn } from "./sweep.js";
import type { TallyMetric } from "./tally.js";

/** Options of {@link bestThreshold}. */
export interface BestThresholdOptions extends WeightsOption {
  /** `accuracy`, `precision`, `recall`, `f1` or `matthews`. Default `f1`. */
  readonly metric?: TallyMetric | undefined;
}

/** What {@link bestThreshold} finds. */
export interface BestThreshold {
  /** A prediction of at least this is class 1. */
  readonly threshold: number;
  /** The metric there. */
  readonly score: number;
}

const fields = {
  metric: /* @__PURE__ */ optional<BestThresholdOptions["metric"]>(
    "accuracy, precision, recall, f1 or matthews",
    (value) => isBlock(value, "name", "ofTally") && isOurs(value as object),
    "f1",
  ),
  weights: weightsField,
};

/**
 * The threshold that makes a metric largest, among the predictions that occur; of several, the highest. Find it on other
 * rows than those that say how good it is.
 * @throws `ChainruleError` `type`, `shape` or `value` if predictions, targets or weights cannot be; `shape` for
 * several columns; `option`, `value` for the options
 * @example
 * ```ts
 * import { accuracy, bestThreshold } from "chainrule/metrics";
 *
 * bestThreshold([0.9, 0.4, 0.3, 0.2], [1, 1, 0, 0]); // { threshold: 0.4, score: 1 }
 * bestThreshold([0.9, 0.4, 0.3, 0.2], [1, 1, 0, 1], { metric: accuracy }); // { threshold: 0.4, score: 0.75 }
 * ```
 */
export function bestThreshold(prediction: Rows, target: Rows, options?: BestThresholdOptions): BestThreshold {
  const { metric = f1, weights } = readOptions("bestThreshold", options, fields);
  const { threshold: own } = metric.options as { readonly threshold?: number };
  if (own !== thresholdField.otherwise) {
    const remedy = `write metric: ${metric.name}`;
    fail("option", "bestThreshold metric", "one without a threshold, which is to be found", own, remedy);
  }
  const steps = sweepColumn(readCases("bestThreshold", prediction, target, weights));
  const all = steps.at(-1)!;
  let best = { threshold: NaN, score: -Infinity };
  for (const { threshold, right, wrong } of steps) {
    const score = metric.ofTally({
      columns: 1,
      right: [all.wrong - wrong, right],
      predicted: [all.right - right + (all.wrong - wrong), right + wrong],
      actual: [all.wrong, all.right],
    });
    if (score > best.score) best = { threshold, score };
  }
  return best;
}
