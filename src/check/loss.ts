import { isArray } from "../core/errors.js";
import { count, optional, readOptions } from "../core/options.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { NetworkImplementation } from "../network/implementation.js";
import { differentiate } from "./differentiate.js";
import { type CheckReport, reportOf, type TensorReport } from "./report.js";
import {
  type CheckOptions,
  common,
  demand,
  draw,
  isRows,
  predictionsFor,
  type Rows,
  sized,
  type Targets,
  targetsFor,
} from "./subjects.js";

/** Options of {@link checkLoss}. */
export interface LossCheckOptions extends CheckOptions {
  /** Examples in the batch; a batch of one is tried too. Default 3. */
  readonly rows?: number;
  /** Numbers in a prediction. Default 4. */
  readonly columns?: number;
  /** Where the random numbers come from. Default 1. */
  readonly seed?: number;
  /** Predictions, for a loss that is not defined everywhere. Default random numbers of the kind that the loss `needs`. */
  readonly prediction?: Rows;
  /** Their targets. Default random numbers of each kind that its `targets` allow. */
  readonly target?: Targets;
}

const fields = {
  ...common,
  rows: count(3),
  columns: count(4),
  seed: count(1),
  prediction: optional<Rows>("a list of rows", isRows, "[[0.2, 0.8]]"),
  target: optional<Targets>("a list of targets", (value) => isArray(value) && value.length > 0, "[[0, 1]]"),
};

/** Gives what it gets, and declares no range. */
const asIs: Layer = {
  kind: "asIs",
  plan: () => null,
  forward: (_, x, y, { kernels }) => kernels.copy(x, y),
  backward: (_, _x, _y, dy, dx, { kernels }) => dx && kernels.copy(dy, dx),
};

/**
 * Compares the gradient of a loss with respect to each prediction p with (L(p + h) − L(p − h)) / 2h, for a batch and
 * for one row, with row weights and without, and for all kinds of targets that it takes.
 *
 * If it can be differentiated as one with a layer (`fused`), the gradient with respect to the logits z is compared too,
 * and a loss from the logits that differs from the loss after the layer is noted.
 * @throws `ChainruleError` `type` unless it is given a loss; `option`, `value`; `diverged` if it is not finite; `shape` or
 * `value` for bad predictions and targets
 * @example
 * ```ts
 * import { crossEntropy } from "chainrule";
 * import { checkLoss } from "chainrule/check";
 *
 * const report = checkLoss(crossEntropy, { columns: 2 });
 * report.ok; // true
 * report.tensors[0]!.name; // "p of 1 row"
 * ```
 */
export function checkLoss(loss: Loss, options?: LossCheckOptions): CheckReport {
  demand("checkLoss", loss, "a loss", "write checkLoss(meanSquaredError)", "value", "gradient", "divisor");
  const { h, tolerance, seed, prediction, target, ...read } = readOptions("checkLoss", options, fields);
  const rows = prediction?.length ?? read.rows;
  const layer = loss.fused?.layer;
  const columns = layer?.inputs ?? prediction?.[0]?.length ?? read.columns;
  const p = prediction ?? predictionsFor(loss, seed, rows, columns);
  const z = draw(seed, "logits", rows, columns, -3, 3);
  const [rowWeights] = draw(seed, "weights", 1, rows, -1, 2);
  const tensors: TensorReport[] = [];
  const broken: string[] = [];

  for (const { n, weighted, t, name } of cases(target ? [["", target]] : targetsFor(loss, seed, rows, columns), rows)) {
    const run = (from: string, input: Rows, layers: readonly Layer[]): number => {
      const network = new NetworkImplementation(layers, { loss, seed });
      const settings = { h, tolerance, ...(weighted && { rowWeights: rowWeights!.slice(0, n) }) };
      const found = differentiate(network, input.slice(0, n), t, settings);
      const rename = (where: string): string => `${where.replace("input", from)} ${name}`;
      tensors.push(...found.tensors.map((each) => ({ ...each, name: rename(each.name), where: rename(each.where) })));
      broken.push(...found.broken.map((each) => `${each} (${from} ${name})`));
      return found.loss;
    };
    run("p", p, [sized(asIs, columns)]);
    if (!layer) continue;
    const fused = run("z", z, [sized(asIs, columns), layer]);
    const plain = run("z, not fused,", z, [sized(asIs, columns), sized(layer, columns)]);
    if (Math.abs(fused - plain) <= tolerance * Math.max(1, Math.abs(plain))) continue;
    broken.push(`the loss ${name} is ${fused} from the logits, ${plain} after ${layer.kind}`);
  }
  return reportOf(tensors, broken, tolerance, h);
}

/** One row and all, each with and without row weights, for each kind of target. */
const cases = (targets: readonly (readonly [kind: string, t: Targets])[], rows: number) =>
  targets.flatMap(([kind, t]) =>
    [...new Set([1, rows])].flatMap((n) =>
      [false, true].map((weighted) => ({
        n,
        weighted,
        t: t.slice(0, n),
        name: `of ${n} ${n === 1 ? "row" : "rows"}${kind}${weighted ? ", weighted" : ""}`,
      })),
    ),
  );
