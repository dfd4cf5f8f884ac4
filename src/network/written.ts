import { isOurs } from "../core/bare.js";
import { isList } from "../core/numbers.js";
import { isPlainObject } from "../core/options.js";

/** A block in a document: its name, or its name with what it was made with. */
export type WrittenBlock = string | { readonly [name: string]: unknown };

interface Block {
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly options?: object | undefined;
}

/** Is told of each block that is not the library's, by the name under which it stands. */
export type Note = (name: string, block: object) => void;

/** What it was made with, as far as it says so. */
export const optionsOf = (block: object): [key: string, value: unknown][] =>
  Object.entries((block as Block).options ?? {}).filter(([, value]) => value !== undefined);

/**
 * A block as a document has it: `"tanh"`, or `{ "leakyRelu": { "slope": 0.01 } }` with all its options, so that another
 * default of a later version changes nothing. A block that is not the library's is `{ "own": name }`, with its options;
 * `note` is told of it. `keeps`: which options are written.
 */
export function written(
  block: object,
  called = "block",
  note?: Note,
  keeps?: (entry: [key: string, value: unknown]) => boolean,
): WrittenBlock {
  const { kind, name } = block as Block;
  const said = typeof kind === "string" ? kind : typeof name === "string" && name ? name : called;
  const entries = keeps ? optionsOf(block).filter(keeps) : optionsOf(block);
  const all = Object.fromEntries(entries.map(([key, value]) => [key, writtenValue(value, key, note)]));
  if (!isOurs(block)) note?.(said, block);
  if (!isOurs(block)) return entries.length ? { own: said, options: all } : { own: said };
  return entries.length ? { [said]: all } : said;
}

/** Numbers that JSON has no digits for: `{ "number": "NaN" }`. */
export const NUMBERS: readonly string[] = ["NaN", "Infinity", "-Infinity", "-0"];

/** What stands in options, as JSON: blocks as above, and in the place of a number that JSON has not `{ "number": "NaN" }`. */
export function writtenValue(value: unknown, key: string, note?: Note): unknown {
  if (typeof value === "number") {
    const isPlain = Number.isFinite(value) && !Object.is(value, -0);
    return isPlain ? value : { number: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (typeof value === "function") return written(value, key, note);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return Array.from<unknown, unknown>(value, (each) => writtenValue(each, key, note));
  const isBlock = Object.values(value).some((each) => typeof each === "function");
  if (isBlock || !isPlainObject(value)) return written(value, key, note);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      each === undefined ? [] : [[name, writtenValue(each, name, note)]],
    ),
  );
}
