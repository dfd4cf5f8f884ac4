import { Network, binaryCrossEntropy, dense, meanSquaredError, sgd, sigmoid, type Layer } from "chainrule";
import { describe, expect, test } from "vitest";

const counting: Layer<number, number, ReturnType<typeof plan>> = {
  kind: "counting",
  plan,
  forward(count, x, y, { kernels, training }) {
    kernels.copy(x, y);
    if (training) count.data[0]!++;
  },
  backward(_, _x, _y, dy, dx, { kernels }) {
    if (dx) kernels.copy(dy, dx);
  },
};
function plan(planner: Parameters<Layer["plan"]>[0]) {
  return planner.buffer("count", [1], 0);
}

const make = () =>
  new Network([dense(2, 1, { weight: [[1, 2]], bias: [0] }), counting], {
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 1 }),
  });

describe("what a network hands out", () => {
  test("is frozen, and stays as it is", () => {
    "use strict";
    const network = make();
    const { value, gradient } = network.parameter("0.weight");
    expect(Object.isFrozen(value) && value.every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(gradient) && gradient.every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(network.parameter("0.bias").value)).toBe(true);
    expect(Object.isFrozen(network.optimizer.scalars)).toBe(true);
    network.trainBatch([1, 1], [0]);
    expect(value).toEqual([[1, 2]]);
    // @ts-expect-error a copy is read only
    expect(() => (value[0]![0] = 5)).toThrow(TypeError);
    // @ts-expect-error a copy is read only
    expect(() => (gradient[0][0] /= 2)).toThrow(TypeError);
  });

  test("setGradient: gradients clipped between backward and step", () => {
    const network = make();
    network.forward([3, 4]);
    network.backward([10]); // p − t = 1, so the gradients are 2 · 1 · [3, 4] and 2
    const weight = network.parameter("0.weight");
    expect(weight.gradient).toEqual([[6, 8]]);
    weight.setGradient(weight.gradient.map((row) => row.map((g) => g / 2)));
    expect(weight.gradient).toEqual([[3, 4]]);
    network.step();
    expect(weight.value).toEqual([[1 - 3, 2 - 4]]);
    expect(network.parameter("0.bias").value).toEqual([-2]);
  });

  test("setGradient: with no gradients waiting, the others are 0", () => {
    const network = make();
    network.trainBatch([3, 4], [10]);
    network.load(make().toJSON());
    network.parameter("0.bias").setGradient(Float64Array.of(0.25));
    expect(network.parameter("0.weight").gradient).toEqual([[0, 0]]);
    network.step();
    expect(network.parameter("0.weight").value).toEqual([[1, 2]]);
    expect(network.parameter("0.bias").value).toEqual([-0.25]);
  });

  test("set takes the numbers of a matrix flat", () => {
    const network = make();
    network.parameter("0.weight").set([5, 6]);
    expect(network.parameter("0.weight").value).toEqual([[5, 6]]);
    expect(dense(2, 2, { weight: [1, 2, 3, 4] })).toMatchObject({ inputs: 2 });
  });

  test("buffers, by name", () => {
    const network = make();
    network.trainBatch([1, 1], [0]);
    network.forward([1, 1]);
    expect(network.buffer("1.count")).toMatchObject({ name: "1.count", shape: [1], value: [2] });
    expect(network.buffers.map(({ name }) => name)).toEqual(["1.count"]);
    expect(make().clone().buffer("1.count").value).toEqual([0]);
  });
});

test("targets of a single output need no brackets", async () => {
  const rows = Array.from({ length: 600 }, (_, n) => [n / 600, (n % 7) / 7]);
  const flat = rows.map((_, n) => n % 2);
  const nested = flat.map((each) => [each]);
  const build = () =>
    new Network([dense(2, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: sgd({ learningRate: 0.1 }), seed: 1 });
  for (const targets of [flat, Float32Array.from(flat), Uint8Array.from(flat)]) {
    const [a, b] = [build(), build()];
    expect(a.trainBatch(rows, targets)).toBe(b.trainBatch(rows, nested));
    expect(a.evaluate(rows, targets)).toEqual(b.evaluate(rows, nested));
    a.forward(rows);
    b.forward(rows);
    expect(a.backward(targets)).toBe(b.backward(nested));
    expect((await a.fit(rows, targets, { epochs: 2 })).loss).toEqual((await b.fit(rows, nested, { epochs: 2 })).loss);
    expect(a.toJSON()).toEqual(b.toJSON());
  }
});
