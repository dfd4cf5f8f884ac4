import { isArray } from "./errors.js";
import { nearest, optional } from "./options.js";

/** `real`: any number; `unit`: each in [0, 1]; `simplex`: rows of probabilities that sum to 1. */
export type NamedRange = "real" | "unit" | "simplex";

/** What the numbers are that a layer gives: a word for it, or the bounds of each, such as `[0, Infinity]`. */
export type Range = NamedRange | readonly [least: number, most: number];

/** The bounds of each number of a range, which belong to it. */
export const boundsOf = (range: Range): readonly [least: number, most: number] =>
  range === "real" ? [-Infinity, Infinity] : typeof range === "string" ? [0, 1] : range;

const WORDS = ["real", "unit", "simplex"] as const;

function isRange(value: unknown): boolean {
  if (!isArray(value)) return WORDS.includes(value as NamedRange);
  const [least, most] = value as readonly unknown[];
  return value.length === 2 && typeof least === "number" && typeof most === "number" && least < most;
}

/** @internal */
export const rangeField = /* @__PURE__ */ optional<Range>(
  '"real", "unit", "simplex" or bounds [least, most]',
  isRange,
  (value) => JSON.stringify(nearest(value, WORDS) ?? "real"),
);
