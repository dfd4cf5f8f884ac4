import { type Floats, floats } from "../core/tensor.js";
import type { Loss } from "../losses/loss.js";
import { measure, type NamedMetric } from "../train/metrics.js";
import type { Pass } from "./pass.js";
import type { Store } from "./store.js";
import { checkLoss, type Training } from "./training.js";

/** Rows that are predicted at a time. */
export const SLICE = 256;

/** A network as far as it is judged: its parameters may be others than those that are trained. */
export interface Judged {
  readonly store: Store;
  readonly training: Training;
  readonly loss: Loss | undefined;
  /** In evaluation mode, without tapes for backward. */
  readonly predicting: Pass;
  /** Takes over what has been learnt since, for one that is not trained itself. */
  readonly refresh?: () => void;
}

/** The loss of rows, and metrics of them, slice by slice: an example of each and its target are written to the pass. */
export class Assessment {
  readonly #isMassed: boolean;
  readonly #predictions: Floats | null = null;
  readonly #targets: Floats | null = null;
  #loss = 0;
  #masses = 0;
  #done = 0;

  constructor(
    private readonly judged: Judged,
    private readonly rows: number,
    private readonly metrics: readonly NamedMetric[] | null,
  ) {
    this.#isMassed = judged.loss!.mass !== undefined;
    if (!metrics?.length) return;
    const { output, target } = judged.predicting;
    const { dtype } = judged.store.memory;
    this.#predictions = floats(dtype, rows * output.columns);
    this.#targets = floats(dtype, rows * target.columns);
  }

  /** Predicts the slice that has been written to the pass, and compares it. */
  add(isWeighted: boolean): void {
    const { predicting: pass, store, training } = this.judged;
    const { total, divisor, mass } = store;
    pass.infer();
    pass.findDivisor();
    if (this.#isMassed) this.#masses += mass.floats[0]!;
    divisor.floats[0] = this.#isMassed ? 1 : training.divisorFor(this.rows);
    pass.measure(isWeighted);
    this.#loss += total.floats[0]!;
    if (this.#predictions) {
      this.#note(pass.scored(), this.#predictions);
      this.#note(pass.target, this.#targets);
    }
    this.#done += pass.rows;
  }

  #note({ floats, columns, rows }: Pass["target"], to: Floats | null): void {
    to?.set(floats.subarray(0, rows * columns), this.#done * columns);
  }

  /** The mean loss of all slices. */
  get loss(): number {
    const mean = this.#isMassed ? this.#loss / (this.#masses || 1) : this.#loss;
    checkLoss(mean);
    return mean;
  }

  /** The metrics of all of them. */
  measure(weights: Floats | undefined): Record<string, number> {
    const { rows, judged, metrics } = this;
    if (!metrics?.length) return {};
    const { output, target } = judged.predicting;
    const prediction = { data: this.#predictions!, shape: [rows, output.columns] as const };
    return measure(metrics, prediction, { data: this.#targets!, shape: [rows, target.columns] }, weights);
  }

  /** Begins again, with the same room. */
  reset(): void {
    this.#loss = this.#masses = this.#done = 0;
  }
}
