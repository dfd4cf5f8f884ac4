import { isOurs } from "../core/bare.js";
import { ask, fail, Phrase } from "../core/errors.js";
import { reads } from "../core/memory.js";
import { checkPart, flag, partsOf, readOption, readOptions } from "../core/options.js";
import { freshSeed } from "../core/random.js";
import { type DType, type Floats, floats } from "../core/tensor.js";
import type { Verbs } from "../kernels/verbs.js";
import type { Backend } from "../kernels/backend.js";
import { reference } from "../kernels/reference.js";
import type { Layer } from "../layers/layer.js";
import { type Loss, targetSizeOf } from "../losses/loss.js";
import type { Optimizer } from "../optim/optimizer.js";
import { needClasses, readClassWeights, weighClasses } from "../train/class-weights.js";
import { checkTerms, type Course, type Terms } from "../train/course.js";
import type { History } from "../train/history.js";
import { readMetrics } from "../train/metrics.js";
import { Assessment, SLICE } from "./assessment.js";
import { checkChain, checkPair } from "./chain.js";
import { checkScalars, failMissing, type OptimizerView, viewOfOptimizer } from "./optimizer-view.js";
import { EVALUATE, evaluateFields, fields, FORWARD, forwardFields, onlyFields, ROW_WEIGHTS } from "./options.js";
import { type Fitted, fitNetwork } from "./fitting.js";
import { type Checkpoint, checkLayers, checkSettings, documentOf, type NetworkDocument } from "./document.js";
import { writtenTraining } from "./checkpoint.js";
import { readTraining } from "./remembered.js";
import { type BufferView, type ParameterView, viewOf, viewOfBuffer, type ViewedNetwork } from "./parameter-view.js";
import { putBack } from "./kept.js";
import { Pass } from "./pass.js";
import { Reach } from "./reach.js";
import { type Form, isSingle, Reader } from "./reader.js";
import { fillResults, liesIn, openResults, type Results } from "./results.js";
import { checkRowWeights, readRowWeights } from "./row-weights.js";
import { copy } from "./rows.js";
import { failName, select } from "./naming.js";
import { type Given, openDocument } from "./given.js";
import { readFrozen, readState } from "./state.js";
import { Store } from "./store.js";
import { summarize } from "./summary.js";
import { Training } from "./training.js";

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
  ask(() => (value as { readonly [SELF]?: () => NetworkImplementation } | null | undefined)?.[SELF]?.(), undefined);

/** Reads an option of `forward` that is true or false. */
function readFlag(options: unknown, name: keyof typeof forwardFields): boolean {
  const given = readOption("forward", options, FORWARD, name);
  const field = forwardFields[name];
  if (given === undefined) return field.otherwise;
  checkPart("forward", name, given, field);
  return given as boolean;
}

const LOSS_PARTS = "name options needs targets fused probabilities missing divisor mass targetSize value gradient";

/** Reads what a loss takes. */
function targetReader(columns: number, dtype: DType, loss?: Loss): Reader {
  const { targets, missing } = loss ?? {};
  return new Reader(columns, dtype, targets === "reachable" ? "real" : targets, missing);
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
  readonly buffers: readonly BufferView[];

  /** What it remembers from step to step. */
  readonly store: Store;
  readonly training: Training;
  #evaluation: Pass | undefined;
  readonly #options: { readonly [K in keyof typeof fields]: (typeof fields)[K]["otherwise"] };
  /** What carries its arithmetic out. */
  readonly verbs: Verbs;
  readonly [SELF]: () => NetworkImplementation = () => this;
  /** The parts of the loss. */
  readonly #loss: Loss | undefined;
  readonly #input: Reader;
  readonly #target: Reader;
  readonly #targetSize: number;
  readonly #reach: Reach;
  readonly #dOutput: Reader;
  #rowWeights: Floats;

  /** The form of the examples of the latest forward. */
  #form: Form | undefined;
  #fitting = false;
  /** Where the fit stands that is running, or the latest one ended. */
  course: Course | undefined;
  /** The weights of classes that `fit` has found. */
  classWeights: readonly number[] | undefined;

  /**
   * The network that a method is called on, which reads its numbers: a layer that does this is written down as a call.
   * @throws {@link ChainruleError} `type` for a method that was taken off its network
   */
  static #itself(receiver: unknown, call: string): NetworkImplementation {
    reads.dataWasRead = true;
    const network = NetworkImplementation.#known(receiver, call);
    network.store.open();
    return network;
  }

  /** The same without its numbers, which may not have been laid out. */
  static #known(receiver: unknown, call: string): NetworkImplementation {
    if (typeof receiver === "object" && receiver !== null && #form in receiver) return receiver;
    const remedy = `write rows.map((row) => network.${call}(row))`;
    return implementationOf(receiver) ?? fail("type", call, "to be called on its network", receiver, remedy);
  }

  /**
   * The same for a call that uses the tapes, or writes.
   * @throws {@link ChainruleError} also `order` from within a part of the network, which such a call would disturb
   */
  static #entered(receiver: unknown, call: string): NetworkImplementation {
    const network = NetworkImplementation.#itself(receiver, call);
    if (!network.verbs.isWithinPart) return network;
    const got = new Phrase("a call from within its own layer, loss or optimizer");
    return fail("order", call, "to be called between steps", got, "ask another network, or this one after the step");
  }

  /** `waits`: its memory is laid out when it is opened, and not before. */
  constructor(layers: unknown, options?: unknown, usual: Backend = reference, waits = false) {
    const chain = checkChain(layers);
    const read = readOptions("network", options, fields);
    const { optimizer, seed = freshSeed(), dtype, backend = usual } = read;
    const last = partsOf(chain.layers.at(-1)!, ["kind", "range"]);
    const loss = read.loss && partsOf(read.loss, LOSS_PARTS.split(" ") as (keyof Loss & string)[]);
    if (loss) checkPair(last, chain.outputs, loss);
    if (optimizer) checkScalars(optimizer.name, optimizer.scalars, dtype);
    this.layers = Object.freeze(chain.layers);
    this.inputSize = chain.inputs;
    this.outputSize = chain.outputs;
    this.seed = seed;
    this.dtype = dtype;
    this.loss = read.loss;
    this.#loss = loss;
    this.#options = { ...read, seed, backend };
    this.verbs = backend.kernels(dtype);
    this.#rowWeights = floats(dtype, 0);
    this.#input = new Reader(chain.inputs, dtype);
    this.#targetSize = targetSizeOf(loss, chain.outputs);
    this.#target = targetReader(this.#targetSize, dtype, loss);
    this.#reach = new Reach(last, loss);
    this.#dOutput = new Reader(chain.outputs, dtype);
    this.store = new Store(seed, dtype, optimizer, this.verbs);
    this.training = new Training(
      this.store,
      chain.layers,
      chain.inputs,
      loss,
      optimizer,
      this.verbs,
      read.loss && isOurs(read.loss),
    );
    this.store.finish(waits);
    this.rule = optimizer;
    this.optimizer = viewOfOptimizer(
      optimizer,
      this.store,
      dtype,
      () => this.training.learningRateWasSet(),
      () => NetworkImplementation.#entered(this, "optimizer.reset").store.resetOptimizer(),
    );
    const viewed: ViewedNetwork = {
      open: () => void NetworkImplementation.#itself(this, "parameter"),
      begin: (call) => void NetworkImplementation.#entered(this, call),
      parameterWasSet: () => this.#haveMoved("parameter.set"),
      beginGradients: () => this.training.beginGradients(),
    };
    const { parameters, buffers } = this.store;
    this.parameters = Object.freeze(Array.from(parameters.values(), (each) => viewOf(each, dtype, viewed)));
    this.buffers = Object.freeze(Array.from(buffers.values(), (each) => viewOfBuffer(each, viewed)));
  }

  get backend(): string {
    return this.verbs.machine.name;
  }

  // One step, in the three calls that it is made of.

  forward(input: unknown, options?: Out): Results {
    const self = NetworkImplementation.#entered(this, "forward");
    const { training } = self;
    const isTraining = options === undefined || readFlag(options, "training");
    const toInput = options !== undefined && readFlag(options, "inputGradient");
    const rows = self.#input.read(input, "forward input", 0, undefined, training);
    const { form } = self.#input;
    const results = openResults(form, rows, self.outputSize, self.dtype, options, "forward", FORWARD);
    self.#begin(rows, isTraining, toInput);
    training.forward();
    self.#form = form;
    return fillResults(results, form, training.pass.output);
  }

  backward(target: unknown, options?: RowWeights): number {
    const self = NetworkImplementation.#entered(this, "backward");
    const { training } = self;
    self.#need("loss", "backward");
    self.#needForward("backward");
    const rows = training.openRows;
    self.#target.readTargets(target, isSingle(self.#form!), rows, "backward target");
    return training.compare(self.#compareWith(rows, self.#readRowWeights(options, rows, "backward")));
  }

  backwardFrom(dOutput: unknown, options?: Out): Results {
    const self = NetworkImplementation.#entered(this, "backwardFrom");
    const { training, layers, inputSize, dtype } = self;
    const { pass } = training;
    self.#needForward("backwardFrom");
    const rows = training.openRows;
    const reader = self.#dOutput;
    const given = reader.read(dOutput, "backwardFrom dOutput");
    if (given !== rows) fail("shape", "backwardFrom dOutput", `${rows} rows, as in forward`, given);
    const { form } = reader;
    const results = openResults(form, rows, inputSize, dtype, options, "backwardFrom");
    copy(reader.data, rows * self.outputSize, pass.gradients[layers.length]!.floats);
    training.backwardFrom(layers.length);
    return fillResults(results, form, pass.gradients[0]!);
  }

  step(): void {
    const self = NetworkImplementation.#entered(this, "step");
    self.#need("optimizer", "step");
    if (self.training.pending === 0) {
      fail("order", "step", "a backward before it", new Phrase("none"), "call forward, then backward, then step");
    }
    self.training.update();
  }

  get inputGradient(): Results {
    const self = NetworkImplementation.#itself(this, "inputGradient");
    if (!self.training.hasInputGradient) {
      const remedy = "call forward(input, { inputGradient: true }), then backward";
      fail("order", "inputGradient", "a backward that was asked for it", new Phrase("none since"), remedy);
    }
    const { rows, columns } = self.training.pass.gradients[0]!;
    const form = self.#form!;
    return fillResults(openResults(form, rows, columns, self.dtype), form, self.training.pass.gradients[0]!);
  }

  get outputs(): readonly Results[] {
    const self = NetworkImplementation.#itself(this, "outputs");
    const form = self.#form;
    self.#needForward("outputs", form);
    return self.training.pass.values
      .slice(1)
      .map((tensor) => fillResults(openResults(form!, tensor.rows, tensor.columns, self.dtype), form!, tensor));
  }

  // Training and predicting.

  trainBatch(input: unknown, target: unknown, options?: RowWeights): number {
    const self = NetworkImplementation.#entered(this, "trainBatch");
    self.#need("loss", "trainBatch");
    self.#need("optimizer", "trainBatch");
    const rows = self.#input.read(input, "trainBatch input", 0, undefined, self.training);
    self.#target.readTargets(target, self.#input.single, rows, "trainBatch target");
    self.#reach.check(self.#target.data, rows, self.#targetSize, "trainBatch target");
    const rowWeights = self.#readRowWeights(options, rows, "trainBatch");
    self.#begin(rows);
    const loss = self.training.step(self.#compareWith(rows, rowWeights));
    self.#form = self.#input.form;
    return loss;
  }

  async fit(inputs: unknown, targets: unknown, options?: unknown): Promise<History> {
    const self = NetworkImplementation.#entered(this, "fit");
    self.#need("loss", "fit");
    self.#need("optimizer", "fit");
    if (self.#fitting)
      fail("order", "fit", "one training at a time", new Phrase("a fit that is still running"), "await the first");
    self.#fitting = true;
    try {
      return await fitNetwork(self.fitted(), inputs, targets, options);
    } finally {
      self.#fitting = false;
    }
  }

  /** Itself, for a fit. */
  fitted(): Fitted {
    const { seed, dtype, store, training, inputSize } = this;
    const loss = this.#loss;
    const reach = this.#reach;
    const targetSize = this.#targetSize;
    const itself = this; // eslint-disable-line @typescript-eslint/no-this-alias -- of accessors
    return {
      ...{ seed, dtype, store, training, loss, targetSize, reach },
      readers: () => {
        const input = new Reader(inputSize, dtype);
        return { input, target: targetReader(targetSize, dtype, loss), inputSize, targetSize, dtype };
      },
      isListening: this.rule?.schedule?.epoch !== undefined,
      twin: () => {
        const twin = this.clone();
        return { store: twin.store, training: twin.training, loss, predicting: twin.#predicting };
      },
      hasMoved: () => (this.#form = "rows"),
      resume: (checkpoint, terms) => this.#resume(checkpoint, terms),
      get predicting() {
        return itself.#predicting;
      },
      get classWeights() {
        return itself.classWeights;
      },
      set classWeights(weights) {
        itself.classWeights = weights;
      },
      get course() {
        return itself.course;
      },
      set course(course) {
        itself.course = course;
      },
    };
  }

  predict(input: unknown, options?: Out): Results {
    const self = NetworkImplementation.#entered(this, "predict");
    const reader = self.#input,
      pass = self.#predicting;
    let rows = reader.read(input, "predict input", 0, SLICE, pass);
    const { form } = reader;
    const results = openResults(form, reader.rows, self.outputSize, self.dtype, options, "predict");
    let to = results;
    if (options && reader.rows > SLICE) {
      for (let start = SLICE; start < reader.rows; start += SLICE) {
        reader.read(input, "predict input", start, SLICE, pass); // nothing is written before all is checked
      }
      if (ArrayBuffer.isView(results) && liesIn(input, results.buffer)) to = results.slice();
      rows = reader.read(input, "predict input", 0, SLICE, pass);
    }
    for (let start = 0; ;) {
      self.#enter(pass, rows);
      pass.infer();
      fillResults(to, form, pass.output, start);
      start += SLICE;
      if (start >= reader.rows) break;
      rows = reader.read(input, "predict input", start, SLICE, pass);
    }
    if (to !== results) (results as Floats).set(to as Floats);
    return results;
  }

  evaluate(input: unknown, target: unknown, options?: unknown): { readonly loss: number } {
    const self = NetworkImplementation.#entered(this, "evaluate");
    self.#need("loss", "evaluate");
    const reader = self.#input,
      pass = self.#predicting;
    const metrics = options === undefined ? null : readMetrics(self.#readEvaluate(options, "metrics"), "evaluate");
    const factors = options === undefined ? undefined : self.#readClassWeights(options);
    let assessment: Assessment | undefined;
    let weights: Floats | undefined;
    for (let start = 0; start === 0 || start < reader.rows; start += SLICE) {
      const rows = reader.read(input, "evaluate input", start, SLICE, pass);
      self.#target.readTargets(target, reader.single, reader.rows, "evaluate target", start, SLICE);
      if (start === 0) {
        const given = options === undefined ? undefined : readOption("evaluate", options, EVALUATE, "rowWeights");
        weights = self.#weightsFor(given, factors !== undefined, reader.rows, "evaluate");
        assessment = new Assessment(
          { store: self.store, training: self.training, loss: self.#loss, predicting: pass },
          reader.rows,
          metrics,
        );
      }
      self.#enter(pass, rows);
      copy(self.#target.data, rows * self.#targetSize, pass.target.floats);
      if (factors) {
        const classes = needClasses(pass.target.floats, rows, self.#targetSize, self.#loss?.targets, "evaluate");
        weighClasses(weights!, start, classes, factors);
      }
      if (weights) copy(weights.subarray(start, start + rows), rows, pass.rowWeights.floats);
      assessment!.add(weights !== undefined);
    }
    return { loss: assessment!.loss, ...assessment!.measure(weights?.subarray(0, reader.rows)) };
  }

  /** An option of `evaluate`, which has passed the test of its field. */
  #readEvaluate<K extends keyof typeof evaluateFields>(options: unknown, name: K) {
    const given = readOption("evaluate", options, EVALUATE, name);
    checkPart("evaluate", name, given, evaluateFields[name]);
    return given as (typeof evaluateFields)[K]["otherwise"];
  }

  /** The weights of classes: those that are given, or those that `fit` has found. */
  #readClassWeights(options: unknown): readonly number[] | undefined {
    const given = this.#readEvaluate(options, "classWeights");
    if (given !== "balanced") return given && readClassWeights(given, this.#targetSize, "evaluate");
    const remedy = 'call fit with classWeights: "balanced" first, or give a list';
    const got = new Phrase("none");
    return this.classWeights ?? fail("order", "evaluate classWeights", "a fit that has found some", got, remedy);
  }

  // Parameters.

  parameter(name: string): ParameterView {
    return named(NetworkImplementation.#known(this, "parameter").parameters, name, "parameter");
  }

  buffer(name: string): BufferView {
    return named(NetworkImplementation.#known(this, "buffer").buffers, name, "buffer");
  }

  freeze(...names: readonly string[]): void {
    const self = NetworkImplementation.#entered(this, "freeze");
    self.#setFrozen(names, true, "freeze");
  }

  unfreeze(...names: readonly string[]): void {
    const self = NetworkImplementation.#entered(this, "unfreeze");
    self.#setFrozen(names, false, "unfreeze");
  }

  #setFrozen(names: readonly string[], frozen: boolean, where: string): void {
    if (!names.length) failName(undefined, [...this.store.parameters.keys()], where);
    for (const parameter of select(this.store.parameters, names, where)) parameter.frozen = frozen;
    this.store.findRuns();
  }

  clone(options?: { readonly dtype?: DType; readonly averaged?: boolean }): NetworkImplementation {
    const self = NetworkImplementation.#entered(this, "clone");
    const { dtype, averaged } = readOptions("clone", options, {
      dtype: { ...fields.dtype, otherwise: self.dtype },
      averaged: flag(false),
    });
    checkScalars(self.optimizer.name, self.optimizer.scalars, dtype);
    const all = [self.layers, { ...self.#options, dtype }];
    const twin = Reflect.construct(NetworkImplementation, all, self.constructor) as NetworkImplementation;
    twin.store.copy(self.store);
    if (averaged) self.store.copyAverages(twin.store, "clone averaged");
    twin.training.learningRateWasSet();
    twin.training.pending = self.training.pending;
    return twin;
  }

  copyFrom(other: unknown, tau = 1): void {
    const self = NetworkImplementation.#entered(this, "copyFrom");
    const source = implementationOf(other) ?? fail("type", "copyFrom", "a network", other, "write copyFrom(network)");
    if (!(Number.isFinite(tau) && tau >= 0 && tau <= 1))
      fail("value", "copyFrom tau", "a number from 0 to 1", tau, "leave it out for a plain copy");
    self.store.mix(source.store, tau);
    self.#haveMoved("copyFrom");
  }

  toJSON(): NetworkDocument {
    return documentOf(NetworkImplementation.#itself(this, "toJSON"));
  }

  checkpoint(): Checkpoint {
    const self = NetworkImplementation.#entered(this, "checkpoint");
    if (self.training.pending > 0) {
      const got = new Phrase("gradients that wait for a step");
      fail("order", "checkpoint", "to be called between two updates", got, "call step first, or onBatch of fit");
    }
    return { ...documentOf(self), training: writtenTraining(self) };
  }

  load(state: unknown, options?: { readonly only?: readonly string[] }): void {
    const self = NetworkImplementation.#entered(this, "load");
    const { only } = readOptions("load", options, onlyFields);
    const given = openDocument(state, "load");
    if (!only) checkLayers(self.layers, given, "load");
    readState(self.store, given, only, "load")();
    self.#haveMoved("load");
  }

  /** The parameters are others now, and not by training: unless a fit is running, there is none to go on with. */
  #haveMoved(call: string): void {
    this.training.discard(call);
    if (!this.#fitting) this.course = undefined;
  }

  /**
   * Takes over a document whole: numbers, what is frozen and, of a checkpoint, what the training remembers. All is read
   * before any of it is written, and before the memory is laid out.
   */
  restore(given: Given, where: string, check?: (course: Course | undefined) => void): void {
    const { store, training } = this;
    const write = readState(store, given, undefined, where);
    const frozen = readFrozen(given.frozen, store, where);
    const remembered = given.training === undefined ? undefined : readTraining(this, given.training);
    check?.(remembered?.course);
    store.open(false);
    write();
    for (const parameter of store.parameters.values()) parameter.frozen = frozen.has(parameter);
    store.findRuns();
    remembered?.write();
    training.discard(where);
  }

  /** The same for a fit that goes on; returns where it stood. */
  #resume(checkpoint: object, terms: Terms): Course {
    const where = "fit resume";
    const given = openDocument(checkpoint, where);
    checkLayers(this.layers, given, where);
    checkSettings(documentOf(this), given, where);
    const remedy = "give what network.checkpoint() gave in the course of a fit, or after it";
    this.restore(given, where, (course) => {
      if (!course) fail("type", where, "a checkpoint of a fit", new Phrase("one without"), remedy);
      checkTerms(course, terms);
    });
    const course = this.course!;
    if (course.last) putBack(this.store, course.last);
    course.last = null;
    return course;
  }

  summary(): string {
    return summarize(NetworkImplementation.#known(this, "summary"));
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
    return this.#weightsFor(readOption(where, options, ROW_WEIGHTS), false, rows, where);
  }

  /** The same of a list; `always`: ones, if there is none. */
  #weightsFor(given: unknown, always: boolean, rows: number, where: string): Floats | undefined {
    if (given === undefined && !always) return undefined;
    if (given !== undefined) checkRowWeights(given, rows, where);
    if (this.#rowWeights.length < rows) this.#rowWeights = floats(this.dtype, rows);
    return given === undefined
      ? this.#rowWeights.fill(1, 0, rows)
      : readRowWeights(given, rows, this.#rowWeights, where);
  }

  /** Writes the examples that have been read to the tapes. */
  #begin(rows: number, training = true, toInput = false): void {
    this.training.begin(rows, training, toInput);
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
    copy(this.#target.data, rows * this.#targetSize, pass.target.floats);
    if (rowWeights) copy(rowWeights, rows, pass.rowWeights.floats);
    return rowWeights !== undefined;
  }

  /** A pass without tapes for backward. */
  get #predicting(): Pass {
    return this.#evaluation ?? this.#planEvaluation();
  }

  /** Has the layers plan again, which may be a user's functions. */
  #planEvaluation(): Pass {
    this.verbs.within(() => {
      this.#evaluation = new Pass(this.store, this.layers, this.inputSize, this.#loss, this.verbs, false);
    });
    return this.#evaluation!;
  }
}

/** @throws {@link ChainruleError} `name` */
function named<View extends BufferView>(views: readonly View[], name: string, where: string): View {
  const names = views.map((each) => each.name);
  return views[names.indexOf(name)] ?? failName(name, names, where);
}
