import { isOurs } from "../core/bare.js";
import { describe, fail, Phrase } from "../core/errors.js";
import type { Matrix } from "../core/examples.js";
import { isPlainObject, optional } from "../core/options.js";
import { nested } from "../core/numbers.js";
import type { Floats } from "../core/tensor.js";
import type { MetricFunction } from "../metrics/metric.js";

/** A metric of your own, and which way is better: early stopping has to know it. */
export interface DirectedMetric {
  /** The function. */
  readonly metric: MetricFunction;
  /** Whether a higher or a lower number is better. */
  readonly better: "higher" | "lower";
}

/** Metrics by the names that they have in reports. */
export type Metrics<M extends string = string> = { readonly [K in M]: MetricFunction | DirectedMetric };

/** A metric that has been read. */
export interface NamedMetric {
  readonly name: string;
  readonly of: MetricFunction;
  readonly better: "higher" | "lower" | undefined;
}

/** Names that a report has already. */
const RESERVED = ["epoch", "loss", "validation", "__proto__"];
const EXAMPLE = "{ accuracy }";

/** The option `metrics` of `fit` and `evaluate`. */
export const metricsField = /* @__PURE__ */ optional<Metrics>("metrics by name", isPlainObject, EXAMPLE);

/**
 * Reads what has passed the test of the field.
 * @throws {@link ChainruleError} `value` or `option`
 */
export function readMetrics(given: Metrics | undefined, where: string): NamedMetric[] {
  return Object.entries(given ?? {}).map(([name, value]: [string, unknown]) => {
    if (RESERVED.includes(name)) {
      const expected = "metrics with names that a report does not have already";
      fail("option", `${where} metrics`, expected, name, `call it ${name.replaceAll("_", "")}Metric`);
    }
    const { metric, better } = (
      typeof value === "function" ? { metric: value, ...direction(value) } : Object(value)
    ) as {
      [K in keyof DirectedMetric]?: unknown;
    };
    if (typeof metric !== "function") {
      const expected = "a function of (prediction, target), or { metric, better }";
      fail("value", `${where} metrics ${name}`, expected, value, `write metrics: ${EXAMPLE}`);
    }
    if (better !== undefined && better !== "higher" && better !== "lower") {
      fail("value", `${where} metrics ${name} better`, '"higher" or "lower"', better, 'write better: "higher"');
    }
    return { name, of: metric as MetricFunction, better };
  });
}

const direction = (metric: object) => ({ better: (metric as { readonly better?: unknown }).better });

/**
 * Each metric of predictions and their targets. Ours get the numbers as they are, of rows whose targets are all known; a
 * user's own gets lists of all rows.
 * @throws {@link ChainruleError} `value` for one that gives no finite number, or has no rows
 */
export function measure(
  metrics: readonly NamedMetric[],
  prediction: Matrix,
  target: Matrix,
  weights: Floats | undefined,
): Record<string, number> {
  let lists: Parameters<MetricFunction> | undefined;
  let whole: readonly [Matrix, Matrix, Floats | undefined] | undefined;
  const found: Record<string, number> = {};
  for (const { name, of } of metrics) {
    const isKnown = isOurs(of);
    if (!isKnown) lists ??= [rowsOf(prediction), rowsOf(target), weights && Array.from(weights)];
    if (isKnown) whole ??= wholeRows(prediction, target, weights);
    if (isKnown && whole![0].shape[0] === 0) failUnknown(`metric ${name}`);
    const given = isKnown ? (whole as unknown as Parameters<MetricFunction>) : lists!;
    const value: unknown = of(...given);
    if (!Number.isFinite(value)) {
      const remedy = "return one, and not a promise of it; leave a metric out that has no value for such rows";
      fail("value", `metric ${name}`, "to give a finite number", new Phrase(describe(value)), remedy);
    }
    found[name] = value as number;
  }
  return found;
}

/** Whether a target has no number that is missing. */
const isWhole = (row: Floats): boolean => !row.some(Number.isNaN);

const rowOf = ({ data, shape }: Matrix, row: number): Floats => data.subarray(row * shape[1], (row + 1) * shape[1]);

/** The rows whose targets are all known. */
function wholeRows(prediction: Matrix, target: Matrix, weights: Floats | undefined) {
  if (isWhole(target.data)) return [prediction, target, weights] as const;
  const rows = Array.from({ length: target.shape[0] }, (_, row) => row).filter((row) => isWhole(rowOf(target, row)));
  const pick = (from: Matrix): Matrix => {
    const data = from.data.slice(0, rows.length * from.shape[1]);
    rows.forEach((row, at) => data.set(rowOf(from, row), at * from.shape[1]));
    return { data, shape: [rows.length, from.shape[1]] };
  };
  return [pick(prediction), pick(target), weights && pick({ data: weights, shape: [weights.length, 1] }).data] as const;
}

const failUnknown = (where: string): never =>
  fail(
    "value",
    where,
    "a row whose targets are all known",
    new Phrase("none"),
    "give other rows, or a function of your own, which gets all of them",
  );

/**
 * Refuses rows by which nothing can be judged, since what there is to know of them is missing.
 * @throws {@link ChainruleError} `value`
 */
export function checkKnown(
  target: Matrix,
  order: Uint32Array,
  metrics: readonly NamedMetric[],
  isValidation: boolean,
): void {
  const isKnown = (row: number): boolean => !rowOf(target, row).every(Number.isNaN);
  if (isValidation && !order.some(isKnown))
    fail("value", "fit validation targets", "one that is known", new Phrase("none"), "give other rows");
  const isOfUse = (row: number): boolean => isWhole(rowOf(target, row));
  if (metrics.some(({ of }) => isOurs(of)) && !order.some(isOfUse)) failUnknown("fit metrics");
}

const rowsOf = ({ data, shape }: Matrix): number[][] => nested(data, shape) as number[][];
