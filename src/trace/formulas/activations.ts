import type { Activation, ActivationFormula } from "../../activations/activation.js";
import type { LeakyReluOptions } from "../../activations/leaky-relu.js";
import type { SoftplusOptions } from "../../activations/softplus.js";
import { isOurs } from "../../core/bare.js";
import type { Layer } from "../../layers/layer.js";
import type { Formula } from "../types.js";
import { find, type FormulaTexts, textsOf, type Written, formulaOf } from "./written.js";

/** How an activation of the library is written, by its options: its value from z, its derivative from z and a. */
interface Row {
  value(options: object): Written;
  derivative(options: object): Written;
}

export const formulasByName: Readonly<Record<string, Row>> = {
  identity: {
    value: () => [(z) => `${z}`, (z) => `${z}`],
    derivative: () => [() => "1", () => "1"],
  },
  sigmoid: {
    value: () => [(z) => `1/(1 + e^(−${z}))`, (z) => `\\frac{1}{1 + e^{-${z}}}`],
    derivative: () => [(_, a) => `${a}·(1 − ${a})`, (_, a) => `${a}\\,(1 - ${a})`],
  },
  tanh: {
    value: () => [(z) => `tanh(${z})`, (z) => `\\tanh\\left(${z}\\right)`],
    derivative: () => [(_, a) => `1 − ${a}²`, (_, a) => `1 - ${a}^2`],
  },
  relu: {
    value: () => [(z) => `max(0, ${z})`, (z) => `\\max\\left(0, ${z}\\right)`],
    derivative: () => [(z) => `[${z} > 0]`, (z) => `\\left[${z} > 0\\right]`],
  },
  leakyRelu: {
    value: ({ slope }: Required<LeakyReluOptions>) => [
      (z) => `(${z} if ${z} > 0 else ${slope}·${z})`,
      (z) => `\\begin{cases}${z} & ${z} > 0 \\\\ ${slope} \\cdot ${z} & \\text{else}\\end{cases}`,
    ],
    derivative: ({ slope }: Required<LeakyReluOptions>) => [
      (z) => `(1 if ${z} > 0 else ${slope})`,
      (z) => `\\begin{cases}1 & ${z} > 0 \\\\ ${slope} & \\text{else}\\end{cases}`,
    ],
  },
  softplus: {
    value: ({ beta }: Required<SoftplusOptions>) => {
      const times = beta === 1 ? ["", ""] : [`${beta}·`, `${beta} \\cdot `];
      const over = beta === 1 ? ["", ""] : [`/${beta}`, ` / ${beta}`];
      return [
        (z) => `ln(1 + e^(${times[0]}${z}))${over[0]}`,
        (z) => `\\ln\\left(1 + e^{${times[1]}${z}}\\right)${over[1]}`,
      ];
    },
    derivative: ({ beta }: Required<SoftplusOptions>) => {
      const times = beta === 1 ? ["", ""] : [`${beta}·`, `${beta} \\cdot `];
      return [(z) => `1/(1 + e^(−${times[0]}${z}))`, (z) => `\\frac{1}{1 + e^{-${times[1]}${z}}}`];
    },
  },
};

/** Whether a layer is an elementwise function, ours or a user's. */
export const isElementwise = (layer: Layer): layer is Activation =>
  ["apply", "derivative"].every(
    (each) => typeof (layer as unknown as Readonly<Record<string, unknown>>)[each] === "function",
  );

/** a = f(z) and ∂a/∂z = f′(z, a), by the layer's own functions, as people write them if it is known. */
export function activationFormulas(
  layer: ActivationFormula,
  given: FormulaTexts,
): Record<"value" | "derivative", Formula> {
  const { name, options = {} } = layer;
  const row = isOurs(layer) ? find(formulasByName, name) : undefined;
  const own =
    find(given, name) ??
    (row && { value: row.value(options), derivative: row.derivative(options) }) ??
    ((layer as Activation).text && textsOf((layer as Activation).text!, ["z", "a"]));
  return {
    value: formulaOf(name, own?.value, (z) => layer.apply(z!)),
    derivative: formulaOf(`${name}′`, own?.derivative, (z, a) => layer.derivative(z!, a!)),
  };
}
