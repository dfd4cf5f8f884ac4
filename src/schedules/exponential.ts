import { made, type Made } from "../core/bare.js";
import { exp } from "../core/exp.js";
import { log } from "../core/log.js";
import { count, notNegative } from "../core/options.js";
import { factor, readSchedule, type Schedule } from "./schedule.js";

/** Options of {@link exponential}. */
export interface ExponentialOptions {
  /** The learning rate at the start. Needed. */
  readonly from: number;
  /** What it has been multiplied by after `every` updates, above 0 and at most 1. Needed. */
  readonly factor: number;
  /** In how many updates. Default 1. */
  readonly every?: number;
}

const needed = {
  from: /* @__PURE__ */ notNegative(0.01),
  factor: /* @__PURE__ */ factor(0.999),
};
const others = {
  every: /* @__PURE__ */ count(1),
};

/**
 * A learning rate that falls by the same factor with each update: rate = from · factor^(step / every). It never ends.
 *
 * Computed as from · e^(ln factor · step / every), which is exact to 12 digits after any number of steps.
 *
 * Source: as in PyTorch (`ExponentialLR`, which counts epochs) and Keras (`ExponentialDecay`).
 * @throws {@link ChainruleError} `option` for an unknown or a missing option, `value` for a value out of range
 * @example
 * ```ts
 * import { exponential } from "chainrule";
 *
 * const schedule = exponential({ from: 0.8, factor: 0.5, every: 100 }); // half as much every 100 updates
 * schedule.rate(50).toFixed(4); // "0.5657", 0.8 / √2
 * ```
 */
export function exponential(options: ExponentialOptions): Made<Schedule, ExponentialOptions> {
  const read = readSchedule<ExponentialOptions>("exponential", options, needed, others);
  const { from, factor, every } = read;
  const slope = log(factor);
  return made({ name: "exponential", rate: (step) => from * exp(slope * (step / every)) }, read);
}
