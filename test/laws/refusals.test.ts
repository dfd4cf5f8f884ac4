import { ChainruleError, Network, dense, meanSquaredError, sgd, type Layer } from "chainrule";
import { checkGradients } from "chainrule/check";
import { trace } from "chainrule/trace";
import { expect, test } from "vitest";

// What is refused by its length or type costs next to nothing, however large it is.

/** Engines put off writing a long text until somebody looks into it. */
const flattened = (text: string): string => text.charAt(Number(text) + 1e6) + text.slice(1);

const endless: unknown[] = [];
endless.length = 4e9;
const rowThenHoles: unknown[] = [[1, 2]];
rowThenHoles.length = 4e9;
const large = {
  "4e9 holes": endless,
  "a row and 4e9 holes": rowThenHoles,
  "1e7 numbers": new Array(1e7).fill(1),
  "1e7 rows of 3": new Array(1e7).fill([1, 2, 3]),
  "a typed array": new Float64Array(1e7),
  "a matrix": { data: new Float64Array(1e7), shape: [1e6, 10] },
  "a text": flattened("1".repeat(2 ** 28)),
  "a bigint": 1n << 1_000_000n,
  "a symbol": Symbol(flattened("s".repeat(2 ** 24))),
};

type Call = (bad: never) => unknown;

const inputs = [
  [0, 1],
  [1, 0],
];
const network = new Network([dense(2, 2)], { loss: meanSquaredError, optimizer: sgd, seed: 1 });
network.predict(inputs);
network.trainBatch(inputs, inputs);
const saved = network.toJSON();
const asking = (start: never): Layer => ({
  kind: "asking",
  inputs: 2,
  plan: (planner) => planner.parameter("scale", [2, 2], start),
  forward: (_, x, y, { kernels }) => kernels.copy(x, y),
  backward: () => undefined,
});

const calls: Readonly<Record<string, Call>> = {
  "predict(bad)": (bad) => network.predict(bad),
  "forward(bad)": (bad) => network.forward(bad),
  "forward(x, { out: bad })": (out) => network.forward(inputs, { out }),
  "trainBatch(bad, t)": (bad) => network.trainBatch(bad, inputs),
  "trainBatch(x, bad)": (bad) => network.trainBatch(inputs, bad),
  "trainBatch(x, t, { rowWeights: bad })": (rowWeights) => network.trainBatch(inputs, inputs, { rowWeights }),
  "evaluate(bad, t)": (bad) => network.evaluate(bad, inputs),
  "evaluate(x, bad)": (bad) => network.evaluate(inputs, bad),
  "fit(bad, t)": (bad) => network.fit(bad, inputs, { epochs: 1 }),
  "fit(x, bad)": (bad) => network.fit(inputs, bad, { epochs: 1 }),
  "fit(x, t, bad)": (bad) => network.fit(inputs, inputs, bad),
  "backward(bad)": (bad) => {
    network.forward(inputs);
    network.backward(bad);
  },
  "backwardFrom(bad)": (bad) => {
    network.forward(inputs);
    network.backwardFrom(bad);
  },
  "parameter(bad)": (bad) => network.parameter(bad),
  "parameter.set(bad)": (bad) => network.parameter("0.weight").set(bad),
  "freeze(bad)": (bad) => network.freeze(bad),
  "copyFrom(bad)": (bad) => network.copyFrom(bad),
  "load(bad)": (bad) => network.load(bad),
  "load({ parameters: bad })": (parameters) => network.load({ ...saved, parameters }),
  "load({ weight: bad })": (bad) => network.load({ ...saved, parameters: { ...saved.parameters, "0.weight": bad } }),
  "load(state, { only: bad })": (only) => network.load(saved, { only }),
  "new Network(bad)": (bad) => new Network(bad),
  "new Network([bad])": (bad) => new Network([bad]),
  "new Network(layers, { loss: bad })": (loss) => new Network([dense(2, 2)], { loss }),
  "new Network(layers, { optimizer: { slots: bad } })": (slots) =>
    new Network([dense(2, 2)], { optimizer: { ...sgd, slots, step: () => undefined } }),
  "dense(2, 3, { weight: bad })": (weight) => dense(2, 3, { weight }),
  "dense(2, 3, { bias: bad })": (bias) => dense(2, 3, { bias }),
  "dense(2, 3, { freeze: bad })": (freeze) => dense(2, 3, { freeze }),
  "dense(bad, 3)": (bad) => dense(bad, 3),
  "planner.parameter(name, shape, bad)": (bad) => new Network([asking(bad)]),
  "checkGradients(network, bad, t)": (bad) => checkGradients(network, bad, inputs),
  "trace(network, bad, t)": (bad) => trace(network, bad, inputs),
};

const refusal = async (call: Call, bad: unknown): Promise<unknown> => {
  try {
    await call(bad as never);
    return "accepted";
  } catch (error) {
    return error;
  }
};

const used = (): number => {
  const { heapUsed, external } = process.memoryUsage(); // external counts array buffers too
  return heapUsed + external;
};

/** The least of a few measurements: other work of this process is not the call's. */
async function cost(call: Call, bad: unknown): Promise<{ readonly ms: number; readonly bytes: number }> {
  let ms = Infinity,
    bytes = Infinity;
  for (let i = 0; i < 20 && (ms >= 5 || bytes >= 1e6); i++) {
    const before = used();
    const { user, system } = process.cpuUsage();
    await refusal(call, bad);
    const spent = process.cpuUsage();
    ms = Math.min(ms, (spent.user + spent.system - user - system) / 1000);
    bytes = Math.min(bytes, Math.abs(used() - before));
  }
  return { ms, bytes };
}

test("what costs 5 ms or 1 MB is noticed", async () => {
  expect((await cost(() => new Array<number>(1e6).fill(1), null)).bytes).toBeGreaterThan(1e6);
  expect((await cost(() => large["1e7 numbers"].indexOf(2), null)).ms).toBeGreaterThan(5);
});

test.each(Object.entries(calls))("%s", async (name, call) => {
  for (const [kind, bad] of Object.entries(large)) {
    const error = await refusal(call, bad);
    if (!(error instanceof ChainruleError)) throw new Error(`${kind}: ${String(error)}`);
    expect(error.message.length).toBeLessThan(400);
    const { ms, bytes } = await cost(call, bad);
    expect(ms, `ms for ${kind}: ${name}`).toBeLessThan(5);
    expect(bytes, `bytes for ${kind}: ${name}`).toBeLessThan(1e6);
  }
});

test("a bad number costs no more than reading that far", async () => {
  const rows = new Array(1e6).fill([1, 2]);
  rows[1] = [1, NaN];
  expect(await refusal((bad) => network.predict(bad), rows)).toMatchObject({ where: "predict input[1][1]" });
  const { ms } = await cost((bad) => network.predict(bad), rows);
  expect(ms).toBeLessThan(5);
});

test("a summary lays no memory out", async () => {
  const before = used();
  const huge = new Network([dense(30_000, 30_000)]);
  expect(huge.summary()).toContain("900030000 parameters");
  expect(used() - before).toBeLessThan(1e6);
  expect(process.resourceUsage().maxRSS).toBeLessThan(4e6); // kilobytes
});

test("a large network is laid out when it is needed, once", () => {
  let drawn = 0;
  const weight = { name: "counting", value: (index: number) => (drawn++, (index % 13) - 6) };
  const network = new Network([dense(4000, 4200, { weight, bias: false })], { optimizer: sgd });
  expect(drawn).toBe(0);
  expect(network.optimizer.learningRate).toBe(0.01);
  expect(drawn).toBe(4000 * 4200);
  const x = new Float64Array(4000).fill(1);
  expect(network.predict(x)[1]).toBe(Array.from(x, (_, i) => ((4000 + i) % 13) - 6).reduce((sum, each) => sum + each));
  expect(drawn).toBe(4000 * 4200);
});
