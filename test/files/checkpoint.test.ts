import {
  adam,
  binaryCrossEntropy,
  catalogue,
  type Checkpoint,
  dense,
  dropout,
  type FitOptions,
  l1,
  type Layer,
  type LearningRate,
  meanSquaredError,
  Network,
  type Optimizer,
  reference,
  type Schedule,
  sequence,
  sgd,
  sigmoid,
  tanh,
  wasm,
} from "chainrule";
import fc from "fast-check";
import { expect, test } from "vitest";
import { implementationOf } from "../../src/network/implementation.js";
import { activations, build, losses, networkCase } from "../support/arbitraries.js";
import { runs } from "../support/random-cases.js";
import { regularizers, schedules } from "../support/tables.js";
import { batchNorm } from "../interfaces/blocks/batch-norm.js";

// A training that is broken off anywhere and goes on from a checkpoint, in another network and on the other machine, is to
// the last bit the training that was not. Blocks are drawn from the catalogue, so that later ones join by themselves.

type AnyNetwork = Network<number, number>;

/** A schedule of a user's own, which a document knows by its name. */
const halving = (step: number): number => 0.02 / (1 + Math.floor(step / 4));
/** A layer of a user's own, with buffers. */
const norm = batchNorm();
const own = { halving, [norm.kind]: norm };

const rates = fc.oneof(
  fc.constantFrom<LearningRate>(0.01, 0.003, halving),
  fc
    .constantFrom(...schedules.flatMap(({ specimens }) => specimens.map(({ block }) => block)))
    .map((block) => ("factor" in block ? sequence(block, 0.01) : block)),
);
const perParameter = fc.constantFrom<unknown>(undefined, 0.01, { "0.weight": 0.1 }, (name: string) =>
  name.endsWith("bias") ? 0 : 0.02,
);

/** Any optimizer with any of the options that all have, and momentum where it has that. */
const optimizer = fc
  .record({
    make: fc.constantFrom(
      ...Object.values(catalogue.optimizers as Readonly<Record<string, (options: object) => Optimizer>>),
    ),
    learningRate: rates,
    weightDecay: perParameter,
    rateFactor: perParameter,
    clipNorm: fc.constantFrom(0.5, 0.05), // so that rates which are too large for a random network end in no overflow
    clipValue: fc.constantFrom(null, 0.1),
    averaged: fc.constantFrom(null, 0.8),
    momentum: fc.constantFrom(0, 0.8),
  })
  .map(({ make, momentum, ...options }) => {
    const has = "momentum" in ((make as unknown as Optimizer).options ?? {});
    return make({ ...options, ...(has && { momentum }) });
  });

const interrupted = fc
  .tuple(
    fc.constantFrom(...Object.keys(activations)),
    fc.constantFrom(...Object.keys(losses)),
    fc.integer({ min: 8, max: 30 }),
  )
  .chain(([subject, loss, rows]) =>
    fc.record({
      network: networkCase(subject, loss, rows),
      optimizer,
      dropout: fc.boolean(),
      norm: fc.boolean(),
      penalty: fc.constantFrom(
        undefined,
        ...regularizers.flatMap(({ specimens }) => specimens.map(({ block }) => block)),
      ),
      batchSize: fc.integer({ min: 2, max: 12 }),
      accumulate: fc.integer({ min: 1, max: 3 }),
      shuffle: fc.boolean(),
      validation: fc.constantFrom(undefined, 0.25, { last: 0.3 }),
      stops: fc.boolean(),
      at: fc.double({ min: 0.001, max: 1, noNaN: true }),
      by: fc.constantFrom("JSON", "a clone of its data"),
      backends: fc.constantFrom([wasm, reference], [reference, wasm], [wasm, wasm]),
    }),
  );

/** All that decides about what comes next. */
const stateOf = (network: AnyNetwork): string => {
  const { fit: _, ...training } = network.checkpoint().training;
  return JSON.stringify([network.toJSON(), training, network.optimizer.learningRate]);
};

test("anywhere in a fit, for any blocks: no bit differs", async () => {
  let resumed = 0;
  await fc.assert(
    fc.asyncProperty(interrupted, async (given) => {
      const { batchSize, accumulate, shuffle, validation, stops, at, by, backends } = given;
      const { network: drawn, input, target, options } = build(given.network);
      const [first, ...others] = drawn.layers as [Layer, ...Layer[]];
      const { penalty } = given;
      const [rows, columns] = [(first.outputs ?? 1) as number, drawn.inputSize];
      const layers = [
        penalty ? dense(columns, rows, { penalty }) : first,
        ...(given.norm ? [norm] : []),
        ...(given.dropout ? [dropout(0.3)] : []),
        ...others,
      ];
      const { dtype, seed } = given.network;
      const settings = { loss: drawn.loss, optimizer: given.optimizer, dtype, seed, backend: backends[0] };
      const network = new Network(layers as unknown as readonly [Layer], settings) as AnyNetwork;
      const earlyStopping = stops && validation ? { patience: 3 } : undefined;
      const fit = (of: AnyNetwork, more: Partial<FitOptions>) =>
        of.fit(input, target as number[][], {
          ...{ ...options, epochs: 5, batchSize, accumulate, shuffle, validation, earlyStopping },
          ...(more as object),
        });
      const whole = network.clone();
      const history = await fit(whole, {}).catch((error: unknown) => error as Error);
      if (history instanceof Error) return; // it diverged, or the layer of a user's own got a batch of one row
      const { updates } = whole.checkpoint().training;
      let [saved, done] = [undefined as Checkpoint | undefined, 0];
      const onBatch = () => {
        if (++done !== Math.ceil(at * updates)) return;
        const checkpoint = network.checkpoint();
        saved = by === "JSON" ? (JSON.parse(JSON.stringify(checkpoint)) as Checkpoint) : structuredClone(checkpoint);
        return false;
      };
      await fit(network, { onBatch });
      resumed++;
      const twin = Network.from(saved!, { blocks: own, backend: backends[1] }) as AnyNetwork;
      const rest = await fit(twin, { resume: saved! });
      expect(rest).toEqual(history);
      expect(stateOf(twin)).toBe(stateOf(whole));
    }),
    { numRuns: runs(700) },
  );
  expect(resumed).toBeGreaterThan(0.72 * runs(700));
});

const wave = (n: number): number => Math.sin(12.9898 * n) * 0.5;
const inputs = Array.from({ length: 40 }, (_, n) => [wave(n), wave(n + 0.37)]);
const targets = inputs.map(([a, b]) => [a! * b! + 0.2 * a!]);
const make = (options?: object): AnyNetwork =>
  new Network([dense(2, 6), tanh, dropout(0.2), dense(6, 1)], {
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    seed: 5,
    ...options,
  });

test.each(["from a callback between epochs", "from the error of an abort", "after the end, with more epochs"])(
  "%s",
  async (when) => {
    const whole = make();
    await whole.fit(inputs, targets, { epochs: 8 });
    const network = make();
    let saved: Checkpoint | undefined;
    const controller = new AbortController();
    const onBatch = ({ epoch, step }: { epoch: number; step: number }) => {
      if (epoch === 3 && step === 2) controller.abort();
    };
    const onEpoch = ({ epoch }: { epoch: number }) => {
      if (epoch === 3) saved = network.checkpoint();
    };
    if (when.includes("callback")) await network.fit(inputs, targets, { epochs: 5, onEpoch });
    else if (when.includes("abort")) {
      await network.fit(inputs, targets, { epochs: 8, batchSize: 32, onBatch, signal: controller.signal }).catch(() => {
        saved = network.checkpoint();
      });
    } else await network.fit(inputs, targets, { epochs: 4 });
    saved ??= network.checkpoint();
    const twin = make(); // made by code: resume makes it what it was
    await twin.fit(inputs, targets, { epochs: 8, resume: saved });
    expect(stateOf(twin)).toBe(stateOf(whole));
  },
);

test("an abort under early stopping: the network is at its best epoch, and goes on from its last step", async () => {
  const options = { epochs: 20, validation: 0.25, earlyStopping: { patience: 6 } };
  const whole = make();
  const history = await whole.fit(inputs, targets, options);
  const network = make();
  const controller = new AbortController();
  const onEpoch = ({ epoch }: { epoch: number }) => {
    if (epoch === 4) controller.abort();
  };
  await network.fit(inputs, targets, { ...options, onEpoch, signal: controller.signal }).catch(() => undefined);
  const saved = JSON.parse(JSON.stringify(network.checkpoint())) as Checkpoint;
  const twin = Network.from(saved, { inputs: 2, outputs: 1 });
  expect(twin.predict(inputs)).toEqual(network.predict(inputs));
  expect(await twin.fit(inputs, targets, { ...options, resume: saved })).toEqual(history);
  expect(JSON.stringify(twin)).toBe(JSON.stringify(whole));
});

test.each<[string, FitOptions, string]>([
  ["patience", { epochs: 40, validation: 0.25, earlyStopping: { patience: 2, minDelta: 0.02 } }, "minDelta 0.02"],
  ["its goal", { epochs: 40, earlyStopping: { below: 0.08, from: 3 } }, "below 0.08"],
])("a fit that was ended by %s does not train on, and its rule is compared", async (_, options, words) => {
  const [whole, network, twin] = [make(), make(), make()];
  const history = await whole.fit(inputs, targets, options);
  expect([history.ended, history.loss.length > 2, history.loss.length < 40]).toEqual(["earlyStopping", true, true]);
  const saved: Checkpoint[] = [];
  await network.fit(inputs, targets, { ...options, onEpoch: () => void saved.push(network.checkpoint()) });
  for (const resume of [saved.at(-1)!, network.checkpoint(), saved.at(-2)!]) {
    expect(await twin.fit(inputs, targets, { ...options, resume })).toEqual(history);
    expect(stateOf(twin)).toBe(stateOf(whole));
  }
  const resume = saved.at(-1)!;
  const others = { ...options, earlyStopping: { ...(options.earlyStopping as object), from: 2 }, resume };
  const error: unknown = await make()
    .fit(inputs, targets, others)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    where: "fit resume earlyStopping",
    expected: expect.stringContaining(words) as string,
  });
  const { length } = (
    await twin
      .fit(inputs, targets, { ...options, epochs: 41, earlyStopping: false, resume })
      .catch(() => ({ loss: [] }))
  ).loss;
  expect(length).toBe(0);
});

test("weights of classes are compared by their kind, and patience may be another", async () => {
  const settings = { loss: binaryCrossEntropy, optimizer: sgd, seed: 1 };
  const network = new Network([dense(2, 1), sigmoid], settings);
  const classes = inputs.map((_, n) => Number(n % 5 === 0));
  const fit = (options: Partial<FitOptions>) => network.fit(inputs, classes, { epochs: 2, ...options });
  const common = { validation: 0.25, rowWeights: inputs.map(() => 2) };
  await fit({ ...common, classWeights: "balanced", earlyStopping: { patience: 9 } });
  const resume = network.checkpoint();
  await expect(fit({ ...common, resume, classWeights: [1, 1], earlyStopping: { patience: 9 } })).rejects.toMatchObject({
    where: "fit resume weights",
    expected: "rowWeights, balanced classWeights",
  });
  const longer = { ...common, classWeights: "balanced", earlyStopping: { patience: 11 } } as const;
  expect((await fit({ ...longer, resume, epochs: 3 })).loss).toHaveLength(3);
});

test.each(["load", "copyFrom", "set"] as const)("%s after a fit: there is no fit to go on with", async (how) => {
  const network = make();
  await network.fit(inputs, targets, { epochs: 4, validation: 0.25, earlyStopping: true });
  expect(network.checkpoint().training.fit).toBeDefined();
  if (how === "load") network.load(make({ seed: 9 }).toJSON());
  if (how === "copyFrom") network.copyFrom(make({ seed: 9 }));
  if (how === "set") network.parameter("0.bias").set([1, 2, 3, 4, 5, 6].slice(0, network.parameter("0.bias").shape[0]));
  expect(network.checkpoint().training.fit).toBeUndefined();
});

test("what is set during a fit leaves it its course", async () => {
  const [network, twin] = [make(), make()];
  const saved: Checkpoint[] = [];
  const onEpoch = (of: AnyNetwork) => () => {
    of.copyFrom(make({ seed: 9 }), 0.1);
    saved.push(of.checkpoint());
  };
  const history = await network.fit(inputs, targets, { epochs: 3, onEpoch: onEpoch(network) });
  expect(await twin.fit(inputs, targets, { epochs: 3, onEpoch: onEpoch(twin), resume: saved[0]! })).toEqual(history);
  expect(stateOf(twin)).toBe(stateOf(network));
});

test("trainBatch goes on, too", () => {
  const network = make();
  for (let i = 0; i < 5; i++) network.trainBatch(inputs, targets);
  const twin = Network.from(JSON.parse(JSON.stringify(network.checkpoint())), { inputs: 2, outputs: 1 });
  for (let i = 0; i < 5; i++) expect(twin.trainBatch(inputs, targets)).toBe(network.trainBatch(inputs, targets));
  expect(stateOf(twin as AnyNetwork)).toBe(stateOf(network));
});

test("the weights of classes that a fit has found are known", async () => {
  const settings = { loss: binaryCrossEntropy, optimizer: sgd, seed: 1 };
  const network = new Network([dense(2, 3), tanh, dense(3, 1), sigmoid], settings);
  const classes = inputs.map((_, n) => Number(n % 5 === 0));
  await network.fit(inputs, classes, { epochs: 2, classWeights: "balanced" });
  const twin = Network.from(JSON.parse(JSON.stringify(network.checkpoint())), { inputs: 2, outputs: 1 });
  const balanced = { classWeights: "balanced" } as const;
  expect(twin.evaluate(inputs, classes, balanced)).toEqual(network.evaluate(inputs, classes, balanced));
  expect(twin.evaluate(inputs, classes, balanced)).not.toEqual(twin.evaluate(inputs, classes));
});

test("batches as they come go on between epochs, and not in the middle of one", async () => {
  const batches = () =>
    [0, 10, 20, 30].map((n) => ({ inputs: inputs.slice(n, n + 10), targets: targets.slice(n, n + 10) }));
  const network = make();
  const saved: Checkpoint[] = [];
  const note = () => void saved.push(network.checkpoint());
  await network.fit(batches, { epochs: 2, onBatch: ({ step }) => (step === 3 ? note() : undefined), onEpoch: note });
  const [inside, between] = saved as [Checkpoint, Checkpoint];
  await expect(make().fit(batches, { epochs: 2, resume: inside })).rejects.toMatchObject({ code: "order" });
  const twin = make();
  await twin.fit(batches, { epochs: 2, resume: between });
  expect(stateOf(twin)).toBe(stateOf(network));
});

test("a rate that was assigned stays, and the schedule stays ended", () => {
  const schedule: Schedule = sequence(0.1);
  const network = make({ optimizer: sgd({ learningRate: schedule }) });
  network.optimizer.learningRate = 0.007;
  const twin = Network.from(network.checkpoint(), { inputs: 2, outputs: 1 });
  twin.trainBatch(inputs, targets);
  expect(twin.optimizer.learningRate).toBe(0.007);
});

test.each<[string, (options: FitOptions) => [AnyNetwork, number[][], FitOptions], string]>([
  ["other rows", (options) => [make(), inputs.slice(1), options], "fit resume rows"],
  ["another size of batches", (options) => [make(), inputs, { ...options, batchSize: 8 }], "fit resume batchSize"],
  ["validation", (options) => [make(), inputs, { ...options, validation: 0.2 }], "fit resume validation"],
  [
    "weights of rows",
    (options) => [make(), inputs, { ...options, rowWeights: inputs.map(() => 1) }],
    "fit resume weights",
  ],
  [
    "early stopping",
    (options) => [make(), inputs, { ...options, earlyStopping: { below: 1e-9 } }],
    "fit resume earlyStopping",
  ],
  ["another order", (options) => [make(), inputs, { ...options, shuffle: false }], "fit resume shuffle"],
  ["another optimizer", (options) => [make({ optimizer: sgd }), inputs, options], "fit resume optimizer"],
  ["another seed", (options) => [make({ seed: 6 }), inputs, options], "fit resume seed"],
  ["another precision", (options) => [make({ dtype: "float32" }), inputs, options], "fit resume dtype"],
  [
    "other layers",
    (options) => [
      new Network([dense(2, 6, { penalty: l1(1) }), dense(6, 1)], { loss: meanSquaredError, optimizer: sgd }),
      inputs,
      options,
    ],
    "fit resume",
  ],
])("%s cannot go on, and nothing has changed", async (_, change, where) => {
  const network = make();
  await network.fit(inputs, targets, { epochs: 2 });
  const saved = network.checkpoint();
  const [other, data, options] = change({ epochs: 4, resume: saved });
  const before = stateOf(other);
  const error: unknown = await other.fit(data, targets.slice(-data.length), options).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "ChainruleError", where });
  expect(stateOf(other)).toBe(before);
});

test.each<[string, (training: Record<string, unknown>) => object]>([
  ["classWeights", () => ({ classWeights: [1, 1, 1] })],
  ["classWeights", () => ({ classWeights: [1, -1] })],
  ["classWeights", () => ({ classWeights: [1, { number: "NaN" }] })],
  ["scalars.learningRate", ({ scalars }) => ({ scalars: { ...(scalars as object), learningRate: -0.1 } })],
  ["scalars.learningRate", ({ scalars }) => ({ scalars: { ...(scalars as object), learningRate: { number: "NaN" } } })],
  ["scalars.beta1", ({ scalars }) => ({ scalars: { ...(scalars as object), beta1: { number: "Infinity" } } })],
  ["groups[0].learningRate", ({ groups }) => ({ groups: [[-1, ...(groups as number[][])[0]!.slice(1)]] })],
  ["groups", () => ({ groups: {} })],
  ["groups", () => ({ groups: [] })],
  ["isScheduled", () => ({ isScheduled: 1 })],
  ["isScheduled", () => ({ isScheduled: true })],
  ["averageWeight", () => ({ averageWeight: 2 })],
])("%s of a checkpoint cannot be otherwise", (place, change) => {
  const optimizer = adam({ rateFactor: { "0.weight": 0.5 } });
  const network = new Network([dense(2, 1)], { loss: meanSquaredError, optimizer, seed: 1 });
  network.trainBatch(inputs, targets);
  const saved = JSON.parse(JSON.stringify(network.checkpoint())) as { training: Record<string, unknown> };
  expect(() => Network.from(saved)).not.toThrow();
  const changed = { ...saved, training: { ...saved.training, ...change(saved.training) } };
  expect(() => Network.from(changed)).toThrow(
    expect.objectContaining({
      where: expect.stringMatching(`^checkpoint training.${place.replace(/[[.]/g, ".")}`) as string,
    }),
  );
});

test("without an optimizer there are no groups of scalars", () => {
  const saved = JSON.parse(JSON.stringify(new Network([dense(2, 1)]).checkpoint())) as { training: object };
  expect(() => Network.from(saved)).not.toThrow();
  const changed = { ...saved, training: { ...saved.training, groups: "all" } };
  expect(() => Network.from(changed)).toThrow(expect.objectContaining({ where: "checkpoint training.groups" }));
});

test("gradients that wait for a step are no place to save at", () => {
  const network = make();
  network.forward(inputs);
  network.backward(targets);
  expect(() => network.checkpoint()).toThrow(expect.objectContaining({ code: "order", where: "checkpoint" }));
  network.step();
  expect(network.checkpoint().training.updates).toBe(implementationOf(network)!.store.updates.floats[0]);
});
