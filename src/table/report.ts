import { log } from "../core/log.js";
import { confusion, type Confusion } from "../metrics/confusion.js";
import { rocAuc } from "../metrics/roc.js";
import type { MatrixOf } from "../metrics/rows.js";
import type { Value } from "./column.js";
import { bootstrap, type Estimate, isMoreThanChance, wilson } from "./intervals.js";
import type { LearntNumber } from "./kinds/number.js";
import { classOf, type LearntClasses, type LearntTarget, numberFor } from "./target.js";

/** Cells of the rows that are not as those it learnt from. */
export interface UnusualCells {
  /** The column. */
  readonly column: string;
  /** Cells without a value, of a column that had none of these. */
  readonly gaps: number;
  /** Words that were not among those it learnt, or what is no number. */
  readonly unseen: number;
  /** Numbers outside the range that it learnt from. */
  readonly outside: number;
}

/** What all reports have. */
export interface CommonReport {
  /** The column that was predicted. */
  readonly target: string;
  /** How many rows were looked at. */
  readonly rows: number;
  /** How good it is, as one number: the accuracy of classes, R² of numbers. */
  readonly score: Estimate;
  /** The columns in which something is unusual. */
  readonly unusual: readonly UnusualCells[];
  /** Whether the network is better than the linear model, and this is more than chance; undefined if there is none. */
  readonly gain: "better" | "worse" | "unclear" | undefined;
}

/** How one of several predictors does. */
export interface ClassScore {
  /** The share of rows that it has right, with Wilson's interval. */
  readonly accuracy: Estimate;
  /** The mean of −ln p, where p is the probability it gave to the right class, at least 1e-15. */
  readonly logLoss: number;
}

/** A class in a {@link ClassReport}. */
export interface ClassFigures {
  /** As it stands in the rows. */
  readonly answer: Value;
  /** Rows of it. */
  readonly rows: number;
  /** Of the rows that were predicted to be of it, the share that is; 0 if there are none. */
  readonly precision: number;
  /** Of the rows of it, the share that was predicted to be; 0 if there are none. */
  readonly recall: number;
}

/** How well classes were predicted. */
export interface ClassReport extends CommonReport, ClassScore {
  /** What was predicted. */
  readonly task: "classes";
  /** A model that is a sum of its inputs, learnt from the same rows. */
  readonly linear: ClassScore | undefined;
  /** What always answers the class with most rows. */
  readonly majority: ClassScore & { readonly answer: Value };
  /** Each class. */
  readonly classes: readonly ClassFigures[];
  /** Which classes were taken for which. */
  readonly confusion: Confusion;
  /** The area under the ROC curve, for two classes of which there are rows. */
  readonly rocAuc: number | undefined;
  /** How sure it was on average: the mean probability of the class it answered, to be held against the accuracy. */
  readonly confidence: number;
}

/** How one of several predictors does, in the units of the target. */
export interface NumberScore {
  /** The mean of |prediction − target|. */
  readonly meanAbsoluteError: Estimate;
  /** The root of the mean of (prediction − target)². */
  readonly rootMeanSquaredError: Estimate;
  /** 1 − Σ(prediction − target)² / Σ(target − its mean)². Equal targets: 1 without errors, else 0. */
  readonly r2: Estimate;
}

/** How well numbers were predicted. */
export interface NumberReport extends CommonReport, NumberScore {
  /** What was predicted. */
  readonly task: "numbers";
  /** A model that is a sum of its inputs, learnt from the same rows. */
  readonly linear: NumberScore | undefined;
  /** What always answers the mean. */
  readonly mean: NumberScore & { readonly answer: number };
}

/** How well several numbers were predicted. */
export interface SeveralReport {
  /** What was predicted. */
  readonly task: "several";
  /** How many rows were looked at. */
  readonly rows: number;
  /** A report for each target. */
  readonly targets: readonly NumberReport[];
}

/** How well a model predicts. */
export type Report = ClassReport | NumberReport | SeveralReport;

/** What predictors say of the same rows: probabilities, a column for each class, or numbers in the target's units. */
export interface Predictions {
  readonly network: Output;
  readonly linear: Output | undefined;
  readonly baseline: Output;
}

export type Output = MatrixOf<Float64Array>;

const LEAST = 1e-15;

const rowOf = ({ data, shape: [, columns] }: Output, n: number): Float64Array =>
  data.subarray(n * columns, (n + 1) * columns);

/** What is to be known of a table's targets to judge predictions of them. */
interface Judged {
  readonly targets: readonly LearntTarget[];
  readonly several: boolean;
}

/** A target's numbers in its own units. */
const rawOf = (truth: Float64Array, learnt: LearntTarget): Float64Array =>
  truth.map((z) => numberFor(learnt as LearntNumber, z));

/** Compares predictions with what was due: places of classes, or scaled numbers. */
export function reportOf(
  { targets, several }: Judged,
  truth: readonly Float64Array[],
  predictions: Predictions,
  unusual: readonly UnusualCells[],
  threshold = 0.5,
): Report {
  const first = targets[0]!;
  if (first.kind === "classes") return reportOfClasses(first, truth[0]!, predictions, unusual, threshold);
  const reports = targets.map((learnt, i) =>
    reportOfNumbers(learnt.column, rawOf(truth[i]!, learnt), predictions, i, unusual),
  );
  return several ? { task: "several", rows: truth[0]!.length, targets: reports } : reports[0]!;
}

/** The score alone: the accuracy of classes, R² of numbers, of several its mean. */
export function scoreOf({ targets }: Judged, truth: readonly Float64Array[], output: Output): number {
  if (targets[0]!.kind === "classes") return accuracyOf(output, truth[0]!);
  const scores = targets.map((learnt, i) => r2Of(output, rawOf(truth[i]!, learnt), i));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** The score of classes: the share of rows whose class has the largest probability. */
const accuracyOf = (output: Output, truth: Float64Array): number =>
  hitsOf(output, truth, 0.5).reduce((sum, hit) => sum + hit, 0) / truth.length;

/** The score of numbers, those of column `at`: R². */
function r2Of({ data, shape: [rows, columns] }: Output, truth: Float64Array, at: number): number {
  const middle = truth.reduce((sum, y) => sum + y, 0) / rows;
  let [errors, distances, squares] = [0, 0, 0];
  truth.forEach((y, n) => {
    const error = data[n * columns + at]! - y;
    errors += error * error;
    distances += y - middle;
    squares += (y - middle) * (y - middle);
  });
  return explained(errors / rows, distances / rows, squares / rows);
}

/** A variance below this share of the mean square that it is the rest of is none. */
const NONE = 1e-12;

/** R² by means: of the squared errors, of the targets (but for a constant), and of the squares of these. */
function explained(error: number, mean: number, square: number): number {
  const variance = square - mean * mean;
  if (variance <= NONE * square) return error > 0 ? 0 : 1;
  return 1 - error / variance;
}

/** Whether each row is right. */
const hitsOf = (output: Output, truth: Float64Array, threshold: number): Uint8Array =>
  Uint8Array.from(truth, (place, n) => Number(classOf(rowOf(output, n), threshold) === place));

function classScore(output: Output, truth: Float64Array, hits: Uint8Array): ClassScore {
  const right = hits.reduce((sum, hit) => sum + hit, 0);
  const loss = truth.reduce((sum, place, n) => sum - log(Math.max(LEAST, rowOf(output, n)[place]!)), 0);
  return { accuracy: wilson(right, truth.length), logLoss: loss / truth.length };
}

/** Compares what predictors say with the places of the right classes. */
function reportOfClasses(
  { column, classes }: LearntClasses,
  truth: Float64Array,
  { network, linear, baseline }: Predictions,
  unusual: readonly UnusualCells[],
  threshold: number,
): ClassReport {
  const rows = truth.length;
  const hits = hitsOf(network, truth, threshold);
  const linearHits = linear && hitsOf(linear, truth, threshold);
  const score = classScore(network, truth, hits);
  const guesses = Float64Array.from(truth, (_, n) => classOf(rowOf(network, n), threshold));
  const table = confusion(oneHot(guesses, classes.length), oneHot(truth, classes.length), {
    labels: classes.map(String),
  });
  const figures = classes.map((answer, place): ClassFigures => {
    const met = table.counts[place]!.reduce((sum, each) => sum + each, 0);
    const said = table.counts.reduce((sum, row) => sum + row[place]!, 0);
    const both = table.counts[place]![place]!;
    return { answer, rows: met, precision: said ? both / said : 0, recall: met ? both / met : 0 };
  });
  return {
    task: "classes",
    target: column,
    rows,
    ...score,
    score: score.accuracy,
    linear: linear && classScore(linear, truth, linearHits!),
    gain: linearHits && gainOf(hits, linearHits),
    majority: {
      ...classScore(baseline, truth, hitsOf(baseline, truth, 0.5)),
      answer: classes[classOf(rowOf(baseline, 0))]!,
    },
    classes: figures,
    confusion: table,
    rocAuc:
      classes.length === 2 && figures.every((each) => each.rows > 0)
        ? rocAuc(
            Float64Array.from(truth, (_, n) => rowOf(network, n)[1]!),
            truth,
          )
        : undefined,
    confidence: guesses.reduce((sum, guess, n) => sum + rowOf(network, n)[guess]!, 0) / rows,
    unusual,
  };
}

function gainOf(hits: Uint8Array, others: Uint8Array): CommonReport["gain"] {
  let [wins, losses] = [0, 0];
  hits.forEach((hit, n) => {
    if (hit > others[n]!) wins++;
    else if (hit < others[n]!) losses++;
  });
  if (!isMoreThanChance(wins, losses)) return "unclear";
  return wins > losses ? "better" : "worse";
}

function oneHot(places: Float64Array, classes: number): Output {
  const data = new Float64Array(places.length * classes);
  places.forEach((place, n) => void (data[n * classes + place] = 1));
  return { data, shape: [places.length, classes] };
}

/** Rows below which one of two is better in all of them by chance in more than 5 %, and draws of them tell nothing. */
const FEW = 6;

/** Compares what predictors say with numbers, in the same units. */
function reportOfNumbers(
  target: string,
  truth: Float64Array,
  { network, linear, baseline }: Predictions,
  at: number,
  unusual: readonly UnusualCells[],
): NumberReport {
  const middle = truth.reduce((sum, y) => sum + y, 0) / truth.length;
  const errors = [network, baseline, ...(linear ? [linear] : [])].map(({ data, shape: [, columns] }) =>
    Float64Array.from(truth, (y, n) => data[n * columns + at]! - y),
  );
  const absolute = errors.map((list) => list.map(Math.abs));
  const centred = truth.map((y) => y - middle);
  const square = (x: number): number => x * x;
  const columns = [centred, centred.map(square), ...absolute, ...errors.map((list) => list.map(square))];
  const of = errors.length;
  const statistics = errors.flatMap((_, i) => [
    (means: readonly number[]) => means[2 + i]!,
    (means: readonly number[]) => Math.sqrt(means[2 + of + i]!),
    (means: readonly number[]) => explained(means[2 + of + i]!, means[0]!, means[1]!),
  ]);
  const gain = (means: readonly number[]): number => (linear ? means[4]! - means[2]! : 0);
  const found = bootstrap(columns, [...statistics, gain]);
  const score = (i: number): NumberScore => ({
    meanAbsoluteError: found[3 * i]!,
    rootMeanSquaredError: found[3 * i + 1]!,
    r2: found[3 * i + 2]!,
  });
  const { low, high } = found.at(-1)!;
  const isClear = truth.length >= FEW && (low > 0 || high < 0);
  return {
    task: "numbers",
    target,
    rows: truth.length,
    ...score(0),
    score: score(0).r2,
    linear: linear && score(2),
    gain: linear && (!isClear ? "unclear" : low > 0 ? "better" : "worse"),
    mean: { ...score(1), answer: baseline.data[at]! },
    unusual,
  };
}
