import type { Floats } from "../core/tensor.js";
import { type Abortable, hear } from "../train/aborted.js";
import type { Course } from "../train/course.js";
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
    /** Has the pass once it is needed. */
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
   * The loss and the metrics of all rows.
   * @throws {@link ChainruleError} `aborted`; `diverged` for a loss, `value` for a metric that is not finite
   */
  async scores(ticker: Ticker, signal: Abortable | undefined, { history }: Course): Promise<Record<string, number>> {
    const assessment = this.#assessment;
    const { inputs, targets, rowWeights, order } = this.data;
    assessment.reset();
    for (let first = 0; first < order.length; first += SLICE) {
      if (ticker.look()) {
        await ticker.tick();
        hear(signal, history);
      }
      const { predicting: pass } = this.judged;
      const end = Math.min(order.length, first + SLICE);
      pass.setRows(end - first);
      gather(inputs, pass.values[0]!.columns, order, first, end, pass.values[0]!.floats);
      gather(targets, pass.target.columns, order, first, end, pass.target.floats);
      if (rowWeights) gather(rowWeights, 1, order, first, end, pass.rowWeights.floats);
      assessment.add(rowWeights !== null);
    }
    const metrics = assessment.measure(this.#weights);
    return this.wantsLoss ? { loss: assessment.loss, ...metrics } : metrics;
  }
}
