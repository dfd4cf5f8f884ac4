import { ask } from "../off-network.js";
import { apply, ref } from "../expression.js";
import type { Expression, Quantity } from "../types.js";
import { formulaOf, type Written } from "./written.js";

/** Arguments: the row, and the one of it that is meant. */
const softmax: Written = [
  (...zs) =>
    `e^${zs.at(-1)}/(${zs
      .slice(0, -1)
      .map((z) => `e^${z}`)
      .join(" + ")})`,
  (...zs) =>
    `\\frac{e^{${zs.at(-1)}}}{${zs
      .slice(0, -1)
      .map((z) => `e^{${z}}`)
      .join(" + ")}}`,
];

/** softmax(z)ᵢ = e^zᵢ / Σ e^z */
export function softmaxFormula(row: readonly Quantity[], unit: number): Expression {
  const compute = (...zs: readonly number[]) =>
    ask((y, { kernels }, x) => kernels.softmax(x!, y), "float64", [zs.slice(0, -1)])[0]![unit]!;
  return apply(formulaOf("softmax", softmax, compute), ...row.map(ref), ref(row[unit]!));
}
