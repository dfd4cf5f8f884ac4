import { bare } from "../core/bare.js";
import { log } from "../core/log.js";
import { flag } from "../core/options.js";
import { Fn } from "../kernels/opcodes.js";
import { softmax } from "../layers/softmax.js";
import {
  divisorFor,
  elementwiseLoss,
  type FusedLoss,
  reductionField,
  type ReductionOptions,
  type SizeKeepingLoss,
} from "./loss.js";

/** Options of {@link crossEntropy} and {@link binaryCrossEntropy}. */
export interface CrossEntropyOptions extends ReductionOptions {
  /** The last layer gives logits, not probabilities; metrics get the probabilities of them. Default `false`. */
  readonly fromLogits?: boolean;
}

/** @internal */
export const fromLogitsField = /* @__PURE__ */ flag(false);

/** Softmax and cross-entropy in one: u = −q ln softmax(z), whose derivatives add up to p − q. */
const fused: FusedLoss = {
  layer: softmax,
  value(z, q, u, { kernels }) {
    kernels.crossEntropy(z, q, u);
  },
  gradient(p, q, dz, { kernels }) {
    kernels.residual(p, q, dz);
  },
};

const value = (p: number, q: number): number => (q === 0 ? 0 : -q * Math.max(-100, log(p)));
const derivative = (p: number, q: number): number => (q === 0 ? 0 : -q / Math.max(1e-12, p));

/**
 * Cross-entropy for classes: −Σ q ln p over the columns, averaged over the rows.
 *
 * Targets are class indices, or rows of probabilities q that sum to 1. In a network that ends in {@link softmax} the
 * loss is differentiated with respect to the logits z, with ∂/∂z = (p − q) / rows, and computed from them as
 * max + ln Σ e^(z − max) − z: exact where p is 0 or 1 in floating point. After a layer of yours that gives
 * probabilities, ∂/∂p = −q / p, with p taken as at least 10⁻¹²; logarithms are cut off at −100.
 *
 * Source: Bridle (1990); Goodfellow, Bengio, Courville, "Deep Learning" (2016), section 6.2.2.3.
 * @throws {@link ChainruleError} `pair` when a network is built whose last layer can't give probabilities
 * @example
 * ```ts
 * import { Network, crossEntropy, dense, softmax } from "chainrule";
 *
 * const network = new Network([dense(2, 2, { weight: [[1, 0], [0, 1]] }), softmax], { loss: crossEntropy });
 * network.evaluate([0, 0], 1).loss; // 0.6931471805599453
 * ```
 */
export const crossEntropy = /* @__PURE__ */ bare<SizeKeepingLoss, CrossEntropyOptions>(
  "crossEntropy",
  { reduction: reductionField, fromLogits: fromLogitsField },
  (options) => {
    const { reduction, fromLogits } = options;
    const common = {
      name: "crossEntropy",
      targets: "classes" as const,
      ...divisorFor(reduction, "row"),
    };
    if (!fromLogits) {
      return elementwiseLoss({
        ...common,
        needs: "simplex",
        fused,
        native: { f: Fn.classCrossEntropy },
        map(n, p, q, u) {
          for (let i = 0; i < n; i++) u[i] = value(p[i]!, q[i]!);
        },
        pull(n, p, q, dp) {
          for (let i = 0; i < n; i++) dp[i] = derivative(p[i]!, q[i]!);
        },
      });
    }
    return {
      ...common,
      needs: "real",
      probabilities: (z, p, { kernels }) => kernels.softmax(z, p),
      value: fused.value,
      gradient(z, q, dz, context) {
        context.kernels.softmax(z, dz);
        fused.gradient(dz, q, dz, context);
      },
    } satisfies SizeKeepingLoss;
  },
);
