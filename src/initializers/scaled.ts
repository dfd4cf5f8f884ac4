import { bare, type Bare } from "../core/bare.js";
import { log } from "../core/log.js";
import { oneOf } from "../core/options.js";
import type { Initializer, Start } from "./initializer.js";

/** Options of {@link glorot} and {@link he}. */
export interface ScaledOptions {
  /** The shape of the spread; the variance is the same. Default `"uniform"`. */
  readonly distribution?: "uniform" | "normal";
}

const fields = { distribution: /* @__PURE__ */ oneOf("uniform", "normal") };

/** A number of mean 0 and variance 1: uniform in ±√3, or normal. */
const draws = {
  uniform: (index: number, { random }: Start): number => Math.sqrt(3) * (2 * random.uniform(index) - 1),
  normal,
};

/** @internal */
export function normal(index: number, { random, fanIn, fanOut }: Start): number {
  // Marsaglia's polar method (SIAM Review 6, 1964): points in a square, until one falls into the unit circle
  for (let at = 2 * index; ; at += 2 * fanIn * fanOut) {
    const x = 2 * random.uniform(at) - 1;
    const y = 2 * random.uniform(at + 1) - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * log(square)) / square);
  }
}

const scaled = (name: string, variance: (start: Start) => number): Bare<Initializer, ScaledOptions> =>
  bare<Initializer, ScaledOptions>(name, fields, ({ distribution }) => ({
    name,
    value: (index, start) => Math.sqrt(variance(start)) * draws[distribution](index, start),
  }));

/**
 * Variance 2 / (fanIn + fanOut), so that signals and gradients keep their size: for tanh, sigmoid and softmax.
 *
 * Uniform in ±√(6 / (fanIn + fanOut)), or normal. The default of `dense`.
 * Source: Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks" (AISTATS 2010).
 * @example
 * ```ts
 * import { dense, glorot } from "chainrule";
 *
 * dense(784, 128, { weight: glorot({ distribution: "normal" }) });
 * ```
 */
export const glorot = /* @__PURE__ */ scaled("glorot", ({ fanIn, fanOut }) => 2 / (fanIn + fanOut));

/**
 * Variance 2 / fanIn: for relu and its kin, which drop half of their input.
 *
 * Uniform in ±√(6 / fanIn), or normal.
 * Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers" (ICCV 2015).
 * @example
 * ```ts
 * import { dense, he } from "chainrule";
 *
 * dense(784, 128, { weight: he });
 * ```
 */
export const he = /* @__PURE__ */ scaled("he", ({ fanIn }) => 2 / fanIn);
