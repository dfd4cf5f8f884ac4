import type { ActivationFormula } from "../activations/activation.js";
import { isListOf, optional, readOptions } from "../core/options.js";
import type { ElementwiseLoops } from "../kernels/kernels.js";
import { slopeOf } from "./difference.js";
import { type CheckReport, compare, reportOf } from "./report.js";
import { type CheckOptions, common, demand, draw } from "./subjects.js";

/** Options of {@link checkActivation}. */
export interface ActivationCheckOptions extends CheckOptions {
  /** Where z is tried. Default from −40 to 40 in quarters, off the round numbers, and −6, −5, … 6, where kinks like to lie. */
  readonly points?: readonly number[];
}

const fields = {
  ...common,
  points: optional<readonly number[]>(
    "a list of finite numbers",
    (value) => isListOf(value, Number.isFinite) && value.length > 0,
    "[-1, 0.5, 2]",
  ),
};

const grid = (): number[] => [
  ...Array.from({ length: 321 }, (_, k) => (k - 160) / 4 + 0.0137),
  ...Array.from({ length: 13 }, (_, k) => k - 6),
];

/**
 * Compares `derivative(z, apply(z))` with (f(z + h) − f(z − h)) / 2h at each point; points within h of a kink are
 * skipped and counted.
 *
 * If it has the loops `map` and `pull`, it also notes where these differ from the formula by a bit, in float64, or in
 * float32 where the formula is computed in float64 and rounded once.
 * @throws `ChainruleError` `type` unless it is given an activation; `option`, `value`
 * @example
 * ```ts
 * import { relu } from "chainrule";
 * import { checkActivation } from "chainrule/check";
 *
 * const report = checkActivation(relu);
 * report.ok; // true
 * report.skipped; // 1: the kink at 0
 * ```
 */
export function checkActivation(
  activation: ActivationFormula & Partial<ElementwiseLoops>,
  options?: ActivationCheckOptions,
): CheckReport {
  demand("checkActivation", activation, "an activation", "write checkActivation(relu)", "apply", "derivative");
  const { h, tolerance, points = grid() } = readOptions("checkActivation", options, fields);
  const pairs = points.map((z) => {
    const slope = activation.derivative(z, activation.apply(z));
    const doubt = (tolerance * Math.max(1, Math.abs(slope))) / Math.sqrt(points.length);
    const difference = slopeOf(
      (at) => activation.apply(at),
      z,
      h,
      slope,
      doubt > 0 ? doubt : 0,
      Math.abs(activation.apply(z)),
    );
    return difference === null ? null : ([slope, difference] as const);
  });
  const tensor = compare("derivative", [points.length], pairs, (name, _, index) => `${name} at z = ${points[index]}`);
  const broken = [
    ...compareLoops(activation, Float64Array.from(points)),
    ...compareLoops(activation, Float32Array.from(points)),
  ];
  return reportOf([tensor], broken, tolerance, h);
}

/** Whether the loops give the bits of the formula, stored in arrays of this kind. */
function compareLoops<F extends Float32Array | Float64Array>(
  activation: ActivationFormula & Partial<ElementwiseLoops>,
  z: F,
): string[] {
  if (!activation.map || !activation.pull) return [];
  const name = z.constructor.name;
  const [random] = draw(1, "da", 1, z.length, -1, 1);
  const da = z.slice().map((_, i) => random![i]!);
  const a = z.slice().fill(NaN);
  const dz = z.slice().fill(NaN);
  activation.map(z.length, z, a);
  activation.pull(z.length, z, a, da, dz);
  const due = z.slice().map((each) => activation.apply(each));
  const dueBack = z.slice().map((each, i) => da[i]! * activation.derivative(each, due[i]!));
  const differs = (got: F, wanted: F): number => got.findIndex((value, i) => !Object.is(value, wanted[i]));
  const at = differs(a as F, due as F);
  const back = differs(dz as F, dueBack as F);
  return [
    ...(at < 0 ? [] : [`map gives ${a[at]} at z = ${z[at]}, apply ${due[at]} (${name})`]),
    ...(back < 0 ? [] : [`pull gives ${dz[back]} at z = ${z[back]}, derivative ${dueBack[back]} (${name})`]),
  ];
}
