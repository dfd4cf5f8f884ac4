import { fail, Phrase } from "../core/errors.js";
import { checkPart, imported, isCount, optional } from "../core/options.js";
import { type Layer, rangeField } from "../layers/layer.js";
import { checkLoss, type Loss } from "../losses/loss.js";
import { misfit } from "./types.js";

const isLayer = (value: unknown): value is Layer => {
  const layer = value as Partial<Layer> | null | undefined;
  return (
    (typeof layer === "object" || typeof layer === "function") &&
    layer !== null &&
    typeof layer.kind === "string" &&
    typeof layer.plan === "function" &&
    typeof layer.forward === "function" &&
    typeof layer.backward === "function"
  );
};

const size = /* @__PURE__ */ optional("a whole number of at least 1", isCount, "2, or leave it out");

const KNOWN = ["dense", "identity", "sigmoid", "tanh", "relu", "leakyRelu", "softplus", "softmax"];

function remedyFor(value: unknown): string {
  if (typeof value === "string") return `write ${imported(value, KNOWN)}`;
  if (typeof value === "number") return "write a layer for each pair of sizes: [dense(2, 8), tanh, dense(8, 1)]";
  if (Array.isArray(value)) return "spread it: ...layers";
  const { name, apply, value: start, gradient, slots, layers } = Object(value) as Readonly<Record<string, unknown>>;
  const it = typeof name === "string" ? name : "it";
  if (typeof gradient === "function") return `write it after the list: { loss: ${it} }`;
  if (Array.isArray(slots)) return `write it after the list: { optimizer: ${it} }`;
  if (typeof start === "function") return `write it in a layer: dense(2, 8, { weight: ${it} })`;
  if (Array.isArray(layers)) return "spread its layers: ...network.layers";
  if (it === "dense") return "call it: dense(inputs, outputs)";
  if (KNOWN.includes(it)) return `write ${imported(name, KNOWN)}`;
  if (typeof value === "function" || apply) return "make an activation of it: activation({ name, apply, derivative })";
  return "write dense(inputs, outputs), an activation, or an object with kind, plan, forward and backward";
}

/**
 * Checks that a value is a layer, its sizes and its range being what they may be.
 * @throws {@link ChainruleError} `type` or `value`
 */
export function checkLayer(layer: unknown, where: string): Layer {
  if (!isLayer(layer)) fail("type", where, "a layer", layer, remedyFor(layer));
  checkPart("value", where, "inputs", layer.inputs, size);
  checkPart("value", where, "outputs", layer.outputs, size);
  checkPart("value", where, "range", layer.range, rangeField);
  return layer;
}

/**
 * Checks that the layers chain, and finds the size of the input and of the output.
 * @throws {@link ChainruleError} `type` for what is no layer, `size` where sizes don't chain
 */
export function checkChain(layers: unknown): { readonly layers: readonly Layer[]; readonly inputs: number; readonly outputs: number } {
  if (!Array.isArray(layers)) {
    fail("type", "network layers", "a list of layers", layers, "write new Network([dense(2, 8), tanh, dense(8, 1)])");
  }
  if (layers.length === 0) fail("size", "network", "at least one layer", layers, "write new Network([dense(2, 1)])");
  const list = Array.from(layers as unknown[], (layer, index) => checkLayer(layer, `layer ${index}`));
  const inputs = list.find((layer) => layer.inputs !== undefined)?.inputs;
  if (inputs === undefined) {
    fail("size", "network", "a layer that has a size", new Phrase(`only ${list[0]!.kind}`), "begin with dense(inputs, outputs)");
  }
  let columns = inputs;
  list.forEach((layer, index) => {
    if (layer.inputs !== undefined && layer.inputs !== columns) {
      const call = (size: number) => `${layer.kind}(${layer.outputs === undefined ? size : `${size}, ${layer.outputs}`})`;
      const message = misfit(index, layer.kind, layer.inputs, layer.outputs, columns);
      fail("size", `layer ${index}`, call(columns), new Phrase(call(layer.inputs)), `use ${call(columns)}`, { message });
    }
    if (layer.differentiable === false && index > 0) {
      fail("size", `layer ${index}`, "no layer before one that takes ids", new Phrase(list[index - 1]!.kind), "put it first");
    }
    columns = layer.outputs ?? columns;
  });
  return { layers: list, inputs, outputs: columns };
}

/**
 * Refuses a loss that cannot be right after the last layer.
 * @throws {@link ChainruleError} `pair`
 */
export function checkPair(last: Layer, loss: Loss): void {
  checkLoss(loss);
  const { needs } = loss;
  const given = last.range;
  if (needs === undefined || given === undefined || given === needs) return;
  if (needs === "unit" && given === "simplex") return;
  const [expected, remedy] = {
    simplex: ["rows of probabilities before it", "end the network with softmax, or take crossEntropy({ fromLogits: true })"],
    unit: ["values in [0, 1] before it", "end the network with sigmoid, or take binaryCrossEntropy({ fromLogits: true })"],
    real: ["logits before it", `leave fromLogits out, or ${last.kind}`],
  }[needs] as [string, string];
  fail("pair", loss.name, expected, new Phrase(last.kind), remedy);
}
