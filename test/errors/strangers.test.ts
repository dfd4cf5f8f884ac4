import { createContext, runInContext } from "node:vm";
import {
  ChainruleError,
  Network,
  activation,
  adam,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  loss,
  meanSquaredError,
  sgd,
  sigmoid,
  softmax,
  tanh,
  type Layer,
  type Planner,
} from "chainrule";
import { checkGradients } from "chainrule/check";
import { trace } from "chainrule/trace";
import { describe, expect, test } from "vitest";
import { layerWith, lossWith, optimizerWith } from "./subjects.js";

// What comes from elsewhere: another realm, a proxy, a polluted prototype, an async function.

const rows = [
  [0, 1],
  [1, 0],
];
const make = () =>
  new Network([dense(2, 3), tanh, dense(3, 2), softmax], { loss: crossEntropy, optimizer: adam, seed: 1 });

/** As a reactive state of a user interface has it: every object that comes out of it is wrapped too, but for frozen ones. */
const deep = <T extends object>(target: T): T =>
  new Proxy(target, {
    get(of, name, receiver) {
      const value: unknown = Reflect.get(of, name, receiver);
      return typeof value === "object" && value !== null && !Object.isFrozen(value) ? deep(value) : value;
    },
  });

describe.each([
  ["a proxy", (network: ReturnType<typeof make>) => new Proxy(network, {})],
  ["a deep proxy", (network: ReturnType<typeof make>) => deep(network)],
])("a network behind %s", (_, wrap) => {
  test("works as the network itself", async () => {
    const network = wrap(make());
    const twin = make();
    for (const each of [network, twin]) {
      each.trainBatch(rows, [0, 1]);
      each.forward(rows);
      each.backward([0, 1]);
      each.step();
      each.forward(rows);
      each.backwardFrom(rows);
      each.freeze("0.bias");
      each.unfreeze("0.bias");
      each.optimizer.learningRate = 0.5;
      each.parameter("0.bias").set([1, 2, 3]);
      await each.fit(rows, [0, 1], { epochs: 2 });
      each.load(JSON.parse(JSON.stringify(each)));
      each.copyFrom(wrap(make()), 0.5);
    }
    expect(network.predict(rows)).toEqual(twin.predict(rows));
    expect(network.evaluate(rows, [0, 1])).toEqual(twin.evaluate(rows, [0, 1]));
    expect(JSON.stringify(network.clone())).toBe(JSON.stringify(twin.clone()));
    expect(network.summary()).toBe(twin.summary());
    network.forward(rows);
    twin.forward(rows);
    expect(network.outputs).toEqual(twin.outputs);
    expect([network.backend, network.seed, network.inputSize]).toEqual([twin.backend, 1, 2]);
    expect(JSON.stringify(trace(network, rows, [0, 1]))).toBe(JSON.stringify(trace(twin, rows, [0, 1])));
    expect(checkGradients(network, rows, [0, 1]).ok).toBe(true);
  });
});

test("a method that was taken off its network says how to write it", () => {
  const { predict } = make();
  expect(() => rows.map(predict as never)).toThrow("rows.map((row) => network.predict(row))");
});

test("arrays of another realm are taken, as input and as out", () => {
  const realm = createContext({});
  const network = make();
  const out = runInContext("new Float64Array(4)", realm) as Float64Array;
  const input = runInContext("[new Float32Array([0, 1]), [1, 0]]", realm) as number[][];
  expect(out instanceof Float64Array).toBe(false);
  network.predict(input, { out });
  expect(Array.from(out)).toEqual(network.predict(rows).flat());
  expect(() => network.predict(runInContext("new BigInt64Array(2)", realm) as never)).toThrow(ChainruleError);
});

const refuses = (call: () => unknown, code: string, where: string) => {
  let error: unknown;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ChainruleError);
  expect(error).toMatchObject({ code, where });
};

describe("what is refused", () => {
  const build = (layer: unknown, options: object = {}) =>
    new Network([dense(2, 2), layer as Layer], { loss: meanSquaredError, optimizer: sgd, seed: 1, ...options });

  test("async functions", () => {
    const wait = async () => await Promise.resolve();
    refuses(() => build(layerWith({ forward: wait })).predict([0, 1]), "type", "mine forward");
    refuses(() => build(layerWith({ backward: wait })).trainBatch([0, 1], [1, 1]), "type", "mine backward");
    refuses(() => build(layerWith({ plan: wait })), "type", "mine plan");
    const options = { loss: lossWith({ value: wait }) };
    refuses(() => build(tanh, options).evaluate([0, 1], [1, 1]), "type", "mine value");
    refuses(
      () => build(tanh, { optimizer: optimizerWith({ step: wait }) }).trainBatch([0, 1], [1, 1]),
      "type",
      "mine step",
    );
  });

  test.each([2n, NaN, Infinity, 0, "2", undefined, Promise.resolve(2)])("a divisor that is %s", (divisor) => {
    const network = build(tanh, { loss: lossWith({ divisor: () => divisor }) });
    refuses(() => network.trainBatch([0, 1], [1, 1]), "value", "mine divisor");
    refuses(() => network.evaluate([0, 1], [1, 1]), "value", "mine divisor");
  });

  test("a planner that is asked after plan", () => {
    let kept: Planner | undefined;
    const network = build(layerWith({ plan: (planner: Planner) => void (kept = planner) }));
    network.predict([0, 1]);
    refuses(() => kept!.tape("late", 1), "order", "planner of 1.");
    refuses(() => kept!.parameter("late", [1], [1]), "order", "planner of 1.");
    expect(network.predict([0, 1])).toHaveLength(2);
  });

  test("a generator, by its name", () => {
    const generator = (function* () {
      yield [0, 1];
    })();
    expect(() => make().predict(generator as never)).toThrow("an instance of Generator: copy its numbers to a list");
  });

  test("symbols and detached arrays among names", () => {
    const detached = new Float64Array(2);
    structuredClone(detached, { transfer: [detached.buffer] });
    for (const bad of [Symbol("0"), detached, detached.buffer, {}, null]) {
      refuses(() => make().load(make().toJSON(), { only: [bad as never] }), "name", "load only");
    }
  });
});

describe("a polluted Object.prototype", () => {
  const poison: Readonly<Record<string, unknown>> = {
    native: { f: 3, number: 7 },
    inputs: 7,
    outputs: 7,
    range: "simplex",
    needs: "simplex",
    targets: "classes",
    divisor: () => 99,
    mass: () => undefined,
    missing: 1,
    fused: { layer: tanh },
    targetSize: () => 9,
    advance: () => undefined,
    differentiable: false,
    out: new Float64Array(1),
    rowWeights: [1],
    only: ["7"],
    seed: 5,
    loss: "mse",
    shape: [1],
    data: 1,
    frozen: true,
    training: false,
    inputGradient: true,
  };

  const results = () => {
    class Double {
      readonly kind = "double";
      plan() {
        return null;
      }
      forward(_: null, x: { data: Float64Array }, y: { data: Float64Array }) {
        x.data.forEach((value, i) => (y.data[i] = 2 * value));
      }
      backward(_: null, _x: unknown, _y: unknown, dy: { data: Float64Array }, dx: { data: Float64Array } | null) {
        dy.data.forEach((value, i) => dx && (dx.data[i] = 2 * value));
      }
    }
    const quartic = loss({ name: "quartic", value: (p, t) => (p - t) ** 4, derivative: (p, t) => 4 * (p - t) ** 3 });
    const square = activation({ name: "square", apply: (z) => z * z, derivative: (z) => 2 * z });
    const networks = [
      new Network([dense(1, 1, { weight: [[1]] })], { loss: quartic, optimizer: sgd, seed: 1 }),
      new Network([dense(1, 1, { weight: [[1]] }), square], { loss: meanSquaredError, optimizer: adam, seed: 1 }),
      new Network([dense(1, 1, { weight: [[1]] }), new Double() as never], { loss: quartic, optimizer: sgd, seed: 1 }),
      new Network([dense(1, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: sgd({ momentum: 0.5 }), seed: 1 }),
    ];
    return networks.map((network) => [
      network.evaluate([[0.25]], [[1]]).loss,
      network.trainBatch([[0.25]], [[1]]),
      network.trainBatch([[0.25]], [[1]]),
      network.trainBatch([[0.25]], [[1]], {}),
      network.forward([0.25], {}),
      network.predict([[0.25]], {} as never),
      network.summary(),
      JSON.stringify(network),
    ]);
  };

  test.each(Object.entries(poison))("%s", (name, value) => {
    const due = results();
    Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true, writable: true });
    let found: unknown;
    try {
      found = results();
    } catch (error) {
      found = error;
    } finally {
      delete (Object.prototype as unknown as Record<string, unknown>)[name];
    }
    if (found instanceof Error) throw found;
    expect(found).toEqual(due);
  });
});
