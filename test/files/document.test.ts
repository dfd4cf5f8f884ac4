import {
  activation,
  adam,
  adamW,
  catalogue,
  ChainruleError,
  constant,
  cosine,
  crossEntropy,
  dense,
  dropout,
  type DType,
  glorot,
  halfSquaredError,
  he,
  input,
  l1,
  l2,
  type Layer,
  leakyRelu,
  type Loss,
  loss,
  meanSquaredError,
  Network,
  type Optimizer,
  plateau,
  type Schedule,
  sequence,
  sgd,
  softmax,
  tanh,
  type Warmup,
  warmup,
  zeros,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { batchNorm } from "../interfaces/blocks/batch-norm.js";
import { adagrad } from "../interfaces/blocks/optimizers.js";
import * as tables from "../support/tables.js";

type Options = Readonly<Record<string, unknown>>;

const build = (layers: readonly Layer[], options: object = {}): Network =>
  new Network(layers as never, { seed: 5, ...options }) as unknown as Network;
const rows = (columns: number): number[][] =>
  Array.from({ length: 4 }, (_, n) => Array.from({ length: columns }, (_, i) => Math.sin(1 + 7 * n + 3 * i) / 2));

/** Every network of a document predicts and evaluates to the same bits, and gives the same document. */
function comesBack(network: Network, blocks: Options = {}): Network {
  const document = JSON.parse(JSON.stringify(network)) as unknown;
  const same = Network.from(document, { blocks }) as Network;
  const x = rows(network.inputSize);
  expect(same.predict(x)).toStrictEqual(network.predict(x));
  if (network.loss) {
    const t = (network.predict(x) as number[][]).map((row) => row.map((_, i) => (i === 0 ? 1 : 0)));
    expect(same.evaluate(x, t as never)).toStrictEqual(network.evaluate(x, t as never));
  }
  expect(same.parameters.map(({ frozen }) => frozen)).toEqual(network.parameters.map(({ frozen }) => frozen));
  expect([same.dtype, same.seed]).toEqual([network.dtype, network.seed]);
  expect(JSON.parse(JSON.stringify(same))).toStrictEqual(document);
  return same;
}

/** Everything that a table has, in use. */
const specimensOf = <B>(all: readonly tables.Row<B, unknown>[], known: object) =>
  all.filter(({ name }) => Object.hasOwn(known, name)).flatMap(({ specimens }) => specimens);
/** A warmup is the beginning of a schedule, and none by itself. */
const rateOf = (schedule: Schedule | Warmup): Schedule =>
  schedule.name === "warmup" ? sequence(schedule as Warmup, 0.1) : (schedule as Schedule);

const dtypes: readonly DType[] = ["float32", "float64"];

describe("Network.from(JSON.parse(JSON.stringify(network)))", () => {
  test.each(specimensOf<Layer>(tables.layers, catalogue.layers))("$written", ({ block }) => {
    for (const dtype of dtypes) comesBack(build(block.outputs === undefined ? [input(3), block] : [block], { dtype }));
  });

  test.each(specimensOf<Layer>(tables.activations, catalogue.activations))("$written", ({ block }) => {
    for (const dtype of dtypes) comesBack(build([dense(3, 2), block], { dtype, loss: meanSquaredError }));
  });

  test.each(specimensOf<Loss>(tables.losses, catalogue.losses))("$written", ({ written, block }) => {
    const last = /fromLogits/.test(written) ? [] : [/^cross/.test(written) ? softmax : catalogue.activations.sigmoid];
    const same = comesBack(build([dense(3, 2), ...last], { loss: block }));
    expect(same.loss!.missing).toBe(block.missing);
  });

  test.each(specimensOf<Optimizer>(tables.optimizers, catalogue.optimizers))("$written", ({ block }) => {
    const network = build([dense(3, 2)], { optimizer: block, loss: meanSquaredError });
    const same = comesBack(network);
    for (const each of [network, same]) each.trainBatch(rows(3) as never, rows(2) as never);
    expect(JSON.stringify(same)).toBe(JSON.stringify(network));
  });

  test.each(specimensOf(tables.schedules, catalogue.schedules))("$written", ({ block }) => {
    const network = build([dense(3, 2)], {
      optimizer: sgd({ learningRate: rateOf(block as never) }),
      loss: meanSquaredError,
    });
    const same = comesBack(network);
    for (let i = 0; i < 5; i++) for (const each of [network, same]) each.trainBatch(rows(3) as never, rows(2) as never);
    expect(same.optimizer.learningRate).toBe(network.optimizer.learningRate);
    expect(JSON.stringify(same)).toBe(JSON.stringify(network));
  });

  test.each(specimensOf(tables.initializers, catalogue.initializers))("$written", ({ block }) => {
    comesBack(build([dense(3, 2, { weight: block, bias: block })]));
  });

  test.each(specimensOf(tables.regularizers, catalogue.regularizers))("$written", ({ block }) => {
    comesBack(
      build([dense(3, 2, { penalty: block }), dense(2, 2, { penalty: [block, l2(0.5)] })], { loss: meanSquaredError }),
    );
  });

  test("frozen parameters, however they came to be so", () => {
    const network = build([dense(3, 2, { freeze: ["bias"] }), dense(2, 2), tanh]);
    network.unfreeze("0.bias");
    network.freeze("1.weight");
    expect(comesBack(network).parameter("1.weight").frozen).toBe(true);
  });

  test("what a name answered, name by name", () => {
    const weightDecay = (name: string): number => (name.endsWith("bias") ? 0 : 0.01);
    const network = build([dense(3, 2)], { optimizer: adamW({ weightDecay }), loss: meanSquaredError });
    expect(network.toJSON().optimizer).toMatchObject({ adamW: { weightDecay: { "0.weight": 0.01, "0.bias": 0 } } });
    comesBack(network);
  });

  test("−0 and numbers that JSON has not, among options", () => {
    const same = comesBack(build([dense(3, 2, { bias: { shared: -0 } })], { loss: meanSquaredError({ missing: -0 }) }));
    expect(same.loss!.missing).toBe(-0);
    comesBack(build([dense(3, 2)], { loss: halfSquaredError({ missing: Infinity }) }));
  });

  test("a network that has been trained, with buffers and blocks of one's own", () => {
    const cube = activation({ name: "cube", apply: (z) => z * z * z, derivative: (z) => 3 * z * z });
    const quartic = loss({ name: "quartic", value: (p, t) => (p - t) ** 4, derivative: (p, t) => 4 * (p - t) ** 3 });
    const mine = batchNorm();
    const optimizer = adagrad(0.1, 0.1);
    const network = build([dense(3, 2), mine, cube, dropout(0.5)], { optimizer, loss: quartic });
    for (let i = 0; i < 3; i++) network.trainBatch(rows(3) as never, rows(2) as never);
    const blocks = { [mine.kind]: mine, cube, quartic, [optimizer.name]: optimizer };
    comesBack(network, blocks);
    expect(() => Network.from(network.toJSON())).toThrow(
      expect.objectContaining({ code: "name", remedy: expect.stringContaining("give it in blocks: {") as string }),
    );
  });

  test("a block of one's own with options is made of them", () => {
    const scaled = (options: { readonly factor: number }): Layer => ({
      kind: "scaled",
      options,
      plan: () => undefined,
      forward: (_, x, y) => x.data.forEach((each, i) => (y.data[i] = options.factor * each)),
      backward: (_, _x, _y, dy, dx) => dy.data.forEach((each, i) => dx && (dx.data[i] = options.factor * each)),
    });
    for (const factor of [3, -0]) {
      const network = build([dense(3, 2), scaled({ factor })]);
      const same = comesBack(network, { scaled });
      expect((same.layers[1]!.options as { factor: number }).factor).toBe(factor);
    }
  });

  test("two blocks of one's own with one name would be read as one: they are refused, unless options tell them apart", () => {
    const times = (k: number, options?: object) =>
      activation({ name: "times", apply: (z) => k * z, derivative: () => k, options });
    const of = (...layers: readonly Layer[]) => build([dense(2, 2), ...layers]);
    const two = times(2);
    comesBack(of(two, two), { times: two });
    const error = { code: "value", where: "toJSON", got: 'two that are called "times"' };
    for (const network of [
      of(two, times(3)),
      of(two, times(3, { k: 3 })),
      of(times(3, { k: 3 }), two),
      build([dense(2, 2), two], { loss: loss({ name: "times", value: (p, t) => p - t, derivative: () => 1 }) }),
      build([dense(2, 2)], {
        optimizer: sgd({
          learningRate: sequence(
            { name: "a", rate: () => 1, steps: 3 } as never,
            { name: "a", rate: () => 2 } as never,
          ),
        }),
      }),
    ]) {
      const got = network.optimizer.name === "sgd" ? 'two that are called "a"' : error.got;
      expect(() => JSON.stringify(network)).toThrow(expect.objectContaining({ ...error, got }));
      expect(() => network.checkpoint()).toThrow(ChainruleError);
    }
    comesBack(of(times(2, { k: 2 }), times(3, { k: 3 })), { times: ({ k }: { k: number }) => times(k, { k }) });
    const start = () => ({ name: "start", value: () => 1 }); // where parameters start is not written
    comesBack(build([dense(2, 2, { weight: start() }), dense(2, 1, { weight: start() })]));
  });

  test("a schedule of one's own is asked for by its name, or by where it stands", () => {
    const halving = (step: number): number => 1 / (1 + step);
    for (const [learningRate, blocks] of [
      [halving, { halving }],
      [sequence(warmup(3), halving), { halving }],
      [(step: number) => 1 / (2 + step), { learningRate: (step: number) => 1 / (2 + step) }],
    ] as const) {
      const network = build([dense(3, 2)], { optimizer: sgd({ learningRate }), loss: meanSquaredError });
      const same = comesBack(network, blocks);
      for (const each of [network, same]) each.trainBatch(rows(3) as never, rows(2) as never);
      expect(JSON.stringify(same)).toBe(JSON.stringify(network));
      expect(() => Network.from(network.toJSON())).toThrow("give it in blocks: {");
    }
  });

  test("what is only called like a block of ours is never read as ours", () => {
    const impostor: Layer = { ...tanh, kind: "tanh", forward: (_, x, y) => void y.data.set(x.data) };
    const network = build([dense(3, 2), impostor]);
    expect(network.toJSON().layers[1]).toMatchObject({ own: "tanh" });
    expect(() => Network.from(network.toJSON())).toThrow("blocks: { tanh }");
    comesBack(network, { tanh: impostor });
    // and the other way round: blocks are never taken for ours
    expect(Network.from(build([dense(1, 1), tanh]).toJSON(), { blocks: { tanh: impostor } }).layers[1]).toBe(tanh);
  });

  test("sizes are checked, and typed", () => {
    const document = build([dense(4, 3)]).toJSON();
    const network: Network<4, 3> = Network.from(document, { inputs: 4, outputs: 3 });
    expect(network.outputSize).toBe(3);
    expect(() => Network.from(document, { inputs: 5 })).toThrow(expect.objectContaining({ code: "size" }));
    expect(() => Network.from(document, { outputs: 4 })).toThrow(expect.objectContaining({ code: "size" }));
  });
});

describe("the form", () => {
  test("a few numbers are digits, many are base64, and both are read", () => {
    const few = build([dense(16, 16)], { dtype: "float32" }).toJSON();
    expect(few.parameters["0.weight"]).toHaveLength(16);
    const network = build([dense(128, 512, { bias: false })], { dtype: "float32" });
    const { parameters } = network.toJSON();
    expect(parameters["0.weight"]).toMatchObject({ dtype: "float32", shape: [512, 128] });
    expect(JSON.stringify(parameters).length / (128 * 512)).toBeLessThan(5.4);
    const digits = { "0.weight": structuredClone(network.parameter("0.weight").value) };
    const same = Network.from(JSON.parse(JSON.stringify({ ...network.toJSON(), parameters: digits })));
    expect(JSON.stringify(same)).toBe(JSON.stringify(network));
  });

  test("a document of another architecture is told by its first difference", () => {
    const network = build([dense(2, 3), tanh, dense(3, 1)]);
    for (const [layers, message] of [
      [[dense(2, 4), tanh, dense(4, 1)], "layer 0 to be dense(2, 3), got dense(2, 4)"],
      [[dense(2, 3), leakyRelu, dense(3, 1)], "layer 1 to be tanh, got leakyRelu(0.01)"],
      [[dense(2, 3), tanh], "layer 2 to be dense(3, 1), got none"],
      [[dense(2, 3), tanh, dense(3, 1), tanh], "layer 3 to be none, got tanh"],
    ] as const) {
      const before = JSON.stringify(network);
      expect(() => network.load(build(layers).toJSON())).toThrow(message);
      expect(JSON.stringify(network)).toBe(before);
    }
    const otherwise = [
      dense(2, 3, { weight: he, bias: constant(1), freeze: ["bias"], penalty: l1(1) }),
      tanh,
      dense(3, 1, { weight: zeros }),
    ];
    network.load(build(otherwise, { optimizer: adam, seed: 9 }).toJSON()); // trained otherwise, the same layers
  });

  test("a newer version says so, whatever else is in it", () => {
    const document = { ...build([dense(1, 1)]).toJSON(), version: 3, news: [] };
    for (const read of [(it: unknown) => Network.from(it), (it: unknown) => build([dense(1, 1)]).load(it)]) {
      expect(() => read(document)).toThrow(
        expect.objectContaining({ code: "value", remedy: "update chainrule: a newer one has written it" }),
      );
    }
  });

  test("what has more blocks and names than any network is refused before they are looked at", () => {
    const network = build([dense(2, 1)], { optimizer: sgd, loss: meanSquaredError });
    const document = network.toJSON();
    const many = <T>(of: T) => Array.from({ length: 16_400 }, () => of);
    const names = Object.fromEntries(many(1).map((one, n) => [`0.${n}`, one]));
    for (const [part, value] of Object.entries({
      layers: many({ dense: [1, 1] }),
      optimizer: { sgd: { rateFactor: names } },
      loss: { meanSquaredError: names },
      parameters: names,
      buffers: names,
    })) {
      const error = { code: "value", where: expect.stringContaining(`document.${part}`) as string, got: "more" };
      expect(() => Network.from({ ...document, [part]: value })).toThrow(expect.objectContaining(error));
      expect(() => network.load({ ...document, [part]: value })).toThrow(expect.objectContaining(error));
    }
    const most = build(Array.from({ length: 1000 }, () => dense(1, 1, { penalty: [l1(0.1), l2(0.1)] })));
    expect(JSON.stringify(Network.from(most.toJSON()))).toBe(JSON.stringify(most)); // the largest that is read
  });

  test("a block with more arguments than any takes is refused before it is called", () => {
    for (const many of [{ l2: Array(200_000).fill(0.1) }, { l1: Array(1001).fill([]) }]) {
      const document = { ...build([dense(1, 1)]).toJSON(), layers: [{ dense: [1, 1], penalty: many }] };
      expect(() => Network.from(document)).toThrow("at most 1000 arguments");
    }
  });

  test("what is too deep for a document is told so", () => {
    let deep: unknown = 0.1;
    for (let i = 0; i < 60; i++) deep = { sequence: { parts: [deep] } };
    const document = { ...build([dense(1, 1)]).toJSON(), optimizer: { sgd: { learningRate: deep } } };
    expect(() => Network.from(document)).toThrow("at most 100 lists and objects within each other");
  });

  test("every block of the catalogue is in some document above", () => {
    const all = Object.values(catalogue).flatMap((table) => Object.keys(table));
    const tried = [
      tables.layers,
      tables.activations,
      tables.losses,
      tables.optimizers,
      tables.schedules,
      tables.initializers,
      tables.regularizers,
    ];
    const names = new Set(
      tried.flatMap((table) => (table as readonly { readonly name: string }[]).map(({ name }) => name)),
    );
    expect(all.filter((name) => !names.has(name))).toEqual([]);
    expect([glorot, l2, cosine, plateau, crossEntropy, ChainruleError].length).toBe(6);
  });
});
