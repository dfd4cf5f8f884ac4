import { describe, expect, it } from "vitest";
import { parse, parseRule } from "../../src/formula/parse.js";
import { write } from "../../src/formula/write.js";

const names = { variables: ["z", "p", "t"], scalars: ["beta", "beta1", "tau", "rate", "epsilon"] };
const read = (text: string) => parse(text, names, "formula");

describe("a formula, as people write it and in LaTeX", () => {
  it.each<[string, string, string]>([
    ["z · p / t", "z·p/t", "\\frac{z \\, p}{t}"],
    ["z / (p · t)", "z/(p·t)", "\\frac{z}{p \\, t}"],
    ["z · (p + t)", "z·(p + t)", "z \\, \\left(p + t\\right)"],
    ["(z / p)²", "(z/p)²", "\\left(\\frac{z}{p}\\right)^{2}"],
    ["z − (p − t)", "z − (p − t)", "z - \\left(p - t\\right)"],
    ["−z²", "−z²", "-z^{2}"],
    ["(−z)³", "(−z)³", "\\left(-z\\right)^{3}"],
    ["z^7", "z⁷", "z^{7}"],
    ["√z", "√z", "\\sqrt{z}"],
    ["√(z + p)", "√(z + p)", "\\sqrt{z + p}"],
    ["|z − p|", "|z − p|", "\\left|z - p\\right|"],
    ["exp(z)", "e^z", "e^{z}"],
    ["exp(−z)", "e^(−z)", "e^{-z}"],
    ["expm1(z)", "e^z − 1", "e^{z} - 1"],
    ["2 · expm1(z)", "2·(e^z − 1)", "2 \\, \\left(e^{z} - 1\\right)"],
    ["log(z)", "ln z", "\\ln\\left(z\\right)"],
    ["log(1 + z)", "ln(1 + z)", "\\ln\\left(1 + z\\right)"],
    ["log1p(z)", "ln(1 + z)", "\\ln\\left(1 + z\\right)"],
    ["logistic(z)", "1/(1 + e^(−z))", "\\frac{1}{1 + e^{-z}}"],
    ["tanh(z)", "tanh(z)", "\\tanh\\left(z\\right)"],
    ["erf(z)", "erf(z)", "\\operatorname{erf}\\left(z\\right)"],
    ["sign(z)", "sign(z)", "\\operatorname{sign}\\left(z\\right)"],
    ["max(0, min(z, p))", "max(0, min(z, p))", "\\max\\left(0, \\min\\left(z, p\\right)\\right)"],
    ["z ≥ 0 ? z : p", "(z if 0 ≤ z else p)", "\\begin{cases}z & 0 \\le z \\\\ p & \\text{else}\\end{cases}"],
    ["z = p ? 1 : 2", "(1 if z = p else 2)", "\\begin{cases}1 & z = p \\\\ 2 & \\text{else}\\end{cases}"],
    ["β1 · β", "β₁·β", "\\beta_{1} \\, \\beta"],
    ["rate · tau", "rate·τ", "\\mathit{rate} \\, \\tau"],
    ["epsilon", "ε", "\\varepsilon"],
    ["1e-7 · z", "1e-7·z", "1 \\cdot 10^{-7} \\, z"],
    ["z · −2", "z·−2", "z \\, -2"],
    ["z · (z > 0 ? 1 : p)", "z·(1 if 0 < z else p)", "z \\, \\begin{cases}1 & 0 < z \\\\ p & \\text{else}\\end{cases}"],
  ])("%s", (text, plain, latex) => {
    expect(write(read(text), "text")).toBe(plain);
    expect(write(read(text), "latex")).toBe(latex);
  });

  it("has other names or numbers in the place of names", () => {
    const formula = read("z / (1 + exp(−β · z))");
    expect(write(formula, "text", { z: "z1_1", beta: "1.5" })).toBe("z1_1/(1 + e^(−1.5·z1_1))");
    expect(write(read("β1 − tau"), "source", {})).toBe("beta1 − tau");
  });

  it("of a rule has its running products", () => {
    const { p } = parseRule("p = p / (1 − beta1^t)", { slots: [], scalars: ["beta1"] }, "rule");
    expect(write(p!, "source")).toBe("p / (1 − beta1^t)");
    expect(write(p!, "text")).toBe("p/(1 − β₁ᵗ)");
    expect(write(p!, "latex")).toBe("\\frac{p}{1 - \\beta_{1}^{t}}");
  });
});
