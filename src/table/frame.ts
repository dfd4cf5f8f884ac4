import { fail, isArray } from "../core/errors.js";
import { nearest } from "../core/options.js";
import { Column } from "./column.js";

/** A table by its columns. */
export interface Frame {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** Columns of a table, at most. */
const MOST_COLUMNS = 100_000;

/**
 * Checks a list of rows.
 * @throws `ChainruleError` `type` for what is no list of objects, `shape` for one without rows
 */
export function checkRows(rows: unknown, where: string): readonly Readonly<Record<string, unknown>>[] {
  const remedy = 'write [{ width: 0.2, species: "setosa" }, …], or parseCsv(text)';
  if (!isArray(rows)) return fail("type", where, "a list of rows, which are objects", rows, remedy);
  if (rows.length === 0) return fail("shape", where, "at least one row", rows);
  for (let n = 0; n < rows.length; n++)
    if (typeof rows[n] !== "object" || rows[n] === null || isArray(rows[n]))
      fail("type", `${where}[${n}]`, "a row, which is an object", rows[n], remedy);
  return rows as readonly Readonly<Record<string, unknown>>[];
}

/** The names of the columns, in the order in which the rows bring them. */
function namesOf(rows: readonly Readonly<Record<string, unknown>>[], where: string): string[] {
  const names = new Set<string>();
  for (const row of rows)
    for (const name in row) {
      if (names.has(name) || !Object.hasOwn(row, name)) continue;
      if (name === "__proto__") fail("name", where, "other names of columns", name, "rename that column");
      if (names.add(name).size > MOST_COLUMNS) fail("shape", where, `at most ${MOST_COLUMNS} columns`, names.size);
    }
  return [...names];
}

/** All columns of these rows; of those that are not to be read the cells are gaps, whatever stands there. */
export function frameOf(given: unknown, where: string, isIgnored?: (name: string) => boolean): Frame {
  const rows = checkRows(given, where);
  const isRead = (name: string): boolean => !isIgnored?.(name);
  const wanted = namesOf(rows, where).map((name) => ({ name }));
  return columnsOf(rows, wanted, isRead);
}

/** Whether a row has such a column, of its own or by its class; what every object has, such as toString, is none. */
const hasCell = (row: Readonly<Record<string, unknown>>, name: string): boolean =>
  Object.hasOwn(row, name) || (name in row && typeof row[name] !== "function");

/** Rows that are looked at for one column after another: they stay in the processor's cache. */
const SOME = 64;

function columnsOf(
  rows: readonly Readonly<Record<string, unknown>>[],
  wanted: readonly Wanted[],
  isRead: (name: string) => boolean = () => true,
): Frame {
  const columns = wanted.map(({ name, words }) => new Column(name, rows.length, words));
  const toRead = columns.map(({ name }) => isRead(name));
  for (let first = 0; first < rows.length; first += SOME) {
    const end = Math.min(rows.length, first + SOME);
    columns.forEach((column, i) => {
      const { name } = column;
      for (let n = first; n < end; n++) {
        const row = rows[n]!;
        const cell = toRead[i] ? row[name] : undefined;
        column.add(typeof cell === "function" && !Object.hasOwn(row, name) ? undefined : cell);
      }
    });
  }
  return { rows: rows.length, columns: new Map(columns.map((column) => [column.name, column])) };
}

/** A column that is asked for; with `words`, those that are told apart. */
export interface Wanted {
  readonly name: string;
  readonly words?: readonly string[] | undefined;
}

/**
 * The columns that are asked for.
 * @throws `ChainruleError` `name` for one that no row has
 */
export function pickFrame(given: unknown, wanted: readonly Wanted[], where: string): Frame {
  const rows = checkRows(given, where);
  for (const { name } of wanted)
    if (!rows.some((row) => hasCell(row, name))) failName(name, namesOf(rows, where), where);
  return columnsOf(rows, wanted);
}

/** @throws `ChainruleError` `name`, for a column that is not there */
export function failName(name: string, names: readonly string[], where: string): never {
  const near = nearest(name, names);
  const remedy = near ? `rename ${near}, or was it meant?` : "give that column too, with null where it is not known";
  return fail("name", where, `a column ${JSON.stringify(name)}`, names.join(", ").slice(0, 200), remedy);
}

/** These rows of a table. */
export const rowsOf = (frame: Frame, rows: Uint32Array): Frame => ({
  rows: rows.length,
  columns: new Map([...frame.columns].map(([name, column]) => [name, column.pick(rows)])),
});
