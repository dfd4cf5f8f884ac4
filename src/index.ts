export { Network } from "./networks.js";
export type {
  AnyTargetNetwork,
  EvaluateOptions,
  FromOptions,
  NetworkFor,
  ForwardOptions,
  NetworkConstructor,
  NetworkOptions,
  OnBatch,
  OutOption,
  RowWeightsOption,
} from "./networks.js";
export type { BufferView, ParameterView, ValueOf } from "./network/parameter-view.js";
export type { OptimizerView } from "./network/optimizer-view.js";
export type { EncodedNumbers, WrittenNumbers } from "./network/encoded.js";
export type { Checkpoint, NetworkDocument } from "./network/document.js";
export type { WrittenCourse, WrittenNumber, WrittenTraining } from "./network/checkpoint.js";
export type { WrittenBlock } from "./network/written.js";
export type { Chained, Fits, FitsTarget, InputSize, OutputSize, Result, Vector } from "./network/types.js";
export type { Batch, Example, Input, Matrix, Target } from "./core/examples.js";
export type { BatchFitOptions, BatchReport, FitOptions } from "./train/options.js";
export type { Validation, ValidationData } from "./train/validation.js";
export type { ClassWeights } from "./train/class-weights.js";
export type { DirectedMetric, Metrics } from "./train/metrics.js";
export type { Metric, MetricFunction } from "./metrics/metric.js";
export type { EarlyStopping } from "./train/early-stopping.js";
export type { Batches, TrainingBatch } from "./train/batches.js";
export type { Ending, EpochReport, History, Scores } from "./train/history.js";
export type { Abortable } from "./train/aborted.js";
export { TrainingAborted } from "./train/aborted.js";
export { logProgress } from "./train/log-progress.js";

export { dense } from "./layers/dense.js";
export type { Dense, DenseOptions, DenseState } from "./layers/dense.js";
export { dropout } from "./layers/dropout.js";
export type { Dropout, DropoutState } from "./layers/dropout.js";
export { input } from "./layers/input.js";
export type { InputLayer } from "./layers/input.js";
export { softmax } from "./layers/softmax.js";
export type { Softmax } from "./layers/softmax.js";

export { identity } from "./activations/identity.js";
export { sigmoid } from "./activations/sigmoid.js";
export { tanh } from "./activations/tanh.js";
export { relu } from "./activations/relu.js";
export { leakyRelu } from "./activations/leaky-relu.js";
export type { LeakyReluOptions } from "./activations/leaky-relu.js";
export { softplus } from "./activations/softplus.js";
export type { SoftplusOptions } from "./activations/softplus.js";

export { halfSquaredError, meanSquaredError } from "./losses/squared-error.js";
export type { SquaredErrorOptions } from "./losses/squared-error.js";
export { crossEntropy } from "./losses/cross-entropy.js";
export type { CrossEntropyOptions } from "./losses/cross-entropy.js";
export { binaryCrossEntropy } from "./losses/binary-cross-entropy.js";
export type { BinaryCrossEntropyOptions } from "./losses/binary-cross-entropy.js";

export { sgd } from "./optim/sgd.js";
export type { SgdOptions } from "./optim/sgd.js";
export { adam } from "./optim/adam.js";
export type { AdamOptions } from "./optim/adam.js";

export { adamW } from "./optim/adam-w.js";
export type { AdamWOptions } from "./optim/adam-w.js";
export type { RuleOptions } from "./optim/rule.js";

export { l1 } from "./regularizers/l1.js";
export { l2 } from "./regularizers/l2.js";

export { stepDecay } from "./schedules/step-decay.js";
export type { StepDecayOptions } from "./schedules/step-decay.js";
export { exponential } from "./schedules/exponential.js";
export type { ExponentialOptions } from "./schedules/exponential.js";
export { linear } from "./schedules/linear.js";
export type { LinearOptions } from "./schedules/linear.js";
export { cosine, cosineRestarts } from "./schedules/cosine.js";
export type { CosineOptions, CosineRestartsOptions } from "./schedules/cosine.js";
export { oneCycle } from "./schedules/one-cycle.js";
export type { OneCycleOptions } from "./schedules/one-cycle.js";
export { plateau } from "./schedules/plateau.js";
export type { PlateauOptions } from "./schedules/plateau.js";
export { warmup } from "./schedules/warmup.js";
export type { Warmup } from "./schedules/warmup.js";
export { sequence } from "./schedules/sequence.js";
export type { SequenceParts } from "./schedules/sequence.js";

export { glorot, he } from "./initializers/scaled.js";
export type { ScaledOptions } from "./initializers/scaled.js";
export { orthogonal } from "./initializers/orthogonal.js";
export type { OrthogonalOptions } from "./initializers/orthogonal.js";
export { constant, zeros } from "./initializers/constant.js";

export { catalogue } from "./catalogue.js";

// To write your own.
export { activation } from "./activations/activation.js";
export type { Activation, ActivationFormula, ActivationText } from "./activations/activation.js";
export { loss } from "./losses/loss.js";
export type {
  FusedLoss,
  Loss,
  LossFormula,
  LossText,
  MissingOption,
  Reduction,
  ReductionOptions,
  SizeKeepingLoss,
} from "./losses/loss.js";
export type { Context, Layer, Parameter, Planned, Planner, SizeKeepingLayer } from "./layers/layer.js";
export type { NamedRange, Range } from "./core/range.js";
export type { Initializer, Start } from "./initializers/initializer.js";
export type { Regularizer } from "./regularizers/regularizer.js";
export type { Optimizer, PerParameter, StepContext } from "./optim/optimizer.js";
export type { LearningRate, Schedule } from "./schedules/schedule.js";
export type { Backend } from "./kernels/backend.js";
export type { ElementwiseLoops, Kernels, LossLoops, Run, UpdateLoops } from "./kernels/kernels.js";
export { reference } from "./kernels/reference.js";
export { wasm } from "./kernels/backends.js";
export type { Stream } from "./core/random.js";
export type { DType, Floats, Numbers, Tensor } from "./core/tensor.js";
export type { Nested, NumberArray } from "./core/numbers.js";
export type { Bare, Made } from "./core/bare.js";
export { ChainruleError } from "./core/errors.js";
export type { Complaint, EpochFigures, ErrorCode, UnfinishedHistory } from "./core/errors.js";
