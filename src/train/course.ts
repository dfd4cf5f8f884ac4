import { type EpochFigures, fail, Phrase } from "../core/errors.js";
import type { Floats } from "../core/tensor.js";
import { unwatched, type Watched } from "./early-stopping.js";
import type { Ending, History } from "./history.js";

/** A loss and metrics, or metrics alone. */
export type Scored = Readonly<Record<string, number>>;

/** What a fit was asked for that has to be the same if it is to go on. */
export interface Terms {
  /** Rows of the data, before any were kept apart for validation; 0 for batches that come one by one. */
  readonly rows: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly accumulate: number;
  /** In words: "none", "0.2", "last 0.2", "40 rows". */
  readonly validation: string;
  /** Their names: "none", "accuracy, f1". */
  readonly metrics: string;
  /** Their kinds: "none", "rowWeights", "rowWeights, balanced classWeights". */
  readonly weights: string;
  /** What is watched, from when, and the goal: "none", "loss, minDelta 0, from 1, below 0.1". The patience may differ. */
  readonly earlyStopping: string;
}

/**
 * Where a fit stands, between two updates: plain data, from which it goes on to the same bits in a network that is as
 * it was then. What the network itself remembers (parameters, slots, buffers, the count of forwards) is not in it.
 */
export interface Course {
  /** What it was asked for. */
  readonly terms: Terms;
  /** The epoch that is under way, or the next; counted from 1. */
  epoch: number;
  /** The place, in the order of its rows, at which the next update begins; of batches as they come, their count. */
  row: number;
  /** How many updates of this epoch are done. */
  step: number;
  /** The count of forwards when the order of this epoch was drawn; −1 if it has not been. */
  order: number;
  /** The count of forwards after the latest update. */
  forwards: number;
  /** The losses of this epoch times their masses, added up, and the masses. */
  readonly sum: [losses: number, masses: number];
  /** The loss of each epoch that is done; and what validation and metrics found, if anybody wants to know. */
  readonly loss: number[];
  readonly scores: Scored[];
  /** What ended it, once it has. */
  ended: Ending | undefined;
  /** What early stopping has seen. */
  readonly watched: Watched;
  /** Parameters, buffers and running means of the best epoch by name, if they are wanted in the end. */
  best: Readonly<Record<string, Floats>> | null;
  /** Those of the latest step, where the best have taken their place in the end: a fit that goes on goes on from them. */
  last: Readonly<Record<string, Floats>> | null;
}

/**
 * Refuses to go on with a course on other terms.
 * @throws {@link ChainruleError} `option`
 */
export function checkTerms(course: Course, terms: Terms): void {
  for (const name of Object.keys(terms) as (keyof Terms)[]) {
    if (course.terms[name] === terms[name]) continue;
    const remedy = "give the same data and options as before, or leave resume out";
    fail("option", `fit resume ${name}`, String(course.terms[name]), new Phrase(String(terms[name])), remedy);
  }
}

/** The beginning of a fit. */
export const beginning = (terms: Terms): Course => ({
  terms,
  epoch: 1,
  row: 0,
  step: 0,
  order: -1,
  forwards: 0,
  sum: [0, 0],
  loss: [],
  scores: [],
  ended: undefined,
  watched: unwatched(),
  best: null,
  last: null,
});

/** The report of an epoch that is done. */
export function reportOf({ loss, scores, terms }: Course, epoch: number): EpochFigures {
  const mean = loss[epoch - 1]!;
  const found = scores[epoch - 1];
  if (!found) return { epoch, loss: mean };
  const isValidated = terms.validation !== "none";
  return isValidated ? { epoch, loss: mean, validation: found as ValidationFigures } : { epoch, loss: mean, ...found };
}

type ValidationFigures = Exclude<EpochFigures["validation"], undefined>;

/**
 * What was done so far. The reports of very many epochs are made when they are asked for: where epochs are short, that
 * takes a tenth of the time.
 */
export function historyOf(course: Course): History {
  const { watched, ended } = course;
  const loss = Object.freeze(course.loss.slice());
  let made: readonly EpochFigures[] | undefined;
  const history: History = {
    loss,
    get reports() {
      return (made ??= loss.map((_, n) => reportOf(course, n + 1)));
    },
    get best() {
      return this.reports[watched.epoch - 1];
    },
    ended,
  };
  return loss.length > MANY ? history : { ...history };
}

const MANY = 1000;

/** The next epoch, whose order is still to be drawn. */
export function turnPage(course: Course): void {
  course.epoch++;
  course.row = course.step = course.sum[0] = course.sum[1] = 0;
  course.order = -1;
}
