import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { fitTable, parseCsv, split } from "chainrule/table";
import { run } from "../support/command.js";
import { figuresOf, floorOf } from "./floors.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/07-iris.ts");
});

test("it takes no more than 25 lines", () => {
  const lines = readFileSync("examples/07-iris.ts", "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(25);
});

test("38 rows it has not seen, as well as scikit-learn's network", () => {
  expect(text).toContain("species, a class, on 38 rows");
  expect(figuresOf(text, "the network")[0]! / 100).toBeGreaterThan(floorOf("iris", "network"));
  expect(figuresOf(text, "always \\w+")[0]).toBeLessThan(40);
});

test("the saved model says what the model said that was saved", async () => {
  const rows = parseCsv(readFileSync("examples/data/iris.csv", "utf8"));
  const [train] = split(rows, { test: 0.25, stratify: "species", seed: 1 });
  const { model } = await fitTable(train, { target: "species", seed: 1 });
  const flower = { "sepal length": 6.1, "sepal width": 2.8, "petal length": 4.9, "petal width": 1.7 };
  expect(text).toContain(`by the saved model: ${model.predict(flower)}\n`);
  const probabilities = Object.entries(model.probabilities(flower));
  expect(probabilities).toHaveLength(3);
  const said = text.slice(text.indexOf("by the saved model"));
  for (const [species, probability] of probabilities)
    expect(figuresOf(said, species)).toEqual([Number((100 * probability).toFixed(1))]);
});
