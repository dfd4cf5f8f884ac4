import type { Floats } from "../core/tensor.js";

/**
 * A learning rate that changes while a network is trained: a function of the count of updates so far, wherever an
 * optimizer takes a rate. It keeps nothing itself: what it has to remember lies in scalars, in the network, so that a
 * training goes on from a checkpoint to the same bits.
 */
export interface Schedule {
  /** What it is called in summaries, errors and saved files. */
  readonly name: string;
  /** What it was made with, defaults filled in: with its name it says how to make it again. */
  readonly options?: object | undefined;
  /** After how many updates it has ended, for one that goes before others in a sequence; absent: it never ends. */
  readonly steps?: number | undefined;
  /** What it remembers: names and start values; absent: nothing. */
  readonly scalars?: Readonly<Record<string, number>> | undefined;
  /** The learning rate of the next update, after so many: `rate(0)` is that of the first. `s` are its scalars. */
  rate(step: number, s: Floats): number;
  /** Told by `fit` between two epochs: the loss that is watched, of validation if there is any. May write its scalars. */
  epoch?: ((loss: number, s: Floats) => void) | undefined;
}
