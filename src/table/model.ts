import type { Matrix } from "../core/examples.js";
import { fail, isArray, Phrase } from "../core/errors.js";
import { exp } from "../core/exp.js";
import { isPlainObject, optional, readOptions } from "../core/options.js";
import type { NetworkDocument } from "../network/document.js";
import { Network } from "../networks.js";
import type { Cell } from "./column.js";
import { type Columns, LearntColumns } from "./columns.js";
import { type ColumnsDocument, readColumnsDocument } from "./document.js";
import type { Frame } from "./frame.js";
import type { LearntNumber } from "./kinds/number.js";
import { type Importance, importance, type ImportanceOptions } from "./importance.js";
import { type Output, type Predictions, type Report, reportOf, type UnusualCells } from "./report.js";
import { numberFor } from "./target.js";
import type { AnswerOf, Names, Question, ReportOf, Targets } from "./types.js";

/** A table model as it is saved. */
export interface TableDocument {
  /** `"chainrule table"`. */
  readonly format: "chainrule table";
  /** 1. */
  readonly version: 1;
  /** What was learnt of the columns. */
  readonly columns: ColumnsDocument;
  /** The network. */
  readonly network: NetworkDocument;
  /** The linear model that it is held against. */
  readonly linear?: NetworkDocument | undefined;
}

/** Option of `predict` and `evaluate`. */
export interface ThresholdOption {
  /** Of two classes the second is answered if its probability is at least this. Default 0.5. */
  readonly threshold?: number | undefined;
}

/** Columns and a network that has learnt from them: rows in, answers out. */
export interface TableModel<R extends object = Record<string, Cell>, T extends Targets<R> = Names<R>> {
  /** What was learnt of the columns. */
  readonly columns: Columns<R, T>;
  /** The network. */
  readonly network: Network;
  /**
   * The answer to a row, or to each of a list of rows, as it stands in the target's column: of classes the most probable, of
   * numbers in the target's own units.
   * @throws `ChainruleError` `name` for a column that is not there, `type` for what can't be in a table, `option` or
   * `value` for the threshold
   */
  predict(row: Question<R, T>, options?: ThresholdOption): AnswerOf<R, T>;
  /** The same of each row of a list. */
  predict(rows: readonly Question<R, T>[], options?: ThresholdOption): AnswerOf<R, T>[];
  /**
   * The probability of each class, by its name.
   * @throws `ChainruleError` `order` for a model of numbers; else as `predict`
   */
  probabilities(row: Question<R, T>): Record<string, number>;
  /** The same of each row of a list. */
  probabilities(rows: readonly Question<R, T>[]): Record<string, number>[];
  /**
   * How well it predicts rows whose answers are known, beside what is simpler: a linear model, if it has one, and the
   * majority or the mean of the rows it learnt from. Rows with a gap in the target are passed over.
   * @throws `ChainruleError` `value` for a class that was not learnt, `shape` if no row has an answer; else as `predict`
   */
  evaluate(rows: readonly R[], options?: ThresholdOption): ReportOf<AnswerOf<R, T>>;
  /**
   * One update of the network with these rows; columns stay as they were learnt.
   * @returns the loss before the update; of numbers in scaled units
   * @throws `ChainruleError` as `columns.encode` and `network.trainBatch`
   */
  trainBatch(rows: readonly R[]): number;
  /**
   * By how much the score falls (the accuracy of classes, R² of numbers) when the cells of a column are shuffled among the
   * rows: what the model makes of it, the largest first.
   * @throws `ChainruleError` as `evaluate`; `option` or `value` for the options; `value` for numbers that are all the same,
   * of which there is no R²
   */
  importance(rows: readonly R[], options?: ImportanceOptions): Importance[];
  /** All of it, as data for `JSON.stringify` and `tableModel.from`. It holds the words of the columns. */
  toJSON(): TableDocument;
}

const thresholdFields = {
  threshold: /* @__PURE__ */ optional<number>(
    "a number from 0 to 1",
    (value) => typeof value === "number" && value >= 0 && value <= 1,
    "0.3",
  ),
};

export class LearntModel implements TableModel<never, never> {
  constructor(
    readonly columns: LearntColumns,
    readonly network: Network,
    /** @internal */
    readonly linear: Network | undefined,
  ) {}

  /** @internal The numbers of a network for these inputs: probabilities of all classes, or numbers in the target's units. */
  outputOf(network: Network, inputs: Matrix): Output {
    const { data, shape } = network.predict(inputs as never) as unknown as Matrix;
    const [rows, width] = shape;
    const { document, task, classes } = this.columns;
    if (task === "numbers") {
      const raw = Float64Array.from(data, (z, i) => numberFor(document.targets[i % width] as never, z));
      return { data: raw, shape: [rows, width] };
    }
    const fromLogits = (network.loss?.options as { fromLogits?: unknown } | undefined)?.fromLogits === true;
    return probabilitiesOf(Float64Array.from(data), rows, width, classes!.length, fromLogits);
  }

  /** @internal What always answers what was most frequent, or the mean. */
  baselineOf(rows: number): Output {
    const { targets } = this.columns.document;
    const first = targets[0]!;
    const row =
      first.kind === "classes"
        ? first.counts.map((count) => count / first.counts.reduce((sum, each) => sum + each, 0))
        : (targets as readonly LearntNumber[]).map((learnt) => learnt.average ?? numberFor(learnt, 0));
    const data = new Float64Array(rows * row.length);
    for (let n = 0; n < rows; n++) data.set(row, n * row.length);
    return { data, shape: [rows, row.length] };
  }

  /** @internal What the model says of each row of a table, and what is unusual there. */
  look(frame: Frame, where: string): { output: Output; inputs: Matrix; unusual: UnusualCells[] } {
    const { inputs, unusual } = this.columns.inputsOf(frame, where);
    const cells = this.columns.document.columns.map(({ column }, i) => ({ column, ...unusual[i]! }));
    return {
      output: this.outputOf(this.network, inputs),
      inputs,
      unusual: cells.filter(({ gaps, unseen, outside }) => gaps + unseen + outside > 0),
    };
  }

  /** @internal The answer in a row of the output. */
  answerOf({ data, shape: [, width] }: Output, n: number, threshold = 0.5): never {
    return this.columns.answerOf(data.subarray(n * width, (n + 1) * width), threshold);
  }

  predict(given: object, options?: ThresholdOption): never {
    const threshold = this.thresholdOf("predict", options);
    const isList = isArray(given);
    if (isList && given.length === 0) return [] as never;
    const { output } = this.look(this.columns.frameOf(isList ? given : [given], "predict", false), "predict");
    const answers = Array.from({ length: output.shape[0] }, (_, n) => this.answerOf(output, n, threshold));
    return (isList ? answers : answers[0]) as never;
  }

  probabilities(given: object): never {
    const { classes } = this.columns;
    if (!classes) fail("order", "probabilities", "classes", new Phrase("a model of numbers"), "write predict");
    const isList = isArray(given);
    if (isList && given.length === 0) return [] as never;
    const { output } = this.look(
      this.columns.frameOf(isList ? given : [given], "probabilities", false),
      "probabilities",
    );
    const { data, shape } = output;
    const of = (n: number) => Object.fromEntries(classes.map((name, i) => [String(name), data[n * shape[1] + i]!]));
    return (isList ? Array.from({ length: shape[0] }, (_, n) => of(n)) : of(0)) as never;
  }

  evaluate(rows: readonly never[], options?: ThresholdOption): Report {
    const threshold = this.thresholdOf("evaluate", options);
    return this.judge(this.columns.frameOf(rows, "evaluate", true), threshold).report;
  }

  /** @internal A report on a table, and what it is made from; rows without an answer are passed over. */
  judge(given: Frame, threshold = 0.5): { report: Report; truth: Float64Array[]; predictions: Predictions } {
    const { frame, targets } = this.columns.answered(given, "evaluate");
    const { output, inputs, unusual } = this.look(frame, "evaluate");
    const linear = this.linear && this.outputOf(this.linear, inputs);
    const predictions = { network: output, linear, baseline: this.baselineOf(frame.rows) };
    const report = reportOf(this.columns.document, targets, predictions, unusual, threshold);
    return { report, truth: targets, predictions };
  }

  trainBatch(rows: readonly never[]): number {
    const { inputs, targets } = this.columns.encode(rows);
    return this.network.trainBatch(inputs as never, targets as never);
  }

  importance(rows: readonly never[], options?: ImportanceOptions): Importance[] {
    return importance(this, this.columns.frameOf(rows, "importance", true), options);
  }

  private thresholdOf(where: string, options: unknown): number | undefined {
    const { threshold } = readOptions(where, options, thresholdFields);
    if (threshold !== undefined && this.columns.classes?.length !== 2)
      fail("option", where, "a model of two classes", new Phrase("a threshold"), "leave it out");
    return threshold;
  }

  toJSON(): TableDocument {
    return {
      format: "chainrule table",
      version: 1,
      columns: this.columns.toJSON(),
      network: this.network.toJSON(),
      ...(this.linear ? { linear: this.linear.toJSON() } : {}),
    };
  }
}

/** Probabilities of all classes, of what a network gives: one number for two classes, or one for each. */
function probabilitiesOf(
  data: Float64Array,
  rows: number,
  width: number,
  classes: number,
  fromLogits: boolean,
): Output {
  if (fromLogits) normalise(data, rows, width);
  const isPair = width === 1;
  const out = isPair ? new Float64Array(rows * classes) : data;
  if (isPair) data.forEach((p, n) => out.set([1 - p, p], 2 * n));
  for (let n = 0; n < rows; n++) {
    let sum = 0;
    for (let i = n * classes; i < (n + 1) * classes; i++) {
      if (!(out[i]! >= 0 && out[i]! <= 1)) failProbabilities(out[i]);
      sum += out[i]!;
    }
    if (Math.abs(sum - 1) > 1e-4) failProbabilities(sum);
  }
  return { data: out, shape: [rows, classes] };
}

const failProbabilities = (got: unknown): never =>
  fail(
    "value",
    "the network's output",
    "probabilities",
    got,
    "end it in sigmoid or softmax, or take a loss fromLogits",
  );

/** Sigmoids of single logits, softmax of several. */
function normalise(data: Float64Array, rows: number, width: number): void {
  for (let n = 0; n < rows; n++) {
    const row = data.subarray(n * width, (n + 1) * width);
    if (width === 1) {
      row[0] = 1 / (1 + exp(-row[0]!));
      continue;
    }
    const most = Math.max(...row);
    const total = row.reduce((sum, z, i) => sum + (row[i] = exp(z - most)), 0);
    row.forEach((each, i) => void (row[i] = each / total));
  }
}

/**
 * @throws `ChainruleError` `type` for what are no columns or no network, `size` if these do not fit
 */
function checkFit(columns: LearntColumns, network: Network, where: string): void {
  const { inputSize, outputSize, classes } = columns;
  if (network.inputSize !== inputSize)
    fail(
      "size",
      where,
      `a network of ${inputSize} inputs, columns.inputSize`,
      network.inputSize,
      `begin with dense(${inputSize}, …)`,
    );
  const isPair = classes?.length === 2 && network.outputSize === 2;
  if (network.outputSize !== outputSize && !isPair)
    fail(
      "size",
      where,
      `a network of ${outputSize} outputs, columns.outputSize`,
      network.outputSize,
      `end with ${outputSize} outputs`,
    );
}

function make(columns: unknown, network: unknown, where = "tableModel"): LearntModel {
  const isNetwork = network instanceof Object && typeof (network as Partial<Network>).predict === "function";
  if (!isNetwork) fail("type", where, "a network", network, "write tableModel(columns, network)");
  const learnt = columns instanceof LearntColumns ? columns : columnsFrom(toData(columns), `${where} columns`);
  checkFit(learnt, network as Network, where);
  return new LearntModel(learnt, network as Network, undefined);
}

const columnsFrom = (given: unknown, where: string): LearntColumns =>
  new LearntColumns(readColumnsDocument(given, where));

/** What another copy of the library has made is taken as data. */
const toData = (value: unknown): unknown =>
  value instanceof Object && typeof (value as { toJSON?: unknown }).toJSON === "function"
    ? (value as { toJSON(): unknown }).toJSON()
    : value;

/** Makes table models. */
export interface TableModelMaker {
  /**
   * A model of columns and a network of one's own that takes their inputs: see {@link tableModel}.
   */
  <R extends object, T extends Targets<R>>(columns: Columns<R, T>, network: unknown): TableModel<R, T>;
  /**
   * A model of what `toJSON` gave. Rows and answers are checked at run time; give the type of a row to have them typed.
   * @throws `ChainruleError` `type`, `value` or `size` for what is no such document
   */
  from<R extends object = Record<string, Cell>, T extends Targets<R> = Names<R>>(document: unknown): TableModel<R, T>;
}

/**
 * A model of columns and a network of one's own: `predict`, `probabilities`, `evaluate`, `trainBatch`, `importance`. Two
 * classes work with one sigmoid and with a softmax of two. `tableModel.from(document)` reads what was saved.
 * @throws `ChainruleError` `type` for what are no columns or no network, `size` if these do not fit
 * @example
 * ```ts
 * import { Network, binaryCrossEntropy, dense, sgd, sigmoid } from "chainrule";
 * import { learnColumns, tableModel } from "chainrule/table";
 *
 * const rows = [{ hours: 1, passed: "no" }, { hours: 2, passed: "no" }, { hours: 5, passed: "yes" }];
 * const columns = learnColumns(rows, { target: "passed" });
 * const network = new Network([dense(columns.inputSize, 1), sigmoid], {
 *   loss: binaryCrossEntropy, optimizer: sgd({ learningRate: 1 }), seed: 1,
 * });
 * const model = tableModel(columns, network);
 * for (let i = 0; i < 100; i++) model.trainBatch(rows);
 * model.predict({ hours: 4.5 }); // "yes"
 * ```
 */
export const tableModel: TableModelMaker = /* @__PURE__ */ Object.assign(
  (columns: unknown, network: unknown) => make(columns, network) as never,
  {
    from(document: unknown): never {
      const { format, version, columns, network, linear } = readDocument(document);
      if (format !== "chainrule table")
        fail(
          "type",
          "tableModel.from",
          "what model.toJSON() gave",
          document,
          "write tableModel.from(JSON.parse(text))",
        );
      if (version !== 1)
        fail("value", "tableModel.from version", "1", version, "update chainrule: a newer one has written it");
      const learnt = columnsFrom(columns, "tableModel.from columns");
      const networkOf = (given: unknown, where: string): Network => {
        const made = Network.from(given as never) as unknown as Network;
        checkFit(learnt, made, where);
        return made;
      };
      const own = networkOf(network, "tableModel.from network");
      const other = linear === undefined ? undefined : networkOf(linear, "tableModel.from linear");
      return new LearntModel(learnt, own, other) as never;
    },
  },
);

function readDocument(document: unknown): Readonly<Record<string, unknown>> {
  if (isPlainObject(document)) return document;
  const remedy = `write tableModel.from(${typeof document === "string" ? "JSON.parse(text)" : "model.toJSON()"})`;
  return fail("type", "tableModel.from", "what model.toJSON() gave", document, remedy);
}
