import { plain } from "../core/bare.js";
import { logistic as apply } from "../core/tanh.js";
import { Fn } from "../kernels/opcodes.js";
import { elementwise } from "./activation.js";

const derivative = (_z: number, a: number): number => a * (1 - a);

/**
 * The logistic function: a = 1 / (1 + e⁻ᶻ), a′ = a(1 − a), values in [0, 1].
 *
 * Source: Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors" (Nature 323, 1986).
 * @example
 * ```ts
 * import { sigmoid } from "chainrule";
 *
 * sigmoid.apply(0); // 0.5
 * sigmoid.derivative(0, 0.5); // 0.25
 * ```
 */
export const sigmoid = /* @__PURE__ */ plain(
  /* @__PURE__ */ elementwise({
    name: "sigmoid",
    native: { f: Fn.sigmoid },
    range: "unit",
    apply,
    derivative,
    map(n, z, a) {
      for (let i = 0; i < n; i++) a[i] = apply(z[i]!);
    },
    pull(n, z, a, da, dz) {
      for (let i = 0; i < n; i++) dz[i] = da[i]! * derivative(z[i]!, a[i]!);
    },
  }),
);
