import { isArray } from "../core/errors.js";
import { optional, readOptions } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import type { OnBatch } from "../networks.js";
import { cloneOf } from "../network/probe.js";
import { differentiate } from "./differentiate.js";
import { type CheckReport, reportOf } from "./report.js";
import { type CheckOptions, common } from "./subjects.js";

/** Options of {@link checkGradients}. */
export interface GradientCheckOptions extends CheckOptions {
  /** A factor for the loss of each row, as in `backward`. */
  readonly rowWeights?: readonly number[] | Floats;
}

const fields = {
  ...common,
  rowWeights: optional<readonly number[] | Floats>(
    "a list of numbers",
    (value) => isArray(value) || ArrayBuffer.isView(value),
    "[1, 0.5]",
  ),
};

/**
 * Compares what `backward` gives for every parameter, and for the input, with (L(p + h) − L(p − h)) / 2h.
 *
 * It works on a clone in float64, in training mode; random layers draw the same numbers each time. A tensor's error is
 * ‖a − n‖ / max(1, ‖a‖, ‖n‖). Elements within h of a kink, found by the values of the loss alone, are skipped and
 * counted. It also notes if a repeated forward gives another loss, or if backward does not add to the gradients.
 *
 * A difference can't be better than the rounding of the loss, about 2⁻⁵² · L / h: for a loss above 100 take a larger h.
 * @param input one example or a batch, as for `forward`
 * @param target its target, as for `backward`
 * @throws `ChainruleError` `type` unless it is given a network, `option`, `value`, `diverged` if the loss is not finite;
 * else as `forward` and `backward`
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, tanh } from "chainrule";
 * import { checkGradients } from "chainrule/check";
 *
 * const network = new Network([dense(2, 3), tanh, dense(3, 1)], { loss: halfSquaredError, seed: 1 });
 * const report = checkGradients(network, [[0.5, -1], [2, 0.3]], [[1], [0]]);
 * report.ok; // true
 * report.checked; // 17: 13 numbers that learn, 4 of the input
 * ```
 */
export const checkGradients: OnBatch<[options?: GradientCheckOptions], CheckReport> = (
  network,
  input,
  target,
  options,
) => {
  const clone = cloneOf(network, "checkGradients", { dtype: "float64" });
  const { h, tolerance, rowWeights } = readOptions("checkGradients", options, fields);
  const found = differentiate(clone, input, target, { h, tolerance, rowWeights });
  return reportOf(found.tensors, found.broken, tolerance, h);
};
