import { dense, type Loss, Network, reference, sgd, softmax, wasm, type Backend } from "chainrule";
import { checkGradients, checkLoss } from "chainrule/check";
import { trace } from "chainrule/trace";
import { describe, expect, it } from "vitest";
import { compiled } from "../../src/kernels/backends.js";
import { strict } from "../../src/kernels/compiled/strict.js";

const backends: Readonly<Record<string, Backend>> = {
  reference,
  wasm,
  compiled: compiled("eager", strict, reference, 0),
};

/** −ln of a normal density at the one number t, of which two outputs are the mean and the logarithm of the deviation. */
const normal: Loss = {
  name: "normal",
  targetSize: () => 1,
  divisor: (rows) => rows,
  value(p, t, u) {
    for (let n = 0; n < p.rows; n++) {
      const [mean, log] = [p.data[2 * n]!, p.data[2 * n + 1]!];
      u.data[2 * n] = log + ((t.data[n]! - mean) * Math.exp(-log)) ** 2 / 2;
      u.data[2 * n + 1] = 0;
    }
  },
  gradient(p, t, dp) {
    for (let n = 0; n < p.rows; n++) {
      const [mean, log] = [p.data[2 * n]!, p.data[2 * n + 1]!];
      const z = (t.data[n]! - mean) * Math.exp(-log);
      dp.data[2 * n] = -z * Math.exp(-log);
      dp.data[2 * n + 1] = 1 - z * z;
    }
  },
};

/** Of three outputs a target has six numbers, an interval for each: how far the output is beyond it, squared. */
const between: Loss = {
  name: "between",
  targetSize: (outputs) => 2 * outputs,
  divisor: (rows, columns) => rows * columns,
  value: (p, t, u) => each(p, t, (i, beyond) => (u.data[i] = beyond * beyond)),
  gradient: (p, t, dp) => each(p, t, (i, beyond) => (dp.data[i] = 2 * beyond)),
};
function each(
  p: { data: ArrayLike<number>; rows: number; columns: number },
  t: { data: ArrayLike<number> },
  write: (i: number, beyond: number) => void,
) {
  for (let i = 0; i < p.rows * p.columns; i++) {
    const value = p.data[i]!;
    const [low, high] = [t.data[2 * i]!, t.data[2 * i + 1]!].sort((a, b) => a - b) as [number, number];
    write(i, Math.min(0, value - low) + Math.max(0, value - high));
  }
}

const x = [
  [0.1, -1],
  [0.7, 0.3],
  [-0.4, 2],
  [1, 1],
];
const build = (loss: Loss, outputs: number, backend: Backend) =>
  new Network([dense(2, outputs)] as const, { loss, optimizer: sgd({ learningRate: 0.01 }), seed: 2, backend });

describe.each(Object.entries(backends))("targets of another size than the prediction: %s", (_, backend) => {
  it("are one number for two outputs", async () => {
    const t = [[1], [0.5], [-0.2], [0]];
    const network = build(normal, 2, backend);
    const due =
      network
        .predict(x)
        .reduce((sum, [mean, log], n) => sum + log! + ((t[n]![0]! - mean!) * Math.exp(-log!)) ** 2 / 2, 0) / 4;
    for (let again = 0; again < 4; again++) {
      expect(Math.abs(network.evaluate(x, t).loss - due)).toBeLessThan(1e-14);
      network.forward(x);
      expect(Math.abs(network.backward(t) - due)).toBeLessThan(1e-14);
      network.load(network.toJSON());
    }
    const [one, two] = [build(normal, 2, backend), build(normal, 2, backend)];
    const { loss } = await one.fit(x, t, { epochs: 200, batchSize: 2, shuffle: false });
    for (let epoch = 0; epoch < 200; epoch++)
      for (const at of [0, 2]) two.trainBatch(x.slice(at, at + 2), t.slice(at, at + 2));
    expect(one.toJSON()).toEqual(two.toJSON());
    expect(loss.at(-1)!).toBeLessThan(due - 0.1);
    network.forward(x);
    network.backwardFrom(x.map(() => [1, 1])); // which has the size of the prediction
  });

  it("are two numbers for each output", async () => {
    const t = x.map(([a, b]) => [a!, a! + 1, b!, b! + 2, -1, 1]);
    const network = build(between, 3, backend);
    const { loss } = await network.fit(x, t, { epochs: 300, accumulate: 2, batchSize: 2 });
    expect(loss.at(-1)!).toBeLessThan(loss[0]! / 10);
    expect(checkGradients(network, x, t).ok).toBe(true);
  });

  it("are refused if they have another size than it says", () => {
    const network = build(normal, 2, backend);
    expect(() => network.trainBatch(x, x)).toThrow("trainBatch target expected a list of 1 number,");
    expect(() => network.evaluate(x[0]!, [1, 2])).toThrow("expected a list of 1 number");
    for (const size of [0, 1.5, "2", NaN, undefined, 3n])
      expect(() => build({ ...normal, targetSize: () => size as number }, 2, backend)).toThrow(
        "loss normal targetSize expected a whole number of at least 1",
      );
    expect(() => build({ ...normal, targetSize: 1 as never }, 2, backend)).toThrow(
      "loss normal targetSize expected a function",
    );
  });
});

it("its gradients are checked, and its step can be traced, without a law for the terms", () => {
  expect(checkLoss(normal, { columns: 2 }).toString()).toMatch(/^ok/);
  expect(checkLoss(between, { columns: 3 }).toString()).toMatch(/^ok/);
  const network = build(between, 3, wasm);
  const { loss, quantities } = trace(network, x[0]!, [0, 1, 0, 1, 5, 6]);
  expect(loss.value).toBe(network.evaluate(x[0]!, [0, 1, 0, 1, 5, 6]).loss);
  expect([...quantities.values()].filter(({ place }) => place.role === "target").length).toBe(6);
  const narrow = trace(build(normal, 2, wasm), x[0]!, [3]);
  expect(narrow.loss.value).toBe(build(normal, 2, wasm).evaluate(x[0]!, [3]).loss);
  new Network([dense(2, 2), softmax], { loss: normal }).evaluate([1, 2], [1]);
});
