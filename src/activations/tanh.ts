import { plain } from "../core/bare.js";
import { tanh as apply } from "../core/tanh.js";
import { Fn } from "../kernels/opcodes.js";
import { elementwise } from "./activation.js";

const derivative = (_z: number, a: number): number => 1 - a * a;

/**
 * The hyperbolic tangent: a = (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ), a′ = 1 − a², values in [−1, 1].
 *
 * Source: LeCun, Bottou, Orr, Müller, "Efficient BackProp" (1998), section 4.4.
 * @example
 * ```ts
 * import { tanh } from "chainrule";
 *
 * tanh.apply(0); // 0
 * tanh.derivative(0, 0); // 1
 * ```
 */
export const tanh = /* @__PURE__ */ plain(
  /* @__PURE__ */ elementwise({
    name: "tanh",
    native: { f: Fn.tanh },
    range: [-1, 1],
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
