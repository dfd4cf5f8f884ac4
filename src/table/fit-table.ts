import { fail } from "../core/errors.js";
import { isCount, isListOf, isPlainObject, optional, positive, readOptions } from "../core/options.js";
import { freshSeed } from "../core/random.js";
import type { Abortable } from "../train/aborted.js";
import type { ClassWeights } from "../train/class-weights.js";
import type { EarlyStopping } from "../train/early-stopping.js";
import type { History } from "../train/history.js";
import type { Cell } from "./column.js";
import { checkTarget, type ColumnsOptions, columnsFields, ignoredIn, learnFrame } from "./columns.js";
import { type Frame, frameOf } from "./frame.js";
import type { ColumnKind } from "./learnt.js";
import { LearntModel, type TableModel } from "./model.js";
import { linear, type TableEpoch, train, type Trained, type Training } from "./recipe.js";
import type { Names, Targets } from "./types.js";

/** How {@link fitTable} trains, where it is not left to it. */
export interface TrainingOptions {
  /** Units of each hidden layer, with relu. Default `[64]`; `[]` is a linear model. */
  readonly hidden?: readonly number[] | undefined;
  /** Passes over the rows, at most. Default 500; 100 if nothing is to stop it. */
  readonly epochs?: number | undefined;
  /** Rows for each update. Default 32, above 1,000 rows their square root, at most 256. */
  readonly batchSize?: number | undefined;
  /** That of AdamW. Default 0.003. */
  readonly learningRate?: number | undefined;
  /** That of AdamW. Default 4 / √n, where n is the count of rows. */
  readonly weightDecay?: number | undefined;
  /**
   * By which rows the number of epochs is found: a share, drawn by the seed, class by class; `{ last: share }`, of rows in
   * the order of time; 0 for none. Default each fifth in turn; one fifth of 1,000 rows and more; none of fewer than 20.
   */
  readonly validation?: number | { readonly last: number } | undefined;
  /** As in `fit`, by the loss. Default `{ patience: 20 }`; `false`: the network is trained with all rows for `epochs`. */
  readonly earlyStopping?: boolean | EarlyStopping<never> | undefined;
  /** As in `fit`: `"balanced"`, or a factor for each class in the order of `columns.classes`. Default none. */
  readonly classWeights?: ClassWeights | undefined;
  /** A whole number from which weights, order and draws come. Default a fresh one. */
  readonly seed?: number | undefined;
  /**
   * Called after each epoch, such as `logProgress`; `trial` says in which trial it was. `false` ends all of it: the network
   * is then the best so far.
   */
  readonly onEpoch?: ((report: TableEpoch) => unknown) | undefined;
  /** Aborts the training. */
  readonly signal?: Abortable | undefined;
}

/** Options of {@link fitTable}. */
export interface FitTableOptions<R extends object, T extends Targets<R>>
  extends ColumnsOptions<R, T>, TrainingOptions {}

/** What {@link fitTable} gives. */
export interface FittedTable<R extends object = Record<string, Cell>, T extends Targets<R> = Names<R>> {
  /** The model. */
  readonly model: TableModel<R, T>;
  /** How the network was trained. Losses of numbers are in scaled units. */
  readonly history: History;
  /** The trials by which its number of epochs was found, with their validation. */
  readonly trials: readonly History[];
}

const anything = (expected: string, example: string) => optional<unknown>(expected, () => true, example);

export const trainingFields = {
  hidden: /* @__PURE__ */ optional<readonly number[]>(
    "a list of whole numbers of at least 1",
    (value) => isListOf(value, isCount),
    "[32]",
  ),
  epochs: /* @__PURE__ */ optional<number>("a whole number of at least 1", isCount, "100"),
  batchSize: /* @__PURE__ */ optional<number>("a whole number of at least 1", isCount, "32"),
  learningRate: /* @__PURE__ */ positive(0.003),
  weightDecay: /* @__PURE__ */ optional<number>(
    "a number of at least 0",
    (n) => Number.isFinite(n) && Number(n) >= 0,
    "0.1",
  ),
  validation: /* @__PURE__ */ optional<Training["validation"]>(
    "a share of the rows of at least 0 and below 1, or { last: share }",
    (value) =>
      (isPlainObject(value) && Object.keys(value).join() === "last") ||
      (typeof value === "number" && value >= 0 && value < 1),
    "{ last: 0.2 }",
  ),
  earlyStopping: /* @__PURE__ */ optional<unknown>(
    "true, false, or { patience }, by the loss",
    (value) => !isPlainObject(value) || value.metric === undefined || value.metric === "loss",
    "{ patience: 20 }",
  ),
  classWeights: /* @__PURE__ */ anything('"balanced", or a list of numbers', '"balanced"'),
  seed: /* @__PURE__ */ optional<number>(
    "a whole number of at least 0",
    (n) => Number.isSafeInteger(n) && Number(n) >= 0,
    "1",
  ),
  onEpoch: /* @__PURE__ */ optional<Training["onEpoch"]>(
    "a function",
    (value) => typeof value === "function",
    "logProgress",
  ),
  signal: /* @__PURE__ */ anything("an AbortSignal", "controller.signal"),
};

/** The options of a training, with defaults. */
export const trainingOf = (options: Record<keyof typeof trainingFields, unknown>): Training =>
  ({
    ...options,
    hidden: options.hidden ?? [64],
    earlyStopping: options.earlyStopping ?? { patience: 20 },
    seed: options.seed ?? freshSeed(),
  }) as Training;

/**
 * Learns a table: how its columns are to be read, a network that predicts the target from them, and a linear model to hold
 * it against. Rows with a gap in the target are left out.
 *
 * The network has one hidden layer of 64 units with relu. Its weights start as `dense` starts them, those into the outputs
 * with 0. AdamW trains it, with a weight decay that is less the more rows there are. How long is found by trials: with four
 * fifths of the rows, until the loss of the other fifth has not become less for 20 epochs; each fifth has its turn (one alone
 * from 1,000 rows on), and the middle of their best epochs is taken. Then it is trained anew with all rows, for as many.
 * @throws `ChainruleError` (rejects) as `learnColumns` and `network.fit`
 * @example
 * ```ts
 * import { fitTable } from "chainrule/table";
 *
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: i, weight: 3 * i + 5, colour: i % 2 ? "red" : "blue" }));
 * const { model } = await fitTable(rows, { target: "colour", epochs: 5, seed: 1 });
 * model.columns.classes; // ["blue", "red"]
 * ```
 */
export async function fitTable<R extends object, const T extends Targets<R>>(
  rows: readonly R[],
  options: FitTableOptions<R, T>,
): Promise<FittedTable<R, T>> {
  const { target, columns, ...training } = readOptions("fitTable", options, { ...columnsFields, ...trainingFields });
  const fitted = await fitFrame(
    frameOf(rows, "fitTable", ignoredIn(columns ?? {})),
    checkTarget(target, "fitTable"),
    columns ?? {},
    trainingOf(training),
  );
  return fitted as unknown as FittedTable<R, T>;
}

/** A model, and how it was trained. */
export type Fitted = Omit<Trained, "network"> & { readonly model: LearntModel };

/** The same of a table by its columns. */
export async function fitFrame(
  given: Frame,
  target: string | readonly string[],
  kinds: Readonly<Record<string, ColumnKind>>,
  training: Training,
): Promise<Fitted> {
  const columns = learnFrame(given, target, kinds);
  const { frame, targets } = columns.answered(given, "fitTable");
  if (frame.rows < 2) fail("shape", "fitTable", "at least two rows with an answer", frame.rows, "give more rows");
  const rows = { inputs: columns.inputsOf(frame, "fitTable").inputs, targets: columns.batchOf(targets) };
  const { network, history, trials } = await train(columns, rows, training);
  const { network: other } = await train(columns, rows, linear(training));
  return { model: new LearntModel(columns, network, other), history, trials };
}
