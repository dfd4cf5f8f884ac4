import type { OnBatch } from "../../networks.js";
import { mistakeOf } from "./comparison.js";
import { known } from "./mistakes/mistakes.js";
import { modelOf } from "./model.js";
import { possible, predict } from "./predict.js";
import type { Mistake } from "./rules.js";
import { truthOf } from "./truth.js";

/** What a mistake makes of the error. */
export interface Fingerprint {
  /** null: the training as it should be. */
  readonly mistake: Mistake | null;
  /** E after updates 1 and 2. */
  readonly errors: readonly [number, number];
}

/**
 * The mistakes that {@link compare} knows, in the order of the step.
 * @example
 * ```ts
 * import { mistakes } from "chainrule/trace";
 *
 * mistakes[0]?.name; // "weights read column by column throughout"
 * ```
 */
export const mistakes: readonly Mistake[] = /* @__PURE__ */ known.map(mistakeOf);

/**
 * E after the first two updates, as it should be and with each known mistake that can be made in this network.
 * @throws `ChainruleError` as {@link compare}
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, sgd } from "chainrule";
 * import { fingerprints } from "chainrule/trace";
 *
 * const network = new Network([dense(1, 1, { weight: [[1]], bias: false })], { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.1 }) });
 * const all = fingerprints(network, [1], [0]);
 * all[0]; // { mistake: null, errors: [0.405, 0.32805] }
 * all.find(({ mistake }) => mistake?.name === "sign of the step flipped")?.errors; // [0.605, 0.73205]
 * ```
 */
export const fingerprints: OnBatch<[], readonly Fingerprint[]> = (network, input, target) => {
  const { recording, loss } = truthOf(network, input, target, "fingerprints").first;
  const model = modelOf(recording);
  const points = [2, 3].map((step) => ({ quantity: loss, step }));
  return [null, ...possible(model, known)].map((mistake) => {
    const errors: number[] = [];
    predict(model, mistake?.change ?? {}, points, (_, value) => errors.push(value!) > 0);
    return { mistake: mistake && mistakeOf(mistake), errors: [errors[0]!, errors[1]!] };
  });
};
