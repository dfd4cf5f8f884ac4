import { bare } from "../core/bare.js";
import { log } from "../core/log.js";
import { flag, fraction } from "../core/options.js";
import type { Tensor } from "../core/tensor.js";
import type { ElementwiseLoops } from "../kernels/kernels.js";
import { Fn } from "../kernels/opcodes.js";
import type { Context } from "../layers/layer.js";
import { softmax } from "../layers/softmax.js";
import {
  divisorFor,
  elementwiseLoss,
  type FusedLoss,
  reductionField,
  type ReductionOptions,
  type SizeKeepingLoss,
} from "./loss.js";

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends ReductionOptions, LogitsOption {
  /**
   * ε of label smoothing, at least 0 and below 1: of C columns each target q counts as (1 − ε) q + ε / C. Metrics see q.
   * Default 0.
   */
  readonly labelSmoothing?: number;
}

/** An option of both cross-entropies. */
export interface LogitsOption {
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

/** p · z and z + p, for all of a tensor; a fresh pair of loops costs nothing, since what is done again is replayed. */
const by = (f: Fn, number: number, of: (z: number) => number): ElementwiseLoops => ({
  native: { f, number },
  map(n, z, a) {
    for (let i = 0; i < n; i++) a[i] = of(z[i]!);
  },
  pull: () => undefined, // nothing is differentiated with respect to targets
});
const scale = (factor: number) => by(Fn.scale, factor, (z) => factor * z);
const shift = (term: number) => by(Fn.shift, term, (z) => z + term);

/** Writes q′ = (1 − ε) q + ε / C. */
function smooth(q: Tensor, smoothing: number, to: Tensor, { kernels }: Context): void {
  kernels.map(scale(1 - smoothing), q, to);
  kernels.map(shift(smoothing / q.columns), to, to);
}

/** The same of targets that are smoothed on the way. */
const smoothedFused = (smoothing: number): FusedLoss => ({
  layer: softmax,
  value(z, q, u, context) {
    smooth(q, smoothing, u, context);
    fused.value(z, u, u, context);
  },
  /** p − q′ as (p / (1 − ε) − q)(1 − ε) − ε / C, since p may stand where dz is to be. */
  gradient(p, q, dz, context) {
    const { kernels } = context;
    kernels.map(scale(1 / (1 - smoothing)), p, dz);
    fused.gradient(dz, q, dz, context);
    kernels.map(scale(1 - smoothing), dz, dz);
    kernels.map(shift(-smoothing / q.columns), dz, dz);
  },
});

const value = (p: number, q: number): number => (q === 0 ? 0 : -q * Math.max(-100, log(p)));
const derivative = (p: number, q: number): number => (q === 0 ? 0 : -q / Math.max(1e-12, p));

/**
 * Cross-entropy for classes: −Σ q ln p over the columns, averaged over the rows.
 *
 * Targets are class indices, or rows of probabilities q that sum to 1. In a network that ends in {@link softmax} the
 * loss is differentiated with respect to the logits z, with ∂/∂z = (p − q) / rows, and computed from them as
 * max + ln Σ e^(z − max) − z: exact where p is 0 or 1 in floating point. After a layer of yours that gives
 * probabilities, ∂/∂p = −q / p, with p taken as at least 10⁻¹²; logarithms are cut off at −100. With `labelSmoothing` q
 * is the smoothed target, as in PyTorch.
 *
 * Source: Bridle (1990); Goodfellow, Bengio, Courville, "Deep Learning" (2016), section 6.2.2.3; of smoothing
 * Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, "Rethinking the Inception architecture" (CVPR 2016), section 7.
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
  { reduction: reductionField, fromLogits: fromLogitsField, labelSmoothing: /* @__PURE__ */ fraction(0) },
  ({ reduction, fromLogits, labelSmoothing }) => {
    const pair = labelSmoothing ? smoothedFused(labelSmoothing) : fused;
    const common = {
      name: "crossEntropy",
      targets: "classes" as const,
      ...divisorFor(reduction, "row"),
    };
    if (!fromLogits) {
      const loss = elementwiseLoss({
        ...common,
        needs: "simplex",
        fused: pair,
        native: { f: Fn.classCrossEntropy },
        map(n, p, q, u) {
          for (let i = 0; i < n; i++) u[i] = value(p[i]!, q[i]!);
        },
        pull(n, p, q, dp) {
          for (let i = 0; i < n; i++) dp[i] = derivative(p[i]!, q[i]!);
        },
      });
      if (!labelSmoothing) return loss;
      return {
        ...loss,
        value(p, q, u, context) {
          smooth(q, labelSmoothing, u, context);
          loss.value(p, u, u, context);
        },
        gradient(p, q, dp, context) {
          smooth(q, labelSmoothing, dp, context);
          loss.gradient(p, dp, dp, context);
        },
      };
    }
    return {
      ...common,
      needs: "real",
      probabilities: (z, p, { kernels }) => kernels.softmax(z, p),
      value: pair.value,
      gradient(z, q, dz, context) {
        context.kernels.softmax(z, dz);
        pair.gradient(dz, q, dz, context);
      },
    } satisfies SizeKeepingLoss;
  },
);
