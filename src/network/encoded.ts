import { ask, fail, isArray } from "../core/errors.js";
import { type Nested, nested, show } from "../core/numbers.js";
import { isPlainObject } from "../core/options.js";
import { type DType, type Floats, floats, type Numbers } from "../core/tensor.js";

/** Many numbers, or numbers of which JSON would lose a bit: it has no −0. */
export interface EncodedNumbers {
  /** The precision of the numbers. */
  readonly dtype: DType;
  /** Rows and columns, or a length. */
  readonly shape: readonly number[];
  /** Their bytes, row by row, the low byte of a number first, in base64. */
  readonly data: string;
}

/** The numbers of a network by flat name: nested as their shape says, or in base64. */
export type WrittenNumbers = Readonly<Record<string, Numbers | EncodedNumbers>>;

/** More numbers than these are written in base64: 5.4 bytes for one of float32, 10.7 for one of float64. */
const MANY = 256;

/** Bytes that are made text at once: so many arguments any engine takes. */
const CHUNK = 0x6000;

/** Whether the low byte of a number comes first here too, as nearly everywhere. */
const isLowFirst = /* @__PURE__ */ (() => new Uint8Array(Uint16Array.of(1).buffer)[0] === 1)();

const sizeOf = (dtype: DType): number => (dtype === "float32" ? 4 : 8);

/** Whether some number is −0. */
function holdsMinusZero(numbers: Floats): boolean {
  for (let i = 0; i < numbers.length; i++) if (Object.is(numbers[i], -0)) return true;
  return false;
}

/** Numbers as a document has them: a few in digits, nested as their shape says, else in base64. */
export const writeNumbers = (numbers: Floats, shape: readonly number[]): Nested | EncodedNumbers =>
  numbers.length > MANY || holdsMinusZero(numbers) ? encode(numbers, shape) : nested(numbers, shape);

function encode(numbers: Floats, shape: readonly number[]): EncodedNumbers {
  const dtype = numbers instanceof Float32Array ? "float32" : "float64";
  const bytes = new Uint8Array(numbers.slice().buffer);
  if (!isLowFirst) reverseBytes(bytes, sizeOf(dtype));
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    const chunk = bytes.subarray(start, start + CHUNK);
    text += btoa(String.fromCharCode.apply(null, chunk as unknown as number[]));
  }
  return { dtype, shape: [...shape], data: text };
}

/** Turns the bytes of each number round. */
function reverseBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/**
 * Numbers in base64 as numbers; anything else as it is.
 * @throws {@link ChainruleError} `shape` for those of another shape, `value` for bytes that are not those of so many numbers
 */
export function decode(given: unknown, due: readonly number[], where: string): unknown {
  if (!isPlainObject(given) || !Object.hasOwn(given, "data")) return given;
  const { dtype, shape, data } = given;
  const isShape = isArray(shape) && shape.length === due.length && due.every((size, i) => shape[i] === size);
  if (!isShape) fail("shape", `${where} shape`, show(due), shape);
  if (dtype !== "float32" && dtype !== "float64") fail("value", `${where} dtype`, '"float32" or "float64"', dtype);
  const count = due.reduce((product, size) => product * size, 1);
  const length = count * sizeOf(dtype);
  const isRight = typeof data === "string" && data.length === 4 * Math.ceil(length / 3);
  const text = isRight ? ask(() => atob(data), "") : "";
  if (text.length !== length) fail("value", `${where} data`, `base64 of ${length} bytes`, data);
  const numbers = floats(dtype, count);
  const bytes = new Uint8Array(numbers.buffer);
  for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
  if (!isLowFirst) reverseBytes(bytes, sizeOf(dtype));
  return numbers;
}
