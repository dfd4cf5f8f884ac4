import { fail } from "../core/errors.js";
import { type Floats, floats } from "../core/tensor.js";
import { type Batches, epochOf, partsOfBatch, type TrainingBatch } from "../train/batches.js";
import { needClasses, weighClasses } from "../train/class-weights.js";
import type { Course } from "../train/course.js";
import type { Loss } from "../losses/loss.js";
import { readRowWeights } from "./row-weights.js";
import type { Reach } from "./reach.js";
import type { Readers } from "./slices.js";
import type { Trained } from "./row-source.js";

/** What a batch is read and trained with. */
interface Network extends Trained {
  readonly loss: Loss | undefined;
  readonly reach: Reach;
}

/** Trains with batches as they come: the next is asked for when the one before has been trained with. */
export class BatchSource {
  loss = 0;
  #epoch: AsyncGenerator<void> | null = null;
  #hasBegun = false;
  #hasFailed = false;
  #rowWeights: Floats | null = null;
  #order = new Uint32Array(0);

  constructor(
    private readonly network: Network,
    private readonly readers: Readers,
    private readonly batches: Batches,
    private readonly classWeights: readonly number[] | undefined,
  ) {}

  /** Has the batches of an epoch begin. */
  begin(course: Course): boolean {
    const { store } = this.network;
    if (course.row > 0) {
      const remedy = "take the checkpoint in onEpoch: what has passed of an epoch cannot be found again";
      fail("order", "fit resume", "of batches as they come a checkpoint between epochs", course.row, remedy);
    }
    course.order = course.forwards = store.counter.floats[0]!;
    store.sum.floats.set(course.sum);
    this.#epoch = epochOf(this.batches, (batch, index) => this.#train(batch, index, course));
    return true;
  }

  async train(): Promise<boolean> {
    return !(await this.#epoch!.next()).done;
  }

  #train(batch: TrainingBatch, index: number, course: Course): void {
    const { store, training, reach } = this.network;
    const { input, target, targetSize } = this.readers;
    const where = `fit batches[${index}]`;
    const { inputs, targets, rowWeights } = partsOfBatch(batch, where);
    const rows = input.read(inputs, `${where} inputs`);
    target.readTargets(targets, input.single, rows, `${where} targets`);
    reach.check(target.data, rows, targetSize, `${where} targets`);
    const weights = this.#weightsOf(rowWeights, rows, where);
    if (this.#order.length !== rows) this.#order = Uint32Array.from({ length: rows }, (_, row) => row);
    course.forwards = store.counter.floats[0]!;
    this.#hasBegun = this.#hasFailed = true;
    this.network.hasMoved();
    const data = { inputs: input.data, views: null, targets: target.data, rowWeights: weights, order: this.#order };
    training.train(data, 0, rows, 1);
    this.#hasFailed = false;
    this.loss = store.total.floats[0]!;
    course.row = course.step = index + 1;
    course.forwards = store.counter.floats[0]!;
    course.sum[0] = store.sum.floats[0]!;
    course.sum[1] = store.sum.floats[1]!;
  }

  /** The weights of rows, those of their classes among them; null if there are none. */
  #weightsOf(given: unknown, rows: number, where: string): Floats | null {
    const { classWeights } = this;
    if (given === undefined && !classWeights) return null;
    const { target, targetSize, dtype } = this.readers;
    if (!this.#rowWeights || this.#rowWeights.length < rows) this.#rowWeights = floats(dtype, rows);
    const weights = this.#rowWeights;
    if (given === undefined) weights.fill(1, 0, rows);
    else readRowWeights(given, rows, weights, where);
    if (!classWeights) return weights;
    weighClasses(
      weights,
      0,
      needClasses(target.data, rows, targetSize, this.network.loss?.targets, "fit"),
      classWeights,
    );
    return weights;
  }

  /** Undoes a step that failed. */
  drop(course: Course): void {
    const { store, training } = this.network;
    if (this.#hasBegun) training.discard("fit");
    if (!this.#hasFailed) return;
    if (store.counter.floats[0]! > course.forwards) store.restoreBuffers(); // a forward has begun
    store.counter.floats[0] = course.forwards;
  }

  /** Ends what gives the batches, if it has not come to its end. */
  async close(): Promise<void> {
    await this.#epoch?.return(undefined);
  }
}
