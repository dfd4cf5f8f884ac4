import { dense, meanSquaredError, Network, sgd } from "chainrule";
import { describe, expect, it } from "vitest";

// Gradients that wait for a step are those of the parameters as they were. What moves the parameters in another way, or
// ends a training half-way, drops them: the next backward starts afresh.

const make = () =>
  new Network([dense(2, 1, { weight: [[0.5, -0.3]], bias: [0.1] })], {
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 0.1 }),
  });

const wait = (network: ReturnType<typeof make>) => {
  network.forward([1, 2]);
  network.backward([3]);
};

const after = (network: ReturnType<typeof make>) => {
  network.trainBatch([1, 0], [1]);
  return network.toJSON().parameters;
};

describe("gradients that wait are dropped", () => {
  it.each([
    ["parameter.set", (network) => network.parameter("0.bias").set([0.1])],
    ["load", (network) => network.load(make().toJSON())],
    ["copyFrom", (network) => network.copyFrom(make())],
  ] satisfies [string, (network: ReturnType<typeof make>) => void][])("by %s", (_, change) => {
    const network = make();
    wait(network);
    change(network);
    expect(() => network.step()).toThrow("expected a backward before it");
    expect(after(network)).toEqual(after(make()));
  });

  it("by a fit that diverges between two batches of one step", async () => {
    const network = make();
    const options = { epochs: 1, batchSize: 1, accumulate: 2, shuffle: false };
    await expect(
      network.fit(
        [
          [1, 0],
          [1, 1],
        ],
        [[1], [1e200]],
        options,
      ),
    ).rejects.toThrow("finite");
    expect(network.toJSON().parameters).toEqual(make().toJSON().parameters);
    expect(after(network)).toEqual(after(make()));
  });

  it("and not by anything else: they add up", () => {
    const network = make();
    wait(network);
    network.predict([1, 2]);
    network.evaluate([1, 2], [3]);
    expect(after(network)).not.toEqual(after(make()));
  });
});
