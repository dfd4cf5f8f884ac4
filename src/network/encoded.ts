import { ask, fail, isArray } from "../core/errors.js";
import { show } from "../core/numbers.js";
import { isPlainObject } from "../core/options.js";
import { type DType, type Floats, floats } from "../core/tensor.js";

/** Numbers of which JSON would lose a bit: it has no −0. */
export interface EncodedNumbers {
  /** The precision of the numbers. */
  readonly dtype: DType;
  /** Rows and columns, or a length. */
  readonly shape: readonly number[];
  /** Their bytes, row by row, the low byte of a number first, in base64. */
  readonly data: string;
}

const isSingle = (dtype: DType): boolean => dtype === "float32";
const bytesOf = (dtype: DType): number => (isSingle(dtype) ? 4 : 8);

/** Whether some number is −0. */
export const holdsMinusZero = (numbers: Floats): boolean => {
  for (let i = 0; i < numbers.length; i++) if (Object.is(numbers[i], -0)) return true;
  return false;
};

/** Numbers in base64. */
export function encode(numbers: Floats, shape: readonly number[]): EncodedNumbers {
  const dtype = numbers instanceof Float32Array ? "float32" : "float64";
  const size = bytesOf(dtype);
  const bytes = new Uint8Array(size * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((value: number, i: number) =>
    isSingle(dtype) ? view.setFloat32(i * size, value, true) : view.setFloat64(i * size, value, true),
  );
  return { dtype, shape: [...shape], data: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
}

/**
 * What {@link encode} gave, as numbers; anything else as it is.
 * @throws {@link ChainruleError} `shape` for those of another shape, `value` for bytes that are not those of so many numbers
 */
export function decode(given: unknown, due: readonly number[], where: string): unknown {
  if (!isPlainObject(given) || !Object.hasOwn(given, "data")) return given;
  const { dtype, shape, data } = given;
  const isShape = isArray(shape) && shape.length === due.length && due.every((size, i) => shape[i] === size);
  if (!isShape) fail("shape", `${where} shape`, show(due), shape);
  const count = due.reduce((product, size) => product * size, 1);
  if (dtype !== "float32" && dtype !== "float64") fail("value", `${where} dtype`, '"float32" or "float64"', dtype);
  const size = bytesOf(dtype);
  const isRight = typeof data === "string" && data.length === 4 * Math.ceil((count * size) / 3);
  const text = isRight ? ask(() => atob(data), "") : "";
  if (text.length !== count * size) fail("value", `${where} data`, `base64 of ${count * size} bytes`, data);
  const view = new DataView(Uint8Array.from(text, (sign) => sign.charCodeAt(0)).buffer);
  return floats(dtype, count).map((_: number, i: number) =>
    isSingle(dtype) ? view.getFloat32(i * size, true) : view.getFloat64(i * size, true),
  );
}
