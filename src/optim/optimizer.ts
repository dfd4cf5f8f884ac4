import { partOf } from "../core/options.js";
import type { Floats, Tensor } from "../core/tensor.js";
import type { Run, UpdateLoops } from "../kernels/kernels.js";
import type { Context } from "../layers/layer.js";

/** What an optimizer may know of the moment. */
export interface StepContext extends Context {
  /** The optimizer's scalars, in the order in which it lists them. */
  readonly scalars: Tensor;
  /**
   * Runs the latest batch again with the parameters as they are now, and returns its loss; gradients are computed
   * anew. Random layers draw the same numbers; running statistics move once more. For rules that look before they
   * leap.
   * @throws {@link ChainruleError} `order` if gradients of several batches, or of `backwardFrom`, are waiting
   */
  evaluate(): number;
}

/**
 * An update rule. What it remembers lies in the network: a slot is an array as long as the parameters, zero at the
 * start; a scalar is one number, such as the learning rate, readable and changeable by name as `network.optimizer.…`.
 *
 * @example Steps of one size, whatever the gradient's.
 * ```ts
 * import { type Optimizer } from "chainrule";
 *
 * const signDescent: Optimizer = {
 *   name: "signDescent",
 *   slots: [],
 *   scalars: { learningRate: 0.01 },
 *   step(runs, { scalars }) {
 *     for (const { parameters: p, gradients: g } of runs) {
 *       for (let i = 0; i < p.columns; i++) p.data[i]! -= scalars.data[0]! * Math.sign(g.data[i]!);
 *     }
 *   },
 * };
 * ```
 */
export interface Optimizer<Scalar extends string = string> {
  /** What it is called in summaries and errors. */
  readonly name: string;
  /** What it was made with, defaults filled in: with its name it says how to make it again. */
  readonly options?: object | undefined;
  /** The names of what it remembers of each parameter. */
  readonly slots: readonly string[];
  /** Names and start values. */
  readonly scalars: Readonly<Record<Scalar, number>>;
  /** Moves the parameters of each run: all that is not frozen, in stretches that lie one after another. */
  step(runs: readonly Run[], context: StepContext): void;
}

/** An update rule of ours: its first scalars are the learning rate and the weight decay. */
interface Rule<Scalar extends string> extends Omit<Optimizer<Scalar>, "step">, UpdateLoops {
  /** A slot of means of gradients, times this, is more than a parameter moves by. */
  reach(s: Floats): number;
}

/**
 * The reach of an optimizer's rule, if it is one of ours: then bounds on the gradients and on this are one on all that
 * a step writes. It belongs to the function, so that an optimizer which is made from parts of ours has none.
 */
export const reachOf = ({ step }: Optimizer): Rule<string>["reach"] | undefined =>
  (step as Partial<Rule<string>>).reach;

/** Makes an optimizer of an update rule. */
export function updateRule<Scalar extends string>(rule: Rule<Scalar>): Optimizer<Scalar> {
  const { name, slots, scalars, native, update, reach } = rule;
  const advance = partOf(rule, "advance");
  const needs = { scalars: Object.keys(scalars).length, slots: slots.length };
  const loops: UpdateLoops = { native: native && { ...native, ...needs }, advance, update };
  return Object.freeze({
    name,
    slots,
    scalars,
    step: Object.assign(
      (runs: readonly Run[], { kernels, scalars }: StepContext): void => kernels.update(loops, runs, scalars),
      { reach },
    ),
  });
}
