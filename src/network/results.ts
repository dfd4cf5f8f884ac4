import { kindOfArray } from "../core/numbers.js";
import { fail, isArray } from "../core/errors.js";
import type { Matrix } from "../core/examples.js";
import { readOption } from "../core/options.js";
import type { PlannedTensor } from "../core/memory.js";
import type { DType, Floats } from "../core/tensor.js";
import type { Form } from "./reader.js";

const OUT = ["out"] as const;

/** Something that holds results in the form in which the examples came. */
export type Results = number[] | number[][] | Floats | Matrix;

/**
 * Room for results: the option `{ out }`, the first of those named, or something fresh of a form.
 * @throws {@link ChainruleError} `option` for another option, `type` or `shape` for an array that doesn't fit
 */
export function openResults(
  form: Form,
  rows: number,
  columns: number,
  dtype: DType,
  options?: unknown,
  where = "",
  names: readonly [string, ...string[]] = OUT,
): Results {
  const View = dtype === "float32" ? Float32Array : Float64Array;
  const out = readOption(where, options, names);
  if (out !== undefined) {
    if (isViewOf(out, View) && out.length === rows * columns) return out;
    fail(isViewOf(out, View) ? "shape" : "type", `${where} out`, `new ${View.name}(${rows * columns})`, out);
  }
  if (form === "row") return new Array<number>(columns);
  if (form === "rows") return [];
  return form === "floats" ? new View(columns) : { data: new View(rows * columns), shape: [rows, columns] };
}

/** Whether a value is a typed array of a kind, of this realm or another. */
const isViewOf = (value: unknown, View: { readonly name: string; new (length: number): Floats }): value is Floats =>
  value instanceof View || kindOfArray(value) === View.name;

/** Copies the rows of a tensor to a result, from row `start` on. */
export function fillResults(results: Results, form: Form, from: PlannedTensor, start = 0): Results {
  const columns = from.columns,
    rows = from.rows,
    data = from.floats;
  if (!isArray(results)) {
    const to = ArrayBuffer.isView(results) ? results : results.data;
    for (let i = 0; i < rows * columns; i++) to[start * columns + i] = data[i]!;
  } else if (form === "row") {
    for (let i = 0; i < columns; i++) results[i] = data[i]!;
  } else {
    for (let n = 0; n < rows; n++)
      (results as number[][]).push(Array.from(data.subarray(n * columns, (n + 1) * columns)));
  }
  return results;
}

/** Whether examples, or some of them, lie in a buffer. */
export function liesIn(examples: unknown, buffer: ArrayBufferLike): boolean {
  if (ArrayBuffer.isView(examples)) return examples.buffer === buffer;
  return isArray(examples)
    ? examples.some((row) => ArrayBuffer.isView(row) && row.buffer === buffer)
    : liesIn((examples as Matrix).data, buffer);
}
