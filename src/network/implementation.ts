import { fail, Phrase } from "../core/errors.js";
import { oneOf, optional, readOptions } from "../core/options.js";
import { freshSeed, Stream } from "../core/random.js";
import type { DType, Floats } from "../core/tensor.js";
import type { Backend, Kernels } from "../kernels/kernels.js";
import { reference } from "../kernels/reference.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import type { Optimizer, StepContext } from "../optim/optimizer.js";
import { fit, type FitOptions, type History, readFitOptions } from "../train/fit.js";
import { checkChain, checkPair } from "./chain.js";
import * as examples from "./examples.js";
import { type OptimizerView, viewOfOptimizer } from "./optimizer-view.js";
import { type ParameterView, viewOf } from "./parameter-view.js";
import { Pass } from "./pass.js";
import { failName, loadState, type NetworkState, select, stateOf } from "./state.js";
import { Store } from "./store.js";
import { summarize } from "./summary.js";

/** Rows that `predict` and `evaluate` take at a time. */
const SLICE = 256;

const has = (value: unknown, ...methods: readonly string[]): boolean =>
  ((typeof value === "object" && value !== null) || typeof value === "function") &&
  methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function");

const fields = {
  loss: optional<Loss>("a loss", (value) => has(value, "value", "gradient", "divisor")),
  optimizer: optional<Optimizer>(
    "an optimizer",
    (value) => has(value, "step") && Array.isArray((value as Optimizer).slots) && typeof (value as Optimizer).scalars === "object",
  ),
  seed: optional<number>("a whole number of at least 0", (value) => Number.isSafeInteger(value) && (value as number) >= 0),
  dtype: oneOf("float64", "float32"),
  backend: optional<Backend>("a backend", (value) => has(value, "kernels")),
};

const weightFields = {
  weights: optional<readonly number[]>("a list of numbers", (value) => Array.isArray(value) || ArrayBuffer.isView(value)),
};

type Options = { readonly [K in keyof typeof fields]: (typeof fields)[K]["otherwise"] };
interface Weights {
  readonly weights?: ArrayLike<number>;
}
interface Out {
  readonly out?: Floats;
}

/** The class behind `Network`; network.ts says what each part of it is for, and gives it its types. */
export class NetworkImplementation {
  readonly layers: readonly Layer[];
  readonly inputSize: number;
  readonly outputSize: number;
  readonly seed: number;
  readonly dtype: DType;
  readonly backend: string;
  readonly loss: Loss | undefined;
  readonly optimizer: OptimizerView | undefined;
  readonly parameters: readonly ParameterView[];

  /** What it remembers from step to step. */
  readonly store: Store;
  /** The tapes of training. */
  readonly training: Pass;
  private evaluation: Pass | null = null;
  private readonly options: Options;
  private readonly kernels: Kernels;
  private readonly stepContext: StepContext | null;

  /** The form of the latest forward's examples. */
  private form: examples.Form | undefined;
  /** Rows of a forward whose backward has yet to come, or 0 and why there is none. */
  private open = 0;
  private closed = "no forward yet";
  /** Backwards since the latest step. */
  private pending = 0;
  /** The gradients are to start afresh. */
  private stale = false;
  /** The divisor of the latest loss, if its batch is still on the tapes and its gradients are alone; else 0. */
  private repeatable = 0;
  private weighted = false;
  private fitting = false;

  constructor(layers: unknown, options?: unknown) {
    const read = readOptions("network", options, fields);
    const { loss, optimizer, seed = freshSeed(), dtype, backend = reference } = read;
    const chain = checkChain(layers);
    if (loss) checkPair(chain.layers.at(-1)!, loss);
    this.layers = Object.freeze(chain.layers);
    this.inputSize = chain.inputs;
    this.outputSize = chain.outputs;
    this.seed = seed;
    this.dtype = dtype;
    this.backend = backend.name;
    this.loss = loss;
    this.options = { ...read, seed };
    this.kernels = backend.kernels(dtype);
    this.store = new Store(seed, dtype, optimizer);
    this.training = new Pass(this.store, chain.layers, chain.inputs, loss, { kernels: this.kernels, training: true });
    this.store.finish();
    const scalars = this.store.optimizerScalars;
    this.optimizer = optimizer && viewOfOptimizer(optimizer, scalars!);
    this.stepContext = scalars && { kernels: this.kernels, training: true, scalars, evaluate: () => this.repeat() };
    const changed = () => this.close("a parameter was set since the latest forward");
    this.parameters = Object.freeze(Array.from(this.store.parameters.values(), (each) => viewOf(each, changed)));
  }

  // One step, in the three calls that it is made of.

  forward(input: unknown, options?: Out): examples.Results {
    const rows = examples.countRows(input, this.inputSize, "forward input");
    const out = examples.readOut(options, rows, this.outputSize, this.dtype, "forward");
    const form = examples.formOf(input)!;
    this.run(input, rows, form);
    const results = examples.openResults(form, rows, this.outputSize, this.dtype, out);
    examples.fillResults(results, form, this.training.output, 0);
    return results;
  }

  backward(target: unknown, options?: Weights): number {
    this.checkOpen("backward");
    this.checkLoss("backward");
    this.readTarget(target, this.open, this.form!, "backward target");
    const weights = this.readWeights(options, this.open, "backward weights");
    this.copyTarget(target, this.open, this.form!);
    this.copyWeights(weights);
    this.differentiate(this.loss!.divisor(this.open, this.outputSize));
    return this.store.total.data[0]!;
  }

  backwardFrom(dOutput: unknown, options?: Out): examples.Results {
    this.checkOpen("backwardFrom");
    const { training, open: rows } = this;
    const given = examples.countRows(dOutput, this.outputSize, "backwardFrom dOutput");
    if (given !== rows) fail("shape", "backwardFrom dOutput", `${rows} rows, as in forward`, given, "give a row for each example");
    const out = examples.readOut(options, rows, this.inputSize, this.dtype, "backwardFrom");
    examples.copyRows(dOutput, this.outputSize, 0, rows, training.gradients[this.layers.length]!.data);
    this.close("backwardFrom has used the latest forward");
    this.startGradients();
    training.backwardFrom(this.layers.length, true);
    this.pending++;
    this.repeatable = 0;
    const form = examples.formOf(dOutput)!;
    const results = examples.openResults(form, rows, this.inputSize, this.dtype, out);
    examples.fillResults(results, form, training.gradients[0]!, 0);
    return results;
  }

  step(): void {
    this.checkOptimizer("step");
    if (this.pending === 0) {
      fail("order", "step", "a backward since the latest step", new Phrase("none"), "call forward, then backward, then step");
    }
    this.update();
  }

  get outputs(): readonly examples.Results[] {
    const { form, training } = this;
    if (!form) fail("order", "outputs", "a forward first", new Phrase(this.closed), "call forward(input)");
    return training.values.slice(1).map((tensor) => {
      const results = examples.openResults(form, tensor.rows, tensor.columns, this.dtype, undefined);
      examples.fillResults(results, form, tensor, 0);
      return results;
    });
  }

  // Training and predicting.

  trainBatch(input: unknown, target: unknown, options?: Weights): number {
    this.checkLoss("trainBatch");
    this.checkOptimizer("trainBatch");
    const rows = examples.countRows(input, this.inputSize, "trainBatch input");
    const form = examples.formOf(input)!;
    this.readTarget(target, rows, form, "trainBatch target");
    const weights = this.readWeights(options, rows, "trainBatch weights");
    this.run(input, rows, form);
    this.copyTarget(target, rows, form);
    this.copyWeights(weights);
    this.differentiate(this.loss!.divisor(rows, this.outputSize));
    this.update();
    return this.store.total.data[0]!;
  }

  async fit(inputs: unknown, targets: unknown, options: FitOptions): Promise<History> {
    this.checkLoss("fit");
    this.checkOptimizer("fit");
    if (this.fitting) fail("order", "fit", "one training at a time", new Phrase("a fit that is still running"), "await the first");
    const read = readFitOptions(options);
    const rows = examples.countRows(inputs, this.inputSize, "fit inputs");
    const form = examples.formOf(inputs)!;
    this.readTarget(targets, rows, form, "fit targets");
    const data = this.openData(rows);
    examples.copyRows(inputs, this.inputSize, 0, rows, data.inputs);
    this.copyTarget(targets, rows, form, data.targets);
    const stream = new Stream(this.seed, "fit.order", this.store.counter);
    this.fitting = true;
    try {
      return await fit(
        {
          rows,
          reorder: () => shuffle(data.order, stream),
          accumulate: (start, end, total) => this.accumulate(data, start, end, total),
          step: () => this.update(),
        },
        read,
      );
    } finally {
      this.fitting = false;
    }
  }

  predict(input: unknown, options?: Out): examples.Results {
    const rows = examples.countRows(input, this.inputSize, "predict input");
    const out = examples.readOut(options, rows, this.outputSize, this.dtype, "predict");
    const form = examples.formOf(input)!;
    const results = examples.openResults(form, rows, this.outputSize, this.dtype, out);
    for (let start = 0; start < rows; start += SLICE) {
      examples.fillResults(results, form, this.infer(input, start, rows).output, start);
    }
    return results;
  }

  evaluate(input: unknown, target: unknown): { readonly loss: number } {
    this.checkLoss("evaluate");
    const rows = examples.countRows(input, this.inputSize, "evaluate input");
    const form = examples.formOf(input)!;
    this.readTarget(target, rows, form, "evaluate target");
    const total = { rows: 1, columns: 1, data: new Float64Array(1) };
    let loss = 0;
    for (let start = 0; start < rows; start += SLICE) {
      const pass = this.infer(input, start, rows);
      this.copyTarget(target, pass.output.rows, form, pass.target.data, start);
      pass.measure(false, this.loss!.divisor(rows, this.outputSize), total);
      loss += total.data[0]!;
    }
    return { loss };
  }

  // Parameters.

  parameter(name: string): ParameterView {
    const names = this.parameters.map((each) => each.name);
    return this.parameters[names.indexOf(name)] ?? failName(name, names, "parameter");
  }

  freeze(...names: readonly string[]): void {
    this.setFrozen(names, true, "freeze");
  }

  unfreeze(...names: readonly string[]): void {
    this.setFrozen(names, false, "unfreeze");
  }

  private setFrozen(names: readonly string[], frozen: boolean, where: string): void {
    const all = [...this.store.parameters.keys()];
    if (!names.length) failName(undefined, all, where);
    for (const parameter of select(this.store.parameters, names, where)) parameter.frozen = frozen;
    this.store.findRuns();
  }

  clone({ dtype = this.dtype }: { readonly dtype?: DType } = {}): NetworkImplementation {
    const copy = new NetworkImplementation(this.layers, { ...this.options, dtype });
    copy.store.copy(this.store);
    return copy;
  }

  copyFrom(other: unknown, tau = 1): void {
    if (!(other instanceof NetworkImplementation)) fail("type", "copyFrom", "a network", other, "write copyFrom(network)");
    if (!Number.isFinite(tau) || tau < 0 || tau > 1) fail("value", "copyFrom tau", "a number from 0 to 1", tau, "leave it out for a plain copy");
    this.store.mix(other.store, tau);
    this.close("copyFrom has changed the parameters since the latest forward");
  }

  toJSON(): NetworkState {
    return stateOf(this.store);
  }

  load(state: unknown, options?: { readonly only?: readonly string[] }): void {
    const { only } = readOptions("load", options, {
      only: optional<readonly string[]>('a list of names such as ["0", "2.bias"]', (value) => Array.isArray(value) && value.length > 0),
    });
    loadState(this.store, state, only);
    this.close("load has changed the parameters since the latest forward");
  }

  summary(): string {
    return summarize(this);
  }

  // What the calls above are made of. Whatever they are given has been checked before any of it is written.

  private close(reason: string): void {
    this.open = 0;
    this.closed = reason;
    this.repeatable = 0;
  }

  private checkOpen(where: string): void {
    if (this.open === 0) fail("order", where, "a forward of its own before it", new Phrase(this.closed), "call forward(input) first");
  }

  private checkLoss(where: string): void {
    if (!this.loss) fail("order", where, "a network with a loss", new Phrase("none"), "write new Network(layers, { loss: meanSquaredError })");
  }

  private checkOptimizer(where: string): void {
    if (!this.stepContext) fail("order", where, "a network with an optimizer", new Phrase("none"), "write new Network(layers, { optimizer: sgd })");
  }

  private readTarget(target: unknown, rows: number, form: examples.Form, where: string): void {
    examples.checkTargets(target, isSingle(form), rows, this.outputSize, this.loss!.targets ?? "real", where);
  }

  private copyTarget(target: unknown, rows: number, form: examples.Form, to = this.training.target.data, start = 0): void {
    examples.copyTargets(target, isSingle(form), this.outputSize, this.loss!.targets ?? "real", start, rows, to);
  }

  private readWeights(options: Weights | undefined, rows: number, where: string): ArrayLike<number> | undefined {
    if (options === undefined) return undefined;
    const { weights } = readOptions(where, options, weightFields);
    if (weights) examples.countRows(weights, rows, where);
    return weights;
  }

  private copyWeights(weights: ArrayLike<number> | undefined): void {
    this.weighted = weights !== undefined;
    if (weights) this.training.weights.data.set(weights);
  }

  /** Forward through the tapes. */
  private run(input: unknown, rows: number, form: examples.Form): void {
    this.close("the latest forward was interrupted");
    this.training.setRows(rows);
    examples.copyRows(input, this.inputSize, 0, rows, this.training.values[0]!.data);
    this.runTapes();
    this.form = form;
    this.open = rows;
  }

  private runTapes(): void {
    const { counter } = this.store;
    counter.data[0] = counter.data[0]! + 1;
    this.training.forward();
  }

  /** Forward without tapes, for at most a slice of rows. */
  private infer(input: unknown, start: number, rows: number): Pass {
    this.evaluation ??= new Pass(this.store, this.layers, this.inputSize, this.loss, { kernels: this.kernels, training: false });
    const count = Math.min(SLICE, rows - start);
    this.evaluation.setRows(count);
    examples.copyRows(input, this.inputSize, start, count, this.evaluation.values[0]!.data);
    this.evaluation.forward();
    return this.evaluation;
  }

  /** Loss and gradients of what is on the tapes. */
  private differentiate(divisor: number): void {
    const { training, store, weighted } = this;
    this.close("its backward has been called already");
    training.measure(weighted, divisor, store.total);
    if (!Number.isFinite(store.total.data[0])) {
      const remedy = "lower the learning rate, or scale the inputs; the parameters are as they were";
      fail("diverged", "loss", "a finite number", store.total.data[0], remedy);
    }
    this.startGradients();
    training.backward(weighted, divisor, false);
    this.repeatable = this.pending === 0 ? divisor : 0;
    this.pending++;
  }

  private startGradients(): void {
    if (this.stale) this.kernels.clear(this.store.allGradients);
    this.stale = false;
  }

  /** One update by the gradients that have added up. */
  private update(): void {
    const finite = this.kernels.isFinite(this.store.allGradients);
    this.pending = 0;
    this.stale = true;
    if (!finite) {
      fail("diverged", "step", "finite gradients", new Phrase("infinite ones or NaN"), "lower the learning rate, or scale the inputs");
    }
    const { repeatable } = this;
    this.close("a step has moved the parameters since the latest forward");
    this.repeatable = repeatable;
    (this.options.optimizer as Optimizer).step(this.store.runs, this.stepContext!);
    this.repeatable = 0;
  }

  /** The same batch again, within a step. */
  private repeat(): number {
    const { training, store, weighted, repeatable } = this;
    if (!repeatable) {
      const got = new Phrase("several, or none");
      fail("order", "optimizer evaluate", "a step on the gradients of one batch", got, "take one batch for each step");
    }
    training.forward();
    training.measure(weighted, repeatable, store.total);
    this.kernels.clear(store.allGradients);
    training.backward(weighted, repeatable, false);
    return store.total.data[0]!;
  }

  /** Room for the data of a `fit`. */
  private openData(rows: number): Data {
    const View = this.dtype === "float32" ? Float32Array : Float64Array;
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    return { inputs: new View(rows * this.inputSize), targets: new View(rows * this.outputSize), order };
  }

  /** Forward and backward on some rows of the data, as their share of a mean over `total` rows. */
  private accumulate({ inputs, targets, order }: Data, start: number, end: number, total: number): number {
    const { training } = this;
    this.close("fit has run since the latest forward");
    this.weighted = false;
    training.setRows(end - start);
    gather(inputs, this.inputSize, order, start, end, training.values[0]!.data);
    gather(targets, this.outputSize, order, start, end, training.target.data);
    this.runTapes();
    this.form = "rows";
    this.differentiate(this.loss!.divisor(total, this.outputSize));
    return this.store.total.data[0]!;
  }
}

const isSingle = (form: examples.Form): boolean => form === "row" || form === "floats";

/** What `fit` has been given, in the network's precision, and the order of the rows. */
interface Data {
  readonly inputs: Floats;
  readonly targets: Floats;
  readonly order: Uint32Array;
}

/** Copies the rows `order[start…end)` to the beginning of `to`. */
function gather(from: Floats, columns: number, order: Uint32Array, start: number, end: number, to: Floats): void {
  for (let n = start; n < end; n++) {
    const row = order[n]! * columns;
    for (let i = 0; i < columns; i++) to[(n - start) * columns + i] = from[row + i]!;
  }
}

/** Fisher's and Yates' shuffle, from the numbers of a stream; without one the rows as they are. */
function shuffle(order: Uint32Array, stream: Stream): void {
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(stream.uniform(i) * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}
