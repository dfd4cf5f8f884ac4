import { fail } from "../core/errors.js";
import { isPlain, oneOf, optional, readOptions } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import { NetworkImplementation } from "../network/implementation.js";
import type { Network } from "../network/network.js";
import type { Fits, FitsTarget, Input, Target } from "../network/types.js";
import type { FormulaTexts } from "./formulas/written.js";
import { record } from "./record.js";
import type { Trace } from "./trace.js";
import { write } from "./write.js";

export { evaluate } from "./expression.js";
export type { Expression, Formula, MatrixEquation, MatrixTerm, Name, Phase, Place, Quantity, Role, Section, Trace } from "./trace.js";

/** Options of {@link trace}. */
export interface TraceOptions {
  /** δ is ∂E/∂net, or, as some sources have it, its negative. Default `"positive"`. */
  readonly delta?: "positive" | "negative";
  /** A factor for the loss of each row, as in `trainBatch`. */
  readonly weights?: readonly number[] | Floats;
  /** How activations and losses of your own are written, by name. */
  readonly formulas?: FormulaTexts;
}

const isWritten = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === "function");

const isFormulaTexts = (value: unknown): boolean =>
  isPlain(value) && Object.values(value).every((each) => isPlain(each) && isWritten(each.value) && isWritten(each.derivative));

const fields = {
  delta: oneOf("positive", "negative"),
  weights: optional<readonly number[] | Floats>(
    "a list of numbers",
    (value) => Array.isArray(value) || ArrayBuffer.isView(value),
    "[1, 0.5]",
  ),
  formulas: optional<FormulaTexts>("texts by name", isFormulaTexts, "{ square: { value: [text, latex], derivative: [text, latex] } }"),
};

/** One whole training step as data. */
export function trace<In extends number, Out extends number, const X extends Input, const T extends Target>(
  network: Network<In, Out>,
  input: Fits<X, In>,
  target: FitsTarget<T, Out, X>,
  options?: TraceOptions,
): Trace {
  if (!((network as unknown) instanceof NetworkImplementation)) {
    fail("type", "trace", "a network", network, "write trace(network, input, target)");
  }
  const { delta, weights, formulas = {} } = readOptions("trace", options, fields);
  const original = network as unknown as NetworkImplementation;
  const clone = original.clone();
  clone.copyFrom(original); // gradients that wait for a step of theirs are left out
  return write(record(clone, input, target, weights), { delta, formulas });
}
