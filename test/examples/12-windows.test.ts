import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { run } from "../support/command.js";
import { figuresOf } from "./floors.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/12-windows.ts");
});

const days = readFileSync("examples/data/visitors.csv", "utf8").trimEnd().split("\n").slice(1);
const series = days.map((line) => Number(line.split(",")[1]));

/** By how much a guess of the last days is off, that looks back so many days. */
const offBy = (back: number, count: number): number => {
  const errors = series.slice(-count).map((came, n) => Math.abs(came - series[series.length - count + n - back]!));
  return errors.reduce((sum, error) => sum + error, 0) / count;
};

test("it is judged by the last days: a quarter of those that have two weeks before them", () => {
  const [, all, rows, first, last] = /(\d+) days make (\d+) rows\. .* first (\d+); on the (\d+) days/.exec(text)!;
  expect([all, rows].map(Number)).toEqual([series.length, series.length - 14]);
  expect(Number(last)).toBe(Math.round((series.length - 14) / 4));
  expect(Number(first) + Number(last)).toBe(Number(rows));
});

test("it beats those who look back, and what they are off by is counted in the file", () => {
  const [network] = figuresOf(text.slice(text.indexOf("Beside those who guess")), "the network");
  expect(figuresOf(text, "as many as today")).toEqual([Number(offBy(1, 179).toFixed(2))]);
  expect(figuresOf(text, "as many as on that day of last week")).toEqual([Number(offBy(7, 179).toFixed(2))]);
  expect(network).toBeLessThan(offBy(7, 179));
  expect(network).toBeLessThan(offBy(1, 179) / 2);
  expect(network).toBe(figuresOf(text, "the network")[0]); // as the report says
});

test("the last week is that of the file, day by day", () => {
  const week = [...text.matchAll(/^ {2}(\d{4}-\d\d-\d\d) +(\d+) +(\d+)$/gm)];
  expect(week.map(([, date, , came]) => `${date},${came}`)).toEqual(days.slice(-7));
  const errors = week.map(([, , predicted, came]) => Math.abs(Number(predicted) - Number(came)));
  expect(errors.reduce((sum, error) => sum + error, 0) / 7).toBeLessThan(2 * offBy(7, 179));
});
