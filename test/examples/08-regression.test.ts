import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { parseCsv, split } from "chainrule/table";
import { run } from "../support/command.js";
import { figuresOf, floorOf } from "./floors.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/08-regression.ts");
});

const rows = parseCsv(readFileSync("examples/data/diabetes.csv", "utf8"));
const [, others] = split(rows, { test: 0.25, seed: 1 });
const truth = others.map(({ progression }) => Number(progression));

test("the network and the linear model explain as much as those of scikit-learn, with an interval each", () => {
  for (const [line, of] of [
    ["the network", "network"],
    ["a linear model", "linear"],
  ] as const) {
    const [offBy, low, high, , r2] = figuresOf(text, line);
    expect(r2).toBeGreaterThan(floorOf("diabetes", of));
    expect(low).toBeLessThan(offBy!);
    expect(high).toBeGreaterThan(offBy!);
  }
});

test("what always says the mean is off by what the mean is off by, in the units of the file", () => {
  const [mean, offBy, , , rootMeanSquaredError, r2] = /^always (\S+), the mean +(\S+) +(\S+) to (\S+) +(\S+) +(\S+)$/m
    .exec(text)!
    .slice(1)
    .map(Number);
  const average = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const all = rows.map(({ progression }) => Number(progression));
  const learnt = (average(all) * all.length - average(truth) * truth.length) / (all.length - truth.length);
  expect(mean).toBe(Number(learnt.toPrecision(4)));
  expect(offBy).toBe(Number(average(truth.map((y) => Math.abs(y - learnt))).toPrecision(4)));
  const squares = average(truth.map((y) => (y - learnt) ** 2));
  expect(rootMeanSquaredError).toBe(Number(Math.sqrt(squares).toPrecision(4)));
  const variance = average(truth.map((y) => (y - average(truth)) ** 2));
  expect(r2).toBe(Number((1 - squares / variance).toFixed(3)));
});

test("five patients stand beside what was predicted of them", () => {
  const shown = [...text.matchAll(/^ +(\d+) {2} +(\d+)$/gm)].map(([, predicted, due]) => [Number(predicted), due]);
  expect(shown.map(([, due]) => Number(due))).toEqual(truth.slice(0, 5));
  for (const [predicted] of shown) {
    expect(predicted).toBeGreaterThan(25); // of all patients the least and the most
    expect(predicted).toBeLessThan(346);
  }
});

// That s5 and bmi say most is known of these data: Efron et al., "Least angle regression" (2004), where they enter first.
test("the network looks at s5 and bmi most, and at all ten columns", () => {
  const told = [...text.matchAll(/^ {2}(\w+) +(-?\d\.\d{3}) ± \d\.\d{3}(?: {2}(█+))?$/gm)];
  const columns = told.map(([, column]) => column!);
  expect(columns.slice(0, 2).sort()).toEqual(["bmi", "s5"]);
  expect([...columns, "progression"].sort()).toEqual(Object.keys(rows[0]!).sort());
  for (const [, column, fall, bar] of told)
    expect(Math.abs((bar?.length ?? 0) - Math.max(0, 100 * Number(fall))), column).toBeLessThanOrEqual(0.56);
});
