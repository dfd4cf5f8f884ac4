import { readFileSync } from "node:fs";
import * as metrics from "chainrule/metrics";
import { expect, test } from "vitest";

// Against scikit-learn: test/fixtures/metrics.py makes the fixture, and writes metrics and options as they are written here.

type Points = readonly (readonly [threshold: number | null, a: number, b: number])[];
interface Case {
  readonly name: string;
  readonly prediction: number[] | number[][];
  readonly target: number[] | number[][];
  readonly weights: number[] | null;
  readonly expected: readonly (readonly [metric: string, options: object | number | null, value: number])[];
  readonly confusion?: number[][];
  readonly rocCurve?: Points;
  readonly precisionRecallCurve?: Points;
  readonly best?: Readonly<Record<string, readonly [threshold: number, score: number]>>;
}
const path = new URL("../fixtures/metrics.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: readonly Case[] };

type Anything = Record<string, metrics.BareMetric & ((options: unknown) => metrics.Metric)>;
const named = (name: string, options: object | number | null): metrics.Metric =>
  options === null ? (metrics as unknown as Anything)[name]! : (metrics as unknown as Anything)[name]!(options);

/** Sums in another order differ in the last digits. */
const close = (value: number): unknown => expect.closeTo(value, 12);

/** The points of one of our curves, as the fixture has them. */
const points = (curve: readonly object[]): unknown => curve.map((point) => Object.values(point) as number[]);
const closePoints = (curve: Points): unknown =>
  curve.map(([threshold, a, b]) => [threshold ?? Infinity, close(a), close(b)]);

test.each(cases)("$name", ({ prediction, target, weights: given, expected, ...more }) => {
  const weights = given ?? undefined;
  for (const [name, options, value] of expected)
    expect(
      named(name, options)(prediction as number[][], target as number[][], weights),
      `${name} ${JSON.stringify(options)}`,
    ).toEqual(close(value));
  if (more.confusion)
    expect(metrics.confusion(prediction, target, { weights }).counts).toEqual(
      more.confusion.map((row) => row.map(close)),
    );
  if (more.rocCurve) expect(points(metrics.rocCurve(prediction, target, weights))).toEqual(closePoints(more.rocCurve));
  if (more.precisionRecallCurve)
    expect(points(metrics.precisionRecallCurve(prediction, target, weights))).toEqual(
      closePoints(more.precisionRecallCurve),
    );
  for (const [name, [threshold, score]] of Object.entries(more.best ?? {})) {
    const metric = named(name, null) as metrics.TallyMetric;
    expect(metrics.bestThreshold(prediction, target, { metric, weights }), name).toEqual({
      threshold,
      score: close(score),
    });
  }
});

test("everything is compared", () => {
  const named = cases.flatMap(({ expected }) => expected.map(([name]) => name));
  const others = ["confusion", "rocCurve", "precisionRecallCurve"].filter((name) => cases.some((each) => name in each));
  expect([...new Set([...named, ...others, "bestThreshold"])].sort()).toEqual(Object.keys(metrics).sort());
});
