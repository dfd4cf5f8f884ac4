import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Column } from "../../src/table/column.js";
import { countDuplicates, explainsClasses, explainsNumbers, groupsOf } from "../../src/table/suspects.js";

const columnOf = (name: string, cells: readonly unknown[]): Column => {
  const column = new Column(name);
  for (const cell of cells) column.add(cell);
  return column;
};
const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

describe("what a column explains of classes alone", () => {
  it("is all of it, if each word stands for a class", () => {
    const classes = [...times(10, 0), ...times(10, 1)];
    expect(explainsClasses(Int32Array.from(classes), classes)).toBe(1);
  });

  it("is counted from what the most frequent class has right", () => {
    // Group 0 has 12 of class A and 3 of B, group 1 has 5 and 10: 22 are right; always A has 17 of 30.
    const groups = [...times(15, 0), ...times(15, 1)];
    const classes = [...times(12, 0), ...times(3, 1), ...times(5, 0), ...times(10, 1)];
    expect(explainsClasses(Int32Array.from(groups), classes)).toBeCloseTo((22 - 17) / (30 - 17), 12);
  });

  it("is nothing for words of a single row, which say nothing of another", () => {
    const classes = Array.from({ length: 40 }, (_, n) => n % 2);
    expect(explainsClasses(Int32Array.from(classes.keys()), classes)).toBeLessThanOrEqual(0);
  });

  it("is not asked of few rows, or of few that are of another class", () => {
    expect(explainsClasses(Int32Array.from([0, 0, 1, 1]), [0, 0, 1, 1])).toBe(0);
    const rare = [...times(40, 0), ...times(4, 1)];
    expect(explainsClasses(Int32Array.from(rare), rare)).toBe(0);
  });
});

describe("what a column explains of a number alone", () => {
  it("is R² of the mean of the other rows of its group", () => {
    // Twelve pairs (y, y + 1), y = 0, 10, …, 110: each is off by 1, so that Σ errors² = 24.
    const truth = Array.from({ length: 24 }, (_, n) => 10 * (n >> 1) + (n & 1));
    const mean = truth.reduce((sum, y) => sum + y, 0) / 24;
    const squares = truth.reduce((sum, y) => sum + (y - mean) * (y - mean), 0);
    const groups = Int32Array.from(truth, (_, n) => n >> 1);
    expect(explainsNumbers(groups, truth, undefined)).toBeCloseTo(1 - 24 / squares, 12);
  });

  it("is nothing for words of a single row, and for a number that is the same in all rows", () => {
    const truth = Array.from({ length: 24 }, (_, n) => n);
    expect(explainsNumbers(Int32Array.from(truth), truth, undefined)).toBeCloseTo(0, 12);
    expect(explainsNumbers(Int32Array.from(truth), times(24, 3), undefined)).toBe(0);
  });

  it("is r² of a straight line, where that is more", () => {
    const x = Float64Array.from({ length: 24 }, (_, n) => n);
    const truth = Array.from(x, (value) => 5 - 3 * value);
    expect(explainsNumbers(Int32Array.from(x), truth, x)).toBeCloseTo(1, 12);
  });
});

describe("groups", () => {
  it("are bins of numbers that are many, equal ones together, gaps by themselves", () => {
    const cells = [...Array.from({ length: 100 }, (_, n) => n + 0.5), ...times(100, 1000), null];
    const groups = groupsOf(columnOf("x", cells), true);
    expect(new Set(groups.slice(0, 100)).size).toBe(10); // twenty bins of ten rows each, half of them of one number
    expect(new Set(groups.slice(100, 200)).size).toBe(1);
    expect(groups[200]).toBe(-1);
  });

  it("are the words, or the numbers that are few", () => {
    expect([...groupsOf(columnOf("x", ["a", "b", "a", ""]), false)]).toEqual([0, 1, 0, -1]);
    expect([...groupsOf(columnOf("x", [7, 3, 7, null]), true)]).toEqual([0, 1, 0, -1]);
  });
});

describe("rows that stand in another part too", () => {
  it("are counted as they are when each is compared with each", () => {
    const cell = fc.constantFrom("a", "b", "", "1", "1.0");
    const row = fc.record({ x: cell, y: cell, part: fc.integer({ min: -1, max: 2 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const columns = new Map((["x", "y"] as const).map((name) => [name, columnOf(name, rows.map((each) => each[name]))])); // prettier-ignore
        const parts = rows.map(({ part }) => part);
        const isTested = (part: number): boolean => part >= 0;
        const due = rows.filter(
          (a) => isTested(a.part) && rows.some((b) => b.part !== a.part && b.x === a.x && b.y === a.y),
        ).length;
        expect(countDuplicates({ columns, rows: rows.length }, ["x", "y"], parts, isTested)).toBe(due);
      }),
    );
  });

  it("are told apart by their numbers where these are too many to have a place each", () => {
    const numbers = Array.from({ length: 4000 }, (_, n) => n / 8);
    const cells = [...numbers, 3999 / 8, 5, 0.1];
    const frame = { rows: cells.length, columns: new Map([["x", columnOf("x", cells)]]) };
    const parts = cells.map((_, n) => Number(n >= 4000));
    expect(countDuplicates(frame, ["x"], parts, (part) => part === 1)).toBe(2);
  });
});
