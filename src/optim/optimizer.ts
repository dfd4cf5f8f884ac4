import type { Tensor } from "../core/tensor.js";
import type { Run } from "../kernels/kernels.js";
import type { Context } from "../layers/layer.js";
import type { Schedule } from "../schedules/schedule.js";

/**
 * A number for each parameter: the same for all; by name, `{ "0.weight": 0.01 }`, where `"0"` stands for all of a layer and
 * a longer name goes before a shorter one; or a function of the name, which is asked when a network is built.
 */
export type PerParameter = number | Readonly<Record<string, number>> | ((name: string) => number);

/** What an optimizer may know of the moment. */
export interface StepContext extends Context {
  /** The optimizer's scalars, in the order in which it lists them. */
  readonly scalars: Tensor;
  /**
   * Runs the latest batch again with the parameters as they are now, and returns its loss; gradients are computed
   * anew, with penalties, and clipped. Random layers draw the same numbers; running statistics move once more. For rules that look before they
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
  /** What the scalar `learningRate` is to be before each step; absent: it stays. */
  readonly schedule?: Schedule | undefined;
  /** Of a rule of the library: what a parameter's rate is multiplied by. */
  readonly rateFactor?: PerParameter | undefined;
  /** Of a rule of the library: how much of itself a parameter loses. */
  readonly weightDecay?: PerParameter | undefined;
  /** Each number of the gradients is brought to [−clipValue, clipValue] before the step. */
  readonly clipValue?: number | undefined;
  /** The norm of all gradients together is brought to at most this before the step, after `clipValue`. */
  readonly clipNorm?: number | undefined;
  /** How much a running mean of each parameter keeps of itself in a step; absent: there is none. */
  readonly averaged?: number | undefined;
  /** Moves the parameters of each run: all that is not frozen, in stretches that lie one after another. */
  step(runs: readonly Run[], context: StepContext): void;
}
