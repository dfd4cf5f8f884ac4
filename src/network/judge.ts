import type { Floats } from "../core/tensor.js";
import { type Abortable, hear } from "../train/aborted.js";
import type { Course, Scored } from "../train/course.js";
import type { NamedMetric } from "../train/metrics.js";
import type { Ticker } from "../train/ticker.js";
import { Assessment, type Judged, SLICE } from "./assessment.js";
import { gather } from "./rows.js";
import type { FitData } from "./training.js";

/** Judges a network after each epoch by rows of the data of a fit, and gives way to the event loop between slices. */
export class Judge {
  readonly #assessment: Assessment;
  readonly #weights: Floats | undefined;

  constructor(
    private readonly judged: Judged,
    private readonly data: FitData,
    metrics: readonly NamedMetric[],
    /** Whether the loss is wanted, or metrics alone. */
    private readonly wantsLoss: boolean,
  ) {
    this.#assessment = new Assessment(judged, data.order.length, metrics);
    judged.predicting.setRows(Math.min(SLICE, data.order.length)); // the memory moves now, not among the steps
    this.#weights = data.rowWeights ?? undefined;
  }

  /**
   * The loss and the metrics of all rows, at once if that does not take long.
   * @throws {@link ChainruleError} `aborted`; `diverged` for a loss, `value` for a metric that is not finite
   */
  scores(ticker: Ticker, signal: Abortable | undefined, course: Course): Scored | Promise<Scored> {
    this.judged.refresh?.();
    this.#assessment.reset();
    const first = this.#assess(0, ticker);
    return first < this.data.order.length ? this.#goOn(first, ticker, signal, course) : this.#result;
  }

  async #goOn(first: number, ticker: Ticker, signal: Abortable | undefined, course: Course): Promise<Scored> {
    while (first < this.data.order.length) {
      await ticker.tick();
      hear(signal, course);
      first = this.#assess(first, ticker);
    }
    return this.#result;
  }

  /** Assesses slices from a row on, until it is time to give way; returns the row at which it stopped. */
  #assess(first: number, ticker: Ticker): number {
    const { inputs, views, targets, rowWeights, order } = this.data;
    const { predicting: pass } = this.judged;
    while (first < order.length && !ticker.look()) {
      const end = Math.min(order.length, first + SLICE);
      pass.setRows(end - first);
      gather(inputs, pass.values[0]!.columns, order, first, end, pass.values[0]!.floats, views);
      gather(targets, pass.target.columns, order, first, end, pass.target.floats);
      if (rowWeights) gather(rowWeights, 1, order, first, end, pass.rowWeights.floats);
      this.#assessment.add(rowWeights !== null);
      first = end;
    }
    return first;
  }

  get #result(): Scored {
    const metrics = this.#assessment.measure(this.#weights);
    return this.wantsLoss ? { loss: this.#assessment.loss, ...metrics } : metrics;
  }
}
