import { fail } from "../core/errors.js";
import { count, isCount, isListOf, isPlainObject, optional, positive, readOptions } from "../core/options.js";
import type { Abortable } from "../train/aborted.js";
import type { ClassWeights } from "../train/class-weights.js";
import type { EarlyStopping } from "../train/early-stopping.js";
import type { EpochReport, History } from "../train/history.js";
import type { Cell } from "./column.js";
import { checkTarget, type ColumnsOptions, columnsFields, learnFrame } from "./columns.js";
import { type Frame, frameOf } from "./frame.js";
import type { ColumnKind } from "./learnt.js";
import { LearntModel, type TableModel } from "./model.js";
import { train, type Training } from "./recipe.js";
import type { Names, Targets } from "./types.js";

/** How {@link fitTable} trains, where it is not left to it. */
export interface TrainingOptions {
  /** Units of each hidden layer, with relu. Default `[64]`; `[]` is a linear model. */
  readonly hidden?: readonly number[] | undefined;
  /** Passes over the rows, at most. Default 500. */
  readonly epochs?: number | undefined;
  /** Rows for each update. Default 32. */
  readonly batchSize?: number | undefined;
  /** That of Adam. Default 0.005. */
  readonly learningRate?: number | undefined;
  /**
   * The share of the rows by which the training is stopped, drawn by the seed, class by class; `{ last: share }` in the order
   * of time; 0 for none. Default 0.2.
   */
  readonly validation?: number | { readonly last: number } | undefined;
  /** As in `fit`. Default `{ patience: 20 }`. */
  readonly earlyStopping?: boolean | EarlyStopping<never> | undefined;
  /** As in `fit`: `"balanced"`, or a factor for each class in the order of `columns.classes`. Default none. */
  readonly classWeights?: ClassWeights | undefined;
  /** A whole number from which weights, order and draws come. Default a fresh one. */
  readonly seed?: number | undefined;
  /** Called after each epoch, such as `logProgress`; `false` ends the training. */
  readonly onEpoch?: ((report: EpochReport) => unknown) | undefined;
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
}

const anything = (expected: string, example: string) => optional<unknown>(expected, () => true, example);

export const trainingFields = {
  hidden: /* @__PURE__ */ optional<readonly number[]>(
    "a list of whole numbers of at least 1",
    (value) => isListOf(value, isCount),
    "[32]",
  ),
  epochs: /* @__PURE__ */ count(500),
  batchSize: /* @__PURE__ */ count(32),
  learningRate: /* @__PURE__ */ positive(0.005),
  validation: /* @__PURE__ */ optional<Training["validation"]>(
    "a share of the rows of at least 0 and below 1, or { last: share }",
    (value) => isPlainObject(value) || (typeof value === "number" && value >= 0 && value < 1),
    "0.2",
  ),
  earlyStopping: /* @__PURE__ */ anything("true, false, or { patience }", "{ patience: 20 }"),
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
    validation: options.validation ?? 0.2,
    earlyStopping: options.earlyStopping ?? { patience: 20 },
  }) as Training;

/**
 * Learns a table: how its columns are to be read, a network that predicts the target from them, and a linear model to hold
 * it against. Rows with a gap in the target are left out.
 *
 * The network has one hidden layer, and Adam trains it until rows that are kept apart have not become better for a while.
 * @throws {@link ChainruleError} (rejects) as `learnColumns` and `network.fit`
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
    frameOf(rows, "fitTable"),
    checkTarget(target, "fitTable"),
    columns ?? {},
    trainingOf(training),
  );
  return fitted as unknown as FittedTable<R, T>;
}

/** The same of a table by its columns. */
export async function fitFrame(
  given: Frame,
  target: string | readonly string[],
  kinds: Readonly<Record<string, ColumnKind>>,
  training: Training,
): Promise<{ model: LearntModel; history: History }> {
  const columns = learnFrame(given, target, kinds);
  const { frame, targets } = columns.answered(given, "fitTable");
  if (frame.rows < 2) fail("shape", "fitTable", "at least two rows with an answer", frame.rows, "give more rows");
  const { inputs } = columns.inputsOf(frame, "fitTable");
  const batch = columns.batchOf(targets);
  const { network, history } = await train(columns, inputs, batch, training);
  const { network: linear } = await train(columns, inputs, batch, { ...training, onEpoch: undefined }, []);
  return { model: new LearntModel(columns, network, linear), history };
}
