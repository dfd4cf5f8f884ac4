import { ChainruleError, Network, TrainingAborted, dense, meanSquaredError, sgd, tanh, type Layer } from "chainrule";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { beginning } from "../../src/train/course.js";
import { fit, type Trainable } from "../../src/train/fit.js";
import { readFitOptions, type ReadOptions } from "../../src/train/options.js";
import { Ticker } from "../../src/train/ticker.js";
import { turn } from "../../src/train/turn.js";

// How fit gives way to the event loop: by a clock that is turned by hand.

afterEach(() => void vi.unstubAllGlobals());

/** ms of work between two turns, beyond one batch's own time and one callback's. */
const MOST = 30;

/** A clock that moves when it is told to, and what was done between two turns of the event loop. */
function handTurned() {
  const clock = { time: 0, blocks: [] as number[], turned: 0 };
  const turnOnce = () => {
    clock.blocks.push(clock.time - clock.turned);
    clock.turned = clock.time;
    return Promise.resolve();
  };
  return { clock, ticker: new Ticker(() => clock.time, turnOnce) };
}

/** Something to train whose batches take so many ms. */
const trainable = (rows: number, batchSize: number, callsOut: boolean, train: () => void): Trainable => ({
  callsOut,
  isStepwise: false,
  loss: 0,
  scores: null,
  begin: () => true,
  train: (course) => {
    train();
    course.row += batchSize;
    return course.row < rows;
  },
  keep: () => {},
  epochEnded: null,
});

const run = (network: Trainable, options: ReadOptions, ticker: Ticker) =>
  fit(
    network,
    options,
    ticker,
    beginning({ ...options, rows: 1, validation: "none", metrics: "none", weights: "none", earlyStopping: "none" }),
  );

describe("the loop of fit", () => {
  test("onEpoch that becomes slow: a turn after every 12 ms, and the callback that ends them", async () => {
    const { clock, ticker } = handTurned();
    const onEpoch = ({ epoch }: { epoch: number }) => void (clock.time += epoch < 4000 ? 0 : 5);
    const network = trainable(4, 32, false, () => void (clock.time += 0.001));
    await run(network, readFitOptions({ epochs: 6000, onEpoch }), ticker);
    expect(Math.max(...clock.blocks)).toBeLessThan(MOST);
    expect(clock.blocks.length).toBeGreaterThan((2000 * 5) / MOST);
  });

  test("batches and callbacks of any duration: no more than one of each over the share", async () => {
    const duration = fc.oneof(
      fc.constant(0),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ max: 500, min: 0 }),
    );
    const durations = fc.array(duration, { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(durations, durations, fc.integer({ min: 1, max: 200 }), async (batches, callbacks, rows) => {
        const { clock, ticker } = handTurned();
        let batch = 0;
        const network = trainable(rows, 3, true, () => void (clock.time += batches[batch++ % batches.length]!));
        const onEpoch = ({ epoch }: { epoch: number }) => void (clock.time += callbacks[epoch % callbacks.length]!);
        await run(network, readFitOptions({ epochs: 50, onEpoch }), ticker);
        const own = Math.max(...batches) + Math.max(...callbacks);
        expect(Math.max(0, ...clock.blocks)).toBeLessThanOrEqual(MOST + own);
      }),
    );
  });

  test("a clock that stands still: the count of batches decides", async () => {
    const { clock, ticker } = handTurned();
    await run(
      trainable(100_000, 1, false, () => {}),
      readFitOptions({ epochs: 1, batchSize: 1 }),
      ticker,
    );
    expect(clock.blocks.length).toBeGreaterThan(10);
  });
});

/** The clock and the turns of a whole network's fit. */
function fakeWorld() {
  const world = { time: 0, turned: 0, longest: 0, turns: 0, onTurn: () => {} };
  vi.stubGlobal("performance", { now: () => world.time, timeOrigin: 0 });
  vi.stubGlobal("MessageChannel", undefined);
  vi.stubGlobal("setImmediate", (resolve: () => void) => {
    world.longest = Math.max(world.longest, world.time - world.turned);
    world.turned = world.time;
    world.turns++;
    world.onTurn();
    queueMicrotask(resolve);
  });
  return world;
}

/** A layer of a user's that takes its time. */
const slow = (work: () => void): Layer => ({
  kind: "slow",
  plan: () => null,
  forward(_, x, y) {
    work();
    y.data.set(x.data.subarray(0, x.rows * x.columns));
  },
  backward(_, x, _y, dy, dx) {
    dx?.data.set(dy.data.subarray(0, x.rows * x.columns));
  },
});

const rows = Array.from({ length: 400 }, (_, i) => [i / 400]);
const networkOf = (...layers: Layer[]) =>
  new Network([dense(1, 3), tanh, ...layers, dense(3, 1)] as readonly Layer[], {
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 0.1 }),
    seed: 1,
  });

describe("fit of a network", () => {
  test.each([
    ["from the start", 0],
    ["after a thousand batches", 1000],
  ])("whose own layer is slow %s gives way after each few of its batches", async (_, quick) => {
    const world = fakeWorld();
    let calls = 0;
    const network = networkOf(slow(() => void (world.time += ++calls > quick ? 20 : 0.001)));
    await network.fit(rows, rows, { epochs: 5, batchSize: 1 });
    expect(calls).toBe(2000);
    expect(world.turns).toBeGreaterThan(((2000 - quick) * 20) / (MOST + 20));
    expect(world.longest).toBeLessThanOrEqual(MOST + 20);
  });

  test("gives way inside an update of a million batches", async () => {
    const world = fakeWorld();
    const network = networkOf(slow(() => void (world.time += 5)));
    await network.fit(rows, rows, { epochs: 2, batchSize: 2, accumulate: 1e6 });
    expect(world.turns).toBeGreaterThan((2 * 200 * 5) / MOST);
    expect(world.longest).toBeLessThanOrEqual(MOST + 5);
  });

  test("aborted inside an update: parameters as after the last one, and no gradient waits", async () => {
    const world = fakeWorld();
    const network = networkOf(slow(() => void (world.time += 5)));
    const twin = networkOf(slow(() => {}));
    const options = { batchSize: 2, accumulate: 1e6, shuffle: false };
    const controller = new AbortController();
    world.onTurn = () => {
      if (world.time > 300 * 5) controller.abort("enough"); // in the middle of the second epoch
    };
    const error: unknown = await network
      .fit(rows, rows, { ...options, epochs: 9, signal: controller.signal })
      .catch((reason: unknown) => reason);
    const history = { ...(await twin.fit(rows, rows, { ...options, epochs: 1 })), ended: undefined };
    expect(error).toMatchObject({ name: "AbortError", code: "aborted", cause: "enough", history });
    expect(world.time).toBeLessThan(300 * 5 + MOST);
    expect(JSON.stringify(network)).toBe(JSON.stringify(twin));
    expect(() => network.step()).toThrow(expect.objectContaining({ code: "order" }));
    world.onTurn = () => {};
    expect(await network.fit(rows, rows, { ...options, epochs: 3 })).toEqual(
      await twin.fit(rows, rows, { ...options, epochs: 3 }),
    );
    expect(JSON.stringify(network)).toBe(JSON.stringify(twin));
  });

  test("aborted before it has begun: what waits for a step still does", async () => {
    const network = networkOf();
    network.forward([[1]]);
    network.backward([[2]]);
    const fitting = network.fit(rows, rows, { epochs: 1, signal: AbortSignal.abort() });
    await expect(fitting).rejects.toBeInstanceOf(TrainingAborted);
    network.step();
  });

  test("an abort is an AbortError, as the web has it, and an error of ours", async () => {
    const signal = AbortSignal.abort();
    const error: unknown = await networkOf()
      .fit(rows, rows, { epochs: 1, signal })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrainingAborted);
    expect(error).toBeInstanceOf(ChainruleError);
    expect((error as TrainingAborted).name).toBe(new DOMException("", "AbortError").name);
    expect((error as TrainingAborted).cause).toBe(signal.reason);
    expect(String(error)).toMatch(/^AbortError: fit expected/);
  });

  describe("reads large data in slices", () => {
    const many = () => Array.from({ length: 70_000 }, (_, i) => [i / 70_000, -i / 70_000]);
    const targets = Array.from({ length: 70_000 }, (_, i) => [i % 2]);
    const wide = () => new Network([dense(2, 1)], { loss: meanSquaredError, optimizer: sgd, seed: 1 });

    /** A world in which each turn of the event loop is told of, and every slice takes 20 ms. */
    const slowReading = () => {
      const world = fakeWorld();
      let looks = 0;
      vi.stubGlobal("performance", { now: () => (world.time = 20 * looks++) });
      return world;
    };

    test("and gives way in between: what comes later is read later", async () => {
      const world = slowReading();
      const inputs = many();
      let late = 0;
      world.onTurn = () => late++ === 0 && (inputs[69_999]![1] = NaN);
      const error: unknown = await wide()
        .fit(inputs, targets, { epochs: 1 })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "value", where: "fit inputs[69999][1]" });
      expect(late).toBeGreaterThan(0);
    });

    test("hears an abort there, and has then done nothing", async () => {
      const world = slowReading();
      const controller = new AbortController();
      world.onTurn = () => controller.abort("enough");
      const network = wide();
      const before = JSON.stringify(network);
      const error: unknown = await network
        .fit(many(), targets, { epochs: 1, signal: controller.signal })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "AbortError", cause: "enough", history: { loss: [] } });
      expect(JSON.stringify(network)).toBe(before);
    });

    test("refuses rows that come or go while it reads", async () => {
      const world = slowReading();
      const inputs = many();
      world.onTurn = () => inputs.push([0, 0]);
      await expect(wide().fit(inputs, targets, { epochs: 1 })).rejects.toMatchObject({ code: "shape", where: "fit" });
    });

    test("into the same numbers", async () => {
      const [sliced, whole] = [wide(), wide()];
      const data = new Float64Array(140_000).map((_, i) => Math.sin(i));
      await sliced.fit({ data, shape: [70_000, 2] }, targets, { epochs: 1, batchSize: 10_000, shuffle: false });
      for (let n = 0; n < 70_000; n += 10_000) {
        const batch = { data: data.slice(2 * n, 2 * n + 20_000), shape: [10_000, 2] } as const;
        whole.trainBatch(batch, targets.slice(n, n + 10_000));
      }
      expect(JSON.stringify(sliced)).toBe(JSON.stringify(whole));
    });
  });

  test("for no epochs does nothing", async () => {
    const network = networkOf();
    const before = JSON.stringify(network);
    const onEpoch = vi.fn();
    expect(await network.fit(rows, rows, { epochs: 0, onEpoch })).toEqual({ loss: [], reports: [], ended: "epochs" });
    expect(onEpoch).not.toHaveBeenCalled();
    expect(JSON.stringify(network)).toBe(before);
    const twin = networkOf();
    expect(await network.fit(rows, rows, { epochs: 2 })).toEqual(await twin.fit(rows, rows, { epochs: 2 }));
  });
});

describe("a turn of the event loop", () => {
  const names = ["MessageChannel", "setImmediate", "setTimeout"] as const;
  const subsets = Array.from({ length: 8 }, (_, mask) => names.filter((_, i) => mask & (1 << i)));

  test.each(subsets.map((missing) => [missing.join(" and ") || "nothing", missing] as const))(
    "with %s missing",
    async (_, missing) => {
      for (const name of missing) {
        vi.stubGlobal(name, undefined);
        Reflect.deleteProperty(globalThis, name);
      }
      await turn();
    },
  );

  test("is taken in a later task, by each way", async () => {
    for (const missing of [[], ["MessageChannel"], ["MessageChannel", "setImmediate"]]) {
      const order: string[] = [];
      setTimeout(() => order.push("timer"));
      for (const name of missing) vi.stubGlobal(name, undefined);
      const turned = turn().then(() => order.push("turn"));
      await Promise.resolve().then(() => order.push("microtask"));
      await turned;
      expect(order[0]).toBe("microtask");
      expect(order).toContain("turn");
      vi.unstubAllGlobals();
    }
  });

  test("with a MessageChannel that cannot be made", async () => {
    vi.stubGlobal(
      "MessageChannel",
      class {
        constructor() {
          throw new Error("not implemented");
        }
      },
    );
    await turn();
  });
});

describe("a fresh seed", () => {
  const seeds = () => Array.from({ length: 200 }, () => new Network([dense(1, 1)]).seed);

  test.each<[string, object]>([
    ["no performance", { performance: undefined }],
    ["a performance without anything", { performance: {} }],
    ["no timeOrigin", { performance: { now: () => 12.5 } }],
    ["a timeOrigin that is NaN", { performance: { now: () => 12.5, timeOrigin: NaN } }],
    ["clocks that stand still at 0", { performance: { now: () => 0, timeOrigin: 0 }, Date: { now: () => 0 } }],
    ["no clock that makes sense", { performance: undefined, Date: { now: () => NaN } }],
    ["clocks far in the future", { performance: { now: () => 1e300, timeOrigin: 1e300 } }],
    ["clocks that go backwards", { performance: { now: backwards(), timeOrigin: 1.7e12 } }],
  ])("with %s is a whole number below 2⁵³, and another each time", (_, globals) => {
    const before = seeds();
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    const all = [...before, ...seeds()];
    vi.unstubAllGlobals();
    all.push(...seeds());
    expect(all.filter((seed) => !Number.isSafeInteger(seed) || seed < 0)).toEqual([]);
    expect(new Set(all).size).toBe(600);
  });
});

function backwards(): () => number {
  let time = 1e6;
  return () => (time -= 0.001);
}
