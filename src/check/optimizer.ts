import { fail } from "../core/errors.js";
import { count, positive, readOptions } from "../core/options.js";
import type { Initializer } from "../initializers/initializer.js";
import type { Layer, Parameter } from "../layers/layer.js";
import { NetworkImplementation } from "../network/implementation.js";
import { Probe } from "../network/probe.js";
import type { Optimizer } from "../optim/optimizer.js";
import { type CheckReport, compare, type Pair, placeOf, reportOf } from "./report.js";
import { demand, draw } from "./subjects.js";

/**
 * An update rule for one number, as the paper has it: what p becomes in step t (from 1) with the gradient g. What the
 * rule remembers of this number goes into `memory`, empty at the start.
 */
export type OptimizerFormula = (p: number, g: number, t: number, memory: Record<string, number>) => number;

/** Options of {@link checkOptimizer}. */
export interface OptimizerCheckOptions {
  /** How many steps are taken. Default 20. */
  readonly steps?: number;
  /** Where start values and gradients come from. Default 1. */
  readonly seed?: number;
  /** The largest relative error of a path that passes. Default 1e-12. */
  readonly tolerance?: number;
}

const fields = { steps: count(20), seed: count(1), tolerance: positive(1e-12) };

const shapes: Readonly<Record<string, readonly number[]>> = { a: [2, 3], x: [2], b: [3], y: [1], c: [1] };
/** Frozen in one of two networks, so that what is left lies in several runs. */
const FROZEN = ["x", "y"];
/** Every number, by its parameter and place. */
const numbers = Object.entries(shapes).flatMap(([name, shape]) =>
  Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => ({
    name,
    place: placeOf(name, shape, i),
  })),
);
/** Sizes of gradients: none, small, ordinary, large. */
const MAGNITUDES = [0, 1e-3, 1, 1, 30];

const random: Initializer = { name: "random", value: (index, { random }) => 2 * random.uniform(index) - 1 };

/** A layer whose parameters get the gradients that it is given as ∂L/∂y, one after another. */
const parameters: Layer<number, number, readonly Parameter[]> = {
  kind: "parameters",
  inputs: numbers.length,
  outputs: numbers.length,
  plan: (planner) => Object.entries(shapes).map(([name, shape]) => planner.parameter(name, shape, random)),
  forward: (_, x, y, { kernels }) => kernels.copy(x, y),
  backward(state, _x, _y, dy) {
    let at = 0;
    for (const { gradient } of state)
      for (let i = 0; i < gradient.data.length; i++) gradient.data[i]! += dy.data[at++]!;
  },
};

/** @throws {@link ChainruleError} `type` */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return fail(
    "type",
    "checkOptimizer formula",
    "a function that returns a number",
    value,
    "write (p, g) => p - 0.01 * g",
  );
}

/**
 * Compares the paths of parameters under an optimizer with those under a formula of yours, for the same random gradients
 * (of several magnitudes, some of them 0). The formula has the options of the optimizer in it.
 *
 * In the report `analytic` is where the optimizer has led and `numeric` where the formula has; a path's error is
 * ‖a − n‖ / max(1, ‖a‖, ‖n‖) over its steps. It also notes if a frozen parameter moves, or if freezing it changes the
 * others by a bit; two networks with the same optimizer object take turns. For rules that treat each number by itself.
 * @throws `ChainruleError` `type` unless it is given an optimizer and a function, `option`, `value`; as `step` does
 * @example
 * ```ts
 * import { sgd } from "chainrule";
 * import { checkOptimizer } from "chainrule/check";
 *
 * checkOptimizer(sgd({ learningRate: 0.1 }), (p, g) => p - 0.1 * g).ok; // true
 * ```
 */
export function checkOptimizer(
  optimizer: Optimizer,
  formula: OptimizerFormula,
  options?: OptimizerCheckOptions,
): CheckReport {
  demand("checkOptimizer", optimizer, "an optimizer", "write checkOptimizer(adam, formula)", "step");
  demand("checkOptimizer formula", formula, "a function (p, g, t, memory)", "write (p, g) => p - 0.01 * g", "call");
  const { steps, seed, tolerance } = readOptions("checkOptimizer", options, fields);
  const free = new NetworkImplementation([parameters], { optimizer, seed });
  const split = free.clone();
  split.freeze(...FROZEN.map((name) => `0.${name}`));
  const valuesOf = (network: NetworkImplementation) =>
    new Probe(network).parameters.flatMap(({ value }) => Array.from(value.data));
  const start = valuesOf(free);
  const path = start.slice();
  const memories = start.map((): Record<string, number> => ({}));
  const history: { readonly name: string; readonly place: string; readonly pair: Pair }[] = [];
  const broken = new Set<string>();
  draw(seed, "gradients", steps, numbers.length, -1, 1).forEach((row, step) => {
    const g = row.map((each, i) => each * MAGNITUDES[(i + 3 * step) % MAGNITUDES.length]!);
    for (const network of [free, split]) {
      network.forward(g);
      network.backwardFrom(g);
      network.step();
    }
    const parted = valuesOf(split);
    valuesOf(free).forEach((value, i) => {
      const { name, place } = numbers[i]!;
      path[i] = numberOf(formula(path[i]!, g[i]!, step + 1, memories[i]!));
      history.push({ name, place: `${place} after step ${step + 1}`, pair: [value, path[i]] });
      const frozen = FROZEN.includes(name);
      if (Object.is(parted[i], frozen ? start[i] : value)) return;
      broken.add(frozen ? `${name} is frozen, and moves` : `${name} takes another path when its neighbours are frozen`);
    });
  });
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const path = history.filter((each) => each.name === name);
    return compare(
      name,
      [steps, ...shape],
      path.map(({ pair }) => pair),
      (_, __, i) => path[i]!.place,
    );
  });
  return reportOf(tensors, [...broken], tolerance);
}
