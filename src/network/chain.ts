import { fail, Phrase } from "../core/errors.js";
import { nearest } from "../core/options.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
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

const KNOWN = ["dense", "identity", "sigmoid", "tanh", "relu", "leakyRelu", "softplus", "softmax"];

function remedyFor(value: unknown): string {
  if (typeof value === "string") {
    const name = nearest(value, KNOWN) ?? "relu";
    return `import it: import { ${name} } from "chainrule"`;
  }
  if (typeof value === "function" && Math[value.name as "tanh"] === value) {
    return `import ${KNOWN.includes(value.name) ? value.name : "an activation"} from "chainrule"`;
  }
  if (typeof value === "function") return `call it: ${value.name || "dense"}(inputs, outputs)`;
  if (typeof value === "number") return "write a layer for each pair of sizes: [dense(2, 8), tanh, dense(8, 1)]";
  if (Array.isArray(value)) return "spread it: [...layers]";
  return "write dense(inputs, outputs), an activation, or an object with kind, plan, forward and backward";
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
  const list: Layer[] = Array.from(layers as unknown[], (layer, index) =>
    isLayer(layer) ? layer : fail("type", `layer ${index}`, "a layer", layer, remedyFor(layer)),
  );
  const inputs = list.find((layer) => layer.inputs !== undefined)?.inputs;
  if (inputs === undefined) {
    fail("size", "network", "a layer that has a size", new Phrase(`only ${list[0]!.kind}`), "begin with dense(inputs, outputs)");
  }
  let columns = inputs;
  list.forEach((layer, index) => {
    if (layer.inputs !== undefined && layer.inputs !== columns) {
      const message = misfit(index, layer.kind, layer.inputs, layer.outputs, columns);
      fail("size", `layer ${index}`, `${columns} inputs`, layer.inputs, `use ${layer.kind} with ${columns} inputs`, { message });
    }
    if (layer.differentiable === false && index > 0) {
      fail("size", `layer ${index}`, "no layer before one that takes ids", layer.kind, "put it first");
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
