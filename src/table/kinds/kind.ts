import type { Column, Value } from "../column.js";

/** What was learnt of a column, as data: all that is needed to make inputs of its cells. */
export interface LearntOf<Name extends string> {
  /** What sort of column it is. */
  readonly kind: Name;
  /** The column's name. */
  readonly column: string;
}

/** Cells of a column that are not as those it was learnt from. */
export interface Unusual {
  /** Cells without a value, of a column that had none of these. */
  gaps: number;
  /** Cells that cannot be read as the column is: words that it has not, or what is no number. */
  unseen: number;
  /** Numbers outside the range. */
  outside: number;
}

/** Counts a cell from which no value can be read; a gap is nothing unusual where there have been gaps. */
export function countMissing(unusual: Unusual, isGap: boolean, flagged: boolean): void {
  if (!isGap) unusual.unseen++;
  else if (!flagged) unusual.gaps++;
}

/** Where the numbers of a column go: row n of them begins at `data[n * width + at]`. */
export interface Place {
  readonly data: Float64Array;
  readonly width: number;
  readonly at: number;
}

/** Writes the inputs of the rows from `start` up to `end`. */
export type Encoder = (start: number, end: number) => void;

/** How the cells of a column become inputs. */
export interface Kind<Learnt, Options> {
  /** Learns a column, of which some cells have a value. */
  learn(column: Column, options: Options): Learnt;
  /** What each input is called. */
  inputs(learnt: Learnt): readonly string[];
  /** What writes the inputs of rows, in the place of zeros, and counts what is unusual in them. */
  encoder(learnt: Learnt, column: Column, to: Place, unusual: Unusual): Encoder;
  /** What the column was understood as, in a few words. */
  describe(learnt: Learnt): string;
}

/** Words in a readable order: numbers by their size, before other words by their signs. */
export function sorted<V extends Value>(values: readonly V[]): V[] {
  const rank = (value: V): number => (value === "" ? NaN : Number(value));
  return [...values].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y) && x !== y) return x - y;
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    const [s, t] = [String(a), String(b)];
    return s < t ? -1 : Number(s > t);
  });
}

/** A number in few digits. */
export const short = (value: number): string => String(Number(value.toPrecision(4)));

/** The end of a range: a whole number in full, for `short` would make one of two years or times. */
export const end = (value: number): string => (Number.isSafeInteger(value) ? String(value) : short(value));
