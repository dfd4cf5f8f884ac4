import { visible } from "../core/visible.js";
import { type Column, GAP } from "../table/column.js";
import type { LearntColumns } from "../table/columns.js";
import type { Frame } from "../table/frame.js";
import { end } from "../table/kinds/kind.js";
import { choose, isOfNumbers } from "../table/rules.js";

const LONGEST = 40; // characters of a name or an example

/** A text of a file as it may be shown: nothing in it acts, and it is not too long. */
export function shown(text: string, longest = LONGEST): string {
  const signs = [...visible(text.slice(0, 4 * longest))];
  return signs.length > longest ? `${signs.slice(0, longest - 1).join("")}…` : signs.join("");
}

/** Rows of cells as lines, each column as wide as its widest. */
export function linesOf(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const pad = (cell: string, i: number): string =>
    right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
  return rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd());
}

const looks = { number: "numbers", category: "words", flag: "yes or no" };

/** What a column looks like, how many different values it has, how many gaps, and one of its values. */
function describeCells(column: Column): { looks: string; distinct: string; gaps: number; example: string } {
  const { codes, numbers, values } = column;
  const choice = choose(column);
  const areNumbers = isOfNumbers(values);
  const isGap = (n: number): boolean => (!areNumbers ? codes[n] === GAP : Number.isNaN(numbers[n]!));
  let gaps = 0;
  for (let n = 0; n < column.length; n++) gaps += Number(isGap(n));
  return {
    looks: "leftOut" in choice ? `to be left out: ${choice.leftOut}` : looks[choice.kind],
    distinct: column.isComplete ? String(values.length) : `over ${values.length}`,
    gaps,
    example: values.length ? shown(String(values[0]), 24) : "",
  };
}

/** All columns of a table, a line each. */
export function listColumns({ columns, rows }: Frame): string[] {
  const lines = [...columns.values()].map((column) => {
    const { looks, distinct, gaps, example } = describeCells(column);
    return [shown(column.name), distinct, String(gaps), example, looks];
  });
  const head = ["column", "different", "gaps", "example", "looks like"];
  return [`${columns.size} columns, ${rows} rows`, "", ...linesOf([head, ...lines], [1, 2])];
}

/** What is predicted, in a few words. */
export function describeTarget({ document }: LearntColumns): string {
  const [target] = document.targets;
  if (target!.kind === "number") return `a number from ${end(target!.least)} to ${end(target!.most)}`;
  const { classes, counts } = target!;
  const some = classes.slice(0, 12).map((answer, i) => `${shown(String(answer), 24)} (${counts[i]!})`);
  return `one of ${classes.length} classes: ${some.join(", ")}${classes.length > 12 ? ", …" : ""}`;
}

/** Different numbers of a target that may have been meant as classes. */
const FEW = 20;

/** What is to be said of numbers that may have been meant as classes; nothing of others. */
export function hintOf(target: Column, { task }: LearntColumns): string[] {
  const count = target.present.length;
  const isFew = task === "numbers" && target.isComplete && count <= FEW;
  return isFew ? [`it has ${count} different numbers: if they are classes, write --task classify`] : [];
}

/** What was understood of each column, in the order of the file. */
export function understanding(columns: LearntColumns, order: readonly string[]): [name: string, as: string][] {
  const said = new Map<string, string>(columns.used.map(({ column, as }) => [column, as]));
  for (const { column, why } of columns.leftOut) said.set(column, `left out: ${why}`);
  return order.flatMap((name) => (said.has(name) ? [[name, said.get(name)!] as [string, string]] : []));
}
