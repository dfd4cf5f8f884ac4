import type { Expression } from "../../formula/expression.js";
import type { TextFunction } from "../../formula/function.js";
import { write } from "../../formula/write.js";
import type { Formula } from "../types.js";

/**
 * How a function's value is written for arguments that are written so, in text and in LaTeX. An argument is a name or a
 * number, in parentheses where it needs them.
 */
export type Written = readonly [text: (...args: string[]) => string, latex: (...args: string[]) => string];

/** How functions of yours are written, by the names of the activations and losses: f(z) and f′(z, a), u(p, t) and ∂u/∂p. */
export type FormulaTexts = Readonly<Record<string, FunctionTexts>>;

/** How a function is written. */
export interface FunctionTexts {
  /** f(z) or u(p, t). */
  readonly value: Written;
  /** f′(z, a) or ∂u/∂p. */
  readonly derivative: Written;
}

/** How a function that was made of a formula is written: with the numbers of its parameters. */
export function textsOf({ value, derivative, parameters }: TextFunction, variables: readonly string[]): FunctionTexts {
  const numbers = Object.entries(parameters).map(([name, number]) => [name, number < 0 ? `(${number})` : `${number}`]);
  const as = (e: Expression): Written => {
    const written =
      (form: "text" | "latex") =>
      (...args: string[]): string =>
        write(e, form, Object.fromEntries([...numbers, ...variables.map((name, i) => [name, args[i] ?? name])]));
    return [written("text"), written("latex")];
  };
  return { value: as(value), derivative: as(derivative) };
}

/** A formula of a function and the way in which it is written, if that is known. */
export const formulaOf = (name: string, as: Written | undefined, compute: (...args: number[]) => number): Formula => ({
  name,
  text: as?.[0] ?? null,
  latex: as?.[1] ?? null,
  compute,
});

/** The row of a table for a name that may be any. */
export const find = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
