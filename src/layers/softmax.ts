import { plain } from "../core/bare.js";
import type { SizeKeepingLayer } from "./layer.js";

/** The softmax layer: as many columns as come. */
export interface Softmax extends SizeKeepingLayer<null> {
  readonly kind: "softmax";
}

/**
 * Rows of probabilities: yᵢ = e^xᵢ / Σⱼ e^xⱼ, computed from x − max(x), so that it can't overflow.
 *
 * Backwards ∂L/∂xᵢ = yᵢ (∂L/∂yᵢ − Σⱼ yⱼ ∂L/∂yⱼ). Softmax followed by {@link crossEntropy} is differentiated as one
 * function of the logits x, with the gradient p − q.
 *
 * Source: Bridle, "Probabilistic interpretation of feedforward classification network outputs" (1990).
 * @example
 * ```ts
 * import { Network, dense, softmax } from "chainrule";
 *
 * new Network([dense(2, 2, { weight: [[1, 0], [0, 1]] }), softmax]).predict([0, 0]); // [0.5, 0.5]
 * ```
 */
export const softmax = /* @__PURE__ */ plain<Softmax>({
  kind: "softmax",
  range: "simplex",
  plan: () => null,
  forward(_, x, y, { kernels }) {
    kernels.softmax(x, y);
  },
  backward(_, _x, y, dy, dx, { kernels }) {
    if (dx) kernels.softmaxPull(y, dy, dx);
  },
});
