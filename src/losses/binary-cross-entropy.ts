import { sigmoid } from "../activations/sigmoid.js";
import { bare } from "../core/bare.js";
import { exp } from "../core/exp.js";
import { log, log1p } from "../core/log.js";
import type { LossLoops } from "../kernels/kernels.js";
import { Fn } from "../kernels/opcodes.js";
import { fromLogitsField, type LogitsOption } from "./cross-entropy.js";
import {
  divisorFor,
  elementwiseLoss,
  type FusedLoss,
  type Loss,
  missingField,
  reductionField,
  type ReductionOptions,
  type MissingOption,
  type SizeKeepingLoss,
} from "./loss.js";

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions extends ReductionOptions, LogitsOption, MissingOption {}

/** From probabilities. */
const value = (p: number, t: number): number => -t * Math.max(-100, log(p)) - (1 - t) * Math.max(-100, log1p(-p));
const derivative = (p: number, t: number): number => (p - t) / Math.max(1e-12, p * (1 - p));

const loops: LossLoops = {
  native: { f: Fn.binaryCrossEntropy },
  map(n, p, t, u) {
    for (let i = 0; i < n; i++) u[i] = value(p[i]!, t[i]!);
  },
  pull(n, p, t, dp) {
    for (let i = 0; i < n; i++) dp[i] = derivative(p[i]!, t[i]!);
  },
};

/** From logits: −t ln σ(z) − (1 − t) ln(1 − σ(z)), written so that it can't overflow. */
const logitValue = (z: number, t: number): number => (z > 0 ? (1 - t) * z : -t * z) + log1p(exp(-Math.abs(z)));
const logitDerivative = (z: number, t: number): number => 1 / (1 + exp(-z)) - t;

const logitLoops: LossLoops = {
  native: { f: Fn.logitCrossEntropy },
  map(n, z, t, u) {
    for (let i = 0; i < n; i++) u[i] = logitValue(z[i]!, t[i]!);
  },
  pull(n, z, t, dz) {
    for (let i = 0; i < n; i++) dz[i] = logitDerivative(z[i]!, t[i]!);
  },
};

const probabilities: Loss["probabilities"] = (z, p, context) => sigmoid.forward(null, z, p, context);

const fused: FusedLoss = {
  layer: sigmoid,
  value(z, t, u, { kernels }) {
    kernels.loss(logitLoops, z, t, u);
  },
  gradient(p, t, dz, { kernels }) {
    kernels.residual(p, t, dz);
  },
};

/**
 * Cross-entropy for yes or no: −t ln p − (1 − t) ln(1 − p), averaged over rows and columns.
 *
 * Targets lie in [0, 1]. In a network that ends in {@link sigmoid} the loss is differentiated with respect to the
 * logits z, with ∂/∂z = (p − t) / (rows · columns), and computed from them as max(z, 0) − t z + ln(1 + e^(−|z|)). After
 * another layer that gives values in [0, 1], ∂/∂p = (p − t) / (p (1 − p)), with p(1 − p) taken as at least 10⁻¹²;
 * logarithms are cut off at −100, as in PyTorch.
 *
 * Source: Bishop, "Pattern Recognition and Machine Learning" (2006), section 5.2.
 * @throws {@link ChainruleError} `pair` when a network is built whose last layer can leave [0, 1]
 * @example
 * ```ts
 * import { Network, binaryCrossEntropy, dense, sigmoid } from "chainrule";
 *
 * const network = new Network([dense(1, 1, { weight: [[1]] }), sigmoid], { loss: binaryCrossEntropy });
 * network.evaluate([0], [1]).loss; // 0.6931471805599453
 * ```
 */
export const binaryCrossEntropy = /* @__PURE__ */ bare<SizeKeepingLoss, BinaryCrossEntropyOptions>(
  "binaryCrossEntropy",
  { reduction: reductionField, fromLogits: fromLogitsField, missing: missingField },
  ({ reduction, fromLogits, missing }) =>
    elementwiseLoss({
      name: "binaryCrossEntropy",
      targets: "unit",
      ...divisorFor(reduction, "number", missing),
      ...(fromLogits ? { needs: "real", probabilities, ...logitLoops } : { needs: "unit", fused, ...loops }),
    }),
);
