import {
  ChainruleError,
  Network,
  TrainingAborted,
  adam,
  constant,
  crossEntropy,
  dense,
  glorot,
  he,
  meanSquaredError,
  orthogonal,
  relu,
  sgd,
  softmax,
  tanh,
  type DType,
  type Initializer,
  type Layer,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { Stream, threefry } from "../../src/core/random.js";
import { run } from "../support/command.js";

const hex = (words: Uint32Array) => Array.from(words, (word) => word.toString(16).padStart(8, "0")).join(" ");
const at = (step: number) => ({ rows: 1, columns: 1, data: Float64Array.of(step) });
const draw = (stream: Stream, count: number) => Array.from({ length: count }, (_, i) => stream.uniform(i));
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const moment = (values: readonly number[], power: number) => mean(values.map((value) => value ** power));

describe("random numbers", () => {
  test.each([
    [[0x00000000, 0x00000000], [0x00000000, 0x00000000], "6b200159 99ba4efe"],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "1cb996fc bb002be7"],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], "c4923a9c 483df7a0"],
  ])("Threefry-2x32-20 with key %j and counter %j, as in Random123", ([key0, key1], [counter0, counter1], known) => {
    const out = new Uint32Array(2);
    threefry(key0!, key1!, counter0!, counter1!, out);
    expect(hex(out)).toBe(known);
    threefry(key0! | 0, key1! | 0, counter0! | 0, counter1! | 0, out); // signed words are the same words
    expect(hex(out)).toBe(known);
  });

  test("are even: in 100 places, in all their bits, and from one to the next", () => {
    const count = 100_000;
    const values = draw(new Stream(1, "even", at(1)), count);
    const bins = new Array<number>(100).fill(0);
    for (const value of values) bins[Math.floor(value * 100)]!++;
    const chi2 = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chi2).toBeGreaterThan(50); // 99 degrees of freedom: 50 and 160 are beyond 4 in 100,000 on either side
    expect(chi2).toBeLessThan(160);
    const five = 5 / Math.sqrt(count); // standard deviations
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(five * Math.sqrt(1 / 12));
    for (const lag of [1, 2, 7]) {
      const products = values.slice(lag).map((value, i) => 12 * (value - 0.5) * (values[i]! - 0.5));
      expect(Math.abs(mean(products))).toBeLessThan(five);
    }
    for (let bit = 1; bit <= 53; bit++) {
      const ones = values.filter((value) => Math.floor(value * 2 ** bit) % 2 === 1).length / count;
      expect(Math.abs(ones - 1 / 2), `bit ${bit}`).toBeLessThan(five / 2);
    }
    expect(new Set(values).size).toBe(count);
    expect(Math.max(...values.map((value) => value * 2 ** 53)) % 1).toBe(0);
  });

  test("have nothing to do with those of another name, step, seed or index", () => {
    const count = 10_000;
    const base = draw(new Stream(1, "0.weight", at(1)), count);
    expect(draw(new Stream(1, "0.weight", at(1)), count)).toEqual(base);
    const others = [
      new Stream(1, "1.weight", at(1)),
      new Stream(1, "0.weighs", at(1)),
      new Stream(1, "weight.0", at(1)),
      new Stream(1, "", at(1)),
      new Stream(1, "0.weight", at(2)),
      new Stream(1, "0.weight", at(0)),
      new Stream(1, "0.weight", at(2 ** 31)),
      new Stream(2, "0.weight", at(1)),
      new Stream(0, "0.weight", at(1)),
      new Stream(2 ** 32 + 1, "0.weight", at(1)),
      new Stream(2 ** 53 - 1, "0.weight", at(1)),
    ];
    const all = [base, ...others.map((stream) => draw(stream, count))];
    for (const [i, one] of all.entries()) {
      for (const other of all.slice(0, i)) {
        const correlation = mean(one.map((value, k) => 12 * (value - 0.5) * (other[k]! - 0.5)));
        expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(count));
        expect(one.filter((value, k) => value === other[k]).length).toBe(0);
      }
    }
  });

  test("of the same stream move with its step", () => {
    const step = at(1);
    const stream = new Stream(1, "mask", step);
    const first = draw(stream, 10);
    step.data[0] = 2;
    expect(draw(stream, 10)).not.toEqual(first);
    step.data[0] = 1;
    expect(draw(stream, 10)).toEqual(first);
  });
});

describe("initializers", () => {
  const weights = (weight: Initializer) =>
    new Network([dense(300, 200, { weight })], { seed: 1 }).parameter("0.weight").value.flat();
  const count = 60_000;

  test.each([
    ["glorot", glorot, 2 / 500],
    ["he", he, 2 / 300],
  ] as const)("%s, uniform: its variance, its bounds, its mean", (_, initializer, variance) => {
    const values = weights(initializer);
    const bound = Math.sqrt(3 * variance);
    expect(Math.abs(mean(values))).toBeLessThan(5 * Math.sqrt(variance / count));
    expect(Math.abs(moment(values, 2) / variance - 1)).toBeLessThan(5 * Math.sqrt(0.8 / count)); // Var x² = (9/5 − 1) σ⁴
    expect(Math.max(...values)).toBeLessThan(bound);
    expect(Math.max(...values)).toBeGreaterThan(0.999 * bound);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-bound);
    expect(Math.min(...values)).toBeLessThan(-0.999 * bound);
  });

  test.each([
    ["glorot", glorot({ distribution: "normal" }), 2 / 500],
    ["he", he({ distribution: "normal" }), 2 / 300],
  ] as const)("%s, normal: its variance, its fourth moment, its mean", (_, initializer, variance) => {
    const values = weights(initializer);
    expect(Math.abs(mean(values))).toBeLessThan(5 * Math.sqrt(variance / count));
    expect(Math.abs(moment(values, 2) / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count)); // Var x² = 2σ⁴
    expect(Math.abs(moment(values, 4) / variance ** 2 - 3)).toBeLessThan(5 * Math.sqrt(96 / count)); // Var x⁴ = 96σ⁸
    expect(new Set(values).size).toBe(count);
  });

  test.each([
    [64, 32],
    [32, 64],
    [40, 40],
    [1, 7],
    [7, 1],
    [1, 1],
  ])("orthogonal, %i → %i: the Q of normal numbers A = QR with a positive diagonal of R", (inputs, outputs) => {
    const of = (weight: Initializer, dtype: DType = "float64") =>
      new Network([dense(inputs, outputs, { weight })], { seed: 4, dtype }).parameter("0.weight").value;
    const isWide = inputs > outputs;
    const vectors = (rows: readonly (readonly number[])[]) =>
      isWide ? rows : rows[0]!.map((_, j) => rows.map((row) => row[j]!));
    const q = vectors(of(orthogonal));
    const a = vectors(of(he({ distribution: "normal" }))); // the same draws, but for a factor
    const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, each, i) => sum + each * y[i]!, 0);
    expect(q).toHaveLength(Math.min(inputs, outputs));
    for (const [i, one] of q.entries()) {
      for (const [j, other] of q.entries()) expect(dot(one, other)).toBeCloseTo(i === j ? 1 : 0, 13);
      expect(dot(one, a[i]!)).toBeGreaterThan(0);
      for (const other of a.slice(0, i)) expect(dot(one, other)).toBeCloseTo(0, 12); // R is triangular: so Q is the only one
    }
    const single = vectors(of(orthogonal, "float32"));
    for (const one of single) for (const other of single) expect(dot(one, other)).toBeCloseTo(one === other ? 1 : 0, 6);
    const doubled = vectors(of(orthogonal({ gain: 2 })));
    expect(doubled).toEqual(q.map((each) => each.map((value) => 2 * value)));
    expect(of({ ...orthogonal, value: (index) => index }).flat()).toEqual([...Array(inputs * outputs).keys()]); // not ours
  });
});

const inputs = Array.from({ length: 50 }, (_, n) => [n / 25 - 1, ((n * 7) % 50) / 25 - 1]);
const targets = inputs.map(([x, y]) => [x! * y!, x! - y!]);
const make = (seed?: number, layers: readonly Layer[] = [dense(2, 5), tanh, dense(5, 2)]) =>
  new Network(layers, {
    loss: meanSquaredError,
    optimizer: adam({ learningRate: 0.01 }),
    ...(seed !== undefined && { seed }),
  });
const bits = (network: Network) => JSON.stringify([network, network.optimizer.scalars]);

/** A layer that writes down the first column of what it is trained on. */
function witness() {
  const rows: number[][] = [];
  const layer: Layer = {
    kind: "witness",
    plan: () => null,
    forward(_, x, y, { kernels, training }) {
      if (training) rows.push(Array.from({ length: x.rows }, (_, n) => x.data[n * x.columns]!));
      kernels.copy(x, y);
    },
    backward: (_, _x, _y, dy, dx, { kernels }) => dx && kernels.copy(dy, dx),
  };
  return { layer, rows };
}

describe("a seed", () => {
  test("gives the same start, the same order and the same training, to the last bit; another gives others", async () => {
    const [one, same, other] = [make(1), make(1), make(2)];
    expect(bits(same)).toBe(bits(one));
    expect(bits(other)).not.toBe(bits(one));
    const histories = [];
    for (const network of [one, same, other])
      histories.push(await network.fit(inputs, targets, { epochs: 5, batchSize: 8 }));
    expect(bits(same)).toBe(bits(one));
    expect(histories[1]).toEqual(histories[0]);
    expect(histories[2]).not.toEqual(histories[0]);
  });

  test("is drawn if none is given, and repeats the run", () => {
    const drawn = [make(), make(), make()];
    expect(new Set(drawn.map(({ seed }) => seed)).size).toBe(3);
    for (const network of drawn) {
      expect(bits(make(network.seed))).toBe(bits(network));
      expect(network.summary()).toContain(`seed ${network.seed}`);
    }
  });

  test("gives every place numbers of its own", () => {
    const network = make(1, [dense(2, 2), dense(2, 2), dense(2, 2)]);
    const starts = network.parameters
      .filter(({ name }) => name.endsWith("weight"))
      .map(({ value }) => JSON.stringify(value));
    expect(new Set(starts).size).toBe(3);
  });

  test("gives numbers that no release and no engine may change", () => {
    expect(make(1).parameter("0.weight").value).toEqual([
      [0.08104314177889863, -0.5417665821550259],
      [0.9250376935518855, -0.2982409369128449],
      [-0.21902679839964384, 0.7227728725134203],
      [0.6530941158803562, 0.14054070169083768],
      [0.10781909729810045, -0.27401210732871034],
    ]);
  });

  test("gives fit another order in each epoch, always of all rows", async () => {
    const order = async (seed: number) => {
      const { layer, rows } = witness();
      await make(seed, [layer, dense(2, 2)]).fit(inputs, targets, { epochs: 3, batchSize: 7 });
      return rows;
    };
    const batches = await order(1);
    expect(batches.map((rows) => rows.length)).toEqual([
      7, 7, 7, 7, 7, 7, 7, 1, 7, 7, 7, 7, 7, 7, 7, 1, 7, 7, 7, 7, 7, 7, 7, 1,
    ]);
    const epochs = [0, 1, 2].map((epoch) => batches.slice(8 * epoch, 8 * epoch + 8).flat());
    const given = inputs.map(([x]) => x!);
    for (const epoch of epochs) {
      expect(epoch).not.toEqual(given);
      expect([...epoch].sort((a, b) => a - b)).toEqual(given);
    }
    expect(new Set(epochs.map(String)).size).toBe(3);
    expect(await order(1)).toEqual(batches);
    expect(await order(2)).not.toEqual(batches);
  });

  test("makes each place of the order as likely for each row", async () => {
    const rows = 6,
      rounds = 3000;
    const { layer, rows: seen } = witness();
    const network = new Network([layer, dense(1, 1)], { loss: meanSquaredError, optimizer: sgd, seed: 1 });
    const column = Array.from({ length: rows }, (_, i) => [i]);
    await network.fit(column, column, { epochs: rounds, batchSize: rows });
    const counts = Array.from({ length: rows }, () => new Array<number>(rows).fill(0));
    for (const order of seen) order.forEach((row, place) => counts[row]![place]!++);
    for (const count of counts.flat())
      expect(Math.abs(count - rounds / rows)).toBeLessThan(5 * Math.sqrt(rounds * (1 / 6) * (5 / 6)));
  });
});

describe("fit", () => {
  test("with shuffle false is a loop of trainBatch, bit for bit", async () => {
    const fitted = make(1),
      looped = make(1);
    const history = await fitted.fit(inputs, targets, { epochs: 3, batchSize: 8, shuffle: false });
    const losses: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      let sum = 0;
      for (let start = 0; start < inputs.length; start += 8) {
        const rows = inputs.slice(start, start + 8);
        sum += looped.trainBatch(rows, targets.slice(start, start + 8)) * rows.length;
      }
      losses.push(sum / inputs.length);
    }
    expect(bits(fitted)).toBe(bits(looped));
    history.loss.forEach((loss, i) => expect(loss).toBeCloseTo(losses[i]!, 14));
    expect(history.loss.length).toBe(3);
  });

  test.each([
    [32, "whole and ragged"],
    [50, "all rows"],
  ])("that accumulates 4 batches takes the same steps as with one of %i: %s", async (whole) => {
    for (const loss of [meanSquaredError, meanSquaredError({ reduction: "sum" })]) {
      const options = { loss, optimizer: sgd({ learningRate: 0.001, momentum: 0.5 }), seed: 1 };
      const layers: readonly Layer[] = [dense(2, 5), tanh, dense(5, 2)];
      const [parts, one] = [new Network(layers, options), new Network(layers, options)];
      const start = bits(one);
      const batchSize = Math.ceil(whole / 4); // 8 of 32: 8 + 8 + 8 + 8 and 8 + 8 + 2 rows; 13 of 50: 13 + 13 + 13 + 11
      const [summed, plain] = [
        await parts.fit(inputs, targets, { epochs: 4, batchSize, accumulate: 4, shuffle: false }),
        await one.fit(inputs, targets, { epochs: 4, batchSize: batchSize * 4, shuffle: false }),
      ];
      expect(bits(one)).not.toBe(start);
      expect(parts.optimizer.scalars).toEqual(one.optimizer.scalars);
      const ours = parts.parameters.flatMap(({ value }) => value.flat());
      one.parameters.flatMap(({ value }) => value.flat()).forEach((p, i) => expect(ours[i]).toBeCloseTo(p, 13));
      summed.loss.forEach((each, i) => expect(each).toBeCloseTo(plain.loss[i]!, 12));
    }
  });

  test("gives the mean loss over the rows, the ragged batch weighed by its own", async () => {
    const network = make(1);
    network.optimizer.learningRate = 0;
    const { loss } = network.evaluate(inputs, targets);
    const history = await network.fit(inputs, targets, { epochs: 2, batchSize: 16 });
    for (const each of history.loss) expect(each).toBeCloseTo(loss, 13);
    const accumulated = await network.fit(inputs, targets, { epochs: 1, batchSize: 7, accumulate: 3 });
    expect(accumulated.loss[0]).toBeCloseTo(loss, 13);
  });

  test("takes matrices, typed arrays and class indices as it takes lists", async () => {
    const classes = inputs.map((_, n) => n % 3);
    const classify = () =>
      new Network([dense(2, 4), relu, dense(4, 3), softmax], { loss: crossEntropy, optimizer: adam, seed: 1 });
    const [lists, matrices] = [classify(), classify()];
    await lists.fit(inputs, classes, { epochs: 3 });
    await matrices.fit({ data: Float64Array.from(inputs.flat()), shape: [50, 2] }, Uint8Array.from(classes), {
      epochs: 3,
    });
    expect(bits(matrices)).toBe(bits(lists));
  });

  test("doesn't mind if the data is changed while it runs", async () => {
    const [calm, meddled] = [make(1), make(1)];
    const mine = inputs.map((row) => [...row]),
      theirs = targets.map((row) => [...row]);
    const options = { epochs: 3, batchSize: 8 };
    await calm.fit(inputs, targets, options);
    await meddled.fit(mine, theirs, {
      ...options,
      onEpoch: () => {
        for (const row of [...mine, ...theirs]) row.fill(9);
      },
    });
    expect(bits(meddled)).toBe(bits(calm));
  });

  test("tells onEpoch the epoch and its loss, waits for it, and ends when it says false, now or later", async () => {
    for (const end of [false, Promise.resolve(false), new Promise((resolve) => setTimeout(resolve, 5, false))]) {
      const network = make(1),
        whole = make(1);
      const reports: unknown[] = [];
      const history = await network.fit(inputs, targets, {
        epochs: 100,
        onEpoch: (report) => {
          reports.push({ ...report });
          return report.epoch === 3 ? end : undefined;
        },
      });
      expect(history.loss.length).toBe(3);
      expect(reports).toEqual(history.loss.map((loss, i) => ({ epoch: i + 1, loss })));
      expect((await whole.fit(inputs, targets, { epochs: 3 })).loss).toEqual(history.loss);
      expect(bits(network)).toBe(bits(whole));
    }
    for (const goOn of [true, null, 0, "", undefined, NaN]) {
      expect((await make(1).fit(inputs, targets, { epochs: 2, onEpoch: () => goOn })).loss.length).toBe(2);
    }
  });

  test("rejects with what onEpoch throws, and can be called again", async () => {
    const network = make(1);
    const failing = network.fit(inputs, targets, {
      epochs: 3,
      onEpoch: () => {
        throw new RangeError("mine");
      },
    });
    await expect(failing).rejects.toThrow(new RangeError("mine"));
    expect((await network.fit(inputs, targets, { epochs: 1 })).loss.length).toBe(1);
  });

  const aborted = async (fit: Promise<unknown>): Promise<TrainingAborted> => {
    const error: unknown = await fit.then(
      () => "it went on to its end",
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TrainingAborted);
    expect(error).toBeInstanceOf(ChainruleError);
    return error as TrainingAborted;
  };

  test("aborted before it starts, changes nothing", async () => {
    const network = make(1);
    const start = bits(network);
    const error = await aborted(network.fit(inputs, targets, { epochs: 3, signal: AbortSignal.abort("enough") }));
    expect(error).toMatchObject({ code: "aborted", cause: "enough", history: { loss: [] } });
    expect(bits(network)).toBe(start);
    expect((await network.fit(inputs, targets, { epochs: 1 })).loss.length).toBe(1);
  });

  test("aborted in the middle of it all, has done what its history says", async () => {
    const network = make(1);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 40);
    const started = performance.now();
    const onEpoch = () => performance.now() < started + 2000;
    const { history } = await aborted(
      network.fit(inputs, targets, { epochs: 1e9, signal: controller.signal, onEpoch }),
    );
    expect(history.loss.length).toBeGreaterThan(0);
    expect(history.loss.every(Number.isFinite)).toBe(true);
    const again = make(1);
    expect((await again.fit(inputs, targets, { epochs: history.loss.length })).loss).toEqual(history.loss);
  });

  test("aborted inside onEpoch, ends before the next update", async () => {
    const network = make(1),
      once = make(1);
    const controller = new AbortController();
    const { history } = await aborted(
      network.fit(inputs, targets, { epochs: 3, onEpoch: () => controller.abort(), signal: controller.signal }),
    );
    expect(history).toEqual({ ...(await once.fit(inputs, targets, { epochs: 1 })), ended: undefined });
    expect(bits(network)).toBe(bits(once));
  });

  test("refuses a second one at the same time", async () => {
    const network = make(1);
    const first = network.fit(inputs, targets, { epochs: 3 });
    await expect(network.fit(inputs, targets, { epochs: 3 })).rejects.toMatchObject({ code: "order" });
    expect((await first).loss.length).toBe(3);
  });

  test("lets the event loop turn while it trains", async () => {
    const network = make(1, [dense(2, 40), tanh, dense(40, 40), tanh, dense(40, 2)]);
    const turns: number[] = [performance.now()];
    let timers = 0,
      messages = 0,
      on = true;
    const turn = () => {
      turns.push(performance.now());
      if (on) setImmediate(turn);
    };
    const timer = setInterval(() => timers++, 5);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      messages++;
      if (on) port2.postMessage(null);
    };
    port2.postMessage(null);
    setImmediate(turn);
    const end = performance.now() + 600; // ms
    await network.fit(inputs, targets, { epochs: 1e9, onEpoch: () => performance.now() < end });
    on = false;
    clearInterval(timer);
    port1.close();
    const gaps = turns
      .slice(1)
      .map((time, i) => time - turns[i]!)
      .sort((a, b) => a - b);
    expect(gaps.length).toBeGreaterThan(600 / 50);
    expect(gaps[Math.floor(0.9 * gaps.length)]).toBeLessThan(50); // the rest may be the machine's
    expect(timers).toBeGreaterThan(600 / 50);
    expect(messages).toBeGreaterThan(600 / 50);
  });

  test("leaves nothing open: the process ends by itself", async () => {
    expect(await run(new URL("exit.program.ts", import.meta.url).pathname)).toBe("AbortError\n");
  });
});

test("a constant start needs no seed", () => {
  const layers: readonly Layer[] = [dense(2, 2, { weight: constant(0.5) })];
  expect(make(1, layers).parameter("0.weight").value).toEqual(make(2, layers).parameter("0.weight").value);
});
