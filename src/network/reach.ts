import { fail, Phrase } from "../core/errors.js";
import type { Floats } from "../core/tensor.js";
import type { Layer } from "../layers/layer.js";
import { boundsOf } from "../core/range.js";
import type { Loss } from "../losses/loss.js";

/** Bounds are meant to this. */
const TOLERANCE = 1e-6;

/**
 * Refuses targets that the last layer can never give, for a loss that asks for it. What is missing (NaN) passes.
 * @throws {@link ChainruleError} `value`
 */
export function checkReach(
  { kind, range = "real" }: Layer,
  loss: Loss,
  targets: Floats,
  columns: number,
  rows: number,
  where: string,
): void {
  if (loss.targets !== "reachable" || range === "real") return;
  const [least, most] = boundsOf(range);
  const refuse = (expected: string, got: string): never => {
    const remedy = `scale the targets, end the network in dense, or, if it is meant, write ${loss.name}({ targets: "real" })`;
    return fail("value", where, `${expected}, which is all that ${kind} gives`, new Phrase(got), remedy);
  };
  let low = Infinity,
    high = -Infinity;
  for (let i = 0; i < rows * columns; i++) {
    const t = targets[i]!;
    if (t < low) low = t;
    if (t > high) high = t;
  }
  if (low < least - TOLERANCE || high > most + TOLERANCE)
    refuse(`numbers ${spanOf(least, most)}`, `numbers ${spanOf(low, high)}`);
  if (range !== "simplex") return;
  for (let n = 0; n < rows; n++) {
    let sum = 0,
      rest = 0; // what is missing may make up for
    for (let i = n * columns; i < (n + 1) * columns; i++) {
      if (Number.isNaN(targets[i])) rest = 1;
      else sum += targets[i]!;
    }
    if (sum > 1 + TOLERANCE || sum + rest < 1 - TOLERANCE) refuse("rows that sum to 1", `a row that sums to ${sum}`);
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
