import { readFileSync } from "node:fs";
import { fitTable, parseCsv, split, toText } from "chainrule/table";
import { bold, dim, print } from "./terminal.js";

// A number instead of a class: how far diabetes has gone on within a year, told by age, sex, body mass index (bmi), blood
// pressure (bp) and six figures of the blood (s1 to s6). All numbers are in the units of the file, predictions too.
// prettier-ignore
const rows = parseCsv(readFileSync("examples/data/diabetes.csv", "utf8"), {
  age: "number", sex: "number", bmi: "number", bp: "number", s1: "number", s2: "number", s3: "number",
  s4: "number", s5: "number", s6: "number", progression: "number",
});
const [train, test] = split(rows, { test: 0.25, seed: 1 });
const { model } = await fitTable(train, { target: "progression", seed: 1 });

print(
  bold("chainrule 08 · a number, in its own units"),
  `Learnt from ${train.length} patients. Of ${test.length} others:`,
  "",
  toText(model.evaluate(test)),
  "",
  bold("The first five of them"),
  dim("  predicted    true"),
);
const predictions = model.predict(test.slice(0, 5));
predictions.forEach((progression, n) =>
  print(`  ${progression.toFixed(0).padStart(9)}  ${String(test[n]!.progression).padStart(6)}`),
);

print(
  "",
  bold("What the network looks at"),
  "By how much R² falls if the column is shuffled among the patients, 20 times:",
);
for (const { column, importance, deviation } of model.importance(test, { repeats: 20 })) {
  const bar = "█".repeat(Math.max(0, Math.round(100 * importance)));
  print(`  ${column.padEnd(4)} ${importance.toFixed(3).padStart(6)} ± ${deviation.toFixed(3)}  ${bar}`.trimEnd());
}
