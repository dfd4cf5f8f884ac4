import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { rocAuc } from "chainrule/metrics";
import { fitTable, parseCsv, split } from "chainrule/table";
import { run } from "../support/command.js";
import { figuresOf } from "./floors.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/10-imbalance.ts");
});

const rows = parseCsv(readFileSync("examples/data/payments.csv", "utf8"));
const [rest, others] = split(rows, { test: 0.25, stratify: "fraud", seed: 1 });
const [train, validation] = split(rest, { test: 0.35, stratify: "fraud", seed: 1 });
type Rows = typeof rows;
const frauds = (list: Rows) => list.map(({ fraud }) => Number(fraud === "yes"));

/** The rows of a confusion table below a heading. */
const confusionOf = (heading: string): [number[], number[]] => {
  const block = text.slice(text.lastIndexOf(heading));
  return [/^ *no +(\d+) +(\d+)$/m, /^ *yes +(\d+) +(\d+)$/m].map((line) => line.exec(block)!.slice(1).map(Number)) as [
    number[],
    number[],
  ];
};

const threshold = () => /^With balanced weights, at (0\.(?!5$)\d+)$/m.exec(text)![1]!;

/** What the model with balanced weights says, learnt once more. */
const learn = async () => {
  const { model } = await fitTable(train, { target: "fraud", classWeights: "balanced", seed: 1 });
  return (list: Rows) => model.probabilities(list).map(({ yes }) => yes!);
};

/** Frauds that are found, that are missed, and false alarms. */
const count = (probabilities: readonly number[], truth: readonly number[], least: number) => {
  const counts = { found: 0, missed: 0, falseAlarms: 0 };
  truth.forEach((isFraud, n) => {
    const isAlarm = probabilities[n]! >= least;
    if (isFraud) counts[isAlarm ? "found" : "missed"]++;
    else if (isAlarm) counts.falseAlarms++;
  });
  return counts;
};

test("the threshold is the best on rows of validation, and is used on others", async () => {
  const say = await learn();
  const said = say(validation);
  const f1 = (least: number): number => {
    const { found, missed, falseAlarms } = count(said, frauds(validation), least);
    return (2 * found) / (2 * found + missed + falseAlarms);
  };
  const best = said.reduce((a, b) => (f1(b) > f1(a) ? b : a));
  expect(best.toFixed(3)).toBe(threshold());
  for (const [heading, least] of [
    ["With balanced weights, at 0.5", 0.5],
    [`With balanced weights, at ${threshold()}`, best],
  ] as const) {
    const { found, missed, falseAlarms } = count(say(others), frauds(others), least);
    const [no, yes] = confusionOf(heading);
    expect(yes).toEqual([missed, found]);
    expect(no[1]).toBe(falseAlarms);
    expect(no[0]! + no[1]! + missed + found).toBe(500);
  }
});

test("the shares are those of the confusion tables", () => {
  for (const heading of ["with balanced weights, at 0.5", `with balanced weights, at ${threshold()}`]) {
    const [[right, alarms], [missed, found]] = confusionOf(heading.replace("w", "W")) as [number[], number[]];
    const [accuracy, recall, precision] = figuresOf(text, heading);
    expect(accuracy).toBe(Number(((right! + found!) / 5).toFixed(1)));
    expect(recall).toBe(Number(((100 * found!) / (found! + missed!)).toFixed(1)));
    expect(precision).toBe(Number(((100 * found!) / (found! + alarms!)).toFixed(1)));
  }
});

test("weights find frauds that were missed, the threshold spares false alarms", () => {
  const [plain, half, chosen] = [
    "as the rows are, at 0.5",
    "with balanced weights, at 0.5",
    "with balanced weights, at 0.\\d{3}",
  ].map((line) => figuresOf(text, line));
  expect(half![1]).toBeGreaterThan(plain![1]!);
  expect(chosen![2]).toBeGreaterThan(half![2]!);
  expect(figuresOf(text, 'always "no"')).toEqual([96, 0]);
});

test("it tells frauds from others better than any single column does", () => {
  const [, , , area] = figuresOf(text, "with balanced weights, at 0.5");
  const column = (name: string) => others.map((row) => Number(row[name]));
  const atNight = column("hour").map((hour) => Number(hour >= 21 || hour <= 3));
  const seldom = column("payments before").map((times) => -times);
  for (const guess of [column("amount"), column("kilometres"), seldom, atNight]) {
    const alone = rocAuc(guess, frauds(others));
    expect(alone).toBeGreaterThan(0.55);
    expect(area).toBeGreaterThan(alone);
  }
});
