import { cosPi } from "../core/cos.js";
import { ask, fail } from "../core/errors.js";
import { type Field, isBlock, isCount, isPlainObject, partOf, readOptions, refusePromise } from "../core/options.js";
import type { Floats } from "../core/tensor.js";

/**
 * A learning rate that changes while a network is trained: a function of the count of updates so far, wherever an
 * optimizer takes a rate. It keeps nothing itself: what it has to remember lies in scalars, in the network, so that a
 * training goes on from a checkpoint to the same bits.
 */
export interface Schedule {
  /** What it is called in summaries, errors and saved files. */
  readonly name: string;
  /** What it was made with, defaults filled in: with its name it says how to make it again. */
  readonly options?: object | undefined;
  /** After how many updates it has ended, for one that goes before others in a sequence; absent: it never ends. */
  readonly steps?: number | undefined;
  /** What it remembers: names and start values; absent: nothing. */
  readonly scalars?: Readonly<Record<string, number>> | undefined;
  /**
   * The learning rate of the next update, after so many: `rate(0)` is that of the first. `s` are its scalars; one that
   * has none can be asked without.
   */
  rate(step: number, s?: Floats): number;
  /**
   * Told by `fit` between two epochs, after so many updates: the loss that is watched, of validation if there is any.
   * May write its scalars.
   */
  epoch?: ((step: number, s: Floats, loss: number) => void) | undefined;
}

/** A learning rate: a number, a schedule, or any function of the count of updates so far. */
export type LearningRate = number | Schedule | ((step: number) => number);

/** An option that takes a learning rate. */
export const rateField = (otherwise: number): Field<LearningRate> => ({
  otherwise,
  expected: "a number of at least 0, a schedule, or a function of the step",
  test: (value) => (typeof value === "number" ? isRate(value) : isSchedule(value) || typeof value === "function"),
  example: (value) => (isBlock(value, "name", "factor") ? "sequence(warmup(100), 0.01)" : String(otherwise)),
});

/** Whether a value is a number that can be a learning rate. */
const isRate = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;

/** Whether a value is a schedule, as far as can be seen. */
export const isSchedule = (value: unknown): value is Schedule =>
  isBlock(value, "name", "rate") && ask(() => hasRightParts(value as Schedule), false);

function hasRightParts(block: Schedule): boolean {
  const [steps, scalars, epoch] = [partOf(block, "steps"), partOf(block, "scalars"), partOf(block, "epoch")];
  return (
    (steps === undefined || isCount(steps)) &&
    (scalars === undefined || (isPlainObject(scalars) && Object.values(scalars).every(Number.isFinite))) &&
    (epoch === undefined || typeof epoch === "function")
  );
}

/** A learning rate that {@link rateField} has let through, as a number or a schedule. */
export function scheduleOf(rate: LearningRate): number | Schedule {
  if (typeof rate !== "function" || isSchedule(rate)) return rate;
  const name: unknown = ask(() => rate.name, "");
  return { name: (typeof name === "string" && name) || "function", rate: (step) => rate(step) };
}

/**
 * The rate of a schedule, looked at before it is used.
 * @throws {@link ChainruleError} `value` if it is no finite number of at least 0, `type` for a promise
 */
export function rateAt(schedule: Schedule, step: number, s: Floats): number {
  const rate: unknown = schedule.rate(step, s);
  if (isRate(rate)) return rate;
  const where = `learningRate schedule at step ${step}`;
  refusePromise(rate, where);
  return fail("value", where, "a finite number of at least 0", rate);
}

/** A factor that does not enlarge. */
export const factor = (otherwise: number): Field<number> => ({
  otherwise,
  expected: "a number above 0 and at most 1",
  test: (value) => isRate(value) && value > 0 && value <= 1,
});

type Fields = Readonly<Record<string, Field<number | undefined>>>;

/**
 * Reads the options of a schedule: those that are needed, whose fields have an example in the place of a default, and others.
 * @throws {@link ChainruleError} `option` for an unknown or a missing one, `value` for a wrong value
 */
export function readSchedule<Options extends object>(
  name: string,
  given: unknown,
  needed: Fields,
  others: Fields,
): Required<Options> {
  const options = readOptions(name, given, { ...needed, ...others });
  for (const [key, { expected, otherwise }] of Object.entries(needed)) {
    if (Object(given)[key] === undefined) {
      fail("option", `${name} ${key}`, expected, undefined, `write { ${key}: ${otherwise} }`);
    }
  }
  return options as Required<Options>;
}

/** to + (from − to) · left, the share that is left of the way; exact at both ends, and beyond them it stays. */
export const between = (from: number, to: number, left: number): number =>
  left >= 1 ? from : left > 0 ? to + (from - to) * left : to;

/** to + (from − to) · ½(1 + cos(π · share)), of which the last factor is cos²(π · share / 2). */
export function alongCosine(from: number, to: number, share: number): number {
  const root = cosPi(Math.min(1, share) / 2);
  return between(from, to, root * root);
}
