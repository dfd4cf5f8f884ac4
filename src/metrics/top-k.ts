import { fail } from "../core/errors.js";
import { isCount } from "../core/options.js";
import { mean } from "./cases.js";
import { truthOf } from "./classes.js";
import { made, type MadeMetric } from "./metric.js";

/** What {@link topK} is made with. */
export interface TopKOptions {
  /** How many columns. */
  readonly k: number;
}

/**
 * The part of the rows whose class is among the k largest columns; of equal columns the first counts as larger, so that
 * `topK(1)` is the accuracy.
 * @throws `ChainruleError` `value` unless k is a whole number of at least 1; the metric, `shape` for a single column
 * @example
 * ```ts
 * import { topK } from "chainrule/metrics";
 *
 * const top2 = topK(2);
 * top2([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [1, 2]); // 0.5
 * ```
 */
export function topK(k: number): MadeMetric<TopKOptions> {
  if (!isCount(k)) fail("value", "topK k", "a whole number of at least 1", k, "write topK(3)");
  return made("topK", "higher", { k }, (cases) => {
    const { where, prediction } = cases;
    const { data, shape } = prediction;
    const columns = shape[1];
    if (columns === 1)
      fail("shape", `${where} prediction`, "a column for each class", prediction.data, "take accuracy");
    const truth = truthOf(cases);
    return mean(cases, (n) => {
      const met = n * columns + truth.classOf(n);
      let before = 0;
      for (let i = n * columns; i < (n + 1) * columns; i++)
        if (data[i]! > data[met]! || (data[i] === data[met] && i < met)) before++;
      return before < k ? 1 : 0;
    });
  });
}
