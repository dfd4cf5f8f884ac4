import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as chainrule from "chainrule";
import {
  type Activation,
  catalogue,
  constant,
  dense,
  type Initializer,
  leakyRelu,
  relu,
  sgd,
  softplus,
} from "chainrule";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as names from "../../src/core/names.js";
import { layerAccounts } from "../../src/trace/blocks/layers.js";
import { formulasByName as activationFormulas } from "../../src/trace/formulas/activations.js";
import { logitFormulas, lossFormulas } from "../../src/trace/formulas/losses.js";
import { optimizerFormulas } from "../../src/trace/formulas/optimizers.js";
import { regularizerFormulas } from "../../src/trace/formulas/regularizers.js";
import { activations as exactActivations } from "../oracles/exact.js";
import { shapes } from "../support/arbitraries.js";
import * as tables from "../support/tables.js";
import { optimizers as drawnOptimizers } from "../support/traces.js";

type Kind = keyof typeof catalogue;

const exported: Readonly<Record<string, unknown>> = { ...chainrule };
const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const rooms = {
  layers: "layers",
  activations: "activations",
  losses: "losses",
  optimizers: "optim",
  regularizers: "regularizers",
  schedules: "schedules",
  initializers: "initializers",
};
const interfaces = [
  "layer.ts",
  "activation.ts",
  "loss.ts",
  "optimizer.ts",
  "rule.ts",
  "regularizer.ts",
  "schedule.ts",
  "initializer.ts",
];
const files = (kind: Kind): string[] =>
  readdirSync(join(root, "src", rooms[kind])).filter((file) => !interfaces.includes(file));
/** What the files of a room export, but for its interface. */
const written = (kind: Kind): string[] => {
  const texts = files(kind)
    .map((file) => read(`src/${rooms[kind]}/${file}`))
    .join();
  return [
    ...texts
      .replaceAll(/\/\*\*\s*(?:\* )?@internal(?:(?!\*\/)[^])*\*\/\nexport/g, "")
      .matchAll(/^export (?:const|function) (\w+)/gm),
  ].map((match) => match[1]!);
};

/** The activations that have options, exported by the library or not yet. */
const activationFiles = await Promise.all(
  files("activations").map(
    (file) => import(/* @vite-ignore */ join(root, "src/activations", file)) as Promise<Record<string, Activation>>,
  ),
);
const withOptions = activationFiles.flatMap((file) =>
  Object.entries(file).flatMap(([name, { options }]) => (Object.keys(options ?? {}).length ? [name] : [])),
);

/** The blocks whose numbers come from another program too: in the cases of PyTorch, or in a table of exact values. */
const torch = JSON.parse(read("test/fixtures/torch.json")) as Readonly<Record<string, unknown>>;
const torchSchedules = read("test/fixtures/schedules.json").matchAll(/\["(\w+)"/g);
type Spec = string | readonly [name: string, ...rest: unknown[]];
const confirmed = new Set([
  ...["activations", "losses", "training"]
    .flatMap(
      (group) => torch[group] as readonly { layers: readonly Spec[]; loss?: Spec; optimizer?: Spec; penalty?: Spec }[],
    )
    .flatMap(({ layers, loss = [""], optimizer = [""], penalty = [""] }) => [...layers, loss, optimizer, penalty])
    .map((spec) => (typeof spec === "string" ? spec : spec[0])),
  ...[...torchSchedules].map((match) => match[1]!),
  ...exactActivations.map(({ block }) => block.name),
  "input", // computes nothing
  "dropout", // its random numbers cannot be shared: test/interfaces/training-blocks.test.ts
]);

const trace = {
  layers: ["src/trace/blocks/layers.ts", layerAccounts],
  activations: ["src/trace/formulas/activations.ts", activationFormulas],
  losses: ["src/trace/formulas/losses.ts", lossFormulas],
  optimizers: ["src/trace/formulas/optimizers.ts", optimizerFormulas],
  regularizers: ["src/trace/formulas/regularizers.ts", regularizerFormulas],
} as const satisfies Partial<Record<Kind, readonly [string, object]>>;

/** Where the blocks of a kind are listed: the place, and the names that are there. */
function listsOf(kind: Kind): [place: string, names: readonly string[]][] {
  const makers = ["activation", "loss"]; // make blocks of a user's own, and have rows in test/support/tables.ts too
  const lists: [string, readonly string[]][] = [
    [`a file of src/${rooms[kind]}`, written(kind)],
    ["src/catalogue.ts", Object.keys(catalogue[kind])],
    ["src/core/names.ts", names[kind]],
    ["test/support/tables.ts", tables[kind].map(({ name }) => name).filter((name) => !makers.includes(name))],
  ];
  if (kind !== "initializers" && kind !== "schedules") lists.push([trace[kind][0], Object.keys(trace[kind][1])]);
  if (kind === "activations") {
    const without = written(kind).filter((name) => !withOptions.includes(name));
    lists.push(["shapes of test/support/arbitraries.ts, for its options", [...without, ...Object.keys(shapes)]]);
  }
  if (kind !== "initializers") {
    const names = [...new Set([...written(kind), ...Object.keys(catalogue[kind])])];
    const place = kind === "activations" ? " or test/oracles/exact.ts" : "";
    const script = kind === "schedules" ? "schedules.py" : "torch.py";
    lists.push([`the cases of test/fixtures/${script}${place}`, names.filter((name) => confirmed.has(name))]);
  }
  if (kind === "optimizers")
    lists.push(["optimizers of test/support/traces.ts", drawnOptimizers.map(({ name }) => name)]);
  return lists;
}

/** Where a block is written about: the place, and what stands there. */
const texts: readonly [place: string, text: string][] = [
  ["src/index.ts", Object.keys(exported).join(" ")],
  ["llms.txt", read("llms.txt")],
  ["CHANGELOG.md", read("CHANGELOG.md")],
  ["test/api/index.api.md (npm run api)", read("test/api/index.api.md")],
];

describe("the catalogue", () => {
  it("has every block, and a block that is in one place is wherever one has to be", () => {
    const missing = (Object.keys(catalogue) as Kind[]).flatMap((kind) => {
      const lists = listsOf(kind);
      const all = [...new Set(lists.flatMap(([, here]) => here))];
      return all.flatMap((name) => [
        ...lists.filter(([, here]) => !here.includes(name)).map(([place]) => `${name}: not in ${place}`),
        ...texts
          .filter(([, text]) => !new RegExp(`\\b${name}\\b`).test(text))
          .map(([place]) => `${name}: not in ${place}`),
      ]);
    });
    expect(missing).toEqual([]);
  });

  it("has all exports but a few, and the trace no row for a loss from logits alone", () => {
    const blocks = Object.values(catalogue).flatMap((table) => Object.keys(table));
    expect(Object.keys(exported).sort()).toEqual([...blocks, ...tables.others, "activation", "loss"].sort());
    expect(Object.keys(logitFormulas).filter((name) => !(name in lossFormulas))).toEqual([]);
  });

  it("has under each name the export of that name, which calls itself so", () => {
    for (const [name, block] of Object.values(catalogue).flatMap(
      (table) => Object.entries(table) as [string, object][],
    )) {
      expect(exported[name]).toBe(block);
      const { kind, name: own } = block as { kind?: string; name?: string };
      expect(kind ?? own).toBe(name);
    }
  });
});

describe("options", () => {
  const options = (block: { readonly options?: object | undefined }) => block.options;

  it("are what a block was made with, and what was left out", () => {
    expect(options(leakyRelu)).toEqual({ slope: 0.01 });
    expect(options(softplus({ beta: 2 }))).toEqual({ beta: 2 });
    expect(options(relu)).toEqual({});
    expect(options(chainrule.softmax)).toEqual({});
    expect(options(chainrule.zeros)).toEqual({});
    expect(options(constant(0.1))).toEqual({ value: 0.1 });
    expect(options(chainrule.he({ distribution: "normal" }))).toEqual({ distribution: "normal" });
    expect(options(chainrule.crossEntropy)).toEqual({ reduction: "mean", fromLogits: false, labelSmoothing: 0 });
    expect(options(chainrule.meanSquaredError({ reduction: "sum" }))).toEqual({
      reduction: "sum",
      missing: null,
      targets: "reachable",
    });
    const common = { rateFactor: 1, clipValue: null, clipNorm: null, averaged: null };
    expect(options(sgd({ momentum: 0.9 }))).toEqual({
      learningRate: 0.01,
      momentum: 0.9,
      dampening: 0,
      nesterov: false,
      weightDecay: 0,
      ...common,
    });
    expect(options(chainrule.adam)).toEqual({
      learningRate: 0.001,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      ...common,
    });
    expect(dense(2, 3).options).toEqual({
      inputs: 2,
      outputs: 3,
      weight: chainrule.glorot,
      bias: chainrule.zeros,
      freeze: [],
      penalty: [],
    });
    const given = { weight: Float32Array.of(1, 2), bias: { shared: 0.5 }, freeze: ["bias"] } as const;
    expect(dense(2, 1, given).options).toEqual({
      inputs: 2,
      outputs: 1,
      weight: [[1, 2]],
      bias: { shared: 0.5 },
      freeze: ["bias"],
      penalty: [],
    });
    expect(dense(2, 1, { bias: false }).options.bias).toBe(false);
    expectTypeOf(leakyRelu.options.slope).toEqualTypeOf<number>();
  });

  it("stay what they are, whatever happens to what was given", () => {
    const coin: Initializer = { name: "coin", value: () => 0.5 };
    const [weight, bias, freeze] = [[[1, 2]], { shared: 0.5 }, ["bias"] as "bias"[]];
    const layer = dense(2, 1, { weight, bias, freeze });
    weight[0]![0] = 7;
    bias.shared = 7;
    freeze.pop();
    expect(layer.options).toMatchObject({ weight: [[1, 2]], bias: { shared: 0.5 }, freeze: ["bias"] });
    const network = new chainrule.Network([layer]);
    expect(network.predict([1, 1])).toEqual([3.5]);
    expect(network.parameter("0.bias").frozen).toBe(true);
    expect(dense(1, 1, { weight: coin }).options.weight).toBe(coin);

    const centres = [1, 2];
    const own = {
      name: "own",
      options: { centres, more: { deep: [3] } },
      apply: (z: number) => z,
      derivative: () => 1,
    };
    const squared = {
      name: "own",
      options: own.options,
      value: (p: number, t: number) => (p - t) ** 2,
      derivative: (p: number, t: number) => 2 * (p - t),
    };
    const made = [chainrule.activation(own), chainrule.loss(squared)];
    centres[0] = 7;
    for (const each of made) expect(each.options).toEqual({ centres: [1, 2], more: { deep: [3] } });

    const frozen = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      value === coin ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    const specimens = (
      ["layers", "activations", "losses", "optimizers", "regularizers", "schedules", "initializers"] as const
    ).flatMap((kind) =>
      tables[kind].flatMap((row) => row.specimens.map(({ block }) => block as { readonly options?: object })),
    );
    for (const { options } of [...specimens, layer, ...made]) expect(frozen(options)).toBe(true);
  });

  it("of one's own are refused unless they are a plain object", () => {
    const formula = { name: "own", apply: (z: number) => z, derivative: () => 1 };
    for (const options of [1, "slope", null, [1], new Map()] as never[]) {
      expect(() => chainrule.activation({ ...formula, options })).toThrow(/options expected a plain object/);
      const layer = { ...dense(1, 1), options };
      expect(() => new chainrule.Network([layer])).toThrow(/options expected a plain object/);
    }
  });
});
