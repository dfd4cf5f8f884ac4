import { stripVTControlCharacters } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { backward, forward, start, train } from "../support/article.js";
import { run } from "../support/command.js";

const file = "examples/01-article.ts";
const number = String.raw`(-?\d+\.\d{9})`;
const step = forward(start);
const gradient = backward(start);
let text: string;

beforeAll(async () => {
  text = await run(file);
});

const rows = (pattern: string): string[][] =>
  [...text.matchAll(new RegExp(pattern, "gm"))].map((match) => match.slice(1));

test("fits 100 columns, without escape codes where there is no terminal", () => {
  expect(text).not.toContain("\x1b");
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
});

test("is coloured in a terminal, unless NO_COLOR is set", async () => {
  const coloured = await run(file, { tty: true });
  expect(coloured).toContain("\x1b[1m");
  expect(stripVTControlCharacters(coloured)).toBe(text);
  expect(await run(file, { tty: true, env: { NO_COLOR: "1" } })).toBe(text);
});

test("the forward pass", () => {
  const nine = (...values: number[]) => values.map((value) => value.toFixed(9));
  expect(rows(String.raw`^  (h\d) +${number} +${number}$`)).toEqual([
    ["h1", ...nine(step.netH1, step.outH1)],
    ["h2", ...nine(step.netH2, step.outH2)],
  ]);
  expect(rows(String.raw`^  (o\d) +${number} +${number} +${number} +${number} +as printed$`)).toEqual([
    ["o1", ...nine(step.netO1, step.outO1, 0.01, step.errorO1)],
    ["o2", ...nine(step.netO2, step.outO2, 0.99, step.errorO2)],
  ]);
});

test("the chains multiply to the gradients of all eight weights", () => {
  const chains = rows(String.raw`^  ∂E/∂(w\d) = +${number} × +${number} × +${number} = +${number}$`);
  expect(chains.map(([name]) => name)).toEqual(["w5", "w6", "w7", "w8", "w1", "w2", "w3", "w4"]);
  for (const [name, ...figures] of chains) {
    const [a, b, c, product] = figures.map(Number);
    expect(Math.abs(a! * b! * c! - product!), name).toBeLessThan(1e-9);
    expect(figures.at(-1), name).toBe(gradient[name as "w1"].toFixed(9));
  }
  expect(chains[0]).toEqual(["w5", "0.741365070", "0.186815602", "0.593269992", "0.082167041"]);
});

test("what comes back to a hidden neuron is the sum over both outputs", () => {
  const sums = rows(String.raw`^  ∂E/∂out_(h\d) = .* = ${number} ([+-]) ${number} = ${number}$`);
  expect(sums.map(([name]) => name)).toEqual(["h1", "h2"]);
  for (const [name, ...figures] of sums) {
    const [fromO1, fromO2, sum] = [figures[0], `${figures[1]}${figures[2]}`, figures[3]].map(Number);
    expect(Math.abs(fromO1! + fromO2! - sum!), name).toBeLessThan(1.5e-9);
  }
  expect(sums[0]!.at(-1)).toBe("0.036350306");
});

test("the eight weights before and after, all as printed", () => {
  const after = train(1);
  const expected = (["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"] as const).map((name) => [
    name,
    ...[start[name], gradient[name], after[name]].map((value) => value.toFixed(9)),
  ]);
  expect(rows(String.raw`^  (w\d) +${number} +${number} +${number} +as printed$`)).toEqual(expected);
});

test("the error before, after one update and after 10,000", () => {
  const { outO1, outO2, error } = forward(train(10_000));
  expect(text).toMatch(
    /^ +E after this update: +0\.298371109 → 0\.291027774 {2}\(printed: 0\.291027924, see below\)$/m,
  );
  expect(text).toContain(
    `E after 10,000 updates:  0.298371109 → ${error.toFixed(9)}  (printed: 0.0000351085, see below)\n`,
  );
  expect(text).toContain(`${outO1.toFixed(9)} (target 0.01), ${outO2.toFixed(9)} (target 0.99)`);
});

test("25 results match, 5 are explained", () => {
  expect(text).toContain("30 results: 25 match to their last digit, 5 do not and are explained");
  const explained = rows(String.raw`^  (∂.*?|E .*?|out.*?) +(-?\d\.\d+) +(-?\d\.\d+)  \S.*$`);
  expect(explained).toEqual([
    ["∂E_o2/∂out_h1", "-0.019049119", "-0.019049118"],
    ["E after update 1", "0.291027924", "0.291027774"],
    ["E after 10,000", "0.0000351085", "0.0000351019"],
    ["out_o1 after 10,000", "0.015912196", "0.015913620"],
    ["out_o2 after 10,000", "0.984065734", "0.984064274"],
  ]);
});

test("the gradient check passes, over all derivatives with respect to weights, biases and inputs", () => {
  expect(rows(String.raw`^ +(\d+) derivatives, with respect to 8 weights, 4 biases and 2 inputs: (.*)$`)).toEqual([
    ["14", "all agree"],
  ]);
  const worst = Number(rows(String.raw`worst error (\S+), at \S+$`)[0]![0]);
  expect(worst).toBeGreaterThan(0);
  expect(worst).toBeLessThan(1e-9);
});
