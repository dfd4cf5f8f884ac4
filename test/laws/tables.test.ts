import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as chainrule from "chainrule";
import {
  catalogue,
  ChainruleError,
  dense,
  type Initializer,
  type Layer,
  type Loss,
  meanSquaredError,
  Network,
  type Optimizer,
  sgd,
  sigmoid,
  softmax,
  tanh,
} from "chainrule";
import { checkActivation, checkLayer, checkLoss, checkOptimizer } from "chainrule/check";
import { describe, expect, it } from "vitest";
import { argumentsOf } from "../../src/catalogue.js";
import { random } from "../support/arbitraries.js";
import {
  activations,
  initializers,
  layers,
  losses,
  optimizers,
  regularizers,
  type Row,
  schedules,
} from "../support/tables.js";

const exports: Readonly<Record<string, unknown>> = { ...chainrule };
const rows: readonly Row<unknown, unknown>[] = [
  ...layers,
  ...activations,
  ...losses,
  ...optimizers,
  ...regularizers,
  ...initializers,
  ...schedules,
];

const next = random(1);
const table = (count: number, columns: number, low: number, high: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: columns }, () => next(low, high)));
const spread: Initializer = { name: "spread", value: (index, { random }) => random.uniform(index) - 0.5 };

/** What cannot be written without being called. */
const CALLED = [
  "dense",
  "dropout",
  "input",
  "l1",
  "l2",
  "activation",
  "loss",
  "constant",
  ...schedules.map(({ name }) => name),
];

describe("the tables", () => {
  const names = rows.map(({ name }) => name);

  it("show every block as it is written by itself", () => {
    for (const { name, specimens } of rows) expect(specimens.length, name).toBeGreaterThan(0);
    const bare = rows.filter(({ name }) => isBlock(exports[name]));
    expect(bare.map(({ name }) => name)).toEqual(names.filter((name) => !CALLED.includes(name)));
  });

  const folders = ["regularizers", "activations", "initializers", "layers", "losses", "optim", "schedules"].map(
    (each) => join(import.meta.dirname, "../../src", each),
  );
  const docstrings = new Map(folders.flatMap(docstringsOf));

  it.each(rows)("give the formula and source that the docstring of $name gives", ({ name, formula, source }) => {
    const text = docstrings.get(name) ?? "";
    // What makes blocks says so in the interface that it takes.
    expect(name === "activation" || name === "loss" ? [...docstrings.values()].join(" ") : text).toContain(formula);
    if (source) expect(text).toContain(`Source: ${source}`);
    else expect(text).not.toContain("Source: ");
  });
});

describe("options that cannot be", () => {
  it.each(rows.filter(({ name }) => typeof exports[name] === "function"))("are refused by $name", ({ name, bad }) => {
    const make = exports[name] as (...all: unknown[]) => unknown;
    expect(bad.length).toBeGreaterThan(0);
    for (const given of bad) {
      const call = () => make(...given);
      expect(call, `${name}(${JSON.stringify(given).slice(1, -1)})`).toThrow(ChainruleError);
    }
  });
});

describe("formulas", () => {
  it.each(specimensOf(layers))("$written: values, and gradients against differences", ({ block, plain }) => {
    const network = new Network(sizedLayers(block).slice(0, block.inputs === undefined ? 2 : 1), { seed: 1 });
    const at = block.inputs === undefined ? 1 : 0;
    const parameters = Object.fromEntries(
      network.parameters.flatMap(({ name, value }) => (name.startsWith(`${at}.`) ? [[name.slice(2), value]] : [])),
    );
    const inputs = table(4, 3, -2, 2);
    network.forward(inputs);
    const given = (at === 0 ? inputs : network.outputs[0]!) as number[][];
    expectClose(
      network.outputs[at] as number[][],
      given.map((row) => plain(row, parameters)),
      1e-14,
    );
    for (const rows of [1, 3]) expect(checkLayer(block, { rows }).toString()).toMatch(/^ok/);
  });

  it.each(specimensOf(activations))("$written: values, and gradients against differences", ({ block, plain }) => {
    const points = [...table(1, 200, -40, 40)[0]!, ...table(1, 200, -1, 1)[0]!, 0, -0, 1, -1];
    expectClose([points.map((z) => block.apply(z))], [points.map(plain)], 1e-14);
    expect(checkActivation(block).toString()).toMatch(/^ok/);
    for (const rows of [1, 3]) expect(checkLayer(block, { rows }).toString()).toMatch(/^ok/);
  });

  const elsewhere = specimensOf(activations.filter(({ name }) => name !== "activation"));

  it.each(elsewhere)("$written: finite for every finite z, its right limits at ±Infinity", ({ block, plain }) => {
    // A slope of 2 may overflow, but only then.
    for (const z of [Number.MAX_VALUE / 2, 1e154, 745, 710, 5e-324].flatMap((each) => [each, -each])) {
      const a = block.apply(z);
      expect(Number.isFinite(a) && Number.isFinite(block.derivative(z, a)), `at ${z}`).toBe(true);
    }
    for (const z of [Infinity, -Infinity]) {
      const limit = plain(z);
      if (!Number.isNaN(limit)) expect(block.apply(z)).toBe(limit);
      expect(block.apply(z)).not.toBeNaN();
    }
  });

  it.each(elsewhere)("$written: the left derivative where left and right differ", ({ block, plain }) => {
    for (const z of [-6, -3, -1, 0, 1, 3, 6]) {
      const left = (plain(z) - plain(z - 1e-7)) / 1e-7;
      expect(Math.abs(block.derivative(z, block.apply(z)) - left)).toBeLessThan(1e-5);
    }
  });

  it.each(specimensOf(losses))("$written: values, and gradients against differences", ({ block, plain }) => {
    for (const count of [1, 4]) {
      const network = lossNetwork(block);
      const inputs = table(count, 3, -2, 2);
      const targets = targetsFor(block, count);
      const predictions = network.predict(inputs);
      const due = predictions.reduce((sum, p, n) => sum + plain.row(p, targets[n]!), 0) / plain.divisor(count, 3);
      expectClose([[network.evaluate(inputs, targets).loss]], [[due]], 1e-13);
      network.forward(inputs);
      expectClose([[network.backward(targets)]], [[due]], 1e-13);
    }
    for (const rows of [1, 3]) expect(checkLoss(block, { rows }).toString()).toMatch(/^ok/);
  });

  it.each(specimensOf(losses))("$written: classes as indices are distributions with a 1", ({ block }) => {
    if (block.targets !== "classes") return;
    const network = lossNetwork(block);
    const inputs = table(3, 3, -2, 2);
    expect(network.evaluate(inputs, [2, 0, 1])).toEqual(
      network.evaluate(inputs, [
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
      ]),
    );
  });

  it.each(specimensOf(optimizers))("$written: its path, against that of the formula", ({ block, plain }) => {
    for (const seed of [1, 2, 3]) expect(checkOptimizer(block, plain, { seed, steps: 50 }).toString()).toMatch(/^ok/);
  });

  it.each(specimensOf(regularizers))("$written: values, and derivatives against differences", ({ block, plain }) => {
    for (const w of [-2, -0.3, 0, 0.7, 5]) {
      expectClose([[block.value(w)]], [[plain(w)]], 1e-15);
      const slope = (plain(w + 1e-6) - plain(w - 1e-6)) / 2e-6;
      expect(Math.abs(block.derivative(w) - slope)).toBeLessThan(1e-8);
    }
  });

  it.each(specimensOf(initializers))("$written: mean and variance", ({ block, plain }) => {
    for (const [inputs, outputs] of [
      [50, 200],
      [200, 50],
    ] as const) {
      const network = new Network([dense(inputs, outputs, { weight: block })], { seed: 5 });
      const values = network.parameter("0.weight").value.flat();
      const mean = values.reduce((a, b) => a + b) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      const [dueMean, dueVariance] = plain(inputs, outputs);
      // Of 10,000 numbers: 4 standard errors of the mean, and of the variance (that of a normal distribution is √(2/n));
      // for a constant the rounding of their sum.
      expect(Math.abs(mean - dueMean)).toBeLessThanOrEqual(4 * Math.sqrt(dueVariance / 10_000) + 1e-12);
      expect(Math.abs(variance - dueVariance)).toBeLessThanOrEqual(4 * dueVariance * Math.sqrt(2 / 10_000) + 1e-12);
    }
  });
});

/** What stands in a list of layers is told apart by its name alone. */
const blocks = { ...catalogue, layers: { ...catalogue.layers, ...catalogue.activations } };

/** A network that has a specimen in it, with data for it. */
interface Subject {
  readonly written: string;
  readonly kind: keyof typeof blocks;
  readonly block: Layer | Loss | Optimizer | Initializer;
  build(options: { seed: number; dtype: "float32" | "float64" }, block?: unknown): Network;
  readonly inputs: number[][];
  readonly targets: number[][];
}

const subjects: readonly Subject[] = [
  ...[...specimensOf(layers), ...specimensOf(activations)].map(({ written, block }) => ({
    written,
    kind: "layers" as const,
    block,
    build: (options: object, other = block) =>
      new Network(sizedLayers(other as Layer), {
        loss: meanSquaredError,
        optimizer: sgd({ momentum: 0.9 }),
        ...options,
      }),
    inputs: table(5, 3, -1, 1),
    targets: table(5, 2, -1, 1),
  })),
  ...specimensOf(losses).map(({ written, block }) => ({
    written,
    kind: "losses" as const,
    block,
    build: (options: object, other = block) => lossNetwork(other as Loss, options),
    inputs: table(5, 3, -1, 1),
    targets: targetsFor(block, 5),
  })),
  ...specimensOf(optimizers).map(({ written, block }) => ({
    written,
    kind: "optimizers" as const,
    block,
    build: (options: object, other = block) =>
      new Network([dense(3, 4), tanh, dense(4, 2)], {
        loss: meanSquaredError,
        optimizer: other as Optimizer,
        ...options,
      }) as Network,
    inputs: table(5, 3, -1, 1),
    targets: table(5, 2, -1, 1),
  })),
  ...specimensOf(initializers).map(({ written, block }) => ({
    written,
    kind: "initializers" as const,
    block,
    build: (options: object, other = block) =>
      new Network([dense(3, 4, { weight: other as Initializer, bias: other as Initializer }), tanh, dense(4, 2)], {
        loss: meanSquaredError,
        optimizer: sgd,
        ...options,
      }) as Network,
    inputs: table(5, 3, -1, 1),
    targets: table(5, 2, -1, 1),
  })),
];

const dtypes = ["float64", "float32"] as const;

function train(network: Network, { inputs, targets }: Subject, steps: number): Network {
  for (let step = 0; step < steps; step++) network.trainBatch(inputs, targets);
  return network;
}

describe.each(subjects)("a network with $written", (subject) => {
  const { build, inputs, targets } = subject;

  it.each(dtypes)("is the same after a journey through JSON, %s", (dtype) => {
    const network = train(build({ seed: 1, dtype }), subject, 3);
    const other = build({ seed: 2, dtype });
    other.load(JSON.parse(JSON.stringify(network)));
    expect({ ...other.toJSON(), seed: 1 }).toEqual(network.toJSON());
    expect(other.predict(inputs)).toEqual(network.predict(inputs));
  });

  it.each(dtypes)("has clones that train to the same bits, %s", (dtype) => {
    const network = train(build({ seed: 1, dtype }), subject, 3);
    const clone = network.clone();
    expect(train(clone, subject, 3).toJSON()).toEqual(train(network, subject, 3).toJSON());
    // With gradients that wait for their step, too.
    network.forward(inputs);
    network.backward(targets);
    const twin = network.clone();
    const before = JSON.stringify(twin);
    network.step();
    expect(JSON.stringify(twin)).toBe(before);
    twin.step();
    expect(twin.toJSON()).toEqual(network.toJSON());
  });

  it.each(dtypes)("has a block that its name and its options make again, to the last bit, %s", (dtype) => {
    const { kind, block } = subject;
    if (!block.options) return; // of one's own
    const name = "kind" in block ? block.kind : block.name; // a function is called by its own name too
    const maker = (blocks[kind] as Readonly<Record<string, unknown>>)[name] as (...all: unknown[]) => Layer;
    const again = maker(...argumentsOf(name, { ...block.options }));
    expect(again.options).toEqual(block.options);
    const [one, two] = [block, again].map((each) => train(build({ seed: 7, dtype }, each), subject, 5));
    expect(two!.toJSON()).toEqual(one!.toJSON());
    expect(two!.parameters.map(({ frozen }) => frozen)).toEqual(one!.parameters.map(({ frozen }) => frozen));
    expect(two!.evaluate(inputs, targets)).toEqual(one!.evaluate(inputs, targets));
  });

  it("is made again by its seed", () => {
    const [one, two] = [build({ seed: 7, dtype: "float64" }), build({ seed: 7, dtype: "float64" })];
    expect(train(one, subject, 3).toJSON()).toEqual(train(two, subject, 3).toJSON());
  });

  it.each(dtypes)("predicts for a row what it predicts for it in a batch, %s", (dtype) => {
    const network = train(build({ seed: 1, dtype }), subject, 3);
    const together = network.predict(inputs);
    expect(inputs.map((row) => network.predict(row))).toEqual(together);
    expect(network.predict([...inputs].reverse())).toEqual([...together].reverse());
  });

  it("has for a batch the sum of the rows' gradients, by the divisor of the loss", () => {
    const network = build({ seed: 1, dtype: "float64" });
    const columns = targets[0]!.length;
    const gradientsOf = (from: number, to: number): number[][] => {
      const clone = network.clone();
      clone.forward(inputs.slice(from, to));
      clone.backward(targets.slice(from, to));
      return clone.parameters.map(({ gradient }) =>
        gradient.flat().map((g) => g * network.loss!.divisor(to - from, columns)),
      );
    };
    const rows = inputs.map((_, n) => gradientsOf(n, n + 1));
    const sums = rows.reduce((sum, row) => sum.map((tensor, k) => tensor.map((g, i) => g + row[k]![i]!)));
    expectClose(gradientsOf(0, inputs.length), sums, 1e-13);
    expect(sums.flat().some((g) => g !== 0)).toBe(true);
  });

  it("stays within 1e-5 of float64 in float32", () => {
    const network = build({ seed: 1, dtype: "float64" });
    const single = network.clone({ dtype: "float32" });
    for (let step = 0; step < 10; step++) {
      expectClose(single.predict(inputs), network.predict(inputs), 1e-5);
      const losses = [single, network].map((each) => each.trainBatch(inputs, targets));
      expectClose([[losses[0]!]], [[losses[1]!]], 1e-5);
      expectClose(
        single.parameters.map(({ gradient }) => gradient.flat()),
        network.parameters.map(({ gradient }) => gradient.flat()),
        1e-5,
      );
    }
  });
});

describe("written bare or called", () => {
  const all = rows.flatMap(({ name }) => (isBlock(exports[name]) && typeof exports[name] === "function" ? [name] : []));

  it.each(all)("%s is the same", (name) => {
    const subject = subjects.find(({ written }) => written === name || written.startsWith(`${name}(`))!;
    const bare = exports[name];
    const called = (bare as () => unknown)();
    const [one, two] = [bare, called].map((block) => subject.build({ seed: 3, dtype: "float64" }, block));
    expect(two!.predict(subject.inputs)).toEqual(one!.predict(subject.inputs));
    expect(train(two!, subject, 5).toJSON()).toEqual(train(one!, subject, 5).toJSON());
    expect(two!.summary()).toBe(one!.summary());
  });
});

function specimensOf<Block, Plain>(table: readonly Row<Block, Plain>[]) {
  return table.flatMap(({ specimens }) => specimens);
}

/** Whether a value can stand in a network as it is. */
function isBlock(value: unknown): boolean {
  return ["plan", "step", "gradient", "value"].some((name) => typeof Object(value)[name] === "function");
}

/** From 3 inputs to 2 outputs. */
function sizedLayers(layer: Layer): Layer[] {
  if (layer.inputs === undefined) return [dense(3, 4, { bias: spread }), layer, dense(4, 2)];
  return [layer, tanh, dense(layer.outputs!, 2)];
}

/** 3 inputs, 3 outputs of the kind that the loss needs. */
function lossNetwork(loss: Loss, options: object = {}): Network {
  const heads: Partial<Record<string, Layer[]>> = { simplex: [softmax], unit: [sigmoid] };
  return new Network([dense(3, 3, { bias: spread }), ...(heads[loss.needs ?? ""] ?? [])], {
    loss,
    optimizer: sgd,
    seed: 1,
    ...options,
  });
}

function targetsFor({ targets }: Loss, count: number): number[][] {
  const unit = table(count, 3, 0, 1);
  if (targets === "classes") return unit.map((row) => row.map((q) => q / row.reduce((a, b) => a + b)));
  return targets === "unit" ? unit : table(count, 3, -1, 1);
}

/** |a − b| ≤ bound · max(1, |b|), for all. */
function expectClose(actual: readonly (readonly number[])[], due: readonly (readonly number[])[], bound: number): void {
  expect(actual.map((row) => row.length)).toEqual(due.map((row) => row.length));
  const apart = actual.flatMap((row, n) =>
    row.flatMap((value, i) =>
      Math.abs(value - due[n]![i]!) <= bound * Math.max(1, Math.abs(due[n]![i]!))
        ? []
        : [`[${n}][${i}] ${value}, not ${due[n]![i]}`],
    ),
  );
  expect(apart).toEqual([]);
}

/** The docstring before every export of a folder, on one line. */
function docstringsOf(folder: string): (readonly [name: string, text: string])[] {
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const pattern = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*(?:export (?:const|function) )?(\w+)/g;
  return texts.flatMap((text) =>
    [...text.matchAll(pattern)].map(([, words, name]) => [name!, words!.replaceAll(/\s*\n\s*\* ?/g, " ")] as const),
  );
}
