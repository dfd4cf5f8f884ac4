/** Functions that a formula may call, and how many numbers each takes. */
export const FUNCTIONS = {
  exp: 1,
  log: 1,
  log1p: 1,
  expm1: 1,
  tanh: 1,
  logistic: 1,
  erf: 1,
  sqrt: 1,
  abs: 1,
  sign: 1,
  min: 2,
  max: 2,
} as const;

/** A function that a formula may call. */
export type FunctionName = keyof typeof FUNCTIONS;

/** What is done to numbers. `power`: x to the `value`, by products from the left; `settle`: 0 in place of a subnormal. */
export type Operation =
  | FunctionName
  | "negative"
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "power"
  | "less"
  | "atMost"
  | "equal"
  | "choose"
  | "settle";

/**
 * A formula, as a tree. `variable`: an element of a tensor, another for each; `scalar`: one number for all elements, known
 * when it is computed, such as a slope or a learning rate; `constant`: a number that stands in the formula.
 */
export interface Expression {
  readonly op: Operation | "constant" | "variable" | "scalar";
  readonly args: readonly Expression[];
  /** Of a constant, and the exponent of a power. */
  readonly value: number;
  /** Of a variable and a scalar. */
  readonly name: string;
}

const node = (op: Expression["op"], args: readonly Expression[] = [], value = 0, name = ""): Expression => ({
  op,
  args,
  value,
  name,
});

export const constant = (value: number): Expression => node("constant", [], value);
export const variable = (name: string): Expression => node("variable", [], 0, name);
export const scalar = (name: string): Expression => node("scalar", [], 0, name);
export const operation = (op: Operation, ...args: readonly Expression[]): Expression => node(op, args);
export const power = (base: Expression, exponent: number): Expression => node("power", [base], exponent);
/** `yes` where the test holds, else `no`. */
export const choose = (test: Expression, yes: Expression, no: Expression): Expression =>
  node("choose", [test, yes, no]);

export const isTest = ({ op }: Expression): boolean => op === "less" || op === "atMost" || op === "equal";

/** Whether two formulas are the same, operation by operation. */
export const isSame = (a: Expression, b: Expression): boolean =>
  a === b ||
  (a.op === b.op &&
    Object.is(a.value, b.value) &&
    a.name === b.name &&
    a.args.length === b.args.length &&
    a.args.every((each, i) => isSame(each, b.args[i]!)));

/** The formula with another in the place of each part that is the same as `old`. */
export function replace(e: Expression, old: Expression, by: Expression): Expression {
  if (isSame(e, old)) return by;
  if (!e.args.length) return e;
  const args = e.args.map((each) => replace(each, old, by));
  return args.every((each, i) => each === e.args[i]) ? e : { ...e, args };
}

/** The formula with others in the place of its variables, by their names. */
export function substitute(e: Expression, by: ReadonlyMap<string, Expression>): Expression {
  if (e.op === "variable") return by.get(e.name) ?? e;
  if (!e.args.length) return e;
  return { ...e, args: e.args.map((each) => substitute(each, by)) };
}

/** Operations, numbers and names of a formula, counted as a tree: as often as they would be written. */
export function sizeOf(e: Expression): number {
  const known = new Map<Expression, number>();
  const count = (each: Expression): number => {
    let size = known.get(each);
    if (size === undefined) known.set(each, (size = each.args.reduce((sum, arg) => sum + count(arg), 1)));
    return size;
  };
  return count(e);
}

/** How deep a formula is nested. */
export const depthOf = (e: Expression): number => 1 + e.args.reduce((most, each) => Math.max(most, depthOf(each)), 0);
