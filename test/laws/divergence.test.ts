import {
  adam,
  ChainruleError,
  constant,
  dense,
  type DType,
  halfSquaredError,
  type Layer,
  meanSquaredError,
  Network,
  type Optimizer,
  reference,
  relu,
  sgd,
  tanh,
  wasm,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compiled } from "../../src/kernels/backends.js";
import type { NetworkImplementation } from "../../src/network/implementation.js";
import { strict } from "../../src/kernels/compiled/strict.js";
import { batchNorm } from "../interfaces/blocks/batch-norm.js";

// A step that would leave a parameter or a slot not finite is not taken: everything is as before it.

const backends = [wasm, reference, compiled("compiled", strict, reference, 0)];

const memoryOf = (network: Network) => {
  const { store } = network as unknown as NetworkImplementation;
  return [...store.parameters.values()].map((each) =>
    [each.value.floats, ...store.slotsOf(each)].map((list) => [...list]),
  );
};
/** Parameters, slots, powers. */
const all = (network: Network) => JSON.stringify([memoryOf(network), network.optimizer.scalars]);
const isFinite = (network: Network) => memoryOf(network).flat(2).every(Number.isFinite);

const rules: Record<string, (learningRate: number, weightDecay: number) => Optimizer> = {
  sgd: (learningRate, weightDecay) => sgd({ learningRate, weightDecay }),
  momentum: (learningRate, weightDecay) => sgd({ learningRate, weightDecay, momentum: 0.9 }),
  nesterov: (learningRate, weightDecay) => sgd({ learningRate, weightDecay, momentum: 0.99, nesterov: true }),
  adam: (learningRate, weightDecay) => adam({ learningRate, weightDecay }),
};

const attempt = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof ChainruleError)) throw error;
    return { code: error.code, message: error.message };
  }
};

/** Numbers of all magnitudes that a precision has. */
const magnitude = (most: number) =>
  fc.double({ min: -30, max: most, noNaN: true }).map((power) => Number(`1e${Math.round(power)}`));

test("the machines agree, bit for bit, on which step is refused; until then nothing is infinite, and then nothing has moved", () => {
  const counts = { refused: 0, taken: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom<DType>("float64", "float32").chain((dtype) => {
        const [most, large] = dtype === "float64" ? [250, 150] : [36, 19];
        return fc.record({
          dtype: fc.constant(dtype),
          rule: fc.constantFrom(...Object.keys(rules)),
          rate: magnitude(most),
          decay: fc.oneof(fc.constant(0), magnitude(5)),
          weight: magnitude(large),
          inputs: fc.array(magnitude(large), { minLength: 6, maxLength: 6 }),
          target: magnitude(large),
          wide: fc.boolean(),
          seed: fc.nat(1000),
        });
      }),
      ({ dtype, rule, rate, decay, weight, inputs, target, wide, seed }) => {
        const [first, ...others] = backends.map((backend) => {
          const hidden = wide ? 70 : 2;
          const network = new Network(
            [dense(1, hidden, { weight: constant(weight) }), relu, dense(hidden, 1), tanh, dense(1, 1)],
            { loss: meanSquaredError, optimizer: rules[rule]!(rate, decay), dtype, seed, backend },
          );
          return inputs.map((input) => {
            const before = all(network);
            const result = attempt(() => network.trainBatch([input], [target]));
            if (typeof result === "number") counts.taken++;
            else {
              counts.refused++;
              expect(result).toMatchObject({ code: "diverged" });
              expect(all(network)).toBe(before);
            }
            expect(isFinite(network)).toBe(true);
            return [result, all(network)];
          });
        });
        for (const each of others) expect(each).toEqual(first);
      },
    ),
    { numRuns: 400, seed: 1 },
  );
  expect(counts.refused).toBeGreaterThan(500);
  expect(counts.taken).toBeGreaterThan(1000);
});

describe.each(backends)("$name", (backend) => {
  const one = (optimizer: Optimizer, dtype: DType = "float64") =>
    new Network([dense(1, 1, { weight: [[1]], bias: false })], { loss: halfSquaredError, optimizer, dtype, backend });

  test("a learning rate of 1e300: refused, with the name of the parameter, and nothing has moved", () => {
    for (const rule of [sgd, adam]) {
      const network = one(rule({ learningRate: 1e300 }));
      const before = all(network);
      for (let i = 0; i < 3; i++) {
        const result = attempt(() => network.trainBatch([1e10], [2e10])) as { message: string };
        expect(result).toMatchObject({ code: "diverged" });
        expect(result.message).toMatch(/got 100000000000000000000 in 0\.weight, and a learning rate of 1e\+300/);
      }
      expect(all(network)).toBe(before);
    }
  });

  test("adam, float32: a gradient whose square overflows is refused, and the next step is taken as if it had not been", () => {
    const [network, twin] = [one(adam(), "float32"), one(adam(), "float32")];
    for (const input of [1, 2, 1e19, 3]) {
      const call = () => network.trainBatch([input], [input === 1e19 ? 1.1e19 : 0]);
      if (input < 10) expect(attempt(call)).toBe(twin.trainBatch([input], [0]));
      else {
        network.forward([1e5]);
        network.backwardFrom([1e15]);
        expect(() => network.step()).toThrow("0.weight");
      }
    }
    expect(all(network)).toBe(all(twin));
  });

  test("at the bound nothing overflows, beyond it the step is refused", () => {
    for (const dtype of ["float64", "float32"] as const) {
      const bound = dtype === "float64" ? 1.3093562431584567e151 : 18014398509481984;
      for (const make of Object.values(rules)) {
        for (const rate of [1e-3, 1, 4, 1e6]) {
          const limit = dtype === "float32" ? Math.fround(bound / Math.max(1, rate)) : bound / Math.max(1, rate);
          const beyond = limit * (1 + (dtype === "float32" ? 2 ** -23 : 2 ** -52));
          for (const [g, isTaken] of [
            [limit, true],
            [-limit, true],
            [beyond, false],
            [-beyond, false],
          ] as const) {
            // prettier-ignore
            const network = one(make(rate, 0), dtype);
            for (let i = 0; i < 3; i++) {
              network.forward([1]);
              network.backwardFrom([g]);
              if (isTaken) network.step();
              else expect(() => network.step()).toThrow("step expected gradients");
              expect(isFinite(network)).toBe(true);
            }
          }
        }
      }
    }
  });

  test("weight decay brings a large parameter into the gradient: that is refused too", () => {
    for (const make of Object.values(rules)) {
      const network = one(make(1, 10));
      network.parameter("0.weight").set([[1e154]]);
      const before = all(network);
      network.forward([0]);
      network.backwardFrom([0]);
      expect(() => network.step()).toThrow(expect.objectContaining({ code: "diverged" }));
      expect(all(network)).toBe(before);
    }
  });

  test("of several steps in one call the earlier ones stand; the error has epoch, step and history", async () => {
    const [network, twin] = [one(sgd({ learningRate: 0.1 })), one(sgd({ learningRate: 0.1 }))];
    const options = { batchSize: 1, shuffle: false };
    const inputs = Array.from({ length: 20 }, (_, i) => [i === 12 ? 1e100 : 1]);
    const targets = inputs.map(() => [0.5]);
    const good = inputs.slice(0, 12);
    for (const each of [network, twin]) await each.fit(good, targets.slice(0, 12), { ...options, epochs: 3 }); // compiled
    await twin.fit(good, targets.slice(0, 12), { ...options, epochs: 1 });
    const error: unknown = await network
      .fit(inputs, targets, { ...options, epochs: 2 })
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "diverged", epoch: 1, step: 13, history: { loss: [] } });
    expect(all(network)).toBe(all(twin));
  });

  test("in a later epoch, with batches that accumulate", async () => {
    const network = one(sgd({ learningRate: 0.1 }));
    const inputs = Array.from({ length: 24 }, () => [1]);
    let epochs = 0;
    const onEpoch = () => void (++epochs === 2 && (network.optimizer.learningRate = 1e200));
    const options = { epochs: 9, batchSize: 2, accumulate: 3, onEpoch };
    const error: unknown = await network
      .fit(
        inputs,
        inputs.map(() => [7]),
        options,
      )
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "diverged", epoch: 3, step: 1 });
    expect((error as ChainruleError).history!.loss).toHaveLength(2);
  });

  test("after a divergence, load and optimizer.reset() begin anew", () => {
    for (const make of Object.values(rules)) {
      const network = one(make(0.01, 0));
      const good = network.toJSON();
      const rest = network.optimizer.scalars;
      network.optimizer.learningRate = 1e5;
      for (let i = 0; i < 30; i++) attempt(() => network.trainBatch([1e3], [0]));
      network.optimizer.learningRate = 0.01;
      network.load(good);
      network.optimizer.reset();
      expect(network.optimizer.scalars).toEqual(rest);
      const fresh = one(make(0.01, 0));
      for (let i = 0; i < 5; i++) expect(network.trainBatch([1], [0])).toBe(fresh.trainBatch([1], [0]));
      expect(all(network)).toBe(all(fresh));
    }
  });

  test("reset leaves the learning rate that was assigned", () => {
    const network = one(adam({ learningRate: 0.1 }));
    network.optimizer.learningRate = 0.3;
    network.trainBatch([1], [0]);
    network.optimizer.reset();
    expect(network.optimizer.scalars).toMatchObject({ learningRate: 0.3, beta1Power: 1, beta2Power: 1 });
    expect(() => new Network([dense(1, 1)]).optimizer.reset()).toThrow(expect.objectContaining({ code: "order" }));
  });

  test("evaluate throws where the loss is not finite", () => {
    const network = one(sgd());
    expect(() => network.evaluate([1e160], [0])).toThrow(expect.objectContaining({ code: "diverged", where: "loss" }));
    expect(network.evaluate([1], [0])).toEqual({ loss: 0.5 });
  });

  test("an optimizer of a user's is looked at after its step, which is not undone: the error says so", () => {
    const wild: Optimizer = {
      name: "wild",
      slots: ["seen"],
      scalars: { learningRate: 1e200 },
      step(runs, { scalars }) {
        for (const { parameters: p, gradients: g, slots } of runs)
          for (let i = 0; i < p.columns; i++) {
            slots[0]!.data[i] = g.data[i]! * g.data[i]!;
            p.data[i]! -= scalars.data[0]! * g.data[i]!;
          }
      },
    };
    const network = one(wild);
    for (let i = 0; i < 3; i++) network.trainBatch([0], [1]);
    network.forward([1]);
    network.backwardFrom([1e120]);
    expect(() => network.step()).toThrow(/-Infinity in 0\.weight: the step is not undone.*optimizer\.reset/);
    expect(() => network.toJSON()).toThrow(expect.objectContaining({ code: "diverged" }));
    network.parameter("0.weight").set([[1]]);
    network.optimizer.reset();
    network.optimizer.learningRate = 1e-200;
    network.forward([1]);
    network.backwardFrom([1e160]);
    expect(() => network.step()).toThrow("Infinity in 0.weight"); // its slot
  });

  test("an optimizer made from parts of ours is one of a user's", () => {
    const inner = sgd({ learningRate: 1 });
    const scheduled: Optimizer = {
      ...inner,
      step(runs, context) {
        context.scalars.data[0]! *= 1e200;
        inner.step(runs, context);
      },
    };
    const network = one(scheduled);
    network.trainBatch([1], [1]);
    expect(() => network.trainBatch([1e60], [0])).toThrow("not undone");
  });

  test("an epsilon so small that the bound does not tell: what it leaves is looked at", () => {
    const network = one(adam({ beta1: 0.999, beta2: 0.5, epsilon: 1e-45, learningRate: 0.1 }), "float32");
    const step = (g: number) => {
      network.forward([1]);
      network.backwardFrom([g]);
      network.step();
    };
    step(1);
    expect(() => {
      for (let i = 0; i < 400; i++) step(0);
    }).toThrow("not undone");
  });

  test("a rate that is raised while the velocity is large", () => {
    const network = one(sgd({ momentum: 0.9, learningRate: 1e-100 }));
    const step = (g: number) => {
      network.forward([1]);
      network.backwardFrom([g]);
      network.step();
    };
    for (let i = 0; i < 3; i++) step(1e150);
    network.optimizer.learningRate = 1e200;
    expect(() => step(0)).toThrow("not undone");
  });
});

test("toJSON never writes what load refuses", () => {
  const network = new Network([dense(1, 1, { weight: [[1]], bias: false })], { optimizer: sgd({ learningRate: 1 }) });
  network.parameter("0.weight").set([[1.3407e154]]);
  for (let i = 0; i < 2000; i++) {
    network.forward([1]);
    network.backwardFrom([-1.3e151]);
    network.step();
    let text: string | undefined;
    try {
      text = JSON.stringify(network);
    } catch (error) {
      expect(error).toMatchObject({ code: "diverged", where: "toJSON 0.weight" });
    }
    if (text) network.clone().load(JSON.parse(text));
  }
  expect(() => network.toJSON()).toThrow("toJSON 0.weight");
  const other = new Network([dense(1, 1, { weight: [[1]], bias: false })]);
  expect(() => other.copyFrom(network as never)).toThrow(expect.objectContaining({ code: "value" }));
  expect(other.toJSON().parameters).toEqual({ "0.weight": [[1]] });

  const counting: Layer = {
    kind: "counting",
    plan: (planner) => planner.buffer("count", [1], 0),
    forward(state, x, y) {
      (state as typeof x).data[0] = Infinity;
      y.data.set(x.data);
    },
    backward: () => undefined,
  };
  const layered = new Network([dense(1, 1), counting]);
  layered.forward([1]);
  expect(() => layered.toJSON()).toThrow("toJSON 1.count");
});

test.each(backends)("a batch whose step is refused leaves running statistics as they were ($name)", (backend) => {
  const make = (learningRate: number): Network<number, number> =>
    new Network([dense(1, 3), batchNorm(), dense(3, 1)] as readonly Layer[], {
      ...{ loss: meanSquaredError, optimizer: sgd({ learningRate }), seed: 1, backend },
    });
  const x = [[1], [2], [4]];
  const t = [[1e10], [2], [3]];
  const buffersOf = (network: Network<number, number>) => network.buffers.map(({ value }) => value);
  for (const pending of [false, true]) {
    const network = make(1e300);
    network.buffer("1.running_mean"); // it has some
    const start = buffersOf(network);
    if (pending) {
      network.forward(x);
      network.backward([[1], [2], [3]]);
    }
    const before = buffersOf(network);
    expect(before).toEqual(pending ? expect.not.arrayContaining([start[0]]) : start);
    expect(attempt(() => network.trainBatch(x, t))).toMatchObject({ code: "diverged" });
    expect(buffersOf(network)).toEqual(before);
  }
});

test("a backward that diverges after a forward in evaluation mode leaves the statistics of the training", () => {
  const network: Network<number, number> = new Network([dense(1, 3), batchNorm(), dense(3, 1)] as readonly Layer[], {
    ...{ loss: meanSquaredError, optimizer: sgd, seed: 1 },
  });
  network.trainBatch([[1], [2]], [[1], [2]]);
  const before = network.buffer("1.running_mean").value;
  network.forward([[1], [2]], { training: false });
  expect(attempt(() => network.backward([[1e200], [2]]))).toMatchObject({ code: "diverged" });
  expect(network.buffer("1.running_mean").value).toEqual(before);
});
