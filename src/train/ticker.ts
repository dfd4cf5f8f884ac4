import { now } from "../core/clock.js";
import { turn } from "./turn.js";

const SHARE = 12; // ms of work between two turns of the event loop: a page keeps its 60 frames a second
const STILL = 12; // looks, each after twice as many steps as the one before, at a clock that does not move

/** Gives way to the event loop, by time. */
export class Ticker {
  #turned: number;
  #looked: number;
  #same = 0;
  #stride = 1;
  #left = 2;

  /** With a clock, in ms, and a way to let the event loop turn. */
  constructor(
    private readonly clock: () => number = now,
    private readonly turnOnce: () => Promise<void> = turn,
  ) {
    this.#turned = this.#looked = clock();
  }

  /** Whether it is time to give way, after what may have taken any time: the clock is looked at. */
  look(): boolean {
    return this.clock() - this.#turned >= SHARE;
  }

  /**
   * Whether it is time to give way, between steps that take about as long as each other: the clock is looked at about
   * once a millisecond, however short they are. Where it stands still, their count decides.
   */
  get isDue(): boolean {
    if (--this.#left > 0) return false;
    const time = this.clock();
    const elapsed = time - this.#looked;
    this.#looked = time;
    this.#same = elapsed === 0 ? this.#same + 1 : 0;
    this.#stride = elapsed < 0.5 ? this.#stride * 2 : elapsed > 2 ? Math.ceil(this.#stride / 4) : this.#stride;
    this.#left = this.#stride;
    return time - this.#turned >= SHARE || this.#same >= STILL;
  }

  async tick(): Promise<void> {
    await this.turnOnce();
    if (this.#same > 0) this.#same = this.#stride = this.#left = 1;
    this.#turned = this.#looked = this.clock();
  }
}
