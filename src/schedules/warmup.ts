import { made, type Made } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { isCount } from "../core/options.js";

/** What goes before a schedule in a {@link sequence} and has no rate of its own: a share of the rate that follows. */
export interface Warmup {
  /** What it is called in errors and saved files. */
  readonly name: string;
  /** What it was made with: with its name it says how to make it again. */
  readonly options?: object | undefined;
  /** After how many updates the next part begins. */
  readonly steps: number;
  /** The share of the next part's first rate, after so many updates of its own. */
  factor(step: number): number;
}

/**
 * A rise to whatever follows: rate = goal · (step + 1) / (steps + 1), where the goal is the rate with which the next part
 * of the sequence begins. So the first update already moves something, and each adds as much as the one before it.
 *
 * It stands in a {@link sequence}, before something else. To begin elsewhere than near 0, write {@link linear} in its place.
 *
 * Source: Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour" (2017), section 2.2.
 * @throws {@link ChainruleError} `value` unless the steps are a whole number of at least 1
 * @example
 * ```ts
 * import { sequence, warmup } from "chainrule";
 *
 * const schedule = sequence(warmup(3), 0.8);
 * [0, 1, 2, 3, 4].map((step) => schedule.rate(step).toFixed(1)); // ["0.2", "0.4", "0.6", "0.8", "0.8"]
 * ```
 */
export function warmup(steps: number): Made<Warmup, { steps: number }> {
  if (!isCount(steps)) fail("value", "warmup", "a whole number of at least 1", steps, "write warmup(100)");
  return made({ name: "warmup", steps, factor: (step) => (step + 1) / (steps + 1) }, { steps });
}
