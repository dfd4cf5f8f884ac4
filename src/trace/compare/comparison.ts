/** A mistake that people make in a training step. */
export interface Mistake {
  /** In a few words: `"updated weights used in the hidden pass"`. */
  readonly name: string;
  /** What was done, in a sentence. */
  readonly what: string;
  /** How to mend it, in a sentence. */
  readonly remedy: string;
}

/** A number of the reader's that is not what it should be. */
export interface Discrepancy {
  /** As the trace writes it: `"∂E/∂w5"`, `"E after 1"`. */
  readonly name: string;
  /** The reader's number. */
  readonly given: number;
  /** What it should be. */
  readonly due: number;
  /** given − due */
  readonly apart: number;
}

/** What {@link compare} found; in a string, it is a few lines to be read. */
export interface Comparison {
  /**
   * `"correct"`: every number is right to the decimals that were given. `"mistake"`: one known mistake explains them
   * all. `"ambiguous"`: several do, or one does but the numbers are too coarse to tell. `"unknown"`: none does.
   */
  readonly verdict: "correct" | "mistake" | "ambiguous" | "unknown";
  /** How many numbers were compared. */
  readonly checked: number;
  /** The first that is wrong, in the order of the step; null if none is. */
  readonly first: Discrepancy | null;
  /** The mistakes that explain all the numbers. */
  readonly mistakes: readonly Mistake[];
  /** The name of a number that would tell the mistakes apart; null where there is nothing to tell. */
  readonly next: string | null;
  /** A few lines to be read. */
  toString(): string;
}
