import { fail } from "../core/errors.js";
import type { DType } from "../core/tensor.js";
import { round } from "../core/rounding.js";
import type { Expression, Formula, Quantity } from "./types.js";

export const ref = (quantity: Quantity): Expression => ({ op: "quantity", quantity });
export const constant = (value: number): Expression => ({ op: "constant", value });
export const apply = (formula: Formula, ...args: Expression[]): Expression => ({ op: "apply", formula, args });

/** A product, a sum, …, of arguments from left to right. */
const operation =
  (op: keyof typeof steps) =>
  (...args: Expression[]): Expression => ({ op, args });

const steps = {
  add: (a: number, b: number) => a + b,
  sum: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => a / b,
};

export const add = operation("add");
export const sum = operation("sum");
export const subtract = operation("subtract");
export const multiply = operation("multiply");
export const divide = operation("divide");

/** Its arguments if it is a product, else itself: a·b·c is (a·b)·c to the last bit. */
export const factorsOf = (expression: Expression): readonly Expression[] =>
  expression.op === "multiply" ? expression.args : [expression];

/** The quantities in an expression, in their order. */
export const quantitiesIn = (expression: Expression): readonly Quantity[] =>
  expression.op === "quantity"
    ? [expression.quantity]
    : expression.op === "constant"
      ? []
      : expression.args.flatMap(quantitiesIn);

/**
 * The value of an expression, from the values of the quantities in it and in their order. In float32 each sum,
 * difference, product and quotient is rounded, and each function once, as the kernels do.
 *
 * @throws `ChainruleError` `type` if there is no expression, `value` for a precision that there is not
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, sgd } from "chainrule";
 * import { evaluate, trace } from "chainrule/trace";
 *
 * const network = new Network([dense(1, 1, { weight: [[2]], bias: [1] })], { loss: halfSquaredError, optimizer: sgd });
 * const z = trace(network, [3], [0]).quantities.get("z1_1")!;
 * evaluate(z.expression!, z.dtype); // 7: b1_1 + w1_11·x_1
 * ```
 */
export function evaluate(expression: Expression, dtype: DType): number {
  if (!expression?.op) fail("type", "evaluate", "an expression", expression, "take quantity.value where there is none");
  const single = dtype === "float32";
  if (!single && dtype !== "float64")
    fail("value", "evaluate dtype", '"float32" or "float64"', dtype, "give quantity.dtype");
  return valueOf(expression, single);
}

function valueOf(expression: Expression, single: boolean): number {
  const { op } = expression;
  if (op === "quantity") return expression.quantity.value;
  if (op === "constant") return expression.value;
  const values = expression.args.map((each) => valueOf(each, single));
  if (op === "apply") return round(expression.formula.compute(...values), single);
  const start = op === "sum" ? 0 : values.shift()!;
  return values.reduce((total, value) => round(steps[op](total, value), single), start);
}
