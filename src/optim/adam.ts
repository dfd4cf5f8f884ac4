import { bare } from "../core/bare.js";
import { fraction, positive } from "../core/options.js";
import { round, settled } from "../core/rounding.js";
import { Fn } from "../kernels/opcodes.js";
import type { LearningRate } from "../schedules/schedule.js";
import type { Optimizer, PerParameter } from "./optimizer.js";
import { ruleFields, type RuleOptions, updateRule } from "./rule.js";

/** Options of {@link adam}. */
export interface AdamOptions extends RuleOptions {
  /**
   * Size of the step, about what each parameter moves by: a number, a schedule, or a function of the number of updates so
   * far. Default 0.001.
   */
  readonly learningRate?: LearningRate;
  /** How much of the running mean of gradients is kept. Default 0.9. */
  readonly beta1?: number;
  /** How much of the running mean of squared gradients is kept. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root, against division by 0. Default 1e-8. */
  readonly epsilon?: number;
  /** L2: adds weightDecay · p to the gradient. A number for all, by name, or a function of the name. Default 0. */
  readonly weightDecay?: PerParameter;
}

const fields = /* @__PURE__ */ ruleFields(0.001, 0, {
  beta1: /* @__PURE__ */ fraction(0.9),
  beta2: /* @__PURE__ */ fraction(0.999),
  epsilon: /* @__PURE__ */ positive(1e-8),
});

/**
 * Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − learningRate · m̂ / (√v̂ + ε).
 *
 * m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) correct for the start at zero; the powers are kept as running products, and
 * √v̂ is computed as √v · (1 / √(1 − β₂ᵗ)). Weight decay is L2: g ← g + weightDecay · p comes first.
 * An m or v that is subnormal becomes 0.
 *
 * Source: Kingma, Ba, "Adam: a method for stochastic optimization" (ICLR 2015), algorithm 1.
 * @throws {@link ChainruleError} `option` for an unknown option, `value` for a value out of range
 * @example
 * ```ts
 * import { Network, adam, dense, meanSquaredError } from "chainrule";
 *
 * const network = new Network([dense(1, 1, { weight: [[1]] })], { loss: meanSquaredError, optimizer: adam({ learningRate: 0.1 }) });
 * network.trainBatch([1], [0]); // 1, the loss
 * network.parameter("0.weight").value[0]![0]!.toFixed(6); // "0.900000": the first step has the size of the learning rate
 * ```
 */
export const adam = /* @__PURE__ */ bare<Optimizer, AdamOptions>("adam", fields, (options) =>
  adamRule(options, "adam"),
);

/** @internal Adam, or AdamW: weight decay is apart from the gradient, and p ← p · (1 − learningRate · weightDecay) first. */
export function adamRule(options: Required<AdamOptions>, name: "adam" | "adamW"): Optimizer {
  const { beta1, beta2, epsilon } = options;
  const isApart = name === "adamW";
  return updateRule(options, {
    name,
    native: { f: isApart ? Fn.adamW : Fn.adam },
    slots: ["m", "v"],
    scalars: { beta1, beta2, epsilon, beta1Power: 1, beta2Power: 1 },
    reach: (s) => s[0]! / Math.min(s[4]!, 1 - s[2]!), // p moves by rate / (1 − β₁ᵗ) · m / (… + ε)
    advance(s) {
      s[5] = s[5]! * s[2]!;
      s[6] = s[6]! * s[3]!;
    },
    update(n, p, g, slots, s, single) {
      const decay = round(isApart ? 1 - s[0]! * s[1]! : s[1]!, single);
      const keep1 = round(s[2]!, single);
      const take1 = round(1 - s[2]!, single);
      const keep2 = round(s[3]!, single);
      const take2 = round(1 - s[3]!, single);
      const epsilon = round(s[4]!, single);
      const rate = round(s[0]! / (1 - s[5]!), single);
      const growth = round(1 / Math.sqrt(1 - s[6]!), single);
      const m = slots[0]!.data;
      const v = slots[1]!.data;
      for (let i = 0; i < n; i++) {
        const decayed = round(decay * p[i]!, single);
        const value = isApart ? decayed : p[i]!;
        const gradient = isApart ? g[i]! : round(g[i]! + decayed, single);
        const square = round(gradient * gradient, single);
        const mean = settled(round(keep1 * m[i]!, single) + round(take1 * gradient, single), single);
        const spread = settled(round(keep2 * v[i]!, single) + round(take2 * square, single), single);
        const scale = round(round(round(Math.sqrt(spread), single) * growth, single) + epsilon, single);
        m[i] = mean;
        v[i] = spread;
        p[i] = value - round(round(rate * mean, single) / scale, single);
      }
    },
  });
}
