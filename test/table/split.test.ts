import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kFold, split, windows } from "chainrule/table";
import { runs } from "../support/random-cases.js";

const tables = fc
  .record({ count: fc.integer({ min: 12, max: 60 }), classes: fc.integer({ min: 1, max: 4 }), seed: fc.nat() })
  .map(({ count, classes, seed }) => ({
    seed,
    rows: Array.from({ length: count }, (_, i) => ({ i, kind: `k${(i * i + (i % 3)) % classes}`, who: i % 7 })),
  }));
const count = (rows: readonly { kind: string }[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { kind } of rows) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
};

describe("split", () => {
  it("gives each row to one part, in its order, and the share to the second", () => {
    fc.assert(
      fc.property(tables, fc.double({ min: 0.1, max: 0.9, noNaN: true }), ({ rows, seed }, share) => {
        const [train, test] = split(rows, { test: share, seed });
        expect([...train, ...test].sort((a, b) => a.i - b.i)).toEqual(rows);
        expect(test).toHaveLength(Math.round(rows.length * share));
        for (const part of [train, test]) expect([...part].sort((a, b) => a.i - b.i)).toEqual(part);
        expect(split(rows, { test: share, seed })).toEqual([train, test]);
      }),
      { numRuns: runs(300) },
    );
  });

  it("refuses to divide by what can't be in a table", () => {
    for (const cell of [{}, [1], Object.create(null) as object, () => 1])
      expect(() => split([{ a: cell }, { a: 1 }, { a: 2 }], { test: 0.5, stratify: "a" })).toThrow(
        /row 0, a expected a number, a text, true or false, a date, or null/,
      );
  });

  it("with stratify gives each value its share, to within one row", () => {
    fc.assert(
      fc.property(tables, fc.double({ min: 0.1, max: 0.9, noNaN: true }), ({ rows, seed }, share) => {
        const [, test] = split(rows, { test: share, stratify: "kind", seed });
        const due = Math.round(rows.length * share) / rows.length;
        for (const [kind, all] of count(rows))
          expect(Math.abs((count(test).get(kind) ?? 0) - due * all)).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: runs(300) },
    );
  });

  it("with group keeps together what belongs together", () => {
    fc.assert(
      fc.property(tables, ({ rows, seed }) => {
        const [train, test] = split(rows, { test: 0.3, group: "who", seed });
        const here = new Set(train.map(({ who }) => who));
        expect(test.some(({ who }) => here.has(who))).toBe(false);
        expect(train.length + test.length).toBe(rows.length);
        expect(Math.abs(test.length - 0.3 * rows.length)).toBeLessThanOrEqual(Math.ceil(rows.length / 7));
      }),
      { numRuns: runs(300) },
    );
  });

  it("draws others for another seed, each row as likely", () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({ i }));
    const times = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 2000; seed++) for (const { i } of split(rows, { test: 0.25, seed })[1]) times[i]!++;
    for (const each of times) expect(Math.abs(each - 500)).toBeLessThan(6 * Math.sqrt(2000 * 0.25 * 0.75));
  });

  it("takes the last rows, of those in the order of time", () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ i }));
    expect(split(rows, { test: { last: 0.2 } })[1]).toEqual([{ i: 8 }, { i: 9 }]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["no share", () => split([{ a: 1 }], {} as never), /split expected test, got none/],
    ["a share of 1", () => split([{ a: 1 }, { a: 2 }], { test: 1 }), /a share of the rows between 0 and 1/],
    ["too few rows", () => split([{ a: 1 }], { test: 0.3 }), /leaves rows to both parts/],
    [
      "a column that is not there",
      () => split([{ kind: 1 }, { kind: 2 }], { test: 0.5, stratify: "kynd" as never }),
      /write kind/,
    ],
    [
      "one group",
      () => split([{ a: 1 }, { a: 1 }, { a: 1 }], { test: 0.3, group: "a" }),
      /groups that leave rows to both parts, got too few/,
    ],
    [
      "time and strata",
      () => split([{ a: 1 }, { a: 2 }], { test: { last: 0.5 }, stratify: "a" }),
      /take one of the two/,
    ],
  ])("refuses %s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});

describe("kFold", () => {
  it("tests with each row once, in folds of one size, like each other", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 2, max: 6 }), ({ rows, seed }, folds) => {
        const parts = kFold(rows, { folds, stratify: "kind", seed });
        expect(parts.flatMap(([, test]) => test).sort((a, b) => a.i - b.i)).toEqual(rows);
        const sizes = parts.map(([, test]) => test.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        for (const [train, test] of parts) {
          expect([...train, ...test].sort((a, b) => a.i - b.i)).toEqual(rows);
          for (const [kind, all] of count(rows))
            expect(Math.abs((count(test).get(kind) ?? 0) - all / folds)).toBeLessThan(1);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("refuses more folds than rows, or groups", () => {
    expect(() => kFold([{ a: 1 }, { a: 2 }])).toThrow(/from 2 to the count of rows, or of groups, got 5 of 2 rows/);
    const rows = Array.from({ length: 9 }, (_, i) => ({ a: i % 2 }));
    expect(() => kFold(rows, { folds: 3, group: "a" })).toThrow(/3 of 2 groups/);
  });
});

describe("windows", () => {
  it("are stretches of the series", () => {
    expect(windows([1, 2, 3, 4, 5], { past: 2, ahead: 2 })).toEqual([
      { "t-1": 1, t: 2, "t+1": 3, "t+2": 4 },
      { "t-1": 2, t: 3, "t+1": 4, "t+2": 5 },
    ]);
    expect(windows(Float32Array.of(1, 2), { past: 1 })).toEqual([{ t: 1, "t+1": 2 }]);
  });

  it("of rows have the values of each column", () => {
    const rows = [
      { sold: 1, rain: "no" },
      { sold: 2, rain: "yes" },
      { sold: 3, rain: "no" },
    ];
    expect(windows(rows, { past: 2 })).toEqual([
      { "sold t-1": 1, "sold t": 2, "sold t+1": 3, "rain t-1": "no", "rain t": "yes", "rain t+1": "no" },
    ]);
  });

  it("refuses what is too short, or no series", () => {
    expect(() => windows([1, 2, 3], { past: 3 })).toThrow(/at least past \+ ahead = 4 values/);
    expect(() => windows([1, 2, 3], {} as never)).toThrow(/expected past, got none/);
    expect(() => windows("abc" as never, { past: 1 })).toThrow(/a list of numbers, or of rows/);
  });
});
