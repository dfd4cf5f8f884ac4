import { readFileSync } from "node:fs";
import { category, fitTable, parseCsv, split, toText } from "chainrule/table";
import { bold, dim, print } from "./terminal.js";

// A table as tables are: gaps, words, ids, names, a date. Which passengers of a ship that never was were saved?
const rows = parseCsv(readFileSync("examples/data/titanic-like.csv", "utf8"));
const [train, test] = split(rows, { test: 0.25, stratify: "Survived", seed: 1 });

// How columns are read is found. A class of cabins is no amount, though it is written as a number: that has to be said.
const { model } = await fitTable(train, { target: "Survived", columns: { Pclass: category }, seed: 1 });
const { columns } = model;

print(
  bold("chainrule 09 · gaps, words and ids"),
  `${rows.length} passengers, of which it learns from ${train.length}.`,
  "",
);
print(bold("What is used"));
for (const { column, as, inputs } of columns.used)
  print(`  ${column.padEnd(12)} ${as} ${dim(`→ ${inputs} ${inputs === 1 ? "input" : "inputs"}`)}`);
print("", bold("What is left out, and why"));
for (const { column, why } of columns.leftOut) print(`  ${column.padEnd(12)} ${why}`);

print("", toText(model.evaluate(test)), "", bold("Passengers who were not on board"));
const passengers = [
  { Sex: "female", Age: 30, Pclass: 1, Fare: 80, Embarked: "C" },
  { Sex: "male", Age: 30, Pclass: 3, Fare: 8, Embarked: "S" },
  { Sex: "male", Age: 5, Pclass: 2, Fare: 20, Embarked: "S" },
  { Sex: "male", Age: null, Pclass: 2, Fare: null, Embarked: null }, // gaps are no obstacle
  { Sex: "male", Age: 30, Pclass: 2, Fare: 20, Embarked: "Oslo" }, // nor is a word that it has not met
];
for (const passenger of passengers) {
  const saved = model.probabilities(passenger)["1"]!;
  const told = Object.values(passenger).map((cell) => String(cell ?? "–").padEnd(6));
  print(`  ${told.join(" ")} saved with ${(100 * saved).toFixed(0).padStart(2)} %`);
}
