/** How well predictions meet their targets, as one number: a row of each for every example, and a weight for each row. */
export type MetricFunction = (
  prediction: readonly (readonly number[])[],
  target: readonly (readonly number[])[],
  weights?: readonly number[],
) => number;

/** A metric that knows which way is better. */
export interface Metric extends MetricFunction {
  /** Whether a higher or a lower number is better. */
  readonly better: "higher" | "lower";
}
