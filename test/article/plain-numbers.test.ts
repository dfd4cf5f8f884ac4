import { describe, expect, test } from "vitest";
import { articleNetwork, input, target } from "../../examples/article.js";
import { backward, forward, names, start, train } from "../support/article.js";

/** The order of network.parameters. */
const inOrder = ["w1", "w2", "w3", "w4", "bh1", "bh2", "w5", "w6", "w7", "w8", "bo1", "bo2"] as const;

/** Distance in units of the last place of b. */
const ulps = (a: number, b: number): number => Math.abs(a - b) / 2 ** (Math.floor(Math.log2(Math.abs(b))) - 52);

const worst = (a: readonly number[], b: readonly number[]): number => {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, index) => ulps(value, b[index]!)));
};

describe("the textbook's formulas in plain numbers, in another order of summation and with Math.exp", () => {
  const network = articleNetwork();
  network.forward(input);
  const loss = network.backward(target);

  test("have the gradient of their own error: by differences to 1e-10", () => {
    const gradient = backward(start, { biases: "per neuron" });
    const h = 1e-5;
    for (const name of names) {
      const errorAt = (value: number) => forward({ ...start, [name]: value }).error;
      const difference = (errorAt(start[name] + h) - errorAt(start[name] - h)) / (2 * h);
      expect(Math.abs(gradient[name] - difference), name).toBeLessThan(1e-10);
    }
  });

  test("give the library's forward pass within 2 units in the last place", () => {
    const step = forward(start);
    const { netH1, netH2, outH1, outH2, netO1, netO2, outO1, outO2 } = step;
    const plain = [netH1, netH2, outH1, outH2, netO1, netO2, outO1, outO2, step.error];
    expect(worst([...network.outputs.flat(2), loss], plain)).toBeLessThanOrEqual(2);
  });

  test("give the library's gradients, of fixed biases too, within 4 units in the last place", () => {
    const gradient = backward(start, { biases: "per neuron" });
    const ours = network.parameters.flatMap((parameter) => [parameter.gradient].flat(2));
    expect(
      worst(
        ours,
        inOrder.map((name) => gradient[name]),
      ),
    ).toBeLessThanOrEqual(4);
  });

  test.each(["fixed", "per neuron", "shared"] as const)("agree to 1e-14 after 1,000 updates, biases %s", (biases) => {
    const network = articleNetwork(biases);
    for (let update = 1; update <= 1000; update++) network.trainBatch(input, target);
    const p = train(1000, { biases });
    const ours = network.parameters.flatMap((parameter) => [parameter.value].flat(2));
    const second = biases === "shared" ? ["bh2", "bo2"] : [];
    const plain = inOrder.filter((name) => !second.includes(name)).map((name) => p[name]);
    expect(ours).toHaveLength(plain.length);
    const errors = plain.map((value, index) => Math.abs(ours[index]! / value - 1));
    expect(Math.max(...errors)).toBeLessThan(1e-14);
  });
});
