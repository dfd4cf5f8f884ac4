import { fail, Phrase } from "../core/errors.js";
import { isList, numbersOf, take } from "../core/numbers.js";
import { readOption, readOptions } from "../core/options.js";
import { freshSeed, Stream } from "../core/random.js";
import { type DType, type Floats, floats } from "../core/tensor.js";
import type { Verbs } from "../kernels/verbs.js";
import type { Backend } from "../kernels/kernels.js";
import { reference } from "../kernels/reference.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import type { Optimizer } from "../optim/optimizer.js";
import { fit, type FitOptions, type History, readFitOptions, TrainingAborted } from "../train/fit.js";
import { checkChain, checkPair } from "./chain.js";
import { failMissing, type OptimizerView, viewOfOptimizer } from "./optimizer-view.js";
import { fields, onlyFields, WEIGHTS } from "./options.js";
import { type ParameterView, viewOf } from "./parameter-view.js";
import { Pass } from "./pass.js";
import { type Form, isSingle, Reader } from "./reader.js";
import { fillResults, openResults, type Results } from "./results.js";
import { copy, shuffle } from "./rows.js";
import { failName, loadState, type NetworkState, select, stateOf } from "./state.js";
import { Store } from "./store.js";
import { summarize } from "./summary.js";
import { Training } from "./training.js";

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
  readonly layers: readonly Layer[];
  readonly inputSize: number;
  readonly outputSize: number;
  readonly seed: number;
  readonly dtype: DType;
  readonly loss: Loss | undefined;
  readonly optimizer: OptimizerView;
  /** What the optimizer is a view of. */
  readonly rule: Optimizer | undefined;
  readonly parameters: readonly ParameterView[];

  /** What it remembers from step to step. */
  readonly store: Store;
  readonly training: Training;
  #evaluation: Pass | undefined;
  readonly #options: { readonly [K in keyof typeof fields]: (typeof fields)[K]["otherwise"] };
  readonly #verbs: Verbs;
  readonly #input: Reader;
  readonly #target: Reader;
  #weights: Floats;

  /** The form of the examples of the latest forward. */
  #form: Form | undefined;
  #fitting = false;

  constructor(layers: unknown, options?: unknown, usual: Backend = reference) {
    const chain = checkChain(layers);
    const read = readOptions("network", options, fields);
    const { loss, optimizer, seed = freshSeed(), dtype, backend = usual } = read;
    if (loss) checkPair(chain.layers.at(-1)!, loss);
    this.layers = Object.freeze(chain.layers);
    this.inputSize = chain.inputs;
    this.outputSize = chain.outputs;
    this.seed = seed;
    this.dtype = dtype;
    this.loss = loss;
    this.#options = { ...read, seed, backend };
    this.#verbs = backend.kernels(dtype);
    this.#weights = floats(dtype, 0);
    this.#input = new Reader(chain.inputs, dtype);
    this.#target = new Reader(chain.outputs, dtype, loss?.targets);
    this.store = new Store(seed, dtype, optimizer, this.#verbs.recorder);
    this.training = new Training(this.store, chain.layers, chain.inputs, loss, optimizer, this.#verbs);
    this.store.finish();
    this.rule = optimizer;
    this.optimizer = viewOfOptimizer(optimizer, this.store.optimizerScalars);
    const changed = () => this.training.discard("parameter.set");
    this.parameters = Object.freeze(Array.from(this.store.parameters.values(), (each) => viewOf(each, dtype, changed)));
  }

  get backend(): string {
    return this.#verbs.recorder.machine.name;
  }

  // One step, in the three calls that it is made of.

  forward(input: unknown, options?: Out): Results {
    const { training } = this;
    const rows = this.#input.read(input, "forward input", 0, undefined, training);
    const { form } = this.#input;
    const results = openResults(form, rows, this.outputSize, this.dtype, options, "forward");
    this.#begin(rows);
    training.forward();
    this.#form = form;
    return fillResults(results, form, training.pass.output);
  }

  backward(target: unknown, options?: Weights): number {
    const { training } = this;
    this.#need("loss", "backward");
    this.#needForward("backward");
    const rows = training.open;
    this.#target.readTargets(target, isSingle(this.#form!), rows, "backward target");
    return training.compare(this.#compareWith(rows, this.#readWeights(options, rows, "backward")));
  }

  backwardFrom(dOutput: unknown, options?: Out): Results {
    const { training, layers, inputSize, dtype } = this;
    const { pass } = training;
    this.#needForward("backwardFrom");
    const rows = training.open;
    const given = this.#target.read(dOutput, "backwardFrom dOutput");
    if (given !== rows) fail("shape", "backwardFrom dOutput", `${rows} rows, as in forward`, given);
    const { form } = this.#target;
    const results = openResults(form, rows, inputSize, dtype, options, "backwardFrom");
    copy(this.#target.data, rows * this.outputSize, pass.gradients[layers.length]!.data);
    training.backwardFrom(layers.length);
    return fillResults(results, form, pass.gradients[0]!);
  }

  step(): void {
    this.#need("optimizer", "step");
    if (this.training.pending === 0) {
      fail("order", "step", "a backward before it", new Phrase("none"), "call forward, then backward, then step");
    }
    this.training.update();
  }

  get outputs(): readonly Results[] {
    const form = this.#form;
    this.#needForward("outputs", form);
    return this.training.pass.values
      .slice(1)
      .map((tensor) => fillResults(openResults(form!, tensor.rows, tensor.columns, this.dtype), form!, tensor));
  }

  // Training and predicting.

  trainBatch(input: unknown, target: unknown, options?: Weights): number {
    this.#need("loss", "trainBatch");
    this.#need("optimizer", "trainBatch");
    const rows = this.#input.read(input, "trainBatch input", 0, undefined, this.training);
    this.#target.readTargets(target, this.#input.single, rows, "trainBatch target");
    const weights = this.#readWeights(options, rows, "trainBatch");
    this.#begin(rows);
    const loss = this.training.step(this.#compareWith(rows, weights));
    this.#form = this.#input.form;
    return loss;
  }

  async fit(inputs: unknown, targets: unknown, options: FitOptions): Promise<History> {
    this.#need("loss", "fit");
    this.#need("optimizer", "fit");
    if (this.#fitting)
      fail("order", "fit", "one training at a time", new Phrase("a fit that is still running"), "await the first");
    const read = readFitOptions(options);
    const input = new Reader(this.inputSize, this.dtype);
    const target = new Reader(this.outputSize, this.dtype, this.loss!.targets);
    const rows = input.read(inputs, "fit inputs");
    target.readTargets(targets, input.single, rows, "fit targets");
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    const stream = new Stream(this.seed, "fit.order", this.store.counter);
    const data = { inputs: input.data, targets: target.data, order };
    this.#fitting = true;
    try {
      return await fit(
        {
          rows,
          sum: this.store.sum,
          reorder: () => shuffle(order, stream),
          train: (first, batchSize, accumulate) => {
            this.#form = "rows";
            return this.training.train(data, first, batchSize, accumulate);
          },
        },
        read,
      );
    } catch (error) {
      if (!(error instanceof TrainingAborted)) this.training.discard("fit");
      throw error;
    } finally {
      this.#fitting = false;
    }
  }

  predict(input: unknown, options?: Out): Results {
    const reader = this.#input,
      pass = this.#predicting;
    let results: Results | undefined;
    for (let start = 0; start === 0 || start < reader.rows; start += SLICE) {
      const rows = reader.read(input, "predict input", start, SLICE, pass);
      const { form } = reader;
      results ??= openResults(form, reader.rows, this.outputSize, this.dtype, options, "predict");
      this.#enter(pass, rows);
      pass.infer();
      fillResults(results, form, pass.output, start);
    }
    return results!;
  }

  evaluate(input: unknown, target: unknown): { readonly loss: number } {
    this.#need("loss", "evaluate");
    const reader = this.#input,
      pass = this.#predicting;
    const { total, divisor } = this.store;
    let loss = 0;
    for (let start = 0; start === 0 || start < reader.rows; start += SLICE) {
      const rows = reader.read(input, "evaluate input", start, SLICE, pass);
      this.#target.readTargets(target, reader.single, reader.rows, "evaluate target", start, SLICE);
      this.#enter(pass, rows);
      pass.infer();
      copy(this.#target.data, rows * this.outputSize, pass.target.data);
      divisor.data[0] = this.loss!.divisor(reader.rows, this.outputSize);
      pass.measure(false);
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
    const twin = Reflect.construct(
      NetworkImplementation,
      [this.layers, { ...this.#options, dtype }],
      this.constructor,
    ) as NetworkImplementation;
    twin.store.copy(this.store);
    twin.training.pending = this.training.pending;
    return twin;
  }

  copyFrom(other: unknown, tau = 1): void {
    if (!(other instanceof NetworkImplementation))
      fail("type", "copyFrom", "a network", other, "write copyFrom(network)");
    if (!(Number.isFinite(tau) && tau >= 0 && tau <= 1))
      fail("value", "copyFrom tau", "a number from 0 to 1", tau, "leave it out for a plain copy");
    this.store.mix(other.store, tau);
    this.training.discard("copyFrom");
  }

  toJSON(): NetworkState {
    return stateOf(this.store);
  }

  load(state: unknown, options?: { readonly only?: readonly string[] }): void {
    loadState(this.store, state, readOptions("load", options, onlyFields).only);
    this.training.discard("load");
  }

  summary(): string {
    return summarize(this);
  }

  // What the calls above are made of. What users give has been checked, to the last number, before this point.

  #need(name: "loss" | "optimizer", where: string): void {
    if (name === "loss" ? !this.loss : !this.#options.optimizer) failMissing(name, where);
  }

  #needForward(where: string, done: unknown = this.training.open): void {
    if (!done)
      fail(
        "order",
        where,
        "a forward before it",
        new Phrase(`none since ${this.training.since}`),
        "call forward(input)",
      );
  }

  /** A weight for each row, if there are any. */
  #readWeights(options: Weights | undefined, rows: number, where: string): Floats | undefined {
    const weights = readOption(where, options, WEIGHTS);
    if (weights === undefined) return undefined;
    if (!isList(weights) || weights.length !== rows || isList(weights[0])) {
      fail(
        isList(weights) ? "shape" : "type",
        `${where} weights`,
        `a list of ${numbersOf(rows)}, one for each row`,
        weights,
        "write weights: [1, 1, …]",
      );
    }
    if (this.#weights.length < rows) this.#weights = floats(this.dtype, rows);
    take(weights, 0, rows, this.#weights, 0, where, " weights");
    return this.#weights;
  }

  /** Writes the examples that have been read to the tapes. */
  #begin(rows: number): void {
    this.training.begin(rows);
    this.#form = undefined;
    this.#enter(this.training.pass, rows);
  }

  /** Writes them to a pass, if they were not read to it at once. */
  #enter(pass: Pass, rows: number): void {
    pass.setRows(rows);
    const { noticed } = pass.values[0]!;
    if (this.#input.data !== noticed) copy(this.#input.data, rows * this.inputSize, noticed);
  }

  /** Writes the targets that have been read beside them, and weights; returns whether there are any. */
  #compareWith(rows: number, weights: Floats | undefined): boolean {
    const { target, weights: to } = this.training.pass;
    copy(this.#target.data, rows * this.outputSize, target.data);
    if (weights) copy(weights, rows, to.data);
    return weights !== undefined;
  }

  /** A pass without tapes for backward. */
  get #predicting(): Pass {
    return (this.#evaluation ??= new Pass(this.store, this.layers, this.inputSize, this.loss, this.#verbs, false));
  }
}
