import { fail, Phrase } from "../core/errors.js";
import { finite } from "../core/options.js";
import { numbersOf } from "../core/numbers.js";
import type { Cases } from "./cases.js";
import type { Matrix } from "./rows.js";

/** Of a metric of classes. */
export interface ThresholdOption {
  /** One column: a prediction of at least this is class 1. Several columns have no use for one. Default 0.5. */
  readonly threshold?: number;
}

const HALF = 0.5;

export const thresholdField = /* @__PURE__ */ finite(HALF);

/**
 * Refuses a threshold where the largest of several columns is predicted.
 * @throws {@link ChainruleError} `option`
 */
export function checkThreshold({ where, prediction: { shape } }: Cases, threshold: number): void {
  const columns = shape[1];
  if (columns === 1 || threshold === HALF) return;
  const remedy = "leave it out: the largest column is predicted; or ask for a column at a time";
  fail("option", `${where} threshold`, "predictions of one column", new Phrase(`${columns} columns`), remedy);
}

/** What the targets say: the class of a row, and how likely they call a column, 0 or 1 unless they are probabilities. */
export interface Truth {
  /** How many classes: as many as columns, but two for a single column. */
  readonly classes: number;
  classOf(row: number): number;
  shareOf(row: number, column: number): number;
}

/**
 * Reads targets as classes. One column of predictions: numbers from 0 to 1, of which ½ and more is class 1. Several: class
 * indices, or rows of probabilities, whose class is the largest.
 * @throws {@link ChainruleError} `shape` or `value`, by what is wrong
 */
export function truthOf({ where, prediction, target }: Cases): Truth {
  const { data } = target;
  const columns = prediction.shape[1];
  const width = target.shape[1];
  const place = `${where} target`;
  if (columns > 1 && width === 1) {
    const bad = data.findIndex((each) => !(Number.isInteger(each) && each >= 0 && each < columns));
    if (bad >= 0) fail("value", `${place}[${bad}]`, `a class index from 0 to ${columns - 1}`, data[bad], INDICES);
    const classOf = (row: number): number => data[row]!;
    return { classes: columns, classOf, shareOf: (row, column) => (data[row] === column ? 1 : 0) };
  }
  if (width !== columns) {
    const expected = columns > 1 ? `class indices, or rows of ${numbersOf(columns)}` : "0 or 1 for each row";
    fail("shape", place, expected, new Phrase(`rows of ${numbersOf(width)}`));
  }
  checkProbabilities(target, place, SEVERAL);
  const shareOf = (row: number, column: number): number => data[row * columns + column]!;
  if (columns === 1) return { classes: 2, classOf: (row) => (data[row]! >= 0.5 ? 1 : 0), shareOf };
  return { classes: columns, classOf: (row) => largest(target, row), shareOf };
}

const INDICES = "number the classes from 0";
const SEVERAL = "for examples that have several labels, ask for a column at a time";

/** The class that is predicted for a row: the largest column, the first of equals; for one column by the threshold. */
export const predictedClass = (prediction: Matrix, row: number, threshold: number): number =>
  prediction.shape[1] === 1 ? (prediction.data[row]! >= threshold ? 1 : 0) : largest(prediction, row);

function largest({ data, shape: [, columns] }: Matrix, row: number): number {
  const start = row * columns;
  let best = 0;
  for (let i = 1; i < columns; i++) if (data[start + i]! > data[start + best]!) best = i;
  return best;
}

/**
 * Numbers from 0 to 1; several columns sum to 1, to within the rounding of float32.
 * @throws {@link ChainruleError} `value`
 */
function checkProbabilities({ data, shape: [rows, columns] }: Matrix, where: string, remedy: string): void {
  for (let n = 0; n < rows; n++) {
    let total = 0;
    for (let i = n * columns; i < (n + 1) * columns; i++) {
      const p = data[i]!;
      if (p < 0 || p > 1) fail("value", `${where}[${n}]`, "numbers from 0 to 1", p);
      total += p;
    }
    if (columns > 1 && Math.abs(total - 1) > 1e-5)
      fail("value", `${where}[${n}]`, "probabilities that sum to 1", total, remedy);
  }
}

/**
 * The same of predictions.
 * @throws {@link ChainruleError} `value`
 */
export const checkPrediction = ({ where, prediction }: Cases): void =>
  checkProbabilities(prediction, `${where} prediction`, "end the network in softmax, or ask for a column at a time");
