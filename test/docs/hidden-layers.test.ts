import { describe, expect, it, test } from "vitest";
import { pageBlocks } from "./blocks.js";

// The numbers of docs/hidden-layers.md, without the library: its network in loops, and its derivatives by differences.

const start = {
  weights: [
    [
      [0.15, 0.2],
      [0.25, 0.3],
    ],
    [
      [0.4, 0.45],
      [0.5, 0.55],
    ],
    [
      [0.1, -0.2],
      [0.3, 0.4],
    ],
    [[0.7, -0.8]],
  ],
  biases: [[0.35, 0.35], [0.6, 0.6], [0.1, 0.1], [0.2]],
};
const [input, target, rate] = [[0.05, 0.1], 0.99, 0.5];

/** All numbers of the step by the names that the page has for them. */
const due = new Map<string, number>();
const get = (name: string): number => due.get(name)!;

/** The network from neuron to neuron, notes its numbers and gives E; `nudge` adds something to one of them. */
function forward(note: (name: string, value: number) => void, nudge: Readonly<Record<string, number>> = {}): number {
  const at = (name: string, value: number): number => {
    const nudged = value + (nudge[name] ?? 0);
    note(name, nudged);
    return nudged;
  };
  let a = input!;
  start.weights.forEach((rows, l) => {
    a = rows.map((row, j) => {
      const weights = row.map((w, i) => at(`w${l + 1}_${j + 1}${i + 1}`, w));
      const bias = at(`b${l + 1}_${j + 1}`, start.biases[l]![j]!);
      const z = at(
        `z${l + 1}_${j + 1}`,
        weights.reduce((sum, w, i) => sum + w * a[i]!, bias),
      );
      return at(`a${l + 1}_${j + 1}`, 1 / (1 + Math.exp(-z)));
    });
  });
  return 0.5 * (target - a[0]!) ** 2;
}

input.forEach((x, i) => due.set(`x_${i + 1}`, x).set(`a0_${i + 1}`, x));
const error = forward((name, value) => due.set(name, value));
for (const name of ["E", "E_1"]) due.set(name, error);

due.set("∂E/∂a4_1", get("a4_1") - target);
for (const l of [4, 3, 2, 1]) {
  start.weights[l - 1]!.forEach((row, j0) => {
    const j = j0 + 1;
    due.set(`∂a${l}_${j}/∂z${l}_${j}`, get(`a${l}_${j}`) * (1 - get(`a${l}_${j}`)));
    const delta = get(`∂E/∂a${l}_${j}`) * get(`∂a${l}_${j}/∂z${l}_${j}`);
    due.set(`δ${l}_${j}`, delta).set(`∂E/∂b${l}_${j}`, delta);
    row.forEach((w, i0) => {
      const [i, before] = [i0 + 1, l === 1 ? `x_${i0 + 1}` : `a${l - 1}_${i0 + 1}`];
      due.set(`∂z${l}_${j}/∂w${l}_${j}${i}`, get(before)).set(`∂E/∂w${l}_${j}${i}`, delta * get(before));
      due.set(`∂z${l}_${j}/∂${before}`, w);
      due.set(l === 4 ? `∂E_1/∂${before}` : `∂E/∂${before} via z${l}_${j}`, delta * w);
      due.set(`∂E/∂${before}`, (due.get(`∂E/∂${before}`) ?? 0) + delta * w);
    });
  });
}

const decimals = (text: string): number => /\.(\d+)/.exec(text)?.[1]!.length ?? 0;
const like = (value: number, text: string): string =>
  text.includes("e") ? value.toExponential(decimals(text)).replace("e+", "e") : value.toFixed(decimals(text));

const blocks = pageBlocks("docs/hidden-layers.md");
const lines = blocks.filter(({ language }) => language === "text").flatMap(({ text }) => text.split("\n"));
const shown = lines
  .filter((line) => line.includes(" = "))
  .map((line) => line.trim().split(/\s+= /))
  .map((parts) => [parts[0]!, parts.at(-1)!] as const);

describe("what the trace says on the page", () => {
  it("has z, a and δ of every neuron, and the gradient of every weight and bias", () => {
    const names = shown.map(([name]) => name);
    const needed = [...due.keys()].filter((name) => /^(z|a[1-4]|δ|∂E\/∂[wb])/.test(name));
    expect(needed).toHaveLength(7 + 7 + 7 + 14 + 7);
    expect(needed.filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(shown)("%s = %s", (name, result) => expect(like(get(name), result)).toBe(result));
});

test.each([...due.keys()].filter((name) => /^∂E\/∂([wba])[1-4]_\d+$/.test(name)))(
  "%s is what differences say",
  (name) => {
    const [h, of] = [1e-5, name.slice(4)];
    const difference = (forward(() => {}, { [of]: h }) - forward(() => {}, { [of]: -h })) / (2 * h);
    expect(Math.abs(difference - get(name))).toBeLessThan(1e-10);
  },
);

test("the values beside the code are those of the same numbers", () => {
  const code = blocks
    .filter(({ language }) => language === "ts")
    .map(({ text }) => text)
    .join("");
  const beside = (start: string): string[] => {
    const line = code.split("\n").find((each) => each.startsWith(start))!;
    return line.split("// ")[1]!.match(/-?\d+\.\d+(?:e-\d+)?/g)!;
  };
  const check = (start: string, values: readonly number[]) =>
    expect(
      beside(start).map((text, i) => like(values[i]!, text)),
      start,
    ).toEqual(beside(start));
  const all = (...names: string[]) => names.map(get);
  for (const l of [1, 2, 3]) check(`const delta${l}`, all(`δ${l}_1`, `δ${l}_2`));
  check(
    "const invented",
    [1, 2].map((j) => get(`a2_${j}`) - get(`∂E/∂a2_${j}`)),
  );
  for (const of of ["front", "network"]) {
    check(`${of}.parameter("0.weight").gradient`, all("∂E/∂w1_11", "∂E/∂w1_12", "∂E/∂w1_21", "∂E/∂w1_22"));
  }
  check("network.backward", [error]);
  const step = Object.fromEntries(
    [...due.keys()].filter((name) => /^[wb]\d/.test(name)).map((name) => [name, -rate * get(`∂E/∂${name}`)]),
  );
  check("network.evaluate", [forward(() => {}, step)]);
  const moves = [4, 3, 2, 1].map((l) => Math.abs(step[`w${l}_11`]!));
  check('["w4_11"', moves);
  check('moved("w4_11")', [moves[0]! / moves[3]!]);
});
