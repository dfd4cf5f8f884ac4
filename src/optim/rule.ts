import { frozenOptions } from "../core/bare.js";
import { type Field, isPlainObject, notNegative, numberIn } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import type { Run, UpdateLoops } from "../kernels/kernels.js";
import { type LearningRate, rateAt, rateField, type Schedule, scheduleOf } from "../schedules/schedule.js";
import type { Optimizer, PerParameter, StepContext } from "./optimizer.js";

/** Options that every optimizer of the library has. */
export interface RuleOptions {
  /** Size of the step: a number, a schedule, or a function of the number of updates so far. */
  readonly learningRate?: LearningRate;
  /**
   * What the learning rate is multiplied by, for a parameter: a number for all; by name, `{ "0.weight": 0.1 }`, where `"0"`
   * stands for all of a layer and what is not named has 1; or a function of the name. Default 1.
   */
  readonly rateFactor?: PerParameter;
  /** How much of itself each parameter loses, as said for the rule; in the same forms, and 0 for what is not named. */
  readonly weightDecay?: PerParameter;
  /** Each number of the gradients is brought to [−clipValue, clipValue], before `clipNorm`. Default null: it is not. */
  readonly clipValue?: number | null;
  /**
   * Where the norm ‖g‖ of all gradients together is larger, they are multiplied by clipNorm / (‖g‖ + 10⁻⁶). Default null:
   * they are not.
   */
  readonly clipNorm?: number | null;
  /**
   * d of a running mean of each parameter, a ← a + (1 − d)(p − a) after each step, from a = p after the first;
   * `network.clone({ averaged: true })` has these means. Default null: there is none.
   */
  readonly averaged?: number | null;
}

const isNotNegative = (value: unknown): boolean => notNegative(0).test(value);

const perParameter = (otherwise: number): Field<PerParameter> => ({
  otherwise,
  expected: 'a number of at least 0, such numbers by name as in { "0.weight": 0.01 }, or a function of a name',
  test: (value) =>
    isNotNegative(value) ||
    typeof value === "function" ||
    (isPlainObject(value) && Object.values(value).every(isNotNegative)),
});

const orNull = (expected: string, test: (value: number) => boolean, example: string): Field<number | null> => ({
  otherwise: null,
  expected: `${expected}, or null`,
  test: (value) => value === null || (isNotNegative(value) && test(value as number)),
  example: (value) => (Number.isFinite(numberIn(value)) ? String(numberIn(value)) : example),
});

/** @internal The fields of these options and of a rule's own, with its defaults. */
export const ruleFields = <Own extends object>(learningRate: number, weightDecay: number, own: Own) => ({
  learningRate: rateField(learningRate),
  ...own,
  weightDecay: perParameter(weightDecay),
  rateFactor: perParameter(1),
  clipValue: orNull("a number above 0", (value) => value > 0, "1"),
  clipNorm: orNull("a number above 0", (value) => value > 0, "1"),
  averaged: orNull("a number of at least 0 and below 1", (value) => value < 1, "0.999"),
});

/** An update rule of ours: its first scalars are the learning rate and the weight decay, and these are the others. */
interface Rule extends UpdateLoops {
  readonly name: string;
  readonly slots: readonly string[];
  readonly scalars: Readonly<Record<string, number>>;
  /** A slot of means of gradients, times this, is more than a parameter moves by; in proportion to the rate. */
  reach(s: Floats): number;
}

/**
 * @internal The reach of an optimizer's rule, if it is one of ours: then bounds on the gradients and on this are one on
 * all that a step writes. It belongs to the function, so that an optimizer which is made from parts of ours has none.
 */
export const reachOf = ({ step }: Optimizer): Rule["reach"] | undefined => (step as Partial<Rule>).reach;

/** @internal Makes an optimizer of an update rule and the options that every rule has. */
export function updateRule(options: Readonly<Required<RuleOptions>>, rule: Rule): Optimizer {
  const { name, slots, scalars, native, advance, update, reach } = rule;
  const { learningRate, weightDecay, clipValue, clipNorm, averaged } = options;
  const rate = scheduleOf(learningRate);
  const schedule = typeof rate === "number" ? undefined : rate;
  const all = {
    learningRate: typeof rate === "number" ? rate : rateAt(rate, 0, startOf(rate)),
    weightDecay: typeof weightDecay === "number" ? weightDecay : 0,
    ...scalars,
  };
  const needs = { scalars: Object.keys(all).length, slots: slots.length };
  const loops: UpdateLoops = { native: native && { ...native, ...needs }, advance, update };
  return Object.freeze({
    name,
    slots,
    scalars: all,
    schedule,
    ...frozenOptions({ rateFactor: options.rateFactor, weightDecay }),
    clipValue: clipValue ?? undefined,
    clipNorm: clipNorm ?? undefined,
    averaged: averaged ?? undefined,
    step: Object.assign(
      (runs: readonly Run[], { kernels, scalars }: StepContext): void => kernels.update(loops, runs, scalars),
      { reach },
    ),
  });
}

/** What a schedule remembers, as it is at the start. */
const startOf = ({ scalars = {} }: Schedule): Floats => Float64Array.from(Object.values(scalars));
