import { made, type Made } from "../core/bare.js";
import { count, fraction, notNegative, optional } from "../core/options.js";
import { alongCosine, readSchedule, type Schedule } from "./schedule.js";

/** Options of {@link oneCycle}. */
export interface OneCycleOptions {
  /** The highest learning rate. Needed. */
  readonly peak: number;
  /** How many updates there will be. Needed. */
  readonly steps: number;
  /** The share of them in which it rises. Default 0.3. */
  readonly rise?: number;
  /** The learning rate at the start. Default `peak / 25`. */
  readonly from?: number;
  /** The learning rate of the last update. Default `from / 10000`. */
  readonly to?: number;
}

const atLeast0 = /* @__PURE__ */ notNegative(0);
const rate = /* @__PURE__ */ optional<number>(atLeast0.expected, atLeast0.test, "0.001");

const needed = {
  peak: /* @__PURE__ */ notNegative(0.01),
  steps: /* @__PURE__ */ count(1000),
};
const others = {
  rise: /* @__PURE__ */ fraction(0.3),
  from: rate,
  to: rate,
};

/**
 * A learning rate that rises to a peak and falls again, to far below where it began, along half a wave each time.
 *
 * It is `from` at step 0, `peak` at P = rise · steps − 1, and `to` at E = steps − 1, the last, where it stays:
 * rate = from + (peak − from) · ½(1 − cos(π · step / P)) up to P,
 * then rate = to + (peak − to) · ½(1 + cos(π · (step − P) / (E − P))).
 *
 * Source: Smith, Topin, "Super-convergence: very fast training of neural networks using large learning rates" (2018), in
 * the form of PyTorch (`OneCycleLR`, where `from` is peak / div_factor, and `to` from / final_div_factor; the momentum
 * stays as it is).
 * @throws {@link ChainruleError} `option` for an unknown or a missing option, `value` for a value out of range
 * @example
 * ```ts
 * import { oneCycle } from "chainrule";
 *
 * const schedule = oneCycle({ peak: 0.1, steps: 1000 });
 * schedule.rate(0); // 0.004
 * schedule.rate(299); // 0.1
 * schedule.rate(999); // 4e-7
 * ```
 */
export function oneCycle(options: OneCycleOptions): Made<Schedule, OneCycleOptions> {
  const read = readSchedule<OneCycleOptions>("oneCycle", options, needed, others);
  const { peak, steps, rise, from = peak / 25, to = from / 10_000 } = read;
  const top = Math.max(0, rise * steps - 1);
  const last = steps - 1;
  return made(
    {
      name: "oneCycle",
      steps,
      rate: (step) =>
        step < top
          ? alongCosine(from, peak, step / top)
          : step < last
            ? alongCosine(peak, to, (step - top) / (last - top))
            : to,
    },
    { peak, steps, rise, from, to },
  );
}
