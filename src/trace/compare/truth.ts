import { cloneOf } from "../../network/probe.js";
import { type Recording, record } from "../record.js";
import type { Quantity } from "../types.js";
import { write } from "../write.js";
import { spell } from "./claims.js";

/** A true step: its quantities by the one spelling of their names, in the order of the step. */
export interface TrueStep {
  readonly recording: Recording;
  readonly quantities: ReadonlyMap<string, Quantity>;
  /** E before the update. */
  readonly loss: Quantity;
}

/** The true steps of a network, one after another, on a clone of it in float64. */
export interface Truth {
  /** The first step. */
  readonly first: TrueStep;
  /** A later one; steps must be asked for in their order. */
  at(step: number): TrueStep;
}

/** @throws {@link ChainruleError} `type` for what is no network; else as `trainBatch` */
export function truthOf(network: unknown, input: unknown, target: unknown, where: string): Truth {
  const clone = cloneOf(network, where, { dtype: "float64" });
  const told = new Map<number, TrueStep>();
  let done = 0;
  const at = (step: number): TrueStep => {
    const known = told.get(step);
    if (known) return known;
    for (done++; done < step; done++) clone.trainBatch(input, target);
    const fresh = tell(record(clone, input, target, undefined));
    told.set(step, fresh);
    return fresh;
  };
  return { first: at(1), at };
}

function tell(recording: Recording): TrueStep {
  const { quantities, loss, lossAfter } = write(recording, { delta: "positive", formulas: {} });
  const own = [...quantities.values()].filter((each) => each !== lossAfter); // that one is E in the next step
  return { recording, loss, quantities: new Map(own.map((each) => [spell(each.name.text), each])) };
}
