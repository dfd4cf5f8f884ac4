import { fail, Phrase } from "../core/errors.js";
import type { Cases } from "./cases.js";
import { checkPrediction, type Truth, truthOf } from "./classes.js";

/** The rows that are predicted to be of a class if a threshold is set, counted by their weights. */
export interface Step {
  /** What a prediction has to be at least. */
  readonly threshold: number;
  /** Those that are of the class. */
  readonly right: number;
  /** Those that are not. */
  readonly wrong: number;
}

/**
 * Lowers the threshold from prediction to prediction: a step for each number that a column has, the largest first. The
 * last step has all rows.
 */
function sweep({ rows, prediction, weights }: Cases, truth: Truth, column: number): Step[] {
  const { data, shape } = prediction;
  const columns = shape[1];
  const positive = columns === 1 ? 1 : column;
  const scores = Float64Array.from({ length: rows }, (_, n) => data[n * columns + column]!);
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const steps: Step[] = [];
  let right = 0;
  let wrong = 0;
  order.forEach((n, i) => {
    if (truth.classOf(n) === positive) right += weights[n]!;
    else wrong += weights[n]!;
    const threshold = scores[n]!;
    const isLast = i + 1 === rows || scores[order[i + 1]!] !== threshold;
    if (isLast) steps.push({ threshold, right, wrong });
  });
  return steps;
}

/**
 * The steps for a single column: how sure it is of class 1.
 * @throws {@link ChainruleError} `shape` for several columns
 */
export function sweepColumn(cases: Cases): Step[] {
  const { where, prediction } = cases;
  const columns = prediction.shape[1];
  const remedy = "ask for a class at a time: its column, and targets 0 or 1";
  if (columns > 1) fail("shape", `${where} prediction`, "one number for each row", new Phrase(`${columns}`), remedy);
  return sweep(cases, truthOf(cases), 0);
}

/** A number of the steps of class 1 for a single column; for several the mean over the classes, one against the others. */
export function meanOverClasses(cases: Cases, of: (steps: readonly Step[], column: number) => number): number {
  const columns = cases.prediction.shape[1];
  const truth = truthOf(cases);
  if (columns > 1) checkPrediction(cases);
  let sum = 0;
  for (let i = 0; i < columns; i++) sum += of(sweep(cases, truth, i), i);
  return sum / columns;
}
