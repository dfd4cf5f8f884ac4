const SHARE = 12; // ms of work between two turns of the event loop: a page keeps its 60 frames a second

/**
 * Gives way to the event loop, by time. A message to oneself is delivered at once, where a timer waits for 4 ms or, in
 * a hidden page, for a second. The clock is read about once a millisecond, however short a step is.
 */
export class Ticker {
  #turned = performance.now();
  #looked = this.#turned;
  #stride = 1;
  #left = 1;

  get isDue(): boolean {
    if (--this.#left > 0) return false;
    const now = performance.now();
    const elapsed = now - this.#looked;
    this.#stride = elapsed < 0.5 ? this.#stride * 2 : elapsed > 2 ? Math.ceil(this.#stride / 4) : this.#stride;
    this.#left = this.#stride;
    this.#looked = now;
    return now - this.#turned >= SHARE;
  }

  /** Over a channel of its own: Node delivers up to 1,000 messages of one channel before it turns to anything else. */
  tick(): Promise<void> {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        this.#turned = this.#looked = performance.now();
        resolve();
      };
      port2.postMessage(null);
    });
  }
}
