import { isOurs } from "../../core/bare.js";
import type { CrossEntropyOptions } from "../../losses/cross-entropy.js";
import type { Loss } from "../../losses/loss.js";
import type { Recording } from "../record.js";
import { find, type FormulaTexts, textsOf, type Written } from "./written.js";

/** How the terms u of a loss, and their derivatives, are written. */
export interface LossRow {
  /** The arguments of a term: its own prediction and target, (p, t); or a row of logits, (z₁ … z_C, z, t). */
  readonly of: "numbers" | "rows";
  readonly value: Written;
  /** ∂u/∂p; of rows it is softmax(z) − t. */
  readonly derivative?: Written;
  /** The derivatives of all terms, as matrices. */
  readonly matrix?: Written;
  /** What is computed otherwise than it is written. */
  readonly note?: string;
}

const minus: Written = [(p, t) => `${p} − ${t}`, (p, t) => `${p} - ${t}`];

/** From what the last layer gives. */
export const lossFormulas: Readonly<Record<string, LossRow>> = {
  halfSquaredError: {
    of: "numbers",
    value: [(p, t) => `½(${t} − ${p})²`, (p, t) => `\\tfrac{1}{2}\\left(${t} - ${p}\\right)^2`],
    derivative: [(p, t) => `−(${t} − ${p})`, (p, t) => `-\\left(${t} - ${p}\\right)`],
    matrix: minus,
  },
  meanSquaredError: {
    of: "numbers",
    value: [(p, t) => `(${p} − ${t})²`, (p, t) => `\\left(${p} - ${t}\\right)^2`],
    derivative: [(p, t) => `2·(${p} − ${t})`, (p, t) => `2\\left(${p} - ${t}\\right)`],
    matrix: [(p, t) => `2·(${p} − ${t})`, (p, t) => `2\\left(${p} - ${t}\\right)`],
  },
  crossEntropy: {
    of: "numbers",
    value: [(p, q) => `−${q}·ln ${p}`, (p, q) => `-${q} \\cdot \\ln ${p}`],
    derivative: [(p, q) => `−${q}/${p}`, (p, q) => `-\\frac{${q}}{${p}}`],
    note: "Logarithms stop at −100, and the divisor p at 10⁻¹².",
    matrix: [(p, q) => `−${q} ⊘ ${p}`, (p, q) => `-${q} \\oslash ${p}`],
  },
  binaryCrossEntropy: {
    of: "numbers",
    value: [
      (p, t) => `−${t}·ln ${p} − (1 − ${t})·ln(1 − ${p})`,
      (p, t) => `-${t} \\cdot \\ln ${p} - \\left(1 - ${t}\\right) \\cdot \\ln\\left(1 - ${p}\\right)`,
    ],
    derivative: [
      (p, t) => `(${p} − ${t})/(${p}·(1 − ${p}))`,
      (p, t) => `\\frac{${p} - ${t}}{${p}\\left(1 - ${p}\\right)}`,
    ],
    note: "Logarithms stop at −100, and the divisor p(1 − p) at 10⁻¹².",
    matrix: [
      (p, t) => `(${p} − ${t}) ⊘ (${p} ⊙ (1 − ${p}))`,
      (p, t) => `\\left(${p} - ${t}\\right) \\oslash \\left(${p} \\odot \\left(1 - ${p}\\right)\\right)`,
    ],
  },
};

const exponentials = (args: readonly string[]): string =>
  args
    .slice(0, -2)
    .map((z) => `e^${z}`)
    .join(" + ");
const latexExponentials = (args: readonly string[]): string =>
  args
    .slice(0, -2)
    .map((z) => `e^{${z}}`)
    .join(" + ");

/** From logits, where the layer that makes probabilities of them is a part of the loss. */
export const logitFormulas: Readonly<Record<string, LossRow>> = {
  crossEntropy: {
    of: "rows",
    value: [
      (...args) => `${args.at(-1)}·(ln(${exponentials(args)}) − ${args.at(-2)})`,
      (...args) => `${args.at(-1)}\\left(\\ln\\left(${latexExponentials(args)}\\right) - ${args.at(-2)}\\right)`,
    ],
    matrix: [(z, t) => `softmax(${z}) − ${t}`, (z, t) => `\\operatorname{softmax}\\left(${z}\\right) - ${t}`],
  },
  binaryCrossEntropy: {
    of: "numbers",
    value: [
      (z, t) => `${t}·ln(1 + e^(−${z})) + (1 − ${t})·ln(1 + e^${z})`,
      (z, t) =>
        `${t} \\cdot \\ln\\left(1 + e^{-${z}}\\right) + \\left(1 - ${t}\\right) \\cdot \\ln\\left(1 + e^{${z}}\\right)`,
    ],
    derivative: [(z, t) => `1/(1 + e^(−${z})) − ${t}`, (z, t) => `\\frac{1}{1 + e^{-${z}}} - ${t}`],
    matrix: [(z, t) => `sigmoid(${z}) − ${t}`, (z, t) => `\\operatorname{sigmoid}\\left(${z}\\right) - ${t}`],
  },
};

/** ε by which a loss of ours smooths its targets, or 0. */
export const smoothingOf = (loss: Loss): number =>
  isOurs(loss) ? ((loss.options as CrossEntropyOptions).labelSmoothing ?? 0) : 0;

/** How a recorded loss is written, if it is known: by the user's texts, or by a row if it is the library's. */
export function lossRow({ loss, fused }: Pick<Recording, "loss" | "fused">, given: FormulaTexts): LossRow | undefined {
  const texts = find(given, loss.name) ?? (loss.text && textsOf(loss.text, ["p", "t"]));
  if (texts) return { ...texts, of: "numbers" };
  if (!isOurs(loss) || smoothingOf(loss)) return undefined; // what becomes of the targets stands on no tape
  const { fromLogits } = loss.options as CrossEntropyOptions;
  const row = find(fused || fromLogits ? logitFormulas : lossFormulas, loss.name);
  return row && fused ? { ...row, matrix: minus } : row;
}
