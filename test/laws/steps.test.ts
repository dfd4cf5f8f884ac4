import {
  adam,
  adamW,
  type Backend,
  dense,
  dropout,
  type DType,
  identity,
  l1,
  l2,
  type Layer,
  meanSquaredError,
  Network,
  type Optimizer,
  type Regularizer,
  type Schedule,
  reference,
  sgd,
  tanh,
  wasm,
} from "chainrule";
import { checkLayer } from "chainrule/check";
import { evaluate, trace } from "chainrule/trace";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Stream } from "../../src/core/random.js";
import { compiled } from "../../src/kernels/backends.js";
import { strict } from "../../src/kernels/compiled/strict.js";
import type { NetworkImplementation } from "../../src/network/implementation.js";
import { Rate } from "../../src/network/rate.js";
import { batchNorm } from "../interfaces/blocks/batch-norm.js";
import { random } from "../support/arbitraries.js";

// What is done with the gradients of a step besides the rule: penalties, clipping, groups, schedules, means; and what is put
// back when a step fails.

const backends: Readonly<Record<string, Backend>> = {
  wasm,
  reference,
  compiled: compiled("eager", strict, reference, 0),
};

type Loose = Network<number, number>;
const inside = (network: object) => network as NetworkImplementation;
const valuesOf = (network: object): number[] =>
  inside(network).parameters.flatMap(({ value }) => (value as number[]).flat() as number[]);
const gradientsOf = (network: object): number[] =>
  inside(network).parameters.flatMap(({ gradient }) => (gradient as number[]).flat() as number[]);

const next = random(3);
const x = Array.from({ length: 12 }, () => [next(-1, 1), next(-1, 1)]);
const t = x.map(([a, b]) => [a! * b!, a! - b!]);

const build = (optimizer: Optimizer, more: { backend?: Backend; dtype?: DType; penalty?: Regularizer } = {}): Loose => {
  const { penalty = [], ...options } = more;
  return new Network([dense(2, 3, { penalty }), tanh, dense(3, 2)], {
    loss: meanSquaredError,
    optimizer,
    seed: 1,
    ...options,
  }) as Loose;
};

afterEach(() => void vi.restoreAllMocks());

describe("dropout", () => {
  const network = new Network([dense(50, 50, { weight: identityMatrix(50) }), dropout(0.3), identity], { seed: 7 });
  const rows = Array.from({ length: 40 }, () => Array.from({ length: 50 }, () => next(0.5, 1)));

  test("drops what its stream says, scales the others, and keeps the mean", () => {
    for (let step = 1; step <= 3; step++) {
      const outputs = (network.forward(rows) as number[][]).flat();
      const stream = new Stream(7, "1.mask", { rows: 1, columns: 1, data: Float64Array.of(step) });
      expect(outputs).toEqual(rows.flat().map((each, i) => (stream.uniform(i) < 0.3 ? 0 : each * (1 / 0.7))));
      const dropped = outputs.filter((each) => each === 0).length / outputs.length;
      expect(Math.abs(dropped - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / outputs.length));
    }
  });

  test("does nothing in evaluation, and nothing at all at a rate of 0", () => {
    expect(network.predict(rows)).toEqual(rows);
    expect(network.forward(rows, { training: false })).toEqual(rows);
    const [without, none] = [[tanh], [dropout(0), tanh]].map((layers) => {
      const network = new Network([dense(2, 3), ...layers, dense(3, 2)] as Layer[], {
        loss: meanSquaredError,
        optimizer: adam,
        seed: 1,
      });
      inside(network).load({ ...network.toJSON(), parameters: Object.fromEntries(Object.entries(inside(build(adam)).toJSON().parameters).map(([name, value]) => [network.parameters.length && name.startsWith("2") ? `${layers.length + 1}${name.slice(1)}` : name, value])) }); // prettier-ignore
      for (let i = 0; i < 4; i++) inside(network).trainBatch(x, t);
      return valuesOf(network);
    });
    expect(none).toEqual(without);
  });

  test("has the gradient of what it drew", () => {
    for (const rate of [0, 0.2, 0.5, 0.9]) expect(checkLayer(dropout(rate), { rows: 3 }).toString()).toMatch(/^ok/);
  });
});

function identityMatrix(size: number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => Number(i === j)));
}

describe("numbers by the name of a parameter", () => {
  /** What parameters lose in one step with gradients of 0. */
  const lost = (optimizer: Optimizer): Record<string, number> => {
    const network = new Network(
      [dense(1, 1, { weight: [[1]], bias: [1] }), dense(1, 1, { weight: [[1]], bias: [1] })],
      {
        optimizer,
      },
    );
    network.forward([0]);
    network.backwardFrom([0]);
    network.step();
    return Object.fromEntries(network.parameters.map(({ name, value }) => [name, 1 - [value].flat(2)[0]!]));
  };

  test("are for all, by name, the longer name first, or what a function says", () => {
    const rate = { learningRate: 0.5 };
    expect(lost(sgd({ ...rate, weightDecay: 0.25 }))).toEqual({ "0.weight": 0.125, "0.bias": 0.125, "1.weight": 0.125, "1.bias": 0.125 }); // prettier-ignore
    expect(lost(sgd({ ...rate, weightDecay: { "0": 0.25, "0.bias": 0.5 } }))).toEqual({ "0.weight": 0.125, "0.bias": 0.25, "1.weight": 0, "1.bias": 0 }); // prettier-ignore
    const byFunction = adamW({ ...rate, weightDecay: (name) => (name.endsWith("bias") ? 0 : 0.25) });
    expect(lost(byFunction)).toEqual({ "0.weight": 0.125, "0.bias": 0, "1.weight": 0.125, "1.bias": 0 });
    const factors = sgd({ ...rate, weightDecay: 0.25, rateFactor: { "1.weight": 2, "0": 0 } });
    expect(lost(factors)).toEqual({ "0.weight": 0, "0.bias": 0, "1.weight": 0.25, "1.bias": 0.125 });
  });

  test("are kept in the network, by name", () => {
    const { store } = inside(build(adamW({ weightDecay: { "2": 0.5 }, rateFactor: (name) => name.length })));
    const kept = [...store.parameters.values()].map((each) => [each.name, each.weightDecay, each.rateFactor]);
    expect(kept).toEqual([["0.weight", 0, 8], ["0.bias", 0, 6], ["2.weight", 0.5, 8], ["2.bias", 0.5, 6]]); // prettier-ignore
  });

  test("that float32 cannot hold are refused there", () => {
    const said = expect.objectContaining({ name: "ChainruleError", code: "value" }) as unknown;
    const float32 = { dtype: "float32" } as const;
    expect(() => build(sgd({ weightDecay: { "0": 1e39 } }), float32)).toThrow(said);
    expect(() => build(sgd({ rateFactor: { "0": 1e30 }, learningRate: 1e20 }), float32)).toThrow(said);
    const network = build(sgd({ rateFactor: { "0": 1e30 } }), float32);
    expect(() => (network.optimizer.learningRate = 1e20)).toThrow(said);
    expect(network.optimizer.learningRate).toBe(0.01);
    expect(() => build(sgd({ weightDecay: { "0": 1e39 } })).clone(float32)).toThrow(said);
  });

  test("of what there is not are refused when the network is built", () => {
    const said = (code: string) => expect.objectContaining({ name: "ChainruleError", code }) as unknown;
    expect(() => build(adamW({ weightDecay: { "3": 0.1 } }))).toThrow(said("name"));
    expect(() => build(sgd({ rateFactor: { "0.weights": 0.1 } }))).toThrow(said("name"));
    expect(() => build(sgd({ rateFactor: () => -1 }))).toThrow(said("value"));
    expect(() => build(sgd({ weightDecay: () => NaN }))).toThrow(said("value"));
  });

  test.each(Object.keys(backends))("step as networks would that had these for all: %s", (name) => {
    const backend = backends[name]!;
    const make = (options: object) => adamW({ learningRate: 0.01, ...options });
    const apart = build(make({ weightDecay: { "0": 0.1 }, rateFactor: { "2.bias": 3 } }), { backend });
    const alone = [
      build(make({ weightDecay: 0.1 }), { backend }),
      build(make({ weightDecay: 0 }), { backend }),
      build(make({ weightDecay: 0, learningRate: 0.03 }), { backend }),
    ];
    const owner = [0, 0, 1, 2];
    for (let step = 0; step < 6; step++) {
      if (step === 3) for (const each of [apart, ...alone]) each.freeze("0.bias");
      apart.forward(x);
      apart.backward(t);
      for (const each of alone) {
        each.forward(x);
        each.backward(t);
        each.parameters.forEach((parameter, i) => parameter.setGradient(apart.parameters[i]!.gradient as never));
        each.step();
      }
      apart.step();
      apart.parameters.forEach(({ value }, i) => {
        expect(value).toEqual(alone[owner[i]!]!.parameters[i]!.value);
        for (const each of alone) each.parameters[i]!.set(value as never);
      });
    }
    expect(apart.optimizer.scalars).toEqual({ ...alone[1]!.optimizer.scalars });
  });
});

describe("clipping", () => {
  test.each(Object.keys(backends))("by value, then by the norm of all that is not frozen: %s", (name) => {
    for (const dtype of ["float64", "float32"] as const) {
      const [free, clipped] = [sgd, sgd({ clipValue: 0.05, clipNorm: 0.1 })].map((each) => build(each, { backend: backends[name]!, dtype })) as [Loose, Loose]; // prettier-ignore
      for (const each of [free, clipped]) each.freeze("2.bias");
      for (let step = 0; step < 4; step++) {
        free.copyFrom(clipped);
        for (const each of [free, clipped]) {
          each.forward(x);
          each.backward(t);
        }
        expect(gradientsOf(clipped)).toEqual(gradientsOf(free));
        const before = gradientsOf(free);
        const isFree = free.parameters.flatMap(({ value, frozen }) => (value as number[]).flat().map(() => !frozen));
        const bounded = before.map((g, i) => (isFree[i] ? Math.min(0.05, Math.max(-0.05, g)) : g));
        const norm = Math.sqrt(bounded.reduce((sum, g, i) => sum + (isFree[i] ? g * g : 0), 0));
        expect(norm).toBeGreaterThan(0.1);
        clipped.step();
        const due = bounded.map((g, i) => (isFree[i] ? (g * 0.1) / (norm + 1e-6) : g));
        gradientsOf(clipped).forEach((g, i) => expect(Math.abs(g - due[i]!)).toBeLessThan(dtype === "float64" ? 1e-15 : 1e-8)); // prettier-ignore
      }
    }
  });

  test("leaves a smaller gradient alone, to the last bit", () => {
    const [free, clipped] = [sgd, sgd({ clipValue: 1e3, clipNorm: 1e3 })].map((each) => build(each));
    for (const each of [free!, clipped!]) for (let i = 0; i < 5; i++) each.trainBatch(x, t);
    expect(valuesOf(clipped!)).toEqual(valuesOf(free!));
  });

  test.each(Object.keys(backends))("refuses what is not finite, and nothing moves: %s", (name) => {
    for (const options of [{ clipNorm: 1 }, { clipValue: 1 }, { clipValue: 1, clipNorm: 1 }]) {
      const network = build(adam({ ...options, averaged: 0.5 }), { backend: backends[name]! });
      for (let i = 0; i < 4; i++) network.trainBatch(x, t);
      const before = JSON.stringify([network, network.optimizer.scalars, inside(network).store.updates.data]);
      network.forward(x);
      network.backward(t);
      network.parameter("0.bias").setGradient([0, 0, 0]);
      inside(network).store.parameters.get("0.bias")!.gradient.floats[1] = NaN;
      expect(() => network.step()).toThrow(expect.objectContaining({ code: "diverged" }));
      expect(JSON.stringify([network, network.optimizer.scalars, inside(network).store.updates.data])).toBe(before);
      network.trainBatch(x, t);
    }
  });

  test.each(Object.keys(backends))(
    "refuses a norm that overflows, and does not make 0 of its gradients: %s",
    (name) => {
      const network = build(sgd({ clipNorm: 1 }), { backend: backends[name]! });
      for (let i = 0; i < 4; i++) {
        const before = valuesOf(network);
        network.forward(x);
        network.backward(t);
        network.parameter("0.bias").setGradient([1e200, 1e200, 0]);
        expect(() => network.step()).toThrow(expect.objectContaining({ code: "diverged" }));
        expect(valuesOf(network)).toEqual(before);
      }
    },
  );

  test("makes a step possible that would be refused", () => {
    for (const [options, works] of [
      [{}, false],
      [{ clipNorm: 1 }, true],
      [{ clipValue: 1 }, true],
    ] as const) {
      const network = new Network([dense(1, 1, { weight: [[0]] })], { loss: meanSquaredError, optimizer: sgd(options), dtype: "float32" }); // prettier-ignore
      const step = () => network.trainBatch([1], [1e18]);
      if (works) expect(step()).toBeGreaterThan(0);
      else expect(step).toThrow(expect.objectContaining({ code: "diverged" }));
    }
  });
});

describe("penalties", () => {
  test("are in the gradient of a step, and not in what backward gives or reports", () => {
    const quartic: Regularizer = { name: "quartic", value: (w) => w ** 4 / 4, derivative: (w) => w ** 3 };
    const steeper = { ...l2(0.3), derivative: (w: number) => 5 * w }; // a copy of ours, and not ours
    for (const penalty of [l1(0.3), l2(0.3), quartic, steeper]) {
      const [plain, penalised] = [build(sgd), build(sgd, { penalty })];
      for (const each of [plain, penalised]) each.forward(x);
      expect(penalised.backward(t)).toBe(plain.backward(t));
      expect(gradientsOf(penalised)).toEqual(gradientsOf(plain));
      const weights = (penalised.parameter("0.weight").value as number[][]).flat();
      penalised.step();
      const added = gradientsOf(penalised).map((g, i) => g - gradientsOf(plain)[i]!);
      weights.forEach((w, i) => expect(added[i]).toBeCloseTo(penalty.derivative(w), 14));
      expect(added.slice(weights.length).every((each) => each === 0)).toBe(true);
    }
  });

  test("are nothing for what is frozen, and added once to an update of several batches", async () => {
    const make = (learningRate: number) => build(sgd({ learningRate }), { penalty: l2(0.5) });
    const frozen = make(0.1);
    frozen.freeze("0.weight");
    frozen.trainBatch(x, t);
    const plain = build(sgd({ learningRate: 0.1 }));
    plain.freeze("0.weight");
    plain.trainBatch(x, t);
    expect(gradientsOf(frozen)).toEqual(gradientsOf(plain));
    const [whole, parts] = [make(0.1), make(0.1)];
    whole.trainBatch(x, t);
    await parts.fit(x, t, { epochs: 1, batchSize: 4, accumulate: 3, shuffle: false });
    valuesOf(parts).forEach((value, i) => expect(value).toBeCloseTo(valuesOf(whole)[i]!, 14));
  });

  test("are in the gradients of an optimizer that looks before it leaps", () => {
    const seen: number[][] = [];
    const looking: Optimizer = {
      name: "looking",
      slots: [],
      scalars: { learningRate: 0.1 },
      step(runs, { evaluate }) {
        for (let i = 0; i < 2; i++, evaluate()) seen.push(runs.flatMap(({ gradients }) => [...gradients.data]));
      },
    };
    build(looking, { penalty: l2(0.5) }).trainBatch(x, t);
    expect(seen[1]).toEqual(seen[0]);
  });
});

describe("running means of the parameters", () => {
  test.each(Object.keys(backends))("are a ← a + (1 − d)(p − a), from the first step on: %s", async (name) => {
    const network = build(adam({ learningRate: 0.1, averaged: 0.9 }), { backend: backends[name]! });
    expect(() => network.clone({ averaged: true })).toThrow(expect.objectContaining({ code: "order" }));
    let means: number[] = [];
    for (let step = 0; step < 8; step++) {
      network.trainBatch(x, t);
      const p = valuesOf(network);
      means = step === 0 ? p : means.map((a, i) => a + (1 - 0.9) * (p[i]! - a));
      expect(valuesOf(network.clone({ averaged: true }))).toEqual(means);
    }
    expect(valuesOf(network.clone())).toEqual(valuesOf(network));
    const single = network.clone({ averaged: true, dtype: "float32" });
    expect(valuesOf(single)).toEqual(means.map(Math.fround));
    network.optimizer.reset();
    expect(() => network.clone({ averaged: true })).toThrow(expect.objectContaining({ code: "order" }));
    await network.fit(x, t, { epochs: 1, batchSize: 12 });
    expect(valuesOf(network.clone({ averaged: true }))).toEqual(valuesOf(network));
  });

  test("are refused where nobody asked for them", () => {
    const network = build(sgd);
    network.trainBatch(x, t);
    expect(() => network.clone({ averaged: true })).toThrow(expect.objectContaining({ code: "order" }));
  });
});

describe("a schedule", () => {
  const rate = (step: number): number => 0.1 / (1 + (step % 7));
  /** Halves the rate after each epoch that did not become better. */
  const halving = (): Schedule => ({
    name: "halving",
    scalars: { rate: 0.1, best: Number.MAX_VALUE },
    rate: (_, s) => s![0]!,
    epoch(_, s, loss) {
      if (loss < s[1]!) s[1] = loss;
      else s[0] = s[0]! / 2;
    },
  });

  test.each(Object.keys(backends))(
    "gives what assigning each rate gives, also in many steps a call: %s",
    async (name) => {
      for (const dtype of ["float64", "float32"] as const) {
        const options = { rateFactor: { "2": 0.5 }, clipNorm: 0.5, averaged: 0.9, weightDecay: 0.01 };
        const more = { backend: backends[name]!, dtype };
        const [byFit, byBatch, byCalls, byHand] = [rate, rate, rate, 1].map((learningRate) => build(adamW({ learningRate, ...options }), more)) as [Loose, Loose, Loose, Loose]; // prettier-ignore
        const ready = vi.spyOn(Rate.prototype, "layReady");
        await byFit.fit(x, t, { epochs: 9, batchSize: 2, shuffle: false });
        expect(Math.max(...ready.mock.results.map(({ value }) => value as number))).toBe(6);
        for (let step = 0; step < 54; step++) {
          const at = (2 * step) % 12;
          const [inputs, targets] = [x.slice(at, at + 2), t.slice(at, at + 2)];
          byHand.optimizer.learningRate = rate(step);
          byHand.trainBatch(inputs, targets);
          byBatch.trainBatch(inputs, targets);
          byCalls.forward(inputs);
          byCalls.backward(targets);
          byCalls.step();
          expect(byBatch.optimizer.learningRate).toBe(rate(step));
        }
        for (const each of [byFit, byBatch, byCalls]) {
          expect(valuesOf(each)).toEqual(valuesOf(byHand));
          expect(valuesOf(each.clone({ averaged: true }))).toEqual(valuesOf(byHand.clone({ averaged: true })));
          expect(each.optimizer.scalars).toEqual(byHand.optimizer.scalars);
          expect(inside(each).store.updates.data[0]).toBe(54);
        }
      }
    },
  );

  test("goes on in a clone, ends when a rate is assigned, and begins again after a reset unless it has ended", () => {
    const network = build(sgd({ learningRate: rate }));
    expect(network.optimizer.learningRate).toBe(rate(0));
    for (let i = 0; i < 3; i++) network.trainBatch(x, t);
    const clone = network.clone();
    clone.trainBatch(x, t);
    expect(clone.optimizer.learningRate).toBe(rate(3));
    network.optimizer.reset();
    expect(network.optimizer.learningRate).toBe(rate(0));
    network.trainBatch(x, t);
    network.trainBatch(x, t);
    expect(network.optimizer.learningRate).toBe(rate(1));
    network.optimizer.learningRate = 0.3;
    for (const each of [network, network.clone()]) {
      each.trainBatch(x, t);
      each.optimizer.reset();
      each.trainBatch(x, t);
      expect(each.optimizer.learningRate).toBe(0.3);
    }
  });

  test("may remember, and listen between epochs", () => {
    const network = build(sgd({ learningRate: halving() }));
    const rates = [3, 2, 2, 1, 5, 5].map((loss) => {
      network.trainBatch(x, t);
      inside(network).training.epochEnded(loss);
      return network.optimizer.learningRate;
    });
    expect(rates).toEqual([0.1, 0.1, 0.1, 0.05, 0.05, 0.025]);
    const clone = network.clone();
    clone.trainBatch(x, t);
    expect(clone.optimizer.learningRate).toBe(0.0125);
    network.optimizer.reset();
    network.trainBatch(x, t);
    expect(network.optimizer.learningRate).toBe(0.1);
  });

  test.each(Object.keys(backends))("that gives no rate ends the step before anything moves: %s", async (name) => {
    for (const bad of [NaN, -1, "0.1", Infinity]) {
      const steps = (step: number): number => (step < 4 ? 0.01 : (bad as number));
      const make = (backend: Backend) => build(sgd({ learningRate: steps }), { backend });
      const [network, hand] = [make(backends[name]!), build(sgd({ learningRate: 0.01 }))];
      for (let i = 0; i < 4; i++) hand.trainBatch(x.slice(2 * i, 2 * i + 2), t.slice(2 * i, 2 * i + 2));
      const fit = network.fit(x, t, { epochs: 2, batchSize: 2, shuffle: false });
      await expect(fit).rejects.toThrow(expect.objectContaining({ code: "value" }));
      expect(valuesOf(network)).toEqual(valuesOf(hand));
      expect(inside(network).store.updates.data[0]).toBe(4);
    }
    expect(() => build(sgd({ learningRate: () => NaN }))).toThrow(expect.objectContaining({ code: "value" }));
    const single = build(sgd({ learningRate: (step) => (step ? 1e39 : 0.1) }), {
      dtype: "float32",
      backend: backends[name]!,
    });
    single.trainBatch(x, t);
    const before = valuesOf(single);
    expect(() => single.trainBatch(x, t)).toThrow(expect.objectContaining({ code: "value" }));
    expect(valuesOf(single)).toEqual(before);
  });

  test.each(Object.keys(backends))("counts the steps that were done, where one of many fails: %s", async (name) => {
    const network = build(sgd({ learningRate: rate }), { backend: backends[name]! });
    await network.fit(x, t, { epochs: 3, batchSize: 2, shuffle: false });
    const targets = t.map((row, i) => (i < 8 ? row : [1e160, 0]));
    await expect(network.fit(x, targets, { epochs: 1, batchSize: 2, shuffle: false })).rejects.toThrow();
    expect(inside(network).store.updates.data[0]).toBe(18 + 4);
  });

  test.each(Object.keys(backends))("of rates so large that results are looked at, now and then: %s", async (name) => {
    const large = (step: number): number => (step % 4 === 3 ? 1e11 : 1e-3);
    const more = { dtype: "float32", backend: backends[name]! } as const;
    const options = { epsilon: 1, clipValue: 1e-14 };
    const [byFit, byHand] = [large, 1].map((learningRate) => build(adam({ learningRate, ...options, rateFactor: 4 }), more)) as [Loose, Loose]; // prettier-ignore
    await byFit.fit(x, t, { epochs: 4, batchSize: 2, shuffle: false });
    for (let step = 0; step < 24; step++) {
      const at = (2 * step) % 12;
      byHand.optimizer.learningRate = large(step);
      byHand.trainBatch(x.slice(at, at + 2), t.slice(at, at + 2));
    }
    expect(valuesOf(byFit)).toEqual(valuesOf(byHand));
  });

  test.each(Object.keys(backends))("of a rate that makes a parameter infinite ends there: %s", async (name) => {
    const steep = (step: number): number => (step < 8 ? 1e-3 : 3e38); // divided by 1 − β₁ᵗ it overflows
    const optimizer = adam({ learningRate: steep, beta1: 0.999, clipValue: 1e-24 });
    const network = build(optimizer, { dtype: "float32", backend: backends[name]! });
    const error = await network.fit(x, t, { epochs: 3, batchSize: 2, shuffle: false }).catch((error: Error) => error);
    expect((error as Error).message).toContain("step expected to leave finite numbers");
    expect(inside(network).store.updates.data[0]).toBe(8);
  });

  test("may not change its network when it is asked", () => {
    let network: Loose | undefined = undefined as Loose | undefined;
    network = build(sgd({ learningRate: (step) => (step && network!.trainBatch(x, t)) || 0.1 }));
    network.trainBatch(x, t);
    expect(() => network!.trainBatch(x, t)).toThrow("trainBatch expected to be called between steps");
  });
});

describe("an optimizer or a layer of one's own", () => {
  const own: Optimizer = {
    name: "own",
    slots: [],
    scalars: { learningRate: 0.1 },
    step(runs, { scalars }) {
      for (const { parameters: p, gradients: g } of runs)
        for (let i = 0; i < p.columns; i++) p.data[i]! -= scalars.data[0]! * g.data[i]!;
    },
  };

  test("may have a schedule, clipping and running means too", () => {
    const more = { clipNorm: 0.3, averaged: 0.9 };
    const schedule: Schedule = { name: "falling", rate: (step) => 0.1 / (1 + step) };
    const mine = build({ ...own, ...more, schedule });
    const ours = build(sgd({ ...more, learningRate: (step) => 0.1 / (1 + step) }));
    for (const each of [mine, ours]) for (let i = 0; i < 5; i++) each.trainBatch(x, t);
    expect(valuesOf(mine)).toEqual(valuesOf(ours));
    expect(valuesOf(mine.clone({ averaged: true }))).toEqual(valuesOf(ours.clone({ averaged: true })));
  });

  test("is refused with parts that cannot be", () => {
    const schedule: Schedule = { name: "one", rate: () => 1 };
    const parts = [{ schedule: 1 }, { schedule, scalars: {} }, { clipNorm: 0 }, { clipValue: NaN }, { averaged: 1 }];
    for (const part of parts)
      expect(() => build({ ...own, ...part } as never)).toThrow(expect.objectContaining({ code: "value" }));
    for (const penalty of [1, {}, [l1(1), null]] as never[]) {
      const layer: Layer = {
        ...tanh,
        plan: (planner) => void planner.parameter("weight", [1], [1], false, penalty),
      };
      const make = () => new Network([dense(1, 1), layer] as Layer[]);
      expect(make).toThrow(expect.objectContaining({ name: "ChainruleError", code: "type" }));
      expect(() => dense(1, 1, { penalty })).toThrow(
        expect.objectContaining({ name: "ChainruleError", code: "value" }),
      );
    }
  });
});

test("a summary says what else is done in a step", () => {
  const { penalty, ...options } = {
    penalty: l2(0.1),
    clipNorm: 1,
    averaged: 0.9,
    learningRate: (step: number) => step,
  };
  const said = "optimizer adamW (schedule learningRate, clipNorm 1, averaged 0.9, penalty l2), float64";
  expect(build(adamW(options), { penalty }).summary()).toContain(said);
  expect(build(adamW).summary()).toContain("optimizer adamW, float64");
});

describe("running statistics move only if the loss is finite", () => {
  const make = (backend: Backend): Loose =>
    new Network([dense(2, 3), batchNorm(), dense(3, 2)] as Layer[], { loss: meanSquaredError, optimizer: sgd({ learningRate: 1e-3 }), seed: 1, backend }) as Loose; // prettier-ignore
  const huge = t.map(() => [1e200, 0]);
  const buffersOf = (network: Loose) => JSON.stringify(network.buffers.map(({ value }) => value));

  test.each(Object.keys(backends))("%s", async (name) => {
    const network = make(backends[name]!);
    for (let i = 0; i < 5; i++) {
      const before = buffersOf(network);
      expect(() => network.trainBatch(x, huge)).toThrow("loss expected a finite number");
      expect(buffersOf(network)).toBe(before);
      network.forward(x);
      expect(buffersOf(network)).not.toBe(before);
      expect(() => network.backward(huge)).toThrow("loss expected a finite number");
      expect(buffersOf(network)).toBe(before);
      network.trainBatch(x, t);
      expect(buffersOf(network)).not.toBe(before);
    }
    const [whole, part] = [network.clone(), network.clone()];
    await whole.fit(x.slice(0, 8), t.slice(0, 8), { epochs: 1, batchSize: 4, shuffle: false });
    const targets = t.map((row, i) => (i < 8 ? row : huge[0]!));
    await expect(part.fit(x, targets, { epochs: 1, batchSize: 4, shuffle: false })).rejects.toThrow();
    expect(buffersOf(part)).toBe(buffersOf(whole));
  });
});

describe("a trace", () => {
  const cases: Readonly<Record<string, () => Loose>> = {
    "clipped by norm": () => build(sgd({ clipNorm: 0.1 })),
    "clipped by value": () => build(adam({ clipValue: 0.01 })),
    "penalty and both": () => build(sgd({ clipValue: 0.1, clipNorm: 0.1, momentum: 0.9 }), { penalty: l2(0.1) }),
    "penalty l1": () => build(adam, { penalty: l1(0.1) }),
    "by name": () => build(adamW({ weightDecay: { "0": 0.5 }, rateFactor: { "2.bias": 3, "0.weight": 0.5 } })),
    "sgd by name": () => build(sgd({ weightDecay: { "0": 0.5 }, rateFactor: { "2.bias": 3 }, momentum: 0.9 })),
    schedule: () => build(adam({ learningRate: (step) => 0.1 / (1 + step), averaged: 0.9 })),
    dropout: () =>
      new Network([dense(2, 6), dropout(0.5), dense(6, 2)] as Layer[], { loss: meanSquaredError, optimizer: sgd, seed: 3 }) as Loose, // prettier-ignore
    "dropout(0)": () =>
      new Network([dropout(0), dense(2, 2)] as Layer[], { loss: meanSquaredError, optimizer: sgd, seed: 3 }) as Loose, // prettier-ignore
  };

  test.each(Object.keys(cases))("%s: every number follows from its law, and none is without one", (name) => {
    for (const dtype of ["float64", "float32"] as const) {
      const network = cases[name]!().clone({ dtype });
      for (let step = 0; step < 3; step++) {
        const traced = trace(network as Network, x.slice(0, 2) as never, t.slice(0, 2) as never);
        network.trainBatch(x.slice(0, 2), t.slice(0, 2));
        const lines = traced.sections.flatMap((section) => section.lines);
        expect(new Set(lines.map((line) => line.name.text)).size).toBe(lines.length);
        for (const { name, expression, value, dtype, place } of lines) {
          if (expression) expect([name.text, evaluate(expression, dtype)]).toEqual([name.text, value]);
          else if (place.role !== "factor" && name.text !== traced.lossAfter.name.text)
            expect(["input", "target", "parameter", "state", "setting"], name.text).toContain(place.role);
        }
        const updated = lines.filter(({ place }) => place.role === "updated").map(({ value }) => value);
        expect(updated).toEqual(valuesOf(network));
      }
    }
  });

  test("of what a penalty of one's own adds has the number without a law", () => {
    const own: Regularizer = { name: "own", value: (w) => w * w, derivative: (w) => 2 * w };
    const { quantities } = trace(build(sgd, { penalty: own }) as Network, x[0] as never, t[0] as never);
    const [taken] = [...quantities.values()].filter(({ name }) => name.text.startsWith("ĝ_"));
    expect(taken?.expression).toBe(null);
  });
});
