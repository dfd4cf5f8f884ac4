import { fail, Phrase } from "../core/errors.js";
import { type DType, type Floats, floats } from "../core/tensor.js";
import type { Reader } from "./reader.js";

/** Numbers that are read in one go: in well below a millisecond. */
const SLICE = 65536;

/** Reads the data of a fit slice by slice, so that the event loop can turn in between. */
export class Slices {
  /** All rows, one after another, when all slices have been read. */
  data: Floats;
  rows = 0;
  #start = 0;
  readonly #limit: number;

  /** `read` has the reader read rows from a place on, at most so many, and returns how many those are. */
  constructor(
    private readonly reader: Reader,
    private readonly columns: number,
    private readonly dtype: DType,
    private readonly read: (start: number, limit: number) => number,
  ) {
    this.data = reader.data;
    this.#limit = Math.ceil(SLICE / columns);
  }

  /**
   * Reads a slice; returns whether there is another.
   * @throws {@link ChainruleError} as the reader, and `shape` if there are more or fewer rows than at first
   */
  next(): boolean {
    const { reader, columns } = this;
    const start = this.#start;
    const count = this.read(start, this.#limit);
    const { rows } = reader;
    if (start === 0) {
      this.rows = rows;
      this.data = count === rows ? reader.data : floats(this.dtype, rows * columns);
    } else if (rows !== this.rows) {
      const got = new Phrase(`${rows} while they are read`);
      fail("shape", "fit", `${this.rows} rows, as at first`, got, "leave the data alone while fit reads it");
    }
    if (this.data !== reader.data) this.data.set(reader.data.subarray(0, count * columns), start * columns);
    this.#start += count;
    return this.#start < rows;
  }
}
