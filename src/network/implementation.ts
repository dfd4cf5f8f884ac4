import { fail, Phrase } from "../core/errors.js";
import { reads } from "../core/memory.js";
import { copyNumbers, isList, numbersOf } from "../core/numbers.js";
import { readOption, readOptions } from "../core/options.js";
import { freshSeed, Stream } from "../core/random.js";
import { type DType, type Floats, floats } from "../core/tensor.js";
import type { Verbs } from "../kernels/verbs.js";
import type { Backend } from "../kernels/backend.js";
import { reference } from "../kernels/reference.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { fit, type FitOptions, type History, readFitOptions, TrainingAborted } from "../train/fit.js";
import { checkChain, checkPair } from "./chain.js";
import { checkScalars, failMissing, type OptimizerView, viewOfOptimizer } from "./optimizer-view.js";
import { fields, onlyFields, ROW_WEIGHTS } from "./options.js";
import { type ParameterView, viewOf } from "./parameter-view.js";
import { Pass } from "./pass.js";
import { type Form, isSingle, Reader } from "./reader.js";
import { fillResults, openResults, type Results } from "./results.js";
import { copy, shuffle } from "./rows.js";
import { failName, loadState, type NetworkState, select, stateOf } from "./state.js";
import { Store } from "./store.js";
import { summarize } from "./summary.js";
import { checkLoss, Training } from "./training.js";

/** Rows that `predict` and `evaluate` take at a time. */
const SLICE = 256;

interface RowWeights {
  readonly rowWeights?: readonly number[] | Floats;
}
interface Out {
  readonly out?: Floats;
}

/** By this a network is known, whichever copy of the library has made it, and behind a proxy. */
const SELF = Symbol.for("chainrule.network");

/** The network that a value is, or that a proxy stands for; undefined for anything else. */
export const implementationOf = (value: unknown): NetworkImplementation | undefined =>
  (value as { readonly [SELF]?: () => NetworkImplementation } | null | undefined)?.[SELF]?.();

/**
 * The network that a method is called on, which reads its numbers: a layer that does this is written down as a call.
 * @throws {@link ChainruleError} `type` for a method that was taken off its network
 */
function itself(receiver: unknown, call: string): NetworkImplementation {
  reads.dataWasRead = true;
  const network = implementationOf(receiver);
  return network ?? fail("type", call, "to be called on its network", receiver, `write (x) => network.${call}(x)`);
}

/**
 * The same for a call that uses the tapes, or writes.
 * @throws {@link ChainruleError} also `order` from within a part of the network, which such a call would disturb
 */
function begin(receiver: unknown, call: string): NetworkImplementation {
  const network = itself(receiver, call);
  if (!network.verbs.isWithinPart) return network;
  const got = new Phrase("a call from within its own layer, loss or optimizer");
  return fail("order", call, "to be called between steps", got, "ask another network, or this one after the step");
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
  readonly parameters: readonly ParameterView[];

  /** What it remembers from step to step. */
  readonly store: Store;
  readonly training: Training;
  #evaluation: Pass | undefined;
  readonly #options: { readonly [K in keyof typeof fields]: (typeof fields)[K]["otherwise"] };
  /** What carries its arithmetic out. */
  readonly verbs: Verbs;
  readonly [SELF]: () => NetworkImplementation = () => this;
  readonly #input: Reader;
  readonly #target: Reader;
  #rowWeights: Floats;

  /** The form of the examples of the latest forward. */
  #form: Form | undefined;
  #fitting = false;

  constructor(layers: unknown, options?: unknown, usual: Backend = reference) {
    const chain = checkChain(layers);
    const read = readOptions("network", options, fields);
    const { loss, optimizer, seed = freshSeed(), dtype, backend = usual } = read;
    if (loss) checkPair(chain.layers.at(-1)!, loss);
    if (optimizer) checkScalars(optimizer.name, optimizer.scalars, dtype);
    this.layers = Object.freeze(chain.layers);
    this.inputSize = chain.inputs;
    this.outputSize = chain.outputs;
    this.seed = seed;
    this.dtype = dtype;
    this.loss = loss;
    this.#options = { ...read, seed, backend };
    this.verbs = backend.kernels(dtype);
    this.#rowWeights = floats(dtype, 0);
    this.#input = new Reader(chain.inputs, dtype);
    this.#target = new Reader(chain.outputs, dtype, loss?.targets);
    this.store = new Store(seed, dtype, optimizer, this.verbs);
    this.training = new Training(this.store, chain.layers, chain.inputs, loss, optimizer, this.verbs);
    this.store.finish();
    this.optimizer = viewOfOptimizer(
      optimizer,
      this.store.optimizerScalars,
      dtype,
      () => this.training.learningRateWasSet(),
      () => begin(this, "optimizer.reset").store.resetOptimizer(),
    );
    const before = () => void begin(this, "parameter.set");
    const changed = () => this.training.discard("parameter.set");
    this.parameters = Object.freeze(
      Array.from(this.store.parameters.values(), (each) => viewOf(each, dtype, before, changed)),
    );
  }

  get backend(): string {
    return this.verbs.machine.name;
  }

  // One step, in the three calls that it is made of.

  forward(input: unknown, options?: Out): Results {
    const self = begin(this, "forward");
    const { training } = self;
    const rows = self.#input.read(input, "forward input", 0, undefined, training);
    const { form } = self.#input;
    const results = openResults(form, rows, self.outputSize, self.dtype, options, "forward");
    self.#begin(rows);
    training.forward();
    self.#form = form;
    return fillResults(results, form, training.pass.output);
  }

  backward(target: unknown, options?: RowWeights): number {
    const self = begin(this, "backward");
    const { training } = self;
    self.#need("loss", "backward");
    self.#needForward("backward");
    const rows = training.openRows;
    self.#target.readTargets(target, isSingle(self.#form!), rows, "backward target");
    return training.compare(self.#compareWith(rows, self.#readRowWeights(options, rows, "backward")));
  }

  backwardFrom(dOutput: unknown, options?: Out): Results {
    const self = begin(this, "backwardFrom");
    const { training, layers, inputSize, dtype } = self;
    const { pass } = training;
    self.#needForward("backwardFrom");
    const rows = training.openRows;
    const given = self.#target.read(dOutput, "backwardFrom dOutput");
    if (given !== rows) fail("shape", "backwardFrom dOutput", `${rows} rows, as in forward`, given);
    const { form } = self.#target;
    const results = openResults(form, rows, inputSize, dtype, options, "backwardFrom");
    copy(self.#target.data, rows * self.outputSize, pass.gradients[layers.length]!.floats);
    training.backwardFrom(layers.length);
    return fillResults(results, form, pass.gradients[0]!);
  }

  step(): void {
    const self = begin(this, "step");
    self.#need("optimizer", "step");
    if (self.training.pending === 0) {
      fail("order", "step", "a backward before it", new Phrase("none"), "call forward, then backward, then step");
    }
    self.training.update();
  }

  get outputs(): readonly Results[] {
    const self = itself(this, "outputs");
    const form = self.#form;
    self.#needForward("outputs", form);
    return self.training.pass.values
      .slice(1)
      .map((tensor) => fillResults(openResults(form!, tensor.rows, tensor.columns, self.dtype), form!, tensor));
  }

  // Training and predicting.

  trainBatch(input: unknown, target: unknown, options?: RowWeights): number {
    const self = begin(this, "trainBatch");
    self.#need("loss", "trainBatch");
    self.#need("optimizer", "trainBatch");
    const rows = self.#input.read(input, "trainBatch input", 0, undefined, self.training);
    self.#target.readTargets(target, self.#input.single, rows, "trainBatch target");
    const rowWeights = self.#readRowWeights(options, rows, "trainBatch");
    self.#begin(rows);
    const loss = self.training.step(self.#compareWith(rows, rowWeights));
    self.#form = self.#input.form;
    return loss;
  }

  async fit(inputs: unknown, targets: unknown, options: FitOptions): Promise<History> {
    const self = begin(this, "fit");
    self.#need("loss", "fit");
    self.#need("optimizer", "fit");
    if (self.#fitting)
      fail("order", "fit", "one training at a time", new Phrase("a fit that is still running"), "await the first");
    const read = readFitOptions(options);
    const input = new Reader(self.inputSize, self.dtype);
    const target = new Reader(self.outputSize, self.dtype, self.loss!.targets);
    const rows = input.read(inputs, "fit inputs");
    target.readTargets(targets, input.single, rows, "fit targets");
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    const stream = new Stream(self.seed, "fit.order", self.store.counter);
    const data = { inputs: input.data, targets: target.data, order };
    self.#fitting = true;
    try {
      return await fit(
        {
          rows,
          sum: self.store.sum,
          get row() {
            return self.training.row;
          },
          reorder: () => shuffle(order, stream),
          train: (first, batchSize, accumulate) => {
            self.#form = "rows";
            return self.training.train(data, first, batchSize, accumulate);
          },
        },
        read,
      );
    } catch (error) {
      if (!(error instanceof TrainingAborted)) self.training.discard("fit");
      throw error;
    } finally {
      self.#fitting = false;
    }
  }

  predict(input: unknown, options?: Out): Results {
    const self = begin(this, "predict");
    const reader = self.#input,
      pass = self.#predicting;
    let results: Results | undefined;
    for (let start = 0; start === 0 || start < reader.rows; start += SLICE) {
      const rows = reader.read(input, "predict input", start, SLICE, pass);
      const { form } = reader;
      results ??= openResults(form, reader.rows, self.outputSize, self.dtype, options, "predict");
      self.#enter(pass, rows);
      pass.infer();
      fillResults(results, form, pass.output, start);
    }
    return results!;
  }

  evaluate(input: unknown, target: unknown): { readonly loss: number } {
    const self = begin(this, "evaluate");
    self.#need("loss", "evaluate");
    const reader = self.#input,
      pass = self.#predicting;
    const { total, divisor } = self.store;
    let loss = 0;
    for (let start = 0; start === 0 || start < reader.rows; start += SLICE) {
      const rows = reader.read(input, "evaluate input", start, SLICE, pass);
      self.#target.readTargets(target, reader.single, reader.rows, "evaluate target", start, SLICE);
      self.#enter(pass, rows);
      pass.infer();
      copy(self.#target.data, rows * self.outputSize, pass.target.floats);
      divisor.floats[0] = self.loss!.divisor(reader.rows, self.outputSize);
      pass.measure(false);
      loss += total.floats[0]!;
    }
    checkLoss(loss);
    return { loss };
  }

  // Parameters.

  parameter(name: string): ParameterView {
    const { parameters } = itself(this, "parameter");
    const names = parameters.map((each) => each.name);
    return parameters[names.indexOf(name)] ?? failName(name, names, "parameter");
  }

  freeze(...names: readonly string[]): void {
    const self = begin(this, "freeze");
    self.#setFrozen(names, true, "freeze");
  }

  unfreeze(...names: readonly string[]): void {
    const self = begin(this, "unfreeze");
    self.#setFrozen(names, false, "unfreeze");
  }

  #setFrozen(names: readonly string[], frozen: boolean, where: string): void {
    if (!names.length) failName(undefined, [...this.store.parameters.keys()], where);
    for (const parameter of select(this.store.parameters, names, where)) parameter.frozen = frozen;
    this.store.findRuns();
  }

  clone(options?: { readonly dtype?: DType }): NetworkImplementation {
    const self = itself(this, "clone");
    const { dtype } = readOptions("clone", options, { dtype: { ...fields.dtype, otherwise: self.dtype } });
    checkScalars(self.optimizer.name, self.optimizer.scalars, dtype);
    const all = [self.layers, { ...self.#options, dtype }];
    const twin = Reflect.construct(NetworkImplementation, all, self.constructor) as NetworkImplementation;
    twin.store.copy(self.store);
    twin.training.learningRateWasSet();
    twin.training.pending = self.training.pending;
    return twin;
  }

  copyFrom(other: unknown, tau = 1): void {
    const self = begin(this, "copyFrom");
    const source = implementationOf(other) ?? fail("type", "copyFrom", "a network", other, "write copyFrom(network)");
    if (!(Number.isFinite(tau) && tau >= 0 && tau <= 1))
      fail("value", "copyFrom tau", "a number from 0 to 1", tau, "leave it out for a plain copy");
    self.store.mix(source.store, tau);
    self.training.discard("copyFrom");
  }

  toJSON(): NetworkState {
    return stateOf(itself(this, "toJSON").store);
  }

  load(state: unknown, options?: { readonly only?: readonly string[] }): void {
    const self = begin(this, "load");
    loadState(self.store, state, readOptions("load", options, onlyFields).only);
    self.training.discard("load");
  }

  summary(): string {
    return summarize(itself(this, "summary"));
  }

  // What the calls above are made of. What users give has been checked, to the last number, before this point.

  #need(name: "loss" | "optimizer", where: string): void {
    if (name === "loss" ? !this.loss : !this.#options.optimizer) failMissing(name, where);
  }

  #needForward(where: string, done: unknown = this.training.openRows): void {
    if (!done)
      fail(
        "order",
        where,
        "a forward before it",
        new Phrase(`none since ${this.training.closedBy}`),
        "call forward(input)",
      );
  }

  /** A weight for each row, if there are any. */
  #readRowWeights(options: RowWeights | undefined, rows: number, where: string): Floats | undefined {
    const rowWeights = readOption(where, options, ROW_WEIGHTS);
    if (rowWeights === undefined) return undefined;
    if (!isList(rowWeights) || rowWeights.length !== rows || isList(rowWeights[0])) {
      fail(
        isList(rowWeights) ? "shape" : "type",
        `${where} rowWeights`,
        `a list of ${numbersOf(rows)}, one for each row`,
        rowWeights,
        "write rowWeights: [1, 1, …]",
      );
    }
    if (this.#rowWeights.length < rows) this.#rowWeights = floats(this.dtype, rows);
    copyNumbers(rowWeights, 0, rows, this.#rowWeights, 0, where, " rowWeights");
    return this.#rowWeights;
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
    const { floats } = pass.values[0]!;
    if (this.#input.data !== floats) copy(this.#input.data, rows * this.inputSize, floats);
  }

  /** Writes the targets that have been read beside them, and row weights; returns whether there are any. */
  #compareWith(rows: number, rowWeights: Floats | undefined): boolean {
    const { pass } = this.training;
    copy(this.#target.data, rows * this.outputSize, pass.target.floats);
    if (rowWeights) copy(rowWeights, rows, pass.rowWeights.floats);
    return rowWeights !== undefined;
  }

  /** A pass without tapes for backward. */
  get #predicting(): Pass {
    return (this.#evaluation ??= new Pass(this.store, this.layers, this.inputSize, this.loss, this.verbs, false));
  }
}
