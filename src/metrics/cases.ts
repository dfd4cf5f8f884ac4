import { fail, Phrase } from "../core/errors.js";
import { isList, numbersOf } from "../core/numbers.js";
import { optional } from "../core/options.js";
import { type Matrix, numbersIn, pick, readRows, type Row } from "./rows.js";

/** What each row counts for: numbers of at least 0, from 1e-60 to 1e60 unless they are 0. */
export type Weights = Row;

/** Predictions beside their targets, and what each row counts for. */
export interface Cases {
  /** Whose: the function that was called, for errors. */
  readonly where: string;
  readonly rows: number;
  readonly prediction: Matrix;
  readonly target: Matrix;
  /** A number above 0 for each row. */
  readonly weights: Float64Array;
}

/** The least and the largest weight: their squares, and products of their sums, are finite and not 0. */
const LEAST = 1e-60;
const LARGEST = 1e60;

/**
 * Reads what a metric is given. A row of weight 0 is as if it were not there.
 * @throws {@link ChainruleError} `type`, `shape` or `value`, by what is wrong
 */
export function readCases(where: string, prediction: unknown, target: unknown, weights: unknown): Cases {
  const p = readRows(prediction, `${where} prediction`);
  const t = readRows(target, `${where} target`);
  const [rows] = p.shape;
  checkCount(t.shape[0], rows, `${where} target`, "rows");
  const w = readWeights(weights, rows, `${where} weights`);
  const kept = [...w.keys()].filter((n) => w[n]! > 0);
  if (kept.length === rows) return { where, rows, prediction: p, target: t, weights: w };
  if (!kept.length) fail("value", `${where} weights`, "a weight above 0", new Phrase("zeros"));
  return {
    where,
    rows: kept.length,
    prediction: pick(p, kept),
    target: pick(t, kept),
    weights: w.filter((each) => each > 0),
  };
}

function readWeights(given: unknown, rows: number, where: string): Float64Array {
  if (given === undefined) return new Float64Array(rows).fill(1);
  if (!isList(given)) return fail("type", where, `a list of ${numbersOf(rows)}, one for each row`, given);
  checkCount(given.length, rows, where, "weights");
  const weights = numbersIn(given, where);
  const bad = weights.findIndex((each) => !(each === 0 || (each >= LEAST && each <= LARGEST)));
  if (bad >= 0) fail("value", `${where}[${bad}]`, `0, or a number from ${LEAST} to ${LARGEST}`, weights[bad]);
  return weights;
}

function checkCount(given: number, rows: number, where: string, what: string): void {
  if (given !== rows) fail("shape", where, `as many ${what} as predictions, ${rows}`, new Phrase(String(given)));
}

/** A sum over the rows, each as often as it counts. */
export function sum({ rows, weights }: Cases, each: (row: number) => number): number {
  let total = 0;
  for (let n = 0; n < rows; n++) total += weights[n]! * each(n);
  return total;
}

/** The mean over the rows, each as often as it counts. */
export const mean = (cases: Cases, each: (row: number) => number): number => sum(cases, each) / sum(cases, () => 1);

/** Of a function that takes options besides predictions and targets. */
export interface WeightsOption {
  /** What each row counts for. Default: 1 each. */
  readonly weights?: Weights | undefined;
}

export const weightsField = /* @__PURE__ */ optional<Weights | undefined>(
  "a list with a number for each row",
  isList,
  "[1, 2]",
);
