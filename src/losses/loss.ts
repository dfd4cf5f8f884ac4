import { frozenOptions } from "../core/bare.js";
import { describe, fail, Phrase } from "../core/errors.js";
import { checkParts, checkSpelling, oneOf, optional, optionsField } from "../core/options.js";
import type { Tensor } from "../core/tensor.js";
import type { LossLoops } from "../kernels/kernels.js";
import { type Context, type Layer, type Range, rangeField } from "../layers/layer.js";

/**
 * A loss says how far a prediction p is from its target t: the terms u `[rows, columns]` and their derivatives. The
 * network adds the terms up, weighs the rows and divides by `divisor`.
 */
export interface Loss {
  /** What it is called in summaries and errors. */
  readonly name: string;
  /** What it was made with, defaults filled in: with its name it says how to make it again. */
  readonly options?: object | undefined;
  /** What the last layer must give; absent: anything. */
  readonly needs?: Range | undefined;
  /** What targets may be: any numbers, numbers in [0, 1], or distributions and class indices. Default `"real"`. */
  readonly targets?: "real" | "unit" | "classes" | undefined;
  /** The layer with which it is differentiated as one function of the logits z that the layer gets. */
  readonly fused?: FusedLoss | undefined;
  /** What the sum of the terms is divided by. */
  divisor(rows: number, columns: number): number;
  /** Writes the terms u of the loss. */
  value(p: Tensor, t: Tensor, u: Tensor, context: Context): void;
  /** Writes dp = ∂(Σu)/∂p. */
  gradient(p: Tensor, t: Tensor, dp: Tensor, context: Context): void;
}

/** A loss and the layer before it as one function of the logits. */
export interface FusedLoss {
  /** The layer that turns logits into predictions. */
  readonly layer: Layer;
  /** Writes the terms u from the logits z. */
  value(z: Tensor, t: Tensor, u: Tensor, context: Context): void;
  /** Writes dz = ∂(Σu)/∂z from a, what the layer made of z. */
  gradient(a: Tensor, t: Tensor, dz: Tensor, context: Context): void;
}

/** How the terms of a loss become one number. */
export type Reduction = "mean" | "sum";

/** What makes a loss of pairs of numbers: a function and its derivative. */
export interface LossFormula {
  /** What it is called in summaries and errors. */
  readonly name: string;
  /** u, the loss of one prediction p against one target t. */
  value(p: number, t: number): number;
  /** ∂u/∂p; at a kink the left derivative. */
  derivative(p: number, t: number): number;
  /** As in {@link Loss}; it is copied and frozen. */
  readonly options?: object | undefined;
  /** As in {@link Loss}. */
  readonly needs?: Range | undefined;
  /** As in {@link Loss}. */
  readonly targets?: "real" | "unit" | "classes" | undefined;
  /** As in {@link Loss}. */
  readonly fused?: FusedLoss | undefined;
  /** What the sum over all numbers is divided by; default their count: the mean. */
  divisor?(rows: number, columns: number): number;
}

/** Makes a loss of the two loops over a formula, written beside it (see `elementwise`). */
export function elementwiseLoss(formula: Omit<Loss, "value" | "gradient"> & LossLoops): Loss {
  const { native, map, pull, ...parts } = formula;
  const loops: LossLoops = { native, map, pull };
  return Object.freeze({
    ...parts,
    value(p, t, u, { kernels }) {
      kernels.loss(loops, p, t, u);
    },
    gradient(p, t, dp, { kernels }) {
      kernels.lossPull(loops, p, t, dp);
    },
  } satisfies Loss);
}

const parts = {
  options: optionsField,
  needs: rangeField,
  targets: /* @__PURE__ */ oneOf("real", "unit", "classes"),
  divisor: /* @__PURE__ */ optional(
    "a function",
    (value) => typeof value === "function",
    "(rows, columns) => rows * columns",
  ),
};

/**
 * Checks the parts of a loss that may be absent.
 * @throws {@link ChainruleError} `value`
 */
export function checkLoss(loss: Loss | LossFormula): void {
  checkParts(`loss ${loss.name}`, loss, parts);
}

/** Pairs (p, t) at which a formula of a user's is compared with a difference. */
const PROBES = [
  [0.3217, 0],
  [0.8761, 1],
  [0.5671, 0.25],
  [0.1234, 0.8123],
] as const;
const H = 1e-6;

/**
 * Defines a loss of pairs of numbers, by its formula and derivative; the mean is taken over all of them unless
 * `divisor` says otherwise. For a loss that needs whole rows, implement {@link Loss} itself.
 *
 * The derivative is compared with the difference (u(p+h) − u(p−h)) / 2h at a few points.
 * @throws {@link ChainruleError} `derivative` if the two disagree, `value` if u is not finite there, `type` if a part is missing, `option` if one is misspelt
 * @example
 * ```ts
 * import { Network, dense, loss } from "chainrule";
 *
 * const quartic = loss({ name: "quartic", value: (p, t) => (p - t) ** 4, derivative: (p, t) => 4 * (p - t) ** 3 });
 * const network = new Network([dense(1, 1, { weight: [[1]] })], { loss: quartic });
 * network.evaluate([3], [1]).loss; // 16
 * ```
 */
export function loss(formula: LossFormula): Loss {
  const where = `loss ${typeof formula?.name === "string" ? formula.name : ""}`.trim();
  if (
    typeof formula?.name !== "string" ||
    typeof formula.value !== "function" ||
    typeof formula.derivative !== "function"
  ) {
    const remedy =
      'write loss({ name: "absolute", value: (p, t) => Math.abs(p - t), derivative: (p, t) => Math.sign(p - t) })';
    fail("type", where, "{ name, value(p, t), derivative(p, t) }", formula, remedy);
  }
  checkSpelling(where, formula, ["name", "value", "derivative", "options", "needs", "targets", "fused", "divisor"]);
  checkLoss(formula);
  for (const [p, t] of PROBES) {
    const value = formula.value(p, t);
    const slope = formula.derivative(p, t);
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      const got = new Phrase(`value ${describe(value)}, derivative ${describe(slope)}`);
      fail("value", where, `finite numbers at p = ${p}, t = ${t}`, got, "return a finite number for every finite p");
    }
    const difference = (formula.value(p + H, t) - formula.value(p - H, t)) / (2 * H);
    if (Math.abs(slope - difference) > 1e-5 * Math.max(1, Math.abs(slope), Math.abs(difference))) {
      const expected = `a derivative of ${difference.toPrecision(6)} at p = ${p}, t = ${t}`;
      fail("derivative", where, expected, new Phrase(slope.toPrecision(6)), "derive value by p, the first argument");
    }
  }
  const { name, options, needs, targets, fused, divisor = (rows, columns) => rows * columns } = formula;
  return elementwiseLoss({
    name,
    options: options && frozenOptions(options),
    needs,
    targets,
    fused,
    divisor,
    map(n, p, t, u) {
      for (let i = 0; i < n; i++) u[i] = formula.value(p[i]!, t[i]!);
    },
    pull(n, p, t, dp) {
      for (let i = 0; i < n; i++) dp[i] = formula.derivative(p[i]!, t[i]!);
    },
  });
}
