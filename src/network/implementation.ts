import { fail, Phrase } from "../core/errors.js";
import { isList, numbersOf, take } from "../core/numbers.js";
import { readOption, readOptions } from "../core/options.js";
import { freshSeed, Stream } from "../core/random.js";
import { type DType, type Floats, floats } from "../core/tensor.js";
import type { Kernels } from "../kernels/kernels.js";
import { reference } from "../kernels/reference.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import type { Optimizer, StepContext } from "../optim/optimizer.js";
import { fit, type FitOptions, type History, readFitOptions, TrainingAborted } from "../train/fit.js";
import { checkChain, checkPair } from "./chain.js";
import { failMissing, type OptimizerView, viewOfOptimizer } from "./optimizer-view.js";
import { fields, onlyFields, WEIGHTS } from "./options.js";
import { type ParameterView, viewOf } from "./parameter-view.js";
import { Pass } from "./pass.js";
import { type Form, isSingle, Reader } from "./reader.js";
import { fillResults, openResults, type Results } from "./results.js";
import { copy, gather, shuffle } from "./rows.js";
import { failName, loadState, type NetworkState, select, stateOf } from "./state.js";
import { Store } from "./store.js";
import { summarize } from "./summary.js";

const DIVERGED = "lower the learning rate, or scale the inputs";

/** Rows that `predict` and `evaluate` take at a time. */
const SLICE = 256;

interface Weights {
  readonly weights?: readonly number[] | Floats;
}
interface Out {
  readonly out?: Floats;
}

/** The class behind `Network`: network.ts says what each part is for, and gives it its types. */
export class NetworkImplementation {
  /** What consoles and errors call its instances. */
  static readonly name = "Network";

  declare readonly layers: readonly Layer[];
  declare readonly inputSize: number;
  declare readonly outputSize: number;
  declare readonly seed: number;
  declare readonly dtype: DType;
  declare readonly backend: string;
  declare readonly loss: Loss | undefined;
  declare readonly optimizer: OptimizerView;
  declare readonly parameters: readonly ParameterView[];

  /** What it remembers from step to step. */
  declare readonly store: Store;
  /** The tapes of training. */
  declare readonly training: Pass;
  #evaluation: Pass | undefined;
  readonly #options: { readonly [K in keyof typeof fields]: (typeof fields)[K]["otherwise"] };
  readonly #kernels: Kernels;
  readonly #stepContext: StepContext | null;
  readonly #step: Optimizer["step"] | undefined;
  readonly #divide: Loss["divisor"] | undefined;
  readonly #input: Reader;
  readonly #target: Reader;
  #weights: Floats;

  /** The form of the examples of the latest forward. */
  #form: Form | undefined;
  /** Rows of a forward whose backward has yet to come, or 0 and the call since which there is none. */
  #open = 0;
  #since = "the start";
  /** Backwards since the latest step. */
  #pending = 0;
  /** The gradients are to start afresh. */
  #stale = false;
  /** The rows of the latest backward have weights. */
  #weighted = false;
  /** What its loss was divided by, if its gradients are all there are and its batch is still on the tapes; else 0. */
  #repeatable = 0;
  #fitting = false;

  constructor(layers: unknown, options?: unknown) {
    const chain = checkChain(layers);
    const read = readOptions("network", options, fields);
    const { loss, optimizer, seed = freshSeed(), dtype, backend = reference } = read;
    if (loss) checkPair(chain.layers.at(-1)!, loss);
    this.layers = Object.freeze(chain.layers);
    this.inputSize = chain.inputs;
    this.outputSize = chain.outputs;
    this.seed = seed;
    this.dtype = dtype;
    this.backend = backend.name;
    this.loss = loss;
    this.#options = { ...read, seed };
    this.#kernels = backend.kernels(dtype);
    this.#step = optimizer?.step;
    this.#divide = loss?.divisor;
    this.#weights = floats(dtype, 0);
    this.#input = new Reader(chain.inputs, dtype);
    this.#target = new Reader(chain.outputs, dtype, loss?.targets);
    this.store = new Store(seed, dtype, optimizer);
    this.training = new Pass(this.store, chain.layers, chain.inputs, loss, { kernels: this.#kernels, training: true });
    this.store.finish();
    const scalars = this.store.optimizerScalars;
    this.optimizer = viewOfOptimizer(optimizer, scalars);
    this.#stepContext = scalars && { kernels: this.#kernels, training: true, scalars, evaluate: () => this.#repeat() };
    const changed = () => this.#discard("parameter.set");
    this.parameters = Object.freeze(Array.from(this.store.parameters.values(), (each) => viewOf(each, dtype, changed)));
  }

  // One step, in the three calls that it is made of.

  forward(input: unknown, options?: Out): Results {
    const rows = this.#input.read(input, "forward input");
    const { form } = this.#input;
    const results = openResults(form, rows, this.outputSize, this.dtype, options, "forward");
    this.#run(rows);
    return fillResults(results, form, this.training.output);
  }

  backward(target: unknown, options?: Weights): number {
    this.#need("loss", "backward");
    this.#needForward("backward");
    const rows = this.#open;
    this.#target.readTargets(target, isSingle(this.#form!), rows, "backward target");
    const weights = this.#readWeights(options, rows, "backward");
    this.#compare(rows, weights);
    return this.store.total.data[0]!;
  }

  backwardFrom(dOutput: unknown, options?: Out): Results {
    const { training, layers, inputSize, dtype } = this;
    this.#needForward("backwardFrom");
    const rows = this.#open;
    const given = this.#target.read(dOutput, "backwardFrom dOutput");
    if (given !== rows) fail("shape", "backwardFrom dOutput", `${rows} rows, as in forward`, given);
    const { form } = this.#target;
    const results = openResults(form, rows, inputSize, dtype, options, "backwardFrom");
    this.#close("backwardFrom");
    copy(this.#target.data, rows * this.outputSize, training.gradients[layers.length]!.data);
    this.#startGradients();
    training.backwardFrom(layers.length, true);
    this.#pending++;
    return fillResults(results, form, training.gradients[0]!);
  }

  step(): void {
    this.#need("optimizer", "step");
    if (this.#pending === 0) {
      fail("order", "step", "a backward before it", new Phrase("none"), "call forward, then backward, then step");
    }
    this.#update();
  }

  get outputs(): readonly Results[] {
    const form = this.#form;
    this.#needForward("outputs", form);
    return this.training.values
      .slice(1)
      .map((tensor) => fillResults(openResults(form!, tensor.rows, tensor.columns, this.dtype), form!, tensor));
  }

  // Training and predicting.

  trainBatch(input: unknown, target: unknown, options?: Weights): number {
    this.#need("loss", "trainBatch");
    this.#need("optimizer", "trainBatch");
    const rows = this.#input.read(input, "trainBatch input");
    this.#target.readTargets(target, this.#input.single, rows, "trainBatch target");
    const weights = this.#readWeights(options, rows, "trainBatch");
    this.#run(rows);
    this.#compare(rows, weights);
    const loss = this.store.total.data[0]!;
    this.#update();
    return loss;
  }

  async fit(inputs: unknown, targets: unknown, options: FitOptions): Promise<History> {
    this.#need("loss", "fit");
    this.#need("optimizer", "fit");
    if (this.#fitting) fail("order", "fit", "one training at a time", new Phrase("a fit that is still running"), "await the first");
    const read = readFitOptions(options);
    const input = new Reader(this.inputSize, this.dtype);
    const target = new Reader(this.outputSize, this.dtype, this.loss!.targets);
    const rows = input.read(inputs, "fit inputs");
    target.readTargets(targets, input.single, rows, "fit targets");
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    const stream = new Stream(this.seed, "fit.order", this.store.counter);
    this.#fitting = true;
    try {
      return await fit(
        {
          rows,
          loss: this.store.total,
          reorder: () => shuffle(order, stream),
          accumulate: (start, end, total) => this.#accumulate(input.data, target.data, order, start, end, total),
          step: () => this.#update(),
        },
        read,
      );
    } catch (error) {
      if (!(error instanceof TrainingAborted)) this.#discard("fit");
      throw error;
    } finally {
      this.#fitting = false;
    }
  }

  predict(input: unknown, options?: Out): Results {
    const reader = this.#input;
    let results: Results | undefined;
    for (let start = 0; start === 0 || start < reader.rows; start += SLICE) {
      const rows = reader.read(input, "predict input", start, SLICE);
      const { form } = reader;
      results ??= openResults(form, reader.rows, this.outputSize, this.dtype, options, "predict");
      fillResults(results, form, this.#infer(rows).output, start);
    }
    return results!;
  }

  evaluate(input: unknown, target: unknown): { readonly loss: number } {
    this.#need("loss", "evaluate");
    const reader = this.#input;
    const total = { rows: 1, columns: 1, data: new Float64Array(1) };
    let loss = 0;
    for (let start = 0; start === 0 || start < reader.rows; start += SLICE) {
      const rows = reader.read(input, "evaluate input", start, SLICE);
      this.#target.readTargets(target, reader.single, reader.rows, "evaluate target", start, SLICE);
      const pass = this.#infer(rows);
      copy(this.#target.data, rows * this.outputSize, pass.target.data);
      pass.measure(false, this.#divisor(reader.rows), total);
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
    this.#setFrozen(names, true, "freeze");
  }

  unfreeze(...names: readonly string[]): void {
    this.#setFrozen(names, false, "unfreeze");
  }

  #setFrozen(names: readonly string[], frozen: boolean, where: string): void {
    if (!names.length) failName(undefined, [...this.store.parameters.keys()], where);
    for (const parameter of select(this.store.parameters, names, where)) parameter.frozen = frozen;
    this.store.findRuns();
  }

  clone(options?: { readonly dtype?: DType }): NetworkImplementation {
    const { dtype = this.dtype } = readOptions("clone", options, { dtype: { ...fields.dtype, otherwise: this.dtype } });
    const twin = new NetworkImplementation(this.layers, { ...this.#options, dtype });
    twin.store.copy(this.store);
    twin.#pending = this.#pending;
    twin.#stale = this.#stale;
    return twin;
  }

  copyFrom(other: unknown, tau = 1): void {
    if (!(other instanceof NetworkImplementation)) fail("type", "copyFrom", "a network", other, "write copyFrom(network)");
    if (!(Number.isFinite(tau) && tau >= 0 && tau <= 1)) fail("value", "copyFrom tau", "a number from 0 to 1", tau, "leave it out for a plain copy");
    this.store.mix(other.store, tau);
    this.#discard("copyFrom");
  }

  toJSON(): NetworkState {
    return stateOf(this.store);
  }

  load(state: unknown, options?: { readonly only?: readonly string[] }): void {
    loadState(this.store, state, readOptions("load", options, onlyFields).only);
    this.#discard("load");
  }

  summary(): string {
    return summarize(this);
  }

  // What the calls above are made of. What users give has been checked, to the last number, before this point.

  #need(name: "loss" | "optimizer", where: string): void {
    if (!this.#options[name]) failMissing(name, where);
  }

  #needForward(where: string, done: unknown = this.#open): void {
    if (!done) fail("order", where, "a forward before it", new Phrase(`none since ${this.#since}`), "call forward(input)");
  }

  /** The parameters are others now: gradients that wait for a step were those of the old ones. */
  #discard(call: string): void {
    this.#close(call);
    this.#pending = 0;
    this.#stale = true;
  }

  #close(call: string): void {
    this.#open = 0;
    this.#since = call;
    this.#repeatable = 0;
  }

  /** A weight for each row, if there are any. */
  #readWeights(options: Weights | undefined, rows: number, where: string): Floats | undefined {
    const weights = readOption(where, options, WEIGHTS);
    if (weights === undefined) return undefined;
    if (!isList(weights) || weights.length !== rows || isList(weights[0])) {
      fail(isList(weights) ? "shape" : "type", `${where} weights`, `a list of ${numbersOf(rows)}, one for each row`, weights, "write weights: [1, 1, …]");
    }
    if (this.#weights.length < rows) this.#weights = floats(this.dtype, rows);
    take(weights, 0, rows, this.#weights, 0, where, " weights");
    return this.#weights;
  }

  /** Forward through the tapes, of what has been read. */
  #run(rows: number): void {
    const { training } = this;
    training.setRows(rows);
    this.#close("a forward that failed");
    this.#form = undefined;
    copy(this.#input.data, rows * this.inputSize, training.values[0]!.data);
    this.#advance();
    this.#form = this.#input.form;
    this.#open = rows;
  }

  #advance(): void {
    const { counter } = this.store;
    counter.data[0] = counter.data[0]! + 1;
    this.training.forward();
  }

  /** Forward without tapes, of what has been read. */
  #infer(rows: number): Pass {
    const pass = (this.#evaluation ??= new Pass(this.store, this.layers, this.inputSize, this.loss, {
      kernels: this.#kernels,
      training: false,
    }));
    pass.setRows(rows);
    copy(this.#input.data, rows * this.inputSize, pass.values[0]!.data);
    pass.forward();
    return pass;
  }

  /** Loss and gradients of what is on the tapes, against the targets that have been read. */
  #compare(rows: number, weights: Floats | undefined): void {
    const { training } = this;
    copy(this.#target.data, rows * this.outputSize, training.target.data);
    this.#weighted = weights !== undefined;
    if (weights) copy(weights, rows, training.weights.data);
    this.#differentiate(this.#divisor(rows));
  }

  #divisor(rows: number): number {
    return this.#divide!.call(this.loss, rows, this.outputSize);
  }

  #differentiate(divisor: number): void {
    const { training, store } = this;
    this.#close("backward");
    training.measure(this.#weighted, divisor, store.total);
    const loss = store.total.data[0]!;
    if (loss - loss !== 0) {
      fail("diverged", "loss", "a finite number", loss, DIVERGED);
    }
    this.#startGradients();
    training.backward(this.#weighted, divisor, false);
    this.#repeatable = this.#pending === 0 ? divisor : 0;
    this.#pending++;
  }

  #startGradients(): void {
    if (this.#stale) this.#kernels.clear(this.store.allGradients);
    this.#stale = false;
  }

  /** One update by the gradients that have added up. */
  #update(): void {
    const { store } = this;
    const repeatable = this.#repeatable;
    this.#close("step");
    this.#pending = 0;
    this.#stale = true;
    if (!this.#kernels.isFinite(store.allGradients)) {
      fail("diverged", "step", "finite gradients", new Phrase("infinite ones or NaN"), DIVERGED);
    }
    this.#repeatable = repeatable;
    this.#step!.call(this.#options.optimizer, store.runs, this.#stepContext!);
    this.#repeatable = 0;
  }

  /** The same batch again, within a step. */
  #repeat(): number {
    const { training, store } = this;
    const divisor = this.#repeatable;
    if (!divisor) {
      fail("order", "optimizer evaluate", "a step after one backward", new Phrase("another"));
    }
    training.forward();
    training.measure(this.#weighted, divisor, store.total);
    this.#kernels.clear(store.allGradients);
    training.backward(this.#weighted, divisor, false);
    return store.total.data[0]!;
  }

  /** Forward and backward on some rows of the data of a `fit`, as their share of a mean over `total` rows. */
  #accumulate(inputs: Floats, targets: Floats, order: Uint32Array, start: number, end: number, total: number): void {
    const { training, inputSize, outputSize } = this;
    this.#close("fit");
    training.setRows(end - start);
    gather(inputs, inputSize, order, start, end, training.values[0]!.data);
    gather(targets, outputSize, order, start, end, training.target.data);
    this.#form = "rows";
    this.#weighted = false;
    this.#advance();
    this.#differentiate(this.#divisor(total));
  }
}
