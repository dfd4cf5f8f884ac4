import { dense, meanSquaredError, Network, sigmoid, tanh } from "chainrule";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// Files of each version of the form, with what NumPy makes of them: they are to be read for ever.

const read = (name: string): never => JSON.parse(readFileSync(`test/fixtures/files/${name}`, "utf8")) as never;
const { inputs, v1, v2 } = read("predictions.json") as Record<"inputs" | "v1" | "v2", number[][]>;

const isClose = (network: { predict(x: number[][]): unknown }, due: number[][], tolerance: number): void => {
  const predicted = network.predict(inputs) as number[][];
  predicted.forEach((row, n) => {
    row.forEach((each, i) => expect(Math.abs(each - due[n]![i]!)).toBeLessThan(tolerance));
  });
};

test("a file of version 1 is loaded into the network that was built as it was", () => {
  const network = new Network([dense(3, 4), tanh, dense(4, 90, { bias: false }), tanh, dense(90, 2), sigmoid]);
  network.load(read("v1.json"));
  isClose(network as never, v1, 1e-15);
  expect(Object.is(network.parameter("0.bias").value[0], -0)).toBe(true);
});

test("a file of version 1 has no layers to make a network of, and that is said", () => {
  expect(() => Network.from(read("v1.json"))).toThrow(
    "expected a document with layers, got one of version 1, which has numbers only: " +
      "build the network as it was, then network.load(document)",
  );
});

test("a file of version 2 makes the network that it was", () => {
  const network = Network.from(read("v2.json"), { inputs: 3, outputs: 2 });
  isClose(network, v2, 1e-6); // float32
  expect(Object.is(network.parameter("0.bias").value[0], -0)).toBe(true);
  expect(network.parameters.filter(({ frozen }) => frozen).map(({ name }) => name)).toEqual(["0.bias"]);
  expect([network.dtype, network.seed]).toEqual(["float32", 11]);
  expect(network.loss).toMatchObject({ name: meanSquaredError.name, missing: NaN });
  expect(JSON.parse(JSON.stringify(network))).toEqual(read("v2.json"));
});
