import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChainruleError } from "chainrule";
import { parseCsv } from "chainrule/table";
import { Column, GAP, UNSEEN } from "../../src/table/column.js";
import { CsvReader, fieldOf } from "../../src/table/csv.js";
import { numeral } from "../../src/table/numeral.js";
import { runs } from "../support/random-cases.js";

const errorOf = (act: () => unknown): ChainruleError => {
  try {
    act();
  } catch (error) {
    if (error instanceof ChainruleError) return error;
    throw error;
  }
  throw new Error("no error");
};

/** A field as RFC 4180 writes it; `always` in quotes, or only where it must be. */
const write = (field: string, separator: string, always: boolean): string =>
  always || field === "" || /["\r\n]/.test(field) || field.includes(separator)
    ? `"${field.replaceAll('"', '""')}"`
    : field;

const field = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('"', ",", ";", "\n", "\r", "a", " "), maxLength: 5 }),
  fc.double().map(String),
);
const table = fc
  .record({
    width: fc.integer({ min: 2, max: 5 }),
    rows: fc.array(fc.array(field, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
    separator: fc.constantFrom(",", ";", "\t", "|"),
    end: fc.constantFrom("\n", "\r\n", "\r"),
    always: fc.boolean(),
    hasLastEnd: fc.boolean(),
  })
  .map(({ width, rows, separator, end, always, hasLastEnd }) => {
    const cells = rows.map((row) => row.slice(0, width));
    const lines = cells.map((row) => row.map((each) => write(each, separator, always)).join(separator));
    return { cells, separator, text: lines.join(end) + (hasLastEnd ? end : "") };
  });

const readIn = (pieces: readonly string[], separator: string): string[][] => {
  const rows: string[][] = [];
  const reader = new CsvReader(separator, (row) =>
    rows.push(Array.from({ length: row.count }, (_, i) => fieldOf(row, i))),
  );
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return rows;
};

describe("the reader of CSV", () => {
  it("gives the fields that were written, in whatever pieces the text comes", () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat({ max: 60 }), { maxLength: 5 }), ({ cells, separator, text }, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, i) => text.slice(places[i], place));
        expect(readIn([text], separator)).toEqual(cells);
        expect(readIn(pieces, separator)).toEqual(cells);
        expect(readIn([...text], separator)).toEqual(cells);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("tells the line where a row begins, lines within quotes counted", () => {
    const lines: number[] = [];
    const reader = new CsvReader(",", ({ line }) => lines.push(line));
    reader.push('a,b\n"x\ny\n",1\n\n2,3\r\n4,5');
    reader.end();
    expect(lines).toEqual([1, 2, 6, 7]);
  });

  it.each(["plain", "größer", "😀 and ½"])("gives the same of a long text at once: %s", (word) => {
    const due = Array.from({ length: 90_000 }, (_, n) => [`${n}`, `${word} ${n % 7}`, n % 3 ? "" : 'a ""b""\n,']);
    const text = due.map((row) => row.map((each) => write(each, ",", false)).join(",")).join("\n");
    expect(text.length).toBeGreaterThan(1 << 20);
    expect(readIn([text], ",")).toEqual(due);
  });

  it("does not read on and on for a quote that is not closed", () => {
    const reader = new CsvReader(",", () => undefined);
    const piece = "x".repeat(1 << 20);
    reader.push('a,"');
    const error = errorOf(() => {
      for (let i = 0; i < 64; i++) reader.push(piece);
    });
    expect(error.message).toMatch(/line 1 expected a row below 16 MB.*quote/);
  });
});

describe("a column", () => {
  const cell = fc.oneof(
    fc.constantFrom("a", "ab", "abc", "abd", "b", " a", "", "NA", "1", "1.0", "-1.5", "1e3", 'say "no"', 'say ""no""'),
    fc.string({ unit: fc.constantFrom("a", "b", "0", "1"), maxLength: 3 }),
  );

  it("holds the same of the fields of a file, where they stand, as of the texts of rows", () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 200 }), (cells) => {
        const [fromFile, fromRows] = [new Column("it"), new Column("it")];
        const reader = new CsvReader(",", (row) => fromFile.addField(row, 0));
        reader.push(cells.map((each) => `${write(each, ",", each === "" || each.includes('"'))},\n`).join(""));
        reader.end();
        for (const each of cells) fromRows.add(each);
        expect(fromFile.numbers).toEqual(fromRows.numbers);
        expect(fromFile.codes).toEqual(fromRows.codes);
        expect(fromFile.values).toEqual(fromRows.values);
        fromRows.codes.forEach((code, n) => code >= 0 && expect(fromRows.values[code]).toBe(cells[n]));
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("a column of many different numbers", () => {
  const cells = Array.from({ length: 3000 }, (_, n) => String(n % 1500)); // each of them early and late
  cells[2500] = "NA";
  cells[2600] = "a word";

  it.each(["file", "rows"])("tells none apart, so that equal ones are alike: from a %s", (source) => {
    const column = new Column("it");
    if (source === "rows") for (const each of cells) column.add(each);
    else {
      const reader = new CsvReader(",", (row) => column.addField(row, 0));
      reader.push(cells.map((each) => `${each},\n`).join(""));
      reader.end();
    }
    expect(column.isComplete).toBe(false);
    expect([...column.codes]).toEqual(cells.map((each) => (each === "NA" ? GAP : UNSEEN)));
    expect([...column.numbers]).toEqual(cells.map(Number));
    expect(column.present.every((value) => Number(value) < 1500)).toBe(true);
    expect(column.present.length).toBeGreaterThan(0);
    const part = column.pick(Uint32Array.of(2999, 1499, 2500));
    expect([...part.numbers]).toEqual([1499, 1499, NaN]);
    expect([...part.codes]).toEqual([UNSEEN, UNSEEN, GAP]);
    expect(part.present).toEqual(column.present);
  });
});

describe("parseCsv", () => {
  it.each([
    ["comma", "a,b\n1,2\n"],
    ["semicolon, with decimal commas", "a;b\n1,5;2,5\n"],
    ["tab", "a\tb\n1\t2"],
    ["bar", "a|b\n1|2"],
    ["byte order mark and CRLF", "\uFEFFa,b\r\n1,2\r\n"],
    ["empty lines", "\n\na,b\n\n1,2\n\n"],
    ["the other separators in quotes", '"a",b\n"1;2;3;4;5",x\n'],
  ])("finds the separator: %s", (_, text) => {
    const rows = parseCsv(text);
    expect(rows).toHaveLength(1);
    expect(Object.keys(rows[0]!)).toEqual(["a", "b"]);
  });

  it("keeps strings as they stand; the empty one is a gap", () => {
    expect(parseCsv('n,id,word\n 1 ,007,"say ""hi"""\n,,\n')).toEqual([
      { n: " 1 ", id: "007", word: 'say "hi"' },
      { n: "", id: "", word: "" },
    ]);
  });

  it("reads a single column, and gives a name to one without", () => {
    expect(parseCsv("a\n1\n2\n")).toEqual([{ a: "1" }, { a: "2" }]);
    expect(parseCsv(",a\n0,x\n")).toEqual([{ "column 1": "0", a: "x" }]);
  });

  it("reads columns as it is told, and those alone", () => {
    const rows = parseCsv("w,s,rest\n0.2,a,x\n,b,y\n", { s: ["a", "b"], w: "number" });
    expect(rows).toEqual([
      { s: "a", w: 0.2 },
      { s: "b", w: NaN },
    ]);
  });

  it.each([
    ["a,b\n1\n", /line 2 expected 2 fields, as the header has, got 1: fill the row up/],
    ["a,b\n1,2\n1,2,3\n", /line 3 expected 2 fields.*got 3: put a field with a separator inside in quotes/],
    ['a,b\n"1,2\n', /line 2 expected a closing quote/],
    ['a,b\n"1"x,2\n', /line 2 expected a separator after the closing quote, got "x"/],
    ["a,a\n1,2\n", /header expected a name of its own for each column, got "a"/],
    ["__proto__,a\n1,2\n", /rename that column/],
  ])("refuses %j", (text, message) => {
    expect(errorOf(() => parseCsv(text)).message).toMatch(message);
  });

  it("refuses what a column does not hold, with its line", () => {
    const text = "w,s\n0.2,a\nwide,c\n";
    expect(errorOf(() => parseCsv(text, { w: "number" })).message).toMatch(/line 3, w expected a number, got "wide"/);
    expect(errorOf(() => parseCsv(text, { s: ["a", "b"] })).message).toMatch(/line 3, s expected one of a, b, got "c"/);
    expect(errorOf(() => parseCsv(text, { width: "number" })).message).toMatch(/names among w, s, got "width"/);
    expect(errorOf(() => parseCsv(text, { w: "int" as never })).message).toMatch(/"number", "text" or a list/);
    expect(errorOf(() => parseCsv(1 as never)).code).toBe("type");
  });

  it("never changes the prototype of anything", () => {
    const rows = parseCsv("constructor,toString\n1,2\n");
    expect(Object.getPrototypeOf(rows[0]!)).toBe(Object.prototype);
    expect(rows[0]).toEqual({ constructor: "1", toString: "2" });
  });
});

describe("numeral", () => {
  it("is the number that Number reads, to the last bit", () => {
    const written = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.integer(), fc.nat({ max: 25 })).map(([a, b]) => `${a}.${"0".repeat(b)}${Math.abs(a)}`),
      fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.nat({ max: 17 })).map(([x, d]) => x.toFixed(d)),
      fc
        .tuple(fc.maxSafeInteger(), fc.nat({ max: 16 }), fc.integer({ min: -40, max: 40 }))
        .map(([a, at, power]) => `${String(a).slice(0, at)}.${String(a).slice(at)}e${power}`),
      fc.string({ unit: fc.constantFrom(..."0123456789.+-eE "), maxLength: 22 }),
    );
    fc.assert(
      fc.property(written, (text) => {
        const said = text.trim();
        const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(said) && Number.isFinite(Number(said));
        expect(numeral(text)).toBe(isNumber ? Number(said) : NaN);
        expect(numeral(`x${text}7`, 1, 1 + text.length)).toBe(numeral(text));
      }),
      { numRuns: runs(20_000) },
    );
  });

  it.each([
    "",
    " ",
    "-",
    ".",
    "1e",
    "1e+",
    "1e-",
    "+",
    "e5",
    ".e5",
    "1.2.3",
    "1e5x",
    "1e1.5",
    "1e999",
    "1e99999999999999999999",
    "Infinity",
    "0x10",
    "1,5",
    "1 2",
    "--1",
    "1_000",
    "１",
    "NaN",
  ])("reads none in %j", (text) => {
    expect(numeral(text)).toBe(NaN);
  });

  it("is not slow for long digits that are none", () => {
    expect(numeral(`${"1".repeat(1_000_000)}x`)).toBe(NaN);
  });
});
