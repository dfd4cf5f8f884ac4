import { ask } from "../blocks/ask.js";
import { binaryCrossEntropy } from "../../losses/binary-cross-entropy.js";
import { crossEntropy } from "../../losses/cross-entropy.js";
import type { Loss } from "../../losses/loss.js";
import { halfSquaredError, meanSquaredError } from "../../losses/squared-error.js";
import type { Written } from "./written.js";

/** How the terms of a loss, and their derivatives, are written. */
interface Row {
  readonly like: Loss;
  /** A term's arguments: its own prediction and target, (p, t); or the whole row of logits, (z₁ … z_C, z, t). */
  readonly of: "numbers" | "rows";
  readonly value: Written;
  /** ∂u/∂p; for rows it is softmax(z) − t. */
  readonly derivative: Written | null;
}

/** From what the last layer gives. */
export const rows: Readonly<Record<string, Row>> = {
  halfSquaredError: {
    like: halfSquaredError,
    of: "numbers",
    value: [(p, t) => `½(${t} − ${p})²`, (p, t) => `\\tfrac{1}{2}\\left(${t} - ${p}\\right)^2`],
    derivative: [(p, t) => `−(${t} − ${p})`, (p, t) => `-\\left(${t} - ${p}\\right)`],
  },
  meanSquaredError: {
    like: meanSquaredError,
    of: "numbers",
    value: [(p, t) => `(${p} − ${t})²`, (p, t) => `\\left(${p} - ${t}\\right)^2`],
    derivative: [(p, t) => `2(${p} − ${t})`, (p, t) => `2\\left(${p} - ${t}\\right)`],
  },
  crossEntropy: {
    like: crossEntropy,
    of: "numbers",
    value: [(p, q) => `−${q}·ln ${p}`, (p, q) => `-${q} \\ln ${p}`],
    derivative: [(p, q) => `−${q}/${p}`, (p, q) => `-\\frac{${q}}{${p}}`],
  },
  binaryCrossEntropy: {
    like: binaryCrossEntropy,
    of: "numbers",
    value: [
      (p, t) => `−${t}·ln ${p} − (1 − ${t})·ln(1 − ${p})`,
      (p, t) => `-${t} \\ln ${p} - \\left(1 - ${t}\\right) \\ln\\left(1 - ${p}\\right)`,
    ],
    derivative: [(p, t) => `(${p} − ${t})/(${p}·(1 − ${p}))`, (p, t) => `\\frac{${p} - ${t}}{${p}\\left(1 - ${p}\\right)}`],
  },
};

const exponentials = (zs: readonly string[]): string => zs.map((z) => `e^${z}`).join(" + ");
const latexExponentials = (zs: readonly string[]): string => zs.map((z) => `e^{${z}}`).join(" + ");

/** From logits, where the layer that makes probabilities of them is a part of the loss. */
export const logitRows: Readonly<Record<string, Row>> = {
  crossEntropy: {
    like: crossEntropy({ fromLogits: true }),
    of: "rows",
    value: [
      (...args) => `${args.at(-1)}·(ln(${exponentials(args.slice(0, -2))}) − ${args.at(-2)})`,
      (...args) => `${args.at(-1)}\\left(\\ln\\left(${latexExponentials(args.slice(0, -2))}\\right) - ${args.at(-2)}\\right)`,
    ],
    derivative: null,
  },
  binaryCrossEntropy: {
    like: binaryCrossEntropy({ fromLogits: true }),
    of: "numbers",
    value: [
      (z, t) => `${t}·ln(1 + e^(−${z})) + (1 − ${t})·ln(1 + e^${z})`,
      (z, t) => `${t} \\ln\\left(1 + e^{-${z}}\\right) + \\left(1 - ${t}\\right) \\ln\\left(1 + e^{${z}}\\right)`,
    ],
    derivative: [(z, t) => `1/(1 + e^(−${z})) − ${t}`, (z, t) => `\\frac{1}{1 + e^{-${z}}} - ${t}`],
  },
};


export type LossRow = Row;

/** The row of a loss, if it computes what is written there: somebody may have called another loss so. */
export function lossRow(loss: Loss, fused: boolean): Row | undefined {
  const table = fused || loss.needs === "real" ? logitRows : rows;
  const row = Object.hasOwn(table, loss.name) ? table[loss.name] : undefined;
  return row && isAs(fused ? { ...loss, value: loss.fused!.value } : loss, row.like) ? row : undefined;
}

const PROBES = [[[0.3, 0.7]], [[0.2, 0.8]]] as const;

const isAs = (loss: Loss, like: Loss): boolean => {
  const [mine, ours] = [loss, like].map((each) => ask((u, context, p, t) => each.value(p!, t!, u, context), "float64", ...PROBES)[0]!);
  return mine!.every((value, i) => Math.abs(value - ours![i]!) <= 1e-12);
};
