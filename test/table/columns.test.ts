import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChainruleError } from "chainrule";
import { category, flag, ignore, learnColumns, number } from "chainrule/table";
import { LearntColumns } from "../../src/table/columns.js";
import { readColumnsDocument } from "../../src/table/document.js";
import { runs } from "../support/random-cases.js";

type Row = Record<string, unknown>;
const times = (count: number, row: (i: number) => Row): Row[] => Array.from({ length: count }, (_, i) => row(i));
const learn = (rows: readonly Row[], options: Record<string, unknown> = {}) =>
  learnColumns(rows as readonly Record<string, string>[], { target: "y", ...options } as { target: string });
const inputsOf = (columns: ReturnType<typeof learn>, rows: readonly Row[]): number[][] => {
  const { data, shape } = columns.encodeInputs(rows as never);
  return Array.from({ length: shape[0] }, (_, n) => [...data.subarray(n * shape[1], (n + 1) * shape[1])]);
};

describe("a column that somebody leaves out", () => {
  it("may hold what can't be read", () => {
    const rows = times(20, (i) => ({ _id: { oid: i }, tags: ["a"], x: i % 7, y: i % 5 }));
    expect(() => learn(rows)).toThrow(/row 0, _id expected a number, a text/);
    const columns = learn(rows, { columns: { _id: ignore, tags: ignore } });
    expect(columns.inputs).toEqual(["x"]);
    expect(columns.leftOut.map(({ column }) => column)).toEqual(["_id", "tags"]);
    expect(inputsOf(columns, rows)).toHaveLength(20);
  });
});

describe("what is said of a column", () => {
  it("names both ends of whole numbers in full", () => {
    const text = String(learn(times(50, (i) => ({ at: 1_700_000_000_000 + i * 3_600_000, y: i % 5 }))));
    expect(text).toContain("numbers from 1700000000000 to 1700176400000, mean");
  });

  it("says that all its words are rare", () => {
    const rows = times(600, (i) => ({ a: `w${i}`, y: i % 5 }));
    expect(learn(rows, { columns: { a: category } }).used[0]!.as).toBe(
      '600 words, all of them rare: they share the input "(other)"',
    );
  });
});

describe("what a column is taken for", () => {
  const words = ["red", "green", "blue"];
  it.each<[string, (i: number) => unknown, string]>([
    ["numbers", (i) => i * 1.5, "numbers"],
    ["text of numbers", (i) => `${i * 1.5}`, "numbers"],
    [
      "numbers with gaps, however written",
      (i) => ["NA", "?", "", " ", null, undefined, NaN][i % 14] ?? i / 2,
      "numbers",
    ],
    ["words", (i) => words[i % 3], "3 words: blue, green, red"],
    ["true and false", (i) => i % 2 === 0, "yes or no"],
    ["yes and no", (i) => (i % 3 ? "Yes" : "no"), "yes or no"],
    ["whole numbers, some alike", (i) => i % 7, "numbers"],
    ["years, each another", (i) => 1900 + i, "numbers"],
    ["hardly any words", (i) => (i < 70 ? "" : "x"), "left out: 70 % of its rows are empty"],
    ["nothing", () => null, "left out: it is empty"],
    ["one number", () => 3, "left out: it is the same in every row"],
    ["one word", () => "a", "left out: it is the same in every row"],
    ["names", (i) => `name ${i}`, "left out: most rows have a word of their own (100 in 100)"],
    ["dates", (i) => `2024-03-${1 + (i % 28)}`, "left out: it is a date"],
    ["dates as in Berlin", (i) => `${1 + (i % 28)}.3.2024`, "left out: it is a date"],
    ["times as in Boston", (i) => `3/${1 + (i % 28)}/24 10:30`, "left out: it is a date"],
    ["objects of dates", (i) => new Date(1e9 * i), "left out: it is a date"],
    ["a count of the rows", (i) => i + 1, "left out: it seems to count the rows"],
  ])("%s", (_, cell, as) => {
    const rows = times(100, (i) => ({ it: cell(i), other: (i * 7919) % 31, y: i % 2 ? "a" : "b" }));
    const columns = learn(rows);
    const text = columns.used.find(({ column }) => column === "it")?.as;
    const why = columns.leftOut.find(({ column }) => column === "it")?.why;
    expect(text ?? `left out: ${why}`).toContain(as);
    expect(String(columns)).toContain(as);
  });

  it.each<[string, number, (i: number) => unknown, string]>([
    ["half of its rows empty", 40, (i) => (i % 2 ? "" : 3 + (i % 5)), "numbers"],
    [
      "more than half of them",
      40,
      (i) => (i % 2 || i === 0 ? "" : 3 + (i % 5)),
      "left out: 53 % of its rows are empty",
    ],
    ["a word of its own in half of the rows", 40, (i) => `w${i % 20}`, "20 words"],
    ["and in more", 40, (i) => `w${i % 21}`, "left out: most rows have a word of their own (21 in 40)"],
    ["decimal commas alone", 40, (i) => `${i % 7},5`, 'left out: its numbers have decimal commas: write points, "1.5"'],
    [
      "decimal commas and whole numbers",
      40,
      (i) => (i % 3 ? `${i % 7},5` : `${i}`),
      "left out: its numbers have decimal",
    ],
    [
      "numbers, each another, and some that are none",
      40,
      (i) => (i % 20 ? `${i * 1.5}` : "unknown"),
      'left out: nearly all are numbers, but not "unknown"',
    ],
    ["an id in nine rows", 9, (i) => 9000 + 13 * i, "numbers"],
    ["and in ten", 10, (i) => 9000 + 13 * i, "left out: it looks like an id"],
  ])("at the limit of a rule: %s", (_, count, cell, as) => {
    const text = String(learn(times(count, (i) => ({ id: cell(i), x: (i * 7) % 5, y: i % 2 }))));
    expect(text).toMatch(new RegExp(`id +${as.replace(/[()]/g, "\\$&")}`));
  });

  it.each([Infinity, -Infinity, 10n ** 400n])("what is not finite is refused with its row: %s", (cell) => {
    const rows = times(5, (i) => ({ x: i === 3 ? cell : i * 1.5, y: i % 2 }));
    expect(() => learn(rows)).toThrow(/row 3, x expected a finite number/);
  });

  it("a target with decimal commas is refused, not taken for words", () => {
    const rows = times(40, (i) => ({ x: i * 1.5, y: `${i % 7},5` }));
    expect(() => learn(rows)).toThrow(
      /target y expected words or numbers, got numbers with decimal commas: write points/,
    );
  });

  it("and of a class: five rows are enough, four are told", () => {
    const notes = (count: number) => learn(times(40, (i) => ({ x: i % 7, y: i < count ? "rare" : "usual" }))).notes;
    expect(notes(5)).toEqual([]);
    expect(notes(4)).toEqual(["rare has 4 rows: too few to learn it"]);
    const many = learn(times(160, (i) => ({ x: i % 7, y: `k${i % 40}` })));
    expect(many.notes).toHaveLength(1);
    expect(many.notes[0]).toMatch(/^40 classes have fewer than 5 rows: too few to learn them: k0, k1, .*, … \(40\)$/);
    expect(String(many).split("\n")[0]).toMatch(/^y: a class, (?:k\d+, ){20}… \(40\)$/);
  });

  it.each(["id", "ID", "PassengerId", "order_nr", "uuid", "Index", "rowId"])("an id, by its name: %s", (name) => {
    const rows = times(50, (i) => ({ [name]: 9000 + 13 * i, x: (i * 7919) % 31, y: i % 2 }));
    expect(learn(rows).leftOut).toEqual([
      { column: name, why: "it looks like an id: another whole number in each row" },
    ]);
  });

  it.each(["idea", "paid", "number", "grid", "android"])("no id, by its name: %s", (name) => {
    const rows = times(50, (i) => ({ [name]: 9000 + 13 * i, x: (i * 7919) % 31, y: i % 2 }));
    expect(learn(rows).leftOut).toEqual([]);
  });

  it("a count of the rows is used if there is nothing else", () => {
    const columns = learn(times(30, (i) => ({ i, y: 2 * i + (i % 3) })));
    expect(columns.inputs).toEqual(["i"]);
    expect(columns.leftOut).toEqual([]);
  });

  it("what the caller says", () => {
    const rows = times(40, (i) => ({ id: i, when: "2024-01-01", n: i % 4, b: i % 2, y: i % 3 }));
    const columns = learn(rows, { columns: { id: number, when: ignore, n: category, b: flag, y: category } });
    expect(columns.inputs).toEqual(["id", "n = 0", "n = 1", "n = 2", "n = 3", "b"]);
    expect(columns.leftOut).toEqual([{ column: "when", why: "you said so" }]);
    expect(columns.classes).toEqual([0, 1, 2]);
  });

  it("nearly all numbers: words, and it says so", () => {
    const columns = learn(times(100, (i) => ({ n: i % 50 ? String(i % 5) : "12kg", y: i % 2 })));
    expect(columns.notes).toEqual(['n: nearly all are numbers, but not "12kg": mend it, or write number']);
  });
});

describe("numbers", () => {
  const cell = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null, freq: 4 });

  it("are scaled by the mean and deviation of those that are there, a gap by the median", () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 3, maxLength: 30 }), fc.boolean(), (cells, log) => {
        const there = cells.filter((x) => x !== null);
        fc.pre(new Set(there).size > 1 && there.length * 2 > cells.length);
        const rows = cells.map((x, i) => ({ x, y: i % 2 }));
        const columns = learn(rows, { columns: { x: number({ log }) } });
        const f = (x: number) => (log ? Math.sign(x) * Math.log1p(Math.abs(x)) : x);
        const mean = there.reduce((sum, x) => sum + f(x), 0) / there.length;
        const deviation = Math.sqrt(there.reduce((sum, x) => sum + (f(x) - mean) ** 2, 0) / there.length);
        fc.pre(deviation > 1e-9 * Math.abs(mean));
        const ordered = [...there].sort((a, b) => a - b);
        const [a, b] = [ordered[Math.ceil(there.length / 2) - 1]!, ordered[Math.floor(there.length / 2)]!];
        const due = cells.map((x) => (f(x ?? (a + b) / 2) - mean) / deviation);
        const hasGaps = there.length < cells.length;
        inputsOf(columns, rows).forEach((row, n) => {
          expect(row).toHaveLength(hasGaps ? 2 : 1);
          expect(Math.abs(row[0]! - due[n]!)).toBeLessThan(1e-6 * (1 + Math.abs(due[n]!)));
          if (hasGaps) expect(row[1]).toBe(cells[n] === null ? 1 : 0);
        });
      }),
      { numRuns: runs(500) },
    );
  });

  it("may have gaps that count as the mean, or as a number", () => {
    const rows = [1, 2, 9, null].map((x, i) => ({ x, y: i % 2 }));
    const at = (missing: "mean" | number) =>
      inputsOf(learn(rows, { columns: { x: number({ missing }) } }), rows)[3]![0];
    expect(at("mean")).toBeCloseTo(0, 15);
    expect(at(9)).toBeCloseTo(inputsOf(learn(rows), rows)[2]![0]!, 15);
  });
});

describe("words", () => {
  it("have an input each; rare ones share one, gaps have one, an unseen one gives zeros", () => {
    const word = (i: number) => (i < 600 ? "often" : i < 990 ? "also" : i < 994 ? "rare" : i < 996 ? "odd" : null);
    const rows = times(1000, (i) => ({ w: word(i), y: i % 2 }));
    const columns = learn(rows);
    expect(columns.inputs).toEqual(["w = also", "w = often", "w = (other)", "w is missing"]);
    const at = (w: unknown) => inputsOf(columns, [{ w }])[0];
    expect(at("also")).toEqual([1, 0, 0, 0]);
    expect(at("often")).toEqual([0, 1, 0, 0]);
    expect(at("rare")).toEqual([0, 0, 1, 0]);
    expect(at("odd")).toEqual([0, 0, 1, 0]);
    expect(at("")).toEqual([0, 0, 0, 1]);
    expect(at("never seen")).toEqual([0, 0, 0, 0]);
  });

  it("are none of them rare among few rows", () => {
    expect(learn(times(9, (i) => ({ w: `w${i}`, y: i % 2 }))).inputSize).toBe(9);
  });

  it("beyond a hundred, share an input too", () => {
    const columns = learn(times(2400, (i) => ({ w: `w${i % 120}`, y: i % 2 })));
    expect(columns.inputSize).toBe(101);
  });

  it("are the same as numbers that read alike", () => {
    const columns = learn(
      times(12, (i) => ({ w: String(i % 3), y: i % 2 })),
      { columns: { w: category } },
    );
    expect(inputsOf(columns, [{ w: 2 }, { w: "2" }])).toEqual([
      [0, 0, 1],
      [0, 0, 1],
    ]);
  });
});

describe("yes and no", () => {
  const answers = (cells: readonly unknown[]) => cells.map((b, i) => ({ b, y: i % 2 }));

  it("are 1 and 0, a gap is the share of yes, and told where there were some", () => {
    const rows = answers(["y", "n", "Yes", "TRUE", null]);
    const columns = learn(rows, { columns: { b: flag } });
    expect(columns.inputs).toEqual(["b", "b is missing"]);
    expect(inputsOf(columns, rows).join("; ")).toBe("1,0; 0,0; 1,0; 1,0; 0.75,1");
    expect(inputsOf(columns, [{ b: false }, { b: 1 }, { b: "off" }, { b: "perhaps" }]).join("; ")).toBe(
      "0,0; 1,0; 0,0; 0.75,1",
    );
  });

  it("are one input where there were no gaps", () => {
    const columns = learn(answers([true, false, false, false]), { columns: { b: flag } });
    expect(columns.inputs).toEqual(["b"]);
    expect(inputsOf(columns, [{ b: true }, { b: null }])).toEqual([[1], [0.25]]);
  });
});

describe("the target", () => {
  const target = (cells: readonly unknown[], options: Record<string, unknown> = {}) =>
    learn(
      cells.map((y, i) => ({ x: (i * 7919) % 31, y })),
      options,
    );

  it.each<[string, readonly unknown[], readonly unknown[] | undefined]>([
    ["words", ["b", "c", "a", "b"], ["a", "b", "c"]],
    ["true and false", [true, false, true], [false, true]],
    ["two numbers", [7, 3, 7], [3, 7]],
    ["two numbers as text", ["10", "9", "10"], ["9", "10"]],
    ["words of numbers and others", ["10", "9", "x", "9"], ["9", "10", "x"]],
    ["more numbers", [7, 3, 8], undefined],
    ["more numbers as text", ["7", "3", "8"], undefined],
  ])("%s", (_, cells, classes) => {
    const columns = target(cells);
    expect(columns.classes).toEqual(classes);
    expect(columns.task).toBe(classes ? "classes" : "numbers");
    expect(columns.outputSize).toBe(classes && classes.length > 2 ? classes.length : 1);
  });

  it("is what the caller says", () => {
    expect(target([7, 3, 8], { columns: { y: category } }).classes).toEqual([3, 7, 8]);
    expect(target(["1", "0", "1"], { columns: { y: number } }).task).toBe("numbers");
    expect(target(["1", "0", "1"], { columns: { y: category({ positive: "0" }) } }).classes).toEqual(["1", "0"]);
  });

  it("comes back from the place of a class, and from scaled numbers", () => {
    const columns = target(["b", "c", "a", "b"]);
    const { targets } = columns.encode([
      { x: 1, y: "c" },
      { x: 2, y: "a" },
    ] as never);
    expect([...(targets as Uint32Array)]).toEqual([2, 0]);
    expect(columns.decode([0.1, 0.2, 0.7])).toBe("c");
    expect(target(["no", "yes", "no"]).decode([0.6])).toBe("yes");
    expect(target(["no", "yes", "no"]).decode([0.6, 0.4])).toBe("no");
    const numbers = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(numbers, fc.boolean(), (cells, log) => {
        fc.pre(new Set(cells).size > 2);
        const learnt = target(cells, { columns: { y: number({ log }) } });
        const scaled = learnt.encode(cells.map((y) => ({ x: 1, y })) as never).targets as { data: Float64Array };
        cells.forEach((y, n) => {
          const largest = Math.max(...cells.map(Math.abs));
          expect(Math.abs(Number(learnt.decode([scaled.data[n]!])) - y)).toBeLessThanOrEqual(1e-12 * (1 + largest));
        });
      }),
      { numRuns: runs(300) },
    );
  });

  it("may be several numbers", () => {
    const rows = times(20, (i) => ({ x: i * i, a: i, b: 100 - 2 * i }));
    const columns = learnColumns(rows as { x: number; a: number; b: number }[], { target: ["a", "b"] });
    expect(columns.outputSize).toBe(2);
    const { targets } = columns.encode(rows as never);
    const { data, shape } = targets as { data: Float64Array; shape: readonly [number, number] };
    expect(shape).toEqual([20, 2]);
    const { a, b } = columns.decode([data[6]!, data[7]!]);
    expect(a).toBeCloseTo(3, 12);
    expect(b).toBeCloseTo(94, 12);
  });
});

describe("what it learns", () => {
  const rows = times(60, (i) => ({ n: i % 9, w: ["a", "b", "c"][i % 3], b: i % 2 === 0, y: i % 5 ? "p" : "q" }));

  it("is that of the rows given: a row gives the same numbers alone and among others", () => {
    const columns = learn(rows);
    const far = times(5, (i) => ({ n: 1000 * i, w: "z", b: null }));
    const alone = rows.slice(0, 8).map((row) => inputsOf(columns, [row])[0]);
    expect(inputsOf(columns, [...far, ...rows.slice(0, 8)]).slice(5)).toEqual(alone);
  });

  it("is data: JSON and back gives the same numbers", () => {
    const columns = learn(rows);
    const again = new LearntColumns(readColumnsDocument(JSON.parse(JSON.stringify(columns)), "here"));
    expect(again.inputs).toEqual(columns.inputs);
    expect(again.encode(rows as never)).toEqual(columns.encode(rows as never));
    expect(String(again)).toBe(String(columns));
  });

  it("does not depend on the order of keys, nor on who else has them", () => {
    const turned = rows.map(({ n, w, b, y }) => ({ y, b, extra: 1, w, n }));
    expect(learn(rows).encode(turned as never)).toEqual(learn(rows).encode(rows as never));
  });
});

describe("errors", () => {
  const rows = times(20, (i) => ({ age: i % 7, y: i % 2 ? "a" : "b" }));
  const columns = learn(rows);
  it.each<[string, () => unknown, RegExp]>([
    ["no target", () => learn(rows, { target: undefined }), /expected target, got none/],
    ["a target that is not there", () => learn(rows, { target: "yy" }), /columns among age, y, got "yy": write y/],
    ["a column that is not there", () => learn(rows, { columns: { agge: number } }), /got "agge": write age/],
    ["an option that is none", () => learn(rows, { traget: "y" }), /got "traget": write target/],
    ["a kind that is none", () => learn(rows, { columns: { age: "number" } }), /columns age expected number, category/],
    ["no rows", () => learn([]), /at least one row/],
    ["text", () => learn("a,b" as never), /or parseCsv\(text\)/],
    ["lists", () => learn([[1, 2]] as never), /a row, which is an object/],
    ["an object in a cell", () => learn([{ a: {}, y: 1 }]), /row 0, a expected a number, a text.*got \{\}/],
    ["one class", () => learn(times(9, (i) => ({ i, y: "a" }))), /target y expected values that differ, got only a/],
    ["no class", () => learn(times(9, (i) => ({ i, y: null }))), /got none/],
    ["names", () => learn(times(30, (i) => ({ x: i % 7, y: `n${i}` }))), /several rows each, got 30 in 30 rows/],
    ["dates", () => learn(times(30, (i) => ({ x: i % 7, y: `2024-01-${1 + i}` }))), /words or numbers, got dates/],
    ["nothing to learn from", () => learn(times(9, (i) => ({ x: 1, y: i % 2 }))), /x: it is the same in every row/],
    ["numbers of words", () => learn(rows, { columns: { y: number } }), /column y expected numbers, got none/],
    ["flags of words", () => learn(rows, { columns: { age: flag } }), /yes or no, got [2-6]/],
    ["classes of several", () => learn(rows, { target: ["age", "y"] }), /a model for each/],
    [
      "a positive class that is none",
      () => learn(rows, { columns: { y: category({ positive: "c" }) } }),
      /one of a, b/,
    ],
    [
      "a missing column",
      () => columns.encodeInputs([{ aged: 1 }] as never),
      /a column "age", got "aged": rename aged, or was it meant/,
    ],
    [
      "an unknown class",
      () => columns.encode([{ age: 1, y: "c" }] as never),
      /rows\[0\]\.y expected one of a, b, got "c"/,
    ],
    ["a gap in the target", () => columns.encode([{ age: 1, y: "" }] as never), /rows\[0\]\.y expected an answer/],
    ["too many outputs", () => columns.decode([1, 2, 3]), /decode expected a list of 1 numbers/],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(message);
    expect(act).toThrow(ChainruleError);
  });

  it("whatever is given: an error of ours, or finite numbers", () => {
    const plain = fc.constantFrom<unknown>("NA", "", "1", "yes", "no", null, 0, 1, 2.5, -3, "x", true);
    const cell = fc.oneof({ weight: 30, arbitrary: plain }, fc.anything(), fc.double(), fc.string());
    const names = fc.constantFrom("y", "y", "a", "a", "b", "b", "__proto__", "toString");
    const anyRows = fc.array(fc.dictionary(names, cell), { maxLength: 12 });
    let good = 0;
    fc.assert(
      fc.property(anyRows, anyRows, (train, test) => {
        try {
          const learnt = learn(train);
          good++;
          expect(learnt.encodeInputs(train as never).data.every(Number.isFinite)).toBe(true);
          expect(learnt.encodeInputs(test as never).data.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ChainruleError);
        }
      }),
      { numRuns: runs(3000) },
    );
    expect(good).toBeGreaterThan(0);
  });
});
