import { fail, Phrase } from "../core/errors.js";
import { type Block, reads } from "../core/memory.js";
import type { FiniteTest } from "../core/numbers.js";
import type { Floats, Tensor } from "../core/tensor.js";
import type { Routine } from "../kernels/recorder.js";
import type { Verbs } from "../kernels/verbs.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { type Optimizer, reachOf, type StepContext } from "../optim/optimizer.js";
import { Pass } from "./pass.js";
import type { Destination } from "./reader.js";
import { gather } from "./rows.js";
import type { Store } from "./store.js";

const DIVERGED = "lower the learning rate, or scale the inputs; after a load call optimizer.reset()";
/** The same where a step has been taken. */
const RUINED = "the step is not undone: load what was saved, call optimizer.reset() and lower the learning rate";

/**
 * Where a rule of ours reaches less far than this, half an ulp of MAX by √MAX, what it adds to a parameter does not make
 * it infinite.
 */
const farthest = (single: boolean): number => (single ? 274877906944 : 7.442828536787015e137);

/** @throws {@link ChainruleError} `diverged` for a loss that is not finite */
export function checkLoss(loss: number): void {
  if (loss - loss !== 0) fail("diverged", "loss", "a finite number", loss, DIVERGED);
}

/** For several steps in one go: numbers to be laid ready at most, and products of rows and parameters. */
const READY = 4096;
const WORK = 65536; // well below a millisecond

/** The parts of a step for batches of one size, each replayed when it is done again. */
interface Routines extends Readonly<Record<"forward" | "compare" | "add" | "step" | "steps", Routine>> {
  readonly rows: number;
  readonly weighted: boolean;
}

/** What a step of training is made of, and where it stands between the calls of forward, backward and step. */
export class Training implements Destination {
  readonly pass: Pass;
  readonly areFinite: FiniteTest;
  /** Rows of a forward whose backward has yet to come, or 0 and the call since which there is none. */
  openRows = 0;
  closedBy = "the start";
  /** Backwards since the latest step; if there are none, the next one clears the gradients. */
  pending = 0;
  /** The divisor of the batch on the tapes, if its gradients are all there are; else 0. */
  #repeatable = 0;
  #weighted = false;
  /** The row of the data of a fit from which `train` has been called. */
  #first = 0;
  readonly #routines = new Map<number, Routines>();
  /** Those of the latest batch. */
  #latest: Routines | undefined;
  readonly #update: Routine;
  /** Of an optimizer of ours: how far it reaches. */
  readonly #reach: ReturnType<typeof reachOf>;
  /** Whether it could be known before the latest step that nothing overflows in it. */
  #wasSafe = true;
  readonly #optimize: () => void;
  /** The loss's own, whose place would have to be looked up in each call. */
  readonly #divide: Loss["divisor"] | undefined;
  /** Examples laid ready, for several steps. */
  readonly #ready: { readonly block: Block; readonly inputs: Tensor; readonly targets: Tensor };

  constructor(
    private readonly store: Store,
    layers: readonly Layer[],
    inputs: number,
    private readonly loss: Loss | undefined,
    optimizer: Optimizer | undefined,
    private readonly verbs: Verbs,
  ) {
    this.pass = new Pass(store, layers, inputs, loss, verbs, true);
    this.areFinite = this.pass.areFinite;
    this.#divide = loss?.divisor;
    const block = store.memory.block();
    this.#ready = {
      block,
      inputs: block.tensor("inputs", inputs),
      targets: block.tensor("targets", this.pass.output.columns),
    };
    const scalars = store.optimizerScalars!;
    const context: StepContext = { kernels: verbs, training: true, scalars, evaluate: () => this.#repeat() };
    this.#optimize = () => optimizer!.step(store.runs, context);
    this.#reach = optimizer && reachOf(optimizer);
    this.#update = verbs.routine(() => {
      if (!this.#mayStep()) return false;
      verbs.part(this.#optimize);
      this.#wasSafe = this.#isSafe;
      return this.#wasSafe || [store.allValues, ...store.allSlots].every((each) => verbs.isFinite(each));
    });
  }

  /** Whether a step by these gradients may be taken: with a rule of ours, nothing overflows then. */
  #mayStep(): boolean {
    const { store, verbs } = this;
    if (!this.#reach) return verbs.isFinite(store.allGradients);
    return verbs.isBounded(store.allGradients, store.allValues, store.optimizerScalars!);
  }

  /** Whether that holds of the rule, with its scalars as they are. If not, what it has written is looked at after the step. */
  get #isSafe(): boolean {
    return (
      this.#reach !== undefined &&
      this.#reach(this.store.optimizerScalars!.floats) <= farthest(this.verbs.machine.single)
    );
  }

  /** A program looks at what it has written, or does not. */
  learningRateWasSet(): void {
    if (this.#isSafe !== this.#wasSafe) this.verbs.forgetPrograms();
  }

  /** The routines for the batch on the tapes. */
  #routinesNow(): Routines {
    const { rows } = this.pass;
    const weighted = this.#weighted;
    const latest = this.#latest;
    if (latest && latest.rows === rows && latest.weighted === weighted) return latest;
    const key = 2 * rows + (weighted ? 1 : 0);
    const routines = this.#routines.get(key) ?? this.#newRoutines(rows, weighted);
    this.#routines.set(key, routines);
    return (this.#latest = routines);
  }

  #newRoutines(rows: number, weighted: boolean): Routines {
    const { pass, verbs, store } = this;
    const forward = verbs.routine(() => {
      verbs.increment(store.counter);
      pass.forward();
      return true;
    });
    const measure = (): boolean => {
      pass.measure(weighted);
      return verbs.isFiniteCell(store.total);
    };
    const backward = (): boolean => {
      pass.backward(weighted);
      return true;
    };
    const clear = (): boolean => {
      verbs.clear(store.allGradients);
      return true;
    };
    const compare = verbs.routine(() => measure() && clear() && backward());
    const add = verbs.routine(() => measure() && backward());
    const step = verbs.routine(() => forward.run() && compare.run() && this.#update.run());
    const steps = verbs.routine(() => {
      verbs.pick(store.cursor, this.#ready.inputs, pass.values[0]!);
      verbs.pick(store.cursor, this.#ready.targets, pass.target);
      if (!step.run()) return false;
      verbs.accumulate(store.total, pass.rows, store.sum);
      verbs.repeat(store.cursor, store.limit);
      return true;
    });
    return { forward, compare, add, step, steps, rows, weighted };
  }

  /** Rows can be read to the tape unless a forward, or gradients that wait for a step, still need what is there. */
  open(rows: number): Floats | null {
    return this.openRows || this.pending || rows !== this.pass.rows ? null : this.pass.values[0]!.floats;
  }

  /** Makes room for a batch; it is then to be written to the pass. */
  begin(rows: number): void {
    this.pass.setRows(rows);
    this.close("a forward that failed");
    this.#weighted = false;
  }

  /** Forward through the tapes. */
  forward(): void {
    this.#routinesNow().forward.run();
    this.openRows = this.pass.rows;
  }

  /** Loss and gradients of what is on the tapes; returns the loss. */
  compare(weighted: boolean, divisor = this.#divisor(this.pass.rows)): number {
    const { store, pending } = this;
    this.close("backward");
    this.#weighted = weighted;
    const { compare, add } = this.#routinesNow();
    store.divisor.floats[0] = divisor;
    this.pending = 0; // gradients are worth nothing if a layer throws among them
    if (!(pending ? add : compare).run()) {
      this.pending = pending;
      this.#fail();
    }
    this.#repeatable = pending === 0 ? divisor : 0;
    this.pending = pending + 1;
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
    this.pending = 0;
    this.#repeatable = repeatable;
    if (!this.#update.run()) this.#failStep();
    this.#repeatable = 0;
  }

  /** Forward, backward and update with the batch that has been written to the pass; returns the loss. */
  step(weighted: boolean): number {
    if (this.pending > 0) {
      this.forward();
      const loss = this.compare(weighted);
      this.update();
      return loss;
    }
    if (!this.#prepare(weighted).step.run()) this.#fail();
    this.#repeatable = 0;
    return this.store.total.floats[0]!;
  }

  /**
   * One update or several with rows of the data of a fit, from `first` on; returns the row after them. Losses are added
   * to the store's sum, times rows.
   */
  train(data: FitData, first: number, batchSize: number, accumulate: number): number {
    const { store } = this;
    const left = data.order.length - first;
    this.#first = first;
    store.cursor.floats[0] = 0;
    const rows = Math.min(batchSize, left);
    const { block, inputs, targets } = this.#ready;
    const most = Math.min(READY / block.width, WORK / store.allGradients.columns) / rows;
    const steps = Math.min(Math.floor(left / rows), Math.floor(most));
    if (accumulate > 1 || this.pending > 0 || steps < 2) {
      return this.#trainOnce(data, first, Math.min(data.order.length, first + batchSize * accumulate), batchSize);
    }
    block.setRows(rows * steps);
    this.begin(rows);
    gatherBatch(data, first, rows * steps, inputs, targets);
    const routine = this.#prepare(false).steps;
    store.limit.floats[0] = steps;
    while (store.cursor.floats[0] < steps) if (!routine.run(steps)) this.#fail();
    this.#repeatable = 0;
    return first + rows * steps;
  }

  /** One update, with the gradients of the batches from `first` to `end` added up. */
  #trainOnce(data: FitData, first: number, end: number, batchSize: number): number {
    const { pass, store } = this;
    const total = end - first;
    if (total <= batchSize) {
      this.begin(total);
      gatherBatch(data, first, total, pass.values[0]!, pass.target);
      const loss = this.step(false);
      store.sum.floats[0]! += loss * total;
      return end;
    }
    for (let start = first; start < end; start += batchSize) {
      const rows = Math.min(batchSize, end - start);
      this.begin(rows);
      gatherBatch(data, start, rows, pass.values[0]!, pass.target);
      this.forward();
      const loss = this.compare(false, this.#divisor(total));
      store.sum.floats[0]! += loss * total;
    }
    this.update();
    return end;
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
    this.#repeatable = 0;
  }

  #prepare(weighted: boolean): Routines {
    this.close("step");
    this.#weighted = weighted;
    this.#repeatable = this.store.divisor.floats[0] = this.#divisor(this.pass.rows);
    return this.#routinesNow();
  }

  #divisor(rows: number): number {
    return this.#divide!.call(this.loss, rows, this.pass.target.columns);
  }

  #fail(): never {
    this.#repeatable = 0;
    checkLoss(this.store.total.floats[0]!);
    this.#failStep();
  }

  /** The step that was not taken, or should not have been: which number is to blame, and whose. */
  #failStep(): never {
    this.#repeatable = 0;
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
    const [rate = 1, decay = 0] = this.#reach ? store.optimizerScalars!.floats : [];
    for (const { name, value, gradient } of all) {
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
    const divisor = this.#repeatable;
    if (!divisor) fail("order", "optimizer evaluate", "a step after one backward", new Phrase("another"));
    reads.dataWasRead = true;
    const before = store.total.floats[0]!;
    store.divisor.floats[0] = divisor;
    pass.forward();
    pass.measure(this.#weighted);
    verbs.clear(store.allGradients);
    pass.backward(this.#weighted);
    const loss = store.total.floats[0]!;
    store.total.floats[0] = before;
    return loss;
  }
}

/** The data of a fit, row by row, and the order in which rows are taken. */
export interface FitData {
  readonly inputs: Floats;
  readonly targets: Floats;
  readonly order: Uint32Array;
}

/** Copies rows of the data of a fit to tensors. */
function gatherBatch({ inputs, targets, order }: FitData, first: number, rows: number, x: Tensor, t: Tensor): void {
  gather(inputs, x.columns, order, first, first + rows, x.data);
  gather(targets, t.columns, order, first, first + rows, t.data);
}
