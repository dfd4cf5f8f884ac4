import { bare, type Bare } from "../core/bare.js";
import { oneOf } from "../core/options.js";
import { Fn } from "../kernels/opcodes.js";
import {
  divisorFor,
  elementwiseLoss,
  missingField,
  type MissingOption,
  reductionField,
  type ReductionOptions,
  type SizeKeepingLoss,
} from "./loss.js";

/** Options of {@link meanSquaredError} and {@link halfSquaredError}. */
export interface SquaredErrorOptions extends ReductionOptions, MissingOption {
  /**
   * `"reachable"`: `fit` and `trainBatch` refuse targets that the last layer can never give, such as 3 behind sigmoid.
   * `"real"`: any numbers, for when that is meant. Default `"reachable"`.
   */
  readonly targets?: "reachable" | "real";
}

/** ½(p − t)² and (p − t)², which differ in the factor and in what the mean is taken over. */
function squaredError(name: string, half: number, per: "row" | "number"): Bare<SizeKeepingLoss, SquaredErrorOptions> {
  const value = (p: number, t: number): number => half * (p - t) * (p - t);
  const derivative = (p: number, t: number): number => 2 * half * (p - t);
  return bare<SizeKeepingLoss, SquaredErrorOptions>(
    name,
    { reduction: reductionField, missing: missingField, targets: oneOf("reachable", "real") },
    ({ reduction, missing, targets }) =>
      elementwiseLoss({
        name,
        native: { f: Fn.squaredError, number: half },
        targets,
        ...divisorFor(reduction, per, missing),
        map(n, p, t, u) {
          for (let i = 0; i < n; i++) u[i] = value(p[i]!, t[i]!);
        },
        pull(n, p, t, dp) {
          for (let i = 0; i < n; i++) dp[i] = derivative(p[i]!, t[i]!);
        },
      }),
  );
}

/**
 * The article's error, ½ Σ (t − p)² over the outputs, averaged over the rows of a batch; ∂/∂p = (p − t) / rows.
 *
 * Source: Mazur, "A Step by Step Backpropagation Example" (2015); Rumelhart, Hinton, Williams (1986).
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError } from "chainrule";
 *
 * const network = new Network([dense(1, 1, { weight: [[1]] })], { loss: halfSquaredError });
 * network.evaluate([3], [1]).loss; // 2
 * ```
 */
export const halfSquaredError = /* @__PURE__ */ squaredError("halfSquaredError", 0.5, "row");

/**
 * The mean of (p − t)² over rows and columns; ∂/∂p = 2(p − t) / (rows · columns).
 *
 * With C columns it is 2/C times {@link halfSquaredError}; with two outputs, as in the article, the two are equal.
 *
 * Source: as in PyTorch (`MSELoss`) and Keras (`MeanSquaredError`).
 * @example
 * ```ts
 * import { Network, dense, meanSquaredError } from "chainrule";
 *
 * const network = new Network([dense(1, 1, { weight: [[1]] })], { loss: meanSquaredError });
 * network.evaluate([3], [1]).loss; // 4
 *
 * const sparse = new Network([dense(1, 2, { weight: [[1], [1]] })], { loss: meanSquaredError({ missing: NaN }) });
 * sparse.evaluate([3], [1, NaN]).loss; // 4, the mean over what is known
 * ```
 */
export const meanSquaredError = /* @__PURE__ */ squaredError("meanSquaredError", 1, "number");
