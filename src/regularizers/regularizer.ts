import { isOurs } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { numberIn } from "../core/options.js";
import { round } from "../core/rounding.js";
import type { UpdateLoops } from "../kernels/kernels.js";

/**
 * A penalty on large parameters: a term of what is made small, for each number w of a parameter. A step adds its derivative
 * to the gradient, after `backward` and before clipping; the loss that is reported stays that of the data.
 *
 * @example A penalty that grows with w⁴.
 * ```ts
 * import { dense, type Regularizer } from "chainrule";
 *
 * const quartic: Regularizer = { name: "quartic", value: (w) => w ** 4 / 4, derivative: (w) => w ** 3 };
 * dense(2, 1, { penalty: quartic });
 * ```
 */
export interface Regularizer {
  /** What it is called in summaries and errors. */
  readonly name: string;
  /** What it was made with, defaults filled in: with its name it says how to make it again. */
  readonly options?: object | undefined;
  /** What a number w adds to what is made small. */
  value(w: number): number;
  /** The derivative of that with respect to w; at a kink any number between those of both sides. */
  derivative(w: number): number;
  /** @internal What a machine may know it by: its gradient is then g + derivative, and its scalar the factor. */
  readonly loops?: UpdateLoops | undefined;
}

/** The loops by which it is added to a gradient; a copy of ours, with a part changed, has its derivative called. */
export const loopsOf = (regularizer: Regularizer): UpdateLoops =>
  (isOurs(regularizer) ? regularizer.loops : undefined) ?? {
    update(n, p, g, _slots, _s, single) {
      for (let i = 0; i < n; i++) g[i] = g[i]! + round(regularizer.derivative(p[i]!), single);
    },
  };

/**
 * Checks the factor of a penalty of ours.
 * @throws {@link ChainruleError} `value`
 */
export function checkFactor(name: string, factor: unknown): void {
  if (Number.isFinite(factor) && (factor as number) >= 0) return;
  const number = numberIn(factor);
  fail("value", name, "a number of at least 0", factor, `write ${name}(${number >= 0 ? number : 0.0001})`);
}
