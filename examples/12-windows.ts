import { readFileSync } from "node:fs";
import { fitTable, parseCsv, split, toText, windows } from "chainrule/table";
import { bold, dim, print } from "./terminal.js";

// How many visitors will come tomorrow? Of two years, day by day, it learns from the first part and is judged by the rest.
const days = parseCsv(readFileSync("examples/data/visitors.csv", "utf8"), { date: "text", visitors: "number" });
const series = days.map(({ visitors }) => visitors);

// A row for each day: the visitors of two weeks up to it, "t-13" to "t", and of the day after it, "t+1".
const rows = windows(series, { past: 14, ahead: 1 });
const [train, test] = split(rows, { test: { last: 0.25 } });
const { model } = await fitTable(train, { target: "t+1", validation: { last: 0.2 }, seed: 1 });

print(
  bold("chainrule 12 · a time series"),
  `${series.length} days make ${rows.length} rows. It learns from the first ${train.length}; on the ${test.length} days after them:`,
  "",
  toText(model.evaluate(test)),
  "",
);

// Whoever predicts a series has to be better than those who only look back.
const predictions = model.predict(test);
const offBy = (guess: (row: (typeof test)[number], n: number) => number): number =>
  test.reduce((sum, row, n) => sum + Math.abs(guess(row, n) - row["t+1"]!), 0) / test.length;
const guesses = {
  "as many as today": offBy((row) => row.t!),
  "as many as on that day of last week": offBy((row) => row["t-6"]!),
  "the network": offBy((_, n) => predictions[n]!),
};
print(bold("Beside those who guess"), dim(`  ${"".padEnd(36)}off by, in visitors a day`));
for (const [who, visitors] of Object.entries(guesses)) print(`  ${who.padEnd(36)}${visitors.toFixed(2).padStart(6)}`);

print("", bold("The last week"), dim("  day         predicted  came"));
for (let n = test.length - 7; n < test.length; n++) {
  const { date, visitors } = days[days.length - test.length + n]!;
  print(`  ${date}  ${predictions[n]!.toFixed(0).padStart(9)}  ${String(visitors).padStart(4)}`);
}
