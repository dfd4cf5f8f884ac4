import type { WrittenNumber } from "./claims.js";
import { nameOf, type Point } from "./predict.js";
import type { Mistake } from "./rules.js";

/** A number of the reader's that is not what it should be. */
export interface Discrepancy {
  /** As the trace writes it: `"∂E/∂w5"`, `"E after 1"`. */
  readonly name: string;
  /** The reader's number. */
  readonly given: number;
  /** What it should be. */
  readonly due: number;
  /** given − due */
  readonly apart: number;
}

/** What {@link compare} found; as a string, a few lines of text. */
export interface Comparison {
  /**
   * `"correct"`: every number is right to the decimals that were given. `"mistake"`: one known mistake explains them
   * all. `"ambiguous"`: several do, or one does but the numbers are too coarse to tell. `"unknown"`: none does.
   */
  readonly verdict: "correct" | "mistake" | "ambiguous" | "unknown";
  /** How many numbers were compared. */
  readonly checked: number;
  /** The first that is wrong, in the order of the step; null if none is. */
  readonly first: Discrepancy | null;
  /** The mistakes that explain all the numbers. */
  readonly mistakes: readonly Mistake[];
  /** The name of a number that would tell the mistakes apart; null where there is nothing to tell. */
  readonly next: string | null;
  /** A few lines of text. */
  toString(): string;
}

/** What is told of a mistake, without what it changes. */
export const mistakeOf = ({ name, what, remedy }: Mistake): Mistake => ({ name, what, remedy });

/** Numbers that are off by fewer units of their last decimals than this, multiplied, may agree with anything by chance. */
const DECISIVE = 50;

/** Puts a comparison together; `wrong` is in the order of the step. */
export function report(
  checked: number,
  wrong: readonly (WrittenNumber & Point)[],
  mistakes: readonly Mistake[],
  next: string | null,
): Comparison {
  const off = (each: WrittenNumber & Point): number => Math.abs(each.value - each.quantity.value) / each.unit;
  const evidence = wrong.reduce((product, each) => product * Math.max(1, off(each)), 1);
  const isDecided = mistakes.length === 1 && evidence >= DECISIVE;
  const verdict = !wrong.length ? "correct" : !mistakes.length ? "unknown" : isDecided ? "mistake" : "ambiguous";
  const [worst] = wrong;
  const first = worst
    ? { name: nameOf(worst), given: worst.value, due: worst.quantity.value, apart: worst.value - worst.quantity.value }
    : null;
  const toString = (): string =>
    [
      `${checked} ${checked === 1 ? "number" : "numbers"} compared, ${wrong.length || "none"} wrong.`,
      ...(worst ? [complain(worst)] : []),
      ...(verdict === "correct"
        ? []
        : [CONCLUSIONS[verdict === "ambiguous" && mistakes.length === 1 ? "coarse" : verdict]]),
      ...mistakes.map(({ name, what, remedy }) => `- ${name}: ${what} ${remedy}`),
      ...(next === null ? [] : [`To tell them apart, give ${next} too.`]),
    ].join("\n");
  return { verdict, checked, first, mistakes, next, toString };
}

const CONCLUSIONS = {
  mistake: "One known mistake explains all the numbers:",
  ambiguous: "Each of these explains all the numbers; the numbers do not tell which it was:",
  coarse: "This explains all the numbers, but it may be by chance, the numbers being few or short:",
  unknown: "No known mistake explains all the numbers.",
};

/** What is wrong with a number, in its own decimals; what is due in three figures at least. */
function complain(written: WrittenNumber & Point): string {
  const { value, decimals, unit, quantity } = written;
  const show = (number: number, least = decimals): string =>
    number.toFixed(Math.min(100, Math.max(0, least, decimals)));
  const [, exponent] = quantity.value.toExponential().split("e");
  const apart = value - quantity.value;
  const size = Math.abs(apart) < unit ? "less than one in the last decimal" : `${show(Math.abs(apart))}`;
  return `The first wrong one: ${nameOf(written)} is ${show(value)}, should be ${show(quantity.value, 2 - Number(exponent))} (${size} too ${apart > 0 ? "large" : "small"}).`;
}
