import { fail } from "../core/errors.js";
import { isPlainObject } from "../core/options.js";
import { visible } from "../core/visible.js";
import { short } from "./kinds/kind.js";
import type { Estimate } from "./intervals.js";
import type { ClassReport, NumberReport, SeveralReport } from "./report.js";

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** An estimate, and its interval. */
export const shareWith = ({ value, low, high }: Estimate): string[] => [
  percent(value),
  `${percent(low)} to ${percent(high)}`,
];

/** Of the network beside the linear model. */
const VERDICTS = {
  better: "The network is better than the linear model, and by more than chance.",
  worse: "The linear model is better than the network, and by more than chance: take it, or train another network.",
  unclear: "No clear gain over a linear model.",
};

/** What is to be said of the network beside the two simpler models, a sentence each. */
export function verdictsOf(report: ClassReport | NumberReport): string[] {
  const beside = report.gain ? [VERDICTS[report.gain]] : [];
  if (report.task === "classes") {
    const { accuracy, majority } = report;
    if (accuracy.value > majority.accuracy.value) return beside;
    return [...beside, `It is right no more often here than what always answers ${visible(String(majority.answer))}.`];
  }
  if (report.meanAbsoluteError.value < report.mean.meanAbsoluteError.value) return beside;
  return [...beside, "It is no nearer here than what always answers the mean."];
}

/** Lines of cells, each column as wide as its widest: the first to the left, the others to the right. */
function lines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => row.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  "));
}

const MOST = 20; // classes of which the confusion is shown

/** The text of a report on classes. */
function classText(report: ClassReport): string[] {
  const { target, rows, accuracy, linear, majority, classes, confusion, confidence, rocAuc } = report;
  const most = visible(String(majority.answer));
  const compared = [
    ["the network", ...shareWith(accuracy), report.logLoss.toFixed(3)],
    ...(linear ? [["a linear model", ...shareWith(linear.accuracy), linear.logLoss.toFixed(3)]] : []),
    [`always ${most}`, ...shareWith(majority.accuracy), majority.logLoss.toFixed(3)],
  ];
  const figures = classes.map(({ answer, rows: count, precision, recall }) => [
    visible(String(answer)),
    String(count),
    percent(precision),
    percent(recall),
  ]);
  return [
    `${visible(target)}, a class, on ${rows} rows`,
    "",
    ...lines([["", "right", "95 % interval", "log loss"], ...compared]),
    "",
    ...verdictsOf(report),
    `It was ${percent(confidence)} sure on average, and right in ${percent(accuracy.value)}.`,
    ...(rocAuc === undefined ? [] : [`Area under the ROC curve: ${rocAuc.toFixed(3)}`]),
    "",
    ...lines([["class", "rows", "precision", "recall"], ...figures]),
    ...(classes.length <= MOST ? ["", String(confusion)] : []),
  ];
}

/** A number in four digits. */
export const four = (value: number): string => {
  const size = Math.abs(value);
  return size >= 1e4 || size < 1e-3 ? short(value) : value.toPrecision(4);
};

/** The same of numbers. */
export const numberWith = ({ value, low, high }: Estimate): string[] => [four(value), `${four(low)} to ${four(high)}`];

/** The text of a report on numbers. */
function numberText(report: NumberReport): string[] {
  const { target, rows, linear, mean } = report;
  const row = (name: string, score: Pick<NumberReport, "meanAbsoluteError" | "rootMeanSquaredError" | "r2">) => [
    name,
    ...numberWith(score.meanAbsoluteError),
    four(score.rootMeanSquaredError.value),
    score.r2.value.toFixed(3),
  ];
  return [
    `${visible(target)}, a number, on ${rows} rows`,
    "",
    ...lines([
      ["", "off by", "95 % interval", "RMSE", "R²"],
      row("the network", report),
      ...(linear ? [row("a linear model", linear)] : []),
      row(`always ${four(mean.answer)}, the mean`, mean),
    ]),
    ...verdictsOf(report).flatMap((line, i) => (i ? [line] : ["", line])),
  ];
}

/** Numbers outside the range are told if they are more than a few, and more than this share of the rows. */
const FEW = 2;
const SOME = 0.01;

/** Columns of which it is told, at most. */
const MOST_TOLD = 6;

function unusualText({ unusual, rows }: Pick<ClassReport, "unusual" | "rows">): string[] {
  const texts = unusual.flatMap(({ column, gaps, unseen, outside }) => {
    const said = [
      gaps > 0 && `${gaps} ${gaps === 1 ? "gap" : "gaps"}`,
      unseen > 0 && `${unseen} not seen before`,
      outside > Math.max(FEW, SOME * rows) && `${outside} outside the range`,
    ].filter(Boolean);
    return said.length ? [`${visible(column)} (${said.join(", ")})`] : [];
  });
  if (!texts.length) return [];
  const shown = texts.length > MOST_TOLD ? texts.slice(0, MOST_TOLD - 1) : texts;
  const more = texts.length > shown.length ? `, and ${texts.length - shown.length} columns more` : "";
  return ["", `Not as in the rows it learnt from: ${shown.join(", ")}${more}`];
}

/**
 * A report of a table model, as lines to print: how good the network is, with an interval, beside the linear model and
 * what always answers the same; each class, and which were taken for which.
 * @throws `ChainruleError` `type` for what is no report
 * @example
 * ```ts
 * import { fitTable, split, toText } from "chainrule/table";
 *
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: i, sort: i < 20 ? "small" : "large" }));
 * const [train, test] = split(rows, { test: 0.25, stratify: "sort", seed: 1 });
 * const { model } = await fitTable(train, { target: "sort", seed: 1 });
 * console.log(toText(model.evaluate(test)));
 * ```
 */
export function toText(report: ClassReport | NumberReport | SeveralReport): string {
  const isReport = isPlainObject(report) && ["classes", "numbers", "several"].includes(report.task);
  if (!isReport) fail("type", "toText", "a report", report, "write toText(model.evaluate(rows))");
  if (report.task === "several") return report.targets.map(toText).join("\n\n");
  const text = report.task === "classes" ? classText(report) : numberText(report);
  return [...text, ...unusualText(report)].join("\n");
}
