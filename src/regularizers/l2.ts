import { made, type Made } from "../core/bare.js";
import { round } from "../core/rounding.js";
import { Fn } from "../kernels/opcodes.js";
import { checkFactor, type Regularizer } from "./regularizer.js";

/**
 * The L2 penalty: factor · w², with the derivative 2 · factor · w. It keeps weights small.
 *
 * Under {@link sgd} it is the same as a weight decay of 2 · factor. Source: Hoerl, Kennard, "Ridge regression" (1970), in the
 * form of Keras (no ½).
 * @throws {@link ChainruleError} `value` unless the factor is a number of at least 0
 * @example
 * ```ts
 * import { dense, l2 } from "chainrule";
 *
 * dense(100, 10, { penalty: l2(1e-4) });
 * l2(0.5).derivative(-3); // -3
 * ```
 */
export function l2(factor: number): Made<Regularizer, { factor: number }> {
  checkFactor("l2", factor);
  return made(
    {
      name: "l2",
      value: (w: number) => factor * w * w,
      derivative: (w: number) => 2 * factor * w,
      loops: {
        native: { f: Fn.l2, scalars: 1 },
        update(n, p, g, _slots, s, single) {
          const by = round(2 * s[0]!, single);
          for (let i = 0; i < n; i++) g[i] = g[i]! + round(by * p[i]!, single);
        },
      },
    } satisfies Regularizer,
    { factor },
  );
}
