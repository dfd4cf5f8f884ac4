import { frozenOptions } from "../core/bare.js";
import { ask, describe, fail, Phrase } from "../core/errors.js";
import {
  checkParts,
  checkSpelling,
  type Field,
  isCount,
  oneOf,
  optional,
  optionsField,
  partsOf,
} from "../core/options.js";
import type { Tensor } from "../core/tensor.js";
import { replace, variable } from "../formula/expression.js";
import { arraysLoop, callable, type FunctionText, readFunction, type TextFunction } from "../formula/function.js";
import type { Kernel } from "../formula/steps.js";
import type { LossLoops } from "../kernels/kernels.js";
import type { Context, Layer } from "../layers/layer.js";
import type { NamedRange } from "../core/range.js";

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
  readonly needs?: NamedRange | undefined;
  /**
   * What targets may be: any numbers, numbers in [0, 1], or distributions and class indices. `"reachable"`: numbers, but
   * `fit` and `trainBatch` refuse those that the last layer can never give. Default `"real"`.
   */
  readonly targets?: "real" | "reachable" | "unit" | "classes" | undefined;
  /** The layer with which it is differentiated as one function of the logits z that the layer gets. */
  readonly fused?: FusedLoss | undefined;
  /** Writes what metrics are given in the place of predictions p, where these are logits: probabilities a. */
  probabilities?: ((p: Tensor, a: Tensor, context: Context) => void) | undefined;
  /** A target that is missing: numbers equal to it are NaN in t. Such a cell has no part in the loss. */
  readonly missing?: number | undefined;
  /** How many numbers a target has, for so many numbers in a prediction; absent: as many. */
  readonly targetSize?: ((outputs: number) => number) | undefined;
  /** What the sum of the terms is divided by. */
  divisor(rows: number, columns: number): number;
  /**
   * Writes the mass of each row, m `[rows, 1]`: what it counts for, at least 0. If there is this, the sum of the terms is
   * divided by the masses of all rows together, and not by `divisor`; by 1 if they are 0.
   */
  mass?: ((t: Tensor, m: Tensor, context: Context) => void) | undefined;
  /** @internal The formula that it was made of, if it was made of one. */
  readonly text?: TextFunction | undefined;
  /** Writes the terms u of the loss. */
  value(p: Tensor, t: Tensor, u: Tensor, context: Context): void;
  /** Writes dp = ∂(Σu)/∂p. */
  gradient(p: Tensor, t: Tensor, dp: Tensor, context: Context): void;
}

/** A loss whose targets have as many numbers as the predictions. */
export interface SizeKeepingLoss extends Loss {
  readonly targetSize?: undefined;
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

/** How the terms of a loss become one number: their mean as the loss defines it, their sum over the rows, their sum. */
export type Reduction = "mean" | "batchmean" | "sum";

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
  readonly needs?: NamedRange | undefined;
  /** As in {@link Loss}. */
  readonly targets?: "real" | "reachable" | "unit" | "classes" | undefined;
  /** As in {@link Loss}. */
  readonly fused?: FusedLoss | undefined;
  /** As in {@link Loss}: a pair whose target is missing makes no term, no derivative, and has no mass. */
  readonly missing?: number | undefined;
  /** What the sum over all numbers is divided by; default their count, without those that are missing: the mean. */
  divisor?(rows: number, columns: number): number;
  /** What a target t counts for in the divisor, at least 0, in place of `divisor`; default 1. */
  mass?(t: number): number;
}

/** What makes a loss of pairs of numbers of a text: its derivative is found. */
export interface LossText
  extends FunctionText, Omit<LossFormula, "value" | "derivative" | "options" | "divisor" | "mass"> {
  /** u, the loss of one prediction p against one target t, such as `"(p − t)^4"`. */
  readonly formula: string;
  /** ∂u/∂p where another form of it is better; it may speak of u too. */
  readonly derivative?: string | undefined;
  /** As in {@link LossFormula}. */
  divisor?(rows: number, columns: number): number;
  /** As in {@link LossFormula}. */
  mass?(t: number): number;
}

/**
 * What the terms of a loss are divided by. `per`: what its mean is taken over. Where targets may be missing, that is a
 * mass: the numbers that are known, or the rows with any.
 */
export function divisorFor(
  reduction: Reduction,
  per: "row" | "number",
  missing?: number | null,
): Pick<Loss, "divisor" | "mass" | "missing"> {
  const areKnown = missing === undefined || missing === null;
  if (reduction === "sum") return { divisor: () => 1, missing: areKnown ? undefined : missing };
  const byRow = per === "row" || reduction === "batchmean";
  return {
    divisor: byRow ? (rows) => rows : (rows, columns) => rows * columns,
    ...(!areKnown && {
      missing,
      mass: (t, m, { kernels }) => kernels.known(t, m, byRow ? 1 : t.columns),
    }),
  };
}

/** Makes a loss of the two loops over a formula, written beside it (see `elementwise`). */
export function elementwiseLoss(formula: Omit<SizeKeepingLoss, "value" | "gradient"> & LossLoops): SizeKeepingLoss {
  const { native, map, pull, ...parts } = formula;
  const loops: LossLoops = { native, map, pull };
  const loss: SizeKeepingLoss = {
    ...parts,
    value(p, t, u, { kernels }) {
      kernels.loss(loops, p, t, u);
    },
    gradient(p, t, dp, { kernels }) {
      kernels.lossPull(loops, p, t, dp);
    },
  };
  if (loss.missing === undefined) return Object.freeze(loss);
  return Object.freeze({ ...masked(loss), fused: loss.fused && masked(loss.fused) });
}

/** The same, where a target that is missing makes no term and no derivative. */
const masked = <L extends Pick<Loss, "value" | "gradient">>(loss: L): L => ({
  ...loss,
  value(p: Tensor, t: Tensor, u: Tensor, context: Context) {
    loss.value(p, t, u, context);
    context.kernels.mask(t, u);
  },
  gradient(p: Tensor, t: Tensor, dp: Tensor, context: Context) {
    loss.gradient(p, t, dp, context);
    context.kernels.mask(t, dp);
  },
});

/** Options of a loss that has no others. */
export interface ReductionOptions {
  /**
   * The mean, as the loss defines it; `"batchmean"`, the sum of the terms over the count of rows; or the plain sum of the
   * terms. Default `"mean"`.
   */
  readonly reduction?: Reduction;
}

/** An option of losses of pairs of numbers. */
export interface MissingOption {
  /**
   * What stands for a target that is not known, such as NaN. It has no part in the loss, in the gradient and in what the
   * mean divides by. Default null, none: NaN is refused.
   */
  readonly missing?: number | null;
}

export const reductionField = /* @__PURE__ */ oneOf("mean", "batchmean", "sum");

/** What is written for a target that is missing; null: none is. */
export const missingField: Field<number | null> = {
  otherwise: null,
  expected: "a number such as NaN",
  test: (value) => value === null || typeof value === "number",
  example: "NaN",
};

const parts = {
  options: optionsField,
  needs: /* @__PURE__ */ oneOf("real", "unit", "simplex"),
  targets: /* @__PURE__ */ oneOf("real", "reachable", "unit", "classes"),
  divisor: /* @__PURE__ */ optional(
    "a function",
    (value) => typeof value === "function",
    "(rows, columns) => rows * columns",
  ),
  mass: /* @__PURE__ */ optional("a function", (value) => typeof value === "function", "() => 1"),
  missing: missingField,
  probabilities: /* @__PURE__ */ optional("a function", (value) => typeof value === "function", "(p, a) => …"),
  targetSize: /* @__PURE__ */ optional("a function", (value) => typeof value === "function", "() => 1"),
};

/**
 * What a target counts for, by a formula of a user's.
 * @throws {@link ChainruleError} `value` unless it is a finite number of at least 0
 */
function massOf({ name, mass }: LossFormula, t: number): number {
  const found: unknown = mass!(t);
  if (Number.isFinite(found) && (found as number) >= 0) return found as number;
  return fail(
    "value",
    `loss ${name} mass`,
    "a finite number of at least 0",
    found,
    "return 1 for a target that counts",
  );
}

/**
 * How many numbers a target has.
 * @throws {@link ChainruleError} `size` unless that is a whole number from 1
 */
export function targetSizeOf(loss: Loss | undefined, outputs: number): number {
  const size: unknown = loss?.targetSize ? loss.targetSize(outputs) : outputs;
  return isCount(size) ? size : fail("size", `loss ${loss!.name} targetSize`, "a whole number of at least 1", size);
}

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

const PARTS = [
  "name",
  "value",
  "derivative",
  "options",
  "needs",
  "targets",
  "fused",
  "missing",
  "divisor",
  "mass",
] as const;

const TEXT_PARTS = ["name", "formula", "derivative", "parameters", "needs", "targets", "fused", "missing", "divisor", "mass"] as const; // prettier-ignore

/**
 * Defines a loss of pairs of numbers: by a formula, of which the derivative is found, or by two functions of JavaScript. The
 * mean is taken over all pairs unless `divisor` says otherwise. For a loss that needs whole rows, implement {@link Loss}
 * itself.
 *
 * The derivative is compared with the difference (u(p+h) − u(p−h)) / 2h at a few points.
 * @throws {@link ChainruleError} `derivative` if the two disagree, `value` if u is not finite there or a formula goes wrong
 * (and at which character), `type` if a part is missing, `option` if one is misspelt
 * @example
 * ```ts
 * import { Network, dense, loss } from "chainrule";
 *
 * const quartic = loss({ name: "quartic", value: (p, t) => (p - t) ** 4, derivative: (p, t) => 4 * (p - t) ** 3 });
 * const network = new Network([dense(1, 1, { weight: [[1]] })], { loss: quartic });
 * network.evaluate([3], [1]).loss; // 16
 *
 * const pinball = loss({
 *   name: "pinball", formula: "t > p ? tau · (t − p) : (1 − tau) · (p − t)", parameters: { tau: 0.9 },
 * });
 * ```
 */
export function loss(given: LossFormula | LossText): SizeKeepingLoss {
  const isText = ask(() => (given as LossText).formula, undefined) !== undefined;
  return isText ? fromText(given as LossText) : fromFunctions(given as LossFormula);
}

function fromText(given: LossText): SizeKeepingLoss {
  const { formula: written, derivative: slope, parameters: numbers, ...rest } = partsOf(given, TEXT_PARTS) as LossText;
  const where = `loss ${typeof rest.name === "string" ? rest.name : ""}`.trim();
  if (typeof rest.name !== "string")
    fail("type", where, "{ name, formula }", given, 'write loss({ name: "quartic", formula: "(p − t)^4" })');
  checkSpelling(where, given, TEXT_PARTS);
  const text = readFunction({ formula: written, derivative: slope, parameters: numbers }, ["p", "t"], "u", where);
  const { value, parameters } = text;
  const derivative = replace(text.derivative, variable("u"), value); // u is not kept
  const scalars = Object.keys(parameters);
  const map: Kernel = { places: ["p", "t", "u"], scalars, outputs: { u: value }, rounding: "once" };
  const pull: Kernel = { places: ["p", "t", "dp"], scalars, outputs: { dp: derivative }, rounding: "once" };
  const made = fromFunctions(
    {
      ...rest,
      options: parameters,
      value: callable(value, ["p", "t"], parameters),
      derivative: callable(derivative, ["p", "t"], parameters),
    },
    { map: arraysLoop(map, parameters), pull: arraysLoop(pull, parameters) },
  );
  return Object.freeze({ ...made, text: { ...text, derivative } });
}

function fromFunctions(given: LossFormula, loops?: LossLoops): SizeKeepingLoss {
  const formula = ask<Partial<LossFormula>>(() => partsOf(given, PARTS), {}) as LossFormula;
  const where = `loss ${typeof formula?.name === "string" ? formula.name : ""}`.trim();
  if (
    typeof formula?.name !== "string" ||
    typeof formula.value !== "function" ||
    typeof formula.derivative !== "function"
  ) {
    const remedy =
      'write loss({ name: "absolute", value: (p, t) => Math.abs(p - t), derivative: (p, t) => Math.sign(p - t) })';
    fail("type", where, "{ name, value(p, t), derivative(p, t) }", given, remedy);
  }
  checkSpelling(where, given, PARTS);
  checkLoss(formula);
  if (formula.mass && formula.divisor)
    fail(
      "option",
      where,
      "a divisor or a mass",
      new Phrase("both"),
      "leave the divisor out: it is the sum of the masses",
    );
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
  const { name, options, needs, targets, fused, missing, divisor } = formula;
  return elementwiseLoss({
    name,
    options: options && frozenOptions(options),
    needs,
    targets,
    fused,
    native: undefined,
    missing: undefined,
    ...divisorFor("mean", "number", missing),
    ...(divisor && { divisor, mass: undefined }),
    ...(formula.mass && {
      mass({ rows, columns, data }, m) {
        for (let n = 0, i = 0; n < rows; n++) {
          m.data[n] = 0;
          for (const end = i + columns; i < end; i++)
            if (!Number.isNaN(data[i])) m.data[n]! += massOf(formula, data[i]!);
        }
      },
    }),
    map(n, p, t, u) {
      for (let i = 0; i < n; i++) u[i] = formula.value(p[i]!, t[i]!);
    },
    pull(n, p, t, dp) {
      for (let i = 0; i < n; i++) dp[i] = formula.derivative(p[i]!, t[i]!);
    },
    ...loops,
  });
}
