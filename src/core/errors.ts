/** What kind of mistake a {@link ChainruleError} reports. */
export type ErrorCode =
  | "type" // not the kind of thing that belongs here
  | "value" // a number, id, name or the value of an option that cannot be
  | "shape" // wrong length, depth, or rows that differ
  | "size" // layers that do not chain
  | "option" // an unknown, misspelt, missing or contradictory option
  | "name" // no parameter of that name
  | "pair" // a loss that cannot follow the last layer
  | "order" // a call before the one it depends on
  | "derivative" // a formula and its derivative disagree
  | "diverged" // the loss, a gradient or a parameter is no longer finite
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

/** What `fit` did before an error ended it. */
export interface UnfinishedHistory {
  /** The loss of each epoch that was finished. */
  readonly loss: readonly number[];
  /** The reports of these epochs, as `onEpoch` was told them. */
  readonly reports: readonly EpochFigures[];
  /** The best of them, if there is any. */
  readonly best: EpochFigures | undefined;
}

/** The figures of an epoch; metrics are beside these by their names. */
export interface EpochFigures {
  /** Counted from 1. */
  readonly epoch: number;
  /** The mean loss over its rows. */
  readonly loss: number;
  /** Those of validation. */
  readonly validation?: { readonly loss: number } | undefined;
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
  /** `"ChainruleError"`; only that of an abort is `"AbortError"`, as everywhere on the web. */
  override readonly name: string = "ChainruleError";
  /** The kind of mistake, for programs. */
  declare readonly code: ErrorCode;
  /** The place: a function, a layer, an argument. */
  declare readonly where: string;
  /** What would have been right. */
  declare readonly expected: string;
  /** What was given instead. */
  declare readonly got: string;
  /** What to write instead; may be empty. */
  declare readonly remedy: string;
  /** Out of `fit`: in which epoch, counted from 1. */
  declare readonly epoch?: number;
  /** Out of `fit`: at which update of that epoch, counted from 1. */
  declare readonly step?: number;
  /** Out of `fit`: what was done before, epoch by epoch. */
  declare readonly history?: UnfinishedHistory;

  constructor({ code, where, expected, got, remedy = "", message, cause }: Complaint) {
    super(
      message ?? `${where} expected ${expected}, got ${got}${remedy && `: ${remedy}`}`,
      cause === undefined ? undefined : { cause },
    );
    Object.assign(this, { code, where, expected, got, remedy });
  }
}

/**
 * Throws a {@link ChainruleError} made of its parts; the remedy is to give what was expected, unless another is said.
 * @throws always
 */
export function fail(
  code: ErrorCode,
  where: string,
  expected: string,
  got: unknown,
  remedy = `give ${expected}`,
  more?: Pick<Complaint, "message" | "cause">,
): never {
  throw new ChainruleError({ code, where, expected, got: describe(got), remedy, ...more });
}

/** Whether a value is a list; one that cannot be read, a proxy that was revoked, is none. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value); // eslint-disable-line no-restricted-properties
  } catch {
    return false;
  }
}

/** What a question about a value gives, or `otherwise` if the value cannot be read. */
export function ask<T>(question: () => T, otherwise: T): T {
  try {
    return question();
  } catch {
    return otherwise;
  }
}

/** A sentence that {@link describe} leaves as it is. */
export class Phrase {
  constructor(readonly text: string) {}
}

/**
 * A value in a few characters, as errors show it. It never throws, whatever the value does when it is looked at, and
 * looks at no more of it than it shows.
 */
export function describe(value: unknown): string {
  try {
    if (value instanceof Phrase) return value.text;
    const text = picture(value, 2);
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  } catch {
    return "an object that cannot be read";
  }
}

const LONGEST = 60; // characters
const LARGEST = 1n << 200n; // beyond it the digits of a bigint take long to find

function picture(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, LONGEST));
  if (typeof value === "bigint") return -LARGEST < value && value < LARGEST ? `${value}n` : "a bigint beyond 2²⁰⁰";
  if (typeof value === "function") return `the function ${begin(value.name)}`.trim();
  if (typeof value === "symbol") return `Symbol(${begin(value.description ?? "")})`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (isArray(value)) return `[${few(value, (each) => (depth ? picture(each, depth - 1) : "…"))}]`;
  const tag = Object.prototype.toString.call(value).slice(8, -1); // a generator has no class
  const kind = begin((Object.getPrototypeOf(value) as object | null)?.constructor.name ?? "Object") || begin(tag);
  if (ArrayBuffer.isView(value)) return `${kind}(${(value as Uint8Array).length ?? value.byteLength})`;
  return kind === "Object" ? `{${few(Object.keys(value))}}` : `an instance of ${kind}`;
}

const begin = (text: unknown): string => (typeof text === "string" ? text.slice(0, LONGEST) : "");

/** The first few of a list, in words, and how many there are. */
export const few = (list: ArrayLike<unknown>, write: (each: unknown) => string = begin): string =>
  Array.from({ length: Math.min(5, list.length) }, (_, i) => (i < 4 ? write(list[i]) : `… (${list.length})`)).join(
    ", ",
  );
