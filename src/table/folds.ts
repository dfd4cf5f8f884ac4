import { count, optional, readOptions } from "../core/options.js";
import { checkTarget, columnsFields, type ColumnsOptions, learnFrame } from "./columns.js";
import { fitFrame, trainingFields, type TrainingOptions, trainingOf } from "./fit-table.js";
import { type Frame, frameOf, rowsOf } from "./frame.js";
import type { ColumnKind } from "./learnt.js";
import type { LearntModel } from "./model.js";
import type { Training } from "./recipe.js";
import { type Output, type Predictions, type Report, reportOf, scoreOf, type UnusualCells } from "./report.js";
import { codesIn, foldsOf } from "./split.js";
import type { Names, Targets } from "./types.js";

/** Options of {@link crossValidate}. */
export interface CrossValidateOptions<R extends object, T extends Targets<R>>
  extends ColumnsOptions<R, T>, TrainingOptions {
  /** Into how many parts the rows are divided. Default 5. */
  readonly folds?: number | undefined;
  /** A column whose rows of one value stay together, such as the patient's. */
  readonly group?: Names<R> | undefined;
}

/** What {@link crossValidate} finds. */
export interface CrossValidation {
  /** The report on all rows, each predicted by a model that has not seen it. */
  readonly report: Report;
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
): Promise<CrossValidation> {
  const { target, columns, folds, group, ...training } = readOptions("crossValidate", options, fields);
  const groups = group === undefined ? null : codesIn(rows, group, "crossValidate");
  const due = checkTarget(target, "crossValidate");
  return foldFrame(frameOf(rows, "crossValidate"), due, columns ?? {}, trainingOf(training), folds, groups);
}

/** The same of a table by its columns. */
export async function foldFrame(
  given: Frame,
  target: string | readonly string[],
  kinds: Readonly<Record<string, ColumnKind>>,
  training: Training,
  folds: number,
  groups: Int32Array | null,
): Promise<CrossValidation> {
  const whole = learnFrame(given, target, kinds);
  const { frame, kept, targets } = whole.answered(given, "crossValidate");
  const strata = whole.task === "classes" ? Int32Array.from(targets[0]!) : null;
  const picked = groups && Int32Array.from(kept, (row) => groups[row]!);
  const foldOf = foldsOf(kept.length, folds, { strata, groups: picked, seed: training.seed ?? 1 });
  const width = whole.task === "classes" ? whole.classes!.length : targets.length;
  const together: { -readonly [K in keyof Predictions]: Output } = {
    network: emptyOutput(kept.length, width),
    linear: emptyOutput(kept.length, width),
    baseline: emptyOutput(kept.length, width),
  };
  const unusual = new Map<string, UnusualCells>();
  const scores: number[] = [];
  const all = Uint32Array.from(kept.keys());
  for (let fold = 0; fold < folds; fold++) {
    const test = all.filter((row) => foldOf[row] === fold);
    const { model } = await fitFrame(
      rowsOf(
        frame,
        all.filter((row) => foldOf[row] !== fold),
      ),
      target,
      kinds,
      training,
    );
    const { output, inputs, unusual: found } = model.look(rowsOf(frame, test), "crossValidate");
    const places = placesOf(model, whole.classes);
    put(output, together.network, test, places);
    put(model.outputOf(model.linear!, inputs), together.linear, test, places);
    put(model.baselineOf(test.length), together.baseline, test, places);
    for (const cells of found) unusual.set(cells.column, sumOf(cells, unusual.get(cells.column)));
    const truth = targets.map((column) => Float64Array.from(test, (row) => column[row]!));
    scores.push(scoreOf(whole.document, truth, pick(together.network, test)));
  }
  return { report: reportOf(whole.document, targets, together, [...unusual.values()]), scores };
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
