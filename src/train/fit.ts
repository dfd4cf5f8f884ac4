import { ChainruleError } from "../core/errors.js";
import { hear } from "./aborted.js";
import { type Course, historyOf, reportOf, type Scored, turnPage } from "./course.js";
import { BEST, isOver, OVER, verdictOn } from "./early-stopping.js";
import type { Ending } from "./history.js";
import type { ReadOptions } from "./options.js";
import type { Ticker } from "./ticker.js";

/** What `fit` asks of a network that has taken the data in, or takes it as it comes. */
export interface Trainable {
  /** Whether a step calls functions of a user, which may take any time. */
  readonly callsOut: boolean;
  /** Whether an update is a call of its own, and may have to wait for its rows. */
  readonly isStepwise: boolean;
  /** The loss of the latest update. */
  readonly loss: number;
  /** Begins the epoch of the course, or goes on in its middle; returns whether there are rows left. */
  begin(course: Course): boolean;
  /** A few updates, or a batch of one, from where the course is; returns whether there may be rows left. */
  train(course: Course): boolean | Promise<boolean>;
  /** The loss and metrics of validation, or metrics of the rows; null if nobody wants to know. */
  readonly scores: (() => Scored | Promise<Scored>) | null;
  /** Remembers parameters and buffers as they are, in the course. */
  keep(course: Course): void;
  /** Between two epochs, with the loss that is watched: the turn of a schedule; null if none listens. */
  readonly epochEnded: ((loss: number) => void) | null;
}

/**
 * The training loop: for each epoch an order, for each batch forward, backward and step.
 * It gives way to the event loop by time, so that a page stays alive and an abort is heard.
 */
async function train(network: Trainable, options: ReadOptions, ticker: Ticker, course: Course): Promise<Ending> {
  const { epochs, onEpoch, onBatch, signal, rule } = options;
  const { scores: find, isStepwise } = network;
  let isEnded = false;

  /** Trains on, until the rows end or it is time to give way; returns whether there are rows left. */
  const run = (): boolean => {
    let isUnderWay = true;
    while (isUnderWay && !(ticker.isDue || (network.callsOut && ticker.look())))
      isUnderWay = network.train(course) as boolean;
    return isUnderWay;
  };
  /** The same, update by update. */
  const walk = async (): Promise<boolean> => {
    while (!ticker.look()) {
      const { epoch, step } = course;
      const isUnderWay = await network.train(course);
      if (onBatch && course.step > step) {
        isEnded = (await onBatch({ epoch, step: course.step, loss: network.loss })) === false;
      }
      if (!isUnderWay || isEnded || signal?.aborted) return isUnderWay && !isEnded;
    }
    return true;
  };

  if (isOver(rule, course.watched)) return "earlyStopping"; // the rule had ended the fit that goes on
  while (course.epoch <= epochs) {
    let isUnderWay = network.begin(course);
    while (isUnderWay) {
      if (signal) hear(signal, course);
      isUnderWay = isStepwise ? await walk() : run();
      if (isUnderWay) await ticker.tick();
    }
    if (signal) hear(signal, course);
    if (isEnded) return "onBatch";
    const found = find === null ? null : find();
    const scores = found instanceof Promise ? await found : found;
    const { epoch, sum } = course;
    const loss = sum[1] === 0 ? 0 : sum[0] / sum[1];
    const watched = scores?.[rule.metric] ?? loss;
    const verdict = verdictOn(rule, course.watched, epoch, watched);
    course.loss.push(loss);
    if (scores) course.scores.push(scores);
    if (rule.restores && verdict & BEST) network.keep(course);
    network.epochEnded?.(scores?.loss ?? loss);
    turnPage(course);
    const answer = onEpoch === undefined || (await (onEpoch as (report: unknown) => unknown)(reportOf(course, epoch)));
    if (signal) hear(signal, course);
    if (verdict & OVER) return "earlyStopping";
    if (answer === false) return "onEpoch";
    if ((onEpoch || scores) && ticker.look()) await ticker.tick();
  }
  return "epochs";
}

/** Trains a network from where the course is; an error of ours says where it happened. */
export async function fit(network: Trainable, options: ReadOptions, ticker: Ticker, course: Course): Promise<void> {
  try {
    course.ended = await train(network, options, ticker, course);
  } catch (error) {
    if (!(error instanceof ChainruleError)) throw error;
    const { epoch, step } = course;
    throw Object.assign(error, { epoch, step: step + 1, history: historyOf(course) });
  }
}
