import { type LearntColumns, smallClasses } from "../table/columns.js";
import type { Answered } from "../table/folds.js";
import { type Frame, rowsOf } from "../table/frame.js";
import { countDuplicates, explainsClasses, explainsNumbers, groupsOf } from "../table/suspects.js";
import { shown } from "./columns-text.js";
import type { Division } from "./divide.js";

/** Of what there is to explain, the share from which a column is suspected; of numbers R². */
const MOST_OF_CLASSES = 0.95;
const MOST_OF_NUMBERS = 0.98;

/** Columns that alone explain nearly all, of rows that are learnt from, and how much. */
function suspectsOf(columns: LearntColumns, { columns: cells }: Frame, truth: Float64Array): [string, number][] {
  return columns.document.columns.flatMap(({ column: name, kind }): [string, number][] => {
    const column = cells.get(name)!;
    const groups = groupsOf(column, kind === "number");
    const share =
      columns.task === "classes"
        ? explainsClasses(groups, truth)
        : explainsNumbers(groups, truth, kind === "number" ? column.numbers : undefined);
    return share >= (columns.task === "classes" ? MOST_OF_CLASSES : MOST_OF_NUMBERS) ? [[name, share]] : [];
  });
}

/** What should be looked at before the numbers are trusted. */
export function warningsOf(answered: Answered, columns: LearntColumns, { tests }: Division): string[] {
  const { frame, targets, whole } = answered;
  const parts = new Int32Array(frame.rows).fill(-1); // −1: learnt from, and never tested
  tests.forEach((test, part) => test.forEach((row) => void (parts[row] = part)));
  const isSingle = tests.length === 1;
  const all = Uint32Array.from({ length: frame.rows }, (_, n) => n);
  const learnt = isSingle ? all.filter((row) => parts[row]! < 0) : all;
  const truth = Float64Array.from(learnt, (row) => targets[0]![row]!);
  const suspects = suspectsOf(columns, rowsOf(frame, learnt), truth).map(
    ([name, share]) =>
      `${shown(name)} alone explains ${Math.floor(100 * share + 1e-6)} % of what there is to explain: is it known beforehand? ` +
      `If not, leave it out with --ignore.`,
  );
  const names = [...columns.used.map(({ column }) => column), columns.target as string];
  const doubled = countDuplicates(frame, names, parts, (part) => part >= 0);
  const tested = tests.reduce((sum, test) => sum + test.length, 0);
  const where = isSingle ? "among the rows it learnt from" : "in another fold";
  const duplicates =
    `${doubled} of ${tested} tested rows ${doubled === 1 ? "stands" : "stand"} ${where} too, alike in all that is used. ` +
    `Copies flatter the measure.`;
  return [...suspects, ...(doubled ? [duplicates] : []), ...smallClasses(whole.document.targets)];
}
