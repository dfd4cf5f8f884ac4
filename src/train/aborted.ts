import { ChainruleError } from "../core/errors.js";
import { type Course, historyOf } from "./course.js";
import type { History } from "./history.js";

/** What `fit` reads of an `AbortSignal`, a type that not every environment declares. */
export interface Abortable {
  /** Whether it has been aborted. */
  readonly aborted: boolean;
  /** Why; becomes the `cause` of the error. */
  readonly reason?: unknown;
}

/**
 * A training that was aborted; what it had done until then is in `history`, and the signal's reason in `cause`. Its
 * `name` is `"AbortError"`, as the web has it.
 *
 * @example
 * ```ts
 * import { Network, TrainingAborted, dense, meanSquaredError, sgd } from "chainrule";
 *
 * const network = new Network([dense(1, 1)], { loss: meanSquaredError, optimizer: sgd });
 * const controller = new AbortController();
 * try {
 *   const onEpoch = () => controller.abort();
 *   await network.fit([[1]], [[2]], { epochs: 100, onEpoch, signal: controller.signal });
 * } catch (error) {
 *   if (error instanceof TrainingAborted) error.history.loss.length; // 1
 * }
 * ```
 */
export class TrainingAborted extends ChainruleError {
  override readonly name = "AbortError";

  constructor(
    /** What was done before. */
    override readonly history: History,
    cause: unknown,
  ) {
    const epochs = history.loss.length;
    const got = `an abort after ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
    super({ code: "aborted", where: "fit", expected: "to train to the end", got, remedy: "see error.history", cause });
  }
}

const NOTHING: History = { loss: [], reports: [], best: undefined, ended: undefined };

/** @throws {@link ChainruleError} `aborted` if the signal has been aborted */
export function hear(signal: Abortable | undefined, course?: Course): void {
  if (signal?.aborted) throw new TrainingAborted(course ? historyOf(course) : NOTHING, signal.reason);
}
