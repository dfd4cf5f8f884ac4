import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, save } from "chainrule/node";
import { fitTable, parseCsv, split, tableModel, toText } from "chainrule/table";
import { bold, print } from "./terminal.js";

// From a file of CSV to a model that is saved, and back: four lengths of an iris tell of which species it is.
const rows = parseCsv(readFileSync("examples/data/iris.csv", "utf8"));
const [train, test] = split(rows, { test: 0.25, stratify: "species", seed: 1 });
const { model } = await fitTable(train, { target: "species", seed: 1 });
print(bold("chainrule 07 · from CSV to a saved model"), String(model.columns), "", toText(model.evaluate(test)), "");

const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
await save(join(folder, "iris.json"), model);
const saved = tableModel.from(await open(join(folder, "iris.json")));
const flower = { "sepal length": 6.1, "sepal width": 2.8, "petal length": 4.9, "petal width": 1.7 };
print(`A flower that is in no row, by the saved model: ${saved.predict(flower)}`);
for (const [species, probability] of Object.entries(saved.probabilities(flower)))
  print(`  ${species.padEnd(12)}${(100 * probability).toFixed(1).padStart(5)} %`);
rmSync(folder, { recursive: true });
