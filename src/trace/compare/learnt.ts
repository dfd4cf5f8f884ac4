import type { ParameterRecord } from "../record.js";
import { memoryOf, type Model } from "./model.js";
import type { Counts, Rules } from "./rules.js";
import { movement, type SlotValues, type UpdateSettings } from "./update.js";

/** Numbers that learn, in the course of a replay. A bias has one for each neuron, also where the layer shares it. */
export interface Learnt {
  readonly parameter: ParameterRecord;
  readonly fromLast: number;
  /** Its first number's place among all that learn. */
  readonly start: number;
  readonly value: number[];
  /** The values before the latest step. */
  readonly before: number[];
  /** The gradient of the current pass, and the gradient by which each number moved last. */
  readonly fresh: number[];
  readonly gradient: number[];
  readonly memory: readonly SlotValues[];
}

/** A parameter at its start; `count`: how many numbers it has here. */
export function learntOf(
  parameter: ParameterRecord,
  count: number,
  fromLast: number,
  start: number,
  model: Model,
): Learnt {
  const value = Array.from({ length: count }, (_, e) => parameter.before[e % parameter.before.length]!);
  const zeros = (): number[] => value.map(() => 0);
  const memory = value.map((_, e) => memoryOf(parameter, e % parameter.before.length, model.scalars));
  return { parameter, fromLast, start, value, before: [...value], fresh: zeros(), gradient: zeros(), memory };
}

/** A step begins. */
export const open = ({ value, before }: Learnt): void => value.forEach((each, e) => (before[e] = each));

/** Moves, by the gradient of a pass, those numbers whose turn it is; the others wait. */
export function settle(learnt: Learnt, pass: number, settings: UpdateSettings, rules: Rules): void {
  const { parameter, fromLast, start, value, fresh, gradient, memory } = learnt;
  const tie = parameter.shape.length === 1 ? rules.tie(parameter) : "each";
  if (tie !== "each") fresh.fill(fresh.reduce((sum, g) => sum + g, 0) / (tie === "mean" ? fresh.length : 1));
  const trains = rules.trains(parameter, fromLast);
  for (let e = 0; e < value.length; e++) {
    if (!rules.turn(pass, fromLast, start + e)) continue;
    gradient[e] = rules.round(rules.accumulates ? gradient[e]! + fresh[e]! : fresh[e]!);
    if (trains) value[e] = rules.round(value[e]! - movement(value[e]!, gradient[e]!, memory[e]!, settings));
  }
  fresh.fill(0);
}

/** How many numbers learn, and in how many dense layers. */
export const countsOf = (learnt: readonly Learnt[], { input, columns, layers }: Model): Counts => ({
  rows: input.length,
  columns,
  denses: layers.filter(({ kind }) => kind === "dense").length,
  elements: learnt.reduce((sum, { value }) => sum + value.length, 0),
});
