import {
  adam,
  adamW,
  ChainruleError,
  cosine,
  crossEntropy,
  dense,
  dropout,
  halfSquaredError,
  l2,
  leakyRelu,
  type Loss,
  meanSquaredError,
  Network,
  sequence,
  sgd,
  sigmoid,
  softmax,
  softplus,
  tanh,
  warmup,
} from "chainrule";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { runs, share } from "../support/random-cases.js";

// A document that somebody has changed makes a network that works, or an error of ours; never anything else, and at once.

/** All of them, or, where a part of the cases is tried, a smaller part: each takes longer than cases elsewhere. */
const CASES = Math.round(100_000 * share);
const LIMIT = 50; // ms

const inputs = [
  [0.1, 0.2, 0.3],
  [-1, 0, 1],
  [0.5, 0.5, -0.5],
  [1, 1, 1],
];
const targets = [
  [1, 0],
  [0, 1],
  [1, 0],
  [0, 1],
];
const trained = async (layers: readonly unknown[], loss: Loss, optimizer: unknown, options: object = {}) => {
  const network = new Network([dense(3, 4, { penalty: l2(0.01) }), ...layers] as never, {
    loss,
    optimizer: optimizer as never,
    seed: 3,
  }) as unknown as Network;
  await network.fit(inputs as never, targets as never, { epochs: 3, batchSize: 2, ...options });
  network.parameter("0.bias").set([-0, 0, 1, 2]);
  return network;
};
const settings = { epochs: 5, batchSize: 2 };
const course = { ...settings, validation: 0.5, earlyStopping: { patience: 9 } };

let documents: Subject[];
/** A network that has been trained for a while, and a checkpoint of that moment. */
let going: Network, checkpoint: object;
beforeAll(async () => {
  const rate = sequence(warmup(2), cosine({ from: 0.1, steps: 20 }));
  going = await trained(
    [tanh, dropout(0.5), dense(4, 2), sigmoid],
    meanSquaredError,
    adamW({ learningRate: rate, averaged: 0.9 }),
    { ...course, epochs: 3 },
  );
  const others = [
    await trained([leakyRelu, dense(4, 2), softmax], crossEntropy, sgd({ momentum: 0.9, weightDecay: 0.1 })),
    await trained(
      [softplus, dense(4, 70), tanh, dense(70, 2, { bias: { shared: 0.5 } })],
      halfSquaredError({ missing: NaN }),
      adam,
    ),
  ];
  checkpoint = plain(going.checkpoint());
  documents = [going.checkpoint(), ...others.flatMap((each) => [each.toJSON(), each.checkpoint()])].map((each) =>
    subjectOf(plain(each)),
  );
});
const plain = (value: unknown): object => JSON.parse(JSON.stringify(value)) as object;

type Path = readonly string[];
type Holder = Readonly<Record<string, unknown>>;
const isHolder = (value: unknown): value is Holder => typeof value === "object" && value !== null;

/** Every place in a value. */
const placesIn = (value: unknown, path: Path = []): Path[] =>
  isHolder(value) ? Object.keys(value).flatMap((key) => [[...path, key], ...placesIn(value[key], [...path, key])]) : [];
const lookUp = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, key) => (isHolder(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);

/** The value with another holder at a place: what leads there is copied, the rest is the same. */
function changed(value: unknown, path: Path, change: (holder: Holder) => unknown): unknown {
  if (!isHolder(value)) return value;
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  return Object.hasOwn(value, key) ? put(value, key, changed(value[key], rest, change)) : value;
}

/** A copy with a value under a key, `__proto__` too. */
function put(holder: Holder, key: string, value: unknown): Holder {
  const copy = Array.isArray(holder) ? [...(holder as unknown[])] : { ...holder };
  return Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true }) as never;
}
const without = (holder: Holder, key: string): unknown =>
  Array.isArray(holder)
    ? holder.filter((_, i) => String(i) !== key)
    : Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key));

const nest = (depth: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { a: value };
  return value;
};
const nestedSequence = (depth: number): unknown => {
  let value: unknown = 0.1;
  for (let i = 0; i < depth; i++) value = { sequence: { parts: [value] } };
  return value;
};
const DEEP = nest(100_000);
const LONG = "x".repeat(1_000_000);
const LAYERS = Array.from({ length: 100_000 }, () => "tanh");
const NUMBERS = Array.from({ length: 100_000 }, () => 1);
const SEQUENCES = [nestedSequence(10), nestedSequence(10_000)];
const oddities: readonly (() => unknown)[] = [
  ...[null, true, false, 0, 1, 2, -1, 0.5, 1e9, 2 ** 53, 1e308, -1e308, 5e-324, 1e20, 3e38],
  ...["", "NaN", "tanh", "dense", "__proto__", "constructor", "toString", "Infinity", "AAAA", "!!!!", LONG],
  ...[DEEP, LAYERS, NUMBERS, ...SEQUENCES, "own", "sequence"],
].map((value) => () => value);
const made: readonly (() => unknown)[] = [
  () => [],
  () => ({}),
  () => [1],
  () => [[]],
  () => [null],
  () => ({ number: "NaN" }),
  () => ({ number: "-Infinity" }),
  () => ({ number: "12" }),
  () => ({ number: { toString: 1, valueOf: 1 } }),
  () => ({ own: "tanh" }),
  () => ({ own: { toString: 1 } }),
  () => JSON.parse('{ "__proto__": { "polluted": true } }') as unknown,
  () => JSON.parse('{ "constructor": { "prototype": { "polluted": true } } }') as unknown,
  () => ({ dense: [1e9, 1e9] }),
  () => ({ dense: { inputs: 3, outputs: 1e9 } }),
  () => ({ dense: [4, 4] }),
  () => ({ input: 1e9 }),
  () => ({ input: 4 }),
  () => ({ dropout: 0.999999 }),
  () => ({ softplus: { beta: 1e300 } }),
  () => ({ leakyRelu: { slope: 1e308 } }),
  () => ({ sgd: { learningRate: { own: "f" } } }),
  () => ({ adam: { learningRate: { plateau: { from: 1e300 } } } }),
  () => ({ dtype: "float32", shape: [4], data: "AAAAAAAAAAAAAAAAAAAAAA==" }),
  () => ({ dtype: "float64", shape: [4], data: "AAAA" }),
  () => ({ dtype: "float32", shape: [1e9, 1e9], data: LONG }),
  () => ({ dtype: "float64", shape: [4, 3], data: "A".repeat(128) }),
  () => ({ length: 1e9 }),
  () => "relu",
];
const values = [...oddities, ...made];

type Mutation = readonly [
  kind: "replace" | "delete" | "rename" | "swap" | "insert" | "double" | "shift",
  where: number,
  what: number,
];
const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.constantFrom("replace", "replace", "replace", "delete", "rename", "swap", "insert", "double", "shift"),
  fc.nat(),
  fc.nat(),
);

function mutate({ document, places }: Subject, mutations: readonly Mutation[]): unknown {
  let mutant = document;
  for (const [kind, where, what] of mutations) {
    const path = places[where % places.length]!;
    const key = path.at(-1)!;
    const other = places[what % places.length]!;
    const odd = values[what % values.length]!();
    mutant = changed(mutant, path.slice(0, -1), (holder) => {
      const value = lookUp(holder, [key]);
      const isList = Array.isArray(holder);
      if (kind === "replace") return put(holder, key, odd);
      if (kind === "delete") return without(holder, key);
      if (kind === "swap") return put(holder, key, lookUp(document, other));
      if (kind === "rename" && !isList) {
        return put(without(holder, key) as Holder, ["__proto__", "constructor", "x", other.at(-1)!][what % 4]!, value);
      }
      if (kind === "insert" && isList) return [odd, ...(holder as readonly unknown[])];
      if (kind === "insert") return put(holder, ["__proto__", "own", "number", "data", other.at(-1)!][what % 5]!, odd);
      if (kind === "double" && Array.isArray(value))
        return put(holder, key, [...(value as unknown[]), ...(value as unknown[])]);
      if (kind === "double" && typeof value === "string") return put(holder, key, value + value);
      if (typeof value === "number") return put(holder, key, value + [1, -1, 0.5, 1e6, -1e6][what % 5]!);
      return put(holder, key, odd);
    });
  }
  return mutant;
}

interface Subject {
  readonly document: unknown;
  readonly places: readonly Path[];
}
const subjectOf = (document: unknown): Subject => ({ document, places: placesIn(document) });
/** Whether an option is so large, or so small, that what is computed with it may overflow, in code as in a document. */
const isExtreme = (mutant: unknown): boolean =>
  /e[+-]\d\d/.test(JSON.stringify((mutant as { readonly layers: unknown }).layers));

const describeMutant = (which: number, mutations: readonly Mutation[]): string =>
  mutations
    .map(([kind, where, what]) => {
      const { places } = documents[which % documents.length]!;
      return `${kind} ${places[where % places.length]!.join(".")} ${String(JSON.stringify(what % values.length))}`;
    })
    .join(", ");
const mutants = fc.tuple(fc.nat({ max: 4 }), fc.array(mutation, { minLength: 1, maxLength: 2 }));
const natives = (): unknown =>
  [Object, Array, Function, Float64Array, Error].map(({ prototype }) => Reflect.ownKeys(prototype as object));

/** The processor's time so far, in ms: another process that is at work is not in it. */
const now = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Times of calls, without the first ones: what is slow is called again, since garbage is collected now and then. */
class Clock {
  #calls = 0;
  slow: string[] = [];
  time<T>(call: () => T, what: () => string): T {
    const once = (): number => {
      const start = now();
      try {
        call();
      } catch {
        // told by the first call
      }
      return now() - start;
    };
    const start = now();
    try {
      return call();
    } finally {
      let time = now() - start;
      if (++this.#calls > 200 && time > LIMIT) {
        for (let again = 0; again < 5 && time > LIMIT; again++) time = Math.min(time, once());
        if (time > LIMIT) this.slow.push(`${Math.round(time)} ms: ${what()}`);
      }
    }
  }
}

test("Network.from", () => {
  const clean = natives();
  const clock = new Clock();
  const counts = { works: 0, refused: 0 };
  fc.assert(
    fc.property(mutants, ([which, mutations]) => {
      const mutant = mutate(documents[which % documents.length]!, mutations);
      let network: Network;
      try {
        network = clock.time(
          () => Network.from(mutant) as Network,
          () => describeMutant(which, mutations),
        );
      } catch (error) {
        if (!(error instanceof ChainruleError)) throw error;
        if (error.message.length > 2000)
          throw new Error(`a message of ${error.message.length} characters`, { cause: error });
        counts.refused++;
        return;
      }
      const row = Array.from({ length: network.inputSize }, (_, i) => i / 2 - 0.5);
      const predicted = network.predict(row) as number[];
      if (!predicted.every(Number.isFinite) && !isExtreme(mutant))
        throw new Error(`it predicts ${predicted.join()}: ${describeMutant(which, mutations)}`);
      counts.works++;
    }),
    { numRuns: runs(CASES) },
  );
  expect(natives()).toEqual(clean);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Math.min(counts.works, counts.refused)).toBeGreaterThan(runs(CASES) / 50); // both are tried
  expect(clock.slow).toEqual([]);
}, 600_000);

test("load, and fit with resume, leave the network as it was when they refuse", async () => {
  const counts = { refused: 0, goneOn: 0 };
  const subject = subjectOf(checkpoint);
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 1 }), async (mutations) => {
      const mutant = mutate(subject, mutations);
      for (const call of [
        (network: Network) => network.load(mutant),
        (network: Network) => network.fit(inputs as never, targets as never, { ...course, resume: mutant as never }),
      ]) {
        const network = Network.from(checkpoint) as Network;
        const before = JSON.stringify(network.checkpoint());
        try {
          await call(network);
        } catch (error) {
          if (!(error instanceof ChainruleError)) throw error;
          if (error.code === "diverged") continue; // numbers that were fine to begin with
          counts.refused++;
          expect(JSON.stringify(network.checkpoint())).toBe(before);
          continue;
        }
        counts.goneOn++; // from what was right for it: what it is now is a network that can be saved and made again
        const text = JSON.stringify(network.checkpoint());
        expect(JSON.stringify(Network.from(JSON.parse(text)).checkpoint())).toBe(text);
      }
    }),
    { numRuns: runs(2000) },
  );
  expect(counts.refused).toBeGreaterThan(runs(2000) / 10);
  expect(counts.goneOn).toBeGreaterThan(runs(2000) / 20);
}, 600_000);

test("a size that no numbers stand behind takes no memory before it is refused", () => {
  const most = 2 ** 31 - 1;
  const network = new Network([dense(3, 4), tanh, dense(4, 2)], { seed: 1 }).toJSON();
  const before = process.memoryUsage().arrayBuffers;
  for (const layers of [[{ input: most }], [{ dense: [3, 4] }, "tanh", { dense: [4, most] }]]) {
    for (const document of [{ layers }, { ...network, layers }])
      expect(() => Network.from(document)).toThrow(ChainruleError);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
});
