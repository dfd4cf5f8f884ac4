import { made, type Made } from "../core/bare.js";
import { round } from "../core/rounding.js";
import { Fn } from "../kernels/opcodes.js";
import { checkFactor, type Regularizer } from "./regularizer.js";

/**
 * The L1 penalty: factor · |w|, with the derivative factor · sign(w), 0 at 0. It brings weights that matter little to about 0.
 *
 * Source: Tibshirani, "Regression shrinkage and selection via the lasso" (1996), in the form of Keras.
 * @throws {@link ChainruleError} `value` unless the factor is a number of at least 0
 * @example
 * ```ts
 * import { dense, l1 } from "chainrule";
 *
 * dense(100, 10, { penalty: l1(1e-3) });
 * l1(0.5).derivative(-3); // -0.5
 * ```
 */
export function l1(factor: number): Made<Regularizer, { factor: number }> {
  checkFactor("l1", factor);
  const derivative = (w: number): number => (w > 0 ? factor : w < 0 ? -factor : 0);
  return made(
    {
      name: "l1",
      value: (w: number) => factor * Math.abs(w),
      derivative,
      loops: {
        native: { f: Fn.l1, scalars: 1 },
        update(n, p, g, _slots, s, single) {
          const by = round(s[0]!, single);
          for (let i = 0; i < n; i++) g[i] = g[i]! + (p[i]! > 0 ? by : p[i]! < 0 ? -by : 0);
        },
      },
    } satisfies Regularizer,
    { factor },
  );
}
