import { made, type Made } from "../core/bare.js";
import { count, notNegative } from "../core/options.js";
import { alongCosine, readSchedule, type Schedule } from "./schedule.js";

/** Options of {@link cosine}. */
export interface CosineOptions {
  /** The learning rate at the start. Needed. */
  readonly from: number;
  /** The learning rate at the end. Default 0. */
  readonly to?: number;
  /** After how many updates that is reached. Needed. */
  readonly steps: number;
}

/** Options of {@link cosineRestarts}. */
export interface CosineRestartsOptions extends CosineOptions {
  /** How many times as long each period is as the one before it, a whole number; the first has `steps`. Default 1. */
  readonly growth?: number;
}

const needed = {
  from: /* @__PURE__ */ notNegative(0.01),
  steps: /* @__PURE__ */ count(1000),
};
const others = {
  to: /* @__PURE__ */ notNegative(0),
};

/**
 * A learning rate along half a wave: rate = to + (from − to) · ½(1 + cos(π · step / steps)), and then `to` for ever.
 *
 * Source: Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts" (ICLR 2017), equation 5, without a
 * restart.
 * @throws {@link ChainruleError} `option` for an unknown or a missing option, `value` for a value out of range
 * @example
 * ```ts
 * import { cosine } from "chainrule";
 *
 * const schedule = cosine({ from: 0.8, steps: 100 });
 * schedule.rate(0); // 0.8
 * schedule.rate(50); // 0.4
 * schedule.rate(100); // 0
 * ```
 */
export function cosine(options: CosineOptions): Made<Schedule, CosineOptions> {
  const read = readSchedule<CosineOptions>("cosine", options, needed, others);
  const { from, to, steps } = read;
  return made({ name: "cosine", steps, rate: (step) => alongCosine(from, to, step / steps) }, read);
}

/**
 * {@link cosine} again and again: after each period the learning rate goes back to `from`. It never ends.
 *
 * In a period of T updates that began t updates ago, rate = to + (from − to) · ½(1 + cos(π · t / T)); the first has
 * T = steps, and each `growth` times as many as the one before it.
 *
 * Source: Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts" (ICLR 2017), equation 5.
 * @throws {@link ChainruleError} `option` for an unknown or a missing option, `value` for a value out of range
 * @example
 * ```ts
 * import { cosineRestarts } from "chainrule";
 *
 * const schedule = cosineRestarts({ from: 0.8, steps: 100, growth: 2 });
 * schedule.rate(50); // 0.4
 * schedule.rate(100); // 0.8, the first of 200
 * schedule.rate(200); // 0.4
 * ```
 */
export function cosineRestarts(options: CosineRestartsOptions): Made<Schedule, CosineRestartsOptions> {
  const read = readSchedule<CosineRestartsOptions>("cosineRestarts", options, needed, {
    ...others,
    growth: count(1),
  });
  const { from, to, steps, growth } = read;
  return made(
    {
      name: "cosineRestarts",
      rate(step) {
        let begin = growth === 1 ? step - (step % steps) : 0;
        let length = steps;
        for (; step - begin >= length; length *= growth) begin += length;
        return alongCosine(from, to, (step - begin) / length);
      },
    },
    read,
  );
}
