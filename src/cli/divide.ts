import { fail, Phrase } from "../core/errors.js";
import { type Answered, foldsIn, strataOf } from "../table/folds.js";
import { drawRows } from "../table/split.js";
import type { Asked } from "./train-options.js";

/** Rows from which a single part of them is enough to measure a model. */
const MANY = 500;
const FOLDS = 5;
const SHARE = 0.2;

/** How a model is to be measured. */
export interface Division {
  /** Parts whose rows are each predicted by a model that has not seen them. */
  readonly tests: readonly Uint32Array[];
  /** What these rows are, as a heading says it. */
  readonly heading: string;
}

/**
 * Divides rows, to measure a model on some that it has not seen: in five folds if they are few, else in two parts.
 * @throws {@link ChainruleError} `shape` for too few rows, `value` for a share that leaves a part empty
 */
export function divide(answered: Answered, { test, isInTime, training: { seed } }: Asked): Division {
  const { rows } = answered.frame;
  checkEnough(answered);
  if (!isInTime && test === undefined && rows < MANY)
    return {
      tests: foldsIn(answered, FOLDS, null, seed),
      heading: `Measured in five folds: each of the ${rows} rows predicted by a model that had not seen it`,
    };
  const share = test ?? SHARE;
  const due = Math.round(rows * share);
  if (due === 0 || due > rows - 2) {
    const got = new Phrase(`${share} of ${rows} rows`);
    fail("value", "--test", "a share that leaves rows to both parts", got, "give more rows, or another share");
  }
  if (isInTime)
    return {
      tests: [Uint32Array.from({ length: due }, (_, n) => rows - due + n)],
      heading: `Measured on the last ${due} of ${rows} rows, which it never saw`,
    };
  const drawn = withoutLone(drawRows(rows, share, { strata: strataOf(answered), groups: null, seed }), answered);
  return {
    tests: [drawn],
    heading: `Measured on ${drawn.length} of ${rows} rows, drawn by the seed; it never saw them`,
  };
}

/** So many rows that each fold, and what is outside, has some; and two classes that can be in both. */
function checkEnough({ frame, whole, targets }: Answered): void {
  const { rows } = frame;
  if (rows < 2 * FOLDS)
    fail("shape", "the table", `at least ${2 * FOLDS} rows with an answer`, new Phrase(`${rows}`), "give more rows");
  if (whole.task === "numbers") return;
  const counts = new Map<number, number>();
  for (const place of targets[0]!) counts.set(place, (counts.get(place) ?? 0) + 1);
  if ([...counts.values()].filter((count) => count > 1).length > 1) return;
  const remedy = "give more rows, or ask for another target";
  fail("shape", "the target", "two classes that have two rows or more", new Phrase("fewer"), remedy);
}

/** A class of which all rows were drawn could not be learnt: these are given back. */
function withoutLone(drawn: Uint32Array, answered: Answered): Uint32Array {
  const strata = strataOf(answered);
  if (!strata) return drawn;
  const isDrawn = new Uint8Array(strata.length);
  for (const row of drawn) isDrawn[row] = 1;
  const learnt = new Set(strata.filter((_, row) => !isDrawn[row]));
  return drawn.filter((row) => learnt.has(strata[row]!));
}
