import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compute, loopOf, valueOf } from "../../src/formula/evaluate.js";
import { variable } from "../../src/formula/expression.js";
import { parse, parseRule } from "../../src/formula/parse.js";
import { type Kernel, stepsOf } from "../../src/formula/steps.js";
import { valueOfText } from "../oracles/formula.js";
import { runs } from "../support/random-cases.js";
import { numbers, texts } from "./formulas.js";

const names = { variables: ["z", "p"], scalars: ["beta"] };
const kernelOf = (text: string): Kernel => ({
  places: ["z", "p", "a"],
  scalars: ["beta"],
  outputs: { a: parse(text, names, "formula") },
  rounding: "once",
});
const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => Array.from(a).every((x, i) => Object.is(x, b[i]));

describe("the loop of a formula", () => {
  const list = fc.array(fc.tuple(numbers, numbers), { minLength: 1, maxLength: 300 });

  it.each(["float64", "float32"] as const)("gives each element the value of the text, in %s", (dtype) => {
    const single = dtype === "float32";
    const round = (x: number): number => (single ? Math.fround(x) : x);
    fc.assert(
      fc.property(texts, list, (text, pairs) => {
        const n = pairs.length;
        const m = single ? new Float32Array(3 * n + 5) : new Float64Array(3 * n + 5);
        pairs.forEach(([z, p], i) => m.set([z], i + 1) ?? m.set([p], n + 2 + i));
        const due = pairs.map((_, i) => round(valueOfText(text, { z: m[i + 1]!, p: m[n + 2 + i]!, beta: 1.5 })));
        loopOf(stepsOf(kernelOf(text), compute), single)(
          n,
          [m, m, m],
          [1, n + 2, 2 * n + 3],
          Float64Array.of(7, 1.5),
          1,
        );
        expect(same(m.subarray(2 * n + 3, 3 * n + 3), due), text).toBe(true);
        expect([m[0], m[3 * n + 3], m[3 * n + 4]]).toEqual([0, 0, 0]);
      }),
      { numRuns: runs(3000) },
    );
  });

  it("may write where it reads, and what it writes nobody sees until the next element", () => {
    const [z, p] = [variable("z"), variable("p")];
    const swap: Kernel = { places: ["z", "p"], scalars: [], outputs: { z: p, p: z }, rounding: "once" };
    const m = Float64Array.from({ length: 600 }, (_, i) => i);
    loopOf(stepsOf(swap, compute), false)(300, [m, m], [0, 300], new Float64Array(0), 0);
    expect([m[0], m[299], m[300], m[599]]).toEqual([300, 599, 0, 299]);
  });

  it("rounds each operation of a rule in float32, but what depends on scalars alone only where it is used", () => {
    const scalars = ["learningRate", "beta1", "beta1Power"];
    const rule = parseRule("m = beta1 · m + (1 − beta1) · g\np = p − learningRate / (1 − beta1^t) · m", { slots: ["m"], scalars }, "rule"); // prettier-ignore
    const kernel: Kernel = { places: ["p", "g", "m"], scalars, outputs: rule, rounding: "each" };
    const run = loopOf(stepsOf(kernel, compute), true);
    const f = Math.fround;
    const [rate, beta, power] = [0.01, 0.9, 0.9 ** 3];
    const m = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i));
    m[25] = 1e-41;
    m[15] = 0;
    const due = m.slice();
    for (let i = 0; i < 10; i++) {
      let mean = f(f(f(beta) * due[20 + i]!) + f(f(1 - beta) * due[10 + i]!));
      if (Math.abs(mean) < 1.1754943508222875e-38) mean = 0;
      due[20 + i] = mean;
      due[i] = f(due[i]! - f(f(rate / (1 - power)) * mean));
    }
    run(10, [m, m, m], [0, 10, 20], Float64Array.of(rate, beta, power), 0);
    expect(same(m, due)).toBe(true);
    expect(m[25]).toBe(0);
  });

  it("lists each value once, without what changes no bit, and the same formulas with the same key", () => {
    const listed = (text: string) => stepsOf(kernelOf(text), compute);
    expect(listed("exp(z) · exp(z) + exp(z)").steps.map(({ op }) => op)).toEqual([
      "variable",
      "exp",
      "multiply",
      "add",
    ]);
    expect(listed("1 · z / 1").steps).toHaveLength(1);
    expect(listed("z + 0").steps).toHaveLength(3);
    expect(listed("2 · 3 · z").steps.map(({ value }) => value)).toContain(6);
    expect(listed("z²").key).toBe(listed("z · z").key);
    expect(listed("z + p").key).not.toBe(listed("p + z").key);
    expect(listed("z + 0").key).not.toBe(listed("z + −0").key);
    expect(listed("beta · z").key).not.toBe(listed("1.5 · z").key);
  });

  it("has the value of the formula", () => {
    expect(valueOf(parse("logistic(beta · z)", names, "formula"), { z: 0, beta: 3 })).toBe(0.5);
  });
});
