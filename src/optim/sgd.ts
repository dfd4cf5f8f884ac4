import { bare } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { flag, fraction } from "../core/options.js";
import { round, settled } from "../core/rounding.js";
import { Fn } from "../kernels/opcodes.js";
import type { LearningRate } from "../schedules/schedule.js";
import type { Optimizer, PerParameter } from "./optimizer.js";
import { ruleFields, type RuleOptions, updateRule } from "./rule.js";

/** Options of {@link sgd}. */
export interface SgdOptions extends RuleOptions {
  /** Size of the step: a number, a schedule, or a function of the number of updates so far. Default 0.01. */
  readonly learningRate?: LearningRate;
  /** How much of the last step is kept, μ. Default 0. */
  readonly momentum?: number;
  /** How much of each new gradient is left out of the momentum. Default 0. */
  readonly dampening?: number;
  /** Looks ahead along the momentum. Default `false`. */
  readonly nesterov?: boolean;
  /** L2: adds weightDecay · p to the gradient. A number for all, by name, or a function of the name. Default 0. */
  readonly weightDecay?: PerParameter;
}

const fields = /* @__PURE__ */ ruleFields(0.01, 0, {
  momentum: /* @__PURE__ */ fraction(0),
  dampening: /* @__PURE__ */ fraction(0),
  nesterov: /* @__PURE__ */ flag(false),
});

/**
 * Stochastic gradient descent: p ← p − learningRate · g.
 *
 * With momentum μ: b ← g in the first step, then b ← μ b + (1 − dampening) g, and p ← p − learningRate · b;
 * Nesterov steps along g + μ b. Weight decay is L2: g ← g + weightDecay · p comes first.
 * A b that is subnormal becomes 0.
 *
 * Source: Polyak (1964); Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep
 * learning" (ICML 2013), in the form that PyTorch uses (the learning rate outside b).
 * @throws {@link ChainruleError} `option` for an unknown option or Nesterov without momentum, `value` for a value out of
 * range
 * @example
 * ```ts
 * import { Network, dense, meanSquaredError, sgd } from "chainrule";
 *
 * const network = new Network([dense(1, 1, { weight: [[1]] })], { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }) });
 * network.trainBatch([1], [0]); // 1, the loss
 * network.parameter("0.weight").value; // [[0.8]], since ∂L/∂w = 2 (1 − 0) · 1
 * ```
 */
export const sgd = /* @__PURE__ */ bare<Optimizer, SgdOptions>("sgd", fields, (options) => {
  const { momentum, dampening, nesterov } = options;
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    fail(
      "option",
      "sgd nesterov",
      "a momentum above 0 and no dampening",
      { momentum, dampening },
      "write momentum: 0.9",
    );
  }
  return momentum === 0 ? plainRule(options) : momentumRule(options);
});

function plainRule(options: Required<SgdOptions>): Optimizer {
  return updateRule(options, {
    name: "sgd",
    native: { f: Fn.sgd },
    slots: [],
    scalars: {},
    reach: (s) => s[0]!,
    update(n, p, g, _slots, s, single) {
      const rate = round(s[0]!, single);
      const decay = round(s[1]!, single);
      for (let i = 0; i < n; i++) {
        const gradient = round(g[i]! + round(decay * p[i]!, single), single);
        p[i] = p[i]! - round(rate * gradient, single);
      }
    },
  });
}

function momentumRule(options: Required<SgdOptions>): Optimizer {
  const { nesterov, momentum, dampening } = options;
  return updateRule(options, {
    name: "sgd",
    native: { f: nesterov ? Fn.nesterov : Fn.momentum },
    slots: ["momentum"],
    scalars: { momentum, dampening, step: 0 },
    reach: (s) => s[0]! / (1 - s[2]!), // b is at most a gradient, and μ times it, and μ² times it, …
    advance(s) {
      s[4] = s[4]! + 1;
    },
    update(n, p, g, slots, s, single) {
      const rate = round(s[0]!, single);
      const decay = round(s[1]!, single);
      const kept = round(s[2]!, single);
      const fresh = s[4] === 1 ? 1 : round(1 - s[3]!, single);
      const b = slots[0]!.data;
      for (let i = 0; i < n; i++) {
        const gradient = round(g[i]! + round(decay * p[i]!, single), single);
        const velocity = settled(round(kept * b[i]!, single) + round(fresh * gradient, single), single);
        const direction = nesterov ? round(gradient + round(kept * velocity, single), single) : velocity;
        b[i] = velocity;
        p[i] = p[i]! - round(rate * direction, single);
      }
    },
  });
}
