import { ChainruleError, fail } from "../core/errors.js";
import { count, optional, readOptions } from "../core/options.js";
import type { Layer } from "../layers/layer.js";
import { loss } from "../losses/loss.js";
import { checkLayer as readLayer } from "../network/chain.js";
import { NetworkImplementation } from "../network/implementation.js";
import { Probe } from "../network/probe.js";
import { differentiate } from "./differentiate.js";
import { type CheckReport, compare, reportOf } from "./report.js";
import { type CheckOptions, common, draw, isRows, sized } from "./subjects.js";

/** Options of {@link checkLayer}. */
export interface LayerCheckOptions extends CheckOptions {
  /** Columns for a layer that takes as many as come. Default 4. */
  readonly inputs?: number;
  /** Examples in the batch. Default 3. */
  readonly rows?: number;
  /** Where the random numbers come from. Default 1. */
  readonly seed?: number;
  /** The batch itself: needed where it must be ids. Default random numbers in ±2. */
  readonly input?: readonly (readonly number[])[];
}

const fields = {
  ...common,
  inputs: count(4),
  rows: count(3),
  seed: count(1),
  input: optional<number[][]>("a list of rows", isRows, "[[0], [2], [1]]"),
};

/** Σ cᵢⱼ yᵢⱼ with random c: its gradient tries every entry of the layer's Jacobian. */
const projection = loss({ name: "projection", value: (y, c) => c * y, derivative: (_, c) => c, divisor: () => 1 });

/**
 * Checks a layer alone: its gradients against differences of Σ cᵢⱼ yᵢⱼ with random c (see `checkGradients`), each
 * parameter being moved at random by up to 0.1 from where it starts, so that no zero hides a mistake.
 *
 * It also notes if the layer draws numbers or keeps something of its own, leaves a part of y or dx unwritten, overwrites
 * gradients instead of adding to them, if `predict` fails, or if a row alone gives another result than in a batch.
 * @throws `ChainruleError` `type` unless it is given a layer; `option`, `value`; `diverged` if what it gives is not finite;
 * `shape` or `value` for a bad `input`; `value` if a layer of ids is given none
 * @example
 * ```ts
 * import { dense, softmax } from "chainrule";
 * import { checkLayer } from "chainrule/check";
 *
 * checkLayer(dense(3, 2)).ok; // true
 * checkLayer(softmax, { inputs: 5 }).checked; // 15: 3 rows of 5 numbers
 * ```
 */
export function checkLayer(layer: Layer, options?: LayerCheckOptions): CheckReport {
  readLayer(layer, "checkLayer");
  const { h, tolerance, seed, input, ...read } = readOptions("checkLayer", options, fields);
  if (layer.differentiable === false && !input) {
    fail("value", `checkLayer ${layer.kind}`, "ids", undefined, "give them: { input: [[0], [2], [1]] }");
  }
  const columns = layer.inputs ?? input?.[0]?.length ?? read.inputs;
  const network = new NetworkImplementation([sized(layer, columns)], { loss: projection, seed });
  for (const { name, value } of new Probe(network).parameters) {
    const [moves] = draw(seed, `move ${name}`, 1, value.data.length, -0.1, 0.1);
    moves!.forEach((move, i) => (value.data[i]! += move));
  }
  const x = input ?? draw(seed, "input", read.rows, columns, -2, 2);
  const c = draw(seed, "projection", x.length, network.outputSize, -1, 1);
  const { tensors, broken } = differentiate(network, x, c, { h, tolerance });
  return reportOf(tensors, [...broken, ...predictions(network, x, tolerance)], tolerance, h);
}

/** What goes wrong when the layer is planned again, to predict. */
function predictions(network: NetworkImplementation, input: number[][], tolerance: number): string[] {
  try {
    const together = (network.predict(input) as number[][]).flat();
    const alone = input.flatMap((row) => network.predict(row) as number[]);
    const { error, where } = compare(
      "y",
      [input.length, network.outputSize],
      alone.map((y, i) => [y, together[i]!]),
    );
    return error <= tolerance
      ? []
      : [`predict gives another ${where} alone than in a batch: the rows are not independent`];
  } catch (error) {
    if (error instanceof ChainruleError) return [`predict fails: ${error.message}`];
    throw error;
  }
}
