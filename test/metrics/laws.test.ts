import { ChainruleError, crossEntropy, dense, Network, softmax } from "chainrule";
import * as metrics from "chainrule/metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOurs } from "../../src/core/bare.js";
import { runs } from "../support/random-cases.js";

// What a metric is by definition, written as naively as can be, and what has to hold for all of them.

type Metric = metrics.MadeMetric;
interface Row {
  readonly p: readonly number[];
  readonly t: number;
  readonly w: number;
}
type Naive = (rows: readonly Row[]) => number;

const total = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0);
const mean = (rows: readonly Row[], of: (row: Row) => number): number =>
  total(rows.map((row) => row.w * of(row))) / total(rows.map(({ w }) => w));
const weightOf = (rows: readonly Row[], is: (row: Row) => boolean): number => total(rows.filter(is).map(({ w }) => w));
const zeroed = (a: number, b: number): number => (b === 0 ? 0 : a / b);

/** The class that is predicted: one column says how likely class 1 is. */
const guess = ({ p }: Row): number => (p.length === 1 ? Number(p[0]! >= 0.5) : p.indexOf(Math.max(...p)));
const classesIn = (rows: readonly Row[]): number[] => [...new Set(rows.flatMap((row) => [row.t, guess(row)]))];
const ofClass = {
  precision: (rows: readonly Row[], k: number) =>
    zeroed(
      weightOf(rows, (row) => row.t === k && guess(row) === k),
      weightOf(rows, (row) => guess(row) === k),
    ),
  recall: (rows: readonly Row[], k: number) =>
    zeroed(
      weightOf(rows, (row) => row.t === k && guess(row) === k),
      weightOf(rows, ({ t }) => t === k),
    ),
  f1: (rows: readonly Row[], k: number): number => {
    const [p, r] = [ofClass.precision(rows, k), ofClass.recall(rows, k)];
    return zeroed(2 * p * r, p + r);
  },
};
const perClass =
  (of: (rows: readonly Row[], k: number) => number): Naive =>
  (rows) => {
    if (rows[0]!.p.length === 1) return of(rows, 1);
    const classes = classesIn(rows);
    return total(classes.map((k) => of(rows, k))) / classes.length;
  };
/** Over each column, or class 1 if there is one. */
const perColumn =
  (of: (rows: readonly { score: number; is: boolean; w: number }[]) => number): Naive =>
  (rows) => {
    const { length } = rows[0]!.p;
    const one = (k: number) => of(rows.map(({ p, t, w }) => ({ score: p[k]!, is: t === (length === 1 ? 1 : k), w })));
    return total(rows[0]!.p.map((_, k) => one(k))) / length;
  };
const share = ({ p, t }: Row): number => (p.length === 1 ? (t ? p[0]! : 1 - p[0]!) : p[t]!);

/** Metrics of classes. */
const naive: Readonly<Record<string, Naive>> = {
  accuracy: (rows) => mean(rows, (row) => Number(guess(row) === row.t)),
  "topK(2)": (rows) =>
    mean(rows, ({ p, t }) => {
      const order = p.map((_, i) => i).sort((a, b) => p[b]! - p[a]! || a - b);
      return Number(order.slice(0, 2).includes(t));
    }),
  precision: perClass(ofClass.precision),
  recall: perClass(ofClass.recall),
  f1: perClass(ofClass.f1),
  /** The correlation of the indicators of the classes. */
  matthews: (rows) => {
    const classes = classesIn(rows);
    const covariance = (a: (row: Row) => number, b: (row: Row) => number): number =>
      total(
        classes.map((k) => {
          const [x, y] = [(row: Row) => Number(a(row) === k), (row: Row) => Number(b(row) === k)];
          return mean(rows, (row) => x(row) * y(row)) - mean(rows, x) * mean(rows, y);
        }),
      );
    const met = ({ t }: Row): number => t;
    const [of, both] = [covariance(guess, guess) * covariance(met, met), covariance(guess, met)];
    return of < 1e-14 ? 0 : both / Math.sqrt(of);
  },
  /** Pairs, counted. */
  rocAuc: perColumn((rows) => {
    let [won, all] = [0, 0];
    for (const a of rows.filter(({ is }) => is))
      for (const b of rows.filter(({ is }) => !is)) {
        all += a.w * b.w;
        won += a.w * b.w * (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0);
      }
    return won / all;
  }),
  /** The precision where each row of the class is just included. */
  averagePrecision: perColumn((rows) => {
    const sum = (list: typeof rows): number => total(list.map(({ w }) => w));
    const of = rows.filter(({ is }) => is);
    const at = (score: number): number => {
      const above = rows.filter((row) => row.score >= score);
      return sum(above.filter(({ is }) => is)) / sum(above);
    };
    return of.length ? total(of.map(({ score, w }) => w * at(score))) / sum(of) : 0;
  }),
  logLoss: (rows) => mean(rows, (row) => -Math.log(Math.max(share(row), 2 ** -52))),
  brier: (rows) =>
    mean(rows, ({ p, t }) =>
      p.length === 1 ? (p[0]! - t) ** 2 : total(p.map((each, i) => (each - Number(i === t)) ** 2)),
    ),
};
const ours: Readonly<Record<string, Metric>> = { ...(metrics as object), "topK(2)": metrics.topK(2) };

/** Rows of one column or several, in quarters, so that there are ties; weights are whole numbers. */
const rowsOf = (columns: number): fc.Arbitrary<Row[]> =>
  fc
    .array(
      fc.record({
        parts: fc.array(fc.nat(3), { minLength: columns, maxLength: columns }),
        t: fc.nat(Math.max(1, columns - 1)),
        w: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 2, maxLength: 9 },
    )
    .map((rows) =>
      rows.map(({ parts, t, w }) => {
        const sum = total(parts);
        const p = columns === 1 ? [parts[0]! / 4] : parts.map((each) => (sum ? each / sum : 1 / columns));
        return { p, t, w };
      }),
    );
const anyRows = fc.integer({ min: 1, max: 4 }).chain(rowsOf);
const ask = (metric: Metric, rows: readonly Row[], weighted = true): number =>
  metric(
    rows.map(({ p }) => p),
    rows.map(({ t }) => t),
    weighted ? rows.map(({ w }) => w) : undefined,
  );
/** Whether it is defined: topK has several columns, rocAuc rows of each class. */
const applies = (name: string, rows: readonly Row[]): boolean => {
  const columns = rows[0]!.p.length;
  if (name === "topK(2)") return columns > 1;
  return name !== "rocAuc" || new Set(rows.map(({ t }) => t)).size === Math.max(2, columns);
};

describe.each(Object.entries(naive))("%s", (name, definition) => {
  const metric = ours[name]!;
  const check = (rowsGiven: fc.Arbitrary<Row[]>, law: (rows: Row[]) => void): void =>
    fc.assert(
      fc.property(rowsGiven, (rows) => {
        fc.pre(applies(name, rows));
        law(rows);
      }),
      { numRuns: runs(500) },
    );

  test("is what its definition says", () => {
    check(anyRows, (rows) => expect(ask(metric, rows)).toBeCloseTo(definition(rows), 12));
  });

  test("does not depend on the order of the rows", () => {
    check(anyRows, (rows) => expect(ask(metric, rows.slice().reverse())).toBeCloseTo(ask(metric, rows), 12));
  });

  test("a whole weight is as many rows, and a weight of 0 none", () => {
    check(anyRows, (rows) => {
      const repeated = rows.flatMap((row) => Array<Row>(row.w).fill(row));
      expect(ask(metric, rows)).toBeCloseTo(ask(metric, repeated, false), 12);
      const more = { ...rows[0]!, t: rows[0]!.t === 0 ? 1 : 0, w: 0 };
      expect(ask(metric, [more, ...rows])).toBe(ask(metric, rows));
    });
  });

  test("every form of the same rows gives the same", () => {
    check(anyRows, (rows) => {
      const columns = rows[0]!.p.length;
      const matrix = (list: number[], width: number) => ({
        data: Float64Array.from(list),
        shape: [rows.length, width] as const,
      });
      const p = rows.map(({ p }) => p);
      const t = rows.map(({ t }) => t);
      const oneHot = rows.map(({ p, t }) => (columns === 1 ? [t] : p.map((_, i) => Number(i === t))));
      const w = rows.map(({ w }) => w);
      const due = metric(p, t, w);
      expect(metric(matrix(p.flat(), columns), matrix(oneHot.flat(), columns), Float64Array.from(w))).toBe(due);
      expect(
        metric(
          p.map((row) => Float64Array.from(row)),
          Int32Array.from(t),
          Uint8Array.from(w),
        ),
      ).toBe(due);
      expect(metric(p, oneHot, w)).toBe(due);
      if (columns === 1) expect(metric(p.flat(), t, w)).toBe(due);
    });
  });
});

test("ranks alone count for areas under curves", () => {
  fc.assert(
    fc.property(
      rowsOf(1),
      fc.constantFrom(
        (x: number) => 8 * x - 3,
        (x: number) => x ** 3,
        Math.exp,
      ),
      (rows, grow) => {
        fc.pre(applies("rocAuc", rows));
        const mapped = rows.map((row) => ({ ...row, p: row.p.map(grow) }));
        for (const metric of [metrics.rocAuc, metrics.averagePrecision])
          expect(ask(metric, mapped)).toBe(ask(metric, rows));
      },
    ),
    { numRuns: runs(500) },
  );
});

test("the area under rocCurve is rocAuc, and the steps of precisionRecallCurve are averagePrecision", () => {
  fc.assert(
    fc.property(rowsOf(1), (rows) => {
      fc.pre(applies("rocAuc", rows));
      const given = [rows.map(({ p }) => p), rows.map(({ t }) => t), rows.map(({ w }) => w)] as const;
      const roc = metrics.rocCurve(...given);
      const areas = roc.slice(1).map((b, i) => {
        const a = roc[i]!;
        return ((b.falsePositiveRate - a.falsePositiveRate) * (a.truePositiveRate + b.truePositiveRate)) / 2;
      });
      expect(total(areas)).toBeCloseTo(metrics.rocAuc(...given), 12);
      const curve = metrics.precisionRecallCurve(...given);
      const parts = curve.slice(1).map(({ precision, recall }, i) => (recall - curve[i]!.recall) * precision);
      expect(total(parts)).toBeCloseTo(metrics.averagePrecision(...given), 12);
      for (const [points, first] of [
        [roc, { falsePositiveRate: 0, truePositiveRate: 0 }],
        [curve, { precision: 1, recall: 0 }],
      ] as const) {
        expect(points[0]).toEqual({ threshold: Infinity, ...first });
        expect(points.map(({ threshold }) => threshold)).toEqual([
          Infinity,
          ...new Set(rows.map(({ p }) => p[0]!).sort((a, b) => b - a)),
        ]);
      }
    }),
    { numRuns: runs(500) },
  );
});

test("bestThreshold is where the metric is best, and the highest of those", () => {
  const counted = fc.constantFrom<"accuracy" | "f1" | "matthews" | "precision" | "recall">(
    "accuracy",
    "f1",
    "matthews",
    "precision",
    "recall",
  );
  fc.assert(
    fc.property(rowsOf(1), counted, fc.boolean(), (rows, name, macro) => {
      const given = [rows.map(({ p }) => p), rows.map(({ t }) => t)] as const;
      const weights = rows.map(({ w }) => w);
      const average = macro && name in ofClass ? { average: "macro" as const } : {};
      const metric = metrics[name](average as object);
      const { threshold, score } = metrics.bestThreshold(...given, { metric, weights });
      const scoreAt = (threshold: number): number =>
        metrics[name]({ ...average, threshold } as object)(...given, weights);
      expect(score).toBe(scoreAt(threshold));
      for (const other of rows.map(({ p }) => p[0]!)) {
        if (other > threshold) expect(scoreAt(other)).toBeLessThan(score);
        else expect(scoreAt(other)).toBeLessThanOrEqual(score);
      }
    }),
    { numRuns: runs(500) },
  );
});

test("perfect predictions are exactly perfect, whatever the weights", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2), fc.double({ min: 1e-3, max: 1e3, noNaN: true })), { minLength: 3, maxLength: 20 }),
      (drawn) => {
        const t = [0, 1, 2, ...drawn.map(([k]) => k)];
        const w = [0.1, 0.2, 0.3, ...drawn.map(([, each]) => each)];
        const p = t.map((k) => [0, 1, 2].map((i) => Number(i === k)));
        const { accuracy, precision, recall, f1, matthews, averagePrecision } = metrics;
        for (const metric of [accuracy, precision, recall, f1, matthews, averagePrecision])
          expect(metric(p, t, w)).toBe(1);
        expect([
          metrics.logLoss(p, t, w),
          metrics.brier(p, t, w),
          metrics.meanAbsoluteError(p, p, w),
          metrics.rootMeanSquaredError(p, p, w),
        ]).toEqual([0, 0, 0, 0]);
        expect([metrics.r2(p, p, w), metrics.explainedVariance(p, p, w)]).toEqual([1, 1]);
      },
    ),
    { numRuns: runs(200) },
  );
});

describe("numbers", () => {
  test("equal targets are equal whatever their mean is rounded to", () => {
    // (0.1 + 0.1 + 0.1) / 3 is not 0.1
    expect(metrics.r2([0.2, 0.1, 0.1], [0.1, 0.1, 0.1])).toBe(0);
    expect(metrics.explainedVariance([0.2, 0.1, 0.1], [0.1, 0.1, 0.1])).toBe(0);
    expect(metrics.r2([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBe(1);
  });

  test("weights are repeated rows", () => {
    const number = fc.integer({ min: -8, max: 8 });
    const rows = fc.array(fc.tuple(number, number, fc.integer({ min: 1, max: 3 })), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(rows, (list) => {
        const repeated = list.flatMap((row) => Array<typeof row>(row[2]).fill(row));
        for (const metric of [
          metrics.meanAbsoluteError,
          metrics.rootMeanSquaredError,
          metrics.r2,
          metrics.explainedVariance,
        ])
          expect(
            metric(
              list.map(([p]) => p),
              list.map(([, t]) => t),
              list.map(([, , w]) => w),
            ),
          ).toBeCloseTo(
            metric(
              repeated.map(([p]) => p),
              repeated.map(([, t]) => t),
            ),
            11,
          );
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("a metric of the library", () => {
  const all = Object.entries(metrics).filter(([, each]) => "better" in each) as unknown as [
    string,
    metrics.BareMetric,
  ][];

  test.each(all)("%s says what it is, and cannot be changed", (name, metric) => {
    expect(metric.name).toBe(name);
    expect(["higher", "lower"]).toContain(metric.better);
    expect(isOurs(metric)).toBe(true);
    expect(Object.isFrozen(metric) && Object.isFrozen(metric.options)).toBe(true);
    expect(metric()).toBe(metric);
    const called = metric({});
    expect([called.name, called.better, called.options, isOurs(called)]).toEqual([
      name,
      metric.better,
      metric.options,
      true,
    ]);
  });

  test("keeps its options", () => {
    expect(metrics.f1.options).toEqual({ average: undefined, threshold: 0.5 });
    expect(metrics.f1({ average: "micro" }).options).toEqual({ average: "micro", threshold: 0.5 });
    expect(metrics.topK(3).options).toEqual({ k: 3 });
    expect(isOurs(metrics.topK(3))).toBe(true);
  });

  test("is better higher but for losses and errors", () => {
    const lower = all.filter(([, { better }]) => better === "lower").map(([name]) => name);
    expect(lower.sort()).toEqual(["brier", "logLoss", "meanAbsoluteError", "rootMeanSquaredError"]);
  });

  test("takes what a network gives and takes", () => {
    const network = new Network([dense(2, 3), softmax], { loss: crossEntropy, seed: 1, dtype: "float32" });
    const inputs = [
      [0, 1],
      [1, 0],
      [2, 2],
    ];
    const { logLoss } = metrics;
    const due = network.evaluate(inputs, [0, 1, 2]).loss;
    expect(logLoss(network.predict(inputs), [0, 1, 2])).toBeCloseTo(due, 6);
    const matrix = { data: Float32Array.from(inputs.flat()), shape: [3, 2] as const };
    expect(
      logLoss(network.predict(matrix), [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
    ).toBeCloseTo(due, 6);
    const soft = [
      [0.5, 0.5, 0],
      [0, 0.75, 0.25],
      [0.125, 0, 0.875],
    ];
    expect(logLoss(network.predict(inputs), soft)).toBeCloseTo(network.evaluate(inputs, soft).loss, 6);
  });
});

describe("confusion", () => {
  const labels = ["setosa", "versicolor", "\u001b[31mred"];
  const table = metrics.confusion(
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 1],
    ],
    [0, 1, 2, 1],
    { labels, weights: [10, 0.1, 9, 0.2] },
  );

  test("is a table when it is printed, of which nothing steers a terminal", () => {
    const text = [
      "target \\ predicted  setosa  versicolor  \\u{1b}[31mred",
      "setosa                  10           0              0",
      "versicolor               0         0.1            0.2",
      "\\u{1b}[31mred            0           0              9",
    ].join("\n");
    expect(`${String(table)}`).toBe(text);
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    expect((table as unknown as Record<symbol, () => string>)[inspect]!()).toBe(text);
  });

  test("has counts[target][prediction]", () => {
    expect(table.counts).toEqual([
      [10, 0, 0],
      [0, 0.1, 0.2],
      [0, 0, 9],
    ]);
    expect(metrics.confusion([0.2, 0.4], [1, 1], { threshold: 0.3 })).toMatchObject({
      labels: ["0", "1"],
      counts: [
        [0, 0],
        [1, 1],
      ],
    });
  });
});

const two = [
  [0.5, 0.5],
  [0.25, 0.75],
];
const sparse: number[] = [];
sparse.length = 4e9;
const { proxy, revoke } = Proxy.revocable([], {});
revoke();
const refusals: readonly (readonly [string, () => unknown, string, RegExp])[] = [
  ["no rows", () => metrics.accuracy([], []), "shape", /prediction expected at least one row/],
  ["rows without numbers", () => metrics.accuracy([[]], [0]), "shape", /prediction\[0\] expected at least one number/],
  [
    "no predictions",
    () => metrics.accuracy("cat" as never, [1]),
    "type",
    /accuracy prediction expected a list with a row for each example/,
  ],
  ["no targets", () => (metrics.accuracy as (p: unknown) => unknown)([[0.5]]), "type", /accuracy target expected/],
  [
    "rows that differ",
    () => metrics.accuracy([[1, 2], [1]], [0, 1]),
    "shape",
    /prediction\[1\] expected a list of 2 numbers/,
  ],
  ["NaN", () => metrics.accuracy([0.5, NaN], [0, 1]), "value", /prediction\[1\] expected a finite number/],
  [
    "NaN in a row",
    () =>
      metrics.accuracy(
        [
          [0.5, 0.5],
          [NaN, 0],
        ],
        [0, 1],
      ),
    "value",
    /prediction\[1\]\[0\] expected a finite number/,
  ],
  [
    "NaN in a typed array",
    () => metrics.accuracy(Float32Array.of(1, NaN), [0, 1]),
    "value",
    /prediction\[1\] expected a finite number/,
  ],
  [
    "words",
    () => metrics.accuracy([0.5, 0.5], ["0", "1"] as never),
    "type",
    /target\[0\] expected a finite number.*write 0/,
  ],
  [
    "another shape",
    () => metrics.accuracy({ data: new Float64Array(3), shape: [2, 2] }, [0, 1]),
    "shape",
    /prediction\.data expected new Float64Array\(4\)/,
  ],
  [
    "a negative shape",
    () => metrics.accuracy({ data: new Float64Array(4), shape: [-2, -2] }, [0, 1]),
    "shape",
    /prediction\.shape expected/,
  ],
  [
    "a matrix of lists",
    () => metrics.accuracy({ data: [1, 2] as never, shape: [2, 1] }, [0, 1]),
    "type",
    /prediction\.data expected/,
  ],
  [
    "a matrix alone",
    () => (metrics.accuracy as (p: unknown) => unknown)({ data: new Float64Array(2), shape: [2, 1] }),
    "type",
    /target/,
  ],
  [
    "fewer targets",
    () => metrics.accuracy([0.5, 0.5], [1]),
    "shape",
    /target expected as many rows as predictions, 2, got 1/,
  ],
  [
    "a class that is not there",
    () => metrics.accuracy(two, [0, 2]),
    "value",
    /target\[1\] expected a class index from 0 to 1/,
  ],
  [
    "several labels",
    () =>
      metrics.f1(two, [
        [1, 1],
        [0, 1],
      ]),
    "value",
    /target\[0\] expected probabilities that sum to 1, got 2: for examples that have several labels/,
  ],
  ["−1 for class 0", () => metrics.accuracy([0.5, 0.5], [-1, 1]), "value", /target\[0\] expected numbers from 0 to 1/],
  [
    "one-hot rows for one column",
    () => metrics.accuracy([0.5, 0.5], two),
    "shape",
    /target expected 0 or 1 for each row/,
  ],
  [
    "rows of another length",
    () =>
      metrics.accuracy(two, [
        [1, 0, 0],
        [1, 0, 0],
      ]),
    "shape",
    /target expected class indices, or rows of 2 numbers/,
  ],
  ["columns that differ", () => metrics.r2(two, [1, 2]), "shape", /r2 target expected rows of 2 numbers/],
  ["logits", () => metrics.logLoss([[2, -1]], [0]), "value", /logLoss prediction\[0\] expected numbers from 0 to 1/],
  [
    "logits that look like probabilities",
    () =>
      metrics.rocAuc(
        [
          [0.5, 0.75],
          [1, 0],
        ],
        [0, 1],
      ),
    "value",
    /sum to 1.*softmax/,
  ],
  [
    "fewer weights",
    () => metrics.accuracy(two, [0, 1], [1]),
    "shape",
    /weights expected as many weights as predictions, 2, got 1/,
  ],
  [
    "a weight below 0",
    () => metrics.accuracy(two, [0, 1], [1, -1]),
    "value",
    /weights\[1\] expected 0, or a number from 1e-60 to 1e\+60/,
  ],
  ["no weight above 0", () => metrics.accuracy(two, [0, 1], [0, 0]), "value", /a weight above 0/],
  ["a single weight", () => metrics.accuracy(two, [0, 1], 2 as never), "type", /weights expected a list of 2 numbers/],
  [
    "one class",
    () => metrics.rocAuc([0.5, 0.25], [1, 1]),
    "value",
    /rocAuc target expected rows of class 0 and of class 1/,
  ],
  ["one class for a curve", () => metrics.rocCurve([0.5, 0.25], [0, 0]), "value", /rocCurve target/],
  [
    "a class without rows",
    () =>
      metrics.rocAuc(
        [
          [0.5, 0.25, 0.25],
          [0.25, 0.5, 0.25],
        ],
        [0, 1],
      ),
    "value",
    /rows of class 2/,
  ],
  [
    "no positive",
    () => metrics.precisionRecallCurve([0.5, 0.25], [0, 0]),
    "value",
    /target expected a row of class 1, got none/,
  ],
  [
    "a curve of several columns",
    () => metrics.rocCurve(two, [0, 1]),
    "shape",
    /one number for each row.*ask for a class at a time/,
  ],
  ["a threshold of several columns", () => metrics.bestThreshold(two, [0, 1]), "shape", /one number for each row/],
  [
    "a metric of no threshold",
    () => metrics.bestThreshold([0.5], [1], { metric: metrics.rocAuc as never }),
    "value",
    /accuracy, precision, recall, f1 or matthews/,
  ],
  [
    "a metric of one's own",
    () => metrics.bestThreshold([0.5], [1], { metric: { name: "a", ofTally: () => 1 } as never }),
    "value",
    /accuracy, precision/,
  ],
  ["topK of one column", () => metrics.topK(1)([0.5], [1]), "shape", /a column for each class.*take accuracy/],
  ["topK as a metric", () => metrics.topK([[1, 0]] as never), "value", /topK k expected a whole number/],
  ["one row", () => metrics.r2([1], [1]), "value", /at least two rows/],
  ["squares that are infinite", () => metrics.r2([1e200, 0], [0, 1e200]), "value", /can be squared and added/],
  ["an error that is infinite", () => metrics.meanAbsoluteError([1.5e308], [-1.5e308]), "value", /squared and added/],
  [
    "targets whose spread is infinite, though not that of the errors",
    () => metrics.r2([1.9e154, -1.4e154], [1.4e154, -1.4e154]),
    "value",
    /squared and added/,
  ],
  ["targets whose spread is infinite", () => metrics.r2([1, 2], [1e200, -1e200]), "value", /squared and added/],
  [
    "an average of three classes",
    () => metrics.f1({ average: "binary" })([[1, 0, 0]], [0]),
    "option",
    /two classes.*write average: "macro"/,
  ],
  ["an unknown average", () => metrics.f1({ average: "mean" as never }), "value", /average expected "binary", "macro"/],
  ["an unknown option", () => metrics.f1({ averages: "macro" } as never), "option", /write average/],
  ["a threshold of words", () => metrics.accuracy({ threshold: "0.5" as never }), "value", /write threshold: 0.5/],
  ["an option of what has none", () => metrics.r2({ threshold: 1 } as never), "option", /r2 expected no options/],
  [
    "labels that are too few",
    () => metrics.confusion(two, [0, 1], { labels: ["a"] }),
    "value",
    /2 names, one for each class/,
  ],
  [
    "labels that are no words",
    () => metrics.confusion(two, [0, 1], { labels: [0, 1] as never }),
    "value",
    /a list of strings/,
  ],
  ["weights in the place of options", () => metrics.confusion(two, [0, 1], [1, 2] as never), "type", /a plain object/],
  [
    "labels in the place of options",
    () => metrics.confusion(two, [0, 1], ["a", "b"] as never),
    "type",
    /write \{ labels: \["a", "b"\] \}/,
  ],
  ["a threshold in their place", () => metrics.confusion([1], [0], 0.3 as never), "type", /write \{ threshold: 0.3 \}/],
  ["weights there", () => metrics.bestThreshold([1], [0], [2] as never), "type", /write \{ weights: \[2\] \}/],
  ["a metric there", () => metrics.bestThreshold([1], [0], metrics.f1 as never), "type", /write \{ metric: f1 \}/],
  [
    "a metric that has a threshold",
    () => metrics.bestThreshold([1, 0], [0, 1], { metric: metrics.recall({ threshold: 0.3 }) }),
    "option",
    /without a threshold.*got 0.3: write metric: recall/,
  ],
  ...(["accuracy", "precision", "recall", "f1", "matthews"] as const).map(
    (name) =>
      [
        `a threshold of several columns: ${name}`,
        () => metrics[name]({ threshold: 0.3 })(two, [0, 1]),
        "option",
        /threshold expected predictions of one column, got 2 columns: leave it out/,
      ] as const,
  ),
  [
    "a threshold of several columns: confusion",
    () => metrics.confusion(two, [0, 1], { threshold: 0.3 }),
    "option",
    /confusion threshold expected predictions of one column/,
  ],
  [
    "a table too large",
    () => metrics.confusion({ data: new Float64Array(1001), shape: [1, 1001] }, [0]),
    "shape",
    /at most 1000 classes/,
  ],
  [
    "a list that is not as long as it says",
    () => metrics.accuracy(sparse, sparse),
    "type",
    /prediction\[0\] expected a finite number/,
  ],
  [
    "a row that is not as long as it says",
    () => metrics.accuracy([sparse], [0]),
    "type",
    /prediction\[0\]\[0\] expected a finite number/,
  ],
  [
    "rows that are not there",
    () => metrics.accuracy(Object.assign([[1]], { length: 4e9 }), [0]),
    "shape",
    /prediction\[1\] expected a list of 1 number/,
  ],
  ["a revoked proxy", () => metrics.accuracy(proxy, [0]), "type", /prediction expected/],
  ["a revoked row", () => metrics.accuracy([[1], proxy], [0, 1]), "shape", /prediction\[1\] expected/],
];

test.each(refusals)("refused: %s", (_, call, code, message) => {
  const start = performance.now();
  expect(call).toThrow(message);
  expect(call).toThrow(ChainruleError);
  expect(call).toThrow(expect.objectContaining({ code }) as object);
  expect(performance.now() - start).toBeLessThan(1000);
});
