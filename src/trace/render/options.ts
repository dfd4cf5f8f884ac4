import { fail } from "../../core/errors.js";
import { count, type Field, flag, readOptions } from "../../core/options.js";
import type { Trace } from "../types.js";

/** Options of every rendering of a trace. */
export interface RenderOptions {
  /** Decimals of a number that has more. Default 9, as in the article. */
  readonly digits?: number | undefined;
  /** How many lines of a section are written out, four times as many of what was given; Infinity: all. Default 24. */
  readonly lines?: number | undefined;
  /** How many terms of a sum, and rows and columns of a matrix, are written out; Infinity: all. Default 8. */
  readonly terms?: number | undefined;
  /** Whether the equations of matrices are written too. Default true. */
  readonly matrices?: boolean | undefined;
  /** The heading. Default `"One training step"`. */
  readonly title?: string | undefined;
}

/** Options of {@link toText}. */
export interface TextOptions extends RenderOptions {
  /** Whether to write escape codes for bold and dim, for a terminal. Default false. */
  readonly colour?: boolean | undefined;
  /** Columns; what does not fit goes on a line of its own. Default 120. */
  readonly width?: number | undefined;
}

const text = (otherwise: string): Field<string> => ({
  otherwise,
  expected: "text",
  test: (value) => typeof value === "string",
});

const whole = (otherwise: number, least: number, most: number): Field<number> => ({
  ...count(otherwise),
  expected: most === Infinity ? `a whole number from ${least}, or Infinity` : `a whole number from ${least} to ${most}`,
  test: (value) =>
    (value === most || Number.isSafeInteger(value)) && (value as number) >= least && (value as number) <= most,
});

const fields = {
  digits: whole(9, 1, 17),
  lines: whole(24, 3, Infinity),
  terms: whole(8, 3, Infinity),
  matrices: flag(true),
  title: text("One training step"),
};

const textFields = { ...fields, colour: flag(false), width: whole(120, 20, Infinity) };

/** The options of a rendering, with their defaults. */
export const readRenderOptions = (where: string, trace: unknown, given: unknown) => read(where, trace, given, fields);

/** The options of {@link toText}, with their defaults. */
export const readTextOptions = (where: string, trace: unknown, given: unknown) => read(where, trace, given, textFields);

function read<F extends typeof fields>(where: string, trace: unknown, given: unknown, known: F) {
  const isTrace = (Object(trace) as Partial<Trace>).quantities instanceof Map;
  if (!isTrace) fail("type", where, "a trace", trace, `write ${where}(trace(network, input, target))`);
  return readOptions(where, given, known);
}

/** Options as they are used: none is missing. */
export type RenderSettings = ReturnType<typeof readRenderOptions>;
