import { isArray } from "../core/errors.js";
import { isPlainObject, oneOf, optional, readOptions } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import type { OnBatch } from "../networks.js";
import { cloneOf } from "../network/probe.js";
import type { FormulaTexts } from "./formulas/written.js";
import { record } from "./record.js";
import type { Trace } from "./types.js";
import { write } from "./write.js";

/** Options of {@link trace}. */
export interface TraceOptions {
  /** Whether δ is ∂E/∂net or, as some sources have it, its negative. Default `"positive"`. */
  readonly delta?: "positive" | "negative";
  /** A factor for the loss of each row, as in `trainBatch`. */
  readonly rowWeights?: readonly number[] | Floats;
  /**
   * How activations and losses of your own are written, by name: `{ square: { value: [(z) => `${z}²`, (z) => `${z}^2`],
   * derivative: [(z) => `2${z}`, (z) => `2 ${z}`] } }`, each as text and in LaTeX. Default none: they are called by name.
   */
  readonly formulas?: FormulaTexts;
}

const isWritten = (value: unknown): boolean =>
  isArray(value) && value.length === 2 && value.every((each) => typeof each === "function");

const isFormulaTexts = (value: unknown): boolean =>
  isPlainObject(value) &&
  Object.values(value).every((each) => isPlainObject(each) && isWritten(each.value) && isWritten(each.derivative));

const fields = {
  delta: oneOf("positive", "negative"),
  rowWeights: optional<readonly number[] | Floats>(
    "a list of numbers",
    (value) => isArray(value) || ArrayBuffer.isView(value),
    "[1, 0.5]",
  ),
  formulas: optional<FormulaTexts>(
    "texts by name",
    isFormulaTexts,
    "{ square: { value: [text, latex], derivative: [text, latex] } }",
  ),
};

/**
 * One whole training step of a network as data: every number from the input to the new weights, and how it came about.
 *
 * The step is that of `trainBatch`, taken by a clone from gradients of 0; the network itself is left as it is. A trace
 * is a list of sections in the order of the step (what was given, each layer forwards, the loss, each layer backwards,
 * the update); a section is a list of quantities. The value of a quantity is read from the clone's memory, and its
 * expression gives it bit for bit from quantities before it (see {@link evaluate}); it is null for what was given, and
 * for what layers, losses and optimizers of your own compute in ways that are not known here.
 *
 * There are some ten quantities for each weight and row, so it is for networks of a size that one can read.
 *
 * A network with one hidden layer has the names of Mazur's article (i1, net_h1, out_h1, w5, δ_o1, ∂E/∂w5, w5⁺), any
 * other indexed ones (x_1, z1_1, a1_1, w2_11, δ2_1). In a batch, `[2]` stands for its second row.
 *
 * Source: Mazur, "A Step by Step Backpropagation Example" (2015); Goodfellow, Bengio, Courville, "Deep Learning" (2016),
 * section 6.5.
 * @param input one example or a batch, as for `trainBatch`
 * @param target its target, as for `trainBatch`
 * @throws `ChainruleError` `type` unless it is given a network, `option`, `value`; else as `forward`, `backward` and `step`
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, sgd, sigmoid } from "chainrule";
 * import { trace } from "chainrule/trace";
 *
 * const layers = [
 *   dense(2, 2, { weight: [[0.15, 0.2], [0.25, 0.3]], bias: { shared: 0.35 } }),
 *   sigmoid,
 *   dense(2, 2, { weight: [[0.4, 0.45], [0.5, 0.55]], bias: { shared: 0.6 } }),
 *   sigmoid,
 * ] as const;
 * const network = new Network(layers, { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.5 }) });
 * const { quantities, loss } = trace(network, [0.05, 0.1], [0.01, 0.99]);
 * loss.value.toFixed(9); // "0.298371109"
 * quantities.get("∂E/∂w5")!.value.toFixed(9); // "0.082167041"
 * quantities.get("w5⁺")!.value.toFixed(9); // "0.358916480"
 * ```
 */
export const trace: OnBatch<[options?: TraceOptions], Trace> = (network, input, target, options) => {
  const clone = cloneOf(network, "trace");
  const { delta, rowWeights, formulas = {} } = readOptions("trace", options, fields);
  return write(record(clone, input, target, rowWeights), { delta, formulas });
};
