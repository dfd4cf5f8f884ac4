import { ask, fail, isArray, Phrase } from "../core/errors.js";
import * as names from "../core/names.js";
import { checkParts, partsOf, imported, isBlock, isCount, optional, optionsField } from "../core/options.js";
import { boundsOf, rangeField } from "../core/range.js";
import type { Layer } from "../layers/layer.js";
import { checkLoss, type Loss } from "../losses/loss.js";
import { misfit } from "./types.js";

const size = /* @__PURE__ */ optional("a whole number of at least 1", isCount, "2, or leave it out");
const parts = { options: optionsField, inputs: size, outputs: size, range: rangeField };

const PLAIN = "write dense(inputs, outputs), an activation, or { kind, plan, forward, backward }";

function remedyFor(value: unknown): string {
  const known = [...names.layers, ...names.activations];
  if (typeof value === "string") return `write ${imported(value, known)}`;
  const { name, apply, value: start, gradient, slots, layers } = Object(value) as Readonly<Record<string, unknown>>;
  const it = typeof name === "string" ? name : "it";
  const option = gradient ? "loss" : slots ? "optimizer" : start ? "weight" : undefined;
  if (option) return `write it as an option: { ${option}: ${it} }`;
  if (isArray(value) || isArray(layers)) return "spread them: ...layers";
  if (it === "dense") return "call it: dense(inputs, outputs)";
  if (known.includes(it)) return `write ${imported(name, known)}`;
  if (typeof value === "function" || apply) return "write activation({ name, apply, derivative })";
  return PLAIN;
}

/**
 * Checks that a value is a layer, its sizes and its range being what they may be.
 * @throws {@link ChainruleError} `type` or `value`
 */
export function checkLayer(layer: unknown, where: string): Layer {
  if (!isBlock(layer, "kind", "plan", "forward", "backward"))
    fail(
      "type",
      where,
      "a layer",
      layer,
      ask(() => remedyFor(layer), PLAIN),
    );
  checkParts(where, layer as Layer, parts);
  return layer as Layer;
}

/**
 * Checks that the layers chain, and finds the size of the input and of the output.
 * @throws {@link ChainruleError} `type` for what is no layer, `size` where sizes don't chain
 */
export function checkChain(layers: unknown): {
  readonly layers: readonly Layer[];
  readonly inputs: number;
  readonly outputs: number;
} {
  if (!isArray(layers)) {
    fail("type", "network layers", "a list of layers", layers, "write new Network([dense(2, 8), tanh, dense(8, 1)])");
  }
  const list = Array.from(layers as unknown[], (layer, index) => checkLayer(layer, `layer ${index}`));
  const parts = list.map((layer) => partsOf(layer, ["kind", "inputs", "outputs", "differentiable"]));
  const inputs = parts.find((layer) => layer.inputs !== undefined)?.inputs;
  if (inputs === undefined) {
    const kinds = list.map(({ kind }) => kind);
    fail("size", "network", "a layer that has a size", kinds, "begin with dense(inputs, outputs) or input(size)");
  }
  let columns = inputs;
  parts.forEach((layer, index) => {
    if (layer.inputs !== undefined && layer.inputs !== columns) {
      const call = (size: number) =>
        `${layer.kind}(${layer.outputs === undefined ? size : `${size}, ${layer.outputs}`})`;
      const message = misfit(index, layer.kind, layer.inputs, layer.outputs, columns);
      fail("size", `layer ${index}`, call(columns), new Phrase(call(layer.inputs)), `use ${call(columns)}`, {
        message,
      });
    }
    if (layer.differentiable === false && index > 0) {
      fail("size", `layer ${index}`, "to be the first layer", new Phrase("another place"), "put it first");
    }
    columns = layer.outputs ?? columns;
  });
  return { layers: list, inputs, outputs: columns };
}

/**
 * Refuses a loss that cannot be right after the last layer.
 * @throws {@link ChainruleError} `pair`
 */
export function checkPair(last: Pick<Layer, "kind" | "range">, outputs: number, loss: Loss): void {
  checkLoss(loss);
  const { needs } = loss;
  const given = last.range;
  if (given === "simplex" && outputs === 1 && (loss.targets === "reachable" || loss.targets === "unit")) {
    const got = new Phrase(`${last.kind} of 1 output, which is 1 for ever`);
    fail("pair", loss.name, "predictions that can change", got, "end the network in sigmoid");
  }
  if (needs === undefined || given === undefined || given === needs) return;
  const [least, most] = boundsOf(given);
  if (needs === "real" && typeof given !== "string") return;
  if (needs === "unit" && least >= 0 && most <= 1) return;
  const [expected, layer] = {
    simplex: ["rows of probabilities", "softmax"],
    unit: ["values in [0, 1]", "sigmoid"],
    real: ["logits"],
  }[needs];
  const remedy = layer
    ? `end the network with ${layer}, or take ${loss.name}({ fromLogits: true })`
    : `leave fromLogits out, or ${last.kind}`;
  fail("pair", loss.name, `${expected} before it`, new Phrase(last.kind), remedy);
}
