import { describe, expect, it, test } from "vitest";
import { ChainruleError } from "chainrule";
import { category, fitTable, ignore, learnColumns, number, parseCsv, split, tableModel, toText } from "chainrule/table";
import { readColumnsDocument } from "../../src/table/document.js";

// What columns, targets, documents and texts do at their limits.

type Row = Record<string, unknown>;
const times = (count: number, row: (i: number) => Row): Row[] => Array.from({ length: count }, (_, i) => row(i));
const learn = (rows: readonly Row[], options: object = {}) =>
  learnColumns(rows as readonly Record<string, string>[], { target: "y", ...options } as { target: string });

describe("more words than are told apart", () => {
  const rows = times(10_050, (i) => ({ w: `word ${i}`, x: i % 7, y: i % 2 }));

  it("are left out, and refused if they are asked for", () => {
    expect(learn(rows).leftOut).toEqual([{ column: "w", why: "it has more than 10000 different words" }]);
    expect(() => learn(rows, { columns: { w: category } })).toThrow("column w expected at most 10000 different words");
  });

  it("can be no target", () => {
    expect(() => learnColumns(rows, { target: "w" })).toThrow(ChainruleError);
  });
});

describe("numbers, more than are told apart", () => {
  it("and some cells that are none are numbers still, and it is said", () => {
    const rows = times(3000, (i) => ({ x: i === 2900 ? "unknown" : i * 1.5, y: i % 2 }));
    const columns = learn(rows);
    expect(columns.used[0]!.as).toContain("numbers from 0 to 4499");
    expect(columns.notes.join()).toContain("1 cells are no numbers: gaps");
  });

  it("and gaps of every sort are gaps", () => {
    const gaps = [null, "NA", "", NaN, new Date(NaN)];
    const rows = times(2000, (i) => ({ x: i % 50 ? i * 1.5 : gaps[(i / 50) % 5], y: i % 2 }));
    expect(learn(rows).inputs).toEqual(["x", "x is missing"]);
  });
});

describe("a target", () => {
  const rows = times(40, (i) => ({ x: i * 1.5, y: ["a", "b", "c"][i % 3] }));

  test.each<[object, RegExp]>([
    [{ y: ignore }, /target y expected number or category, got ignore/],
    [{ y: category({ positive: "a" }) }, /positive expected two classes, got 3/],
    [{ y: category({ positive: "z" }) }, /positive expected one of a, b, c/],
  ])("refuses %j", (columns, message) => {
    expect(() => learn(rows, { columns })).toThrow(message);
  });

  it("takes NA for a gap among numbers, and for a word among words", () => {
    expect(learn(times(40, (i) => ({ x: i * 1.5, y: i % 9 ? String(i % 5) : "NA" }))).task).toBe("numbers");
    expect(learn(times(40, (i) => ({ x: i * 1.5, y: i % 9 ? "a" : "NA" }))).classes).toEqual(["NA", "a"]);
  });

  it("whose numbers are none is refused with its row", () => {
    const columns = learn(times(40, (i) => ({ x: i * 1.5, y: (i * 7) % 11 })));
    expect(() => columns.encode([{ x: 1, y: "seven" }] as never)).toThrow(
      /rows\[0\]\.y expected a number, got "seven"/,
    );
  });

  it("of values that read alike is one class: 1 and the text of it", () => {
    const columns = learn(
      times(40, (i) => ({ x: i * 1.5, y: [1, "1", 2, "NA"][i % 4] })),
      { columns: { y: category } },
    );
    expect(columns.classes).toEqual([1, 2]);
    expect([...(columns.encode([{ x: 1, y: "2" }] as never).targets as Uint32Array)]).toEqual([1]);
    expect(() => columns.encode([{ x: 1, y: "NA" }] as never)).toThrow(/an answer, got a gap/);
  });

  it("that no row has an answer to cannot be judged", async () => {
    const { model } = await fitTable(rows, { target: "y", seed: 1, epochs: 2 });
    expect(() => model.evaluate([{ x: 1, y: null }])).toThrow(/rows with an answer, got none/);
    expect(() => model.evaluate([{ x: 1, y: "d" }])).toThrow(/learn the columns with rows of that class too/);
  });
});

describe("a document of columns", () => {
  const columns = learn(times(40, (i) => ({ x: i * 1.5, w: i % 3 ? "p" : "q", y: i % 2 }))).toJSON();
  const numeric = learn(times(40, (i) => ({ x: i * 1.5, y: (i * 7) % 11 }))).toJSON();

  test.each<[string, unknown, RegExp]>([
    ["a column that is none", { ...columns, columns: [3] }, /columns\[0\]/],
    ["counts of other classes", { ...columns, targets: [{ ...columns.targets[0], counts: [1] }] }, /counts/],
    ["several classes", { ...columns, several: true }, /targets expected/],
    [
      "two targets for one answer",
      { ...numeric, targets: [numeric.targets[0], { ...numeric.targets[0], column: "z" }] },
      /several/,
    ],
    ["two columns of one name", { ...columns, columns: [columns.columns[0], columns.columns[0]] }, /columns/],
    ["another form", { ...columns, format: "x" }, /what columns.toJSON\(\) gave/],
  ])("with %s is refused", (_, document, message) => {
    expect(() => readColumnsDocument(document, "columns")).toThrow(message);
  });
});

describe("the text of a report", () => {
  it("of several numbers is that of each", async () => {
    const rows = times(60, (i) => ({ x: i * 1.5, a: (i * 7) % 11, b: i * i })) as { x: number; a: number; b: number }[];
    const { model } = await fitTable(rows, { target: ["a", "b"], seed: 1, epochs: 3 });
    const text = toText(model.evaluate(rows));
    expect(text).toContain("a, a number, on 60 rows");
    expect(text).toContain("\n\nb, a number, on 60 rows");
  });

  it("of many classes leaves the table out, and names six columns at most in which something is unusual", async () => {
    const names = Array.from({ length: 9 }, (_, i) => `c${i}`);
    const rows = times(120, (i) => ({ ...Object.fromEntries(names.map((name, j) => [name, ((i + 2) * (j + 3)) % 17])), y: `k${i % 24}` })); // prettier-ignore
    const { model } = await fitTable(rows as Record<string, string>[], { target: "y", seed: 1, epochs: 2 });
    const odd = rows.map((row) => ({ ...row, ...Object.fromEntries(names.map((name) => [name, 999])) }));
    const text = toText(model.evaluate(odd as never));
    expect(text).not.toContain("target \\ predicted");
    expect(text).toMatch(/c4 \(120 outside the range\), and 4 columns more$/);
    const gaps = toText(model.evaluate(rows.map((row) => ({ ...row, c0: null, c1: "?" })) as never));
    expect(gaps).toContain("c0 (120 gaps), c1 (120 gaps)");
  });

  it("of a model without a linear one has no line for it", () => {
    const rows = times(20, (i) => ({ x: i, y: (i * 7) % 11 })) as { x: number; y: number }[];
    const columns = learnColumns(rows, { target: "y", columns: { x: number } });
    const network = { inputSize: 1, outputSize: 1, predict: ({ shape }: { shape: [number, number] }) => ({ data: new Float64Array(shape[0]), shape }) }; // prettier-ignore
    expect(toText(tableModel(columns, network).evaluate(rows))).not.toContain("linear");
  });
});

describe("other arguments", () => {
  it("of parseCsv", () => {
    expect(() => parseCsv("a\n1", 3 as never)).toThrow("parseCsv columns expected an object");
    expect(() => parseCsv("a\n1", { b: "number" } as never)).toThrow("names among a");
    expect(parseCsv('a,b\n"x ""y""",1\nz,"2"\n"p ""q""","r ""s"""\n').map((row) => Object.values(row))).toEqual([
      ['x "y"', "1"],
      ["z", "2"],
      ['p "q"', 'r "s"'],
    ]);
  });

  it("of split: rows without the column are a group of their own", () => {
    const rows = times(20, (i) => (i % 2 ? { x: i, g: "a" } : { x: i }));
    const [train, test] = split(rows, { test: 0.5, group: "g" as never });
    expect([train, test].map((part) => new Set(part.map((row) => row.g)).size)).toEqual([1, 1]);
  });
});
