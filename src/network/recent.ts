/** How many there are at most. */
const MOST = 64;

/**
 * What belongs to numbers, such as routines to batch sizes: made when first asked for, and given up, the least recently
 * used first, when there are too many.
 */
export class Recent<T> {
  readonly #entries = new Map<number, { readonly value: T; usedAt: number }>();
  #clock = 0;

  constructor(
    private readonly make: (key: number) => T,
    private readonly giveUp: (value: T) => void,
  ) {}

  get(key: number): T {
    let entry = this.#entries.get(key);
    if (!entry) {
      if (this.#entries.size === MOST) this.#giveUpOldest();
      entry = { value: this.make(key), usedAt: 0 };
      this.#entries.set(key, entry);
    }
    entry.usedAt = ++this.#clock;
    return entry.value;
  }

  #giveUpOldest(): void {
    const [key, { value }] = [...this.#entries].reduce((a, b) => (a[1].usedAt < b[1].usedAt ? a : b));
    this.#entries.delete(key);
    this.giveUp(value);
  }
}
