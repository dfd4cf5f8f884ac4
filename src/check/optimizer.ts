import { count, positive, readOptions } from "../core/options.js";
import type { Layer, Parameter } from "../layers/layer.js";
import { NetworkImplementation } from "../network/implementation.js";
import type { Optimizer } from "../optim/optimizer.js";
import { type CheckReport, compare, placeOf, reportOf } from "./report.js";
import { demand, draw } from "./subjects.js";

/**
 * An update rule for one number, as the paper has it: what p becomes in step t (from 1) by the gradient g. What the rule
 * remembers of this number goes into `memory`, empty at the start.
 */
export type OptimizerFormula = (p: number, g: number, t: number, memory: Record<string, number>) => number;

/** Options of {@link checkOptimizer}. */
export interface OptimizerCheckOptions {
  /** Default 20. */
  readonly steps?: number;
  /** Where start values and gradients come from. Default 1. */
  readonly seed?: number;
  /** The largest relative error of a path that passes. Default 1e-12. */
  readonly tolerance?: number;
}

const shapes: readonly (readonly [name: string, shape: readonly number[]])[] = [["a", [2, 3]], ["x", [2]], ["b", [3]], ["y", [1]], ["c", [1]]];
const sizes = shapes.map(([, shape]) => shape.reduce((product, size) => product * size, 1));
const length = sizes.reduce((sum, size) => sum + size, 0);

/** A layer whose parameters get the gradients that it is given as ∂L/∂y, one after another. */
const parameters: Layer<number, number, readonly Parameter[]> = {
  kind: "parameters",
  inputs: length,
  outputs: length,
  plan: (planner) => shapes.map(([name, shape]) => planner.parameter(name, shape, { name: "random", value: (i, { random }) => 2 * random.uniform(i) - 1 })),
  forward: (_, x, y, { kernels }) => kernels.copy(x, y),
  backward(state, _x, _y, dy) {
    let at = 0;
    for (const { gradient } of state) for (let i = 0; i < gradient.data.length; i++) gradient.data[i]! += dy.data[at++]!;
  },
};

/**
 * Compares the paths of parameters under an optimizer with those under a formula of yours, for the same random gradients
 * (of several magnitudes, some of them 0). The formula has the options of the optimizer in it.
 *
 * In the report `analytic` is where the optimizer has led and `numeric` where the formula has; a path's error is
 * ‖a − n‖ / max(1, ‖a‖, ‖n‖) over its steps. It also notes if a frozen parameter moves, or if the others then move
 * otherwise by a bit; two networks with the same optimizer object take turns. For rules that treat each number by itself.
 * @throws `ChainruleError` `type` unless it is given an optimizer and a function, `option`; as `step` does
 * @example
 * ```ts
 * import { sgd } from "chainrule";
 * import { checkOptimizer } from "chainrule/check";
 *
 * checkOptimizer(sgd({ learningRate: 0.1 }), (p, g) => p - 0.1 * g).ok; // true
 * ```
 */
export function checkOptimizer(optimizer: Optimizer, formula: OptimizerFormula, options?: OptimizerCheckOptions): CheckReport {
  demand("checkOptimizer", optimizer, "an optimizer", "write checkOptimizer(adam, formula)", "step");
  demand("checkOptimizer formula", formula, "a function (p, g, t, memory)", "write (p, g) => p - 0.01 * g", "call");
  const { steps, seed, tolerance } = readOptions("checkOptimizer", options, { steps: count(20), seed: count(1), tolerance: positive(1e-12) });
  const free = new NetworkImplementation([parameters], { optimizer, seed });
  const split = free.clone();
  split.freeze("0.x", "0.y");
  const valuesOf = ({ store }: NetworkImplementation) => Array.from(store.parameters.values(), ({ value }) => Array.from(value.data));
  const start = valuesOf(free);
  const due = start.flat();
  const memories = due.map((): Record<string, number> => ({}));
  const pairs = shapes.map((): [number, number][] => []);
  const broken = new Set<string>();
  const gradients = draw(seed, "gradients", steps, length, -1, 1);
  for (let t = 1; t <= steps; t++) {
    const g = gradients[t - 1]!.map((each, i) => each * [0, 1e-3, 1, 1, 30][(i + 3 * t) % 5]!);
    for (const network of [free, split]) {
      network.forward(g);
      network.backwardFrom(g);
      network.step();
    }
    due.forEach((p, i) => (due[i] = formula(p, g[i]!, t, memories[i]!)));
    const parted = valuesOf(split);
    let at = 0;
    valuesOf(free).forEach((values, k) => {
      const frozen = k % 2 === 1;
      values.forEach((value, i) => {
        pairs[k]!.push([value, due[at++]!]);
        if (Object.is(parted[k]![i], frozen ? start[k]![i] : value)) return;
        broken.add(frozen ? `${shapes[k]![0]} is frozen, and moves` : `${shapes[k]![0]} takes another path when its neighbours are frozen`);
      });
    });
  }
  const tensors = shapes.map(([name, shape], k) =>
    compare(name, [steps, ...shape], pairs[k]!, (_, __, i) => `${placeOf(name, shape, i % sizes[k]!)} after step ${Math.floor(i / sizes[k]!) + 1}`),
  );
  return reportOf(tensors, [...broken], tolerance);
}
