import { ChainruleError, fail } from "../core/errors.js";
import { count, flag, optional, readOptions } from "../core/options.js";
import type { Tensor } from "../core/tensor.js";
import { Ticker } from "./ticker.js";

/** What `fit` did, epoch by epoch. */
export interface History {
  /** The loss of each epoch: the mean over its rows, each measured before the update that it led to. */
  readonly loss: number[];
}

/** What `onEpoch` is told. */
export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number;
  /** The mean loss over the rows of this epoch. */
  readonly loss: number;
}

/** What `fit` reads of an `AbortSignal`, a type that not every environment declares. */
export interface Abortable {
  /** Whether it has been aborted. */
  readonly aborted: boolean;
  /** Why; becomes the `cause` of the error. */
  readonly reason?: unknown;
}

/** Options of `fit`. */
export interface FitOptions {
  /** Passes over the data. Needed. */
  readonly epochs: number;
  /** Examples for each update. Default 32. */
  readonly batchSize?: number;
  /** A new order for each epoch, from the network's seed. Default `true`. */
  readonly shuffle?: boolean;
  /** Batches for each update, their gradients weighed by rows. Default 1. */
  readonly accumulate?: number;
  /** Called, and awaited, after each epoch; `false` ends the training, normally. */
  readonly onEpoch?: (report: EpochReport) => unknown;
  /** Aborts the training between two updates; the error then has the `history`. */
  readonly signal?: Abortable;
}

/**
 * A training that was aborted; what it had done until then is in `history`.
 *
 * @example
 * ```ts
 * import { Network, TrainingAborted, dense, meanSquaredError, sgd } from "chainrule";
 *
 * const network = new Network([dense(1, 1)], { loss: meanSquaredError, optimizer: sgd });
 * const controller = new AbortController();
 * try {
 *   const onEpoch = () => controller.abort();
 *   await network.fit([[1]], [[2]], { epochs: 100, onEpoch, signal: controller.signal });
 * } catch (error) {
 *   if (error instanceof TrainingAborted) error.history.loss.length; // 1
 * }
 * ```
 */
export class TrainingAborted extends ChainruleError {
  constructor(
    /** The losses of the epochs that were finished. */
    override readonly history: History,
    cause: unknown,
  ) {
    const got = `an abort in epoch ${history.loss.length + 1}`;
    super({ code: "aborted", where: "fit", expected: "to train to the end", got, remedy: "see error.history", cause });
  }
}

const fields = {
  epochs: /* @__PURE__ */ count(0, "100"),
  batchSize: /* @__PURE__ */ count(32),
  shuffle: /* @__PURE__ */ flag(true),
  accumulate: /* @__PURE__ */ count(1),
  onEpoch: /* @__PURE__ */ optional<(report: EpochReport) => unknown>(
    "a function",
    (value) => typeof value === "function",
    "({ epoch, loss }) => …",
  ),
  signal: /* @__PURE__ */ optional<Abortable>(
    "an AbortSignal",
    (value) => typeof (value as Abortable | null)?.aborted === "boolean",
    "controller.signal",
  ),
};

/**
 * Reads the options of `fit`.
 * @throws {@link ChainruleError} `option`
 */
export function readFitOptions(options: unknown) {
  const read = readOptions("fit", options, fields);
  return read.epochs > 0
    ? read
    : fail("option", "fit epochs", fields.epochs.expected, undefined, "write { epochs: 100 }");
}

/** What `fit` asks of a network that has taken the data in. */
export interface Trainable {
  readonly rows: number;
  /** The losses of all updates, times their rows, added up. */
  readonly sum: Tensor;
  /** Shuffles the rows. */
  reorder(): void;
  /** The first row of the batch that was begun last. */
  readonly row: number;
  /** One update or several on the rows from `first` on; returns the row after them. */
  train(first: number, batchSize: number, accumulate: number): number;
}

/**
 * The training loop: for each epoch an order, for each batch forward, backward and step.
 * It gives way to the event loop by time, so that a page stays alive.
 */
async function train(
  network: Trainable,
  options: ReturnType<typeof readFitOptions>,
  progress: { epoch: number; readonly history: History },
): Promise<History> {
  const { epochs, batchSize, shuffle, accumulate, onEpoch, signal } = options;
  const { rows } = network;
  const { history } = progress;
  const ticker = new Ticker();

  /** Updates from a row on, until the rows end or it is time to give way; returns the row at which it stopped. */
  const run = (first: number): number => {
    while (first < rows && !ticker.isDue) first = network.train(first, batchSize, accumulate);
    return first;
  };

  for (let epoch = 1; epoch <= epochs; epoch++) {
    progress.epoch = epoch;
    if (shuffle) network.reorder();
    network.sum.data[0] = 0;
    for (let first = 0; first < rows;) {
      if (signal?.aborted) throw new TrainingAborted(history, signal.reason);
      first = run(first);
      if (first < rows) await ticker.tick();
    }
    const mean = network.sum.data[0]! / rows;
    history.loss.push(mean);
    if (onEpoch && (await onEpoch({ epoch, loss: mean })) === false) break;
  }
  return history;
}

/** Trains a network; an error of ours says where it happened. */
export async function fit(network: Trainable, options: ReturnType<typeof readFitOptions>): Promise<History> {
  const progress = { epoch: 1, history: { loss: [] } };
  try {
    return await train(network, options, progress);
  } catch (error) {
    const step = Math.floor(network.row / (options.batchSize * options.accumulate)) + 1;
    throw error instanceof ChainruleError ? Object.assign(error, { ...progress, step }) : error;
  }
}
