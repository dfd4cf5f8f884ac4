import { fail, Phrase } from "../core/errors.js";
import { type DType, type Floats, floats } from "../core/tensor.js";
import { type Abortable, hear } from "../train/aborted.js";
import type { Ticker } from "../train/ticker.js";
import type { Reader } from "./reader.js";
import { viewsOf } from "./rows.js";

/** Numbers that are read in one go: in well below a millisecond. */
const SLICE = 65536;

/** Reads the data of a fit slice by slice, so that the event loop can turn in between. */
class Slices {
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

/** Readers of examples and of their targets. */
export interface Readers {
  readonly input: Reader;
  readonly target: Reader;
  readonly inputSize: number;
  readonly targetSize: number;
  readonly dtype: DType;
}

/** The numbers of examples and their targets, row by row. */
export interface Examples {
  readonly rows: number;
  readonly inputs: Floats;
  /** Room for views of the rows of wide inputs. */
  readonly views: (Floats | undefined)[] | null;
  readonly targets: Floats;
}

/**
 * Reads examples and their targets, whatever their form, and gives way to the event loop in between.
 * @throws {@link ChainruleError} `type`, `shape` or `value`; `aborted`
 */
export async function readExamples(
  { input, target, inputSize, targetSize, dtype }: Readers,
  inputs: unknown,
  targets: unknown,
  where: string,
  ticker: Ticker,
  signal: Abortable | undefined,
): Promise<Examples> {
  const giveWay = async (): Promise<void> => {
    await ticker.tick();
    hear(signal);
  };
  const x = new Slices(input, inputSize, dtype, (start, limit) => input.read(inputs, `${where} inputs`, start, limit));
  while (x.next()) if (ticker.look()) await giveWay();
  const { rows } = x;
  const t = new Slices(target, targetSize, dtype, (start, limit) =>
    target.readTargets(targets, input.single, rows, `${where} targets`, start, limit),
  );
  while (t.next()) if (ticker.look()) await giveWay();
  return { rows, inputs: x.data, views: viewsOf(rows, inputSize), targets: t.data };
}
