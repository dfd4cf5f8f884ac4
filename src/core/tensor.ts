import { fail } from "./errors.js";

/** The precision a network computes in. */
export type DType = "float32" | "float64";

/** A typed array of either precision. */
export type Floats = Float32Array | Float64Array;

/**
 * An empty typed array of a precision.
 * @throws {@link ChainruleError} `size` if there is no memory for it
 */
export function floats(dtype: DType, length: number): Floats {
  try {
    return new (dtype === "float32" ? Float32Array : Float64Array)(length);
  } catch (cause) {
    return fail("size", "numbers", "as many as fit in memory", length, "give fewer", { cause });
  }
}

/** Numbers as a user may give them: a list, a list of lists, or a typed array. */
export type Numbers = readonly number[] | readonly (readonly number[])[] | Floats;

/**
 * A matrix in the planned memory of a network, row by row.
 * Read `data` anew in each call: the memory moves when a larger batch arrives.
 */
export interface Tensor {
  /** Rows in use; a work tensor has one for each example of the latest batch. */
  readonly rows: number;
  /** Numbers in a row. */
  readonly columns: number;
  /** The first `rows · columns` elements are in use; element (i, j) is `data[i * columns + j]`. */
  readonly data: Floats;
}
