import { readFileSync } from "node:fs";
import { category, type ClassReport, fitTable, type NumberReport, parseCsv } from "chainrule/table";

// How well `fitTable` learns without an option (but that a digit is a class), beside its own linear model and
// scikit-learn's default network on the same rows: `npx tsx bench/accuracy.ts` prints a table, `npx tsx bench/accuracy.ts
// iris` that of a single set. Accuracy, R² for diabetes, of the rows that were not learnt from, a quarter; the mean of ten
// draws ± its standard error.

interface Scores {
  readonly mean: number;
  /** Of the mean. */
  readonly error: number;
  readonly scores: readonly number[];
}
/** In the fixture. */
interface Told {
  readonly scores: readonly number[];
}
interface Learnt {
  readonly name: string;
  readonly target: string;
  readonly kind: "class" | "number";
  readonly network: Told;
  readonly linear: Told;
  readonly baseline: Told;
  /** The rows of each draw that are not learnt from. */
  readonly test: readonly (readonly number[])[];
}

const fixtures = new URL("../test/fixtures/", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, fixtures), "utf8");
const { sets } = JSON.parse(read("tables.json")) as { sets: readonly Learnt[] };

function summary(scores: readonly number[]): Scores {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) * (score - mean), 0);
  return { mean, error: Math.sqrt(squares / (scores.length - 1) / scores.length), scores };
}
const three = (x: number): string =>
  x
    .toFixed(3)
    .replace(/^(-?)0\./, "$1.")
    .replace("-", "−");
const text = ({ mean, error }: Scores): string => `${three(mean)} ± ${three(error)}`;
const signed = (gain: Scores): string => (gain.mean > -5e-4 ? "+" : "") + text(gain);
const line = (cells: readonly string[]): void => console.log(`| ${cells.join(" | ")} |`);

const scoresOf = (report: ClassReport | NumberReport): [network: number, linear: number] =>
  report.task === "classes"
    ? [report.accuracy.value, report.linear!.accuracy.value]
    : [report.r2.value, report.linear!.r2.value];

/** The scores of our network and of our linear model on each draw. */
async function learn({ name, target, kind, test: draws }: Learnt): Promise<[network: Scores, linear: Scores]> {
  const rows = parseCsv(read(`../../examples/data/${name}.csv`));
  const columns = kind === "class" ? { [target]: category } : {}; // digits are numbers if nobody says so
  const scores: [number, number][] = [];
  for (const [seed, draw] of draws.entries()) {
    const isTest = new Set(draw);
    const train = rows.filter((_, row) => !isTest.has(row));
    const { model } = await fitTable(train, { target, columns, seed });
    const report = model.evaluate(draw.map((row) => rows[row]!));
    scores.push(scoresOf(report as unknown as ClassReport | NumberReport));
  }
  return [summary(scores.map(([network]) => network)), summary(scores.map(([, linear]) => linear))];
}

if (!process.argv[2]) console.log("## How well a table is learnt\n");
line([
  "",
  "fitTable",
  "its linear model",
  "scikit-learn: network",
  "linear",
  "constant",
  "fitTable − scikit-learn's network",
  "s",
]);
line(["---", ...Array<string>(7).fill("---:")]);
const chosen = process.argv.slice(2);
for (const set of sets.filter(({ name }) => !chosen.length || chosen.includes(name))) {
  const start = process.cpuUsage();
  const [network, linear] = await learn(set);
  const { user, system } = process.cpuUsage(start);
  const gain = summary(network.scores.map((score, i) => score - set.network.scores[i]!));
  line([
    set.name,
    ...[network, linear, summary(set.network.scores), summary(set.linear.scores), summary(set.baseline.scores)].map(
      text,
    ),
    signed(gain),
    ((user + system) / 1e6 / gain.scores.length).toFixed(1),
  ]);
}
if (!chosen.length)
  console.log(
    "\nAccuracy, R² for diabetes, of a quarter of the rows, which was not learnt from: the mean of ten draws ± its\n" +
      "standard error, the same draws for all. s: seconds of the processor for a `fitTable`, which trains the linear model too.\n" +
      "To be reached: at least scikit-learn's default network on four of the five, two standard errors of it on all.",
  );
