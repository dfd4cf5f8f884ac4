import { createReadStream } from "node:fs";
import { ChainruleError, fail, Phrase } from "../core/errors.js";
import { Column } from "../table/column.js";
import { checkCount, CsvReader, type Fields, namesIn, separatorOf, withoutMark } from "../table/csv.js";
import type { Frame } from "../table/frame.js";
import { called } from "./model.js";

/** Characters that are read before the separator is looked for. */
const BEGINNING = 0x1_0000;
const PIECE = 0x10_0000;
/** Columns of a file, at most. */
const MOST_COLUMNS = 100_000;

/**
 * The text of a file, in pieces; the first is long enough to find the separator in it.
 * @throws {@link ChainruleError} `value` for what can't be read, or is no UTF-8
 */
async function* piecesOf(file: string): AsyncGenerator<string> {
  const stream: AsyncIterable<Uint8Array> =
    file === "-" ? process.stdin : createReadStream(file, { highWaterMark: PIECE });
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      return fail("value", called(file), "text in UTF-8", new Phrase("another encoding"), "save it as CSV in UTF-8");
    }
  };
  let beginning = "";
  let isBegun = false;
  try {
    for await (const bytes of stream) {
      const piece = decode(bytes);
      if (isBegun) yield piece;
      else beginning += piece;
      if (isBegun || beginning.length <= BEGINNING) continue;
      isBegun = true;
      yield beginning;
    }
  } catch (error) {
    if (error instanceof ChainruleError) throw error;
    const got = new Phrase((error as Error).message);
    fail("value", called(file), "a file that can be read", got, "give the path of a file of CSV", { cause: error });
  }
  yield (isBegun ? "" : beginning) + decode();
}

/** What is done with a file of CSV. */
export interface Reading {
  /** The names in the first row, that row, and what divides the fields. */
  onHeader(names: readonly string[], row: Fields, separator: string): void;
  /** Every other row. */
  onRow(row: Fields): void;
  /** Between two pieces of the file, when a reader may want to wait; `false` ends the reading. */
  onPiece?(): Promise<boolean>;
}

/**
 * Reads a file of CSV in pieces, whatever its size.
 * @throws {@link ChainruleError} as `parseCsv`, with the name of the file
 */
export async function readCsv(file: string, { onHeader, onRow, onPiece }: Reading): Promise<void> {
  let names: readonly string[] | undefined;
  let reader: CsvReader | undefined;
  const start = (separator: string): CsvReader =>
    new CsvReader(separator, (row) => {
      if (names) {
        checkCount(row, names.length);
        return onRow(row);
      }
      names = namesIn(row);
      if (names.length > MOST_COLUMNS) fail("shape", "the header", `at most ${MOST_COLUMNS} columns`, names.length);
      onHeader(names, row, separator);
    });
  try {
    for await (const piece of piecesOf(file)) {
      const text = reader ? piece : withoutMark(piece);
      reader ??= start(separatorOf(text));
      reader.push(text);
      if (onPiece && !(await onPiece())) return;
    }
    reader?.end();
    if (!names) fail("shape", "the text", "a line with the names of the columns", new Phrase("none"));
    await onPiece?.();
  } catch (error) {
    if (!(error instanceof ChainruleError) || !/^(?:line \d|the (?:header|text))/.test(error.where)) throw error;
    const { code, where, expected, got, remedy } = error;
    fail(code, `${called(file)}, ${where}`, expected, new Phrase(got), remedy, { cause: error });
  }
}

/**
 * The table in a file of CSV, by its columns: numbers and codes of words, no text of rows.
 * @throws {@link ChainruleError} as {@link readCsv}
 */
export async function readFrame(file: string): Promise<Frame> {
  const columns: Column[] = [];
  let rows = 0;
  await readCsv(file, {
    onHeader: (names) => void columns.push(...names.map((name) => new Column(name))),
    onRow(row) {
      for (let i = 0; i < columns.length; i++) columns[i]!.addField(row, i);
      rows++;
    },
  });
  return { rows, columns: new Map(columns.map((column) => [column.name, column])) };
}
