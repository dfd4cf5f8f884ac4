import type { Quantity } from "../types.js";
import type { Model } from "./model.js";
import { numberAt } from "./places.js";
import { correct, type KnownMistake } from "./rules.js";
import { replay, step } from "./replay.js";

/** A quantity in a step, counted from 1. */
export interface Point {
  readonly quantity: Quantity;
  readonly step: number;
}

/** Its name: `E after 2` is E in step 3. */
export const nameOf = ({ quantity, step }: Point): string =>
  quantity.name.text + (step > 1 ? ` after ${step - 1}` : "");

/**
 * Replays the training with something changed, and shows what each point then is, until `accept` refuses one. Points are
 * in the order of their steps; undefined: a number that no mistake changes.
 */
export function predict<P extends Point>(
  model: Model,
  change: KnownMistake["change"],
  points: readonly P[],
  accept: (point: P, value: number | undefined) => boolean,
): boolean {
  const rules = { ...correct, ...change };
  const run = replay(model, rules);
  let done = 0;
  return points.every((point) => {
    const due = point.step > 1 ? point.step + rules.late : 1;
    for (; done < due; done++) step(run);
    return accept(point, numberAt(run, point.quantity));
  });
}

/** The mistakes that can be made in a network. */
export const possible = (model: Model, table: readonly KnownMistake[]): readonly KnownMistake[] =>
  table.filter(({ when }) => !when || when(model));
