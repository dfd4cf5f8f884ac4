import { bare } from "../core/bare.js";
import { exp } from "../core/exp.js";
import { log1p } from "../core/log.js";
import { positive } from "../core/options.js";
import { Fn } from "../kernels/opcodes.js";
import { elementwise, type Activation } from "./activation.js";

/** Options of {@link softplus}. */
export interface SoftplusOptions {
  /** How sharp the bend is. Default 1. */
  readonly beta?: number;
}

const fields = { beta: /* @__PURE__ */ positive(1) };

/**
 * A smooth relu: a = ln(1 + e^(βz)) / β, a′ = 1 / (1 + e^(−βz)).
 *
 * Written max(0, z) + ln(1 + e^(−β|z|)) / β, it can't overflow.
 * Source: Dugas, Bengio, Bélisle, Nadeau, Garcia, "Incorporating second-order functional knowledge" (NIPS 2000).
 * @example
 * ```ts
 * import { softplus } from "chainrule";
 *
 * softplus.apply(0); // 0.6931471805599453
 * softplus({ beta: 2 }).apply(0); // 0.34657359027997264
 * ```
 */
export const softplus = /* @__PURE__ */ bare<Activation, SoftplusOptions>("softplus", fields, ({ beta }) => {
  const apply = (z: number): number => Math.max(0, z) + log1p(exp(-beta * Math.abs(z))) / beta;
  const derivative = (z: number): number => 1 / (1 + exp(-beta * z));
  return elementwise({
    name: "softplus",
    native: { f: Fn.softplus, number: beta },
    range: [0, Infinity],
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
