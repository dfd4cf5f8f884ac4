import { fail, Phrase } from "../core/errors.js";
import { type Block, reads } from "../core/memory.js";
import type { FiniteTest } from "../core/numbers.js";
import type { Floats, Tensor } from "../core/tensor.js";
import type { Routine } from "../kernels/recorder.js";
import type { Verbs } from "../kernels/verbs.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import type { Optimizer } from "../optim/optimizer.js";
import { Pass } from "./pass.js";
import { Rate } from "./rate.js";
import type { Destination } from "./reader.js";
import { Recent } from "./recent.js";
import { gather } from "./rows.js";
import { stage, type Stage, walk } from "./stages.js";
import type { Store } from "./store.js";
import { Update } from "./update.js";

const DIVERGED = "lower the learning rate, or scale the inputs; after a load call optimizer.reset()";
/** The same where a step has been taken. */
const RUINED = "the step is not undone: load what was saved, call optimizer.reset() and lower the learning rate";

/** @throws {@link ChainruleError} `diverged` for a loss that is not finite */
export function checkLoss(loss: number): void {
  if (loss - loss !== 0) fail("diverged", "loss", "a finite number", loss, DIVERGED);
}

/** For several steps in one go: numbers to be laid ready at most, and products of rows and parameters. */
const READY = 4096;
const WORK = 65536; // well below a millisecond

/** The parts of a step for batches of one size, each replayed when it is done again. */
interface Routines extends Readonly<Record<"forward" | "divide" | "compare" | "add" | "step" | "steps", Routine>> {
  readonly rows: number;
  readonly mode: number;
}

/** How a batch is treated, each a bit of the mode of its routines. */
const WEIGHTED = 1;
const EVALUATING = 2;
const TO_INPUT = 4;
const SCHEDULED = 8;

/** What a step of training is made of, and where it stands between the calls of forward, backward and step. */
export class Training implements Destination {
  readonly pass: Pass;
  readonly areFinite: FiniteTest;
  /** Rows of a forward whose backward has yet to come, or 0 and the call since which there is none. */
  openRows = 0;
  closedBy = "the start";
  /** Backwards since the latest step; if there are none, the next one clears the gradients. */
  pending = 0;
  /** Whether the gradients are those of the batch on the tapes, and nothing else. */
  #repeatable = false;
  #mode = 0;
  /** Whether the latest backward went to the very input. */
  hasInputGradient = false;
  /** The row of the data of a fit from which `train` has been called. */
  #first = 0;
  /** By sixteen times the rows, and the mode. */
  readonly #routines = new Recent(
    (key) => this.#newRoutines(Math.floor(key / 16), key % 16),
    ({ forward, divide, compare, add, step, steps }) => {
      for (const routine of [forward, divide, compare, add, step, steps]) this.verbs.release(routine);
    },
  );
  /** Those of the latest batch. */
  #latest: Routines | undefined;
  /** What is done with the gradients, and the routine of it. */
  readonly #update: Update;
  readonly #updateRoutine: Routine;
  readonly #rate: Rate;
  /** Of an update by the gradients of several batches: their mass, and what their loss is divided by. */
  #whole: readonly [mass: number, divisor: number] = [0, 1];
  /** The loss's own, whose place would have to be looked up in each call; none for a loss with masses. */
  readonly #divisorOf: Loss["divisor"] | undefined;
  readonly #columns: number;
  readonly #tapes: Destinations;
  /** Asks the loss for the divisor of so many rows. */
  readonly #askDivisor = () => void (this.#divisor = this.loss!.divisor(this.#rows, this.#columns));
  #rows = 0;
  #divisor: unknown;
  /** Examples laid ready, for several steps. */
  readonly #ready: { readonly block: Block } & Destinations;

  constructor(
    private readonly store: Store,
    layers: readonly Layer[],
    inputs: number,
    private readonly loss: Loss | undefined,
    optimizer: Optimizer | undefined,
    private readonly verbs: Verbs,
    /** Whether the loss is one of the library's: its divisor is a plain product. */
    private readonly isOurLoss = false,
  ) {
    this.pass = new Pass(store, layers, inputs, loss, verbs, true);
    this.areFinite = this.pass.areFinite;
    this.#divisorOf = loss?.mass ? undefined : loss?.divisor;
    const { values, target, rowWeights, output } = this.pass;
    this.#columns = output.columns;
    this.#tapes = { inputs: values[0]!, targets: target, rowWeights };
    const block = store.memory.block();
    this.#ready = {
      block,
      inputs: block.tensor("inputs", inputs),
      targets: block.tensor("targets", this.pass.target.columns),
      rowWeights: block.tensor("rowWeights", 1),
    };
    this.#update = new Update(store, optimizer, verbs, () => this.#repeat());
    this.#rate = new Rate(store, optimizer, this.#update, verbs);
    this.#updateRoutine = verbs.routine(() => walk(this.#update.stages));
  }

  /** A program looks at what it has written, or does not. */
  learningRateWasSet(): void {
    this.#update.learningRateWasSet();
  }

  /** To be told by what trains for epochs: the loss that is watched, between two of them. */
  epochEnded(loss: number): void {
    this.#rate.epochEnded(loss);
  }

  /** The routines for the batch on the tapes. */
  #routinesNow(): Routines {
    const { rows } = this.pass;
    const mode = this.#mode;
    const latest = this.#latest;
    if (latest && latest.rows === rows && latest.mode === mode) return latest;
    return (this.#latest = this.#routines.get(16 * rows + mode));
  }

  #newRoutines(rows: number, mode: number): Routines {
    const { pass, verbs, store } = this;
    const weighted = (mode & WEIGHTED) !== 0;
    const forward = verbs.routine(() => walk([this.#forward(mode)]));
    const divide = verbs.routine(() => walk([stage("divisor", () => pass.findDivisor())]));
    const [loss, clear, backward] = this.#compare(weighted);
    const compare = verbs.routine(() => walk([loss, clear, backward]));
    const add = verbs.routine(() => walk([loss, backward]));
    const update = this.#updateRoutine;
    const step = verbs.routine(() => forward.run() && divide.run() && compare.run() && update.run());
    const steps = verbs.routine(() => {
      verbs.pick(store.cursor, this.#ready.inputs, pass.values[0]!);
      verbs.pick(store.cursor, this.#ready.targets, pass.target);
      if (weighted) verbs.pick(store.cursor, this.#ready.rowWeights, pass.rowWeights);
      if (mode & SCHEDULED) verbs.pickCell(store.cursor, this.#rate.ready!, store.learningRate!);
      if (!step.run()) return false;
      verbs.accumulate(store.total, store.mass, store.sum);
      verbs.repeat(store.cursor, store.limit);
      return true;
    });
    return { forward, divide, compare, add, step, steps, rows, mode };
  }

  // A step is a list of stages: these, and those of its update. Each call of three does some of them.

  #forward(mode: number): Stage {
    const { pass, verbs, store } = this;
    return stage("forward", () => {
      if (!(mode & EVALUATING)) {
        verbs.increment(store.counter);
        if (store.allBuffers) verbs.copy(store.allBuffers, store.buffersBefore!);
      }
      pass.forward();
    });
  }

  #compare(weighted: boolean): readonly [Stage, Stage, Stage] {
    const { pass, verbs, store } = this;
    const measure = (): boolean => {
      pass.measure(weighted);
      return verbs.isFiniteCell(store.total);
    };
    return [
      { name: "loss", run: measure },
      stage("clear", () => verbs.clear(store.allGradients)),
      stage("backward", () => pass.backward(weighted)),
    ];
  }

  /** Rows can be read to the tape unless a forward, or gradients that wait for a step, still need what is there. */
  open(rows: number): Floats | null {
    return this.openRows || this.pending || rows !== this.pass.rows ? null : this.pass.values[0]!.floats;
  }

  /** Makes room for a batch; it is then to be written to the pass. */
  begin(rows: number, training = true, toInput = false): void {
    this.pass.setRows(rows);
    this.close("a forward that failed");
    const mode = (training ? 0 : EVALUATING) | (toInput ? TO_INPUT : 0);
    if (mode !== (this.#mode & ~WEIGHTED & ~SCHEDULED)) this.pass.setMode(training, toInput);
    this.#mode = mode;
    this.hasInputGradient = false;
  }

  #setWeighted(weighted: boolean): void {
    this.#mode = (this.#mode & ~WEIGHTED & ~SCHEDULED) | (weighted ? WEIGHTED : 0);
  }

  /** Forward through the tapes. */
  forward(): void {
    this.#routinesNow().forward.run();
    this.openRows = this.pass.rows;
  }

  /** Loss and gradients of what is on the tapes; returns the loss. `divisor`: that of several batches. */
  compare(weighted: boolean, divisor?: number): number {
    const { store, pending } = this;
    this.close("backward");
    this.#setWeighted(weighted);
    const { compare, add } = this.#routinesNow();
    this.pending = 0; // gradients are worth nothing if a layer throws among them
    if (divisor === undefined) this.divide();
    else store.divisor.floats[0] = divisor;
    if (!(pending ? add : compare).run()) {
      this.pending = pending;
      this.#fail();
    }
    this.#repeatable = pending === 0;
    this.pending = pending + 1;
    this.hasInputGradient = (this.#mode & TO_INPUT) !== 0;
    return store.total.floats[0]!;
  }

  /** Gradients from that of the output, which has been written to the pass; to the very input. */
  backwardFrom(layers: number): void {
    const { pending } = this;
    this.close("backwardFrom");
    if (pending === 0) this.verbs.clear(this.store.allGradients);
    this.pending = 0;
    this.pass.backwardFrom(layers, true);
    this.pending = pending + 1;
  }

  /** One update by the gradients that have added up. */
  update(): void {
    const repeatable = this.#repeatable;
    this.close("step");
    if (this.#rate.isScheduled) this.#rate.set();
    this.pending = 0;
    this.#repeatable = repeatable;
    if (!this.#updateRoutine.run()) this.#failStep();
    this.#rate.count(1);
    this.#repeatable = false;
  }

  /**
   * Forward, backward and update with the batch that has been written to the pass; returns the loss. If it fails, running
   * statistics are as before its forward.
   */
  step(weighted: boolean): number {
    const { counter } = this.store;
    const before = counter.floats[0]!;
    try {
      return this.#step(weighted);
    } catch (error) {
      if (counter.floats[0]! > before) this.store.restoreBuffers(); // a forward has begun
      throw error;
    }
  }

  #step(weighted: boolean): number {
    if (this.pending > 0) {
      this.forward();
      const loss = this.compare(weighted);
      this.update();
      return loss;
    }
    if (this.#rate.isScheduled) this.#rate.set();
    if (!this.#prepare(weighted).step.run()) this.#fail();
    this.#rate.count(1);
    this.#repeatable = false;
    return this.store.total.floats[0]!;
  }

  /** Whether a step, as it has been written down, calls functions: they may take any time. */
  get callsOut(): boolean {
    return this.verbs.callsOut;
  }

  /**
   * A few updates with rows of the data of a fit, from `first` on, or one batch of an update; returns the row after
   * them. Losses are added to the store's sum, times their masses.
   */
  train(data: FitData, first: number, batchSize: number, accumulate: number): number {
    const { store } = this;
    const left = data.order.length - first;
    this.#first = first;
    store.cursor.floats[0] = 0;
    const rows = Math.min(batchSize, left);
    const { block } = this.#ready;
    const most = Math.min(READY / block.width, WORK / store.allGradients.columns) / rows;
    let steps = Math.min(Math.floor(left / rows), Math.floor(most));
    if (accumulate > 1) return this.#trainPart(data, first, batchSize, accumulate);
    if (data.isStepwise || this.pending > 0 || steps < 2 || this.callsOut) return this.#trainOnce(data, first, rows);
    const { isScheduled } = this.#rate;
    if (isScheduled) steps = this.#rate.layReady(steps);
    block.setRows(rows * steps);
    this.begin(rows);
    gatherBatch(data, first, rows * steps, this.#ready);
    const routine = this.#prepare(data.rowWeights !== null, isScheduled).steps;
    store.limit.floats[0] = steps;
    if (this.#divisorOf) store.mass.floats[0] = rows; // else it is found within each step
    try {
      do {
        if (!routine.run(steps)) this.#fail();
      } while (store.cursor.floats[0] < steps && routine.program && !this.callsOut);
    } finally {
      this.#rate.count(store.cursor.floats[0]);
    }
    this.#repeatable = false;
    return first + rows * store.cursor.floats[0];
  }

  /** One update. */
  #trainOnce(data: FitData, first: number, rows: number): number {
    const { store } = this;
    this.#gather(data, first, first + rows);
    const loss = this.step(data.rowWeights !== null);
    const mass = this.#divisorOf ? rows : store.mass.floats[0]!;
    store.sum.floats[0]! += loss * mass;
    store.sum.floats[1]! += mass;
    return first + rows;
  }

  /** One batch of an update by the gradients of several, which are `accumulate · batchSize` rows; after the last, the update. */
  #trainPart(data: FitData, first: number, batchSize: number, accumulate: number): number {
    const { store } = this;
    const size = batchSize * accumulate;
    const begin = first - (first % size);
    const end = Math.min(data.order.length, begin + size);
    const rows = Math.min(batchSize, end - first);
    if (rows === end - begin) return this.#trainOnce(data, first, rows);
    if (first === begin) this.#whole = this.#massOf(data, begin, end, batchSize);
    const [mass, divisor] = this.#whole;
    this.#gather(data, first, first + rows);
    this.forward();
    const loss = this.compare(data.rowWeights !== null, divisor);
    store.sum.floats[0]! += loss * mass;
    if (first + rows < end) return first + rows;
    store.sum.floats[1]! += mass;
    this.update();
    return end;
  }

  /** The mass of several batches of the data of a fit, and what their loss is divided by. */
  #massOf(data: FitData, first: number, end: number, batchSize: number): readonly [mass: number, divisor: number] {
    const rows = end - first;
    if (this.#divisorOf) return [rows, this.divisorFor(rows)];
    let mass = 0;
    for (let start = first; start < end; start += batchSize) {
      this.#gather(data, start, Math.min(end, start + batchSize));
      this.divide();
      mass += this.store.mass.floats[0]!;
    }
    return [mass, mass || 1];
  }

  /** Writes rows of the data of a fit to the pass. */
  #gather(data: FitData, first: number, end: number): void {
    this.begin(end - first);
    gatherBatch(data, first, end - first, this.#tapes);
  }

  /** What a loss without masses says that its sum is divided by. */
  divisorFor(rows: number): number {
    if (this.isOurLoss) return this.#divisorOf!.call(this.loss, rows, this.#columns);
    this.#rows = rows;
    this.verbs.within(this.#askDivisor);
    const divisor = this.#divisor;
    if (Number.isFinite(divisor) && divisor !== 0) return divisor as number;
    const where = `${this.loss!.name} divisor`;
    return fail("value", where, "a finite number other than 0", divisor, "return rows * columns");
  }

  /** Sets what the loss of the batch on the tapes is divided by. */
  divide(): void {
    if (this.#divisorOf) this.store.divisor.floats[0] = this.divisorFor(this.pass.rows);
    else this.#routinesNow().divide.run();
  }

  /** Gradients are to be written from outside, to what waits for a step or, if nothing does, to zeros. */
  beginGradients(): void {
    if (this.pending === 0) this.verbs.clear(this.store.allGradients);
    this.pending ||= 1;
    this.#repeatable = false;
  }

  /** The parameters are others now: gradients that wait for a step were those of the old ones. */
  discard(call: string): void {
    this.close(call);
    this.pending = 0;
    this.verbs.parametersWereWritten();
  }

  /** The first row of the batch that `train` began last. */
  get row(): number {
    return this.#first + this.pass.rows * this.store.cursor.floats[0]!;
  }

  close(call: string): void {
    this.openRows = 0;
    this.closedBy = call;
    this.#repeatable = false;
  }

  #prepare(weighted: boolean, isScheduled = false): Routines {
    this.close("step");
    this.#setWeighted(weighted);
    if (isScheduled) this.#mode |= SCHEDULED;
    if (this.#divisorOf) this.divide(); // else it is found within the step
    this.#repeatable = true;
    return this.#routinesNow();
  }

  #fail(): never {
    this.#repeatable = false;
    const { total } = this.store;
    if (!Number.isFinite(total.floats[0]) && !(this.#mode & EVALUATING)) this.store.restoreBuffers();
    checkLoss(total.floats[0]!);
    this.#failStep();
  }

  /** The step that was not taken, or should not have been: which number is to blame, and whose. */
  #failStep(): never {
    this.#repeatable = false;
    const { store } = this;
    const all = [...store.parameters.values()];
    const blame = (name: string, value: number): Phrase => new Phrase(`${value} in ${name}`);
    for (const each of all) {
      for (const numbers of [each.value.floats, ...store.slotsOf(each)]) {
        const bad = numbers.find((value) => !Number.isFinite(value));
        if (bad !== undefined) fail("diverged", "step", "to leave finite numbers", blame(each.name, bad), RUINED);
      }
    }
    let most = 0;
    let got = blame("", 0);
    const isOurs = this.#update.reach !== undefined;
    const rate = isOurs ? this.#update.rate : 1;
    for (const { name, value, gradient, weightDecay } of all) {
      const decay = isOurs ? weightDecay : 0;
      gradient.floats.forEach((g, i) => {
        if (!Number.isFinite(g)) fail("diverged", "step", "finite gradients", blame(name, g), DIVERGED);
        const size = Math.max(Math.abs(g), Math.abs(decay * value.floats[i]!));
        if (size < most) return;
        most = size;
        got = new Phrase(`${size} in ${name}, and a learning rate of ${rate}`);
      });
    }
    fail(
      "diverged",
      "step",
      `gradients, also times the learning rate, below ${this.verbs.machine.single ? 1.8e16 : 1.3e151}`,
      got,
      DIVERGED,
    );
  }

  /** The same batch again, within a step. */
  #repeat(): number {
    const { pass, store, verbs } = this;
    if (!this.#repeatable) fail("order", "optimizer evaluate", "a step after one backward", new Phrase("another"));
    reads.dataWasRead = true;
    const before = store.total.floats[0]!;
    if (this.#divisorOf) this.divide();
    else pass.findDivisor();
    const weighted = (this.#mode & WEIGHTED) !== 0;
    pass.forward();
    pass.measure(weighted);
    verbs.clear(store.allGradients);
    pass.backward(weighted);
    this.#update.prepare();
    const loss = store.total.floats[0]!;
    store.total.floats[0] = before;
    return loss;
  }
}

/** The data of a fit, row by row, and the order in which rows are taken. */
export interface FitData {
  readonly inputs: Floats;
  /** Views of the rows of wide inputs, by which they are copied. */
  readonly views: (Floats | undefined)[] | null;
  readonly targets: Floats;
  readonly rowWeights: Floats | null;
  readonly order: Uint32Array;
  /** Whether each update is to be a call of its own. */
  readonly isStepwise?: boolean;
}

/** Where they are gathered. */
interface Destinations {
  readonly inputs: Tensor;
  readonly targets: Tensor;
  readonly rowWeights: Tensor;
}

/** Copies rows of the data of a fit to tensors. */
function gatherBatch(data: FitData, first: number, rows: number, to: Destinations) {
  const { inputs, views, targets, rowWeights, order } = data;
  const end = first + rows;
  gather(inputs, to.inputs.columns, order, first, end, to.inputs.data, views);
  gather(targets, to.targets.columns, order, first, end, to.targets.data);
  if (rowWeights) gather(rowWeights, 1, order, first, end, to.rowWeights.data);
}
