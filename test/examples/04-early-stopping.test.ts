import { beforeAll, expect, test } from "vitest";
import { run } from "../support/command.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/04-early-stopping.ts");
});

const rows = () =>
  [...text.matchAll(/^ +(\d+) +(0\.\d{4}) +(\d\.\d{4}) +(0\.\d{3})( +← the best)?$/gm)].map(
    ([, epoch, loss, validation, accuracy, best]) => ({
      ...{ epoch: Number(epoch), loss: Number(loss), validation: Number(validation), accuracy: Number(accuracy) },
      isBest: best !== undefined,
    }),
  );

test("the loss falls to the end, that of validation turns back after the best epoch", () => {
  const shown = rows();
  expect(shown.length).toBeGreaterThanOrEqual(8);
  const best = shown.find(({ isBest }) => isBest)!;
  const last = shown.at(-1)!;
  expect(last.epoch).toBe(300);
  expect(last.loss).toBeLessThan(best.loss);
  expect(last.validation).toBeGreaterThan(best.validation);
  expect(Math.min(...shown.map(({ validation }) => validation))).toBe(best.validation);
});

test("it ended 25 epochs after the best one", () => {
  const [, ended, best] = /ended after (\d+) epochs, with the parameters of epoch (\d+)\./.exec(text)!;
  expect(Number(ended) - Number(best)).toBe(25);
  expect(Number(best)).toBe(rows().find(({ isBest }) => isBest)!.epoch);
});

test("the network that stopped is better on other rows, and the table says how good", () => {
  const [early, late] = [...text.matchAll(/^ {2}(?:stopped early|after 300 epochs) +(\S+) +(\S+)$/gm)].map((match) =>
    match.slice(1).map(Number),
  );
  expect(early![0]).toBeLessThan(late![0]!);
  expect(early![1]).toBeGreaterThan(late![1]!);
  const counts = [...text.matchAll(/^ {2}[01] +(\d+) +(\d+)$/gm)].map((match) => match.slice(1).map(Number));
  const all = counts.flat().reduce((sum, count) => sum + count);
  expect(all).toBe(2000);
  expect((counts[0]![0]! + counts[1]![1]!) / all).toBeCloseTo(early![1]!, 3);
});

test("fits 120 columns", () => {
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(120);
});
