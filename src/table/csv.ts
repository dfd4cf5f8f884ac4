import { ask, fail, isArray, Phrase } from "../core/errors.js";
import { isPlainObject, nearest } from "../core/options.js";
import { visible } from "../core/visible.js";
import { numeral } from "./numeral.js";

/** What a column of a CSV file holds: numbers, text as it stands, or one of a few words. */
export type CsvColumn = "number" | "text" | readonly string[];

/** A row of a CSV file with such columns. */
export type RowOf<S extends Readonly<Record<string, CsvColumn>>> = {
  -readonly [K in keyof S]: S[K] extends "number" ? number : S[K] extends readonly string[] ? S[K][number] : string;
};

const QUOTE = 34;
const LINE_FEED = 10;
const RETURN = 13;
const SEPARATORS = [",", ";", "\t", "|"] as const;
/** Characters by which the separator is found. */
const BEGINNING = 0x1_0000;
/** Characters that are read at once. */
const PIECE = 0x10_0000;
/** Characters of a row, at most. */
const LONGEST = 0x100_0000;

/** The fields of a row: field i is `text.slice(bounds[2 * i], bounds[2 * i + 1])`, or what `unquoted` makes of it. */
export interface Fields {
  readonly text: string;
  /** The characters of `text`. */
  readonly chars: Uint16Array;
  /** Where each field begins and ends, without its quotes. */
  readonly bounds: number[];
  /** Whether a quote inside a quoted field is doubled; only as long as there are such fields. */
  readonly doubled: boolean[];
  count: number;
  /** The line where the row begins, counted from 1. */
  line: number;
}

/** A field as it was meant. */
export function fieldOf({ text, bounds, doubled }: Fields, index: number): string {
  const said = text.slice(bounds[2 * index], bounds[2 * index + 1]);
  return doubled[index] ? said.replaceAll('""', '"') : said;
}

/**
 * Reads the rows of a text that may come in pieces. A row is told when its line has ended; empty lines are no rows.
 * Source: RFC 4180.
 */
export class CsvReader {
  private rest = "";
  private line = 1;
  /** By which a text of ASCII is taken apart in a quarter of the time of `charCodeAt`. */
  private readonly encoder = new TextEncoder();
  private bytes = new Uint8Array(0);
  private readonly fields: { -readonly [K in keyof Fields]: Fields[K] } = {
    text: "",
    chars: new Uint16Array(0),
    bounds: [],
    doubled: [],
    count: 0,
    line: 1,
  };

  constructor(
    private readonly separator: string,
    private readonly onRow: (row: Fields) => void,
  ) {}

  /**
   * Reads a piece of whatever size, up to the last row that is whole.
   * @throws `ChainruleError` `value` for a row that is too long, or what follows a closing quote
   */
  push(piece: string): void {
    for (let from = 0; from < piece.length; from += PIECE) {
      const text = this.rest + piece.slice(from, from + PIECE);
      this.rest = text.slice(this.read(text, false));
      if (this.rest.length > LONGEST)
        fail(
          "value",
          `line ${this.line}`,
          "a row below 16 MB",
          new Phrase("more"),
          "look for a quote that is not closed",
        );
    }
  }

  /**
   * Reads what is left.
   * @throws `ChainruleError` `value` for a quote that is not closed
   */
  end(): void {
    this.read(this.rest, true);
    this.rest = "";
  }

  /** The characters of a text, and a line feed behind them. */
  private charsOf(text: string): Uint16Array {
    const { length } = text;
    let { chars } = this.fields;
    if (chars.length <= length) {
      chars = this.fields.chars = new Uint16Array(length + (length >> 2) + 1);
      this.bytes = new Uint8Array(chars.length);
    }
    const { read, written } = this.encoder.encodeInto(text, this.bytes);
    if (read === length && written === length) chars.set(this.bytes.subarray(0, length));
    else for (let i = 0; i < length; i++) chars[i] = text.charCodeAt(i);
    chars[length] = LINE_FEED;
    return chars;
  }

  /** Reads the rows of a text and returns where the first one begins that is not whole. */
  private read(text: string, isLast: boolean): number {
    const { fields, onRow } = this;
    const separator = this.separator.charCodeAt(0);
    const highest = Math.max(separator, RETURN); // beyond it no character ends a field
    const { length } = text;
    const { bounds, doubled } = fields;
    const chars = this.charsOf(text);
    fields.text = text;
    let start = 0; // of the row
    let at = 0;
    let lines = 0; // within quotes, in this row
    let count = 0;
    let hasDoubled = false;
    while (at < length || (count > 0 && isLast)) {
      let code = chars[at]!; // behind the end a line feed
      if (code === QUOTE) {
        const from = ++at;
        let isDoubled = false;
        for (;;) {
          at = text.indexOf('"', at);
          if (at < 0) return isLast ? failQuote(this.line) : start;
          if (chars[at + 1] !== QUOTE) break;
          isDoubled = true;
          at += 2;
        }
        if (at + 1 === length && !isLast) return start; // the other half of a doubled quote may come
        for (let i = text.indexOf("\n", from); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) lines++;
        bounds[2 * count] = from;
        bounds[2 * count + 1] = at++;
        doubled[count] = isDoubled;
        hasDoubled ||= isDoubled;
        code = chars[at]!;
        if (code !== separator && code !== LINE_FEED && code !== RETURN) failAfterQuote(this.line, text, at);
      } else {
        bounds[2 * count] = at;
        while (code > highest || (code !== separator && code !== LINE_FEED && code !== RETURN)) code = chars[++at]!;
        bounds[2 * count + 1] = at;
        if (hasDoubled) doubled[count] = false;
      }
      count++;
      if (code === separator) {
        at++;
        if (at < length || !isLast) continue;
        bounds[2 * count] = bounds[2 * count + 1] = at; // an empty field ends the text
        if (hasDoubled) doubled[count] = false;
        count++;
      } else if (at === length && !isLast) return start;
      // The line has ended.
      if (code === RETURN) {
        if (at + 1 === length && !isLast) return start;
        at++;
        if (at < length && chars[at] === LINE_FEED) at++;
      } else at++;
      if (count > 1 || bounds[1]! > start) {
        fields.count = count;
        fields.line = this.line;
        onRow(fields);
      }
      if (hasDoubled) doubled.length = 0;
      hasDoubled = false;
      this.line += 1 + lines;
      lines = 0;
      count = 0;
      start = at;
    }
    return start;
  }
}

const failQuote = (line: number): never =>
  fail(
    "value",
    `line ${line}`,
    "a closing quote",
    new Phrase("the end of the text"),
    'close it; a quote inside is written ""',
  );

const failAfterQuote = (line: number, text: string, at: number): never =>
  fail("value", `line ${line}`, "a separator after the closing quote", text[at], 'a quote inside is written ""');

/** The separator that divides the first lines of a text into as many fields each, and more than any other does. */
export function separatorOf(text: string): string {
  const beginning = text.slice(0, BEGINNING);
  let best = "";
  let most = 1;
  for (const separator of SEPARATORS) {
    const counts: number[] = [];
    const reader = new CsvReader(separator, ({ count }) => counts.push(count));
    const isReadable = ask(() => {
      reader.push(beginning);
      if (beginning.length === text.length) reader.end();
      return true;
    }, false);
    const [first = 0] = counts;
    if (isReadable && first > most && counts.every((count) => count === first)) {
      most = first;
      best = separator;
    }
  }
  const [header = ""] = beginning.split(/[\r\n]/, 1); // if rows differ, it decides, and the reader says where
  const times = (separator: string): number => header.split(separator).length;
  return best || SEPARATORS.reduce((a, b) => (times(b) > times(a) ? b : a));
}

/** A text without the mark of its byte order. */
export const withoutMark = (text: string): string => (text.startsWith("\uFEFF") ? text.slice(1) : text);

/**
 * The names in the first row.
 * @throws `ChainruleError` `name` for one that stands there twice
 */
export function namesIn(row: Fields): string[] {
  const names = Array.from({ length: row.count }, (_, i) => fieldOf(row, i).trim() || `column ${i + 1}`);
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "__proto__") fail("name", "the header", "other names", name, "rename that column");
    if (seen.has(name))
      fail(
        "name",
        "the header",
        "a name of its own for each column",
        name,
        "rename one; the first line has to hold the names",
      );
    seen.add(name);
  }
  return names;
}

/** @throws `ChainruleError` `shape` for a row with more or fewer fields than there are names */
export function checkCount({ count, line }: Fields, due: number): void {
  if (count !== due) {
    const remedy = count < due ? "fill the row up with separators" : "put a field with a separator inside in quotes";
    fail("shape", `line ${line}`, `${due} fields, as the header has`, new Phrase(String(count)), remedy);
  }
}

/**
 * Reads a text of CSV into rows, an object each, with the names of the header. Without `columns` every field is text, as it
 * stands: `""` is a gap. With `columns`, only these are read, and each is checked: `"number"` gives numbers (NaN for a
 * gap), `"text"` text, and a list of words one of them.
 *
 * The separator is found: comma, semicolon, tab or bar. Fields may stand in quotes, with `""` for a quote inside; lines end
 * as they like; a byte order mark is passed over, and so are empty lines.
 * @throws `ChainruleError` `shape` with the line for a row with more or fewer fields than the header; `value` for a quote
 * that is not closed, or a field that is not what its column holds; `name` for two columns of one name, or a column that
 * is not there; `type` for what is no text
 * @example
 * ```ts
 * import { parseCsv } from "chainrule/table";
 *
 * const text = "width,species\n0.2,setosa\n1.4,versicolor\n";
 * parseCsv(text)[0]; // { width: "0.2", species: "setosa" }
 * const rows = parseCsv(text, { width: "number", species: ["setosa", "versicolor", "virginica"] });
 * rows[1]!.width; // 1.4
 * ```
 */
export function parseCsv(text: string): Record<string, string>[];
export function parseCsv<const S extends Readonly<Record<string, CsvColumn>>>(text: string, columns: S): RowOf<S>[];
export function parseCsv(text: string, columns?: Readonly<Record<string, CsvColumn>>): Record<string, unknown>[] {
  if (typeof text !== "string") fail("type", "parseCsv", "the text of a file", text, 'read it first, as "utf8"');
  if (columns !== undefined && !isPlainObject(columns))
    fail("type", "parseCsv columns", "an object", columns, 'write { width: "number" }');
  const said = withoutMark(text);
  const rows: Record<string, unknown>[] = [];
  let names: string[] | undefined;
  let template: Readonly<Record<string, unknown>> = {};
  let reads: readonly (readonly [name: string, at: number, read: Read])[] = [];
  const reader = new CsvReader(separatorOf(said), (row) => {
    if (!names) {
      names = namesIn(row);
      reads = columns ? readsOf(columns, names) : names.map((name, at) => [name, at, fieldOf]);
      template = Object.fromEntries(reads.map(([name]) => [name, ""])); // a copy of it is made faster than a row anew
      return;
    }
    checkCount(row, names.length);
    const record: Record<string, unknown> = { ...template };
    for (const [name, at, read] of reads) record[name] = read(row, at);
    rows.push(record);
  });
  reader.push(said);
  reader.end();
  return rows;
}

type Read = (row: Fields, at: number) => unknown;

function readsOf(columns: Readonly<Record<string, CsvColumn>>, names: readonly string[]) {
  return Object.entries(columns).map(([name, column]): [string, number, Read] => {
    const at = names.indexOf(name);
    if (at < 0) {
      const better = nearest(name, names);
      fail("name", "parseCsv columns", `names among ${names.join(", ")}`, name, better && `write ${better}`);
    }
    return [name, at, readOf(name, column)];
  });
}

function readOf(name: string, column: CsvColumn): Read {
  if (column === "text") return fieldOf;
  const failField = (row: Fields, expected: string, got: string): never =>
    fail("value", `line ${row.line}, ${visible(name)}`, expected, got, 'mend it, or read the column as "text"');
  if (column === "number")
    return (row, at) => {
      const said = fieldOf(row, at);
      const value = numeral(said);
      return Number.isNaN(value) && said.trim() ? failField(row, "a number", said) : value;
    };
  if (!isArray(column))
    return fail("value", `parseCsv columns ${name}`, '"number", "text" or a list of words', column, 'write "text"');
  const words = new Set(column);
  return (row, at) => {
    const said = fieldOf(row, at);
    return words.has(said) ? said : failField(row, `one of ${column.join(", ")}`, said);
  };
}
