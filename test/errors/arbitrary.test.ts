import * as chainrule from "chainrule";
import { ChainruleError, Network, adam, crossEntropy, dense, meanSquaredError, sgd, softmax, tanh } from "chainrule";
import * as check from "chainrule/check";
import * as metrics from "chainrule/metrics";
import { trace } from "chainrule/trace";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../support/random-cases.js";

// Whatever a public function is given, it works or fails with an error of the library.

const CALLS = 200_000;

/** What the hostile values below throw themselves. */
class Own extends Error {}
const throwing = (): never => {
  throw new Own();
};
const everyTrap = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, throwing]));
const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const detached = new Float64Array(2);
structuredClone(detached, { transfer: [detached.buffer] });
const circular: unknown[] = [];
circular.push(circular);
const sparse: unknown[] = [];
sparse.length = 4e9;

const strange = [
  new Proxy({}, everyTrap),
  new Proxy([], everyTrap),
  new Proxy(() => 0, everyTrap),
  revoked({}),
  revoked([]),
  {
    get data() {
      return throwing();
    },
    shape: [1, 2],
  },
  {
    get loss() {
      return throwing();
    },
  },
  { toString: throwing, valueOf: throwing, toJSON: throwing },
  Object.defineProperty([0, 0], 0, { get: throwing }),
  { then: throwing },
  { length: -1 },
  detached,
  circular,
  sparse,
  Object.create(null),
  new (class extends Array {})(),
  new DataView(new ArrayBuffer(8)),
  new BigInt64Array(2),
  new SharedArrayBuffer(8),
  new Map(),
  new WeakMap(),
  Symbol("s"),
  Symbol.iterator,
  10n ** 400n,
  -0,
  NaN,
  1e308,
  async () => await Promise.resolve(),
  function* () {
    yield 1;
  },
  class {},
  new Date(NaN),
  /x/,
  globalThis,
];
const fitting = [
  [0, 1],
  [[0, 1]],
  [
    [0, 1],
    [1, 0],
  ],
  Float64Array.of(0, 1),
  { data: Float64Array.of(0, 1), shape: [1, 2] },
  0,
  1,
  2,
  "0.weight",
  "0",
  {},
  { epochs: 1 },
  { epochs: 1, validation: 0.5 },
  { out: new Float64Array(2) },
  { rowWeights: [1] },
  { only: ["0"] },
  { loss: meanSquaredError, optimizer: sgd },
  tanh,
  dense(2, 2),
  [dense(2, 2)],
  [dense(2, 2), tanh],
  meanSquaredError,
  adam,
  undefined,
  null,
];
const KEYS = [
  ..."name kind plan forward backward inputs outputs range value derivative apply gradient divisor mass missing".split(
    " ",
  ),
  ..."loss optimizer seed dtype backend epochs batchSize shuffle accumulate onEpoch signal rowWeights out only".split(
    " ",
  ),
  ..."validation inputs targets last metrics metric better earlyStopping patience classWeights onBatch epoch".split(
    " ",
  ),
  ..."weight bias freeze shared learningRate momentum nesterov beta1 epsilon slope reduction fromLogits h tolerance".split(
    " ",
  ),
  ..."threshold average labels weights k data shape length slots scalars step targets needs fused layer format version parameters buffers points".split(
    " ",
  ),
];
// As functions that give them, since fast-check looks into what it draws.
const later = (each: unknown) => (): unknown => each;
const leaf = fc.oneof(
  fc.constantFrom(...strange.map(later)),
  fc.constantFrom(...fitting.map(later)),
  fc.anything({ maxDepth: 1 }).map(later),
);
const value: fc.Arbitrary<() => unknown> = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 4 }).map((list) => () => list.map((each) => each())) },
  {
    weight: 2,
    arbitrary: fc
      .dictionary(fc.constantFrom(...KEYS), leaf, { maxKeys: 4 })
      .map((entries) => () => Object.fromEntries(Object.entries(entries).map(([key, each]) => [key, each()]))),
  },
  { weight: 1, arbitrary: leaf.map((each) => () => each) },
);

const fresh = () =>
  new Network([dense(2, 3), tanh, dense(3, 2), softmax], { loss: crossEntropy, optimizer: adam, seed: 1 });
let network = fresh();
type Any = (...given: unknown[]) => unknown;
const method =
  (name: keyof Network): Any =>
  (...given) =>
    (network[name] as Any)(...given);
const methods = [
  "forward",
  "backward",
  "backwardFrom",
  "step",
  "trainBatch",
  "fit",
  "predict",
  "evaluate",
  "parameter",
];
methods.push("buffer", "freeze", "unfreeze", "clone", "copyFrom", "toJSON", "load", "checkpoint", "summary");
const blocks = Object.entries(chainrule).filter(
  ([name, each]) => typeof each === "function" && !/^[A-Z]/.test(name) && name !== "wasm" && name !== "reference",
);

let turns = 0;
/** A document with something else in the place of a part, each part in turn. */
function holding(document: object, given: unknown): object {
  const keys = Object.keys(document);
  return { ...document, [keys[turns++ % keys.length]!]: given };
}

/** Every entry by name. */
const entries: Readonly<Record<string, Any>> = {
  ...Object.fromEntries(methods.map((name) => [`network.${name}`, method(name as keyof Network)])),
  ...Object.fromEntries(blocks.map(([name, each]) => [name, each as Any])),
  "new Network": (...given) => new (Network as unknown as new (...given: unknown[]) => unknown)(...given),
  "a network of one's own layer": (layer) => new Network([dense(2, 2), layer as never], { loss: meanSquaredError }),
  "Network.from": (...given) => (Network.from as Any)(...given),
  "Network.from of parts": (given) => Network.from({ layers: [{ dense: [2, 2] }, given], loss: given }),
  "load of parts": (given) => network.load(holding(network.toJSON(), given)),
  "Network.from of a changed document": (given) => Network.from(holding(network.checkpoint(), given)),
  "fit with resume": (given) =>
    network.fit([[0, 1]], [0], { epochs: 1, resume: holding(network.checkpoint(), given) as never }),
  "parameter.set": (given) => network.parameter("0.weight").set(given as never),
  "parameter.setGradient": (given) => network.parameter("0.weight").setGradient(given as never),
  "parameter.value =": (given) => ((network.parameter("0.weight") as { value: unknown }).value = given),
  "optimizer.learningRate =": (given) => (network.optimizer.learningRate = given as never),
  trace: (...given) => (trace as Any)(network, ...given),
  "trace of": (...given) => (trace as Any)(...given),
  ...Object.fromEntries(
    Object.entries({ ...check, ...metrics }).map(([name, each]) => [
      name,
      (...given: unknown[]) => (each as Any)(...given),
    ]),
  ),
  "topK(2)": (...given) => (metrics.topK(2) as Any)(...given),
};

test("no raw TypeError or RangeError, whatever is given", async () => {
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(entries)),
      fc.array(value, { maxLength: 4 }),
      async (name, given) => {
        if (++calls % 500 === 0) network = fresh();
        try {
          await entries[name]!(...given.map((each) => each()));
        } catch (error) {
          const isOwn = error instanceof Own || /^Class constructors? /.test((error as Error).message); // thrown by a class that is called
          if (!(error instanceof ChainruleError || isOwn)) {
            const { stack } = error as Error;
            throw new Error(`${name}: ${String(stack).split("\n").slice(0, 6).join("\n")}`, { cause: error });
          }
        }
      },
    ),
    { numRuns: runs(CALLS), endOnFailure: true },
  );
  expect(calls).toBeGreaterThan(1000);
}, 600_000);
