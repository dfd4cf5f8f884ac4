import { fail, Phrase } from "../core/errors.js";
import { boundsOf } from "../core/range.js";
import type { Floats } from "../core/tensor.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";

/** Bounds are meant to this. */
const TOLERANCE = 1e-6;

/** What the last layer can give, for a loss that refuses targets beyond it. */
export class Reach {
  readonly #kind: string;
  readonly #least: number;
  readonly #most: number;
  readonly #isSimplex: boolean;
  readonly #loss: string;

  constructor({ kind, range = "real" }: Layer, loss: Loss | undefined) {
    const asks = loss?.targets === "reachable";
    [this.#least, this.#most] = boundsOf(asks ? range : "real");
    this.#isSimplex = asks && range === "simplex";
    this.#kind = kind;
    this.#loss = loss?.name ?? "";
  }

  /**
   * Refuses targets that can never be reached. What is missing (NaN) passes.
   * @throws {@link ChainruleError} `value`
   */
  check(targets: Floats, rows: number, columns: number, where: string): void {
    const least = this.#least,
      most = this.#most;
    if (least === -Infinity && most === Infinity) return;
    let low = Infinity,
      high = -Infinity;
    for (let i = 0; i < rows * columns; i++) {
      const t = targets[i]!;
      if (t < low) low = t;
      if (t > high) high = t;
    }
    if (low < least - TOLERANCE || high > most + TOLERANCE)
      this.#refuse(where, `numbers ${spanOf(least, most)}`, `numbers ${spanOf(low, high)}`);
    if (this.#isSimplex) this.#checkSums(targets, rows, columns, where);
  }

  #checkSums(targets: Floats, rows: number, columns: number, where: string): void {
    for (let n = 0; n < rows; n++) {
      let sum = 0,
        rest = 0; // what is missing may make up for
      for (let i = n * columns; i < (n + 1) * columns; i++) {
        if (Number.isNaN(targets[i])) rest = 1;
        else sum += targets[i]!;
      }
      if (sum > 1 + TOLERANCE || sum + rest < 1 - TOLERANCE)
        this.#refuse(where, "rows that sum to 1", `a row that sums to ${sum}`);
    }
  }

  #refuse(where: string, expected: string, got: string): never {
    const meant = `write ${this.#loss}({ targets: "real" })`;
    const remedy = `scale the targets, end the network in dense, or, if it is meant, ${meant}`;
    return fail("value", where, `${expected}, which is all that ${this.#kind} gives`, new Phrase(got), remedy);
  }
}

const spanOf = (least: number, most: number): string =>
  least === -Infinity
    ? `of at most ${most}`
    : most === Infinity
      ? `of at least ${least}`
      : least === most
        ? `of ${least}`
        : `from ${least} to ${most}`;
