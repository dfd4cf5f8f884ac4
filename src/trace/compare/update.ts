import type { AdamOptions } from "../../optim/adam.js";
import type { RuleOptions } from "../../optim/rule.js";
import type { SgdOptions } from "../../optim/sgd.js";

/** The options that are a rule's own. */
type Own<Options> = Required<Omit<Options, keyof RuleOptions>>;

/** The numbers of an update rule, and how it uses them; what only the other rule has is 0. */
export interface UpdateSettings extends Own<SgdOptions>, Own<AdamOptions> {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly rule: "sgd" | "adam";
  /** Adam's m̂ and v̂, not m and v. */
  readonly corrected: boolean;
  /** √(v̂ + ε), not √v̂ + ε. */
  readonly epsilonInside: boolean;
  /** p ← p − η · weightDecay · p apart from the gradient, not within it. */
  readonly decoupled: boolean;
}

/** What an optimizer remembers of one number that learns. */
export interface SlotValues {
  /** Momentum's b or Adam's m, and Adam's v. */
  m: number;
  v: number;
  /** β₁ᵗ and β₂ᵗ, for the t steps so far. */
  power1: number;
  power2: number;
  /** Whether there was a step before. */
  started: boolean;
}

/** How far p moves by its gradient g: what is to be subtracted from it. */
export function movement(p: number, g: number, memory: SlotValues, s: UpdateSettings): number {
  const gradient = s.decoupled ? g : g + s.weightDecay * p;
  const apart = s.decoupled ? s.learningRate * s.weightDecay * p : 0;
  return apart + s.learningRate * (s.rule === "adam" ? adam(gradient, memory, s) : sgd(gradient, memory, s));
}

/** b ← g at first, then μb + (1 − dampening)g; Nesterov's direction is g + μb. */
function sgd(g: number, memory: SlotValues, { momentum, dampening, nesterov }: UpdateSettings): number {
  if (momentum === 0) return g;
  memory.m = memory.started ? momentum * memory.m + (1 - dampening) * g : g;
  memory.started = true;
  return nesterov ? g + momentum * memory.m : memory.m;
}

/** m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ / (√v̂ + ε) */
function adam(
  g: number,
  memory: SlotValues,
  { beta1, beta2, epsilon, corrected, epsilonInside }: UpdateSettings,
): number {
  memory.m = beta1 * memory.m + (1 - beta1) * g;
  memory.v = beta2 * memory.v + (1 - beta2) * g * g;
  memory.power1 *= beta1;
  memory.power2 *= beta2;
  const m = corrected ? memory.m / (1 - memory.power1) : memory.m;
  const v = corrected ? memory.v / (1 - memory.power2) : memory.v;
  return epsilonInside ? m / Math.sqrt(v + epsilon) : m / (Math.sqrt(v) + epsilon);
}
