import { type Column, GAP } from "./column.js";
import type { Frame } from "./frame.js";

/** Bins of a column of numbers, of as many rows each. */
const BINS = 20;
/** Rows below which nothing is said of a column. */
const ENOUGH = 20;

/**
 * The group of each row, for a question of what a column says alone: its word, or the bin of its number, gaps by themselves.
 * Numbers of no more than 20 different values are words here.
 */
export function groupsOf(column: Column, isNumber: boolean): Int32Array {
  const { codes, numbers, length } = column;
  if (!isNumber || (column.isComplete && column.present.length <= BINS)) return codes.slice();
  const groups = new Int32Array(length).fill(GAP);
  const order = Uint32Array.from({ length }, (_, n) => n).filter((n) => !Number.isNaN(numbers[n]!));
  order.sort((a, b) => numbers[a]! - numbers[b]!);
  order.forEach((row, place) => {
    const before = order[place - 1];
    const isTie = before !== undefined && numbers[row] === numbers[before]; // equal numbers are never divided
    groups[row] = isTie ? groups[before]! : Math.floor((BINS * place) / order.length);
  });
  return groups;
}

/**
 * How much of the classes a column explains alone, of what there is to explain: 0 for no more than the most frequent class
 * does, 1 for all. Each row is guessed by the most frequent class of the *other* rows of its group, so that words of a
 * single row explain nothing.
 */
export function explainsClasses(groups: Int32Array, places: ArrayLike<number>): number {
  const counts = new Map<number, Map<number, number>>();
  const all = new Map<number, number>();
  groups.forEach((group, n) => {
    const place = places[n]!;
    const inGroup = counts.get(group) ?? counts.set(group, new Map()).get(group)!;
    inGroup.set(place, (inGroup.get(place) ?? 0) + 1);
    all.set(place, (all.get(place) ?? 0) + 1);
  });
  const rows = groups.length;
  const most = Math.max(...all.values());
  if (rows < ENOUGH || rows - most < ENOUGH / 4) return 0;
  let right = 0;
  for (const inGroup of counts.values()) {
    const [first = 0, second = 0] = [...inGroup.values()].sort((a, b) => b - a);
    if (first - 1 > second) right += first;
  }
  return (right - most) / (rows - most);
}

/**
 * How much of a number a column explains alone: R² of the mean of the *other* rows of its group, or of the straight line
 * through its numbers, whichever is larger.
 */
export function explainsNumbers(
  groups: Int32Array,
  truth: ArrayLike<number>,
  numbers: Float64Array | undefined,
): number {
  const rows = groups.length;
  if (rows < ENOUGH) return 0;
  const sums = new Map<number, { count: number; sum: number }>();
  let total = 0;
  groups.forEach((group, n) => {
    const found = sums.get(group) ?? sums.set(group, { count: 0, sum: 0 }).get(group)!;
    found.count++;
    found.sum += truth[n]!;
    total += truth[n]!;
  });
  const mean = total / rows;
  let [errors, squares] = [0, 0];
  groups.forEach((group, n) => {
    const { count, sum } = sums.get(group)!;
    const y = truth[n]!;
    const error = y - (count > 1 ? (sum - y) / (count - 1) : mean);
    errors += error * error;
    squares += (y - mean) * (y - mean);
  });
  if (squares === 0) return 0;
  return Math.max(1 - errors / squares, numbers ? r2OfLine(numbers, truth) : 0);
}

/** r² of the rows that have a number; 0 if some have none. */
function r2OfLine(numbers: Float64Array, truth: ArrayLike<number>): number {
  const rows = numbers.length;
  const meanX = numbers.reduce((sum, x) => sum + x / rows, 0);
  const meanY = numbers.reduce((sum, _, n) => sum + truth[n]! / rows, 0);
  let [xx, xy, yy] = [0, 0, 0];
  numbers.forEach((x, n) => {
    xx += (x - meanX) * (x - meanX);
    xy += (x - meanX) * (truth[n]! - meanY);
    yy += (truth[n]! - meanY) * (truth[n]! - meanY);
  });
  const r2 = (xy / xx) * (xy / yy);
  return Number.isFinite(r2) ? r2 : 0;
}

/**
 * How many of the rows that are tested also stand, cell for cell, in another part: what was learnt from is then asked for.
 * @param parts the part that each row is in: 0 for training and 1 for testing, or the number of its fold
 * @param isTested whether the rows of a part are tested
 */
export function countDuplicates(
  { columns, rows }: Frame,
  names: readonly string[],
  parts: ArrayLike<number>,
  isTested: (part: number) => boolean,
): number {
  // Of too many values to be told apart, which are numbers, the numbers.
  const cells = names
    .map((name) => columns.get(name)!)
    .map(({ codes, numbers, isComplete }) => (isComplete ? codes : numbers));
  const bits = new Float64Array(1);
  const halves = new Int32Array(bits.buffer);
  const hashOf = (row: number): number => {
    let hash = 0x811c9dc5; // FNV-1a, of 32 bits at a time
    for (const column of cells) {
      bits[0] = column[row]!;
      hash = Math.imul(hash ^ halves[0]!, 0x01000193);
      hash = Math.imul(hash ^ halves[1]! ^ (hash >>> 15), 0x01000193);
    }
    return (hash ^ (hash >>> 13)) >>> 0;
  };
  const areAlike = (a: number, b: number): boolean => cells.every((column) => Object.is(column[a], column[b]));
  let size = 64;
  while (size < 2 * rows) size *= 2;
  const table = new Int32Array(size).fill(-1); // the first of the rows that are alike
  const firstOf = new Int32Array(rows);
  const isMixed = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    let at = hashOf(row) & (size - 1);
    while (table[at]! >= 0 && !areAlike(table[at]!, row)) at = (at + 1) & (size - 1);
    if (table[at]! < 0) table[at] = row;
    const first = (firstOf[row] = table[at]!);
    if (parts[row] !== parts[first]) isMixed[first] = 1;
  }
  return firstOf.reduce((count, first, row) => count + Number(isMixed[first]! && isTested(parts[row]!)), 0);
}
