import type { Activation, ActivationFormula } from "../../activations/activation.js";
import { identity } from "../../activations/identity.js";
import { leakyRelu } from "../../activations/leaky-relu.js";
import { relu } from "../../activations/relu.js";
import { sigmoid } from "../../activations/sigmoid.js";
import { softplus } from "../../activations/softplus.js";
import { tanh } from "../../activations/tanh.js";
import type { Layer } from "../../layers/layer.js";
import type { Formula } from "../trace.js";
import { find, type FormulaTexts, type Written, written } from "./written.js";

/** How an activation is written: its value from z, its derivative from z and a. */
interface Row {
  /** The activation, with the options that a layer of its name seems to have been made with. */
  like(layer: ActivationFormula): ActivationFormula;
  value(layer: ActivationFormula): Written;
  derivative(layer: ActivationFormula): Written;
}

const shown = (value: number): string => `${Number(value.toPrecision(12))}`;

/** The slope below 0; the β of ln 2 / β at 0. */
const slopeOf = (layer: ActivationFormula): number => layer.derivative(-1, layer.apply(-1));
const betaOf = (layer: ActivationFormula): number => Math.LN2 / layer.apply(0);

export const rows: Readonly<Record<string, Row>> = {
  identity: {
    like: () => identity,
    value: () => [(z) => `${z}`, (z) => `${z}`],
    derivative: () => [() => "1", () => "1"],
  },
  sigmoid: {
    like: () => sigmoid,
    value: () => [(z) => `1/(1 + e^(−${z}))`, (z) => `\\frac{1}{1 + e^{-${z}}}`],
    derivative: () => [(_, a) => `${a}·(1 − ${a})`, (_, a) => `${a}\\,(1 - ${a})`],
  },
  tanh: {
    like: () => tanh,
    value: () => [(z) => `tanh(${z})`, (z) => `\\tanh\\left(${z}\\right)`],
    derivative: () => [(_, a) => `1 − ${a}²`, (_, a) => `1 - ${a}^2`],
  },
  relu: {
    like: () => relu,
    value: () => [(z) => `max(0, ${z})`, (z) => `\\max\\left(0, ${z}\\right)`],
    derivative: () => [(z) => `[${z} > 0]`, (z) => `\\left[${z} > 0\\right]`],
  },
  leakyRelu: {
    like: (layer) => leakyRelu({ slope: slopeOf(layer) }),
    value: (layer) => {
      const slope = shown(slopeOf(layer));
      return [
        (z) => `(${z} if ${z} > 0 else ${slope}·${z})`,
        (z) => `\\begin{cases}${z} & ${z} > 0 \\\\ ${slope} \\cdot ${z} & \\text{else}\\end{cases}`,
      ];
    },
    derivative: (layer) => {
      const slope = shown(slopeOf(layer));
      return [
        (z) => `(1 if ${z} > 0 else ${slope})`,
        (z) => `\\begin{cases}1 & ${z} > 0 \\\\ ${slope} & \\text{else}\\end{cases}`,
      ];
    },
  },
  softplus: {
    like: (layer) => softplus({ beta: betaOf(layer) }),
    value: (layer) => {
      const beta = shown(betaOf(layer));
      const times = beta === "1" ? ["", ""] : [`${beta}·`, `${beta} \\cdot `];
      const over = beta === "1" ? ["", ""] : [`/${beta}`, ` / ${beta}`];
      return [
        (z) => `ln(1 + e^(${times[0]}${z}))${over[0]}`,
        (z) => `\\ln\\left(1 + e^{${times[1]}${z}}\\right)${over[1]}`,
      ];
    },
    derivative: (layer) => {
      const beta = shown(betaOf(layer));
      const times = beta === "1" ? ["", ""] : [`${beta}·`, `${beta} \\cdot `];
      return [(z) => `1/(1 + e^(−${times[0]}${z}))`, (z) => `\\frac{1}{1 + e^{-${times[1]}${z}}}`];
    },
  },
};

/** Whether a layer is an elementwise function, ours or a user's. */
export const isElementwise = (layer: Layer): layer is Activation =>
  ["apply", "derivative"].every(
    (each) => typeof (layer as unknown as Readonly<Record<string, unknown>>)[each] === "function",
  );

const PROBES = [-2.3, -0.7, 0.4, 1.9];

/** Whether a layer computes what is written in its row: a user's function may have the same name. */
function isAs(layer: ActivationFormula, row: Row): boolean {
  try {
    const like = row.like(layer);
    return PROBES.every((z) => {
      const a = layer.apply(z);
      return isClose(a, like.apply(z)) && isClose(layer.derivative(z, a), like.derivative(z, a));
    });
  } catch {
    return false;
  }
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a));

/** a = f(z) and ∂a/∂z = f′(z, a), by the layer's own functions, as people write them if it is known. */
export function activationFormulas(
  layer: ActivationFormula,
  given: FormulaTexts,
): Record<"value" | "derivative", Formula> {
  const { name } = layer;
  const row = find(rows, name);
  const ours = row && isAs(layer, row) ? { value: row.value(layer), derivative: row.derivative(layer) } : undefined;
  const own = find(given, name) ?? ours;
  return {
    value: written(name, own?.value, (z) => layer.apply(z!)),
    derivative: written(`${name}′`, own?.derivative, (z, a) => layer.derivative(z!, a!)),
  };
}
