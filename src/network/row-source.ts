import { shuffle, Stream } from "../core/random.js";
import type { Floats } from "../core/tensor.js";
import type { Course } from "../train/course.js";
import type { ReadOptions } from "../train/options.js";
import { keepBuffers, putBack } from "./kept.js";
import type { Store } from "./store.js";
import type { FitData, Training } from "./training.js";

/** What trains, and is told that it has begun to. */
export interface Trained {
  readonly seed: number;
  readonly store: Store;
  readonly training: Training;
  /** The network is no longer where the latest forward left it. */
  hasMoved(): void;
}

/**
 * Trains with rows that are all there, epoch by epoch in another order. The course is at the end of an update after each
 * call; what of an update has been begun after it can be undone.
 */
export class RowSource {
  /** The loss of the latest update, or of that part of it which has been done. */
  loss = 0;
  /** The row of the batch that is next. */
  #next = 0;
  #hasBegun = false;
  #hasFailed = false;
  readonly #data: FitData;
  readonly #rows: Uint32Array;
  readonly #stream: Stream;
  readonly #counter = { rows: 1, columns: 1, data: new Float64Array(1) };
  #buffers: Record<string, Floats> = {};

  constructor(
    private readonly network: Trained,
    data: FitData,
    private readonly options: Pick<ReadOptions, "batchSize" | "shuffle" | "accumulate">,
  ) {
    this.#data = { ...data, order: data.order.slice() };
    this.#rows = data.order;
    this.#stream = new Stream(network.seed, "fit.order", this.#counter);
  }

  /** Draws the order of an epoch, anew or, in its middle, once more. */
  begin(course: Course): boolean {
    const { options } = this;
    const { store } = this.network;
    if (course.order < 0) {
      course.order = store.counter.floats[0]!;
      course.forwards = course.order;
    }
    if (options.shuffle) {
      const { order } = this.#data;
      const rows = this.#rows;
      if (order.length > 32) order.set(rows);
      else for (let i = 0; i < order.length; i++) order[i] = rows[i]!;
      this.#counter.data[0] = course.order;
      shuffle(order, this.#stream.uniform(0));
    }
    const sum = store.sum.floats;
    sum[0] = course.sum[0];
    sum[1] = course.sum[1];
    this.#next = course.row;
    return course.row < this.#rows.length;
  }

  train(course: Course): boolean {
    const { training, store } = this.network;
    const { batchSize, accumulate } = this.options;
    const isFirst = this.#next === course.row;
    const rows = this.#rows.length;
    if (isFirst) {
      course.forwards = store.counter.floats[0]!;
      if (accumulate > 1 && store.buffers.size) this.#buffers = keepBuffers(store, this.#buffers);
    }
    this.#hasBegun = this.#hasFailed = true;
    this.network.hasMoved();
    try {
      this.#next = training.train(this.#data, this.#next, batchSize, accumulate);
      this.#hasFailed = false;
    } finally {
      if (this.#hasFailed && accumulate === 1) {
        const forwards = course.forwards + store.cursor.floats[0]!;
        if (store.counter.floats[0]! > forwards) store.restoreBuffers(); // another forward has begun
        this.#finish(course, training.row, forwards);
      }
    }
    const total = store.total.floats[0]!;
    this.loss = isFirst ? total : this.loss + total;
    if (accumulate === 1 || this.#next === rows || this.#next % (batchSize * accumulate) === 0) {
      this.#finish(course, this.#next, store.counter.floats[0]!);
    }
    return this.#next < rows;
  }

  #finish(course: Course, row: number, forwards: number): void {
    const { floats } = this.network.store.sum;
    const { batchSize, accumulate } = this.options;
    course.row = row;
    course.step = Math.ceil(row / (batchSize * accumulate));
    course.forwards = forwards;
    course.sum[0] = floats[0]!;
    course.sum[1] = floats[1]!;
  }

  /** Undoes what has been begun of an update: the network is as after the latest one that was finished. */
  drop(course: Course): void {
    const { store, training } = this.network;
    if (this.#hasBegun) training.discard("fit"); // gradients may wait for the rest of their batches
    if (!this.#hasFailed && this.#next === course.row) return;
    store.counter.floats[0] = course.forwards;
    putBack(store, this.#buffers);
    this.#next = course.row;
  }

  /** There is nothing to be ended. */
  async close(): Promise<void> {}
}
