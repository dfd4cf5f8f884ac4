import {
  Network, adam, dense, meanSquaredError, reference, sigmoid, softmax, type Backend, type DType, type Floats, type Kernels, type Layer,
  type Loss, type Optimizer, type Tensor,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PlannedTensor } from "../../src/core/memory.js";
import * as tables from "../support/tables.js";
import { dropout } from "../interfaces/blocks/dropout.js";

type Verb = keyof Kernels;
interface Call {
  readonly verb: Verb;
  readonly args: readonly unknown[];
}

/** The reference kernels, with a list of what was asked of them. */
class Recorder implements Backend {
  readonly name = "recorder";
  calls: Call[] = [];
  /** A verb is at work. */
  busy = false;
  #kernels!: Kernels;

  kernels(dtype: DType): Kernels {
    this.#kernels = reference.kernels(dtype);
    return new Proxy(this.#kernels, {
      get: (_, verb: Verb) => (...args: unknown[]) => {
        this.calls.push({ verb, args });
        return this.#do({ verb, args });
      },
    });
  }

  #do({ verb, args }: Call): unknown {
    this.busy = true;
    try {
      return (this.#kernels[verb] as (...args: readonly unknown[]) => unknown)(...args);
    } finally {
      this.busy = false;
    }
  }

  /** What was asked since the last time. */
  take(): Call[] {
    return this.calls.splice(0);
  }

  replay(calls: readonly Call[]): void {
    for (const call of calls) this.#do(call);
  }
}

const isTensor = (value: unknown): value is Tensor => value instanceof PlannedTensor;

/** All tensors in the arguments, however deep: those of the runs of an update too. */
function tensorsIn(value: unknown, found = new Set<Tensor>()): Set<Tensor> {
  if (isTensor(value)) found.add(value);
  else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) for (const part of Object.values(value)) tensorsIn(part, found);
  return found;
}

/** The specimens of a table by what is written for them, but for those that a user defines. */
const byName = <Block>(rows: readonly { name: string; specimens: readonly { written: string; block: Block }[] }[]): Record<string, Block> =>
  Object.fromEntries(rows.filter(({ name }) => name !== "activation" && name !== "loss").flatMap(({ specimens }) => specimens.map(({ written, block }) => [written, block])));

const activations: Record<string, Layer> = { ...byName<Layer>(tables.activations), softmax };
const optimizers: Record<string, Optimizer> = byName(tables.optimizers);
/** Each loss with the layers that it may follow: those that it is fused with, and others. */
const losses: Record<string, { loss: Loss; end: readonly Layer[] }> = Object.fromEntries(
  Object.entries(byName(tables.losses)).flatMap(([name, loss]) => {
    const ends: Record<string, readonly Layer[]> = loss.needs === "simplex" ? { softmax: [softmax] } : loss.needs === "unit" ? { sigmoid: [sigmoid], softmax: [softmax] } : { dense: [] };
    return Object.entries(ends).map(([after, end]) => [`${name} after ${after}`, { loss, end }]);
  }),
);

const bias = fc.constantFrom<(false | { shared: number } | undefined)[]>(undefined, false, { shared: 0.2 });
const stack = fc.record({
  hidden: fc.array(fc.record({ width: fc.integer({ min: 1, max: 4 }), activation: fc.constantFrom(...Object.keys(activations)), bias }), { maxLength: 3 }),
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
  for (const { width, activation, bias } of hidden) {
    layers.push(dense(columns, width, bias === undefined ? {} : { bias }), activations[activation]!);
    columns = width;
  }
  layers.push(dense(columns, OUT, frozen ? { freeze: ["bias"] } : {}), ...losses[loss]!.end);
  const network = new Network(layers, { loss: losses[loss]!.loss, optimizer: optimizers[optimizer]!, dtype, seed, backend });
  network.optimizer.learningRate = 1e-4; // so that none diverges
  return network;
}

function data({ rows, loss, seed, weighted }: Stack) {
  const number = (i: number): number => (((seed + 1) * 31 + i * 7919) % 997) / 500 - 1;
  const inputs = Array.from({ length: rows }, (_, n) => [number(2 * n), number(2 * n + 1)]);
  const targets = (losses[loss]!.loss.targets ?? "real") !== "real"
    ? inputs.map((_, n) => [0, 1, 2].map((i) => Number(i === n % OUT)))
    : inputs.map((_, n) => [0, 1, 2].map((i) => number(50 + n * OUT + i)));
  return { inputs, targets, options: weighted ? { weights: inputs.map((_, n) => 1 - 0.4 * n) } : undefined };
}

/** All that a step changes: parameters, gradients, the optimizer's scalars; slots show in the steps after. */
const seen = (network: Network) =>
  JSON.stringify([network.parameters.map(({ value, gradient }) => [value, gradient]), network.optimizer.scalars]);

const step = (network: Network, { inputs, targets, options }: ReturnType<typeof data>) => network.trainBatch(inputs, targets, options);

test("the verbs of a step, replayed, are the step: parameters, gradients, slots and counters, bit for bit", () => {
  const used = { activations: new Set<string>(), losses: new Set<string>(), optimizers: new Set<string>(), verbs: new Set<string>() };
  let moved = 0;
  fc.assert(
    fc.property(stack, (given) => {
      const recorder = new Recorder();
      const recorded = build(given, recorder), plain = build(given, reference);
      const batch = data(given);
      for (let s = 0; s < 2; s++) expect(step(recorded, batch)).toBe(step(plain, batch)); // the first step has no old gradients to clear
      expect(seen(recorded)).toBe(seen(plain));

      const before = recorder.take();
      const tensors = [...tensorsIn(before.map(({ args }) => args))];
      const start = tensors.map(({ data }) => data.slice());
      step(recorded, batch);
      const list = recorder.take();
      expect(new Set([...tensorsIn(list.map(({ args }) => args))].filter((tensor) => !tensors.includes(tensor)))).toEqual(new Set());
      step(plain, batch);
      const third = seen(plain);
      expect(seen(recorded)).toBe(third);

      tensors.forEach(({ data }, i) => data.set(start[i] as Floats)); // as it was before the third step
      if (seen(recorded) !== third) moved++; // a dead relu may have stopped it all
      recorder.replay(list);
      expect(seen(recorded)).toBe(third);
      for (let s = 0; s < 4; s++) {
        step(plain, batch);
        recorder.replay(list);
        expect(seen(recorded)).toBe(seen(plain));
      }
      expect(step(recorded, batch)).toBe(step(plain, batch)); // and it goes on as if nothing had been
      expect(seen(recorded)).toBe(seen(plain));
      expect(recorder.take().map(({ verb }) => verb)).toEqual(list.map(({ verb }) => verb)); // every step asks for the same

      for (const { activation } of given.hidden) used.activations.add(activation);
      used.losses.add(given.loss);
      used.optimizers.add(given.optimizer);
      for (const { verb } of list) used.verbs.add(verb);
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(moved).toBeGreaterThan(270);
  expect([...used.activations].sort()).toEqual(Object.keys(activations).sort());
  expect([...used.losses].sort()).toEqual(Object.keys(losses).sort());
  expect([...used.optimizers].sort()).toEqual(Object.keys(optimizers).sort());
  expect([...used.verbs].sort()).toEqual([
    "clear", "crossEntropy", "isFinite", "linear", "loss", "lossPull", "map", "outer", "product", "pull", "reduce", "residual", "softmax",
    "softmaxPull", "sum", "update", "weigh",
  ]);
});

test("between the verbs nobody but the network itself looks at numbers", () => {
  let recorder = new Recorder();
  const readers = new Set<string>();
  const inner = Object.getOwnPropertyDescriptor(PlannedTensor.prototype, "data");
  const places = new WeakMap<PlannedTensor, Floats>();
  fc.assert(
    fc.property(stack, (given) => {
      recorder = new Recorder();
      const network = build(given, recorder);
      const batch = data(given);
      step(network, batch);
      const tensors = [...tensorsIn(recorder.take().map(({ args }) => args))] as PlannedTensor[];
      const watched = tensors.map((tensor) => {
        const own = Object.getOwnPropertyDescriptor(tensor, "data");
        places.set(tensor, tensor.data);
        Object.defineProperty(tensor, "data", {
          configurable: true,
          get() {
            if (!recorder.busy) readers.add(callerOf(new Error().stack!));
            return places.get(tensor)!;
          },
        });
        return own;
      });
      step(network, batch);
      tensors.forEach((tensor, i) => (watched[i] ? Object.defineProperty(tensor, "data", watched[i]) : Reflect.deleteProperty(tensor, "data")));
      step(network, batch);
    }),
    { numRuns: 200, seed: 2 },
  );
  expect(inner?.value).toBeUndefined();
  expect([...readers].sort()).toEqual(["src/network/implementation.ts"]); // it copies a batch in, and reads the loss
});

/** The file from which a getter was called. */
function callerOf(stack: string): string {
  const frames = stack.split("\n").slice(1).map((line) => /((?:src|test)\/[\w./-]+\.ts)/.exec(line)?.[1] ?? line);
  return frames.find((file) => !file.endsWith("recording.test.ts")) ?? stack;
}

describe("a random layer made of verbs", () => {
  test("draws, replayed within its step, what it drew", () => {
    const recorder = new Recorder();
    const layers: readonly Layer[] = [dense(2, 8), dropout(0.5), dense(8, 3)];
    const network = new Network(layers, { loss: meanSquaredError, optimizer: adam, seed: 1, backend: recorder });
    network.forward([[1, 2], [3, 4]]);
    const list = recorder.take();
    const outputs = network.outputs;
    expect(list.map(({ verb }) => verb)).toEqual(["linear", "uniform", "map", "pull", "linear"]);
    for (const tensor of tensorsIn(list.map(({ args }) => args.at(-1)))) tensor.data.fill(NaN);
    expect(network.outputs).not.toEqual(outputs);
    recorder.replay(list);
    expect(network.outputs).toEqual(outputs);
  });
});
