import type { Answered, Measured } from "../../table/folds.js";
import { rowsOf } from "../../table/frame.js";
import { importance } from "../../table/importance.js";
import { percent } from "../../table/to-text.js";
import { bar, thinned } from "./charts.js";
import { paragraph, section, table, text } from "./parts.js";

/** Rows by which the importance of columns is found, at most, and columns that are shown. */
const MOST_ROWS = 5000;
const MOST_COLUMNS = 50;

/** By how much the score falls on rows that were not seen, the mean of the parts. */
function importances({ parts }: Measured, { frame }: Answered): { column: string; fall: number; deviation: number }[] {
  const sums = new Map<string, { fall: number; square: number }>();
  const tested = parts.reduce((sum, { test }) => sum + test.length, 0);
  for (const { test, fitted } of parts) {
    const rows = Uint32Array.from(thinned([...test], Math.ceil((MOST_ROWS * test.length) / tested)));
    const { classes, target } = fitted.model.columns;
    const { values, codes, numbers } = frame.columns.get(target)!;
    const known = classes && new Set((classes as readonly unknown[]).map(String));
    const judged = rows.filter((row) => !known || known.has(String(values[codes[row]!]))); // others have no right answer
    if (judged.length === 0) continue;
    if (!classes && judged.every((row) => numbers[row] === numbers[judged[0]!])) continue; // there is no R²
    for (const found of importance(fitted.model, rowsOf(frame, judged))) {
      const sum = sums.get(found.column) ?? { fall: 0, square: 0 };
      const share = test.length / tested;
      sum.fall += share * found.importance;
      sum.square += share * found.deviation * found.deviation;
      sums.set(found.column, sum);
    }
  }
  const all = [...sums].map(([column, { fall, square }]) => ({ column, fall, deviation: Math.sqrt(square) }));
  return all.sort((a, b) => b.fall - a.fall);
}

/** What the model makes use of, as a section of the page. */
export function importanceSection(measured: Measured, answered: Answered): string {
  const all = importances(measured, answered);
  const most = Math.max(...all.map(({ fall }) => fall), 0) || 1;
  const isClasses = answered.whole.task === "classes";
  const write = (value: number): string => (isClasses ? percent(value) : value.toFixed(3));
  const rows = all
    .slice(0, MOST_COLUMNS)
    .map(({ column, fall, deviation }) => [text(column), bar(fall / most), `${write(fall)} ± ${write(deviation)}`]);
  return section(
    "What it makes use of",
    table({
      caption: `By how much ${isClasses ? "the share of right rows" : "R²"} falls when the cells of a column are shuffled`,
      kind: "figures",
      head: ["column", "", "falls by"],
      rows,
    }),
    ...(all.length > MOST_COLUMNS
      ? [paragraph(`${all.length - MOST_COLUMNS} columns more make less of a difference.`)]
      : []),
    '<p class="note">Columns that say the same share what they are worth: each of them may look useless.</p>',
  );
}
