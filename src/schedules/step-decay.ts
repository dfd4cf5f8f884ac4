import { made, type Made } from "../core/bare.js";
import { count, notNegative } from "../core/options.js";
import { power } from "../core/power.js";
import { factor, readSchedule, type Schedule } from "./schedule.js";

/** Options of {@link stepDecay}. */
export interface StepDecayOptions {
  /** The learning rate at the start. Needed. */
  readonly from: number;
  /** What it is multiplied by each time, above 0 and at most 1. Default 0.1. */
  readonly factor?: number;
  /** After how many updates it is, each time. Needed. */
  readonly every: number;
}

const needed = {
  from: /* @__PURE__ */ notNegative(0.01),
  every: /* @__PURE__ */ count(1000),
};
const others = {
  factor: /* @__PURE__ */ factor(0.1),
};

/**
 * A learning rate that falls in steps: rate = from · factor^⌊step / every⌋. It never ends.
 *
 * Source: as in PyTorch (`StepLR`, which counts epochs).
 * @throws {@link ChainruleError} `option` for an unknown or a missing option, `value` for a value out of range
 * @example
 * ```ts
 * import { stepDecay } from "chainrule";
 *
 * const schedule = stepDecay({ from: 0.8, factor: 0.5, every: 100 });
 * schedule.rate(99); // 0.8
 * schedule.rate(200); // 0.2
 * ```
 */
export function stepDecay(options: StepDecayOptions): Made<Schedule, StepDecayOptions> {
  const read = readSchedule<StepDecayOptions>("stepDecay", options, needed, others);
  const { from, factor, every } = read;
  return made({ name: "stepDecay", rate: (step) => from * power(factor, Math.floor(step / every)) }, read);
}
