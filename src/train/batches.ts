import { ask, fail, isArray } from "../core/errors.js";
import type { Batch, Target } from "../core/examples.js";
import { refuseOthers } from "../core/options.js";
import type { Floats } from "../core/tensor.js";

/** A batch as it comes. */
export interface TrainingBatch {
  /** A row of numbers for each example. */
  readonly inputs: Batch;
  /** As those of `fit`. */
  readonly targets: Target;
  /** A factor for the loss of each row. Default none. */
  readonly rowWeights?: readonly number[] | Floats | undefined;
}

/** Batches that come one after another: once, or, by a function, anew for each epoch. */
export type Batches = AsyncIterable<TrainingBatch> | (() => AsyncIterable<TrainingBatch> | Iterable<TrainingBatch>);

/** Whether a value gives batches, and is not a batch. */
export const isBatches = (value: unknown): value is Batches =>
  typeof value === "function" || ask(() => Symbol.asyncIterator in Object(value), false);

/** The batches of an epoch, each taken before the next is asked for; ended early, it ends what gives them. */
export async function* epochOf(
  batches: Batches,
  take: (batch: TrainingBatch, index: number) => void,
): AsyncGenerator<void> {
  let count = 0;
  for await (const batch of await open(batches)) {
    take(batch, count++);
    yield;
  }
  if (count > 0) return;
  const remedy =
    typeof batches === "function" ? "return new ones each time it is called" : "give a function that returns them";
  fail("value", "fit batches", "at least one batch in an epoch", 0, remedy);
}

/** @throws {@link ChainruleError} `type` if a function gave something else */
async function open(batches: Batches): Promise<AsyncIterable<TrainingBatch> | Iterable<TrainingBatch>> {
  if (typeof batches !== "function") return batches;
  const answer: unknown = batches();
  const isReadable = ask(() => {
    void (Object(answer) as { readonly then?: unknown }).then; // as await does
    return true;
  }, false);
  const given: unknown = isReadable && (await answer);
  const isIterable = ask(() => Symbol.asyncIterator in Object(given) || Symbol.iterator in Object(given), false);
  if (isIterable && typeof given !== "string") return given as Iterable<TrainingBatch>;
  return fail(
    "type",
    "fit batches",
    "a function that returns batches, one after another",
    given,
    "write async function* () { … }",
  );
}

const PARTS = ["inputs", "targets", "rowWeights"] as const;

/**
 * Reads the parts of a batch.
 * @throws {@link ChainruleError} `type`; `option` for a part that there is not
 */
export function partsOfBatch(batch: unknown, where: string): TrainingBatch {
  if (
    typeof batch !== "object" ||
    batch === null ||
    isArray(batch) ||
    !ask(() => "inputs" in batch && "targets" in batch, false)
  )
    fail("type", where, "{ inputs, targets }", batch);
  refuseOthers(where, batch, PARTS);
  const { inputs, targets, rowWeights } = batch as TrainingBatch;
  return { inputs, targets, rowWeights };
}
