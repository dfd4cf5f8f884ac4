import { bare } from "../core/bare.js";
import { fraction, positive } from "../core/options.js";
import { type AdamOptions, adamRule } from "./adam.js";
import type { Optimizer, PerParameter } from "./optimizer.js";
import { ruleFields } from "./rule.js";

/** Options of {@link adamW}. */
export interface AdamWOptions extends AdamOptions {
  /** What a parameter loses in a step, times the learning rate. A number for all, by name, or a function. Default 0.01. */
  readonly weightDecay?: PerParameter;
}

const fields = /* @__PURE__ */ ruleFields(0.001, 0.01, {
  beta1: /* @__PURE__ */ fraction(0.9),
  beta2: /* @__PURE__ */ fraction(0.999),
  epsilon: /* @__PURE__ */ positive(1e-8),
});

/**
 * AdamW: p ← p · (1 − learningRate · weightDecay), then a step of {@link adam} without weight decay in its gradient.
 *
 * So a weight decays at the same pace whatever the size of its gradients, which Adam divides by.
 *
 * Source: Loshchilov, Hutter, "Decoupled weight decay regularization" (ICLR 2019), in the form that PyTorch uses: the decay
 * is multiplied by the learning rate.
 * @throws {@link ChainruleError} `option` for an unknown option, `value` for a value out of range
 * @example
 * ```ts
 * import { Network, adamW, dense, meanSquaredError } from "chainrule";
 *
 * const network = new Network([dense(1, 1, { weight: [[1]] })], {
 *   loss: meanSquaredError,
 *   optimizer: adamW({ learningRate: 0.1, weightDecay: (name) => (name.endsWith("bias") ? 0 : 0.5) }),
 * });
 * network.trainBatch([1], [0]);
 * network.parameter("0.weight").value[0]![0]!.toFixed(6); // "0.850000": 0.05 of decay, and a step of 0.1
 * ```
 */
export const adamW = /* @__PURE__ */ bare<Optimizer, AdamWOptions>("adamW", fields, (options) =>
  adamRule(options, "adamW"),
);
