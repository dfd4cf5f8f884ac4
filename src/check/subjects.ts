import { ask, fail, isArray } from "../core/errors.js";
import { isListOf, positive } from "../core/options.js";
import { Stream } from "../core/random.js";
import type { Layer } from "../layers/layer.js";
import { type Loss, targetSizeOf } from "../losses/loss.js";

export type Rows = readonly (readonly number[])[];
/** A row for each example, or its class. */
export type Targets = Rows | readonly number[];

/** Options of the checks by differences. */
export interface CheckOptions {
  /** The step of the differences, in the units of what is varied. Default 1e-5. */
  readonly h?: number;
  /** The largest error of a tensor that passes. Default 1e-8. */
  readonly tolerance?: number;
}

/** Options of every check by differences. */
export const common = { h: positive(1e-5), tolerance: positive(1e-8) };

/**
 * Refuses what lacks a method.
 * @throws `ChainruleError` `type`
 */
export function demand(
  where: string,
  value: unknown,
  expected: string,
  remedy: string,
  ...methods: readonly string[]
): void {
  const has = (name: string): boolean =>
    ask(() => typeof (value as Readonly<Record<string, unknown>>)[name] === "function", false);
  if (value === null || value === undefined || !methods.every(has)) fail("type", where, expected, value, remedy);
}

/** Whether a value is a list of lists, and not empty. */
export const isRows = (value: unknown): boolean => isListOf(value, isArray) && value.length > 0;

/** Rows of random numbers in [low, high), the same for the same seed and name. */
export function draw(seed: number, name: string, rows: number, columns: number, low: number, high: number): number[][] {
  const stream = new Stream(seed, name, { rows: 1, columns: 1, data: new Float64Array(1) });
  const at = (index: number): number => low + (high - low) * stream.uniform(index);
  return Array.from({ length: rows }, (_, n) => Array.from({ length: columns }, (_, i) => at(n * columns + i)));
}

/** A layer with a size, whether or not it has one of its own; nothing is said of what it gives. */
export const sized = (layer: Layer, inputs: number): Layer => ({
  kind: layer.kind,
  inputs,
  outputs: layer.outputs ?? inputs,
  differentiable: layer.differentiable,
  plan: (planner, columns) => layer.plan(planner, columns),
  forward: (...all) => layer.forward(...all),
  backward: (...all) => layer.backward(...all),
});

/** Random predictions of the kind that a loss needs. */
export function predictionsFor({ needs }: Loss, seed: number, rows: number, columns: number): Rows {
  if (needs !== "unit" && needs !== "simplex") return draw(seed, "p", rows, columns, -2, 2);
  const p = draw(seed, "p", rows, columns, 0.05, 0.95);
  return needs === "unit" ? p : p.map(normalized);
}

/** Random targets of each kind that a loss takes, by what they are called. */
export function targetsFor(loss: Loss, seed: number, rows: number, outputs: number): [kind: string, t: Targets][] {
  const { targets = "real", missing } = loss;
  const columns = targetSizeOf(loss, outputs);
  if (missing !== undefined) {
    const known = targetsFor({ ...loss, missing: undefined }, seed, rows, outputs);
    const withGaps = (t: Targets): Targets =>
      t.map((row, n) =>
        typeof row === "number" ? row : row.map((value, i) => ((n + i) % 2 ? missing : value)),
      ) as Targets;
    return known.flatMap(([kind, t]) => [
      [kind, t],
      [`${kind}, some missing`, withGaps(t)],
    ]);
  }
  if (targets === "real" || targets === "reachable") return [["", draw(seed, "t", rows, columns, -2, 2)]];
  const unit = draw(seed, "t", rows, columns, 0, 1);
  if (targets === "unit")
    return [
      ["", unit],
      [", yes or no", unit.map((row) => row.map(Math.round))],
    ];
  return [
    ["", unit.map(normalized)],
    [", by class", unit.map((row) => Math.floor(row[0]! * columns))],
  ];
}

const normalized = (row: readonly number[]): number[] =>
  row.map((value) => value / row.reduce((sum, each) => sum + each, 0));
