import { Network, binaryCrossEntropy, dense, sigmoid, tanh } from "chainrule";
import { beforeAll, expect, test } from "vitest";
import { run } from "../support/command.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/03-trace.ts");
});

const rows = (pattern: RegExp): string[][] => [...text.matchAll(pattern)].map((match) => match.slice(1));

test("every formula gives its number, and there are many", () => {
  const [[exact, all]] = rows(/^ {2}(\d+) of (\d+) formulas give their number to the last bit$/gm) as [string[]];
  expect(exact).toBe(all);
  expect(Number(all)).toBeGreaterThan(50);
});

test("the chains multiply to the gradients, and these are the differences of the loss", () => {
  const network = new Network([dense(2, 2), tanh, dense(2, 2), tanh, dense(2, 1), sigmoid], {
    loss: binaryCrossEntropy,
    seed: 1,
  });
  const chains = rows(/^ {2}∂E\/∂w1_(\d)(\d) += \S+ × \S+ × \S+ = (\S+) × (\S+) × (\S+) += (\S+)$/gm);
  expect(chains.map(([output, input]) => `${output}${input}`)).toEqual(["11", "12", "21", "22"]);
  const weight = network.parameter("0.weight");
  const start = weight.value as number[][];
  for (const [output, input, ...figures] of chains) {
    const [a, b, c, product] = figures.map(Number);
    expect(Math.abs(a! * b! * c! - product!)).toBeLessThan(2e-6);
    const h = 1e-5;
    const lossAt = (shift: number): number => {
      weight.set(
        start.map((row, j) => row.map((w, i) => (j === Number(output) - 1 && i === Number(input) - 1 ? w + shift : w))),
      );
      return network.evaluate([1, 0.5], [1]).loss;
    };
    expect(product!.toFixed(6)).toBe(((lossAt(h) - lossAt(-h)) / (2 * h)).toFixed(6));
  }
});

test("the loss falls by the step, and the reader's mistake is found", () => {
  const [[before, after]] = rows(/the loss was (\S+), and is (\S+) after the step/g) as [string[]];
  expect(Number(after)).toBeLessThan(Number(before));
  expect(text).toContain("updated weights used in the hidden pass");
  expect(text).toContain("0.291027774");
});
