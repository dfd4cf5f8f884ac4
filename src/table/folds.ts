import { count, optional, readOptions } from "../core/options.js";
import {
  checkTarget,
  columnsFields,
  type ColumnsOptions,
  ignoredIn,
  type LearntColumns,
  learnFrame,
} from "./columns.js";
import { fitFrame, type Fitted, trainingFields, type TrainingOptions, trainingOf } from "./fit-table.js";
import { type Frame, frameOf, rowsOf } from "./frame.js";
import { category } from "./kinds/category.js";
import { number } from "./kinds/number.js";
import type { ColumnKind } from "./learnt.js";
import type { LearntModel } from "./model.js";
import type { Training } from "./recipe.js";
import { type Output, type Predictions, type Report, reportOf, scoreOf, type UnusualCells } from "./report.js";
import { codesIn, foldsOf } from "./split.js";
import type { AnswerOf, Names, ReportOf, Targets } from "./types.js";

/** How columns are to be read, by their names. */
type Kinds = Readonly<Record<string, ColumnKind>>;

/** Options of {@link crossValidate}. */
export interface CrossValidateOptions<R extends object, T extends Targets<R>>
  extends ColumnsOptions<R, T>, TrainingOptions {
  /** Into how many parts the rows are divided. Default 5. */
  readonly folds?: number | undefined;
  /** A column whose rows of one value stay together, such as the patient's. */
  readonly group?: Names<R> | undefined;
}

/** What {@link crossValidate} finds. */
export interface CrossValidation<Found extends Report = Report> {
  /** The report on all rows, each predicted by a model that has not seen it. */
  readonly report: Found;
  /** The score of each fold: the accuracy of classes, R² of numbers. */
  readonly scores: readonly number[];
}

const fields = {
  ...columnsFields,
  folds: /* @__PURE__ */ count(5),
  group: /* @__PURE__ */ optional<string>("the name of a column", (value) => typeof value === "string", '"patient"'),
  ...trainingFields,
};

/**
 * Judges {@link fitTable} without rows that are kept apart: divides the rows into folds, classes alike, and for each fold
 * learns a model from all others, columns too, which predicts it. So every row counts once, as one that was not seen.
 * @throws `ChainruleError` (rejects) as `fitTable` and `kFold`
 * @example
 * ```ts
 * import { crossValidate, toText } from "chainrule/table";
 *
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: i, sort: i < 20 ? "small" : "large" }));
 * const { report, scores } = await crossValidate(rows, { target: "sort", folds: 4, seed: 1 });
 * scores.length; // 4
 * console.log(toText(report));
 * ```
 */
export async function crossValidate<R extends object, const T extends Targets<R>>(
  rows: readonly R[],
  options: CrossValidateOptions<R, T>,
): Promise<CrossValidation<ReportOf<AnswerOf<R, T>>>> {
  const { target, columns, folds, group, ...training } = readOptions("crossValidate", options, fields);
  const groups = group === undefined ? null : codesIn(rows, group, "crossValidate");
  const due = checkTarget(target, "crossValidate");
  const found = await foldFrame(
    frameOf(rows, "crossValidate", ignoredIn(columns ?? {})),
    due,
    columns ?? {},
    trainingOf(training),
    folds,
    groups,
  );
  return found as CrossValidation<never>;
}

/** The same of a table by its columns. */
async function foldFrame(
  given: Frame,
  target: string | readonly string[],
  kinds: Kinds,
  training: Training,
  folds: number,
  groups: Int32Array | null,
): Promise<CrossValidation> {
  const answered = answeredOf(given, target, kinds, "crossValidate");
  const { kept } = answered;
  const picked = groups && Int32Array.from(kept, (row) => groups[row]!);
  const { report, scores } = await measure(answered, kinds, training, foldsIn(answered, folds, picked, training.seed));
  return { report, scores };
}

/** The rows of a table that have an answer, and what is to be known of their targets. */
export interface Answered {
  readonly frame: Frame;
  /** Their places in the table that was given. */
  readonly kept: Uint32Array;
  readonly targets: readonly Float64Array[];
  /** Learnt from all of them: no model is made of it, it names classes and units. */
  readonly whole: LearntColumns;
}

/** @throws `ChainruleError` as `learnColumns`; `shape` if no row has an answer */
export function answeredOf(given: Frame, target: string | readonly string[], kinds: Kinds, where: string): Answered {
  const whole = learnFrame(given, target, kinds);
  return { ...whole.answered(given, where), whole };
}

/** The class of each row, by its place; null for numbers. */
export const strataOf = ({ whole, targets }: Answered): Int32Array | null =>
  whole.task === "classes" ? Int32Array.from(targets[0]!) : null;

/**
 * The kinds of columns for a part of these rows, of which the target's is that of all: a part without a rare value would
 * else take numbers for classes, or classes for numbers.
 */
export const kindsFor = ({ whole }: Answered, kinds: Kinds): Kinds => ({
  ...Object.fromEntries(
    whole.document.targets.map((learnt) => [learnt.column, (learnt.kind === "number" ? number : category) as never]),
  ),
  ...kinds,
});

/** The rows of each fold. */
export function foldsIn(answered: Answered, folds: number, groups: Int32Array | null, seed: number): Uint32Array[] {
  const { rows } = answered.frame;
  const foldOf = foldsOf(rows, folds, { strata: strataOf(answered), groups, seed });
  const all = Uint32Array.from({ length: rows }, (_, n) => n);
  return Array.from({ length: folds }, (_, fold) => all.filter((row) => foldOf[row] === fold));
}

/** A model that was learnt from all rows but those of a part, which it has not seen. */
interface Part {
  readonly test: Uint32Array;
  readonly fitted: Fitted;
}

/** What such models say of the rows of their parts. */
export interface Measured extends CrossValidation {
  readonly parts: readonly Part[];
  /** Of each row of a part, in their order, its answers (places of classes, or scaled numbers) and what was said. */
  readonly truth: readonly Float64Array[];
  readonly predictions: Predictions;
}

/** Learns for each part a model from all other rows, and lets it predict the part. */
export async function measure(
  answered: Answered,
  given: Kinds,
  training: Training,
  tests: readonly Uint32Array[],
  onPart?: (part: number) => void,
): Promise<Measured> {
  const { frame, targets, whole } = answered;
  const kinds = kindsFor(answered, given);
  const all = Uint32Array.from({ length: frame.rows }, (_, n) => n);
  const isTested = new Uint8Array(frame.rows);
  for (const test of tests) for (const row of test) isTested[row] = 1;
  const tested = all.filter((row) => isTested[row]);
  const placeOf = new Uint32Array(frame.rows);
  tested.forEach((row, place) => void (placeOf[row] = place));
  const width = whole.task === "classes" ? whole.classes!.length : targets.length;
  const predictions = {
    network: emptyOutput(tested.length, width),
    linear: emptyOutput(tested.length, width),
    baseline: emptyOutput(tested.length, width),
  };
  const truth = targets.map((column) => Float64Array.from(tested, (row) => column[row]!));
  const unusual = new Map<string, UnusualCells>();
  const scores: number[] = [];
  const parts: Part[] = [];
  for (const [part, test] of tests.entries()) {
    onPart?.(part);
    const isOwn = new Uint8Array(frame.rows);
    for (const row of test) isOwn[row] = 1;
    const others = all.filter((row) => !isOwn[row]);
    const fitted = await fitFrame(rowsOf(frame, others), whole.target, kinds, training);
    const { model } = fitted;
    const { output, inputs, unusual: found } = model.look(rowsOf(frame, test), "crossValidate");
    const columns = placesOf(model, whole.classes);
    const rows = test.map((row) => placeOf[row]!);
    put(output, predictions.network, rows, columns);
    put(model.outputOf(model.linear!, inputs), predictions.linear, rows, columns);
    put(model.baselineOf(test.length), predictions.baseline, rows, columns);
    for (const cells of found) unusual.set(cells.column, sumOf(cells, unusual.get(cells.column)));
    const own = targets.map((column) => Float64Array.from(test, (row) => column[row]!));
    scores.push(scoreOf(whole.document, own, pick(predictions.network, rows)));
    parts.push({ test, fitted });
  }
  const report = reportOf(whole.document, truth, predictions, [...unusual.values()]);
  return { report, scores, parts, truth, predictions };
}

const emptyOutput = (rows: number, width: number): Output => ({
  data: new Float64Array(rows * width),
  shape: [rows, width],
});

/** Where the numbers of a fold's model belong: a class that its rows did not have gets the probability 0. */
function placesOf(model: LearntModel, classes: readonly unknown[] | undefined): readonly number[] {
  if (!classes) return model.columns.document.targets.map((_, i) => i);
  const names = classes.map(String);
  return model.columns.classes!.map((each) => names.indexOf(String(each)));
}

function put(from: Output, to: Output, rows: Uint32Array, places: readonly number[]): void {
  rows.forEach((row, n) =>
    places.forEach((place, i) => void (to.data[row * to.shape[1] + place] = from.data[n * from.shape[1] + i]!)),
  );
}

function pick({ data, shape: [, width] }: Output, rows: Uint32Array): Output {
  const picked = new Float64Array(rows.length * width);
  rows.forEach((row, n) => picked.set(data.subarray(row * width, (row + 1) * width), n * width));
  return { data: picked, shape: [rows.length, width] };
}

const sumOf = (a: UnusualCells, b: UnusualCells | undefined): UnusualCells => ({
  column: a.column,
  gaps: a.gaps + (b?.gaps ?? 0),
  unseen: a.unseen + (b?.unseen ?? 0),
  outside: a.outside + (b?.outside ?? 0),
});
