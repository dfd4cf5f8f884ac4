import { round } from "../../core/rounding.js";
import { add, apply, constant, divide, multiply, ref } from "../expression.js";
import { rounded, sqrt } from "../formulas/optimizers.js";
import { penaltyOf } from "../formulas/regularizers.js";
import { belonging, letter } from "../names/symbol.js";
import { derived, given, place, read } from "../quantity.js";
import type { Scene, TracedParameter } from "../scene.js";
import type { Expression, Formula, Quantity } from "../types.js";

/** What all gradients were multiplied by to clip their norm, with what it is made of; none if they were left as they are. */
export function clippingOf({ recording }: Scene): readonly Quantity[] {
  const { clipNorm } = recording.optimizer;
  if (clipNorm === undefined) return [];
  const squares = given(letter("Σg²", "\\sum g^2"), place("setting"), recording.squares, "float64");
  const law = divide(constant(clipNorm), add(sqrt(ref(squares)), constant(1e-6)));
  const factor = derived(letter("κ", "\\kappa"), place("setting"), "float64", law);
  return factor.value < 1 ? [squares, factor] : [];
}

/**
 * The gradient of an element as the optimizer took it: with penalties, then clipped; null where it is that of backward.
 */
export function takenOf(
  scene: Scene,
  { record, values, gradients }: TracedParameter,
  clipping: readonly Quantity[],
  element: number,
): Quantity | null {
  const { dtype, recording } = scene;
  const { clipValue, clipNorm } = recording.optimizer;
  if (!record.penalties.length && clipValue === undefined && clipNorm === undefined) return null;
  const single = dtype === "float32";
  const p = values[element]!;
  let law: Expression | null = ref(gradients[element]!);
  for (const penalty of record.penalties) {
    const term = penaltyOf(penalty, ref(p), single);
    law = law && term && add(law, term);
  }
  if (clipValue !== undefined) law = law && apply(clamp(round(clipValue, single)), law);
  const factor = clipping.at(-1);
  if (factor) law = law && multiply(law, single ? apply(rounded, ref(factor)) : ref(factor));
  const name = belonging(p.name, letter("ĝ", "\\hat{g}"));
  return read(name, { ...p.place, role: "movement" }, record.taken[element]!, dtype, law);
}

/** The nearest number in [−limit, limit]. */
const clamp = (limit: number): Formula => ({
  name: "clip",
  text: (g) => `max(−${limit}, min(${limit}, ${g}))`,
  latex: (g) => `\\max\\left(-${limit}, \\min\\left(${limit}, ${g}\\right)\\right)`,
  compute: (g) => Math.max(-limit, Math.min(limit, g!)),
});
