import { plain } from "../core/bare.js";
import { Fn } from "../kernels/opcodes.js";
import { elementwise } from "./activation.js";

const apply = (z: number): number => z;
const derivative = (): number => 1;

/**
 * The identity: a = z, a′ = 1.
 * @example
 * ```ts
 * import { identity } from "chainrule";
 *
 * identity.apply(-2); // -2
 * ```
 */
export const identity = /* @__PURE__ */ plain(
  /* @__PURE__ */ elementwise({
    name: "identity",
    native: { f: Fn.identity },
    range: "real",
    apply,
    derivative,
    map(n, z, a) {
      for (let i = 0; i < n; i++) a[i] = apply(z[i]!);
    },
    pull(n, _z, _a, da, dz) {
      for (let i = 0; i < n; i++) dz[i] = da[i]! * derivative();
    },
  }),
);
