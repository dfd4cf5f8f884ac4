import type { Field } from "../core/options.js";
import type { Cases } from "./cases.js";
import { checkThreshold, predictedClass, truthOf } from "./classes.js";
import { type BareMetric, bareMetric, made, type MadeMetric } from "./metric.js";

/** How often classes were predicted and met, counted by the weights of the rows. */
export interface Tally {
  /** How many columns the predictions have: one, for two classes, or as many as classes. */
  readonly columns: number;
  /** For each class, the rows of it that were predicted to be. */
  readonly right: ArrayLike<number>;
  /** For each class, the rows that were predicted to be of it. */
  readonly predicted: ArrayLike<number>;
  /** For each class, the rows that are of it. */
  readonly actual: ArrayLike<number>;
}

/** A metric that depends on the tally alone, so that {@link bestThreshold} can make it best. */
export interface TallyMetric<Options extends object = object> extends MadeMetric<Options> {
  /** The metric of this tally. */
  ofTally(tally: Tally): number;
}

/**
 * Counts the classes.
 * @throws {@link ChainruleError} `shape` or `value`, for targets that are no classes; `option` for a threshold of no use
 */
function tallyOf(cases: Cases, threshold: number): Tally {
  checkThreshold(cases, threshold);
  const truth = truthOf(cases);
  const [right, predicted, actual] = [0, 1, 2].map(() => new Float64Array(truth.classes)) as [Counts, Counts, Counts];
  for (let n = 0; n < cases.rows; n++) {
    const weight = cases.weights[n]!;
    const guess = predictedClass(cases.prediction, n, threshold);
    const met = truth.classOf(n);
    if (guess === met) right[met]! += weight;
    predicted[guess]! += weight;
    actual[met]! += weight;
  }
  return { columns: cases.prediction.shape[1], right, predicted, actual };
}

type Counts = Float64Array;

/** Makes a metric of a formula of the tally. */
export const tallyMetric = <Options extends { readonly threshold?: number }>(
  name: string,
  fields: { readonly [K in keyof Options]-?: Field<Options[K]> },
  formula: (tally: Tally, options: Required<Options>) => number,
): BareMetric<Options, TallyMetric<Options>> =>
  bareMetric<Options, TallyMetric<Options>>(name, fields, (options) => {
    const ofTally = (tally: Tally): number => formula(tally, options);
    return made<Options, Pick<TallyMetric, "ofTally">>(
      name,
      "higher",
      options,
      (cases) => ofTally(tallyOf(cases, options.threshold!)),
      { ofTally },
    );
  });

/** The sum of counts. */
export function totalOf(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}
