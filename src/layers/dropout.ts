import { made, type Made } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { numberIn } from "../core/options.js";
import type { Stream } from "../core/random.js";
import type { Tensor } from "../core/tensor.js";
import type { ElementwiseLoops } from "../kernels/kernels.js";
import { Fn } from "../kernels/opcodes.js";
import type { SizeKeepingLayer } from "./layer.js";

/** What dropout asks for: random numbers, and a tape for its mask. */
export interface DropoutState {
  /** Its random numbers. */
  readonly stream: Stream;
  /** For each number 0, or 1 / (1 − rate). */
  readonly mask: Tensor;
}

/** A dropout layer: as many columns as come. */
export interface Dropout extends SizeKeepingLayer<DropoutState> {
  readonly kind: "dropout";
}

/**
 * Dropout: while training each number becomes 0 with the probability `rate`, and else x / (1 − rate), so that its mean stays
 * what it is; in evaluation y = x.
 *
 * Backwards ∂L/∂x is ∂L/∂y times the same factor. What is dropped depends on the seed, the layer's place and the count of
 * forwards alone, so a run can be repeated.
 *
 * Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: a simple way to prevent neural networks from
 * overfitting" (JMLR 15, 2014), in the inverted form of PyTorch and Keras.
 * @param rate of what is dropped, at least 0 and below 1
 * @throws {@link ChainruleError} `value` for another rate
 * @example
 * ```ts
 * import { Network, dense, dropout, relu } from "chainrule";
 *
 * const network = new Network([dense(4, 64), relu, dropout(0.2), dense(64, 3)]);
 * network.predict([1, 2, 3, 4]).length; // 3: nothing is dropped here
 * ```
 */
export function dropout(rate: number): Made<Dropout, { rate: number }> {
  if (typeof rate !== "number" || !(rate >= 0 && rate < 1)) {
    const number = numberIn(rate);
    const remedy = `write dropout(${number >= 0 && number < 1 ? number : 0.5})`;
    fail("value", "dropout rate", "a number of at least 0 and below 1", rate, remedy);
  }
  const maskOf: ElementwiseLoops = {
    native: { f: Fn.dropout, number: rate },
    map(n, u, mask) {
      for (let i = 0; i < n; i++) mask[i] = u[i]! < rate ? 0 : 1 / (1 - rate);
    },
    pull(n, _u, _mask, _dMask, du) {
      for (let i = 0; i < n; i++) du[i] = 0;
    },
  };
  return made(
    {
      kind: "dropout",
      plan: (planner, inputs) => ({ stream: planner.stream("mask"), mask: planner.tape("mask", inputs) }),

      forward({ stream, mask }, x, y, { kernels, training }) {
        if (!training || rate === 0) return kernels.copy(x, y);
        kernels.uniform(stream, mask);
        kernels.map(maskOf, mask, mask);
        kernels.multiply(mask, x, y);
      },

      backward({ mask }, _x, _y, dy, dx, { kernels, training }) {
        if (!dx) return;
        if (training && rate > 0) kernels.multiply(mask, dy, dx);
        else kernels.copy(dy, dx);
      },
    } satisfies Omit<Dropout, "options">,
    { rate },
  );
}
