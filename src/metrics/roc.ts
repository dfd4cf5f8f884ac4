import { fail, Phrase } from "../core/errors.js";
import { readCases, type Weights } from "./cases.js";
import { bareMetric, made } from "./metric.js";
import type { Rows } from "./rows.js";
import { meanOverClasses, type Step, sweepColumn } from "./sweep.js";

/** A point of {@link rocCurve}. */
export interface RocPoint {
  /** A prediction of at least this is class 1. */
  readonly threshold: number;
  /** Of the rows of class 0, the part that is predicted to be of class 1. */
  readonly falsePositiveRate: number;
  /** Of the rows of class 1, the part that is predicted to be of it. */
  readonly truePositiveRate: number;
}

/** The rows of the class and the others, if there are some of both. */
function bothOf(steps: readonly Step[], where: string, column?: number): Step {
  const last = steps.at(-1)!;
  if (last.right > 0 && last.wrong > 0) return last;
  const expected = column === undefined ? "rows of class 0 and of class 1" : `rows of class ${column} and of others`;
  return fail(
    "value",
    `${where} target`,
    expected,
    new Phrase(last.right > 0 ? "one class" : "none"),
    "give rows of both",
  );
}

/**
 * The part of the pairs of a row of class 1 and one of class 0 in which the former is predicted to be larger; a pair of
 * equals counts half. It is the area under {@link rocCurve}.
 *
 * One column: any numbers that grow with class 1. Several: probabilities; the mean over the classes, one against the others.
 * @throws `ChainruleError` `value` unless there are rows of each class, since there are no pairs otherwise
 *
 * Source: Hanley, McNeil, "The meaning and use of the area under a receiver operating characteristic curve" (1982).
 * @example
 * ```ts
 * import { rocAuc } from "chainrule/metrics";
 *
 * rocAuc([0.9, 0.8, 0.3, 0.2], [1, 0, 1, 0]); // 0.75: three of four pairs
 * ```
 */
export const rocAuc = /* @__PURE__ */ bareMetric("rocAuc", {}, (options) =>
  made("rocAuc", "higher", options, (cases) =>
    meanOverClasses(cases, (steps, column) => {
      const all = bothOf(steps, cases.where, cases.prediction.shape[1] === 1 ? undefined : column);
      let area = 0;
      let before = { right: 0, wrong: 0 };
      for (const step of steps) {
        area += ((step.wrong - before.wrong) * (step.right + before.right)) / 2;
        before = step;
      }
      return area / (all.right * all.wrong);
    }),
  ),
);

/**
 * How many rows of each class are predicted to be of class 1, from a threshold at which none is to one at which all are: a
 * point for each prediction that occurs, after a first one at Infinity. No point is left out, not even on a straight line.
 * @throws `ChainruleError` `type`, `shape` or `value` if predictions, targets or weights cannot be; `shape` for
 * several columns, `value` for targets of one class
 * @example
 * ```ts
 * import { rocCurve } from "chainrule/metrics";
 *
 * rocCurve([0.9, 0.3], [1, 0])[1]; // { threshold: 0.9, falsePositiveRate: 0, truePositiveRate: 1 }
 * ```
 */
export function rocCurve(prediction: Rows, target: Rows, weights?: Weights): RocPoint[] {
  const steps = sweepColumn(readCases("rocCurve", prediction, target, weights));
  const all = bothOf(steps, "rocCurve");
  return [{ threshold: Infinity, right: 0, wrong: 0 }, ...steps].map(({ threshold, right, wrong }) => ({
    threshold,
    falsePositiveRate: wrong / all.wrong,
    truePositiveRate: right / all.right,
  }));
}
