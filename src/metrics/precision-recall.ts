import { fail, Phrase } from "../core/errors.js";
import { readCases, type Weights } from "./cases.js";
import { bareMetric, made } from "./metric.js";
import type { Rows } from "./rows.js";
import { meanOverClasses, type Step, sweepColumn } from "./sweep.js";

/** A point of {@link precisionRecallCurve}. */
export interface PrecisionRecallPoint {
  /** A prediction of at least this is class 1. */
  readonly threshold: number;
  /** Of the rows that are predicted to be of class 1, the part that is. */
  readonly precision: number;
  /** Of the rows of class 1, the part that is predicted to be of it. */
  readonly recall: number;
}

const precisionAt = ({ right, wrong }: Step): number => right / (right + wrong);

/**
 * The mean of the precision over the rows of class 1, each taken at its own prediction as the threshold: Σ (Rᵢ − Rᵢ₋₁) Pᵢ
 * over the points of {@link precisionRecallCurve}, without lines between them. 0 for a class without rows, as in
 * scikit-learn.
 *
 * One column: any numbers that grow with class 1. Several: probabilities; the mean over the classes, one against the others.
 * @example
 * ```ts
 * import { averagePrecision } from "chainrule/metrics";
 *
 * averagePrecision([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 0]); // 0.8333333333333333: (1 + 2/3) / 2
 * ```
 */
export const averagePrecision = /* @__PURE__ */ bareMetric("averagePrecision", {}, (options) =>
  made("averagePrecision", "higher", options, (cases) =>
    meanOverClasses(cases, (steps) => {
      const all = steps.at(-1)!.right;
      let sum = 0;
      let before = 0;
      for (const step of steps) {
        sum += (step.right - before) * precisionAt(step);
        before = step.right;
      }
      return all > 0 ? sum / all : 0;
    }),
  ),
);

/**
 * Precision and recall of class 1, from a threshold at which no row is predicted to be of it to one at which all are: a
 * point for each prediction that occurs, after a first one at Infinity, with precision 1 and recall 0.
 * @throws `ChainruleError` `type`, `shape` or `value` if predictions, targets or weights cannot be; `shape` for
 * several columns, `value` if there is no row of class 1
 * @example
 * ```ts
 * import { precisionRecallCurve } from "chainrule/metrics";
 *
 * precisionRecallCurve([0.9, 0.3], [1, 0])[2]; // { threshold: 0.3, precision: 0.5, recall: 1 }
 * ```
 */
export function precisionRecallCurve(prediction: Rows, target: Rows, weights?: Weights): PrecisionRecallPoint[] {
  const steps = sweepColumn(readCases("precisionRecallCurve", prediction, target, weights));
  const all = steps.at(-1)!.right;
  if (all === 0) fail("value", "precisionRecallCurve target", "a row of class 1", new Phrase("none"));
  return [
    { threshold: Infinity, precision: 1, recall: 0 },
    ...steps.map((step) => ({
      threshold: step.threshold,
      precision: precisionAt(step),
      recall: step.right / all,
    })),
  ];
}
