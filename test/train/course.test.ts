import {
  Network,
  TrainingAborted,
  adam,
  dense,
  meanSquaredError,
  relu,
  sgd,
  tanh,
  type BatchReport,
  type ChainruleError,
  type Layer,
  type TrainingBatch,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { implementationOf } from "../../src/network/implementation.js";
import { batchNorm } from "../interfaces/blocks/batch-norm.js";
import { dropout } from "../interfaces/blocks/dropout.js";
import { runs } from "../support/random-cases.js";

// The course of a fit: callbacks, how it can end, what may be called meanwhile, batches as they come, going on.

const wave = (n: number): number => Math.sin(12.9898 * n) * 0.5;
const inputs = Array.from({ length: 50 }, (_, n) => [wave(n), wave(n + 0.37)]);
const targets = inputs.map(([a, b]) => [a! * b! + 0.2 * a!]);
const plain = [dense(2, 4), tanh, dense(4, 1)] as readonly Layer[];
const stochastic = [dense(2, 8), batchNorm(), relu, dropout(0.3), dense(8, 1)] as readonly Layer[];
/** Batches of at least 2 rows, which batch normalisation needs, whatever part is kept for validation. */
const sizes = [4, 5, 8, 10, 60];
const make = (layers = plain, seed = 3): Network<number, number> =>
  new Network(layers, { loss: meanSquaredError, optimizer: adam({ learningRate: 0.02 }), seed });
const internals = (network: object) => implementationOf(network)!;
/** All that decides about what comes next, too. */
const bits = (network: Network<number, number>) =>
  JSON.stringify([network, network.optimizer.scalars, internals(network).store.counter.floats[0]]);
const errorOf = async (promise: Promise<unknown>): Promise<ChainruleError> => {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error("no error");
  return error as ChainruleError;
};

describe("callbacks", () => {
  test("reports are the same whether many steps go in one call or one by one", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          layers: fc.constantFrom(plain, stochastic),
          batchSize: fc.constantFrom(...sizes),
          accumulate: fc.integer({ min: 1, max: 4 }),
          shuffle: fc.boolean(),
          weighted: fc.boolean(),
          validation: fc.constantFrom(undefined, 0.3, { last: 0.2 }),
        }),
        async ({ layers, weighted, ...options }) => {
          const [many, single] = [make(layers), make(layers)];
          const given = { ...options, epochs: 4, ...(weighted && { rowWeights: inputs.map((_, n) => n / 10) }) };
          const seen: BatchReport[] = [];
          const first = await many.fit(inputs, targets, given);
          const second = await single.fit(inputs, targets, { ...given, onBatch: (report) => void seen.push(report) });
          expect(second).toEqual(first);
          expect(bits(single)).toBe(bits(many));
          const rows = options.validation === undefined ? 50 : options.validation === 0.3 ? 35 : 40;
          const steps = Math.ceil(rows / (options.batchSize * options.accumulate));
          expect(seen.map(({ epoch, step }) => [epoch, step])).toEqual(
            Array.from({ length: 4 * steps }, (_, n) => [Math.floor(n / steps) + 1, (n % steps) + 1]),
          );
          const size = options.batchSize * options.accumulate;
          const rowsOf = (step: number) => Math.min(size, rows - (step - 1) * size);
          const means = first.loss.map(() => 0);
          for (const { epoch, step, loss } of seen) means[epoch - 1]! += (loss * rowsOf(step)) / rows;
          expect(means).toEqual(first.loss.map((loss) => expect.closeTo(loss, 12)));
        },
      ),
      { numRuns: runs(60) },
    );
  });

  test("onBatch is told the loss of each update, as trainBatch gives it, and is awaited", async () => {
    const [network, twin] = [make(), make()];
    let isBusy = false;
    const losses: number[] = [];
    const onBatch = async ({ loss }: BatchReport) => {
      expect(isBusy).toBe(false);
      isBusy = true;
      await new Promise((resolve) => setTimeout(resolve, 1));
      isBusy = false;
      losses.push(loss);
    };
    await network.fit(inputs, targets, { epochs: 1, batchSize: 20, shuffle: false, onBatch });
    const due = [0, 20, 40].map((n) => twin.trainBatch(inputs.slice(n, n + 20), targets.slice(n, n + 20)));
    expect(losses).toEqual(due);
  });

  test("onBatch ends it with false: the epoch has no report", async () => {
    const [network, twin] = [make(), make()];
    const onBatch = ({ epoch, step }: BatchReport) => epoch < 2 || step < 3;
    const options = { batchSize: 10, shuffle: false };
    const { ended, loss, reports, best } = await network.fit(inputs, targets, { ...options, epochs: 9, onBatch });
    expect([ended, loss.length, reports.length, best!.epoch]).toEqual(["onBatch", 1, 1, 1]);
    await twin.fit(inputs, targets, { ...options, epochs: 1 });
    await twin.fit(inputs.slice(0, 30), targets.slice(0, 30), { ...options, epochs: 1 });
    expect(bits(network)).toBe(bits(twin));
  });

  test("onEpoch ends it with false, and the last epoch by itself", async () => {
    const { ended, loss } = await make().fit(inputs, targets, { epochs: 9, onEpoch: ({ epoch }) => epoch < 3 });
    expect([ended, loss.length]).toEqual(["onEpoch", 3]);
    expect((await make().fit(inputs, targets, { epochs: 2, onEpoch: () => undefined })).ended).toBe("epochs");
  });
});

describe("an abort in the last call of", () => {
  test("onEpoch is heard, after the epoch", async () => {
    const [network, twin] = [make(), make()];
    const controller = new AbortController();
    const onEpoch = ({ epoch }: { epoch: number }) => (epoch === 2 ? controller.abort() : undefined);
    const error = await errorOf(network.fit(inputs, targets, { epochs: 2, onEpoch, signal: controller.signal }));
    expect(error).toBeInstanceOf(TrainingAborted);
    expect(error.got).toBe("an abort after 2 epochs");
    expect(error.history).toEqual({ ...(await twin.fit(inputs, targets, { epochs: 2 })), ended: undefined });
    expect(bits(network)).toBe(bits(twin));
  });

  test("onBatch is heard, before the epoch is judged; and a fit goes on from there", async () => {
    const [network, twin, whole] = [make(), make(), make()];
    const controller = new AbortController();
    const onBatch = ({ epoch, step }: BatchReport) => (epoch === 2 && step === 5 ? controller.abort() : undefined);
    const options = { epochs: 2, batchSize: 10, metrics: { one: () => 1 } };
    const error = await errorOf(network.fit(inputs, targets, { ...options, onBatch, signal: controller.signal }));
    expect(error).toBeInstanceOf(TrainingAborted);
    expect([error.got, error.history!.reports.length]).toEqual(["an abort after 1 epoch", 1]);
    const history = await whole.fit(inputs, targets, options);
    expect(await twin.fit(inputs, targets, { ...options, resume: network.checkpoint() })).toEqual(history);
    expect(bits(twin)).toBe(bits(whole));
  });
});

test("the history is a copy that nobody can change", async () => {
  const network = make();
  let seen: readonly number[] | undefined;
  const note = ({ epoch }: { epoch: number }) => (epoch === 1 ? void (seen = internals(network).course!.loss) : 0);
  const { loss } = await network.fit(inputs, targets, { epochs: 3, onEpoch: note });
  expect(loss).toEqual(seen);
  expect(loss).not.toBe(seen);
  expect(() => (loss as number[]).push(0)).toThrow(TypeError);
  const many = await network.fit([[0, 0]], [[0]], { epochs: 1500 });
  expect(Object.isFrozen(many.loss)).toBe(true);
  expect(many.reports).toHaveLength(1500);
});

describe("what may be called meanwhile", () => {
  test("predict, evaluate, toJSON, clone and summary change nothing, from callbacks and in between", async () => {
    const [network, twin] = [make(stochastic), make(stochastic)];
    let calls = 0;
    const look = () => {
      network.predict(inputs);
      network.evaluate(inputs.slice(0, 7), targets.slice(0, 7));
      network.toJSON();
      network.clone();
      network.summary();
      calls++;
    };
    const options = { epochs: 30, batchSize: 4, accumulate: 3, validation: 0.2 };
    const timer = setInterval(look, 0);
    const wait = () => new Promise((resolve) => setTimeout(resolve, 1));
    const history = await network.fit(inputs, targets, { ...options, onBatch: look, onEpoch: () => (look(), wait()) });
    clearInterval(timer);
    expect(history).toEqual(await twin.fit(inputs, targets, options));
    expect(bits(network)).toBe(bits(twin));
    expect(calls).toBeGreaterThan(150);
  });

  test("trainBatch counts as a step between two updates", async () => {
    const [network, twin] = [make(), make()];
    const more = { x: inputs.slice(0, 3), t: targets.slice(0, 3) };
    const onEpoch = () => void network.trainBatch(more.x, more.t);
    await network.fit(inputs, targets, { epochs: 3, batchSize: 10, shuffle: false, onEpoch });
    for (let epoch = 0; epoch < 3; epoch++) {
      await twin.fit(inputs, targets, { epochs: 1, batchSize: 10, shuffle: false });
      twin.trainBatch(more.x, more.t);
    }
    expect(bits(network)).toBe(bits(twin));
  });

  test("another fit is refused, and a second one works however the first has ended", async () => {
    for (const end of ["epochs", "abort", "throw", "diverged"]) {
      const network = make();
      const controller = new AbortController();
      let refused: Promise<unknown> | undefined;
      await network
        .fit(inputs, targets, {
          epochs: 2,
          batchSize: 10,
          signal: controller.signal,
          onBatch: ({ step }) => {
            refused ??= errorOf(network.fit(inputs, targets, { epochs: 1 }));
            if (step !== 2) return;
            if (end === "abort") controller.abort();
            if (end === "throw") throw new Error("mine");
            if (end === "diverged") network.optimizer.learningRate = 1e300;
          },
        })
        .catch(() => undefined);
      expect(await refused).toMatchObject({ code: "order", where: "fit" });
      const twin = make();
      twin.load(network.toJSON());
      network.optimizer.reset();
      for (const each of [network, twin]) each.optimizer.learningRate = 0.01;
      const options = { epochs: 2, shuffle: false };
      expect(await network.fit(inputs, targets, options)).toEqual(await twin.fit(inputs, targets, options));
    }
  });
});

describe("ended in its midst", () => {
  test.each(["a callback of a layer", "an abort"])(
    "by %s, within an accumulated update: the update never was",
    async (end) => {
      let [calls, isOver] = [0, false];
      const controller = new AbortController();
      const watching: Layer = {
        kind: "watching",
        plan: () => null,
        forward: (_, x, y, { training }) => {
          y.data.set(x.data.subarray(0, x.rows * x.columns));
          if (!training || ++calls !== 23) return;
          const { now } = performance;
          if (end === "an abort") {
            const start = now.call(performance);
            while (now.call(performance) - start < 30); // it is time to give way
            controller.abort();
          } else throw new RangeError("mine");
          isOver = true;
        },
        backward: (_, x, _y, dy, dx) => dx?.data.set(dy.data.subarray(0, x.rows * x.columns)),
      };
      const layers = [...stochastic.slice(0, 4), watching, stochastic[4]!];
      const [network, twin] = [
        make(layers),
        make([
          ...stochastic.slice(0, 4),
          { ...watching, forward: (_, x, y) => y.data.set(x.data.subarray(0, x.rows * x.columns)) },
          stochastic[4]!,
        ]),
      ];
      const options = { batchSize: 4, accumulate: 3, shuffle: false };
      // 50 rows: updates of 12 rows in 3 batches, 13 batches in an epoch; the 23rd is in the fourth update of the second
      const error = await errorOf(network.fit(inputs, targets, { ...options, epochs: 9, signal: controller.signal }));
      expect(isOver).toBe(end === "an abort");
      if (error instanceof TrainingAborted) expect(error).toMatchObject({ epoch: 2, step: 4 });
      else expect(error).toEqual(new RangeError("mine"));
      await twin.fit(inputs, targets, { ...options, epochs: 1 });
      await twin.fit(inputs.slice(0, 36), targets.slice(0, 36), { ...options, epochs: 1 });
      expect(bits(network)).toBe(bits(twin));
      expect(() => network.step()).toThrow(expect.objectContaining({ code: "order" }));
      expect(internals(network).course).toMatchObject({ epoch: 2, row: 36, step: 3 });
    },
  );

  test.each([1, 3])(
    "by a layer that throws, with accumulate %i: running statistics and random numbers too",
    async (accumulate) => {
      let isArmed = false;
      const failing: Layer = {
        kind: "failing",
        plan: () => null,
        forward: (_, x, y) => {
          if (isArmed) throw new RangeError("mine");
          y.data.set(x.data.subarray(0, x.rows * x.columns));
        },
        backward: (_, x, _y, dy, dx) => dx?.data.set(dy.data.subarray(0, x.rows * x.columns)),
      };
      const network = make([...stochastic.slice(0, 4), failing, stochastic[4]!]);
      let before = "";
      const onBatch = ({ epoch, step }: BatchReport) => {
        isArmed = epoch === 2 && step === 3;
        if (isArmed) before = bits(network);
      };
      const options = { epochs: 3, batchSize: 5, accumulate };
      expect(await errorOf(network.fit(inputs, targets, { ...options, onBatch }))).toEqual(new RangeError("mine"));
      expect(bits(network)).toBe(before);
      isArmed = false;
      await network.fit(inputs, targets, options);
      const batches = () => [
        { inputs, targets },
        { inputs, targets },
      ];
      const arm = () => ((before = bits(network)), (isArmed = true));
      expect(await errorOf(network.fit(batches, { epochs: 1, onBatch: arm }))).toEqual(new RangeError("mine"));
      expect(bits(network)).toBe(before);
    },
  );

  test("by a callback that throws: its error as it is, and the steps before it stand", async () => {
    const [network, twin] = [make(), make()];
    const mine = new RangeError("mine");
    const onBatch = ({ step }: BatchReport) => {
      if (step === 3) throw mine;
    };
    expect(await errorOf(network.fit(inputs, targets, { epochs: 1, batchSize: 10, shuffle: false, onBatch }))).toBe(
      mine,
    );
    expect(mine).not.toHaveProperty("history");
    await twin.fit(inputs.slice(0, 30), targets.slice(0, 30), { epochs: 1, batchSize: 10, shuffle: false });
    expect(bits(network)).toBe(bits(twin));
  });

  test("by an error: it has the history, with reports and the best", async () => {
    const network = make();
    const onEpoch = ({ epoch }: { epoch: number }) => void (epoch === 3 && (network.optimizer.learningRate = 1e300));
    const error = await errorOf(network.fit(inputs, targets, { epochs: 9, validation: 0.2, onEpoch }));
    expect(error).toMatchObject({ code: "diverged", epoch: 4, step: 1 });
    const { loss, reports, best } = error.history!;
    expect([loss.length, reports.length, reports.includes(best!)]).toEqual([3, 3, true]);
  });

  test("of many steps in one call: those before the one that failed stand, in the course too", async () => {
    const network = new Network([dense(1, 1)], {
      loss: meanSquaredError,
      optimizer: sgd({ learningRate: 0.1 }),
      seed: 1,
    });
    const twin = network.clone();
    const x = Array.from({ length: 40 }, (_, n) => [n === 25 ? 1e200 : 1]);
    const t = x.map(() => [0.5]);
    const options = { epochs: 1, batchSize: 1, shuffle: false };
    for (const each of [network, twin]) await each.fit(x.slice(0, 20), t.slice(0, 20), { ...options, epochs: 3 });
    const error = await errorOf(network.fit(x, t, options));
    expect(error).toMatchObject({ code: "diverged", epoch: 1, step: 26 });
    await twin.fit(x.slice(0, 25), t.slice(0, 25), options);
    expect(bits(network as never)).toBe(bits(twin as never));
    expect(internals(network).course).toMatchObject({ row: 25, step: 25, forwards: 85 });
  });
});

describe("batches as they come", () => {
  test.each([
    ["rowWeight", "write rowWeights"],
    ["sample_weight", "write rowWeights"],
    ["labels", "leave it out"],
  ])("have no %s", async (name, remedy) => {
    const network = make();
    const before = bits(network);
    const batch = { inputs, targets, [name]: [1] };
    const error = await errorOf(network.fit(() => [batch], { epochs: 1 }));
    expect(error).toMatchObject({ code: "option", where: "fit batches[0]", remedy });
    expect(bits(network)).toBe(before);
  });

  const batchesOf = (size: number): TrainingBatch[] =>
    Array.from({ length: Math.ceil(50 / size) }, (_, n) => ({
      inputs: inputs.slice(n * size, (n + 1) * size),
      targets: targets.slice(n * size, (n + 1) * size),
    }));
  async function* stream(size = 10) {
    for (const batch of batchesOf(size)) {
      await Promise.resolve();
      yield batch;
    }
  }

  test("are trained to the bits of the same rows in order", async () => {
    const [network, twin] = [make(stochastic), make(stochastic)];
    const validation = { inputs: inputs.slice(0, 9), targets: targets.slice(0, 9) };
    const options = { epochs: 4, validation, earlyStopping: { patience: 3 } };
    const history = await network.fit(() => stream(), options);
    expect(history).toEqual(await twin.fit(inputs, targets, { ...options, batchSize: 10, shuffle: false }));
    expect(bits(network)).toBe(bits(twin));
  });

  test.each<[string, () => Parameters<Network<number, number>["fit"]>[0]]>([
    ["an async generator", () => stream() as never],
    ["a function that gives a list", () => (() => batchesOf(10)) as never],
    [
      "a sync generator",
      () =>
        function* () {
          yield* batchesOf(10);
        } as never,
    ],
    ["a promise of them", () => (async () => Promise.resolve(stream())) as never],
  ])("%s; one epoch", async (_, give) => {
    const [network, twin] = [make(), make()];
    const fit = network.fit.bind(network) as (
      batches: unknown,
      options?: object,
    ) => Promise<{ loss: readonly number[] }>;
    const given = give();
    const { loss } = await fit(given, typeof given === "function" ? { epochs: 1 } : undefined);
    await twin.fit(inputs, targets, { epochs: 1, batchSize: 10, shuffle: false });
    expect(bits(network)).toBe(bits(twin));
    expect(loss).toHaveLength(1);
  });

  test("of any size, with weights of rows and of classes", async () => {
    const [network, twin] = [make(), make()];
    const answers = inputs.map(([a]) => Number(a! > 0));
    const sizes = [1, 7, 3, 20];
    const given: { inputs: number[][]; targets: number[]; rowWeights?: number[] }[] = [];
    for (let start = 0, n = 0; start < 50; start += sizes[n++ % 4]!) {
      const end = start + sizes[n % 4]!;
      const batch = { inputs: inputs.slice(start, end), targets: answers.slice(start, end) };
      given.push(n % 2 ? { ...batch, rowWeights: batch.targets.map((_, i) => 1 + i) } : batch);
    }
    const losses: number[] = [];
    const onBatch = ({ loss }: BatchReport) => void losses.push(loss);
    await network.fit(() => given, { epochs: 1, classWeights: [1, 3], onBatch });
    const due = given.map(({ inputs, targets, rowWeights }) =>
      twin.trainBatch(inputs, targets, { rowWeights: targets.map((t, i) => (rowWeights?.[i] ?? 1) * [1, 3][t]!) }),
    );
    expect(losses).toEqual(due);
    expect(bits(network)).toBe(bits(twin));
  });

  test("are asked for one at a time, and ended when the training is", async () => {
    for (const end of ["onBatch", "abort", "throw", "bad batch", "all"]) {
      const log: string[] = [];
      const controller = new AbortController();
      const source = async function* () {
        try {
          for (let n = 1; n <= 4; n++) {
            log.push(`give ${n}`);
            await new Promise((resolve) => setTimeout(resolve, 1));
            yield end === "bad batch" && n === 3 ? { inputs: [[NaN, 1]], targets: [[1]] } : batchesOf(10)[n]!;
          }
        } finally {
          log.push("ended");
        }
      };
      const fitting = make().fit(source(), {
        signal: controller.signal,
        onBatch: async ({ step }) => {
          await new Promise((resolve) => setTimeout(resolve, 3));
          log.push(`trained ${step}`);
          if (step !== 2) return;
          if (end === "onBatch") return false;
          if (end === "abort") controller.abort();
          if (end === "throw") throw new Error("mine");
        },
      });
      const outcome = await fitting.catch((error: Error) => error);
      const two = ["give 1", "trained 1", "give 2", "trained 2"];
      if (end === "all") expect(log).toEqual([...two, "give 3", "trained 3", "give 4", "trained 4", "ended"]);
      else if (end === "bad batch") {
        expect(log).toEqual([...two, "give 3", "ended"]);
        expect(outcome).toMatchObject({ code: "value", where: "fit batches[2] inputs[0][0]", epoch: 1, step: 3 });
      } else expect(log).toEqual([...two, "ended"]);
    }
  });

  test("an error of their own comes out as it is", async () => {
    const mine = new RangeError("mine");
    const source = async function* () {
      yield batchesOf(10)[0]!;
      await Promise.resolve();
      throw mine;
    };
    expect(await errorOf(make().fit(source()))).toBe(mine);
  });
});
