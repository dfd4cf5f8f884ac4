import { made, type Made } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { type Field, isCount, notNegative } from "../core/options.js";
import { power } from "../core/power.js";
import { factor, readSchedule, type Schedule } from "./schedule.js";

/** Options of {@link plateau}. */
export interface PlateauOptions {
  /** The learning rate at the start. Needed. */
  readonly from: number;
  /** What it is multiplied by each time, above 0 and at most 1. Default 0.1. */
  readonly factor?: number;
  /** How many epochs in a row may pass without a better loss; the next one lowers the rate. Default 10. */
  readonly patience?: number;
  /** The rate does not fall below it. Default 0. */
  readonly minimum?: number;
  /** For how many epochs after it was lowered nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** By more than how much a loss has to be below the best to be better. Default 1e-4. */
  readonly minDelta?: number;
}

const whole = (otherwise: number): Field<number> => ({
  otherwise,
  expected: "a whole number of at least 0",
  test: (value) => value === 0 || isCount(value),
});

const needed = { from: /* @__PURE__ */ notNegative(0.01) };
const others = {
  factor: /* @__PURE__ */ factor(0.1),
  patience: /* @__PURE__ */ whole(10),
  minimum: /* @__PURE__ */ notNegative(0),
  cooldown: /* @__PURE__ */ whole(0),
  minDelta: /* @__PURE__ */ notNegative(1e-4),
};

/** Where each of its scalars lies. */
const [REDUCTIONS, EPOCHS, BEST, WAITED, COOLING] = [0, 1, 2, 3, 4] as const;

/**
 * A learning rate that falls when the loss does: rate = max(minimum, from · factor^reductions). It never ends.
 *
 * `fit` tells it the loss after each epoch, of the validation if there is any. A loss below best − minDelta is the new
 * best; when more than `patience` epochs in a row have had none, there is one reduction more, and then a cooldown. So it
 * changes between epochs only, and what it remembers lies in the network. `trainBatch` and `step` tell it nothing.
 *
 * Source: as in PyTorch (`ReduceLROnPlateau` with threshold_mode="abs" and eps=0).
 * @throws {@link ChainruleError} `option` for an unknown or a missing option, `value` for a value out of range
 * @example
 * ```ts
 * import { plateau, sequence, warmup } from "chainrule";
 *
 * const schedule = plateau({ from: 0.01, patience: 5 });
 * schedule.rate(0); // 0.01
 * sequence(warmup(100), plateau({ from: 0.01, factor: 0.5, minimum: 1e-5 }));
 * ```
 */
export function plateau(options: PlateauOptions): Made<Schedule, PlateauOptions> {
  const read = readSchedule<PlateauOptions>("plateau", options, needed, others);
  const { from, factor, patience, minimum, cooldown, minDelta } = read;
  if (minimum > from) fail("value", "plateau minimum", `at most from, ${from}`, minimum);
  const scalars = Object.freeze({ reductions: 0, epochs: 0, best: 0, waited: 0, cooling: 0 });
  return made(
    {
      name: "plateau",
      scalars,
      rate: (_, s) => Math.max(minimum, from * power(factor, s ? s[REDUCTIONS]! : 0)),
      epoch(_, s, loss) {
        if (!Number.isFinite(loss)) return;
        const isBetter = s[EPOCHS] === 0 || loss < s[BEST]! - minDelta;
        if (isBetter) s[BEST] = loss;
        s[WAITED] = isBetter ? 0 : s[WAITED]! + 1;
        if (s[COOLING]! > 0) {
          s[COOLING]!--;
          s[WAITED] = 0;
        }
        if (s[WAITED]! > patience) {
          s[REDUCTIONS]!++;
          s[COOLING] = cooldown;
          s[WAITED] = 0;
        }
        s[EPOCHS]!++;
      },
    },
    read,
  );
}
