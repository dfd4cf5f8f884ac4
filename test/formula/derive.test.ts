import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { derivative } from "../../src/formula/derive.js";
import { valueOf } from "../../src/formula/evaluate.js";
import { type Expression, variable } from "../../src/formula/expression.js";
import { parse, parseRule } from "../../src/formula/parse.js";
import { write } from "../../src/formula/write.js";
import { runs } from "../support/random-cases.js";
import { texts } from "./formulas.js";

const names = { variables: ["z", "p", "t"], scalars: ["beta", "delta", "alpha"] };
const z = variable("z");
const read = (text: string) => parse(text, names, "formula");
const derived = (text: string, x = z) => write(derivative(read(text), x), "source");

/** Numbers off the round ones, at which parts of a formula are equal. */
const off = (by: number) => fc.integer({ min: -300, max: 300 }).map((n) => (n + by) / 100);

/** Whether some part of a formula has no value there, which a comparison would hide, or is a root of 0, with no slope. */
const hasGap = (e: Expression, at: Readonly<Record<string, number>>): boolean =>
  Number.isNaN(valueOf(e, at)) || (e.op === "sqrt" && valueOf(e, at) === 0) || e.args.some((each) => hasGap(each, at));

describe("the derivative", () => {
  test.each([
    ["5", "0"],
    ["z", "1"],
    ["p", "0"],
    ["−z", "−1"],
    ["3 · z + p", "3"],
    ["z · p", "p"],
    ["z · z", "2 · z"],
    ["z²", "2 · z"],
    ["z / z", "1 / z − z / z / z"],
    ["z · (3 · p) · 2", "6 · p"],
    ["p − z · 0", "0"],
    ["tanh(z) · tanh(z)", "2 · tanh(z) · (1 − tanh(z)²)"],
    ["z³", "3 · z²"],
    ["(2 · z)^4", "8 · (2 · z)³"],
    ["1 / z", "−(1 / z / z)"],
    ["p / z", "−(p / z / z)"],
    ["z / (1 + z)", "1 / (1 + z) − z / (1 + z) / (1 + z)"],
    ["√z", "1 / (2 · √z)"],
    ["exp(−beta · z)", "−(beta · exp(−beta · z))"],
    ["log(z)", "1 / z"],
    ["log1p(z)", "1 / (1 + z)"],
    ["expm1(z)", "exp(z)"],
    ["tanh(z)", "1 − tanh(z)²"],
    ["logistic(z)", "logistic(z) · (1 − logistic(z))"],
    ["erf(z)", "1.1283791670955126 · exp(−z²)"],
    ["|z|", "z ≤ 0 ? −1 : 1"],
    ["|p − z|", "p − z < 0 ? 1 : −1"],
    ["max(0, z)", "0 < z ? 1 : 0"],
    ["max(z, 0)", "0 < z ? 1 : 0"],
    ["min(z, 6)", "6 < z ? 0 : 1"],
    ["sign(z)", "0"],
    ["z ≤ 0 ? alpha · z : z", "z ≤ 0 ? alpha : 1"],
    ["z · logistic(z)", "logistic(z) + z · (logistic(z) · (1 − logistic(z)))"],
  ])("of %s is %s", (text, due) => {
    expect(derived(text)).toBe(due);
  });

  it("of a settled slot is that of what is written to it", () => {
    const { m } = parseRule("m = 3 · m + g", { slots: ["m"], scalars: [] }, "rule");
    expect(write(derivative(m!, variable("m")), "source")).toBe("3");
  });

  it("at a kink is that from the left", () => {
    const slope = (text: string) => valueOf(derivative(read(text), z), { z: 0, p: 0 });
    expect(
      ["|z|", "|−z|", "max(0, z)", "max(z, 0)", "max(0, −z)", "min(0, z)", "min(z, 0)", "|p − z|"].map(slope),
    ).toEqual([-1, -1, 0, 0, -1, 1, 1, -1]);
  });

  it("is what differences come to", () => {
    let compared = 0;
    fc.assert(
      fc.property(texts, off(0.2713), off(0.5171), (text, at, p) => {
        const formula = read(text);
        const value = (z: number) => valueOf(formula, { z, p, beta: 1.5 });
        const slope = valueOf(derivative(formula, z), { z: at, p, beta: 1.5 });
        // Richardson's of two central differences, if these agree: off kinks and poles
        const h = 1e-4;
        const [a, b] = [(value(at + h) - value(at - h)) / (2 * h), (value(at + h / 2) - value(at - h / 2)) / h];
        const due = (4 * b - a) / 3;
        const size = Math.max(1, Math.abs(due), Math.abs(value(at)) / 10);
        const isKink = Math.abs(value(at + h) - 2 * value(at) + value(at - h)) > 1e-2 * h * size;
        if (
          isKink ||
          hasGap(formula, { z: at, p, beta: 1.5 }) ||
          !Number.isFinite(due) ||
          Math.abs(a - b) > 1e-6 * size ||
          size > 1e6
        )
          return;
        compared++;
        expect(Math.abs(slope - due) / size, `${text} at ${at}: ${slope}, difference ${due}`).toBeLessThan(1e-5);
      }),
      { numRuns: runs(20_000) },
    );
    expect(compared).toBeGreaterThan(runs(20_000) / 3);
  });
});
