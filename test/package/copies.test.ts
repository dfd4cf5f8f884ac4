import { execFileSync } from "node:child_process";
import { expect, inject, test } from "vitest";

/** Uses the CommonJS build and the module build, which are two copies of the library, in one process. */
const source = `
  import { createRequire } from "node:module";
  import * as a from "chainrule";
  import { checkGradients } from "chainrule/check";
  const b = createRequire(import.meta.url)("chainrule");
  const { trace } = createRequire(import.meta.url)("chainrule/trace");
  const make = (network, blocks) => {
    const { dense, glorot, tanh, softmax, adam } = blocks;
    const layers = [dense(2, 3, { weight: glorot }), tanh, dense(3, 2), softmax];
    return new network.Network(layers, { loss: network.crossEntropy, optimizer: adam, seed: 1 });
  };
  const networks = [make(a, a), make(b, b), make(a, b)];
  const losses = networks.map((each) => [each.trainBatch([[0, 1]], [1]), each.trainBatch([[0, 1]], [0])]);
  const [first, second] = networks;
  second.trainBatch([[1, 1]], [1]);
  first.copyFrom(second);
  console.log(JSON.stringify({
    losses,
    isCopied: JSON.stringify(first) === JSON.stringify(second),
    checks: networks.map((each) => checkGradients(each, [[0, 1]], [1]).ok),
    traces: networks.map((each) => trace(each, [[0, 1]], [1]).loss !== undefined),
  }));
`;

test("networks and blocks of both module forms work together", () => {
  const options = { cwd: inject("consumer"), encoding: "utf8" } as const;
  const { losses, ...rest } = JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-e", source], options),
  ) as { readonly losses: readonly (readonly number[])[] };
  expect(losses).toEqual([losses[0], losses[0], losses[0]]);
  expect(rest).toEqual({ isCopied: true, checks: [true, true, true], traces: [true, true, true] });
});
