import type { Batch, Input, Target } from "./core/examples.js";
import type { DType, Floats } from "./core/tensor.js";
import type { Backend } from "./kernels/backend.js";
import type { Layer } from "./layers/layer.js";
import type { Loss, SizeKeepingLoss } from "./losses/loss.js";
import type { Optimizer } from "./optim/optimizer.js";
import type { Batches } from "./train/batches.js";
import type { ClassWeights } from "./train/class-weights.js";
import type { History, Scores } from "./train/history.js";
import type { Metrics } from "./train/metrics.js";
import type { BatchFitOptions, FitOptions } from "./train/options.js";
import type { Validation, ValidationData } from "./train/validation.js";
import { networkOf } from "./files/from.js";
import { wasm } from "./kernels/backends.js";
import { NetworkImplementation } from "./network/implementation.js";
import type { OptimizerView } from "./network/optimizer-view.js";
import type { BufferView, ParameterView, ValueOf } from "./network/parameter-view.js";
import type { Checkpoint, NetworkDocument } from "./network/document.js";
import type { Chained, Fits, FitsTarget, InputSize, OutputSize, Result } from "./network/types.js";

/** Options of {@link Network}. */
export interface NetworkOptions<L extends Loss = Loss> {
  /** What training makes small. Without one there is `forward`, `backwardFrom` and `predict`. */
  readonly loss?: L | undefined;
  /** How a step moves the parameters. Without one there is no `step`. */
  readonly optimizer?: Optimizer | undefined;
  /**
   * Where all its random numbers come from. Default a fresh one, to be read as `network.seed`: from the clock, and
   * another one each time in a process. Where the clock stands still, as in edge workers at their top level, every
   * process has the same ones. Give a seed to repeat a run.
   */
  readonly seed?: number | undefined;
  /**
   * What it computes in. Default `"float64"`; `"float32"` takes half the memory and is faster. Numbers that it cannot
   * hold, in options of the optimizer too, are refused.
   */
  readonly dtype?: DType | undefined;
  /** What carries out its arithmetic. Default `wasm`; {@link reference} is plain JavaScript, with the same bits. */
  readonly backend?: Backend | undefined;
}

/** Where results are to be written: a typed array of the network's dtype, and nothing is allocated. */
export interface OutOption<Out extends Floats = Floats> {
  /** The array to be filled, of just the right length; it may lie in the buffer of the input. */
  readonly out: Out;
}

/** Options of `forward`. */
export interface ForwardOptions {
  /**
   * Whether layers such as dropout and batch normalization do what they do in training; `false`: what they do in
   * `predict`, for gradients of that, and no random number is used up. Default `true`.
   */
  readonly training?: boolean;
  /** Whether the next `backward` computes `inputGradient` too. Default `false`. */
  readonly inputGradient?: boolean;
}

/** Options of `backward` and `trainBatch`. */
export interface RowWeightsOption {
  /** A factor for the loss of each row, which may be 0 or negative; the mean still divides by the count of rows. */
  readonly rowWeights?: readonly number[] | Floats;
}

/** Options of `evaluate`. `M` are the names of the metrics. */
export interface EvaluateOptions<M extends string = never> extends RowWeightsOption {
  /**
   * A factor for the losses of each class's rows, in a list; `"balanced"`: those that the latest `fit` with
   * `classWeights: "balanced"` has found. Default none.
   */
  readonly classWeights?: ClassWeights;
  /** Functions of (prediction, target, weights) by name; the weights are those of rows times those of classes. */
  readonly metrics?: Metrics<M>;
}

/**
 * A list of layers, with parameters of its own, a loss and an optimizer. `In` and `Out` are the sizes of an example and
 * of its prediction.
 *
 * An example is a flat list of numbers; a batch is a list of those, or a matrix. What you give is what you get: lists
 * for lists, a typed array of the network's dtype for a typed array, a matrix for a matrix, always fresh. Bad input is
 * refused with a {@link ChainruleError} before anything has been changed.
 *
 * @example The article's network, one update.
 * ```ts
 * import { Network, dense, halfSquaredError, sgd, sigmoid } from "chainrule";
 *
 * const network = new Network(
 *   [
 *     dense(2, 2, { weight: [[0.15, 0.2], [0.25, 0.3]], bias: [0.35, 0.35], freeze: ["bias"] }),
 *     sigmoid,
 *     dense(2, 2, { weight: [[0.4, 0.45], [0.5, 0.55]], bias: [0.6, 0.6], freeze: ["bias"] }),
 *     sigmoid,
 *   ],
 *   { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.5 }) },
 * );
 * network.forward([0.05, 0.1]); // [0.75136507, 0.77292847]
 * network.backward([0.01, 0.99]); // 0.298371109
 * network.step();
 * network.evaluate([0.05, 0.1], [0.01, 0.99]).loss; // 0.291027774
 * ```
 */
export interface Network<In extends number = number, Out extends number = number> {
  /** As they were given. */
  readonly layers: readonly Layer[];
  /** Numbers in an example. */
  readonly inputSize: In;
  /** Numbers in a prediction. */
  readonly outputSize: Out;
  /** Given or drawn: with it a run can be repeated. */
  readonly seed: number;
  /** What it computes in. */
  readonly dtype: DType;
  /** The name of what carries out its arithmetic: `"wasm"`, or `"reference"` where that cannot be had. */
  readonly backend: string;
  /** As it was given. */
  readonly loss: Loss | undefined;
  /** The optimizer at work here: its `learningRate` can be changed at any time. */
  readonly optimizer: OptimizerView;

  /**
   * Computes what the network gives, in training mode unless told otherwise, and remembers on its tapes what `backward`
   * needs.
   * @param input one example `[In]`, or a batch `[rows, In]`
   * @returns `[Out]`, or `[rows, Out]`, in the form of the input
   * @throws {@link ChainruleError} `type`, `shape` or `value` for input that is not finite numbers of that shape
   */
  forward<const X extends Input>(
    input: Fits<X, In>,
    options?: ForwardOptions & { readonly out?: undefined },
  ): Result<X, Out>;
  /** The same, written to `out`. */
  forward<const X extends Input, F extends Floats>(input: Fits<X, In>, options: ForwardOptions & OutOption<F>): F;

  /**
   * What each layer gave in the latest `forward`, first layer first; copies, in the form of its input: lists as typed
   * here, or typed arrays and matrices.
   * @throws {@link ChainruleError} `order` before any forward
   */
  readonly outputs: readonly (number[] & number[][])[];

  /**
   * ∂loss/∂input of the latest `backward`, whose forward was `forward(input, { inputGradient: true })`: a copy, in the
   * form of the input, as `outputs`.
   * @throws {@link ChainruleError} `order` unless it was asked for
   */
  readonly inputGradient: number[] & number[][];

  /**
   * Compares the latest `forward` with its target, and adds ∂loss/∂parameter to every gradient.
   * @param target a row of numbers for each example, or its class index where the loss takes one, or its number where
   * there is a single output (a flat list in the place of a batch is read so, and its length checked when it runs)
   * @returns the loss of that forward, before any update
   * @throws {@link ChainruleError} `order` without a forward of its own, or without a loss; `diverged` if the loss is
   * not finite; `type`, `shape` or `value` for a bad target
   */
  backward<const T extends Target>(target: FitsTarget<T, Out>, options?: RowWeightsOption): number;

  /**
   * Adds to every gradient, starting from a gradient of your own, ∂L/∂output of the latest `forward`.
   * @param dOutput in the shape of what forward returned
   * @returns ∂L/∂input, in the form of dOutput; 0 for ids, with respect to which nothing can be differentiated
   * @throws {@link ChainruleError} `order` without a forward of its own; `type`, `shape` or `value` for a bad gradient
   */
  backwardFrom<const X extends Input>(dOutput: Fits<X, Out, "outputs">): Result<X, In>;
  /** The same, written to `out`. */
  backwardFrom<const X extends Input, F extends Floats>(dOutput: Fits<X, Out, "outputs">, options: OutOption<F>): F;

  /**
   * One update by the gradients that have added up. They stay readable until the next backward starts afresh, as the
   * optimizer took them: with the derivatives of penalties, and clipped.
   * @throws {@link ChainruleError} `order` without a backward since the latest step, or without an optimizer;
   * `diverged`, with the name of a parameter, if a gradient is not finite, or if it or its product with the learning rate
   * is so large that a number could overflow (1.8e16 in float32, 1.3e151 in float64): parameters and what the optimizer
   * remembers are then as before the step. Of an optimizer of your own the result is looked at, and not undone: the error
   * says so.
   */
  step(): void;

  /**
   * Forward, backward and step in one. Gradients that wait for a step take part in it.
   * @returns the loss before the update
   * @throws {@link ChainruleError} as those three; after `diverged`, parameters and optimizer are as before this call
   */
  trainBatch<const X extends Input, const T extends Target>(
    input: Fits<X, In>,
    target: FitsTarget<T, Out, X>,
    options?: RowWeightsOption,
  ): number;

  /**
   * Trains for `epochs` passes over the data, in shuffled batches, and judges each epoch by `validation`, with `metrics`
   * of yours. It gives way to the event loop every few milliseconds: between batches, slices of validation, and after
   * each `onBatch` and `onEpoch`, and while it reads large data, so that a page stays alive. Leave what you gave it alone
   * until it has read it, in the first moments.
   *
   * Meanwhile, from callbacks or in between, you may call `predict`, `evaluate`, `toJSON`, `clone` and change the
   * learning rate. `trainBatch` and other steps of yours count as if they came between two updates; with `accumulate`,
   * where the gradients of an update may wait, leave them alone. Another `fit` is refused until this one has ended.
   *
   * However it ends, the network is as after the latest update that was finished or, with `earlyStopping`, as after the
   * best epoch; and it can be fitted again.
   * @returns the loss and the report of each epoch, the best of them, and what ended it
   * @throws {@link ChainruleError} (rejects) `aborted`, a `TrainingAborted`, when the signal aborts; `diverged`; `value`
   * for a metric that gives no finite number; `option`, also for a checkpoint of a training on other terms; `order` while
   * another fit is running, without a loss or an optimizer, or for batches that go on in the middle of an epoch; `type`,
   * `shape` or `value` for a checkpoint that is none, or of other layers; else as `trainBatch`. What is thrown in the
   * course of the training has `epoch`, `step` (both counted from 1) and `history`; the steps before that one stand. What a callback throws
   * comes out as it is.
   * @example
   * ```ts
   * import { Network, binaryCrossEntropy, dense, logProgress, sgd, sigmoid } from "chainrule";
   *
   * const network = new Network([dense(1, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: sgd, seed: 1 });
   * const inputs = [[1], [2], [3], [4], [5], [6], [7], [8], [9], [10]];
   * const targets = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
   * const options = { epochs: 3, validation: 0.2, earlyStopping: true, onEpoch: logProgress };
   * const history = await network.fit(inputs, targets, options);
   * history.ended; // "epochs"
   * ```
   */
  fit<
    const X extends Batch,
    const T extends Target,
    M extends string = never,
    V extends Validation | undefined = undefined,
  >(
    inputs: Fits<X, In>,
    targets: FitsTarget<T, Out, X>,
    options: FitOptions<M, V>,
  ): Promise<History<M, V>>;
  /**
   * The same with batches as they come, an update for each. The next is asked for when the one before has been trained
   * with; when the training ends early, what gives them is ended too. An async iterable is one epoch; for several, give a
   * function that returns one. An abort is heard when the next batch comes.
   */
  fit<M extends string = never, V extends ValidationData | undefined = undefined>(
    batches: Batches,
    options?: BatchFitOptions<M, V>,
  ): Promise<History<M, V>>;

  /**
   * Computes what the network gives, in evaluation mode; the tapes stay as they are.
   * @param input one example `[In]`, or a batch `[rows, In]`
   * @returns `[Out]`, or `[rows, Out]`, in the form of the input
   * @throws {@link ChainruleError} as `forward`
   */
  predict<const X extends Input>(input: Fits<X, In>): Result<X, Out>;
  /** The same, written to `out`. */
  predict<const X extends Input, F extends Floats>(input: Fits<X, In>, options: OutOption<F>): F;

  /**
   * The loss of what the network predicts, in evaluation mode: no gradients, no tape; and metrics. Weights of rows count
   * as in `trainBatch`, those of classes as in `fit`.
   * @returns the loss, and each metric by its name
   * @throws {@link ChainruleError} `order` without a loss, or without balanced weights of classes; `diverged` if the loss
   * is not finite, `value` if a metric is not; `option`; else as `forward` and `backward`
   */
  evaluate<const X extends Input, const T extends Target, M extends string = never>(
    input: Fits<X, In>,
    target: FitsTarget<T, Out, X>,
    options?: EvaluateOptions<M>,
  ): Scores<M>;

  /** All that learns, layer by layer. Setting one, like `load` and `copyFrom`, drops gradients that wait for a step. */
  readonly parameters: readonly ParameterView[];

  /**
   * A parameter by its flat name, `"<index of the layer>.<name>"`.
   * @throws {@link ChainruleError} `name` if there is none
   */
  parameter<Name extends string>(name: Name): ParameterView<ValueOf<Name>>;

  /** What is kept but not learnt, such as running statistics, layer by layer. */
  readonly buffers: readonly BufferView[];

  /**
   * A buffer by its flat name.
   * @throws {@link ChainruleError} `name` if there is none
   */
  buffer(name: string): BufferView;

  /**
   * Keeps parameters from being updated, by flat name (`"2.bias"`) or for a whole layer (`"0"`). Their gradients are
   * still computed.
   * @throws {@link ChainruleError} `name` for an unknown name
   */
  freeze(...names: readonly [string, ...string[]]): void;

  /**
   * Lets frozen parameters be updated again.
   * @throws {@link ChainruleError} `name` for an unknown name
   */
  unfreeze(...names: readonly [string, ...string[]]): void;

  /**
   * A copy: the same parameters, optimizer state and seed; its own tapes. With `dtype`, in another precision. With
   * `averaged`, its parameters are the running means that the optimizer's option `averaged` keeps.
   * @throws {@link ChainruleError} `value` for a number that float32 cannot hold, `order` for means where there are none
   */
  clone(options?: { readonly dtype?: DType; readonly averaged?: boolean }): Network<In, Out>;

  /**
   * Takes over another network's parameters, or moves towards them: p ← (1 − tau) p + tau p′. Default tau 1.
   * @throws {@link ChainruleError} `shape` unless names and shapes are the same, `value` for tau outside [0, 1]
   */
  copyFrom(other: Network<In, Out>, tau?: number): void;

  /**
   * All of it as data, which `Network.from` makes again: layers, loss and optimizer with their options, what is frozen,
   * parameters and buffers, to the last bit. It is what `JSON.stringify(network)` writes. A block that is not the
   * library's is there by its name.
   * @throws {@link ChainruleError} `diverged` for a number that `load` would refuse; `value` for two different blocks of
   * yours of one name, unless both have options, of which a function of yours makes them again
   */
  toJSON(): NetworkDocument;

  /**
   * The same with all that a training needs to go on: what the optimizer remembers, the counts on which random numbers and
   * schedules depend, and where the `fit` stands that is running or was the latest. `Network.from(checkpoint)` and
   * `fit(sameData, { …same, resume: checkpoint })` then go on to the same bits. It is data, for JSON, `postMessage` and
   * IndexedDB.
   * @throws {@link ChainruleError} `order` while gradients wait for a step; `diverged` as `toJSON`
   */
  checkpoint(): Checkpoint;

  /**
   * Reads the parameters and buffers of a document into a network of the same layers, all of them or, with `only`, what
   * lies under those names, of whatever layers. What the optimizer remembers stays as it is: to take back a training that
   * went wrong, call `optimizer.reset()` too. Of a checkpoint it takes the same and nothing else: to go on with the training
   * that it is of, give it to `Network.from`, or to `fit` as `resume`. A `fit` that has ended cannot go on after it.
   * @throws {@link ChainruleError} `shape` with the first difference, for other layers; `type`, `name` or `value`; nothing
   * has then been written
   */
  load(document: unknown, options?: { readonly only?: readonly string[] }): void;

  /** A table of its layers, sizes and options, to be printed. */
  summary(): string;
}

/** A network whose loss may say itself how many numbers a target has: they are checked when it runs. */
export interface AnyTargetNetwork<In extends number = number, Out extends number = number> extends Network<In, Out> {
  readonly loss: Loss;
  backward<const T extends Target>(target: FitsTarget<T, number>, options?: RowWeightsOption): number;
  trainBatch<const X extends Input, const T extends Target>(
    input: Fits<X, In>,
    target: FitsTarget<T, number, X>,
    options?: RowWeightsOption,
  ): number;
  fit<
    const X extends Batch,
    const T extends Target,
    M extends string = never,
    V extends Validation | undefined = undefined,
  >(
    inputs: Fits<X, In>,
    targets: FitsTarget<T, number, X>,
    options: FitOptions<M, V>,
  ): Promise<History<M, V>>;
  fit<M extends string = never, V extends ValidationData | undefined = undefined>(
    batches: Batches,
    options?: BatchFitOptions<M, V>,
  ): Promise<History<M, V>>;
  evaluate<const X extends Input, const T extends Target, M extends string = never>(
    input: Fits<X, In>,
    target: FitsTarget<T, number, X>,
    options?: EvaluateOptions<M>,
  ): Scores<M>;
  clone(options?: { readonly dtype?: DType }): AnyTargetNetwork<In, Out>;
}

/** The network with a loss: the sizes of its targets are known, unless the loss has a `targetSize`. */
export type NetworkFor<K extends Loss, In extends number, Out extends number> = "targetSize" extends keyof K
  ? K["targetSize"] extends undefined
    ? Network<In, Out>
    : AnyTargetNetwork<In, Out>
  : Network<In, Out>;

/** Options of `Network.from`. */
export interface FromOptions<In extends number = number, Out extends number = number> {
  /** Numbers in an example, for its type; checked. */
  readonly inputs?: In;
  /** Numbers in a prediction, for its type; checked. */
  readonly outputs?: Out;
  /** Blocks of your own, by the names under which they stand in the document: themselves, or makers `(options) => block`. */
  readonly blocks?: Readonly<Record<string, unknown>>;
  /** As the network's. */
  readonly backend?: Backend;
}

/** The constructor of a network: its sizes are those of the list of layers. */
export interface NetworkConstructor {
  new <const L extends readonly Layer[], K extends Loss = SizeKeepingLoss>(
    layers: Chained<L>,
    options?: NetworkOptions<K>,
  ): NetworkFor<K, InputSize<L>, OutputSize<L>>;

  /**
   * Makes a network of what `toJSON` or `checkpoint` gave; of a model written by hand too, whose numbers are then drawn.
   * Documents need not be trusted: nothing of them is run.
   * @throws {@link ChainruleError} `size` for other sizes than said, `name` for a block that is not known or has to be
   * given in `blocks`, `type`, `option`, `shape` or `value` for what is no such document
   */
  from<const In extends number = number, const Out extends number = number>(
    document: unknown,
    options?: FromOptions<In, Out>,
  ): Network<In, Out>;
}

/** What works on a network and a batch for it: a trace, a check by differences. */
export interface OnBatch<Options extends readonly unknown[], Report> {
  <In extends number, Out extends number, const X extends Input, const T extends Target>(
    network: AnyTargetNetwork<In, Out>,
    input: Fits<X, In>,
    target: FitsTarget<T, number, X>,
    ...options: Options
  ): Report;
  <In extends number, Out extends number, const X extends Input, const T extends Target>(
    network: Network<In, Out>,
    input: Fits<X, In>,
    target: FitsTarget<T, Out, X>,
    ...options: Options
  ): Report;
}

/** The class of networks that compute with a backend unless another is given. */
export const networkOn = (backend: Backend): NetworkConstructor =>
  class Network extends NetworkImplementation {
    static {
      Object.defineProperty(this, "name", { value: "Network" }); // what consoles and errors call its instances
    }

    static from(document: unknown, options?: unknown): NetworkImplementation {
      return networkOf(Network, backend, document, options);
    }

    constructor(layers: unknown, options?: unknown) {
      super(layers, options, backend);
    }

    /** What `console.log` shows of it. */
    [Symbol.for("nodejs.util.inspect.custom")](depth: number): string {
      return depth < 0 ? "[Network]" : this.summary();
    }
  } as unknown as NetworkConstructor;

/**
 * Builds a {@link Network} from a list of layers: `new Network(layers, options)`, or from a document:
 * `Network.from(document)`.
 * @throws {@link ChainruleError} `size` where sizes don't chain (a compile error already, where they are known),
 * `pair` for a loss that cannot follow the last layer, `type` for what is no layer, `option`,
 * `value`
 * @example
 * ```ts
 * import { Network, dense, tanh } from "chainrule";
 *
 * const network = new Network([dense(2, 3), tanh, dense(3, 1)], { seed: 1 });
 * const same = Network.from(JSON.parse(JSON.stringify(network)), { inputs: 2, outputs: 1 });
 * same.predict([1, 2])[0] === network.predict([1, 2])[0]; // true
 * ```
 */
export const Network: NetworkConstructor = /* @__PURE__ */ networkOn(wasm);
