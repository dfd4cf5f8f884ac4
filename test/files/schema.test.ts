import { catalogue, dense, type Layer, meanSquaredError, Network, sgd, tanh } from "chainrule";
import { Ajv } from "ajv";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { build, networkCase } from "../support/arbitraries.js";
import { runs } from "../support/random-cases.js";
import * as tables from "../support/tables.js";

interface Schema {
  readonly definitions: Readonly<Record<string, { readonly anyOf: readonly Branch[] }>>;
}
interface Branch {
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly properties: object }>>;
}

const schema = JSON.parse(readFileSync("docs/document.schema.json", "utf8")) as Schema;
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
const plain = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
const isValid = (value: unknown): void => {
  if (!validate(plain(value))) expect.fail(JSON.stringify(validate.errors?.slice(0, 5)));
};

describe("docs/document.schema.json", () => {
  test("knows each block of the catalogue, and each of its options", () => {
    const kinds = {
      layer: [...tables.layers, ...tables.activations],
      loss: tables.losses,
      optimizer: tables.optimizers,
      regularizer: tables.regularizers,
      schedule: tables.schedules,
      initializer: tables.initializers,
    };
    const isOurs = (name: string): boolean => Object.values(catalogue).some((table) => Object.hasOwn(table, name));
    for (const [kind, all] of Object.entries(kinds)) {
      const known = schema.definitions[kind]!.anyOf.flatMap((branch) => [
        ...(branch.enum ?? []).map((name) => [name, ""]),
        ...Object.entries(branch.properties ?? {})
          .filter(([name]) => !["own", "options"].includes(name))
          .map(([name, { properties }]) => [name, Object.keys(properties).sort().join()]),
      ]);
      const due = (all as readonly tables.Row<{ readonly options?: object }, unknown>[])
        .filter(({ name }) => isOurs(name))
        .map(({ name, specimens }) => [
          name,
          Object.keys(specimens[0]!.block.options ?? {})
            .sort()
            .join(),
        ]);
      expect(known.map(([name]) => name).sort()).toEqual(due.map(([name]) => name).sort());
      for (const [name, options] of due) expect([name, options]).toEqual(known.find(([other]) => other === name));
    }
  });

  test("holds for random networks and their checkpoints", () => {
    fc.assert(
      fc.property(networkCase("softmax", "crossEntropy", 2), (given) => {
        const { network } = build(given);
        isValid(network);
        isValid((network as Network).checkpoint());
      }),
      { numRuns: runs(200) },
    );
  });

  test("holds for a checkpoint in the course of a fit, with all that it remembers", async () => {
    const layers: Layer[] = [dense(2, 200), tanh, dense(200, 1)];
    for (const { block } of tables.optimizers.flatMap(({ specimens }) => specimens)) {
      const network = new Network(layers as never, {
        loss: meanSquaredError,
        optimizer: block,
        seed: 1,
      }) as never as Network;
      const inputs = [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ];
      const options = { epochs: 2, batchSize: 2, validation: 0.5, earlyStopping: true };
      await network.fit(inputs as never, [[1], [2], [3], [4]] as never, options).catch(() => undefined);
      isValid(network.checkpoint());
    }
  });

  const document = (): Record<string, unknown> =>
    plain(new Network([dense(2, 1)], { loss: meanSquaredError, optimizer: sgd, seed: 1 }).checkpoint());
  test.each<[string, (broken: Record<string, never>) => unknown]>([
    ["another format", (it) => (it["format"] = "onnx" as never)],
    ["another version", (it) => (it["version"] = 3 as never)],
    ["no layers", (it) => (it["layers"] = [] as never)],
    ["an unknown layer", (it) => (it["layers"] = ["conv2d"] as never)],
    ["a layer without its sizes", (it) => (it["layers"] = [{ dense: {} }] as never)],
    ["two layers in one", (it) => (it["layers"] = [{ dense: { inputs: 1, outputs: 1 }, input: { size: 1 } }] as never)],
    ["an unknown option", (it) => (it["optimizer"] = { sgd: { lr: 1 } } as never)],
    ["a loss for an optimizer", (it) => (it["optimizer"] = { crossEntropy: {} } as never)],
    ["an unknown key", (it) => (it["extra"] = 1 as never)],
    ["a negative seed", (it) => (it["seed"] = -1 as never)],
    ["another dtype", (it) => (it["dtype"] = "float16" as never)],
    ["a text among numbers", (it) => (it["parameters"] = { "0.weight": [["1", 2]] } as never)],
    [
      "bytes that are no base64",
      (it) => (it["parameters"] = { w: { dtype: "float32", shape: [1], data: "?" } } as never),
    ],
    ["frozen numbers", (it) => (it["frozen"] = [1] as never)],
    ["a training without its counts", (it) => (it["training"] = {} as never)],
    ["no parameters", (it) => delete it["parameters"]],
  ])("does not hold with %s", (_, breakIt) => {
    const broken = document();
    expect(validate(broken)).toBe(true);
    breakIt(broken as never);
    expect(validate(broken)).toBe(false);
  });
});
