import { fail } from "../core/errors.js";
import { isPlainObject } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import { derivative } from "./derive.js";
import { compute, type Loop, loopOf, valueOf } from "./evaluate.js";
import { type Expression, FUNCTIONS, replace, sizeOf, variable } from "./expression.js";
import { LARGEST, parse } from "./parse.js";
import { type Kernel, stepsOf } from "./steps.js";

/** A function that is written as a text. */
export interface FunctionText {
  /** Such as `"z / (1 + exp(−β · z))"`: see docs/formulas.md. */
  readonly formula: string;
  /** Its derivative, where another form of it is better than the one that is found; it may speak of the value too. */
  readonly derivative?: string | undefined;
  /** The numbers behind names in the formula, such as `{ beta: 1.5 }`. */
  readonly parameters?: Readonly<Record<string, number>> | undefined;
}

/** A function and its derivative, with the numbers of its parameters. */
export interface TextFunction {
  readonly value: Expression;
  readonly derivative: Expression;
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * Reads a function of some variables, and derives it by the first of them.
 * @param result what its value is called in a derivative that is given
 * @throws `ChainruleError` `type` or `value`, for a formula that cannot be read or parameters that are no numbers
 */
export function readFunction(
  text: FunctionText,
  variables: readonly string[],
  result: string,
  where: string,
): TextFunction {
  const parameters = readParameters(text.parameters, [...variables, result], where);
  const scalars = Object.keys(parameters);
  const value = parse(text.formula, { variables, scalars }, `${where}, formula`);
  if (text.derivative !== undefined) {
    const given = parse(text.derivative, { variables: [...variables, result], scalars }, `${where}, derivative`);
    return { value, derivative: given, parameters };
  }
  const found = derivative(value, variable(variables[0]!));
  if (sizeOf(found) > LARGEST)
    fail(
      "value",
      where,
      `a derivative of at most ${LARGEST} operations and names`,
      sizeOf(found),
      "give the derivative",
    );
  return { value, derivative: replace(found, value, variable(result)), parameters };
}

function readParameters(given: unknown, taken: readonly string[], where: string): Readonly<Record<string, number>> {
  if (given === undefined) return Object.freeze({});
  if (!isPlainObject(given)) fail("type", where, "parameters such as { beta: 1 }", given);
  const pairs = Object.entries(given).map(([name, value]) => {
    const isName = /^[a-zA-Z][a-zA-Z\d]*$/.test(name) && !taken.includes(name) && !Object.hasOwn(FUNCTIONS, name);
    if (!isName)
      fail("value", `${where} parameters`, "names of letters that have no other meaning", name, "write beta");
    if (!Number.isFinite(value)) fail("value", `${where} parameters.${name}`, "a finite number", value);
    return [name, value as number] as const;
  });
  if (pairs.length > 8) fail("value", `${where} parameters`, "at most 8", pairs.length);
  return Object.freeze(Object.fromEntries(pairs));
}

/** The value of a formula as a function of numbers, in the order of the variables. */
export const callable =
  (e: Expression, variables: readonly string[], parameters: Readonly<Record<string, number>>) =>
  (...numbers: readonly number[]): number =>
    valueOf(e, { ...parameters, ...Object.fromEntries(variables.map((name, i) => [name, numbers[i]!])) });

/** A kernel as a loop over arrays, of float32 or float64, the first n of each; made when it is first used. */
export function arraysLoop(
  kernel: Kernel,
  parameters: Readonly<Record<string, number>>,
): (n: number, ...places: Floats[]) => void {
  const starts = kernel.places.map(() => 0);
  const scalars = Float64Array.from(kernel.scalars, (name) => parameters[name]!);
  const loops: { single?: Loop; double?: Loop } = {};
  return (n, ...places) => {
    const key = places[0] instanceof Float32Array ? "single" : "double";
    const loop = (loops[key] ??= loopOf(stepsOf(kernel, compute), key === "single"));
    loop(n, places, starts, scalars, 0);
  };
}
