import { fail } from "../core/errors.js";
import { fieldOf, type Fields } from "./csv.js";
import { numeral, numeralOf, saysNothing } from "./numeral.js";

/** What may stand in a row: a number, a word, yes or no, a date; `null`, `undefined`, `NaN` and `""` are gaps. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** What a cell holds that is no gap. */
export type Value = string | number | boolean;

/** The code of a gap, and that of a value that is not told apart from others. */
export const GAP = -1;
export const UNSEEN = -2;

/** Different values of a column that are told apart, of numbers alone fewer; beyond them it can only be one of numbers. */
export const MOST = 10_000;
const MOST_NUMBERS = 1000;

/** The number that a value is; NaN if it is none. */
export const numberOf = (value: Value): number =>
  typeof value === "number" ? value : typeof value === "string" ? numeral(value) : Number(value);

const SPACE = 32;

/** Texts and their places, found by their characters where they stand: no text need be cut out to ask for it. */
class Texts {
  private readonly places: number[] = [];
  private readonly starts: number[] = [0]; // in `pool`, and where the last one ends
  private pool = new Uint16Array(256);
  private slots = new Int32Array(64).fill(-1); // open addressing

  constructor(values: readonly Value[]) {
    values.forEach((value, place) => {
      if (typeof value === "string") this.add(value, place);
    });
  }

  /** FNV-1a, of two characters at a time. */
  private slotOf(chars: Uint16Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    let i = from;
    for (; i + 1 < to; i += 2) hash = Math.imul(hash ^ (chars[i]! | (chars[i + 1]! << 16)), 0x01000193);
    if (i < to) hash = Math.imul(hash ^ chars[i]!, 0x01000193);
    hash ^= hash >>> 16; // a second character has moved only higher bits
    hash = Math.imul(hash, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & (this.slots.length - 1);
  }

  /** The place of these characters, or −1. */
  find(chars: Uint16Array, from: number, to: number): number {
    const { pool, slots, starts } = this;
    for (let slot = this.slotOf(chars, from, to); ; slot = (slot + 1) & (slots.length - 1)) {
      const at = slots[slot]!;
      if (at < 0) return -1;
      let i = starts[at]!;
      if (starts[at + 1]! - i !== to - from) continue;
      let k = from;
      while (k < to && pool[i] === chars[k]) {
        i++;
        k++;
      }
      if (k === to) return this.places[at]!;
    }
  }

  add(word: string, place: number): void {
    const start = this.starts.at(-1)!;
    const end = start + word.length;
    if (end > this.pool.length) {
      const pool = new Uint16Array(2 * end);
      pool.set(this.pool);
      this.pool = pool;
    }
    for (let i = 0; i < word.length; i++) this.pool[start + i] = word.charCodeAt(i);
    this.starts.push(end);
    const count = this.places.push(place);
    if (2 * count <= this.slots.length) return this.put(count - 1);
    this.slots = new Int32Array(2 * this.slots.length).fill(-1);
    for (let at = 0; at < count; at++) this.put(at);
  }

  private put(at: number): void {
    let slot = this.slotOf(this.pool, this.starts[at]!, this.starts[at + 1]!);
    while (this.slots[slot]! >= 0) slot = (slot + 1) & (this.slots.length - 1);
    this.slots[slot] = at;
  }
}

/** A column of a table: each cell as a number, and as the place of its value in a list. */
export class Column {
  length = 0;
  private ownNumbers: Float64Array;
  private ownCodes: Int32Array;
  private readonly places = new Map<Value, number>();
  private texts: Texts | null = null;
  private doubled: Texts | null = null; // as they stand, with doubled quotes
  private areNumbers = true;
  /** The number of each different value, so that a word that comes often is read once. */
  private readonly numberOfPlace: number[] = [];
  /** The different values, in the order in which they came. */
  readonly values: Value[] = [];
  /** Whether all its values are told apart: they are not too many. */
  isComplete = true;
  /** Whether any is. */
  private isTold = true;

  /** With `words`, no others are told apart. */
  constructor(
    readonly name: string,
    rows = 64,
    private readonly words?: readonly string[],
  ) {
    this.ownNumbers = new Float64Array(rows);
    this.ownCodes = new Int32Array(rows);
    words?.forEach((word) => this.place(word));
    if (words?.length === 0) this.isTold = false;
  }

  /** The number of each cell; NaN where there is none. */
  get numbers(): Float64Array {
    return this.ownNumbers.subarray(0, this.length);
  }

  /** The place of each cell in `values`, or {@link GAP} or {@link UNSEEN}. */
  get codes(): Int32Array {
    return this.ownCodes.subarray(0, this.length);
  }

  /** Those of the values that stand in it: all, but in a part of a column. Of too many numbers some that came first. */
  get present(): Value[] {
    if (!this.isTold) return [...this.values];
    const isThere = new Uint8Array(this.values.length);
    for (const code of this.codes) if (code >= 0) isThere[code] = 1;
    return this.values.filter((_, code) => isThere[code] === 1);
  }

  /** Whether values that are new get a place of their own. */
  private get isOpen(): boolean {
    return this.words === undefined && this.isComplete;
  }

  private place(value: Value): number {
    const place = this.values.push(value) - 1;
    const number = numberOf(value);
    this.places.set(value, place);
    if (this.texts && typeof value === "string") this.texts.add(value, place);
    this.numberOfPlace.push(number);
    this.areNumbers &&= !Number.isNaN(number);
    return place;
  }

  private write(number: number, code: number): void {
    if (this.length === this.ownNumbers.length) this.grow();
    this.ownNumbers[this.length] = number;
    this.ownCodes[this.length++] = code;
  }

  private grow(): void {
    const numbers = new Float64Array(2 * this.length);
    const codes = new Int32Array(2 * this.length);
    numbers.set(this.ownNumbers);
    codes.set(this.ownCodes);
    this.ownNumbers = numbers;
    this.ownCodes = codes;
  }

  private addValue(value: Value): void {
    const place = this.isTold ? this.places.get(this.words ? String(value) : value) : undefined;
    if (place !== undefined) return this.write(this.numberOfPlace[place]!, place);
    if (this.isOpen) {
      if (this.values.length < (this.areNumbers ? MOST_NUMBERS : MOST)) {
        const fresh = this.place(value);
        return this.write(this.numberOfPlace[fresh]!, fresh);
      }
      this.isComplete = false;
      if (this.areNumbers) this.forgetPlaces();
    }
    const number = numberOf(value);
    this.write(number, Number.isNaN(number) && saysNothing(value) ? GAP : UNSEEN);
  }

  /** Of too many numbers none is told apart, so that equal ones are alike. */
  private forgetPlaces(): void {
    this.isTold = false;
    for (let i = 0; i < this.length; i++) if (this.ownCodes[i]! >= 0) this.ownCodes[i] = UNSEEN;
  }

  /**
   * Adds a cell of a row of objects.
   * @throws `ChainruleError` `type` for what can't be in a table
   */
  add(cell: unknown): void {
    if (typeof cell === "number" || typeof cell === "bigint") {
      const number = Number(cell);
      if (Number.isNaN(number)) this.write(NaN, GAP);
      else if (Number.isFinite(number)) this.addValue(number);
      else fail("value", `row ${this.length}, ${this.name}`, "a finite number", cell, "write null for a gap");
    } else if (typeof cell === "string") {
      const first = cell.charCodeAt(0); // NaN if it is empty
      if (!(first > SPACE && first < 127) && cell.trim() === "") this.write(NaN, GAP);
      else this.addValue(cell);
    } else if (cell === undefined || cell === null) this.write(NaN, GAP);
    else if (typeof cell === "boolean") this.addValue(cell);
    else if (cell instanceof Date) {
      if (Number.isNaN(cell.getTime())) this.write(NaN, GAP);
      else this.addValue(cell.toISOString());
    } else {
      const expected = "a number, a text, true or false, a date, or null";
      fail("type", `row ${this.length}, ${this.name}`, expected, cell, "take it apart into columns of its own");
    }
  }

  /** Adds a field of a row of CSV. A text is cut out only if it is another one than before. */
  addField(row: Fields, index: number): void {
    const { text, chars, bounds, doubled } = row;
    const from = bounds[2 * index]!;
    const to = bounds[2 * index + 1]!;
    if (from === to) return this.write(NaN, GAP);
    if (chars[from]! <= SPACE) return this.add(fieldOf(row, index));
    if (doubled.length > 0 && doubled[index]) return this.addDoubled(row, index, from, to);
    if (this.isTold) {
      this.texts ??= new Texts(this.values);
      const place = this.texts.find(chars, from, to);
      if (place >= 0) return this.write(this.numberOfPlace[place]!, place);
      if (this.isOpen) return this.addValue(text.slice(from, to));
    }
    const number = numeralOf(chars, from, to, text, from);
    if (Number.isNaN(number)) this.addValue(text.slice(from, to));
    else this.write(number, UNSEEN);
  }

  /** Adds a field in which quotes are doubled. */
  private addDoubled(row: Fields, index: number, from: number, to: number): void {
    this.doubled ??= new Texts([]);
    const known = this.doubled.find(row.chars, from, to);
    if (known >= 0 && this.isTold) return this.write(this.numberOfPlace[known]!, known);
    this.add(fieldOf(row, index));
    const place = this.ownCodes[this.length - 1]!;
    if (place >= 0) this.doubled.add(row.text.slice(from, to), place);
  }

  /** The column of these rows alone. */
  pick(rows: Uint32Array): Column {
    const picked = new Column(this.name, Math.max(1, rows.length), this.words);
    picked.length = rows.length;
    picked.isComplete = this.isComplete;
    picked.isTold = this.isTold;
    for (let at = 0; at < rows.length; at++) {
      picked.ownNumbers[at] = this.ownNumbers[rows[at]!]!;
      picked.ownCodes[at] = this.ownCodes[rows[at]!]!;
    }
    if (!this.words) for (const value of this.values) picked.place(value);
    return picked;
  }
}
