/** What kind of mistake a {@link ChainruleError} reports. */
export type ErrorCode =
  | "type" // not the kind of thing that belongs here
  | "value" // the right kind, but a number, id or name that cannot be
  | "shape" // wrong length, depth, or rows that differ
  | "size" // layers that do not chain
  | "option" // an unknown, misspelt or contradictory option
  | "name" // no parameter of that name
  | "pair" // a loss that cannot follow the last layer
  | "order" // a call before the one it depends on
  | "derivative" // a formula and its derivative disagree
  | "diverged" // the loss or a gradient is no longer finite
  | "aborted"; // an AbortSignal ended the training

/** The parts of a {@link ChainruleError}; the message is made of them. */
export interface Complaint {
  /** The kind of mistake. */
  readonly code: ErrorCode;
  /** The place: a function, a layer, an argument. */
  readonly where: string;
  /** What would have been right. */
  readonly expected: string;
  /** What was given instead. */
  readonly got: string;
  /** What to write instead. */
  readonly remedy?: string;
  /** Replaces the sentence that is otherwise made of the parts. */
  readonly message?: string;
  /** What led to it, such as the reason of an abort. */
  readonly cause?: unknown;
}

/**
 * The one error class of the library: `where expected …, got …: remedy`.
 *
 * @example
 * ```ts
 * import { ChainruleError, dense } from "chainrule";
 *
 * try {
 *   dense(2, -1);
 * } catch (error) {
 *   if (error instanceof ChainruleError) console.log(error.code, error.remedy);
 * }
 * ```
 */
export class ChainruleError extends Error {
  /** Always `"ChainruleError"`. */
  override readonly name = "ChainruleError";
  /** The kind of mistake, for programs. */
  readonly code: ErrorCode;
  /** The place: a function, a layer, an argument. */
  readonly where: string;
  /** What would have been right. */
  readonly expected: string;
  /** What was given instead. */
  readonly got: string;
  /** What to write instead; may be empty. */
  readonly remedy: string;

  constructor({ code, where, expected, got, remedy = "", message, cause }: Complaint) {
    super(
      message ?? `${where} expected ${expected}, got ${got}${remedy && `: ${remedy}`}`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.where = where;
    this.expected = expected;
    this.got = got;
    this.remedy = remedy;
  }
}

/**
 * Throws a {@link ChainruleError} made of its parts.
 * @throws always
 */
export function fail(
  code: ErrorCode,
  where: string,
  expected: string,
  got: unknown,
  remedy: string,
  more?: Pick<Complaint, "message" | "cause">,
): never {
  throw new ChainruleError({ code, where, expected, got: describe(got), remedy, ...more });
}

/** A sentence that {@link describe} leaves as it is. */
export class Phrase {
  constructor(readonly text: string) {}
}

/** A value in a few characters, as errors show it. It never throws, whatever the value does when it is looked at. */
export function describe(value: unknown): string {
  try {
    return value instanceof Phrase ? value.text : clip(picture(value, 2));
  } catch {
    return "an object that cannot be read";
  }
}

function picture(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) {
    const head = Array.from({ length: Math.min(4, value.length) }, (_, i) => (depth ? picture(value[i], depth - 1) : "…"));
    return `[${head.join(", ")}${value.length > 4 ? ", …" : ""}]`;
  }
  const kind: string = (Object.getPrototypeOf(value) as object | null)?.constructor.name ?? "Object";
  if (ArrayBuffer.isView(value)) return `${kind}(${(value as Uint8Array).length ?? value.byteLength})`;
  if (kind !== "Object") return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
  const keys = Object.keys(value);
  return keys.length ? `{ ${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ", …" : ""} }` : "{}";
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
