import { isOurs } from "../../core/bare.js";
import { round } from "../../core/rounding.js";
import type { Regularizer } from "../../regularizers/regularizer.js";
import { apply, constant, multiply } from "../expression.js";
import type { Expression, Formula } from "../types.js";
import { find } from "./written.js";

const sign: Formula = {
  name: "sign",
  text: (w) => `sign(${w})`,
  latex: (w) => `\\operatorname{sign}\\left(${w}\\right)`,
  compute: (w) => Math.sign(w!),
};

/** What a penalty adds to a gradient, as it is computed: of its factor, in the network's precision, and w. */
export const regularizerFormulas: Readonly<Record<string, (factor: number, w: Expression) => Expression>> = {
  l1: (factor, w) => multiply(constant(factor), apply(sign, w)),
  l2: (factor, w) => multiply(constant(2 * factor), w),
};

/** The same for a penalty of the library; null for another. */
export function penaltyOf(penalty: Regularizer, w: Expression, single: boolean): Expression | null {
  const law = isOurs(penalty) ? find(regularizerFormulas, penalty.name) : undefined;
  const { factor } = (penalty.options ?? {}) as { readonly factor: number };
  return law ? law(round(factor, single), w) : null;
}
