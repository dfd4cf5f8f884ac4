import { ChainruleError, fail } from "../core/errors.js";
import { isList } from "../core/numbers.js";
import { count, flag, isCount, optional, readOptions } from "../core/options.js";
import type { Floats, Tensor } from "../core/tensor.js";
import type { Ticker } from "./ticker.js";

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
  /** Passes over the data. Needed; 0 does nothing. */
  readonly epochs: number;
  /** Examples for each update. Default 32. */
  readonly batchSize?: number;
  /** A new order for each epoch, from the network's seed. Default `true`. */
  readonly shuffle?: boolean;
  /** Batches for each update, their gradients weighed by rows. Default 1. */
  readonly accumulate?: number;
  /** A factor for the loss of each row, as in `trainBatch`. Default none. */
  readonly rowWeights?: readonly number[] | Floats;
  /** Called, and awaited, after each epoch; `false` ends the training, normally. */
  readonly onEpoch?: (report: EpochReport) => unknown;
  /** Aborts the training; the error, named `"AbortError"`, then has the `history`. An update that was begun is dropped. */
  readonly signal?: Abortable;
}

/**
 * A training that was aborted; what it had done until then is in `history`, and the signal's reason in `cause`. Its
 * `name` is `"AbortError"`, as the web has it.
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
  override readonly name = "AbortError";

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
  epochs: /* @__PURE__ */ optional<number>(
    "a whole number of at least 0",
    (value) => value === 0 || isCount(value),
    "100",
  ),
  batchSize: /* @__PURE__ */ count(32),
  shuffle: /* @__PURE__ */ flag(true),
  accumulate: /* @__PURE__ */ count(1),
  rowWeights: /* @__PURE__ */ optional<readonly number[] | Floats>("a list of numbers", isList, "[1, 0.5]"),
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
 * @throws {@link ChainruleError} `option`, `value`
 */
export function readFitOptions(options: unknown) {
  const { epochs, ...read } = readOptions("fit", options, fields);
  return epochs === undefined
    ? fail("option", "fit epochs", fields.epochs.expected, undefined, "write { epochs: 100 }")
    : { epochs, ...read };
}

/** What `fit` asks of a network that has taken the data in. */
export interface Trainable {
  readonly rows: number;
  /** The losses of all updates times their masses, added up, and the masses: rows, unless the loss has others. */
  readonly sum: Tensor;
  /** Whether a step calls functions of a user, which may take any time. */
  readonly callsOut: boolean;
  /** Shuffles the rows. */
  reorder(): void;
  /** The first row of the batch that was begun last. */
  readonly row: number;
  /** A few updates on the rows from `first` on, or a batch of one; returns the row after them. */
  train(first: number, batchSize: number, accumulate: number): number;
}

/**
 * Gives way to the event loop before the training has begun.
 * @throws {@link ChainruleError} `aborted` if the signal has been aborted meanwhile
 */
export async function giveWay(ticker: Ticker, signal: Abortable | undefined): Promise<void> {
  await ticker.tick();
  if (signal?.aborted) throw new TrainingAborted({ loss: [] }, signal.reason);
}

/**
 * The training loop: for each epoch an order, for each batch forward, backward and step.
 * It gives way to the event loop by time, so that a page stays alive and an abort is heard.
 */
async function train(
  network: Trainable,
  options: ReturnType<typeof readFitOptions>,
  ticker: Ticker,
  progress: { epoch: number; readonly history: History },
): Promise<History> {
  const { epochs, batchSize, shuffle, accumulate, onEpoch, signal } = options;
  const { rows } = network;
  const { history } = progress;
  const isDue = (): boolean => ticker.isDue || (network.callsOut && ticker.look());

  /** Trains from a row on, until the rows end or it is time to give way; returns the row at which it stopped. */
  const run = (first: number): number => {
    while (first < rows && !isDue()) first = network.train(first, batchSize, accumulate);
    return first;
  };

  for (let epoch = 1; epoch <= epochs; epoch++) {
    progress.epoch = epoch;
    if (shuffle) network.reorder();
    network.sum.data.fill(0);
    for (let first = 0; first < rows;) {
      if (signal?.aborted) throw new TrainingAborted(history, signal.reason);
      first = run(first);
      if (first < rows) await ticker.tick();
    }
    const { data } = network.sum;
    const mean = data[1] === 0 ? 0 : data[0]! / data[1]!;
    history.loss.push(mean);
    if (!onEpoch) continue;
    if ((await onEpoch({ epoch, loss: mean })) === false) break;
    if (ticker.look()) await ticker.tick();
  }
  return history;
}

/** Trains a network; an error of ours says where it happened. */
export async function fit(
  network: Trainable,
  options: ReturnType<typeof readFitOptions>,
  ticker: Ticker,
): Promise<History> {
  const progress = { epoch: 1, history: { loss: [] } };
  try {
    return await train(network, options, ticker, progress);
  } catch (error) {
    const step = Math.floor(network.row / (options.batchSize * options.accumulate)) + 1;
    throw error instanceof ChainruleError ? Object.assign(error, { ...progress, step }) : error;
  }
}
