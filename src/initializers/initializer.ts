import type { Stream } from "../core/random.js";

/** What an initializer may know of the parameter that it starts. */
export interface Start {
  /** `[out, in]`, or `[length]`. */
  readonly shape: readonly number[];
  /** Numbers that come in: the last of the shape. */
  readonly fanIn: number;
  /** Numbers that go out: the first of the shape. */
  readonly fanOut: number;
  /** Random numbers in [0, 1): `random.uniform(index)`. */
  readonly random: Pick<Stream, "uniform">;
}

/**
 * Start values of a parameter.
 *
 * @example Small, and all alike except for the sign.
 * ```ts
 * import { dense, type Initializer } from "chainrule";
 *
 * const coin: Initializer = { name: "coin", value: (index, { random }) => (random.uniform(index) < 0.5 ? -0.1 : 0.1) };
 * dense(2, 8, { weight: coin });
 * ```
 */
export interface Initializer {
  /** What it is called in errors. */
  readonly name: string;
  /** What it was made with, defaults filled in: with its name it says how to make it again. */
  readonly options?: object | undefined;
  /** The start value of the `index`-th number, counted row by row. */
  value(index: number, start: Start): number;
  /** @internal All of them at once, of one of ours whose numbers depend on each other. */
  readonly all?: ((start: Start) => Float64Array) | undefined;
}
