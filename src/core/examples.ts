import type { NumberArray } from "./numbers.js";
import type { Floats } from "./tensor.js";

// What users give.

/** Rows of numbers in one typed array: element (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  /** The numbers, row by row. */
  readonly data: Floats;
  /** How many rows, and how many numbers in each. */
  readonly shape: readonly [rows: number, columns: number];
}

/** One example: a flat list of numbers. */
export type Example = readonly number[] | NumberArray;

/** Many examples: a list of them, or a matrix with a row for each. */
export type Batch = readonly Example[] | Matrix;

/** What a network takes. */
export type Input = Example | Batch;

/** What a network is compared with: a row or a class index for an example; for a batch a list of them, or a matrix. */
export type Target = number | Example | readonly (number | Example)[] | Matrix;
