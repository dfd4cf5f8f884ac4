import { bare } from "../core/bare.js";
import { finite } from "../core/options.js";
import { Fn } from "../kernels/opcodes.js";
import { elementwise, type Activation } from "./activation.js";

/** Options of {@link leakyRelu}. */
export interface LeakyReluOptions {
  /** a / z for z ≤ 0. Default 0.01. */
  readonly slope?: number;
}

const fields = { slope: /* @__PURE__ */ finite(0.01) };

/**
 * The leaky rectified linear unit: a = z if z > 0 else slope · z, a′ = 1 if z > 0 else slope.
 *
 * Source: Maas, Hannun, Ng, "Rectifier nonlinearities improve neural network acoustic models" (ICML 2013).
 * @example
 * ```ts
 * import { leakyRelu } from "chainrule";
 *
 * leakyRelu.apply(-100); // -1
 * leakyRelu({ slope: 0.2 }).apply(-5); // -1
 * ```
 */
export const leakyRelu = /* @__PURE__ */ bare<Activation, LeakyReluOptions>("leakyRelu", fields, ({ slope }) => {
  const apply = (z: number): number => (z <= 0 ? (slope === 0 ? 0 : slope * z) : z); // 0 · −∞ would be NaN
  const derivative = (z: number): number => (z <= 0 ? slope : 1);
  return elementwise({
    name: "leakyRelu",
    native: { f: Fn.leakyRelu, number: slope },
    range: slope > 0 ? "real" : [0, Infinity],
    apply,
    derivative,
    map(n, z, a) {
      for (let i = 0; i < n; i++) a[i] = apply(z[i]!);
    },
    pull(n, z, _a, da, dz) {
      for (let i = 0; i < n; i++) dz[i] = da[i]! * derivative(z[i]!);
    },
  });
});
