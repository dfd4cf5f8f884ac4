// Classes.
export { accuracy } from "./accuracy.js";
export { topK } from "./top-k.js";
export type { TopKOptions } from "./top-k.js";
export { f1, precision, recall } from "./precision.js";
export type { AverageOptions } from "./precision.js";
export { matthews } from "./matthews.js";
export { confusion } from "./confusion.js";
export type { Confusion, ConfusionOptions } from "./confusion.js";

// Rankings.
export { rocAuc, rocCurve } from "./roc.js";
export type { RocPoint } from "./roc.js";
export { averagePrecision, precisionRecallCurve } from "./precision-recall.js";
export type { PrecisionRecallPoint } from "./precision-recall.js";
export { bestThreshold } from "./best-threshold.js";
export type { BestThreshold, BestThresholdOptions } from "./best-threshold.js";

// Probabilities.
export { brier } from "./brier.js";
export { logLoss } from "./log-loss.js";

// Numbers.
export { meanAbsoluteError, rootMeanSquaredError } from "./mean-error.js";
export { explainedVariance, r2 } from "./explained.js";

export type { Weights, WeightsOption } from "./cases.js";
export type { ThresholdOption } from "./classes.js";
export type { BareMetric, MadeMetric, Metric, MetricFunction } from "./metric.js";
export type { MatrixOf, Row, Rows } from "./rows.js";
export type { Tally, TallyMetric } from "./tally.js";
