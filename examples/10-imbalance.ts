import { readFileSync } from "node:fs";
import { bestThreshold } from "chainrule/metrics";
import { fitTable, parseCsv, split, type ClassReport } from "chainrule/table";
import { bold, dim, print } from "./terminal.js";

// 4 of 100 payments are frauds. Who always says "no" is right in 96 of 100, and finds none.
const rows = parseCsv(readFileSync("examples/data/payments.csv", "utf8"));

// Three parts: to learn from, to choose a threshold by, and to say how good all of it is. By the third nothing is chosen.
const [rest, test] = split(rows, { test: 0.25, stratify: "fraud", seed: 1 });
const [train, validation] = split(rest, { test: 0.35, stratify: "fraud", seed: 1 });

const { model: plain } = await fitTable(train, { target: "fraud", seed: 1 });
// Each class counts as much as the other: a fraud 24 times as much as another payment.
const { model: weighted } = await fitTable(train, { target: "fraud", classWeights: "balanced", seed: 1 });

// Where is the best middle between frauds that are missed and false alarms? F1 says what is best.
const probabilities = weighted.probabilities(validation).map(({ yes }) => yes!);
const isFraud = validation.map(({ fraud }) => Number(fraud === "yes"));
const { threshold } = bestThreshold(probabilities, isFraud);

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8);
function line(name: string, { accuracy, rocAuc, classes }: ClassReport): string {
  const { precision, recall } = classes.find(({ answer }) => answer === "yes")!;
  const shares = [accuracy.value, recall, precision].map(percent).join("  ");
  return `  ${name.padEnd(32)}${shares}  ${rocAuc!.toFixed(3).padStart(8)}`;
}
const before = plain.evaluate(test) as ClassReport;
const half = weighted.evaluate(test) as ClassReport;
const chosen = weighted.evaluate(test, { threshold }) as ClassReport;
const indented = (value: unknown): string => String(value).replaceAll(/^/gm, "  ");

print(
  bold("chainrule 10 · few frauds among many payments"),
  `Learnt from ${train.length} payments, the threshold chosen by ${validation.length} others. On ${test.length} that had no part in either:`,
  "",
  dim(`  ${" ".repeat(32)}   right     found  of alarms   ROC AUC`),
  `  ${'always "no"'.padEnd(32)}${[before.majority.accuracy.value, 0].map(percent).join("  ")}`,
  line("as the rows are, at 0.5", before),
  line("with balanced weights, at 0.5", half),
  line(`with balanced weights, at ${threshold.toFixed(3)}`, chosen),
  "",
  "found: the share of the frauds that it finds (recall); of alarms: the share of its alarms that are frauds (precision).",
  "Weights and thresholds trade missed frauds for false alarms. How well it tells the two apart, the ROC AUC, hardly",
  "changes.",
  "",
  bold("With balanced weights, at 0.5"),
  indented(half.confusion),
  "",
  bold(`With balanced weights, at ${threshold.toFixed(3)}`),
  indented(chosen.confusion),
);
