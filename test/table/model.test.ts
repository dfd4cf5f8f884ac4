import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracy, logLoss, meanAbsoluteError, r2, rootMeanSquaredError } from "chainrule/metrics";
import {
  adam,
  binaryCrossEntropy,
  ChainruleError,
  crossEntropy,
  dense,
  type Layer,
  type Loss,
  meanSquaredError,
  Network,
  sgd,
  sigmoid,
  softmax,
  tanh,
} from "chainrule";
import { crossValidate, fitTable, flag, learnColumns, number, split, tableModel, toText } from "chainrule/table";
import { runs } from "../support/random-cases.js";

interface Fruit {
  readonly size: number | null;
  readonly colour: "red" | "green" | "yellow";
  readonly ripe: boolean;
  readonly sort: "apple" | "pear" | "plum";
}

/** Rows whose sort follows from size and colour, with a little noise. */
const fruits = (count: number): Fruit[] =>
  Array.from({ length: count }, (_, i) => {
    const k = (i * 7919) % 101;
    const sort = (["apple", "pear", "plum"] as const)[k % 3]!;
    return {
      size: i % 17 === 0 ? null : { apple: 7, pear: 9, plum: 3 }[sort] + ((i * 31) % 13) / 5,
      colour: (["red", "green", "yellow"] as const)[(k + (i % 4 ? 0 : 1)) % 3]!,
      ripe: i % 2 === 0,
      sort,
    };
  });
const two = (count: number) => fruits(count).filter(({ sort }) => sort !== "plum");
const numbers = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const [a, b] = [(i * 7919) % 31, (i * 104729) % 17];
    return { a, b, y: 1000 + 20 * a - 15 * b + ((i * 13) % 7), z: a * b };
  });

const networkOf = (sizes: readonly [number, number], last: readonly Layer[], loss: Loss): Network =>
  new Network([dense(sizes[0], 8), tanh, dense(8, sizes[1]), ...last], {
    loss: loss as never,
    optimizer: adam({ learningRate: 0.02 }),
    seed: 1,
  }) as unknown as Network;

describe("a model of classes", () => {
  const rows = fruits(90);
  const columns = learnColumns(rows, { target: "sort" });
  const network = networkOf([columns.inputSize, 3], [softmax], crossEntropy);
  const model = tableModel(columns, network);
  for (let i = 0; i < 200; i++) model.trainBatch(rows);

  it("predicts what the network says of the encoded row", () => {
    const outputs = network.predict(columns.encodeInputs(rows) as never) as unknown as {
      data: Float64Array;
      shape: readonly [number, number];
    };
    const answers = model.predict(rows);
    const probabilities = model.probabilities(rows);
    rows.forEach((row, n) => {
      const output = [...outputs.data.subarray(3 * n, 3 * n + 3)];
      expect(Object.entries(probabilities[n]!)).toEqual(["apple", "pear", "plum"].map((name, i) => [name, output[i]]));
      expect(answers[n]).toBe(columns.decode(output));
      expect(answers[n]).toBe(["apple", "pear", "plum"][output.indexOf(Math.max(...output))]);
      expect(model.predict(row)).toBe(answers[n]);
      expect(model.probabilities(row)).toEqual(probabilities[n]);
    });
  });

  it("is judged as the metrics judge", () => {
    const report = model.evaluate(rows);
    if (report.task !== "classes") throw new Error(report.task);
    const truth = rows.map(({ sort }) => ["apple", "pear", "plum"].map((name) => Number(name === sort)));
    const said = model.probabilities(rows).map((each) => Object.values(each));
    expect(report.accuracy.value).toBeCloseTo(accuracy(said, truth), 14);
    expect(report.logLoss).toBeCloseTo(logLoss(said, truth), 12);
    expect(report.confidence).toBeCloseTo(said.reduce((sum, row) => sum + Math.max(...row), 0) / rows.length, 12);
    const answers = model.predict(rows);
    for (const { answer, rows: count, precision, recall } of report.classes) {
      const both = rows.filter(({ sort }, n) => sort === answer && answers[n] === answer).length;
      expect(count).toBe(rows.filter(({ sort }) => sort === answer).length);
      expect(recall).toBeCloseTo(both / count, 14);
      expect(precision).toBeCloseTo(both / answers.filter((each) => each === answer).length, 14);
    }
    const counts = (["apple", "pear", "plum"] as const).map((name) => rows.filter(({ sort }) => sort === name).length);
    expect(report.majority.accuracy.value).toBeCloseTo(Math.max(...counts) / rows.length, 14);
    expect(report.linear).toBeUndefined();
    expect(report.gain).toBeUndefined();
    expect(report.score).toEqual(report.accuracy);
  });

  it("counts what is unusual in the rows it judges: no gaps in a column that had some", () => {
    expect(model.columns.inputs).toContain("size is missing");
    const odd = [
      { ...rows[1]!, size: 900, colour: null as never },
      { ...rows[1]!, size: null, colour: "blue" as never },
    ];
    expect(model.evaluate(odd).task === "classes" && model.evaluate(odd)).toMatchObject({
      unusual: [
        { column: "size", gaps: 0, unseen: 0, outside: 1 },
        { column: "colour", gaps: 1, unseen: 1, outside: 0 },
      ],
    });
    const told = (rows: readonly object[]) =>
      toText(model.evaluate(rows as never))
        .split("\n")
        .at(-1);
    const begin = "Not as in the rows it learnt from: ";
    expect(told(odd)).toBe(`${begin}colour (1 gap, 1 not seen before)`);
    const atTheEnds = { ...rows[1]!, size: Math.max(...rows.map(({ size }) => size ?? 0)) };
    expect(told(Array.from({ length: 9 }, () => atTheEnds))).not.toContain(begin);
    const often = [...odd, { ...rows[1]!, size: 800 }, { ...rows[1]!, size: -900 }];
    expect(told(often)).toBe(`${begin}size (3 outside the range), colour (1 gap, 1 not seen before)`);
  });

  it("of numbers that do not differ has no importance: nothing can be lost", () => {
    const columns = learnColumns(numbers(30), { target: "y", columns: { z: number } });
    const network = networkOf([columns.inputSize, 1], [], meanSquaredError);
    const same = numbers(3).map((row) => ({ ...row, y: 1000 }));
    expect(
      tableModel(columns, network)
        .importance(same)
        .map((each) => each.importance),
    ).toEqual([0, 0]);
  });

  it("answers a list without rows with a list without answers", () => {
    expect([model.predict([]), model.probabilities([])]).toEqual([[], []]);
  });

  it("has no share of yes in a column without an answer", () => {
    const rows = [1, 2, 4].map((i) => ({ member: null, x: i, y: 2 * i }));
    expect(() => learnColumns(rows, { target: "y", columns: { member: flag } })).toThrow(
      /column member expected yes or no, got none/,
    );
  });

  it("takes a method that every object has for no column", () => {
    const rows = [1, 2, 4].map((i) => ({ toString: i, y: 2 * i }));
    const columns = learnColumns(rows, { target: "y" });
    expect(() => columns.encodeInputs([{} as never])).toThrow(/expected a column "toString"/);
  });

  it("finds that a column without meaning has no importance, and the one with it the most", () => {
    const importances = model.importance(rows, { repeats: 10 });
    expect(importances.map(({ column }) => column).sort()).toEqual(["colour", "ripe", "size"]);
    expect(importances[0]!.importance).toBeGreaterThan(0.2);
    expect(importances.at(-1)!.column).toBe("ripe");
    expect(Math.abs(importances.at(-1)!.importance)).toBeLessThan(importances[0]!.importance / 3);
    expect(model.importance(rows, { repeats: 10 })).toEqual(importances);
    expect(model.importance(rows, { repeats: 10, seed: 2 })).not.toEqual(importances);
  });

  it("passes over rows without an answer when it judges, and not when it trains", () => {
    const gaps = [...rows, { ...rows[0]!, sort: null as never }];
    expect(JSON.stringify(model.evaluate(gaps))).toBe(JSON.stringify(model.evaluate(rows)));
    expect(() => model.trainBatch(gaps)).toThrow(/rows\[90\]\.sort expected an answer/);
  });
});

describe("two classes", () => {
  const rows = two(90);
  const columns = learnColumns(rows, { target: "sort" });
  const ways: [string, Network][] = [
    ["one sigmoid", networkOf([columns.inputSize, 1], [sigmoid], binaryCrossEntropy)],
    ["one logit", networkOf([columns.inputSize, 1], [], binaryCrossEntropy({ fromLogits: true }))],
    ["softmax of two", networkOf([columns.inputSize, 2], [softmax], crossEntropy)],
    ["two logits", networkOf([columns.inputSize, 2], [], crossEntropy({ fromLogits: true }))],
  ];
  it.each(ways)("learn with %s", (_, network) => {
    const model = tableModel(columns, network);
    for (let i = 0; i < 150; i++) model.trainBatch(rows);
    const report = model.evaluate(rows);
    expect(report.task === "classes" && report.accuracy.value).toBeGreaterThan(0.9);
    const said = model.probabilities(rows);
    said.forEach(({ apple, pear }) => expect(apple! + pear!).toBeCloseTo(1, 12));
    for (const threshold of [0, 0.2, 0.5, 0.9, 1])
      expect(model.predict(rows, { threshold })).toEqual(
        said.map(({ pear }) => (pear! >= threshold ? "pear" : "apple")),
      );
    const strict = model.evaluate(rows, { threshold: 0.9 });
    const pears = said.filter(({ pear }) => pear! >= 0.9).length;
    expect(strict.task === "classes" && strict.confusion.counts.reduce((sum, row) => sum + row[1]!, 0)).toBe(pears);
  });

  it("need probabilities", () => {
    const model = tableModel(columns, networkOf([columns.inputSize, 2], [], meanSquaredError));
    expect(() => model.predict(rows[0]!)).toThrow(/the network's output expected probabilities.*end it in sigmoid/);
  });
});

describe("a model of numbers", () => {
  const rows = numbers(80);

  it("answers in the target's own units, and is judged in them", () => {
    const columns = learnColumns(rows, { target: "y", columns: { z: number } });
    const model = tableModel(columns, networkOf([columns.inputSize, 1], [], meanSquaredError));
    for (let i = 0; i < 300; i++) model.trainBatch(rows);
    const said = model.predict(rows);
    const truth = rows.map(({ y }) => y);
    const report = model.evaluate(rows);
    if (report.task !== "numbers") throw new Error(report.task);
    expect(report.meanAbsoluteError.value).toBeCloseTo(meanAbsoluteError(said, truth), 9);
    expect(report.rootMeanSquaredError.value).toBeCloseTo(rootMeanSquaredError(said, truth), 9);
    expect(report.r2.value).toBeCloseTo(r2(said, truth), 12);
    expect(report.r2.value).toBeGreaterThan(0.9);
    for (const { value, low, high } of [report.meanAbsoluteError, report.rootMeanSquaredError, report.r2]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    const mean = truth.reduce((sum, y) => sum + y, 0) / 80;
    expect(report.mean.answer).toBeCloseTo(mean, 9);
    expect(report.mean.r2.value).toBeCloseTo(0, 9);
    expect(report.mean.meanAbsoluteError.value).toBeCloseTo(
      meanAbsoluteError(
        truth.map(() => mean),
        truth,
      ),
      9,
    );
  });

  it("of several gives an object, and a report for each", async () => {
    const { model } = await fitTable(rows, { target: ["y", "z"], seed: 1 });
    const answer = model.predict({ a: 20, b: 10 });
    expect(Object.keys(answer)).toEqual(["y", "z"]);
    expect(Math.abs(answer.y - 1253)).toBeLessThan(60);
    expect(Math.abs(answer.z - 200)).toBeLessThan(40);
    const report = model.evaluate(rows);
    if (report.task !== "several") throw new Error(report.task);
    expect(report.targets.map(({ target }) => target)).toEqual(["y", "z"]);
    const said = model.predict(rows);
    expect(report.targets[1]!.r2.value).toBeCloseTo(
      r2(
        said.map(({ z }) => z),
        rows.map(({ z }) => z),
      ),
      9,
    );
    expect(model.importance(rows).map(({ column }) => column)).toEqual(["a", "b"]);
  });

  it("has no probabilities and no threshold", () => {
    const columns = learnColumns(rows, { target: "y" });
    const model = tableModel(columns, networkOf([columns.inputSize, 1], [], meanSquaredError));
    expect(() => model.probabilities(rows[0]!)).toThrow(/classes, got a model of numbers/);
    expect(() => model.predict(rows[0]!, { threshold: 0.5 })).toThrow(/a model of two classes/);
  });
});

describe("fitTable", () => {
  it("learns from the rows it is given, says how it was trained, and repeats by the seed", async () => {
    const [train, test] = split(fruits(200), { test: 0.25, stratify: "sort", seed: 3 });
    const { model, history } = await fitTable(train, { target: "sort", seed: 3 });
    const report = model.evaluate(test);
    expect(report.task === "classes" && report.accuracy.value).toBeGreaterThan(0.85);
    expect(report.task === "classes" && report.linear!.accuracy.value).toBeGreaterThan(0.7);
    expect(history.loss.length).toBeGreaterThan(3);
    const again = await fitTable(train, { target: "sort", seed: 3 });
    expect(JSON.stringify(again.model)).toBe(JSON.stringify(model));
    const other = await fitTable(train, { target: "sort", seed: 4 });
    expect(JSON.stringify(other.model)).not.toBe(JSON.stringify(model));
  });

  it("leaves out rows without an answer", async () => {
    const rows = fruits(60);
    const gaps = rows.flatMap((row) => [row, { ...row, size: 1e6, sort: "" as never }]);
    const { model } = await fitTable(gaps, { target: "sort", epochs: 3, seed: 1, columns: { size: number } });
    expect(model.evaluate(gaps).task).toBe("classes");
    expect(model.columns.classes).toEqual(["apple", "pear", "plum"]);
  });

  it.each([2, 3, 4, 5, 9, 12])("works with %d rows", async (count) => {
    const rows = Array.from({ length: count }, (_, i) => ({ x: i, y: i % 2 ? "odd" : "even" }));
    const { model } = await fitTable(rows, { target: "y", seed: 1, epochs: 20 });
    expect(["odd", "even"]).toContain(model.predict({ x: 1 }));
    const numeric = rows.map(({ x }) => ({ x, y: x * x + 0.5 }));
    if (count > 2)
      expect(Number.isFinite((await fitTable(numeric, { target: "y", seed: 1 })).model.predict({ x: 1 }))).toBe(true);
  });

  it("passes options on, and refuses those it has not", async () => {
    const rows = fruits(60);
    const epochs: number[] = [];
    const options = { target: "sort", seed: 1, hidden: [4, 3], epochs: 5, earlyStopping: false } as const;
    const { model } = await fitTable(rows, { ...options, onEpoch: ({ epoch }) => void epochs.push(epoch) });
    expect(model.network.layers.map(({ kind }) => kind).filter((kind) => kind === "dense")).toHaveLength(3);
    expect(epochs).toEqual([1, 2, 3, 4, 5]);
    await expect(fitTable(rows, { ...options, layers: 3 } as never)).rejects.toThrow(/got "layers"/);
    await expect(fitTable(rows, { ...options, epochs: 0.5 })).rejects.toThrow(/epochs expected a whole number/);
    const balanced = await fitTable(rows, { ...options, classWeights: "balanced" });
    expect(JSON.stringify(balanced.model)).not.toBe(JSON.stringify(model));
    await expect(fitTable(rows, { ...options, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe("the training of a table", () => {
  it("judges a trial by rows that it is not trained with", async () => {
    // Classes by chance: whatever is learnt from other rows does not help, and only what has been seen can be known.
    const rows = Array.from({ length: 100 }, (_, i) =>
      Object.fromEntries([
        ...Array.from({ length: 12 }, (_, j) => [`x${j}`, ((i + 1) * (j + 3) * 7919) % 101]),
        ["y", ((i * i * 31) % 97) % 2 ? "a" : "b"],
      ]),
    );
    const options = { epochs: 60, earlyStopping: { patience: 60 }, learningRate: 0.01, weightDecay: 0, seed: 1 };
    const { trials } = await fitTable(rows, { target: "y", ...options });
    expect(trials).toHaveLength(5);
    for (const { loss, reports } of trials) {
      expect(loss.at(-1)).toBeLessThan(0.3);
      expect(Math.min(...reports.map(({ validation }) => validation!.loss))).toBeGreaterThan(0.6);
    }
  });

  it("takes the middle of the best epochs of its trials", async () => {
    const { history, trials } = await fitTable(fruits(120), { target: "sort", seed: 2 });
    const best = trials.map((each) => each.best!.epoch).sort((a, b) => a - b);
    expect(best[0]).toBeLessThan(best[4]!);
    expect(history.loss).toHaveLength(best[2]!);
  });

  it("says which of network and linear model is better, where it is more than chance", async () => {
    const rows = Array.from({ length: 240 }, (_, i) => {
      const [a, b] = [((i * 7919) % 31) - 15, ((i * 104729) % 17) - 8];
      return { a, b, y: a * b > 0 ? "same" : "other" };
    });
    const { model } = await fitTable(rows, { target: "y", seed: 1 });
    const gainOf = (each: typeof model) => {
      const report = each.evaluate(rows);
      return report.task === "classes" && [report.gain, toText(report).includes("better than the linear model")];
    };
    expect(gainOf(model)).toEqual(["better", true]);
    const { network, linear, ...rest } = model.toJSON();
    expect(gainOf(tableModel.from({ ...rest, network: linear, linear: network }))).toEqual(["worse", false]);
    expect(gainOf(tableModel.from({ ...rest, network, linear: network }))).toEqual(["unclear", false]);
  });
});

describe("a report on few rows", () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ a: (i * 7919) % 31, y: ((i * 7919) % 31) * 2 + (i % 3) + 0.5 }));

  it("calls no model of numbers better by what fewer than six rows say", async () => {
    const { model } = await fitTable(rows, { target: "y", epochs: 3, seed: 1 });
    const reports = rows.map((_, n) => model.evaluate(rows.slice(n, n + 1)));
    expect(new Set(reports.map((report) => report.task === "numbers" && report.gain))).toEqual(new Set(["unclear"]));
    const whole = model.evaluate(rows); // in three epochs one of the two has learnt more
    expect(whole.task === "numbers" && whole.gain).not.toBe("unclear");
  });

  it("has the R² of the metrics where all answers are the same", async () => {
    const { model } = await fitTable(rows, { target: "y", epochs: 3, seed: 1 });
    const same = rows.slice(0, 7).map((row) => ({ ...row, y: 0.1 }));
    const report = model.evaluate(same);
    if (report.task !== "numbers") throw new Error(report.task);
    const said = model.predict(same) as number[];
    const due = r2(
      said,
      same.map(({ y }) => y),
    );
    expect(due).toBe(0);
    expect([report.r2, report.mean.r2]).toEqual([due, due].map((value) => ({ value, low: value, high: value })));
    expect(model.importance(same)[0]!.importance).toBe(0);
  });

  it("holds a number that is learnt by its logarithms against its mean", async () => {
    const wide = rows.map(({ a }) => ({ a, y: 1.4 ** a }));
    const options = { target: "y", columns: { y: number({ log: true }) }, epochs: 2, seed: 1 } as const;
    const { model } = await fitTable(wide, options);
    const again = tableModel.from(JSON.parse(JSON.stringify(model)));
    for (const report of [model.evaluate(wide), again.evaluate(wide)]) {
      if (report.task !== "numbers") throw new Error(report.task);
      expect(report.mean.answer).toBeCloseTo(wide.reduce((sum, { y }) => sum + y, 0) / wide.length, 6);
      expect(report.mean.r2.value).toBeCloseTo(0, 12);
    }
  });

  it("says with a threshold how sure it was of what it answered", async () => {
    const fruit = fruits(90).map(({ sort, ...row }) => ({ ...row, sort: sort === "plum" ? "plum" : "other" }));
    const { model } = await fitTable(fruit, { target: "sort", epochs: 5, seed: 1 });
    const report = model.evaluate(fruit, { threshold: 0.2 });
    const said = model.probabilities(fruit).map(({ other, plum }) => (plum! >= 0.2 ? plum! : other!));
    expect(said.some((p) => p < 0.5)).toBe(true);
    expect(report.task === "classes" && report.confidence).toBeCloseTo(said.reduce((a, b) => a + b, 0) / 90, 12);
  });

  it("says where the network is no better than a constant answer", async () => {
    const { model } = await fitTable(rows, { target: "y", seed: 1 });
    expect(toText(model.evaluate(rows))).not.toContain("no nearer");
    const other = rows.map(({ a, y }) => ({ a: 30 - a, y })); // what it learnt is the wrong way round here
    expect(toText(model.evaluate(other))).toContain("\nIt is no nearer here than what always answers the mean.");
    const fruit = fruits(60);
    const { model: sorts } = await fitTable(fruit, { target: "sort", epochs: 1, hidden: [1], seed: 1 });
    for (const each of [fruit, fruit.filter(({ sort }) => sort === "plum")]) {
      const report = sorts.evaluate(each);
      if (report.task !== "classes") throw new Error(report.task);
      const isBetter = report.accuracy.value > report.majority.accuracy.value;
      expect(toText(report).includes("It is right no more often here than what always answers")).toBe(!isBetter);
    }
  });

  it("is refused by toText if it is none", () => {
    expect(() => toText({} as never)).toThrow(
      /toText expected a report, got .*: write toText\(model.evaluate\(rows\)\)/,
    );
    expect(() => toText(undefined as never)).toThrow(ChainruleError);
  });
});

it("stops by the loss alone", async () => {
  await expect(
    fitTable(fruits(30), { target: "sort", earlyStopping: { metric: "accuracy" } as never }),
  ).rejects.toThrow(/fitTable earlyStopping expected true, false, or \{ patience \}, by the loss/);
});

it("takes as validation a share of the rows, and none of its own", async () => {
  const rows = fruits(30);
  for (const validation of [{ first: 0.2 }, { inputs: [[1]], targets: [0] }, {}, 1])
    await expect(fitTable(rows, { target: "sort", validation: validation as never })).rejects.toThrow(
      /fitTable validation expected a share of the rows .*write validation: \{ last: 0\.2 \}/,
    );
});

describe("a saved model", () => {
  it("is the same model after JSON, with its linear model", async () => {
    const rows = fruits(80);
    const { model } = await fitTable(rows, { target: "sort", seed: 1, epochs: 10 });
    const again = tableModel.from<Fruit, "sort">(JSON.parse(JSON.stringify(model)));
    expect(again.probabilities(rows)).toEqual(model.probabilities(rows));
    expect(toText(again.evaluate(rows))).toBe(toText(model.evaluate(rows)));
    expect(JSON.stringify(again)).toBe(JSON.stringify(model));
    expect(String(again.columns)).toBe(String(model.columns));
  });

  it("is refused if any part of it is another, and never acts otherwise", async () => {
    const { model } = await fitTable(fruits(60), { target: "sort", seed: 1, epochs: 2, hidden: [2] });
    const text = JSON.stringify(model);
    const parts: string[][] = [];
    const walk = (value: unknown, way: string[]): void => {
      parts.push(way);
      if (typeof value === "object" && value)
        for (const key of Object.keys(value)) walk((value as never)[key], [...way, key]);
    };
    walk(JSON.parse(text), []);
    const rows = fruits(5);
    const tally = { works: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...parts.slice(1)), fc.anything(), (way, value) => {
        const document = JSON.parse(text) as Record<string, never>;
        const holder = way.slice(0, -1).reduce<Record<string, unknown>>((each, key) => each[key] as never, document);
        holder[way.at(-1)!] = value;
        try {
          const again = tableModel.from<Fruit, "sort">(document);
          const answers = again.predict(rows);
          expect(answers.every((each) => (again.columns.classes as readonly unknown[]).includes(each))).toBe(true);
          tally.works++;
        } catch (error) {
          if (!(error instanceof ChainruleError)) throw error;
          tally.refused++;
        }
      }),
      { numRuns: runs(3000) },
    );
    expect(tally.refused).toBeGreaterThan(tally.works);
  });

  it.each<[string, unknown, RegExp]>([
    ["text", "{}", /write tableModel.from\(JSON.parse\(text\)\)/],
    ["a network", new Network([dense(1, 1)], { seed: 1 }).toJSON(), /what model.toJSON\(\) gave/],
    ["a newer one", { format: "chainrule table", version: 2 }, /update chainrule/],
    ["nothing", null, /what model.toJSON\(\) gave/],
  ])("is not %s", (_, document, message) => {
    expect(() => tableModel.from(document)).toThrow(message);
  });
});

describe("tableModel", () => {
  const columns = learnColumns(fruits(30), { target: "sort" });
  it.each<[string, () => unknown, RegExp]>([
    [
      "another count of inputs",
      () => tableModel(columns, networkOf([3, 3], [softmax], crossEntropy)),
      /begin with dense\(6, …\)/,
    ],
    [
      "another count of outputs",
      () => tableModel(columns, networkOf([6, 2], [softmax], crossEntropy)),
      /end with 3 outputs/,
    ],
    ["no network", () => tableModel(columns, sgd), /a network/],
    [
      "no columns",
      () => tableModel({} as never, networkOf([6, 3], [softmax], crossEntropy)),
      /what columns.toJSON\(\) gave/,
    ],
  ])("refuses %s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});

describe("crossValidate", () => {
  it("predicts every row by a model that has not seen it", async () => {
    const rows = fruits(60).map((row, i) => ({ ...row, i: i * i }));
    const { report, scores } = await crossValidate(rows, { target: "sort", folds: 4, seed: 1 });
    if (report.task !== "classes") throw new Error(report.task);
    expect(report.rows).toBe(60);
    expect(scores).toHaveLength(4);
    const mean = scores.reduce((sum, score) => sum + score, 0) / 4;
    expect(report.accuracy.value).toBeCloseTo(mean, 12); // folds of 15 rows each
    expect(report.linear!.accuracy.value).toBeGreaterThan(0.5);
  });

  it("cannot be fooled by rows that stand there twice, if they are a group", async () => {
    // The answer is a coin's, so that only who has seen a row's twin can know it.
    const coin = Array.from({ length: 60 }, (_, i) => ((i * 7919) % 101 < 50 ? "heads" : "tails"));
    const rows = [0, 1].flatMap(() =>
      coin.map((y, i) => ({ who: `person ${i}`, x: (i * 104729) % 997, z: (i * 31) % 61, y })),
    );
    const options = { target: "y", seed: 1, hidden: [64, 64], epochs: 150, earlyStopping: false } as const;
    const columns = { who: (await import("chainrule/table")).ignore };
    const apart = await crossValidate(rows, { ...options, columns, group: "who" });
    const mixed = await crossValidate(rows, { ...options, columns });
    const scoreOf = ({ report }: typeof apart) => (report.task === "classes" ? report.accuracy.value : NaN);
    expect(scoreOf(mixed)).toBeGreaterThan(0.8);
    expect(scoreOf(apart)).toBeLessThan(0.65);
  });

  it("asks the same question in every fold, if a fold lacks a rare value", async () => {
    const options = { target: "y", folds: 3, seed: 1, epochs: 3, hidden: [4] } as const;
    // Without the row of the 2, 0 and 1 alone would be classes; without that of the "x", numbers.
    const count = Array.from({ length: 60 }, (_, i) => ({ x: i % 7, y: i === 5 ? 1002 : 1000 + (i % 2) }));
    const counted = await crossValidate(count, options);
    expect(counted.report.task === "numbers" && counted.report.meanAbsoluteError.value).toBeLessThan(2);
    const words = Array.from({ length: 60 }, (_, i) => ({ x: i % 7, y: i === 5 ? "x" : String(1 + (i % 3)) }));
    const named = await crossValidate(words, options);
    expect(named.report.task === "classes" && named.report.classes.map(({ answer }) => answer)).toEqual(
      ["1", "2", "3", "x"], // as they are written
    );
  });

  it("learns yes and no, though another fold has a third word", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      member: i === 7 ? "maybe" : i % 3 ? "yes" : "no",
      x: i,
      y: i % 2 ? "a" : "b",
    }));
    const { report } = await crossValidate(rows, { target: "y", seed: 1, epochs: 2, hidden: [4] });
    expect(report.task === "classes" && report.unusual).toContainEqual(
      expect.objectContaining({ column: "member", unseen: 1 }),
    );
  });

  it("of numbers", async () => {
    const { report, scores } = await crossValidate(numbers(60), { target: "y", seed: 1 });
    expect(report.task === "numbers" && report.r2.value).toBeGreaterThan(0.8);
    expect(scores).toHaveLength(5);
  });
});
