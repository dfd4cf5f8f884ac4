import { plain } from "../core/bare.js";
import { Fn } from "../kernels/opcodes.js";
import { elementwise } from "./activation.js";

const apply = (z: number): number => (z <= 0 ? 0 : z);
const derivative = (z: number): number => (z <= 0 ? 0 : 1);

/**
 * The rectified linear unit: a = max(0, z), a′ = 1 if z > 0 else 0 (at the kink the left derivative).
 *
 * Source: Nair, Hinton, "Rectified linear units improve restricted Boltzmann machines" (ICML 2010).
 * @example
 * ```ts
 * import { relu } from "chainrule";
 *
 * [relu.apply(-3), relu.apply(3)]; // [0, 3]
 * ```
 */
export const relu = /* @__PURE__ */ plain(
  /* @__PURE__ */ elementwise({
    name: "relu",
    native: { f: Fn.relu },
    range: [0, Infinity],
    apply,
    derivative,
    map(n, z, a) {
      for (let i = 0; i < n; i++) a[i] = apply(z[i]!);
    },
    pull(n, z, _a, da, dz) {
      for (let i = 0; i < n; i++) dz[i] = da[i]! * derivative(z[i]!);
    },
  }),
);
