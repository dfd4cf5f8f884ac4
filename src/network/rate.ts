import type { Block, PlannedTensor } from "../core/memory.js";
import type { Verbs } from "../kernels/verbs.js";
import type { Optimizer } from "../optim/optimizer.js";
import { rateAt, type Schedule } from "../schedules/schedule.js";
import { checkRange } from "./settings.js";
import type { Store } from "./store.js";
import type { Update } from "./update.js";

/** The learning rates of the steps to come, where a schedule says them. */
export class Rate {
  /** Rates laid ready for several steps, a cell each. */
  readonly ready: PlannedTensor | null;
  readonly #block: Block;
  readonly #schedule: Schedule | undefined;
  readonly #name: string;
  /** Asks the schedule, which may be a function of a user's. */
  readonly #ask = () => void (this.#answer = rateAt(this.#schedule!, this.#step, this.store.scheduleScalars.floats));
  #step = 0;
  #answer = 0;

  constructor(
    private readonly store: Store,
    optimizer: Optimizer | undefined,
    private readonly update: Update,
    private readonly verbs: Verbs,
  ) {
    this.#schedule = optimizer?.schedule;
    this.#name = optimizer?.name ?? "";
    this.#block = store.memory.block("float64");
    this.ready = this.#schedule ? this.#block.tensor("rates", 1) : null;
  }

  /** Whether a schedule says the rate, and not whoever assigned one. */
  get isScheduled(): boolean {
    return this.#schedule !== undefined && this.store.isScheduled.floats[0] === 1;
  }

  /**
   * Sets the rate of the next step.
   * @throws {@link ChainruleError} `value` for what is no rate
   */
  set(): void {
    this.store.learningRate!.floats[0] = this.#of(this.store.updates.floats[0]!);
    this.update.learningRateWasSet();
  }

  /** Sets the rate of the next step, and lays those of some after it ready; returns how many there are, at most so many. */
  layReady(most: number): number {
    this.set();
    this.#block.setRows(most);
    const { update } = this;
    const ready = this.ready!;
    const isSafe = update.isSafeAt(update.rate);
    const first = this.store.updates.floats[0]!;
    ready.floats[0] = update.rate;
    for (let i = 1; i < most; i++) {
      try {
        ready.floats[i] = this.#of(first + i);
      } catch {
        return i; // it is thrown again where that step begins
      }
      if (update.isSafeAt(ready.floats[i]!) !== isSafe) return i;
    }
    return most;
  }

  /** So many updates were done. */
  count(updates: number): void {
    this.store.updates.floats[0]! += updates;
  }

  /** Tells the schedule what is watched between epochs, if it listens. */
  epochEnded(loss: number): void {
    const { updates, scheduleScalars } = this.store;
    if (this.isScheduled)
      this.verbs.within(() => this.#schedule!.epoch?.(updates.floats[0]!, scheduleScalars.floats, loss));
  }

  #of(step: number): number {
    this.#step = step;
    this.verbs.within(this.#ask);
    const rate = this.#answer;
    if (this.verbs.machine.single) checkRange(`${this.#name} learningRate`, this.update.largest(rate));
    return rate;
  }
}
