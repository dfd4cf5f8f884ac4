import { createHash } from "node:crypto";
import type { LearntColumns } from "../../table/columns.js";
import type { Fitted } from "../../table/fit-table.js";
import type { Answered, Measured } from "../../table/folds.js";
import type { LearntNumber } from "../../table/kinds/number.js";
import type { ClassReport, NumberReport } from "../../table/report.js";
import { numberFor } from "../../table/target.js";
import { four, numberWith, percent, shareWith, verdictsOf } from "../../table/to-text.js";
import { escapeHtml } from "../../trace/render/mathml.js";
import { describeTarget, shown, understanding } from "../columns-text.js";
import type { Division } from "../divide.js";
import { curves, type Curves, scatter } from "./charts.js";
import { importanceSection } from "./importance.js";
import { paragraph, section, table, text } from "./parts.js";
import { style } from "./style.js";

/** Classes of which the whole confusion is shown; of more, the most frequent mistakes. */
const MOST_CLASSES = 20;

/** All that was found. */
export interface Found {
  readonly answered: Answered;
  readonly columns: LearntColumns;
  readonly division: Division;
  readonly measured: Measured;
  readonly saved: Fitted;
  readonly warnings: readonly string[];
}

function classes(report: ClassReport): string[] {
  const { accuracy, linear, majority, confidence, rocAuc, confusion } = report;
  const rows = [
    ["the network", ...shareWith(accuracy), report.logLoss.toFixed(3)],
    ...(linear ? [["a linear model", ...shareWith(linear.accuracy), linear.logLoss.toFixed(3)]] : []),
    [`always ${text(majority.answer)}`, ...shareWith(majority.accuracy), majority.logLoss.toFixed(3)],
  ];
  const names = confusion.labels.map(text);
  const total = confusion.counts.map((row) => row.reduce((sum, each) => sum + each, 0));
  const mistakes = confusion.counts
    .flatMap((row, i) => row.map((count, j) => ({ count, i, j })))
    .filter(({ count, i, j }) => i !== j && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 30);
  const whole = table({
    caption: "A row for each class, a column for each that was predicted",
    kind: "figures confusion",
    head: ["", ...names],
    rows: confusion.counts.map((row, i) => [names[i]!, ...row.map(String)]),
    classOf: (row, place) => {
      const shade = Math.ceil((4 * confusion.counts[row]![place]!) / (total[row]! || 1));
      return [shade > 0 && `s${shade}`, row === place && "right"].filter(Boolean).join(" ");
    },
  });
  const most = table({
    caption: "The most frequent mistakes",
    kind: "figures",
    head: ["class", "predicted", "rows"],
    rows: mistakes.map(({ count, i, j }) => [names[i]!, names[j]!, String(count)]),
  });
  return [
    section(
      "How good it is",
      table({
        caption: "Rows that are right",
        kind: "figures",
        head: ["", "right", "95 % interval", "log loss"],
        rows,
      }),
      ...verdictsOf(report).map(paragraph),
      paragraph(`It was ${percent(confidence)} sure on average, and right in ${percent(accuracy.value)}.`),
      ...(rocAuc === undefined ? [] : [paragraph(`Area under the ROC curve: ${rocAuc.toFixed(3)}`)]),
    ),
    section("What it takes for what", names.length <= MOST_CLASSES ? whole : most),
    section(
      "Each class",
      table({
        caption:
          "Precision: of the rows predicted to be of it, the share that is. Recall: of its rows, the share that was found",
        kind: "figures",
        head: ["class", "rows", "precision", "recall"],
        rows: report.classes.map((each) => [
          text(each.answer),
          String(each.rows),
          percent(each.precision),
          percent(each.recall),
        ]),
      }),
    ),
  ];
}

function numbers(report: NumberReport, { truth, predictions }: Measured, { whole }: Answered): string[] {
  const row = (name: string, score: Pick<NumberReport, "meanAbsoluteError" | "rootMeanSquaredError" | "r2">) => [
    name,
    ...numberWith(score.meanAbsoluteError),
    four(score.rootMeanSquaredError.value),
    score.r2.value.toFixed(3),
  ];
  const learnt = whole.document.targets[0] as LearntNumber;
  const answers = truth[0]!.map((z) => numberFor(learnt, z));
  return [
    section(
      "How good it is",
      table({
        caption: "How far predictions are off on average, in the units of the column",
        kind: "figures",
        head: ["", "off by", "95 % interval", "RMSE", "R²"],
        rows: [
          row("the network", report),
          ...(report.linear ? [row("a linear model", report.linear)] : []),
          row(`always ${four(report.mean.answer)}, the mean`, report.mean),
        ],
      }),
      ...verdictsOf(report).map(paragraph),
    ),
    section(
      "Predictions and answers",
      `<figure>${scatter(answers, predictions.network.data, shown(report.target))}<figcaption>A dot for each row; on the dotted line a prediction is right.</figcaption></figure>`,
    ),
  ];
}

/** The training whose curves are shown: of several trials that which decided how long the last one was to be. */
function curvesOf({ history, trials }: Fitted): Curves {
  const shownOne = trials.find(({ best }) => best?.epoch === history.loss.length) ?? trials[0] ?? history;
  const validation = shownOne.reports.map((report) => report.validation?.loss ?? NaN);
  const isJudged = validation.some(Number.isFinite);
  return {
    loss: shownOne.loss,
    validation: isJudged ? validation : undefined,
    best: isJudged ? shownOne.best?.epoch : undefined,
  };
}

/** A report as a page of its own: it loads nothing, and runs nothing. */
export function reportPage(found: Found): string {
  const { answered, columns, division, measured, saved, warnings } = found;
  const { whole, frame } = answered;
  const report = measured.report as ClassReport | NumberReport;
  const title = `How well ${shown(report.target)} is predicted`;
  const drawn = curvesOf(saved);
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'sha256-${hash}'`;
  const sections = [
    section(
      "What was understood",
      table({
        caption: "Each column, and as what it was taken",
        head: ["column", "taken as"],
        rows: understanding(columns, [...frame.columns.keys()]).map(([name, as]) => [
          text(name),
          escapeHtml(shown(as, 200)),
        ]),
      }),
      paragraph(`Predicted is ${shown(report.target)}: ${describeTarget(whole)}.`),
    ),
    ...(report.task === "classes" ? classes(report) : numbers(report, measured, answered)),
    ...(warnings.length
      ? [section("To be looked at", `<ul>${warnings.map((each) => `<li>${escapeHtml(each)}</li>`).join("")}</ul>`)]
      : []),
    section(
      "How it learnt",
      `<figure>${curves(drawn)}<figcaption>The mean loss of each epoch${
        report.task === "numbers" ? ", in scaled units" : ""
      }: of the rows that were trained with${
        drawn.validation ? ", and, dashed, of others, by which the number of epochs was found" : ""
      }.</figcaption></figure>`,
    ),
    importanceSection(measured, answered),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(division.heading)}.</p>
${sections.join("\n")}
</main>
</body>
</html>
`;
}
