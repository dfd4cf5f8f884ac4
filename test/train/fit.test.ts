import {
  ChainruleError,
  Network,
  adam,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  logProgress,
  meanSquaredError,
  relu,
  sgd,
  sigmoid,
  softmax,
  tanh,
  type Layer,
  type MetricFunction,
  type Schedule,
} from "chainrule";
import * as metrics from "chainrule/metrics";
import { describe, expect, test, vi } from "vitest";
import { balancedWeights } from "../../src/train/class-weights.js";
import { split } from "../../src/train/validation.js";
import { batchNorm } from "../interfaces/blocks/batch-norm.js";
import { dropout } from "../interfaces/blocks/dropout.js";

// What fit is asked for beyond epochs and batches: validation, metrics, early stopping, weights of classes.

const wave = (n: number): number => Math.sin(12.9898 * n) * 0.5;
const inputs = Array.from({ length: 60 }, (_, n) => [wave(n), wave(n + 0.37)]);
const numbers = inputs.map(([a, b]) => [a! * b! + 0.2 * a!]);
const labels = inputs.map(([a, b]) => (a! + b! > 0.4 ? 2 : a! > b! ? 1 : 0));
const answers = inputs.map(([a, b]) => (a! + b! > 0.3 ? 1 : 0));
const pick = <T>(list: readonly T[], rows: Iterable<number>): T[] => Array.from(rows, (row) => list[row]!);

const stochastic = [dense(2, 8), batchNorm(), relu, dropout(0.3), dense(8, 1)] as readonly Layer[];
const regression = (layers: readonly Layer[] = [dense(2, 6), tanh, dense(6, 1)], seed = 3): Network<number, number> =>
  new Network(layers, { loss: meanSquaredError, optimizer: adam({ learningRate: 0.02 }), seed });
const classifier = (seed = 3) =>
  new Network([dense(2, 8), tanh, dense(8, 3), softmax], { loss: crossEntropy, optimizer: adam, seed });
const binary = (seed = 3) =>
  new Network([dense(2, 8), tanh, dense(8, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: adam, seed });
const bits = (network: Pick<Network, "optimizer" | "toJSON">) => JSON.stringify([network, network.optimizer.scalars]);
const errorOf = async (promise: Promise<unknown>): Promise<ChainruleError> => {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error("no error");
  return error as ChainruleError;
};

const accuracy: MetricFunction = (prediction, target) =>
  prediction.filter((row, n) => row.indexOf(Math.max(...row)) === target[n]!.indexOf(1)).length / prediction.length;
const hits: MetricFunction = (prediction, target) =>
  prediction.filter(([p], n) => p! > 0.5 === (target[n]![0] === 1)).length / prediction.length;

describe("validation", () => {
  const held = split(60, 0.2, null, 3);

  test.each<[string, readonly Layer[]]>([
    ["a network that is compiled", [dense(2, 6), tanh, dense(6, 1)]],
    ["batch normalisation and dropout", stochastic],
  ])("%s is trained to the bits of a fit on the training part alone", async (_, layers) => {
    const [shared, given, alone] = [regression(layers), regression(layers), regression(layers)];
    const x = pick(inputs, held.training);
    const t = pick(numbers, held.training);
    const rest = { inputs: pick(inputs, held.validation), targets: pick(numbers, held.validation) };
    const options = { epochs: 12, batchSize: 5 };
    const first = await shared.fit(inputs, numbers, { ...options, validation: 0.2 });
    const second = await given.fit(x, t, { ...options, validation: rest });
    const third = await alone.fit(x, t, options);
    expect(first.loss).toEqual(third.loss);
    expect(second).toEqual(first);
    for (const each of [shared, given]) expect(bits(each)).toBe(bits(alone));
    expect(first.reports.at(-1)!.validation).toEqual(alone.evaluate(rest.inputs, rest.targets));
  });

  test("the loss of each epoch is that of evaluate, and row weights of its own count", async () => {
    const network = regression(stochastic);
    const rest = { inputs: inputs.slice(40), targets: numbers.slice(40) };
    const rowWeights = rest.inputs.map((_, n) => n / 7);
    const seen: unknown[] = [];
    const { reports } = await network.fit(inputs.slice(0, 40), numbers.slice(0, 40), {
      epochs: 4,
      validation: { ...rest, rowWeights },
      onEpoch: () => void seen.push(network.evaluate(rest.inputs, rest.targets, { rowWeights })),
    });
    expect(reports.map(({ validation }) => validation)).toEqual(seen);
  });

  test("of more rows than a slice, in float32, with masses: the loss of evaluate", async () => {
    const loss = meanSquaredError({ missing: NaN });
    const network = new Network([dense(2, 1)], { loss, optimizer: sgd, dtype: "float32", seed: 1 });
    const x = Array.from({ length: 700 }, (_, n) => [wave(n), wave(n + 0.5)]);
    const t = x.map(([a], n) => [n % 7 === 0 ? NaN : a!]);
    const validation = { inputs: x, targets: t };
    const { reports } = await network.fit(inputs, numbers, { epochs: 1, validation });
    expect(reports[0]!.validation).toEqual(network.evaluate(x, t));
  });

  test("{ last } keeps the end, in the order of time", async () => {
    const [network, alone] = [regression(), regression()];
    const { reports } = await network.fit(inputs, numbers, { epochs: 3, shuffle: false, validation: { last: 0.25 } });
    await alone.fit(inputs.slice(0, 45), numbers.slice(0, 45), { epochs: 3, shuffle: false });
    expect(bits(network)).toBe(bits(alone));
    expect(reports[2]!.validation).toEqual(alone.evaluate(inputs.slice(45), numbers.slice(45)));
  });

  test("a share is drawn by the seed, the same in another fit, and from every class alike", () => {
    const classes = Uint32Array.from({ length: 1000 }, (_, n) => (n % 10 === 0 ? 2 : n % 10 < 4 ? 1 : 0));
    const one = split(1000, 0.2, classes, 1);
    expect(split(1000, 0.2, classes, 1)).toEqual(one);
    expect(split(1000, 0.2, classes, 2)).not.toEqual(one);
    const count = (rows: Uint32Array, which: number) => rows.filter((row) => classes[row] === which).length;
    expect([0, 1, 2].map((which) => count(one.validation, which))).toEqual([120, 60, 20]);
    expect([...one.training, ...one.validation].sort((a, b) => a - b)).toEqual(Array.from(classes.keys()));
    const rows = [...one.validation].filter((row) => classes[row] === 0);
    expect(rows).not.toEqual([...classes.keys()].filter((row) => classes[row] === 0).slice(0, 120));
    for (const share of [0.1, 0.33, 0.5, 0.77]) {
      for (const each of [classes, null]) expect(split(1000, share, each, 7).validation).toHaveLength(1000 * share);
    }
    const few = split(7, 0.3, Uint32Array.of(0, 0, 0, 1, 1, 1, 2), 1); // 2 of 7: the largest rests
    expect(Array.from(few.validation, (row) => (row < 3 ? 0 : row < 6 ? 1 : 2))).toEqual([0, 1]);
  });

  test.each<[string, () => Promise<readonly number[]>]>([
    ["class indices", () => seenBy(classifier(), labels, (row) => row.indexOf(1))],
    [
      "rows of 0 and 1",
      () =>
        seenBy(
          classifier(),
          labels.map((c) => [0, 1, 2].map((i) => Number(i === c))),
          (row) => row.indexOf(1),
        ),
    ],
    ["yes or no", () => seenBy(binary(), answers, ([t]) => t!)],
  ])("is stratified for %s", async (name, see) => {
    const all = name === "yes or no" ? answers : labels;
    const due = (which: number) => (all.filter((each) => each === which).length * 12) / 60;
    const seen = await see();
    for (const which of new Set(all)) {
      expect(Math.abs(seen.filter((each) => each === which).length - due(which))).toBeLessThan(1);
    }
    expect(seen).toHaveLength(12);
  });

  async function seenBy(
    network: Pick<Network, "fit">,
    targets: number[] | number[][],
    read: (row: readonly number[]) => number,
  ) {
    let seen: number[] = [];
    const look: MetricFunction = (_, target) => {
      seen = target.map(read);
      return 0;
    };
    await network.fit(inputs as [number, number][], targets as number[], {
      epochs: 1,
      validation: 0.2,
      metrics: { look },
    });
    return seen;
  }
});

describe("metrics", () => {
  test("with validation are those of its rows, without it those of the training rows, in evaluation mode", async () => {
    const mean: MetricFunction = (prediction) => prediction.reduce((sum, [p]) => sum + p!, 0) / prediction.length;
    const network = regression(stochastic);
    const after: number[] = [];
    const onEpoch = () => void after.push(mean(network.predict(inputs), []));
    const { reports, best } = await network.fit(inputs, numbers, { epochs: 3, metrics: { mean }, onEpoch });
    reports.forEach((report, n) => {
      expect(Object.keys(report).sort()).toEqual(["epoch", "loss", "mean"]);
      expect(report.mean).toBeCloseTo(after[n]!, 12);
    });
    expect(best!.loss).toBe(Math.min(...reports.map(({ loss }) => loss)));

    const judged = classifier();
    const history = await judged.fit(inputs, labels, { epochs: 30, validation: 0.2, metrics: { accuracy } });
    const { epoch, loss, validation, ...rest } = history.reports[9]!;
    expect([epoch, loss, Object.keys(validation), Object.keys(rest)]).toEqual([
      10,
      history.loss[9],
      ["loss", "accuracy"],
      [],
    ]);
    expect(history.best!.validation.loss).toBe(Math.min(...history.reports.map((each) => each.validation.loss)));
    expect(history.ended).toBe("epochs");
  });

  test("a metric of ours gets the numbers as they are, one of the user's gets lists of rows", async () => {
    const seen: unknown[] = [];
    const note = ((...given) => seen.push(given)) as MetricFunction;
    const ours = ((...given) => seen.push(given)) as MetricFunction;
    Object.defineProperty(ours, Symbol.for("chainrule.block"), { value: ours });
    const network = binary();
    const pair = [
      [0, 1],
      [1, 0],
    ];
    network.evaluate(pair, [1, 0], { metrics: { note, ours }, rowWeights: [1, 2] });
    const flat = Float64Array.from(network.predict(pair), ([p]) => p);
    expect(seen).toEqual([
      [network.predict(pair), [[1], [0]], [1, 2]],
      [{ data: flat, shape: [2, 1] }, { data: Float64Array.of(1, 0), shape: [2, 1] }, Float64Array.of(1, 2)],
    ]);
  });

  test("of the library: they know which way is better, and take the numbers as they are", async () => {
    const network = classifier();
    const history = await network.fit(inputs as [number, number][], labels, {
      ...{ epochs: 60, batchSize: 32, validation: 0.2, classWeights: "balanced" as const },
      metrics: { accuracy: metrics.accuracy, f1: metrics.f1, logLoss: metrics.logLoss, matthews: metrics.matthews },
      earlyStopping: { patience: 20, metric: "accuracy" },
    });
    const best = Math.max(...history.reports.map(({ validation }) => validation.accuracy));
    expect(history.best!.validation.accuracy).toBe(best);
    const rowWeights = labels.map((_, n) => 1 + (n % 2));
    const given = { logLoss: metrics.logLoss, accuracy: metrics.accuracy };
    const found = network.evaluate(inputs, labels, { metrics: given, rowWeights });
    expect(found.logLoss).toBeCloseTo((found.loss * 60) / 90, 10); // the mean over the weights, not over the rows
    expect(found.accuracy).toBe(metrics.accuracy(network.predict(inputs), labels, rowWeights));
  });

  test("evaluate gives the loss, and each of them", () => {
    const network = classifier();
    const { loss } = network.evaluate(inputs, labels);
    expect(network.evaluate(inputs, labels, { metrics: { accuracy } })).toEqual({
      loss,
      accuracy: accuracy(
        network.predict(inputs),
        labels.map((c) => [0, 1, 2].map((i) => Number(i === c))),
      ),
    });
    const one: MetricFunction = (prediction) => prediction.length;
    expect(network.evaluate([1, 2], 0, { metrics: { one } }).one).toBe(1);
    const many = Array.from({ length: 600 }, (_, n) => [wave(n), 0]);
    const middle: MetricFunction = (prediction) => prediction[400]![1]!;
    const { middle: found } = network.evaluate(many, new Array(600).fill(1), { metrics: { middle } });
    expect(found).toBe(network.predict(many)[400]![1]);
  });

  test.each<[string, unknown]>([
    ["NaN", NaN],
    ["a promise", Promise.resolve(1)],
    ["a list", [1]],
    ["undefined", undefined],
  ])("that gives %s ends the training, after the step it was at", async (_, value) => {
    const network = regression();
    const twin = regression();
    const error = await errorOf(network.fit(inputs, numbers, { epochs: 3, metrics: { mine: () => value as number } }));
    expect(error).toMatchObject({ code: "value", where: "metric mine", history: { loss: [] } });
    await twin.fit(inputs, numbers, { epochs: 1 });
    expect(bits(network)).toBe(bits(twin));
  });
});

describe("metrics beside logits", () => {
  const ours = { accuracy: metrics.accuracy, logLoss: metrics.logLoss, brier: metrics.brier };

  test.each<[string, readonly Layer[], readonly Layer[], object, object, readonly number[]]>([
    ["one", [dense(2, 1)], [sigmoid], binaryCrossEntropy({ fromLogits: true }), binaryCrossEntropy, answers],
    ["several", [dense(2, 3)], [softmax], crossEntropy({ fromLogits: true }), crossEntropy, labels],
  ])("of %s: are those of probabilities, in fit and in evaluate", async (_, layers, last, logits, loss, t) => {
    const make = (all: readonly Layer[], of: object): Network<number, number> =>
      new Network(all, { loss: of as typeof crossEntropy, optimizer: sgd({ learningRate: 0.5 }), seed: 2 });
    const [raw, twin] = [make(layers, logits), make([...layers, ...last], loss)];
    const options = { epochs: 3, metrics: ours, onBatch: () => undefined };
    for (const validation of [undefined, 0.25]) {
      const found = await raw.fit(inputs, t, { ...options, validation });
      const due = await twin.fit(inputs, t, { ...options, validation });
      const weights = twin.parameter("0.weight").value as number[][];
      expect(raw.parameter("0.weight").value).toEqual(
        weights.map((row) => row.map((w) => expect.closeTo(w, 12) as number)),
      );
      for (const [n, report] of found.reports.entries()) {
        const [scores, others] = [report.validation ?? report, due.reports[n]!.validation ?? due.reports[n]!];
        expect(scores.accuracy).toBe(others.accuracy);
        for (const name of ["logLoss", "brier", "loss"] as const) expect(scores[name]).toBeCloseTo(others[name]!, 12);
      }
    }
    const found = raw.evaluate(inputs, t, { metrics: ours });
    expect(found.accuracy).toBe(twin.evaluate(inputs, t, { metrics: ours }).accuracy);
    expect(found.accuracy).toBeGreaterThan(0.6);
  });
});

describe("targets that are missing", () => {
  const loss = meanSquaredError({ missing: NaN });
  const make = () => new Network([dense(2, 2)], { loss, optimizer: sgd, seed: 1 });
  const both = inputs.map(([a, b], n) => [n % 3 === 0 ? NaN : a! + b!, n % 7 === 0 ? NaN : a! - b!]);
  const whole = both.flatMap((row, n) => (row.some(Number.isNaN) ? [] : n));
  const error = { meanAbsoluteError: metrics.meanAbsoluteError };

  test("have no part in our metrics, row by row; yours see them", async () => {
    const network = make();
    let seen = 0;
    const mine: MetricFunction = (_, target) => (seen = target.length);
    const rowWeights = inputs.map((_, n) => 1 + (n % 5));
    const { reports } = await network.fit(inputs, both, { epochs: 2, rowWeights, metrics: { ...error, mine } });
    const due = metrics.meanAbsoluteError(
      network.predict(pick(inputs, whole)),
      pick(both, whole),
      pick(rowWeights, whole),
    );
    expect(reports[1]!.meanAbsoluteError).toBe(due);
    expect(seen).toBe(60);
    expect(network.evaluate(inputs, both, { rowWeights, metrics: error }).meanAbsoluteError).toBe(due);
  });

  test.each<[string, readonly number[][], object, string]>([
    ["all of validation", [[NaN, NaN]], {}, "fit validation targets"],
    ["some in every row, beside a metric of ours", [[NaN, 1]], { metrics: error }, "fit metrics"],
  ])("%s: nothing to judge by, which is said before anything is trained", async (_, held, options, where) => {
    const network = make();
    const before = bits(network);
    const validation = { inputs: [[1, 2]], targets: held };
    for (const fit of [
      () =>
        network.fit(
          inputs as [number, number][],
          both as [number, number][],
          { epochs: 2, validation, ...options } as never,
        ),
      () => network.fit(() => [{ inputs, targets: both }], { epochs: 2, validation, ...options } as never),
    ])
      expect(await errorOf(fit())).toMatchObject({ code: "value", where });
    expect(bits(network)).toBe(before);
    const { loss } = network.evaluate(inputs, both);
    expect(Number.isFinite(loss)).toBe(true);
  });

  test("a share of validation in which none is known, too; a metric of evaluate", async () => {
    const network = make();
    const last = both.map((row, n) => (n < 50 ? row : [NaN, NaN]));
    expect(await errorOf(network.fit(inputs, last, { epochs: 1, validation: { last: 0.1 } }))).toMatchObject({
      where: "fit validation targets",
    });
    expect(() => network.evaluate([[1, 2]], [[NaN, 2]], { metrics: error })).toThrow(
      expect.objectContaining({ code: "value", where: "metric meanAbsoluteError" }),
    );
    expect(network.evaluate([[1, 2]], [[NaN, 2]], { metrics: { one: () => 1 } }).one).toBe(1);
  });
});

describe("early stopping", () => {
  const noisy = numbers.map(([t], n) => [t! + 2 * wave(7 * n)]);
  const [x, t] = [inputs.slice(0, 30), noisy.slice(0, 30)];
  const validation = { inputs: inputs.slice(30), targets: noisy.slice(30) };
  const wide = () => regression([dense(2, 24), tanh, dense(24, 24), tanh, dense(24, 1)]);

  /** The same by hand. */
  async function byHand(network: Network<number, number>, patience: number, minDelta = 0) {
    let [best, reference, waited, at] = [Infinity, Infinity, 0, 0];
    let saved = network.toJSON();
    let epoch = 0;
    while (waited < patience) {
      epoch++;
      await network.fit(x, t, { epochs: 1, batchSize: 6, shuffle: false });
      const { loss } = network.evaluate(validation.inputs, validation.targets);
      if (loss < best) [best, saved, at] = [loss, network.toJSON(), epoch];
      if (loss < reference - minDelta) [reference, waited] = [loss, 0];
      else waited++;
    }
    network.load(saved);
    return { epoch, best, at };
  }

  test.each([
    [3, 0],
    [8, 0],
    [4, 0.01],
  ])("patience %i, minDelta %f: a loop by hand", async (patience, minDelta) => {
    const [network, twin] = [wide(), wide()];
    const options = { epochs: 500, batchSize: 6, shuffle: false, validation };
    const history = await network.fit(x, t, { ...options, earlyStopping: { patience, minDelta } });
    const { epoch, best, at } = await byHand(twin, patience, minDelta);
    expect(history.ended).toBe("earlyStopping");
    expect(history.loss).toHaveLength(epoch);
    expect(history.best).toBe(history.reports[at - 1]);
    expect(history.best!.validation.loss).toBe(best);
    expect(JSON.stringify(network)).toBe(JSON.stringify(twin));
    expect(network.evaluate(validation.inputs, validation.targets).loss).toBe(best);
    expect(epoch).toBeLessThan(500);
    expect(at).toBeLessThanOrEqual(epoch);
  });

  test("true is a patience of 10; what has a buffer gets it back too", async () => {
    const network = regression(stochastic);
    const options = { epochs: 400, validation, earlyStopping: true };
    const { loss, best, ended } = await network.fit(x, t, options);
    expect(ended).toBe("earlyStopping");
    expect(loss.length).toBe(best!.epoch + 10);
    expect(network.evaluate(validation.inputs, validation.targets)).toEqual(best!.validation);
  });

  test("a metric that is better when it is higher, from an epoch on", async () => {
    const given = [0.9, 0.1, 0.5, 0.7, 0.7, 0.6];
    let calls = 0;
    const states: string[] = [];
    const network = regression();
    const history = await network.fit(x, t, {
      epochs: 20,
      validation,
      metrics: { score: { metric: () => given[calls++]!, better: "higher" } },
      earlyStopping: { metric: "score", patience: 2, from: 2 },
      onEpoch: () => void states.push(JSON.stringify(network)),
    });
    expect(history.best!.epoch).toBe(4);
    expect(history.reports.map(({ validation: { score } }) => score)).toEqual(given);
    expect(history.ended).toBe("earlyStopping");
    expect(JSON.stringify(network)).toBe(states[3]);
  });

  test("a goal alone needs no validation, and no patience", async () => {
    const losses: number[] = [];
    const network = regression();
    const first = await regression().fit(x, t, { epochs: 40 });
    const below = first.loss[20]!;
    const { ended, loss } = await network.fit(x, t, {
      epochs: 400,
      earlyStopping: { below },
      onEpoch: (report) => void losses.push(report.loss),
    });
    expect(ended).toBe("earlyStopping");
    expect(loss).toEqual(losses);
    expect(loss.findIndex((each) => each < below)).toBe(loss.length - 1);
    const rising = await regression().fit(x, t, {
      epochs: 9,
      metrics: {
        count: {
          metric: (() => {
            let n = 0;
            return () => n++;
          })(),
          better: "higher",
        },
      },
      earlyStopping: { metric: "count", above: 2.5 },
    });
    expect([rising.ended, rising.loss.length, rising.best!.epoch]).toEqual(["earlyStopping", 4, 4]);
  });

  test.each(["onEpoch", "onBatch", "abort", "a callback that throws", "divergence", "a metric that fails"] as const)(
    "ended by %s: the best parameters are restored",
    async (end) => {
      const network = wide();
      const controller = new AbortController();
      const states: string[] = [];
      const losses: number[] = [];
      let calls = 0;
      const isOver = () => states.length === 12;
      const history = await network
        .fit(x, t, {
          epochs: 500,
          batchSize: 6,
          validation,
          earlyStopping: { patience: 400 },
          signal: controller.signal,
          metrics: { fails: () => (end === "a metric that fails" && ++calls === 13 ? NaN : 0) },
          onBatch: ({ step }) => {
            if (end === "onBatch" && isOver() && step === 3) return false;
          },
          onEpoch: (report) => {
            losses.push(report.validation.loss);
            states.push(JSON.stringify(network));
            network.optimizer.learningRate = 0.3; // it becomes worse from here
            if (!isOver()) return;
            if (end === "onEpoch") return false;
            if (end === "abort") controller.abort();
            if (end === "a callback that throws") throw new RangeError("mine");
            if (end === "divergence") network.optimizer.learningRate = 1e300;
          },
        })
        .catch((error: ChainruleError) => error.history as { readonly best?: { readonly epoch: number } });
      if (end === "onEpoch" || end === "onBatch")
        expect(history!.best!.epoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
      expect(history === undefined).toBe(end === "a callback that throws");
      expect(states).toHaveLength(12);
      const best = losses.indexOf(Math.min(...losses));
      expect(best).toBeLessThan(11);
      expect(JSON.stringify(network)).toBe(states[best]);
      expect(network.evaluate(validation.inputs, validation.targets).loss).toBe(losses[best]);
    },
  );
});

describe("an optimizer", () => {
  const means = () =>
    new Network(stochastic, {
      loss: meanSquaredError,
      optimizer: adam({ learningRate: 0.05, averaged: 0.9 }),
      seed: 3,
    });

  test("that keeps running means is judged by them, and stopped; they are restored too", async () => {
    const network = means();
    const validation = { inputs: inputs.slice(40), targets: numbers.slice(40) };
    const judged: { loss: number }[] = [];
    const states: string[] = [];
    const { reports, best, ended } = await network.fit(inputs.slice(0, 40), numbers.slice(0, 40), {
      epochs: 300,
      validation,
      earlyStopping: { patience: 8 },
      onEpoch: () => {
        const mean = network.clone({ averaged: true });
        judged.push(mean.evaluate(validation.inputs, validation.targets));
        states.push(JSON.stringify([network, mean]));
      },
    });
    expect(ended).toBe("earlyStopping");
    expect(reports.map((report) => report.validation)).toEqual(judged);
    expect(judged[0]).not.toEqual(network.evaluate(validation.inputs, validation.targets));
    expect(JSON.stringify([network, network.clone({ averaged: true })])).toBe(states[best!.epoch - 1]);
  });

  test("that keeps running means goes on from a checkpoint to the same ones, of the best epoch too", async () => {
    const make = () =>
      new Network([dense(2, 5), tanh, dense(5, 1)], {
        loss: meanSquaredError,
        optimizer: adam({ learningRate: 0.05, averaged: 0.9 }),
        seed: 3,
      });
    const options = { epochs: 40, validation: 0.3, batchSize: 8, earlyStopping: { patience: 5, minDelta: 1e-4 } };
    const network = make();
    const checkpoints: string[] = [];
    const note = () => void checkpoints.push(JSON.stringify(network.checkpoint()));
    const history = await network.fit(inputs as [number, number][], numbers, { ...options, onBatch: note });
    for (const text of [checkpoints[3]!, checkpoints[50]!, checkpoints.at(-1)!]) {
      const twin = make();
      const resume = JSON.parse(text) as ReturnType<typeof network.checkpoint>;
      expect(await twin.fit(inputs as [number, number][], numbers, { ...options, resume })).toEqual(history);
      const others = { ...options, resume, metrics: { one: () => 1 } };
      const where = "fit resume metrics";
      expect(await errorOf(make().fit(inputs as [number, number][], numbers, others))).toMatchObject({ where });
      for (const averaged of [false, true]) {
        expect(JSON.stringify(twin.clone({ averaged }))).toBe(JSON.stringify(network.clone({ averaged })));
      }
    }
  });

  test("that has a schedule is told the loss that is watched after each epoch, before onEpoch", async () => {
    const log: unknown[] = [];
    const schedule: Schedule = { name: "mine", rate: () => 0.01, epoch: (_step, _s, loss) => void log.push(loss) };
    const network = new Network([dense(2, 1)], {
      loss: meanSquaredError,
      optimizer: sgd({ learningRate: schedule }),
      seed: 1,
    });
    const onEpoch = ({ epoch }: { epoch: number }) => void log.push(epoch);
    const first = await network.fit(inputs, numbers, { epochs: 2, validation: 0.2, onEpoch });
    expect(log).toEqual([first.reports[0]!.validation.loss, 1, first.reports[1]!.validation.loss, 2]);
    log.length = 0;
    const second = await network.fit(inputs, numbers, { epochs: 2, metrics: { hits } });
    expect(log).toEqual(second.loss);
  });
});

describe("weights of classes", () => {
  const factorsOf = (rows: readonly number[]) => {
    const count = (which: number) => rows.filter((label) => label === which).length;
    return [0, 1, 2].map((which) => rows.length / (3 * count(which)));
  };

  test("balanced: a loop by hand, over the training rows after the split", async () => {
    const held = split(60, 0.25, Uint32Array.from(labels), 3);
    const [network, twin] = [classifier(), classifier()];
    await network.fit(inputs, labels, {
      epochs: 3,
      batchSize: 7,
      shuffle: false,
      validation: 0.25,
      classWeights: "balanced",
    });
    const [x, t] = [pick(inputs, held.training), pick(labels, held.training)];
    const factors = factorsOf(t);
    for (let epoch = 0; epoch < 3; epoch++) {
      for (let n = 0; n < t.length; n += 7) {
        const rows = t.slice(n, n + 7);
        twin.trainBatch(x.slice(n, n + 7), rows, { rowWeights: rows.map((label) => factors[label]!) });
      }
    }
    expect(bits(network)).toBe(bits(twin));
    const due = twin.evaluate(inputs, labels, { rowWeights: labels.map((label) => factors[label]!) });
    expect(network.evaluate(inputs, labels, { classWeights: "balanced" })).toEqual(due);
    expect(network.evaluate(inputs, labels, { classWeights: factors })).toEqual(due);
    const many = Array.from({ length: 10 }, () => inputs).flat(); // more than a slice
    const weights = labels.map((label) => factors[label]!);
    expect(network.evaluate(many, Array.from({ length: 10 }, () => labels).flat(), { classWeights: factors })).toEqual(
      network.evaluate(many, Array.from({ length: 10 }, () => labels).flat(), {
        rowWeights: Array.from({ length: 10 }, () => weights).flat(),
      }),
    );
  });

  test("times those of rows, in a list, in float32 too; the validation loss counts every row alike", async () => {
    const make = () =>
      new Network([dense(2, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: sgd, dtype: "float32", seed: 1 });
    const [network, twin] = [make(), make()];
    const rowWeights = answers.map((_, n) => 1 + (n % 3));
    const options = { epochs: 2, validation: { last: 0.2 } };
    const history = await network.fit(inputs, answers, { ...options, rowWeights, classWeights: [0.5, 3] });
    await twin.fit(inputs, answers, { ...options, rowWeights: rowWeights.map((w, n) => w * [0.5, 3][answers[n]!]!) });
    expect(bits(network)).toBe(bits(twin));
    const [x, t] = [inputs.slice(48), answers.slice(48)];
    expect(history.reports[1]!.validation.loss).toBe(network.evaluate(x, t).loss);
    let weights: unknown;
    const look: MetricFunction = (_p, _t, given) => ((weights = given), 1);
    network.evaluate(inputs, answers, { rowWeights, classWeights: [0.5, 3], metrics: { look } });
    expect(weights).toEqual(rowWeights.map((w, n) => w * [0.5, 3][answers[n]!]!));
  });

  test("count in the metrics of the training rows, as in evaluate", async () => {
    const network = classifier();
    const rowWeights = labels.map((_, n) => 1 + (n % 4));
    const options = { rowWeights, classWeights: [0.5, 3, 1] };
    const { reports } = await network.fit(inputs, labels, { ...options, epochs: 2, metrics: { a: metrics.accuracy } });
    const weighed = network.evaluate(inputs, labels, { ...options, metrics: { a: metrics.accuracy } }).a;
    expect(reports[1]!.a).toBe(weighed);
    expect(weighed).not.toBe(network.evaluate(inputs, labels, { metrics: { a: metrics.accuracy } }).a);
  });

  test("a class without rows gets 0, and the weights of the others are 1 on average", () => {
    const classes = Uint32Array.of(0, 0, 0, 2);
    expect(balancedWeights(classes, Uint32Array.of(0, 1, 2, 3), 4)).toEqual([4 / 6, 0, 2, 0]);
    expect(balancedWeights(Uint32Array.of(1, 1), Uint32Array.of(0, 1), 1)).toEqual([0, 1]);
  });

  test("are refused for what is no class, and balanced ones before any fit has found them", async () => {
    const soft = labels.map(() => [0.5, 0.25, 0.25]);
    const options = { epochs: 1, classWeights: "balanced" } as const;
    expect(await errorOf(classifier().fit(inputs, soft, options))).toMatchObject({
      code: "option",
      where: "fit classWeights",
    });
    expect(() => classifier().evaluate(inputs, labels, { classWeights: "balanced" })).toThrow(
      expect.objectContaining({ code: "order" }),
    );
    expect(() => classifier().evaluate(inputs, soft, { classWeights: [1, 1, 1] })).toThrow(
      expect.objectContaining({ code: "option", where: "evaluate classWeights" }),
    );
  });
});

test("logProgress prints a line for each epoch, below each other", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  logProgress({ epoch: 10, loss: 0.0213, validation: { loss: 0.0301, accuracy: 0.953 } as { loss: number } });
  logProgress({ epoch: 11, loss: 2.5e-7 });
  await binary().fit(inputs, answers, { epochs: 1, metrics: { hits }, onEpoch: logProgress });
  const lines = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  expect(lines.slice(0, 2)).toEqual([
    "epoch   10  loss 0.02130    validation loss 0.03010    accuracy 0.9530",
    "epoch   11  loss 2.500e-7",
  ]);
  expect(lines[2]).toMatch(/^epoch {4}1 {2}loss 0\.\d{4} +hits [01]\.\d{3}\d?$/);
});
