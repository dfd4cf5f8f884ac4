import type { Expression, Formula, Name } from "../types.js";
import { decimal } from "./decimal.js";
import type { RenderSettings } from "./options.js";

/** How a format writes the parts of an expression. */
export interface Notation {
  name(name: Name): string;
  /** A number, from its decimal digits, such as `-0.05` or `3.5e-7`. */
  number(digits: string): string;
  /** What stands between the terms of a sum, of a difference, and the factors of a product. */
  readonly between: Readonly<Record<"add" | "subtract" | "multiply", string>>;
  /** A quotient. */
  over(above: string, below: string): string;
  /** Whether the bar of a quotient keeps above and below together, without parentheses. */
  readonly bar: boolean;
  /** In parentheses. */
  group(inside: string): string;
  /** A function applied. */
  apply(formula: Formula, args: readonly string[]): string;
  /** In place of what is left out. */
  more(count: number): string;
}

/** How closely a written expression holds together; one that is looser than its surroundings gets parentheses. */
const SUM = 1,
  PRODUCT = 2,
  POWER = 3,
  ONE = 4;

/** For each operation, how closely it holds together, and what it needs of its first argument and of the others. */
const levels = {
  add: [SUM, SUM, PRODUCT],
  sum: [SUM, SUM, PRODUCT],
  subtract: [SUM, SUM, PRODUCT],
  multiply: [PRODUCT, PRODUCT, POWER],
  divide: [PRODUCT, PRODUCT, POWER],
  apply: [SUM, ONE, ONE],
} as const;

/** Writes an expression in symbols; `numbers`: with the values of its quantities in their places. */
export function writeExpression(
  expression: Expression,
  notation: Notation,
  settings: RenderSettings,
  numbers: boolean,
): string {
  const [opening] = notation.group(" ").split(" ") as [string];
  return write(expression, true);

  /** `leads`: nothing stands before it, so that a number below 0 needs no parentheses. */
  function write(e: Expression, leads: boolean): string {
    if (e.op === "constant") return writeNumber(e.value, leads);
    if (e.op === "quantity") return numbers ? writeNumber(e.quantity.value, leads) : notation.name(e.quantity.name);
    if (e.op !== "apply" && e.args.length === 1) return write(e.args[0]!, leads);
    const hasBar = e.op === "divide" && notation.bar;
    const [, first, others] = levels[e.op];
    const args = e.args.map((arg, i) => {
      if (hasBar) return write(arg, true);
      return holdsOf(arg) < (i === 0 ? first : others)
        ? notation.group(write(arg, true))
        : write(arg, leads && i === 0 && e.op !== "apply");
    });
    const shown = fold(args, settings.terms, notation.more);
    if (e.op === "apply") return shown.reduce(withoutDouble, notation.apply(e.formula, shown));
    return e.op === "divide"
      ? shown.reduce(notation.over)
      : shown.join(notation.between[e.op === "sum" ? "add" : e.op]);
  }

  /** `tanh((−1))` is `tanh(−1)`: a formula has parentheses of its own around some arguments. */
  function withoutDouble(text: string, arg: string): string {
    return arg.startsWith(opening) ? text.replaceAll(notation.group(arg), arg) : text;
  }

  function writeNumber(value: number, leads: boolean): string {
    const digits = decimal(value, settings.digits);
    return digits.startsWith("-") && !leads ? notation.group(notation.number(digits)) : notation.number(digits);
  }

  function holdsOf(e: Expression): number {
    if (e.op === "constant" || e.op === "quantity") {
      const value = e.op === "constant" ? e.value : numbers ? e.quantity.value : 0;
      return decimal(value, settings.digits).includes("e") ? POWER : ONE;
    }
    if (e.op !== "apply" && e.args.length === 1) return holdsOf(e.args[0]!);
    return e.op === "divide" && notation.bar ? ONE : levels[e.op][0];
  }
}

/** A list of at most so many: its beginning, `more` for what is left out, and its last. */
export function fold<T>(list: readonly T[], most: number, more: (count: number) => T): readonly T[] {
  if (list.length <= most) return list;
  return [...list.slice(0, most - 2), more(list.length - most + 1), list.at(-1)!];
}
