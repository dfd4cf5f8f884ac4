import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { ChainruleError } from "chainrule";
import { valueOf } from "../../src/formula/evaluate.js";
import { constant, operation, power, variable } from "../../src/formula/expression.js";
import { parse, parseRule } from "../../src/formula/parse.js";
import { write } from "../../src/formula/write.js";
import { valueOfText } from "../oracles/formula.js";
import { runs } from "../support/random-cases.js";
import { numbers, texts } from "./formulas.js";

const names = { variables: ["z", "p", "t"], scalars: ["beta", "delta"] };
const read = (text: string) => parse(text, names, "formula");
const [z, p] = [variable("z"), variable("p")];

describe("a formula", () => {
  it.each([
    ["z − p − z", operation("subtract", operation("subtract", z, p), z)],
    ["z / p · z", operation("multiply", operation("divide", z, p), z)],
    ["−z²", operation("negative", power(z, 2))],
    ["(−z)²", power(operation("negative", z), 2)],
    ["√z²", operation("sqrt", power(z, 2))],
    ["(√z)²", power(operation("sqrt", z), 2)],
    ["2 · −z", operation("multiply", constant(2), operation("negative", z))],
    ["-2", constant(-2)],
    ["|z| · |p|", operation("multiply", operation("abs", z), operation("abs", p))],
    ["||z| − p|", operation("abs", operation("subtract", operation("abs", z), p))],
    ["z ≥ p ? z : p > 0 ? 1 : 2", operation("choose", operation("atMost", p, z), z, operation("choose", operation("less", constant(0), p), constant(1), constant(2)))], // prettier-ignore
    ["z^9", power(z, 9)],
    ["max(z, p)", operation("max", z, p)],
  ])("%s is read from loose to tight", (text, tree) => {
    expect(read(text)).toEqual(tree);
  });

  it.each([
    ["β*z", "beta · z"],
    ["z – p", "z − p"],
    ["z <= δ ? 1:2", "z ≤ delta ? 1 : 2"],
    ["z*p/2-1", "z · p / 2 − 1"],
    ["z\n+ p", "z+p"],
    ["1.5e-3", "0.0015"],
  ])("%j reads as %j", (text, other) => {
    expect(read(text)).toEqual(read(other));
  });

  it("has the value that an evaluator of the text alone gives", () => {
    fc.assert(
      fc.property(texts, numbers, numbers, (text, z, p) => {
        const given = { z, p, beta: 1.5 };
        expect(Object.is(valueOf(read(text), given), valueOfText(text, given)), text).toBe(true);
      }),
      { numRuns: runs(20_000) },
    );
  });

  it("is written so that it is read as the same", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const formula = read(text);
        expect(read(write(formula, "source"))).toEqual(formula);
      }),
      { numRuns: runs(10_000) },
    );
  });

  it.each<[string, string]>([
    ["", "character 1, expected a number, a name or (, got its end"],
    ["z +", 'character 4 after "z +", expected a number, a name or (, got its end'],
    ["z + · p", 'character 5 after "z + ", expected a number, a name or (, got "·"'],
    ["(z", 'character 3 after "(z", expected ")", a closing parenthesis, got its end'],
    ["z)", 'character 2 after "z", expected an operation, such as + or ·, got ")"'],
    ["2 z", 'character 3 after "2 ", expected an operation, such as + or ·, got "z"'],
    ["|z", 'expected "|", the closing bar, got its end'],
    ["zz", 'expected a name among z, p, t, beta, delta, got "zz": write z; every product is written'],
    ["betta · z", "write beta"],
    ["sigmoid(z)", "expected a function among exp, log, log1p"],
    ["ln(z)", "write log"],
    ["sigmoid(p)", "write logistic"],
    ["tanhh(z)", "write tanh"],
    ["z(2)", "write z · (…)"],
    ["tanh z", 'expected "(" after tanh'],
    ["max(z)", "two numbers for max"],
    ["exp(z, p)", "one number for exp"],
    ["z² ²", "expected one power"],
    ["z^10", "a power from ^2 to ^9"],
    ["z^t", "only a scalar of an update rule"],
    ["z > 0", 'expected "?" after a comparison'],
    ["z ? 1 : 2", "a comparison before it"],
    ["z > 0 ? 1", 'expected ":" between the two cases'],
    ["0 < z < 1 ? 1 : 0", 'expected "?" after a comparison'],
    ["z & p", 'got "&"'],
    ["1e999", "a number below 1.8e308"],
    ["z.constructor", 'got "."'],
    ["constructor", "expected a name among"],
    ["__proto__(z)", "expected a function among"],
  ])("%j is refused where it goes wrong", (text, message) => {
    expect(() => read(text)).toThrow(ChainruleError);
    expect(() => read(text)).toThrow(message);
  });

  it("knows letters by their names, and those that have none as themselves", () => {
    const own = { variables: ["z", "ж"], scalars: ["delta", "mu"] };
    expect(parse("µ · ж + δ", own, "formula")).toEqual(parse("mu · ж + delta", own, "formula"));
    expect(() => parse("exp", { variables: [], scalars: [] }, "formula")).toThrow('"(" after exp');
    expect(() => parse(3 as never, own, "formula")).toThrow("a formula such as");
  });

  it("is refused at once if it is too long, too deep or too large", () => {
    const start = process.cpuUsage();
    for (const text of [
      "z".repeat(1e6),
      `${"(".repeat(900)}z${")".repeat(900)}`,
      "−".repeat(1500) + "z",
      "√".repeat(1500) + "z",
      "z+".repeat(700) + "z",
      `${"|".repeat(1900)}`,
    ])
      expect(() => read(text)).toThrow(ChainruleError);
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(250_000);
  });
});

describe("an update rule", () => {
  const adam = {
    slots: ["m", "v"],
    scalars: ["learningRate", "beta1", "beta2", "epsilon", "beta1Power", "beta2Power"],
  };
  const rule = (text: string) => parseRule(text, adam, "rule");

  test("each line sees what stands there then, and slots are settled", () => {
    const { p, m, v } = rule("m = beta1 · m + (1 − beta1) · g\np = p − learningRate · m");
    expect(write(m!, "source")).toBe("beta1 · m + (1 − beta1) · g");
    expect(m!.op).toBe("settle");
    expect(v).toEqual(variable("v"));
    expect(write(p!, "source")).toBe("p − learningRate · (beta1 · m + (1 − beta1) · g)");
  });

  test("g and names of one's own are gone after it; ^t is a running product", () => {
    const { p } = rule("g = g + 2 · p\nrate = learningRate / (1 − β1^t)\np = p − rate · g");
    expect(write(p!, "source")).toBe("p − learningRate / (1 − beta1^t) · (g + 2 · p)");
    expect(Object.keys(rule("p = g"))).toEqual(["p", "m", "v"]);
  });

  test.each([
    ["p + g", 'line 1 expected a name, "=" and a formula'],
    ["learningRate = 2", "scalars stay as they are"],
    ["p = g\n".repeat(400), "at most 2000 characters"],
    [`${"p = p · p + p\n".repeat(9)}`, "at most 500 operations"],
    [3 as never, "lines such as"],
    ["\np = q", "line 2, character 2"],
  ])("%j is refused", (text, message) => {
    expect(() => rule(text)).toThrow(message);
  });
});
