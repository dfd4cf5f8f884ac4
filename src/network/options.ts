import { isArray } from "../core/errors.js";
import * as names from "../core/names.js";
import { block, flag, isBlock, isListOf, isPlainObject, oneOf, optional } from "../core/options.js";
import type { Backend } from "../kernels/backend.js";
import type { Loss } from "../losses/loss.js";
import type { Optimizer } from "../optim/optimizer.js";
import { isSchedule } from "../schedules/schedule.js";
import { metricsField } from "../train/metrics.js";
import { classWeightsField } from "../train/options.js";

/** Options of `backward` and `trainBatch`. */
export const ROW_WEIGHTS = ["rowWeights"] as const;

/** Options of `evaluate`. */
export const EVALUATE = ["rowWeights", "classWeights", "metrics"] as const;
/** Those that have a field. */
export const evaluateFields = { classWeights: classWeightsField, metrics: metricsField };

/** Options of `forward`, but for `out`. */
export const forwardFields = { training: /* @__PURE__ */ flag(true), inputGradient: /* @__PURE__ */ flag(false) };
/** All of them. */
export const FORWARD = ["out", "training", "inputGradient"] as const;

/** Whether what an optimizer may have besides is what it has to be; `isBlock` has read it before. */
function hasRightParts({ schedule, scalars, clipValue, clipNorm, averaged }: Optimizer): boolean {
  const isRight = (part: unknown, test: (value: number) => boolean): boolean =>
    part === undefined || (Number.isFinite(part) && test(part as number));
  return (
    (schedule === undefined || (isSchedule(schedule) && Object.hasOwn(scalars, "learningRate"))) &&
    isRight(clipValue, (value) => value > 0) &&
    isRight(clipNorm, (value) => value > 0) &&
    isRight(averaged, (value) => value >= 0 && value < 1)
  );
}

/** Options of a network. */
export const fields = {
  loss: /* @__PURE__ */ block<Loss>("a loss", names.losses, "loss({ name, value, derivative })", (value) =>
    isBlock(value, "name", "value", "gradient", "divisor"),
  ),
  optimizer: /* @__PURE__ */ block<Optimizer>(
    "an optimizer",
    names.optimizers,
    '{ name, slots: ["m"], scalars: { learningRate: 0.1 }, step }',
    (value) => {
      const { slots, scalars } = Object(value) as Partial<Optimizer>;
      return (
        isBlock(value, "name", "step") &&
        isListOf(slots, (name) => typeof name === "string") &&
        isPlainObject(scalars) &&
        Object.values(scalars).every(Number.isFinite) &&
        hasRightParts(value as Optimizer)
      );
    },
  ),
  seed: /* @__PURE__ */ optional<number>(
    "a whole number from 0 to 2⁵³ − 1",
    (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    "1",
  ),
  dtype: /* @__PURE__ */ oneOf("float64", "float32"),
  backend: /* @__PURE__ */ optional<Backend>("a backend", (value) => isBlock(value, "name", "kernels"), "reference"),
};

/** Options of `load`. */
export const onlyFields = {
  only: /* @__PURE__ */ optional<readonly string[]>(
    "a list of names",
    (value) => isArray(value) && value.length > 0,
    '["0"]',
  ),
};
