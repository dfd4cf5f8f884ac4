import { made } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { isCount, numberIn } from "../core/options.js";
import type { Layer } from "./layer.js";

/** A layer that says how many numbers an example has. */
export interface InputLayer<Size extends number = number> extends Layer<Size, Size, null> {
  readonly kind: "input";
  readonly inputs: Size;
  readonly outputs: Size;
  readonly options: { readonly size: Size };
}

/**
 * Says how many numbers come, and gives them as they are: y = x. For networks of activations alone.
 * @throws {@link ChainruleError} `value` for a size that is no whole number from 1
 * @example
 * ```ts
 * import { Network, input, softmax } from "chainrule";
 *
 * new Network([input(2), softmax]).predict([0, 0]); // [0.5, 0.5]
 * ```
 */
export function input<const Size extends number>(size: Size): InputLayer<Size> {
  if (!isCount(size)) {
    const number = numberIn(size);
    fail("value", "input size", "a whole number of at least 1", size, `write input(${isCount(number) ? number : 2})`);
  }
  const layer = {
    kind: "input" as const,
    inputs: size,
    outputs: size,
    plan: () => null,
    forward(_, x, y, { kernels }) {
      kernels.copy(x, y);
    },
    backward(_, _x, _y, dy, dx, { kernels }) {
      if (dx) kernels.copy(dy, dx);
    },
  } satisfies Layer<Size, Size, null>;
  return made(layer, { size });
}
