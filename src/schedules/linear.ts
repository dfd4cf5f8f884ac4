import { made, type Made } from "../core/bare.js";
import { count, notNegative } from "../core/options.js";
import { between, readSchedule, type Schedule } from "./schedule.js";

/** Options of {@link linear}. */
export interface LinearOptions {
  /** The learning rate at the start. Needed. */
  readonly from: number;
  /** The learning rate at the end; it may be larger. Default 0. */
  readonly to?: number;
  /** After how many updates that is reached. Needed. */
  readonly steps: number;
}

const needed = {
  from: /* @__PURE__ */ notNegative(0.01),
  steps: /* @__PURE__ */ count(1000),
};
const others = {
  to: /* @__PURE__ */ notNegative(0),
};

/**
 * A learning rate on a straight line: rate = from + (to − from) · step / steps, and then `to` for ever.
 *
 * Source: as in PyTorch (`LinearLR`) and Keras (`PolynomialDecay` of power 1).
 * @throws {@link ChainruleError} `option` for an unknown or a missing option, `value` for a value out of range
 * @example
 * ```ts
 * import { linear } from "chainrule";
 *
 * const schedule = linear({ from: 0.8, to: 0.4, steps: 100 });
 * schedule.rate(50).toFixed(4); // "0.6000"
 * schedule.rate(1000); // 0.4
 * ```
 */
export function linear(options: LinearOptions): Made<Schedule, LinearOptions> {
  const read = readSchedule<LinearOptions>("linear", options, needed, others);
  const { from, to, steps } = read;
  return made({ name: "linear", steps, rate: (step) => between(from, to, (steps - step) / steps) }, read);
}
