import type { Expression, Operation } from "./expression.js";

/**
 * A function over tensors: for each element some places are read and some written. The formulas see what stood there before.
 */
export interface Kernel {
  /** The tensors, in the order of the operands; variables are found by these names. */
  readonly places: readonly string[];
  /** The scalars, in the order of their cells. */
  readonly scalars: readonly string[];
  /** What is written to each place, for each element. */
  readonly outputs: Readonly<Record<string, Expression>>;
  /**
   * In float32, whether each operation is rounded, or only what is stored. What depends on scalars alone is computed in
   * float64, and rounded where it is used.
   */
  readonly rounding: "each" | "once";
}

/** An operation on numbers that are known by their places in the list. */
export interface Step {
  readonly op: Exclude<Expression["op"], "power" | "sign">;
  readonly args: readonly number[];
  /** Of a constant. */
  readonly value: number;
  /** Of a variable and a scalar: its place among them. */
  readonly index: number;
  /** Whether it is the same for all elements. */
  readonly isUniform: boolean;
  /** How many steps and outputs have it. */
  readonly uses: number;
}

/** A kernel as a list of steps, in which each value stands once. */
export interface Steps {
  readonly kernel: Kernel;
  readonly steps: readonly Step[];
  readonly outputs: readonly (readonly [place: number, step: number])[];
  /** Tells kernels apart: two with the same key compute the same. */
  readonly key: string;
}

interface Draft {
  readonly op: Step["op"];
  readonly args: readonly number[];
  readonly value: number;
  readonly index: number;
  readonly isUniform: boolean;
}

/**
 * Lists the steps of a kernel. Powers become products, a sign two choices, and an operation on constants the number that it
 * gives; what is multiplied or divided by 1 stays as it is. No other law is made use of, since it could change a bit.
 * @param fold an operation on constants
 */
export function stepsOf(kernel: Kernel, fold: (op: Operation, values: readonly number[]) => number): Steps {
  const drafts: Draft[] = [];
  const known = new Map<string, number>();
  const found = new Map<Expression, number>();

  function put(op: Step["op"], args: readonly number[], value = 0, index = 0): number {
    const key = `${op} ${op === "constant" ? (Object.is(value, -0) ? "-0" : value) : args.length ? args.join() : index}`;
    let at = known.get(key);
    if (at === undefined) {
      const isUniform = op !== "variable" && args.every((each) => drafts[each]!.isUniform);
      known.set(key, (at = drafts.push({ op, args, value, index, isUniform }) - 1));
    }
    return at;
  }

  function apply(op: Step["op"], ...args: readonly number[]): number {
    const given = args.map((each) => drafts[each]!);
    const isOne = (i: number): boolean => given[i]!.op === "constant" && given[i]!.value === 1;
    if (given.every((each) => each.op === "constant"))
      return put(
        "constant",
        [],
        fold(
          op as Operation,
          given.map(({ value }) => value),
        ),
      );
    if (op === "multiply" && isOne(0)) return args[1]!;
    if ((op === "multiply" || op === "divide") && isOne(1)) return args[0]!;
    return put(op, args);
  }

  function visit(e: Expression): number {
    const before = found.get(e);
    if (before !== undefined) return before;
    const at = list(e);
    found.set(e, at);
    return at;
  }

  function list(e: Expression): number {
    if (e.op === "constant") return put("constant", [], e.value);
    if (e.op === "variable") return put("variable", [], 0, kernel.places.indexOf(e.name));
    if (e.op === "scalar") return put("scalar", [], 0, kernel.scalars.indexOf(e.name));
    const args = e.args.map(visit);
    if (e.op === "power") {
      let product = args[0]!;
      for (let i = 1; i < e.value; i++) product = apply("multiply", product, args[0]!);
      return product;
    }
    if (e.op === "sign") {
      const [x, zero] = [args[0]!, put("constant", [])];
      const above = apply("choose", apply("less", zero, x), put("constant", [], 1), zero);
      return apply("choose", apply("less", x, zero), put("constant", [], -1), above);
    }
    return apply(e.op, ...args);
  }

  const outputs = Object.entries(kernel.outputs).map(([place, e]) => [kernel.places.indexOf(place), visit(e)] as const);
  return listed(kernel, drafts, outputs);
}

/** The steps that are needed, with their uses. */
function listed(kernel: Kernel, drafts: readonly Draft[], outputs: Steps["outputs"]): Steps {
  const isNeeded = new Set<number>();
  const need = (at: number): void => {
    if (isNeeded.has(at)) return;
    isNeeded.add(at);
    drafts[at]!.args.forEach(need);
  };
  for (const [, at] of outputs) need(at);
  const order = [...isNeeded].sort((a, b) => a - b);
  const placeOf = new Map(order.map((at, i) => [at, i]));
  const uses = new Map<number, number>();
  const use = (at: number): void => void uses.set(at, (uses.get(at) ?? 0) + 1);
  for (const at of order) drafts[at]!.args.forEach(use);
  for (const [, at] of outputs) use(at);
  const steps = order.map((at): Step => {
    const draft = drafts[at]!;
    return { ...draft, args: draft.args.map((each) => placeOf.get(each)!), uses: uses.get(at) ?? 0 };
  });
  const moved = outputs.map(([place, at]) => [place, placeOf.get(at)!] as const);
  const told = steps.map(({ op, args, value, index }) =>
    op === "constant" ? `=${Object.is(value, -0) ? "-0" : value}` : args.length ? `${op} ${args}` : `${op} ${index}`,
  );
  const key = `${kernel.places.length} ${kernel.scalars.length} ${kernel.rounding}: ${told.join("; ")} > ${moved.join("; ")}`;
  return { kernel, steps, outputs: moved, key };
}
