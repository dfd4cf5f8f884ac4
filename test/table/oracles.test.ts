import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { category, learnColumns, number, parseCsv } from "chainrule/table";
import { CsvReader, fieldOf, separatorOf, withoutMark } from "../../src/table/csv.js";
import { isMoreThanChance, wilson } from "../../src/table/intervals.js";
import { numeral } from "../../src/table/numeral.js";

interface Oracles {
  readonly numbers: {
    name: string;
    values: (number | null)[];
    log: boolean;
    mean: number;
    deviation: number;
    median: number;
    inputs: number[][];
  }[];
  readonly words: {
    name: string;
    learnt: unknown[];
    seen: unknown[];
    words: string[];
    rare: string[];
    inputs: number[][];
  }[];
  readonly wilson: { hits: number; count: number; low: string; high: string }[];
  readonly chance: [wins: number, losses: number, p: number][];
  readonly csv: { text: string; separator: string; rows: string[][] }[];
  readonly ragged: { text: string; line: number; fields: number; expected: number }[];
  readonly numerals: [text: string, value: number][];
}

/** What scikit-learn, SciPy and Python make of them: test/fixtures/table-oracles.py. */
const oracles = JSON.parse(readFileSync(new URL("../fixtures/table-oracles.json", import.meta.url), "utf8")) as Oracles;

const near = (found: number, due: number, scale: number): void =>
  expect(Math.abs(found - due)).toBeLessThanOrEqual(1e-12 * (Math.abs(due) + scale));

describe("scikit-learn's scaler, imputer and indicators", () => {
  it.each(oracles.numbers)("numbers: $name", ({ values, log, mean, deviation, median, inputs }) => {
    const rows = values.map((x, i) => ({ x, y: i % 2 }));
    const columns = learnColumns(rows, { target: "y", columns: { x: number({ log }) } });
    const learnt = columns.toJSON().columns[0]!;
    if (learnt.kind !== "number") throw new Error(learnt.kind);
    near(learnt.mean, mean, 0);
    near(learnt.deviation, deviation, 1e-3 * Math.abs(mean));
    near(learnt.missing, median, 0);
    const { data, shape } = columns.encodeInputs(rows);
    expect(shape[1]).toBe(inputs[0]!.length);
    const scale = Math.max(1, Math.abs(mean) / deviation);
    inputs.flat().forEach((due, i) => near(data[i]!, due, scale));
  });

  it.each(oracles.words)("words: $name", ({ learnt, seen, words, rare, inputs }) => {
    const rows = learnt.map((w, i) => ({ w, y: i % 2 }));
    const columns = learnColumns(rows as { w: string; y: number }[], { target: "y", columns: { w: category } });
    expect(columns.toJSON().columns[0]).toMatchObject({ words, rare });
    const { data } = columns.encodeInputs(seen.map((w) => ({ w })) as { w: string }[]);
    expect([...data]).toEqual(inputs.flat());
  });
});

describe("SciPy's tests and exact intervals", () => {
  it.each(oracles.wilson)("Wilson's interval of $hits in $count", ({ hits, count, low, high }) => {
    const found = wilson(hits, count);
    expect(Math.abs(found.low - Number(low))).toBeLessThanOrEqual(4e-16);
    expect(Math.abs(found.high - Number(high))).toBeLessThanOrEqual(4e-16);
  });

  it("the sign test", () => {
    for (const [wins, losses, p] of oracles.chance) expect(isMoreThanChance(wins, losses)).toBe(p < 0.05);
  });
});

describe("Python's reader of CSV", () => {
  it("reads the same fields", () => {
    for (const { text, separator, rows } of oracles.csv) {
      const found: string[][] = [];
      const reader = new CsvReader(separator, (row) =>
        found.push(Array.from({ length: row.count }, (_, i) => fieldOf(row, i))),
      );
      reader.push(withoutMark(text));
      reader.end();
      expect(found).toEqual(rows);
    }
  });

  it("has the separator that is found", () => {
    const wrong = oracles.csv.filter(
      ({ text, separator, rows }) => rows[0]!.length > 1 && separatorOf(withoutMark(text)) !== separator,
    );
    expect(wrong.map(({ text }) => text)).toEqual([]);
  });

  it("counts the same lines", () => {
    for (const { text, line, fields, expected } of oracles.ragged)
      expect(() => parseCsv(text)).toThrow(
        `line ${line} expected ${expected} fields, as the header has, got ${fields}`,
      );
  });

  it("reads the same numbers", () => {
    for (const [text, value] of oracles.numerals) expect(numeral(text)).toBe(value);
  });
});
