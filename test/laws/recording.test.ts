import {
  Network,
  adam,
  adamW,
  dense,
  dropout,
  l1,
  l2,
  meanSquaredError,
  reference,
  type Regularizer,
  sgd,
  sigmoid,
  softmax,
  tanh,
  wasm,
  type Backend,
  type DType,
  type Floats,
  type Layer,
  type Loss,
  type Optimizer,
  type Tensor,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { PlannedTensor } from "../../src/core/memory.js";
import { compiled } from "../../src/kernels/backends.js";
import { Compiler } from "../../src/kernels/compiler.js";
import type { Run } from "../../src/kernels/kernels.js";
import { Recorder } from "../../src/kernels/recorder.js";
import { strict } from "../../src/kernels/compiled/strict.js";
import type { NetworkImplementation } from "../../src/network/implementation.js";
import { batchNorm } from "../interfaces/blocks/batch-norm.js";
import { dropout as ownDropout } from "../interfaces/blocks/dropout.js";
import { sam } from "../interfaces/blocks/optimizers.js";
import * as tables from "../support/tables.js";
import { runs } from "../support/random-cases.js";

/** The reference, and the recorder of the latest network. */
class Watched implements Backend {
  readonly name = "watched";
  recorder!: Recorder;
  replays = 0;

  kernels(dtype: DType) {
    const kernels = reference.kernels(dtype);
    const { recorder } = kernels;
    const replay = recorder.replay.bind(recorder);
    recorder.replay = (program, times) => {
      this.replays++;
      return replay(program, times);
    };
    this.recorder = recorder;
    return kernels;
  }
}

/** The reference, which never writes anything down: each verb is asked for anew. */
const plainly: Backend = {
  name: "plainly",
  kernels(dtype) {
    const kernels = reference.kernels(dtype);
    kernels.recorder.record = (routine) => routine.body();
    return kernels;
  },
};

/** The specimens of a table by what is written for them, but for those that a user defines. */
const byName = <Block>(
  rows: readonly { name: string; specimens: readonly { written: string; block: Block }[] }[],
): Record<string, Block> =>
  Object.fromEntries(
    rows
      .filter(({ name }) => name !== "activation" && name !== "loss")
      .flatMap(({ specimens }) => specimens.map(({ written, block }) => [written, block])),
  );

const activations: Record<string, Layer> = { ...byName<Layer>(tables.activations), softmax, dropout: dropout(0.4) };
const optimizers: Record<string, Optimizer> = {
  ...byName<Optimizer>(tables.optimizers),
  "decay by name": adamW({ weightDecay: (name) => (name.endsWith("bias") ? 0 : 0.1) }),
  "rates by name": sgd({ momentum: 0.9, rateFactor: (name) => (name.startsWith("0") ? 1 : 0.3), weightDecay: 0.01 }),
  "clipped by value": adam({ clipValue: 0.01 }),
  "clipped by norm": sgd({ clipNorm: 0.5, averaged: 0.9 }),
  "a schedule": adam({ learningRate: (step) => 1e-4 / (1 + step), rateFactor: (name) => (name.length > 6 ? 1 : 0) }),
};
const quartic: Regularizer = { name: "quartic", value: (w) => (w * w * w * w) / 4, derivative: (w) => w * w * w };
const penalties = { none: [], l1: l1(0.01), l2: l2(0.01), own: quartic, both: [l1(0.1), l2(0.2)] } as const;
/** Each loss with the layers that it may follow: those that it is fused with, and others. */
const losses: Record<string, { loss: Loss; end: readonly Layer[] }> = Object.fromEntries(
  Object.entries(byName(tables.losses)).flatMap(([name, loss]) => {
    const ends: Record<string, readonly Layer[]> =
      loss.needs === "simplex"
        ? { softmax: [softmax] }
        : loss.needs === "unit"
          ? { sigmoid: [sigmoid], softmax: [softmax] }
          : { dense: [] };
    return Object.entries(ends).map(([after, end]) => [`${name} after ${after}`, { loss, end }]);
  }),
);

const bias = fc.constantFrom<(false | { shared: number } | undefined)[]>(undefined, false, { shared: 0.2 });
const stack = fc.record({
  hidden: fc.array(
    fc.record({
      width: fc.integer({ min: 1, max: 4 }),
      activation: fc.constantFrom(...Object.keys(activations)),
      bias,
      penalty: fc.constantFrom(...(Object.keys(penalties) as (keyof typeof penalties)[])),
    }),
    { maxLength: 3 },
  ),
  first: fc.constantFrom(undefined, ...Object.keys(activations)),
  loss: fc.constantFrom(...Object.keys(losses)),
  optimizer: fc.constantFrom(...Object.keys(optimizers)),
  dtype: fc.constantFrom<DType[]>("float64", "float32"),
  rows: fc.integer({ min: 1, max: 5 }),
  weighted: fc.boolean(),
  frozen: fc.boolean(),
  seed: fc.integer({ min: 0, max: 1e6 }),
});
type Stack = typeof stack extends fc.Arbitrary<infer T> ? T : never;

const OUT = 3;

function build({ hidden, first, loss, optimizer, dtype, frozen, seed }: Stack, backend: Backend): Network {
  let columns = 2;
  const layers: Layer[] = first === undefined ? [] : [activations[first]!];
  for (const { width, activation, bias, penalty } of hidden) {
    const options = { ...(bias !== undefined && { bias }), penalty: penalties[penalty] };
    layers.push(dense(columns, width, options), activations[activation]!);
    columns = width;
  }
  layers.push(dense(columns, OUT, frozen ? { freeze: ["bias"] } : {}), ...losses[loss]!.end);
  const network = new Network(layers, {
    loss: losses[loss]!.loss,
    optimizer: optimizers[optimizer]!,
    dtype,
    seed,
    backend,
  });
  if (!optimizers[optimizer]!.schedule) network.optimizer.learningRate = 1e-4; // so that none diverges
  return network;
}

function data({ rows, loss, seed, weighted }: Stack) {
  const number = (i: number): number => (((seed + 1) * 31 + i * 7919) % 997) / 500 - 1;
  const inputs = Array.from({ length: rows }, (_, n) => [number(2 * n), number(2 * n + 1)]);
  const targets =
    (losses[loss]!.loss.targets ?? "real") !== "real"
      ? inputs.map((_, n) => [0, 1, 2].map((i) => Number(i === n % OUT)))
      : inputs.map((_, n) => [0, 1, 2].map((i) => number(50 + n * OUT + i)));
  const { missing } = losses[loss]!.loss;
  if (missing !== undefined) targets.forEach((row, n) => row.forEach((_, i) => (n + i) % 2 && (row[i] = missing)));
  return { inputs, targets, options: weighted ? { rowWeights: inputs.map((_, n) => 1 - 0.4 * n) } : undefined };
}

/** All that a step changes: parameters, gradients, means, the optimizer's scalars; slots show in the steps after. */
const seen = (network: Network) => {
  const { allAverages, updates } = (network as unknown as NetworkImplementation).store;
  return JSON.stringify([
    network.parameters.map(({ value, gradient }) => [value, gradient]),
    network.optimizer.scalars,
    allAverages && Array.from(allAverages.data),
    updates.data[0],
  ]);
};

type Data = ReturnType<typeof data>;
type Way = (network: Network, data: Data) => unknown;

/** The ways to train. */
const ways: Readonly<Record<string, Way>> = {
  trainBatch: (network, { inputs, targets, options }) => network.trainBatch(inputs, targets, options),
  "three calls": (network, { inputs, targets, options }) => {
    network.forward(inputs);
    const loss = network.backward(targets, options);
    network.step();
    return loss;
  },
  "two backwards to a step": (network, { inputs, targets, options }) => {
    for (let i = 0; i < 2; i++) {
      network.forward(inputs);
      network.backward(targets);
    }
    return network.trainBatch(inputs, targets, options);
  },
  "fit, one by one": async (network, { inputs, targets, options }) =>
    (await network.fit(inputs, targets, { epochs: 2, batchSize: 1, ...options })).loss,
  "fit in batches": async (network, { inputs, targets, options }) =>
    (await network.fit(inputs, targets, { epochs: 2, batchSize: 2, ...options })).loss,
  "fit with accumulation": async (network, { inputs, targets, options }) =>
    (await network.fit(inputs, targets, { epochs: 1, batchSize: 2, accumulate: 2, ...options })).loss,
  evaluate: (network, { inputs, targets, options }) => network.evaluate(inputs, targets, options),
  predict: (network, { inputs }) => network.predict(inputs),
  freeze: (network) => network.freeze(network.parameters[0]!.name),
  unfreeze: (network) => network.unfreeze(network.parameters[0]!.name),
  "a larger batch": (network, { inputs, targets }) =>
    network.trainBatch([...inputs, ...inputs], [...targets, ...targets]),
};

/** Both networks do the same, and are the same after each step. */
async function both(replayed: Network, plain: Network, names: readonly string[], given: Data): Promise<void> {
  for (const name of names) {
    expect([name, await ways[name]!(replayed, given)]).toEqual([name, await ways[name]!(plain, given)]);
    expect(seen(replayed)).toBe(seen(plain));
  }
}

const courseWithout = (...names: readonly string[]) =>
  fc.array(fc.constantFrom(...Object.keys(ways).filter((name) => !names.includes(name))), {
    minLength: 4,
    maxLength: 12,
  });
const course = courseWithout();

/** The k-th name of a table, from the beginning again after the last. */
const inTurn = (table: object, k: number): string => Object.keys(table)[k % Object.keys(table).length]!;
/** Random networks with the k-th loss, the k-th optimizer and the k-th activation: so many k that each comes up. */
const kthStack = (k: number): fc.Arbitrary<Stack> =>
  stack.map((given) => ({
    ...given,
    loss: inTurn(losses, k),
    optimizer: inTurn(optimizers, k),
    hidden: [
      { width: 3, activation: inTurn(activations, k), bias: undefined, penalty: inTurn(penalties, k) as "l1" },
      ...given.hidden.slice(1),
    ],
  }));
const kinds = Math.max(...[losses, optimizers, activations].map((table) => Object.keys(table).length));

test("a step that is replayed is the step: losses, parameters, gradients, slots and counters, bit for bit", async () => {
  const count = Math.max(kinds, runs(250));
  for (let k = 0; k < count; k++) {
    const watched = new Watched();
    await fc.assert(
      fc.asyncProperty(kthStack(k), course, (given, names) =>
        both(
          build(given, watched),
          build(given, plainly),
          ["trainBatch", "trainBatch", "trainBatch", ...names],
          data(given),
        ),
      ),
      { numRuns: 1, seed: k },
    );
    expect(watched.replays).toBeGreaterThan(0);
  }
});

test("a program that is compiled does what its instructions do, and a check that fails leaves what they leave", async () => {
  const modules = vi.spyOn(Compiler.prototype, "module");
  const calls = vi.spyOn(Recorder.prototype, "call");
  const eager = compiled("eager", strict, reference, 0);
  let [networks, programs] = [0, 0];
  await fc.assert(
    fc.asyncProperty(stack, course, async (given, names) => {
      modules.mockClear();
      calls.mockClear();
      const [network, plain] = [build(given, eager), build(given, plainly)];
      await both(network, plain, ["trainBatch", "trainBatch", "trainBatch", ...names], data(given));
      const diverge = (each: Network): unknown => {
        each.optimizer.learningRate = given.dtype === "float32" ? 1e3 : 1e120; // as far as the bound tells
        try {
          for (let i = 0; i < 5; i++) ways.trainBatch!(each, data(given));
        } catch (error) {
          return error;
        }
      };
      expect(diverge(network)).toEqual(diverge(plain));
      expect(seen(network)).toBe(seen(plain));

      const written = modules.mock.results.flatMap(({ value }) =>
        value instanceof Uint8Array ? [value as BufferSource] : [],
      );
      expect(written.every((bytes) => WebAssembly.validate(bytes))).toBe(true);
      if (calls.mock.calls.some(([, isUsers]) => isUsers)) return; // a part without a kernel: the program is interpreted
      expect(written.length).toBeGreaterThan(0);
      networks++;
      programs += written.length;
    }),
    { numRuns: runs(250), seed: 4 },
  );
  expect(networks).toBeGreaterThan(0);
  expect(programs).toBeGreaterThan(3 * networks);
  modules.mockRestore();
  calls.mockRestore();
});

test("a compiled program's running means of gradients that have ended come to 0 too", () => {
  for (const dtype of ["float64", "float32"] as const) {
    const network = new Network([dense(3, 1)], {
      loss: meanSquaredError,
      optimizer: adam,
      dtype,
      seed: 1,
      backend: compiled("eager", strict, reference, 0),
    });
    network.trainBatch([1, 2, 3], [0]);
    const [{ slots }] = (network as unknown as { store: { runs: [Run] } }).store.runs;
    slots[1]!.data.fill(dtype === "float32" ? 1e-37 : 1e-307); // what is left after 80,000 steps or 700,000
    for (let step = 0; step < 8000; step++) network.trainBatch([0, 0, 0], [0]);
    for (const { data } of slots) expect([...data].slice(0, 3)).toEqual([0, 0, 0]);
  }
});

test("while a step is written down, no built-in block looks at numbers itself", () => {
  const readers = new Set<string>();
  const watched = new Watched();
  const getter = Object.getOwnPropertyDescriptor(PlannedTensor.prototype, "data")!;
  Object.defineProperty(PlannedTensor.prototype, "data", {
    configurable: true,
    get(this: PlannedTensor) {
      if (watched.recorder?.isRecording) readers.add(callerOf(new Error().stack!));
      return getter.get!.call(this) as unknown;
    },
  });
  try {
    fc.assert(
      fc.property(stack, (given) => {
        const network = build(given, watched);
        for (let i = 0; i < 2; i++) ways.trainBatch!(network, data(given));
      }),
      { numRuns: runs(200), seed: 2 },
    );
  } finally {
    Object.defineProperty(PlannedTensor.prototype, "data", getter);
  }
  expect([...readers]).toEqual([]); // the loops of an update rule read slots, but a verb has called them
});

/** The file from which a getter was called. */
function callerOf(stack: string): string {
  const frames = stack
    .split("\n")
    .slice(1)
    .map((line) => /((?:src|test)\/[\w./-]+\.ts)/.exec(line)?.[1] ?? line);
  return frames.find((file) => !file.endsWith("recording.test.ts")) ?? stack;
}

describe("what looks at numbers itself is called in between", () => {
  const doubling: Layer = {
    kind: "doubling",
    plan: () => null,
    forward(_, x, y) {
      for (let i = 0; i < x.rows * x.columns; i++) y.data[i] = 2 * x.data[i]!;
    },
    backward(_, _x, _y, dy, dx) {
      for (let i = 0; dx && i < dx.rows * dx.columns; i++) dx.data[i] = 2 * dy.data[i]!;
    },
  };
  /** Statistics of one row there are none, and a look ahead needs the one batch that led to the step. */
  const cautious = courseWithout(
    "fit, one by one",
    "fit in batches",
    "fit with accumulation",
    "two backwards to a step",
  );
  const networks: Readonly<Record<string, (backend: Backend) => Network>> = {
    "a layer": (backend) =>
      new Network([dense(2, 4), doubling, tanh, doubling, dense(4, 3)], {
        loss: meanSquaredError,
        optimizer: adam,
        seed: 1,
        backend,
      }),
    "running statistics": (backend) =>
      new Network([dense(2, 4), batchNorm(), sigmoid, dense(4, 3)], {
        loss: meanSquaredError,
        optimizer: adam,
        seed: 1,
        backend,
      }),
    "random numbers": (backend) =>
      new Network([dense(2, 8), ownDropout(0.5), dense(8, 3)], {
        loss: meanSquaredError,
        optimizer: adam,
        seed: 1,
        backend,
      }),
    "an optimizer that looks before it leaps": (backend) =>
      new Network([dense(2, 4), tanh, dense(4, 3)], {
        loss: meanSquaredError,
        optimizer: sam(adam, 0.05),
        seed: 1,
        backend,
      }),
    "frozen parts": (backend) =>
      new Network([dense(2, 4, { freeze: ["weight"] }), tanh, dense(4, 3)], {
        loss: meanSquaredError,
        optimizer: sam(adam, 0.05),
        seed: 1,
        backend,
      }),
  };
  const given: Data = {
    inputs: [
      [0.1, -1],
      [0.7, 0.3],
      [-0.4, 2],
    ],
    targets: [
      [1, 0, -1],
      [0.5, 0.1, 0],
      [0, 2, 1],
    ],
    options: undefined,
  };

  test.each(Object.keys(networks))("%s", async (name) => {
    await fc.assert(
      fc.asyncProperty(name === "a layer" || name === "random numbers" ? course : cautious, async (names) => {
        const watched = new Watched();
        await both(
          networks[name]!(watched),
          networks[name]!(plainly),
          ["trainBatch", "trainBatch", "trainBatch", ...names],
          given,
        );
        expect(watched.replays).toBeGreaterThan(0);
      }),
      { numRuns: runs(20), seed: 3 },
    );
  });
});

describe("a part that asks its own network is called each time", () => {
  const course = (
    backend: Backend,
    part: (network: () => Network<number, number>) => { layer?: Layer["forward"]; optimizer?: Optimizer },
  ) => {
    const { layer, optimizer = adam({ learningRate: 0.1 }) } = part(() => network);
    const own: Layer = {
      kind: "own",
      plan: () => null,
      forward: layer ?? ((_, x, y, { kernels }) => kernels.copy(x, y)),
      backward: (_, _x, _y, dy, dx, { kernels }) => void (dx && kernels.copy(dy, dx)),
    };
    const network = new Network([dense(1, 1, { weight: [[0.5]] }), own] as Layer[], {
      loss: meanSquaredError,
      optimizer,
      seed: 1,
      backend,
    }) as Network<number, number>;
    const seen: unknown[] = [];
    for (let i = 0; i < 14; i++)
      seen.push(network.predict([1]), network.trainBatch([1], [3]), network.parameter("0.weight").value);
    network.parameter("0.weight").set([[2]]);
    for (let i = 0; i < 3; i++) seen.push(network.predict([1]));
    return seen;
  };
  const weight = (network: Network<number, number>): number => network.parameter("0.weight").value[0]![0]!;
  const parts: Record<string, Parameters<typeof course>[1]> = {
    "a layer that looks at a parameter": (network) => ({
      layer: (_, x, y, { kernels }) => (weight(network()) > 1 ? kernels.clear(y) : kernels.copy(x, y)),
    }),
    "a layer that sets one": (network) => ({
      layer(_, x, y, { kernels }) {
        if (weight(network()) > 0.8) network().optimizer.learningRate = 0.01;
        kernels.copy(x, y);
      },
    }),
    "a layer that asks for the state": (network) => ({
      layer: (_, x, y, { kernels }) =>
        JSON.stringify(network().toJSON()).includes("0.7") ? kernels.clear(y) : kernels.copy(x, y),
    }),
    "an optimizer that looks at a parameter": (network) => {
      const inner = adam({ learningRate: 0.1 });
      return {
        optimizer: {
          ...inner,
          name: "cautious",
          step: (runs, context) => void (weight(network()) < 1.2 && inner.step(runs, context)),
        },
      };
    },
  };

  test.each(Object.keys(parts))("%s", (name) => {
    expect(course(wasm, parts[name]!)).toEqual(course(plainly, parts[name]!));
    expect(course(reference, parts[name]!)).toEqual(course(plainly, parts[name]!));
  });
});

test("a loss's divisor is asked for in each step", () => {
  let divisor = 1;
  const moody: Loss = { ...meanSquaredError, name: "moody", divisor: () => divisor };
  const network = new Network([dense(1, 1, { weight: [[0]] })], {
    loss: moody,
    optimizer: adam({ learningRate: 0 }),
    seed: 1,
  });
  for (let i = 0; i < 3; i++) expect(network.trainBatch([1], [1])).toBe(1);
  divisor = 2;
  expect(network.trainBatch([1], [1])).toBe(0.5);
});

test("a layer that changes its own network within a step is refused", () => {
  let disturb = false;
  const rude: Layer = {
    kind: "rude",
    plan: () => null,
    forward(_, x, y) {
      y.data.set(x.data.subarray(0, x.rows * x.columns));
      if (disturb) network.freeze("0");
    },
    backward: (_, _x, _y, dy, dx, { kernels }) => void (dx && kernels.copy(dy, dx)),
  };
  const network: Network = new Network([dense(2, 2), rude, dense(2, 1)] as Layer[], {
    loss: meanSquaredError,
    optimizer: adam,
    seed: 1,
  });
  for (let i = 0; i < 3; i++) network.trainBatch([1, 2], [0]);
  disturb = true;
  expect(() => network.trainBatch([1, 2], [0])).toThrow("freeze expected to be called between steps");
});

describe("a user's part gives, replayed, what it gives when it is called", () => {
  const copyBack: Layer["backward"] = (_, _x, _y, dy, dx, { kernels }) => void (dx && kernels.copy(dy, dx));
  const pass = (forward: Layer["forward"], backward = copyBack): Layer => ({
    kind: "mine",
    plan: () => null,
    forward,
    backward,
  });
  const around = (layer: Layer, backend: Backend) =>
    new Network([dense(1, 1, { weight: [[1]] }), layer, dense(1, 1, { weight: [[2]], bias: [1] })] as Layer[], {
      loss: meanSquaredError,
      optimizer: adam({ learningRate: 1e-3 }),
      seed: 1,
      backend,
    }) as Network<number, number>;

  test("which asks whether all is finite, and goes either way", () => {
    const huge = pass((_, x, y) => void (y.data[0] = x.data[0]! > 5 ? Infinity : x.data[0]!));
    const guard = pass((_, x, y, { kernels }) => (kernels.isFinite(x) ? kernels.copy(x, y) : kernels.clear(y)));
    const outputs = [wasm, reference, plainly].map((backend) => {
      const network = new Network(
        [dense(1, 1, { weight: [[1]] }), huge, guard, dense(1, 1, { weight: [[2]], bias: [1] })] as Layer[],
        { backend, seed: 1 },
      );
      return [1, 2, 3, 10, 4].map((x) => network.predict([x])[0]);
    });
    expect(outputs).toEqual(outputs.map(() => [3, 5, 7, 1, 9]));
  });

  test("whose loops use verbs in turn", () => {
    const outputs = [wasm, reference, plainly].map((backend) => {
      const layer = pass((_, x, y, { kernels }) => {
        kernels.clear(y);
        kernels.map({ map: () => kernels.add(x, y), pull: () => {} }, x, y);
      });
      const network = around(layer, backend);
      return [1, 2, 3, 4].map((x) => network.predict([x])[0]);
    });
    expect(outputs).toEqual(outputs.map(() => [3, 5, 7, 9]));
  });

  test.each([
    ["wasm", wasm],
    ["reference", reference],
  ] as const)("tensors that are not the network's own are refused: %s", (_, backend) => {
    const own = { rows: 1, columns: 1, data: new Float64Array(1) };
    const times = { map: () => {}, pull: () => {} };
    let foreign: Tensor = own;
    const other = around(
      {
        ...pass((_s, x, y, { kernels }) => kernels.copy(x, y)),
        plan: (planner) => void (foreign = planner.buffer("kept", [1], 4)),
      },
      backend,
    );
    other.predict([1]);
    for (const layer of [
      pass((_s, x, y, { kernels }) => kernels.pull(times, own, own, x, y)),
      pass((_s, _x, y, { kernels }) => kernels.add(own, y)),
      pass((_s, _x, y, { kernels }) => kernels.add(foreign, y)),
    ]) {
      expect(() => around(layer, backend).predict([1])).toThrow("kernels expected tensors of the network");
    }
  });

  test("loops that change their network are refused too", () => {
    let disturb = false;
    const loops = {
      map: (n: number, z: Floats, a: Floats) => (a.set(z.subarray(0, n)), disturb && network.freeze("0")),
      pull: () => {},
    };
    const network = around(
      pass((_, x, y, { kernels }) => kernels.map(loops as never, x, y)),
      reference,
    );
    for (let i = 0; i < 3; i++) network.trainBatch([1], [0]);
    disturb = true;
    expect(() => network.trainBatch([1], [0])).toThrow("freeze expected to be called between steps");
  });

  test("dx is null, where nobody needs it, after a backwardFrom as before it", () => {
    const seen: boolean[] = [];
    const first = pass(
      (_, x, y) => void (y.data[0] = x.data[0]!),
      (_, _x, _y, dy, dx) => {
        const [d] = dy.data;
        seen.push(dx === null);
        if (dx) dx.data[0] = d!;
      },
    );
    const network = new Network([first, dense(1, 1)] as Layer[], {
      loss: meanSquaredError,
      optimizer: adam,
      seed: 1,
    }) as Network<number, number>;
    for (let i = 0; i < 3; i++) network.trainBatch([1], [0]);
    network.forward([1]);
    network.backwardFrom([1]);
    network.step();
    network.trainBatch([1], [0]);
    expect(seen).toEqual([true, true, true, false, true]);
  });

  test("a backward that throws leaves no gradients that a step would take", () => {
    let rude = false;
    const layer = pass(
      (_, x, y, { kernels }) => kernels.copy(x, y),
      (state, x, y, dy, dx, context) => {
        if (rude) throw new Error("rude");
        copyBack(state, x, y, dy, dx, context);
      },
    );
    const network = around(layer, wasm);
    network.forward([1]);
    network.backward([0]);
    network.forward([1]);
    rude = true;
    expect(() => network.backward([0])).toThrow("rude");
    expect(() => network.step()).toThrow("step expected a backward before it");
  });

  test("what went wrong is said of gradients, when it was not the loss, whatever the loss was before", () => {
    const network = around(
      pass((_, x, y, { kernels }) => kernels.copy(x, y)),
      wasm,
    );
    expect(() => network.trainBatch([1e200], [0])).toThrow("loss expected a finite number");
    network.forward([1e300]);
    network.backwardFrom([1e300]);
    expect(() => network.step()).toThrow("step expected finite gradients");
  });

  test("a routine that failed when it was to be written down is written down the next time", () => {
    const watched = new Watched();
    const network = new Network([dense(2, 2), sigmoid, dense(2, 2)], {
      loss: meanSquaredError,
      optimizer: adam,
      seed: 1,
      backend: watched,
    });
    network.trainBatch([1, 2], [0, 1]);
    expect(() => network.trainBatch([1, 2], [1e200, 1])).toThrow("loss expected a finite number");
    for (let i = 0; i < 2; i++) network.trainBatch([1, 2], [0, 1]);
    const { replays } = watched;
    network.trainBatch([1, 2], [0, 1]);
    expect(watched.replays).toBe(replays + 1);
  });
});

test.each(["float32", "float64"] as const)(
  "more sizes of batches in turn than are kept, in a memory that holds the programs of a few: the same bits (%s)",
  (dtype) => {
    const eager = compiled("eager", strict, reference, 3); // compiled early, so that compiled ones give way too
    const networks = [wasm, eager, plainly].map(
      (backend) =>
        new Network([dense(3, 4), tanh, dense(4, 2)], {
          loss: meanSquaredError,
          optimizer: adam,
          dtype,
          seed: 1,
          backend,
        }),
    );
    const sizes = Array.from({ length: 90 }, (_, i) => 1 + ((i * 37) % 90));
    for (let round = 0; round < 8; round++) {
      // 40 sizes, each of which comes again while it is kept; then more than are kept
      for (const rows of round < 6 ? [...sizes.slice(0, 40), 1, 1, 2, 1, 2] : sizes) {
        const x = Array.from({ length: rows }, (_, n) => [n / 90, round, rows / 90]);
        const t = x.map(([a, b]) => [a! - b!, a! * b!]);
        const [first, ...others] = networks.map((network) => [network.trainBatch(x, t), network.predict(x)]);
        for (const other of others) expect(other).toEqual(first);
      }
    }
    const [first, ...others] = networks.map(seen);
    for (const other of others) expect(other).toBe(first);
  },
);
