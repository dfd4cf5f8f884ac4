import type { Optimizer, Run, UpdateLoops } from "chainrule";

/** p ← p − learningRate · sign g */
export const signSgd = (learningRate: number): Optimizer => ({
  name: "signSgd",
  slots: [],
  scalars: { learningRate },
  step(runs, { scalars }) {
    for (const { parameters, gradients } of runs) {
      for (let i = 0; i < parameters.columns; i++)
        parameters.data[i]! -= scalars.data[0]! * Math.sign(gradients.data[i]!);
    }
  },
});

/** Adagrad: s ← s + g², p ← p − learningRate / (1 + (t − 1) · decay) · g / (√s + ε), by the verb `update`, which can be recorded. */
export function adagrad(learningRate: number, decay: number): Optimizer<"learningRate" | "decay" | "step"> {
  const rule: UpdateLoops = {
    advance(s) {
      s[2]! += 1;
    },
    update(n, p, g, slots, s) {
      const sum = slots[0]!.data;
      const rate = s[0]! / (1 + (s[2]! - 1) * s[1]!);
      for (let i = 0; i < n; i++) {
        sum[i]! += g[i]! * g[i]!;
        p[i]! -= (rate * g[i]!) / (Math.sqrt(sum[i]!) + 1e-10);
      }
    },
  };
  return {
    name: "adagrad",
    slots: ["sum"],
    scalars: { learningRate, decay, step: 0 },
    step(runs, { kernels, scalars }) {
      kernels.update(rule, runs, scalars);
    },
  };
}

/** |g|² over all runs. */
const square = (runs: readonly Run[]): number =>
  runs.flatMap(({ gradients }) => Array.from(gradients.data)).reduce((sum, g) => sum + g * g, 0);

/**
 * Sharpness-aware minimisation around another rule: its gradient is taken at p + radius · g / ‖g‖.
 * Source: Foret, Kleiner, Mobahi, Neyshabur, "Sharpness-aware minimization" (ICLR 2021).
 */
export const sam = (base: Optimizer, radius: number): Optimizer => ({
  name: `sam(${base.name})`,
  slots: [...base.slots, "start"],
  scalars: { ...base.scalars, radius },
  step(runs, context) {
    const { scalars, evaluate } = context;
    const scale = scalars.data[Object.keys(base.scalars).length]! / (Math.sqrt(square(runs)) + 1e-12);
    for (const { parameters, gradients, slots } of runs) {
      slots.at(-1)!.data.set(parameters.data);
      gradients.data.forEach((g, i) => (parameters.data[i]! += scale * g));
    }
    evaluate();
    for (const { parameters, slots } of runs) parameters.data.set(slots.at(-1)!.data);
    base.step(runs, context);
  },
});

/**
 * Gradient descent that halves its step until the loss falls by 10⁻⁴ · rate · |g|².
 * Source: Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives" (1966).
 */
export const lineSearch = (learningRate: number): Optimizer => ({
  name: "lineSearch",
  slots: ["start", "direction"],
  scalars: { learningRate, tries: 0 },
  step(runs, { scalars, evaluate }) {
    const loss = evaluate();
    const slope = square(runs);
    for (const { parameters, gradients, slots } of runs) {
      slots[0]!.data.set(parameters.data);
      slots[1]!.data.set(gradients.data);
    }
    for (let tries = 1, rate = scalars.data[0]!; ; tries++, rate /= 2) {
      for (const { parameters, slots } of runs) {
        for (let i = 0; i < parameters.columns; i++)
          parameters.data[i] = slots[0]!.data[i]! - rate * slots[1]!.data[i]!;
      }
      scalars.data[1] = tries;
      if (evaluate() <= loss - 1e-4 * rate * slope || tries === 60) return;
    }
  },
});
