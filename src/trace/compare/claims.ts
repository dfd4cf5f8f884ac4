import { fail, Phrase } from "../../core/errors.js";
import { isPlainObject, nearest, numberIn } from "../../core/options.js";
import type { Quantity } from "../types.js";

/** A number as it was written. */
export interface WrittenNumber {
  readonly value: number;
  /** How many decimals it has; −2 for a number in hundreds. */
  readonly decimals: number;
  /** One in the last of them. */
  readonly unit: number;
}

/** What a reader says a quantity is. */
export interface Claim extends WrittenNumber {
  /** As the reader wrote it. */
  readonly said: string;
  /** The name, in the one spelling by which it is looked up. */
  readonly name: string;
  /** In which step, counted from 1. */
  readonly step: number;
}

/** Nobody waits for more updates than this. */
const MOST = 1_000_000;

/**
 * Reads the numbers of a reader.
 * @throws {@link ChainruleError} `type` if they are no plain object, or one is no number; `value` if one is not finite
 */
export function readClaims(numbers: unknown): readonly Claim[] {
  const example = 'write { "E after 1": "0.291027924" }';
  if (!isPlainObject(numbers))
    fail("type", "compare numbers", "an object with a name for each number", numbers, example);
  const claims = Object.entries(numbers).map(([said, number]) => ({
    said,
    ...readName(said),
    ...readNumber(said, number),
  }));
  if (!claims.length) fail("value", "compare numbers", "at least one number", numbers, example);
  return claims;
}

const AFTER = /\s*after\s*(?:updates?|steps?)?\s*([-−]?[\d,]+)(?:\s*(?:updates?|steps?))?$/i;

/** `E after 10,000`: E in the step that follows 10,000 updates. */
function readName(said: string): Pick<Claim, "name" | "step"> {
  const [suffix = "", count = "0"] = AFTER.exec(said) ?? [];
  const updates = Number(count.replaceAll(",", ""));
  if (!(updates >= 0))
    fail("value", `compare "${said}"`, "at least 0 updates", new Phrase(count), "count the updates before it");
  if (updates > MOST)
    fail("value", `compare "${said}"`, `at most ${MOST} updates`, updates, "compare an earlier number");
  const name = spell(said.slice(0, said.length - suffix.length));
  return name === "e+" ? { name: "e", step: updates + 2 } : { name, step: updates + 1 };
}

const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/\s/g, ""],
  [/∂/g, "d"],
  [/δ/g, "delta"],
  [/⁺/g, "+"],
  [/−/g, "-"],
  [/^(?:e_?total|loss|totalerror|error)/, "e"],
  [/^de_?total\//, "de/"],
  [/^de\/d(?:net(?=_)|z(?=\d))/, "delta"],
];

/** The one spelling of a name: `∂E_total/∂net_o1`, `dE/dnet_o1` and `δ_o1` are all `delta_o1`. */
export const spell = (name: string): string =>
  SPELLINGS.reduce((text, [pattern, to]) => text.replace(pattern, to), name.toLowerCase());

const NUMBER = /^[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:e([+-]?\d+))?$/i;

function readNumber(said: string, number: unknown): WrittenNumber {
  const where = `compare "${said}"`;
  if (typeof number === "number" && !Number.isFinite(number))
    fail("value", where, "a finite number", number, "leave it out");
  const text = typeof number === "number" || typeof number === "string" ? String(number).trim().replace("−", "-") : "";
  const [match, before = "", behind = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  const value = Number(match);
  if (!Number.isFinite(value)) {
    const meant = numberIn(typeof number === "string" ? number.replaceAll(",", ".") : number);
    fail(
      "type",
      where,
      'a number, or one in a string such as "0.35891648"',
      number,
      `write ${Number.isFinite(meant) ? meant : "a number"}`,
    );
  }
  const decimals = (before || behind).length - Number(exponent);
  return { value, decimals, unit: Number(`1e${-decimals}`) };
}

/** @throws {@link ChainruleError} `name` */
export function failClaim({ said, name }: Claim, quantities: ReadonlyMap<string, Quantity>): never {
  const alike = [...quantities.keys()].filter((each) => each[0] === name[0] && unitsIn(each) === unitsIn(name));
  const near = quantities.get(nearest(name, alike) ?? "");
  const remedy = near
    ? `write ${JSON.stringify(near.name.text)}`
    : "take one that toText(trace(…)), chainrule article or chainrule explain prints";
  return fail("name", "compare numbers", "names as the trace has them", said, remedy);
}

/** What a name says of which unit it is: `h1` of `net_h1`. With another it is no misspelling, but another quantity. */
const unitsIn = (name: string): string => (name.match(/[ho]?\d+/g) ?? []).join();

/** Below this, two numbers differ by nothing but the order of summation. */
const ROUNDING = 1e-12;

/** Whether a number, rounded (or cut off) as the other was, is the other. */
export function agrees({ value, unit }: WrittenNumber, due: number, cut = false): boolean {
  const slack = unit * 1e-9 + ROUNDING * Math.abs(due);
  if (!cut) return Math.abs(value - due) <= unit / 2 + slack;
  const short = Math.abs(due) - Math.abs(value);
  return value * due >= 0 && short >= -slack && short < unit + slack;
}
