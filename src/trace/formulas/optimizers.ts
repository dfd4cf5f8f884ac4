import { isOurs } from "../../core/bare.js";
import type { Optimizer } from "../../optim/optimizer.js";
import type { SgdOptions } from "../../optim/sgd.js";
import { add, apply, constant, divide, multiply, ref, subtract } from "../expression.js";
import type { Expression, Formula, Name, Quantity } from "../types.js";
import { letter } from "../names/symbol.js";
import { find, type Written } from "./written.js";

/** The scalars, and what follows from them alone, by name. */
export type SettingQuantities = Readonly<Record<string, Quantity>>;

/** A number between the gradient and the new weight. `slot`: it is kept in that slot. */
interface Movement {
  readonly symbol: Name;
  readonly slot?: number;
  readonly law: Expression;
}

/** A setting that follows from others, computed in float64. */
interface Derived {
  readonly key: string;
  readonly name: Name;
  readonly law: (settings: SettingQuantities) => Expression;
}

/** An update rule, as it is computed for one element. */
export interface UpdateFormula {
  /** What its slots are called. */
  readonly slots: readonly Name[];
  /** Names of the scalars, by which they are found, and how they are written. */
  readonly settings: Readonly<Record<string, Name>>;
  readonly derive?: readonly Derived[];
  /** The way from p and ∂E/∂p to p⁺; each movement is made a quantity by `keep`. */
  step(given: StepGiven): Expression;
  /** p⁺ as matrices, of those in its law: p and what it is moved by. */
  readonly matrix: Written;
  /** What is computed otherwise than it is usually written. */
  readonly note?: string;
}

/** What a rule starts from. */
interface StepGiven {
  readonly p: Expression;
  readonly gradient: Expression;
  readonly settings: SettingQuantities;
  /** A setting, in the network's precision. */
  setting(name: string): Expression;
  /** A slot before the step. */
  slot(index: number): Expression;
  /** Makes a quantity of a movement. */
  keep(movement: Movement): Expression;
}

const identity = (x: string): string => x;
export const rounded: Formula = { name: "round", text: identity, latex: identity, compute: (x) => x! };
const root: Formula = {
  name: "sqrt",
  text: (x) => `√(${x})`,
  latex: (x) => `\\sqrt{${x}}`,
  compute: (x) => Math.sqrt(x!),
};

const eta = letter("η", "\\eta");
const lambda = letter("λ", "\\lambda");
export const sqrt = (x: Expression): Expression => apply(root, x);
const descent: Written = [(p, d) => `${p} − η·${d}`, (p, d) => `${p} - \\eta \\, ${d}`];

/** 1 − β, of a setting β. */
const complement = (key: string, of: string, { text, latex }: Name): Derived => ({
  key,
  name: letter(`(1 − ${text})`, `\\left(1 - ${latex}\\right)`),
  law: (settings) => subtract(constant(1), ref(settings[of]!)),
});

/** g + λp, where there is a λ. */
function decayed({ p, gradient, settings, setting, keep }: StepGiven): Expression {
  if (settings.weightDecay!.value === 0) return gradient;
  return keep({ symbol: letter("g"), law: add(gradient, multiply(setting("weightDecay"), p)) });
}

const descend: UpdateFormula = {
  matrix: descent,
  slots: [],
  settings: { learningRate: eta, weightDecay: lambda },
  step: (given) => subtract(given.p, multiply(given.setting("learningRate"), decayed(given))),
};

const withMomentum = (nesterov: boolean): UpdateFormula => ({
  matrix: descent,
  slots: [letter("v")],
  settings: {
    learningRate: eta,
    weightDecay: lambda,
    momentum: letter("μ", "\\mu"),
    dampening: letter("τ", "\\tau"),
    step: letter("t"),
  },
  derive: [complement("fresh", "dampening", letter("τ", "\\tau"))],
  step(given) {
    const { p, settings, setting, slot, keep } = given;
    const gradient = decayed(given);
    const isWhole = settings.step!.value === 1 || settings.dampening!.value === 0;
    const kept = multiply(setting("momentum"), slot(0));
    const fresh = isWhole ? gradient : multiply(setting("fresh"), gradient);
    const velocity = keep({ symbol: letter("v"), slot: 0, law: add(kept, fresh) });
    if (!nesterov) return subtract(p, multiply(setting("learningRate"), velocity));
    const direction = keep({ symbol: letter("d"), law: add(gradient, multiply(setting("momentum"), velocity)) });
    return subtract(p, multiply(setting("learningRate"), direction));
  },
});

const adam: UpdateFormula = {
  matrix: [
    (p, m, s) => `${p} − η_t·${m} ⊘ (${s} + ε)`,
    (p, m, s) => `${p} - \\eta_t \\, ${m} \\oslash \\left(${s} + \\varepsilon\\right)`,
  ],
  note: "η·m̂ is computed as η_t·m, and √v̂ as √v · (1 / √(1 − β₂ᵗ)): the same but for rounding.",
  slots: [letter("m"), letter("v")],
  settings: {
    learningRate: eta,
    weightDecay: lambda,
    beta1: letter("β₁", "\\beta_1"),
    beta2: letter("β₂", "\\beta_2"),
    epsilon: letter("ε", "\\varepsilon"),
    beta1Power: letter("β₁ᵗ", "\\beta_1^t"),
    beta2Power: letter("β₂ᵗ", "\\beta_2^t"),
  },
  derive: [
    complement("take1", "beta1", letter("β₁", "\\beta_1")),
    complement("take2", "beta2", letter("β₂", "\\beta_2")),
    complement("correction1", "beta1Power", letter("β₁ᵗ", "\\beta_1^t")),
    complement("correction2", "beta2Power", letter("β₂ᵗ", "\\beta_2^t")),
    { key: "rate", name: letter("η_t", "\\eta_t"), law: (s) => divide(ref(s.learningRate!), ref(s.correction1!)) },
    {
      key: "root",
      name: letter("√(1 − β₂ᵗ)", "\\sqrt{1-\\beta_2^t}"),
      law: ({ correction2 }) => sqrt(ref(correction2!)),
    },
    {
      key: "growth",
      name: letter("(1 / √(1 − β₂ᵗ))", "\\frac{1}{\\sqrt{1-\\beta_2^t}}"),
      law: (s) => divide(constant(1), ref(s.root!)),
    },
  ],
  step: (given) => adapt(given, given.p, decayed(given)),
};

/** From p, decayed or not, and the gradient that means are taken of, to p⁺. */
function adapt({ setting, slot, keep }: StepGiven, p: Expression, gradient: Expression): Expression {
  const mixed = (keep: string, old: Expression, take: string, fresh: Expression) =>
    add(multiply(setting(keep), old), multiply(setting(take), fresh));
  const square = multiply(gradient, gradient);
  const mean = keep({ symbol: letter("m"), slot: 0, law: mixed("beta1", slot(0), "take1", gradient) });
  const spread = keep({ symbol: letter("v"), slot: 1, law: mixed("beta2", slot(1), "take2", square) });
  keep({ symbol: letter("m̂", "\\hat{m}"), law: divide(mean, setting("correction1")) });
  keep({ symbol: letter("v̂", "\\hat{v}"), law: divide(spread, setting("correction2")) });
  const deviation = keep({
    symbol: letter("√v̂", "\\sqrt{\\hat{v}}"),
    law: multiply(sqrt(spread), setting("growth")),
  });
  return subtract(p, divide(multiply(setting("rate"), mean), add(deviation, setting("epsilon"))));
}

const adamW: UpdateFormula = {
  ...adam,
  derive: [
    ...adam.derive!,
    {
      key: "kept",
      name: letter("(1 − η·λ)", "\\left(1 - \\eta \\lambda\\right)"),
      law: (s) => subtract(constant(1), multiply(ref(s.learningRate!), ref(s.weightDecay!))),
    },
  ],
  step(given) {
    const { p, gradient, settings, setting, keep } = given;
    if (settings.weightDecay!.value === 0) return adapt(given, p, gradient);
    return adapt(given, keep({ symbol: letter("k"), law: multiply(p, setting("kept")) }), gradient);
  },
};

/** The rule of each optimizer, by its options. */
export const optimizerFormulas: Readonly<Record<string, (options: never) => UpdateFormula>> = {
  sgd: ({ momentum, nesterov }: Required<SgdOptions>) => (momentum === 0 ? descend : withMomentum(nesterov)),
  adam: () => adam,
  adamW: () => adamW,
};

/** The rule of an optimizer, if it is the library's. */
export function ruleOf(optimizer: Optimizer): UpdateFormula | null {
  const row = isOurs(optimizer) ? find(optimizerFormulas, optimizer.name) : undefined;
  return row ? row(optimizer.options as never) : null;
}
