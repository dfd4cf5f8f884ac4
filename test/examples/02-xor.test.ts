import { beforeAll, expect, test } from "vitest";
import { inputs, targets, xorNetwork } from "../../examples/xor.js";
import { run } from "../support/command.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/02-xor.ts");
});

test("fits 100 columns, without escape codes where there is no terminal", () => {
  expect(text).not.toContain("\x1b");
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
});

test("prints the same every time", async () => {
  expect(await run("examples/02-xor.ts")).toBe(text);
});

test("its four predictions are within 0.1 of the targets", () => {
  const lines = [...text.matchAll(/^ +([01]) +([01]) +([01]) +(0\.\d{9})$/gm)];
  const rows = lines.map((match) => match.slice(1).map(Number));
  expect(rows.map((row) => row.slice(0, 3))).toEqual([
    [0, 0, 0],
    [0, 1, 1],
    [1, 0, 1],
    [1, 1, 0],
  ]);
  for (const [, , target, prediction] of rows) expect(Math.abs(prediction! - target!)).toBeLessThan(0.1);
});

test("the curve falls to a tenth, and is marked where XOR was solved", () => {
  const bars = [...text.matchAll(/┤(.*)$/gm)].map((match) => match[1]!);
  const columns = /└(─+)/.exec(text)![1]!.length;
  const height = (column: number) =>
    bars.reduce((sum, line) => sum + Math.max(0, " ▁▂▃▄▅▆▇█".indexOf(line[column] ?? " ")), 0);
  const heights = Array.from({ length: columns }, (_, column) => height(column));
  expect(Math.max(...heights)).toBe(8 * bars.length);
  expect(heights.at(-1)).toBeLessThan(heights[0]! / 10);

  const [, mark, epochs] = /^( +)▲ solved after (\d+) epochs/m.exec(text)!;
  const [, total] = /^Loss over (\d+) epochs/m.exec(text)!;
  expect(Math.abs((mark!.length - 8) / columns - Number(epochs) / Number(total))).toBeLessThan(2 / columns);
});

test("the marked epoch is the first after which every prediction is within 0.1", async () => {
  const after = Number(/solved after (\d+) epochs/.exec(text)![1]);
  const distance = async (epochs: number) => {
    const network = xorNetwork(1);
    await network.fit(inputs, targets, { epochs });
    return Math.max(...network.predict(inputs).map(([prediction], row) => Math.abs(prediction! - targets[row]![0]!)));
  };
  expect(await distance(after - 1)).toBeGreaterThanOrEqual(0.1);
  expect(await distance(after)).toBeLessThan(0.1);
});

test("shows what was trained", () => {
  for (const layer of ["dense", "tanh", "sigmoid"]) expect(text).toContain(layer);
});
