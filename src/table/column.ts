import { fail } from "../core/errors.js";
import { fieldOf, type Fields } from "./csv.js";
import { numeral } from "./numeral.js";

/** What may stand in a row: a number, a word, yes or no, a date; `null`, `undefined`, `NaN` and `""` are gaps. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** What a cell holds that is no gap. */
export type Value = string | number | boolean;

/** The code of a gap, and that of a word that is not among those of the column. */
export const GAP = -1;
export const UNSEEN = -2;

/** Different values of a column that are told apart; beyond them it can only be one of numbers. */
export const MOST = 10_000;

/** The number that a value is; NaN if it is none. */
export const numberOf = (value: Value): number =>
  typeof value === "number" ? value : typeof value === "string" ? numeral(value) : Number(value);

/** A column of a table: each cell as a number, and as the place of its value in a list. */
export class Column {
  length = 0;
  private room: number;
  private ownNumbers: Float64Array;
  private ownCodes: Int32Array | null;
  private readonly places = new Map<Value, number>();
  /** The number of each different value, so that a word that comes often is read once. */
  private readonly numberOfPlace: number[] = [];
  /** The different values, in the order in which they came. */
  readonly values: Value[] = [];

  /** With `words`, no others are told apart. */
  constructor(
    readonly name: string,
    rows = 64,
    private readonly words?: readonly string[],
  ) {
    this.room = rows;
    this.ownNumbers = new Float64Array(rows);
    this.ownCodes = new Int32Array(rows);
    words?.forEach((word) => this.place(word));
  }

  /** The number of each cell; NaN where there is none. */
  get numbers(): Float64Array {
    return this.ownNumbers.subarray(0, this.length);
  }

  /** The place of each cell in `values`, or {@link GAP} or {@link UNSEEN}; null if there are too many to tell apart. */
  get codes(): Int32Array | null {
    return this.ownCodes && this.ownCodes.subarray(0, this.length);
  }

  /** Those of the values that stand in it: all, but in a part of a column. */
  get present(): Value[] {
    const isThere = new Uint8Array(this.values.length);
    for (const code of this.codes ?? []) if (code >= 0) isThere[code] = 1;
    return this.codes ? this.values.filter((_, code) => isThere[code] === 1) : this.values;
  }

  private place(value: Value): number {
    const place = this.values.push(value) - 1;
    this.places.set(value, place);
    this.numberOfPlace.push(numberOf(value));
    return place;
  }

  private write(number: number, code: number): void {
    if (this.length === this.room) this.grow();
    this.ownNumbers[this.length] = number;
    if (this.ownCodes) this.ownCodes[this.length] = code;
    this.length++;
  }

  private grow(): void {
    this.room *= 2;
    const numbers = new Float64Array(this.room);
    numbers.set(this.ownNumbers);
    this.ownNumbers = numbers;
    if (!this.ownCodes) return;
    const codes = new Int32Array(this.room);
    codes.set(this.ownCodes);
    this.ownCodes = codes;
  }

  private addValue(value: Value): void {
    if (!this.ownCodes) return this.write(numberOf(value), GAP);
    const place = this.places.get(this.words ? String(value) : value);
    if (place !== undefined) return this.write(this.numberOfPlace[place]!, place);
    if (this.words) return this.write(numberOf(value), UNSEEN);
    if (this.values.length === MOST) {
      this.ownCodes = null;
      return this.write(numberOf(value), GAP);
    }
    const fresh = this.place(value);
    this.write(this.numberOfPlace[fresh]!, fresh);
  }

  /**
   * Adds a cell of a row of objects.
   * @throws `ChainruleError` `type` for what can't be in a table
   */
  add(cell: unknown): void {
    if (typeof cell === "number") {
      if (Number.isNaN(cell)) this.write(NaN, GAP);
      else this.addValue(cell);
    } else if (typeof cell === "string") {
      if (cell.trim() === "") this.write(NaN, GAP);
      else this.addValue(cell);
    } else if (cell === undefined || cell === null) this.write(NaN, GAP);
    else if (typeof cell === "boolean") this.addValue(cell);
    else if (typeof cell === "bigint") this.addValue(Number(cell));
    else if (cell instanceof Date) {
      if (Number.isNaN(cell.getTime())) this.write(NaN, GAP);
      else this.addValue(cell.toISOString());
    } else {
      const where = `row ${this.length}, ${this.name}`;
      fail(
        "type",
        where,
        "a number, a text, true or false, a date, or null",
        cell,
        "take it apart into columns of its own",
      );
    }
  }

  /** Adds a field of a row of CSV. No text is cut out where a number is enough. */
  addField(row: Fields, index: number): void {
    if (this.ownCodes) return this.add(fieldOf(row, index));
    this.write(numeral(row.text, row.bounds[2 * index], row.bounds[2 * index + 1]), GAP);
  }

  /** The column of these rows alone. */
  pick(rows: Uint32Array): Column {
    const picked = new Column(this.name, Math.max(1, rows.length), this.words);
    picked.length = rows.length;
    rows.forEach((row, at) => {
      picked.ownNumbers[at] = this.ownNumbers[row]!;
    });
    if (this.ownCodes) rows.forEach((row, at) => void (picked.ownCodes![at] = this.ownCodes![row]!));
    else picked.ownCodes = null;
    if (!this.words) for (const value of this.values) picked.place(value);
    return picked;
  }
}
