import { inspect } from "node:util";
import { Network, dense, meanSquaredError, tanh } from "chainrule";
import { Network as Plain } from "chainrule/reference";
import { expect, it } from "vitest";

it.each([
  ["chainrule", Network],
  ["chainrule/reference", Plain],
])("console.log of a network of %s shows its summary", (_, Network) => {
  const network = new Network([dense(2, 3), tanh, dense(3, 1)], { loss: meanSquaredError, seed: 1 });
  expect(inspect(network)).toBe(network.summary());
  expect(inspect({ network })).toContain("loss meanSquaredError");
  expect(inspect({ a: { b: { c: { network } } } }, { depth: 3 })).toContain("network: [Network]");
  expect(Object.keys(network).map(String).join()).not.toContain("inspect");
});
