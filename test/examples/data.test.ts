import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tables } from "../../examples/data/make.js";

const made = tables();
const rowsOf = (name: string) =>
  made[name]!.trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.replace(/"[^"]*"/, (name) => name.replace(",", "")).split(","));
const share = (list: readonly unknown[], is: (each: never) => boolean) => list.filter(is as never).length / list.length;

test.each(Object.keys(made))("examples/data/make.ts writes %s, byte for byte", (name) => {
  expect(made[name] === readFileSync(new URL(`../../examples/data/${name}`, import.meta.url), "utf8")).toBe(true);
});

test("the passengers have gaps, ids and a law", () => {
  const rows = rowsOf("titanic-like.csv");
  expect(rows).toHaveLength(900);
  const column = (at: number) => rows.map((row) => row[at]!);
  expect(new Set(column(1)).size).toBeGreaterThan(850);
  expect(share(column(3), (age) => age === "")).toBeCloseTo(0.2, 1);
  expect(share(column(7), (cabin) => cabin === "")).toBeGreaterThan(0.7);
  expect(column(8).filter((port) => port === "")).toHaveLength(2);
  const saved = (is: (row: string[]) => boolean) => share(rows.filter(is), (row: string[]) => row[10] === "1");
  expect(saved(([, , sex]) => sex === "female")).toBeGreaterThan(saved(([, , sex]) => sex === "male") + 0.3);
  expect(saved((row) => row[4] === "1")).toBeGreaterThan(saved((row) => row[4] === "3") + 0.2);
});

test("80 of 2,000 payments are frauds, in no order", () => {
  const rows = rowsOf("payments.csv");
  expect(rows).toHaveLength(2000);
  const isFraud = (row: string[]) => row.at(-1) === "yes";
  expect(rows.filter(isFraud)).toHaveLength(80);
  expect(rows.slice(0, 1000).filter(isFraud).length).toBeGreaterThan(25);
  expect(rows.slice(1000).filter(isFraud).length).toBeGreaterThan(25);
});

test("two years of visitors, day by day, more at the weekend and more in the second", () => {
  const rows = rowsOf("visitors.csv").map(([date, count]) => ({ day: new Date(date!), count: Number(count) }));
  expect(rows).toHaveLength(730);
  expect(new Set(rows.slice(1).map(({ day }, i) => day.getTime() - rows[i]!.day.getTime()))).toEqual(
    new Set([86_400_000]),
  );
  const mean = (list: typeof rows) => list.reduce((sum, { count }) => sum + count, 0) / list.length;
  expect(mean(rows.slice(365))).toBeGreaterThan(1.2 * mean(rows.slice(0, 365)));
  expect(mean(rows.filter(({ day }) => day.getUTCDay() % 6 === 0))).toBeGreaterThan(1.2 * mean(rows));
});
