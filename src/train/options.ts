import { fail, Phrase } from "../core/errors.js";
import { isList } from "../core/numbers.js";
import { count, flag, isCount, isPlainObject, optional, readOptions } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import type { Abortable } from "./aborted.js";
import type { ClassWeights } from "./class-weights.js";
import { type EarlyStopping, earlyStoppingField, readEarlyStopping } from "./early-stopping.js";
import type { EpochReport } from "./history.js";
import { type Metrics, metricsField, readMetrics } from "./metrics.js";
import { readValidation, type Validation, type ValidationData, validationField } from "./validation.js";

/** What `onBatch` is told. */
export interface BatchReport {
  /** Counted from 1. */
  readonly epoch: number;
  /** The update of this epoch, counted from 1. */
  readonly step: number;
  /** The loss of its rows, before the update. */
  readonly loss: number;
}

/** Options of `fit` for batches as they come. `M` are the names of metrics, `V` is the option `validation`. */
export interface BatchFitOptions<M extends string = never, V = ValidationData | undefined> {
  /** Passes over the batches. Default 1; for more, batches have to be a function that gives them anew. */
  readonly epochs?: number | undefined;
  /**
   * What each epoch is judged by: `{ inputs, targets }`. Its loss counts every row alike, unless it has `rowWeights` of its
   * own. Default none.
   */
  readonly validation?: V;
  /** A factor for the losses of each class's rows, in a list. Default none. */
  readonly classWeights?: Exclude<ClassWeights, "balanced"> | undefined;
  /**
   * Functions of (prediction, target) by name, computed after each epoch: of all rows of validation; without it, of all
   * training rows, by another pass. Default none.
   */
  readonly metrics?: Metrics<M> | undefined;
  /**
   * Ends the training when validation does not become better: `true`, or `{ patience = 10, metric = "loss", minDelta = 0,
   * from = 1, below, above }`. However it ends, the network then has the parameters of its best epoch. Default `false`.
   */
  readonly earlyStopping?: boolean | EarlyStopping<NoInfer<M>> | undefined;
  /** Called, and awaited, after each update; `false` ends the training, normally. Each update is then a call of its own. */
  readonly onBatch?: ((report: BatchReport) => unknown) | undefined;
  /** Called, and awaited, after each epoch, such as `logProgress`; `false` ends the training, normally. */
  readonly onEpoch?: ((report: EpochReport<NoInfer<M>, NoInfer<V>>) => unknown) | undefined;
  /** Aborts the training; the error, named `"AbortError"`, then has the `history`. An update that was begun is dropped. */
  readonly signal?: Abortable | undefined;
  /**
   * A checkpoint of this network, with whose `fit` to go on, to the same bits: the network becomes what it was then, and
   * `epochs` is their number in all. Data and options have to be as they were.
   */
  readonly resume?: { readonly training: object } | undefined;
}

/** Options of `fit`. `M` are the names of metrics, `V` is the option `validation`. */
export interface FitOptions<M extends string = never, V = Validation | undefined> extends Omit<
  BatchFitOptions<M, V>,
  "validation" | "classWeights"
> {
  /**
   * What each epoch is judged by: a share of the rows, drawn by the seed of the network (of each class alike, where
   * targets are classes), which are then not trained with; `{ last: 0.2 }`, the last of them; or `{ inputs, targets }`. Its
   * loss counts every row alike, unless it has `rowWeights` of its own. Default none.
   */
  readonly validation?: V;
  /**
   * A factor for the losses of each class's rows, in a list; or `"balanced"`, with which every class counts alike: rows /
   * (classes · count), of the training rows. Default none.
   */
  readonly classWeights?: ClassWeights | undefined;
  /** Passes over the data. Needed; 0 does nothing. */
  readonly epochs: number;
  /** Examples for each update. Default 32. */
  readonly batchSize?: number | undefined;
  /** A new order for each epoch, from the network's seed. Default `true`. */
  readonly shuffle?: boolean | undefined;
  /** Batches for each update, their gradients weighed by rows. Default 1. */
  readonly accumulate?: number | undefined;
  /** A factor for the loss of each row, as in `trainBatch`. Default none. */
  readonly rowWeights?: readonly number[] | Floats | undefined;
}

const isFunction = (value: unknown): boolean => typeof value === "function";

/** The option `classWeights` of `fit` and `evaluate`. */
export const classWeightsField = /* @__PURE__ */ optional<ClassWeights>(
  '"balanced", or a list of numbers, one for each class',
  (value) => value === "balanced" || isList(value),
  '"balanced"',
);

const fields = {
  epochs: /* @__PURE__ */ optional<number>(
    "a whole number of at least 0",
    (value) => value === 0 || isCount(value),
    "100",
  ),
  batchSize: /* @__PURE__ */ count(32),
  shuffle: /* @__PURE__ */ flag(true),
  accumulate: /* @__PURE__ */ count(1),
  validation: validationField,
  rowWeights: /* @__PURE__ */ optional<readonly number[] | Floats>("a list of numbers", isList, "[1, 0.5]"),
  classWeights: classWeightsField,
  metrics: metricsField,
  earlyStopping: earlyStoppingField,
  onBatch: /* @__PURE__ */ optional<(report: BatchReport) => unknown>(
    "a function",
    isFunction,
    "({ step, loss }) => …",
  ),
  onEpoch: /* @__PURE__ */ optional<(report: never) => unknown>("a function", isFunction, "({ epoch, loss }) => …"),
  signal: /* @__PURE__ */ optional<Abortable>(
    "an AbortSignal",
    (value) => typeof (value as Abortable | null)?.aborted === "boolean",
    "controller.signal",
  ),
  resume: /* @__PURE__ */ optional<object>("what network.checkpoint() gave", isPlainObject, "checkpoint"),
};

/**
 * Reads the options of `fit`; `usual`: the epochs if none are given.
 * @throws {@link ChainruleError} `option`, `value`
 */
export function readFitOptions(options: unknown, usual?: number) {
  const { epochs = usual, ...read } = readOptions("fit", options, fields);
  if (epochs === undefined) fail("option", "fit epochs", fields.epochs.expected, undefined, "write { epochs: 100 }");
  const metrics = readMetrics(read.metrics, "fit");
  const validation = readValidation(read.validation);
  const rule = readEarlyStopping(read.earlyStopping, metrics, validation !== undefined);
  return { ...read, epochs, metrics, validation, rule };
}

/** Options of `fit`, read. */
export type ReadOptions = ReturnType<typeof readFitOptions>;

/** Options that have no meaning for batches as they come, and what to do instead. */
const USELESS = {
  batchSize: "let each batch have so many rows",
  shuffle: "let the batches come in another order",
  accumulate: "let each batch have more rows",
  rowWeights: "give them with each batch: { inputs, targets, rowWeights }",
};

/**
 * Reads the options of `fit` for batches as they come; `isRepeated`: a function gives them, anew for each epoch.
 * @throws {@link ChainruleError} `option`, `value`
 */
export function readBatchOptions(given: unknown, isRepeated: boolean): ReadOptions {
  const read = readFitOptions(given, isRepeated ? undefined : 1);
  const own = { ...(given as object | undefined) } as Readonly<Record<string, unknown>>;
  for (const [name, remedy] of Object.entries(USELESS)) {
    if (own[name] !== undefined) fail("option", "fit", "options that batches as they come leave open", name, remedy);
  }
  if (!isRepeated && read.epochs > 1) {
    const remedy = "give a function that returns the batches: fit(() => batches(), options)";
    fail("option", "fit epochs", "1, of batches that come once", read.epochs, remedy);
  }
  if (typeof read.validation === "number" || (read.validation && "last" in read.validation)) {
    fail("option", "fit validation", "{ inputs, targets } beside batches", new Phrase("a share"));
  }
  if (read.classWeights === "balanced") {
    const remedy = "give a list with a factor for each class";
    fail("option", "fit classWeights", "a list beside batches, which have not been counted", "balanced", remedy);
  }
  if (read.metrics.length && !read.validation) {
    fail("option", "fit metrics", "validation beside them: batches are gone after the epoch", new Phrase("none"));
  }
  return read;
}
