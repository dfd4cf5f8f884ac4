import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { backward, forward, names, start, train, type Parameters } from "../support/article.js";
import { read } from "./blocks.js";

// docs/momentum.md computed again: in plain numbers, by the formulas of the sources, which are not those of the library,
// and with PyTorch (test/fixtures/momentum.py).

/** What the page shows of an update, by name. */
type Shown = Readonly<Record<string, number>>;
/** Makes the next update. */
type Rule = () => { readonly p: Parameters; readonly shown: Shown };

/** For every weight; the biases stay. */
const each = (f: (name: keyof Parameters) => number): Parameters => ({
  ...start,
  ...Object.fromEntries(names.filter((name) => name.startsWith("w")).map((name) => [name, f(name)])),
});

function plain(rate: number, p = start): Rule {
  return () => {
    const [now, g] = [p, backward(p)];
    p = each((w) => now[w] - rate * g[w]);
    return { p, shown: { "w5⁺": p.w5 } };
  };
}

/** Polyak: w ← w − η·g + μ·(w − the w before). */
function heavyBall(rate: number, mu: number, p = start, before = start): Rule {
  return () => {
    const [now, last, g] = [p, before, backward(p)];
    p = each((w) => now[w] - rate * g[w] + mu * (now[w] - last[w]));
    before = now;
    return { p, shown: { "v_w5⁺": (now.w5 - p.w5) / rate, "w5⁺": p.w5 } };
  };
}

/** Sutskever and others: v ← μ·v − η·g(w + μ·v), w ← w + v. The library's w is their w + μ·v. */
function lookAhead(rate: number, mu: number, p = start, v = each(() => 0)): Rule {
  const ahead = () => each((w) => p[w] + mu * v[w]);
  return () => {
    const [from, now, speed] = [ahead(), p, v];
    const g = backward(from);
    v = each((w) => mu * speed[w] - rate * g[w]);
    p = each((w) => now[w] + v[w]);
    const to = ahead();
    return { p: to, shown: { "v_w5⁺": -v.w5 / rate, d_w5: (from.w5 - to.w5) / rate, "w5⁺": to.w5 } };
  };
}

/** Kingma and Ba, algorithm 1. */
function kingmaBa(rate: number, p = start, m = each(() => 0), v = each(() => 0), t = 0): Rule {
  return () => {
    const [now, mean, spread, g] = [p, m, v, backward(p)];
    t++;
    m = each((w) => 0.9 * mean[w] + 0.1 * g[w]);
    v = each((w) => 0.999 * spread[w] + 0.001 * g[w] ** 2);
    const mHat = each((w) => m[w] / (1 - 0.9 ** t));
    const root = each((w) => Math.sqrt(v[w] / (1 - 0.999 ** t)));
    p = each((w) => now[w] - (rate * mHat[w]) / (root[w] + 1e-8));
    const eta = rate / (1 - 0.9 ** t);
    return { p, shown: { "m_w5⁺": m.w5, m̂_w5: mHat.w5, "v_w5⁺": v.w5, "√v̂_w5": root.w5, η_t: eta, "w5⁺": p.w5 } };
  };
}

const rules: Readonly<Record<string, () => Rule>> = {
  "plain, η = 0.5": () => plain(0.5),
  "plain, η = 5": () => plain(5),
  "momentum, η = 0.5": () => heavyBall(0.5, 0.9),
  "Nesterov, η = 0.5": () => lookAhead(0.5, 0.9),
  "Adam, η = 0.1": () => kingmaBa(0.1),
};

interface Fixture {
  readonly rules: Readonly<
    Record<string, { readonly updates: readonly Shown[]; readonly errors: Readonly<Record<string, number>> }>
  >;
}
const torch = (JSON.parse(readFileSync(new URL("../fixtures/momentum.json", import.meta.url), "utf8")) as Fixture)
  .rules;

const section = (title: string): string => read("docs/momentum.md").split(`\n## ${title}\n`)[1]!.split("\n## ")[0]!;

/** A number as the page writes it, to the digits that it has there. */
function like(value: number, text: string): string {
  if (text.startsWith("below ")) return value < Number(text.slice(6)) ? text : String(value);
  const decimals = /\.(\d+)/.exec(text)?.[1]!.length ?? 0;
  return text.includes("e") ? value.toExponential(decimals) : value.toFixed(decimals);
}

test.each([
  ["Without memory", "plain, η = 0.5", 1],
  ["Momentum", "momentum, η = 0.5", 2],
  ["Nesterov's momentum", "Nesterov, η = 0.5", 3],
  ["Adam", "Adam, η = 0.1", 6],
])("%s: three updates as the source has them, and PyTorch", (title, name, count) => {
  const updates = section(title)
    .split("```text\n")[1]!
    .split("\n```")[0]!
    .split(/^Update \d\n/m)
    .slice(1);
  expect(updates).toHaveLength(3);
  const next = rules[name]!();
  updates.forEach((update, i) => {
    const { shown } = next();
    // `w5⁺ = w5 − η × ∂E/∂w5 = … = 0.36`, perhaps on several lines, the first of them indented least
    const lines = update
      .trim()
      .split(/\n {2}(?! )/)
      .map((line) => line.split(/\s+= /));
    expect(lines).toHaveLength(count);
    for (const line of lines) {
      const [quantity, result] = [line[0]!, line.at(-1)!];
      expect(like(shown[quantity]!, result), quantity).toBe(result);
      const theirs = torch[name]!.updates[i]![quantity];
      if (theirs !== undefined) expect(like(theirs, result), `${quantity}, PyTorch`).toBe(result);
    }
    expect(Object.keys(torch[name]!.updates[i]!).filter((key) => !(key in shown))).toEqual([]);
  });
});

describe("how E falls", () => {
  const [head, ...rows] = section("How E falls")
    .split("```text\n")[1]!
    .split("\n```")[0]!
    .split("\n")
    .map((line) => line.split(/ {2,}/));
  const after = head!.slice(1);

  it("has a row for each rule", () => {
    expect(after).toEqual(["1", "2", "3", "100", "10000"]);
    expect(rows.map(([name]) => name)).toEqual(Object.keys(rules));
  });

  it.each(rows.map(([name, ...errors]) => [name!, errors] as const))("%s", (name, errors) => {
    const next = rules[name]!();
    const course = Array.from({ length: 10_000 }, () => forward(next().p).error);
    expect(after.map((update, i) => like(course[Number(update) - 1]!, errors[i]!))).toEqual(errors);
    expect(
      after.map((update, i) => like(torch[name]!.errors[update]!, errors[i]!)),
      "PyTorch",
    ).toEqual(errors);
  });

  it("begins with the article's own steps", () => {
    const next = rules["plain, η = 0.5"]!();
    next();
    expect(next().p).toEqual(train(2));
  });
});

describe("in the ravine, E = ½(½(w1 − 1)² + ½(0.1·w2 − 0.1)²)", () => {
  const shown = [...section("When it helps").matchAll(/^updates\((.*)\); \/\/ (\w+)/gm)].map(
    ([, rule, count]) => [rule!, Number(count)] as const,
  );
  const curvatures = [1 / 2, 0.01 / 2];
  type State = { d: number; v: number; m: number };

  /** Updates of the distance d to the goal; the gradient is the curvature times d. */
  function count(update: (state: State, gradientAt: (d: number) => number, t: number) => void): number {
    const states: State[] = curvatures.map(() => ({ d: -1, v: 0, m: 0 }));
    let above = 0;
    for (let t = 1; t <= 1000; t++) {
      states.forEach((state, i) => update(state, (d) => curvatures[i]! * d, t));
      const error = states.reduce((sum, { d }, i) => sum + (curvatures[i]! * d * d) / 2, 0);
      if (!(error < 1e-6)) above = t;
    }
    return above === 1000 ? Infinity : above + 1;
  }

  const ball = (rate: number, mu: number) => count((s, g) => (s.d += s.v = mu * s.v - rate * g(s.d)));
  /** The gradient is taken at the place that momentum leads to, which is what d is here: d = w + μ·v. */
  const nesterov = (rate: number, mu: number) =>
    count((s, g) => {
      const w = s.d - mu * s.v;
      s.v = mu * s.v - rate * g(s.d);
      s.d = w + s.v + mu * s.v;
    });
  const adam = (rate: number) =>
    count((s, g, t) => {
      s.m = 0.9 * s.m + 0.1 * g(s.d);
      s.v = 0.999 * s.v + 0.001 * g(s.d) ** 2;
      s.d -= (rate * (s.m / (1 - 0.9 ** t))) / (Math.sqrt(s.v / (1 - 0.999 ** t)) + 1e-8);
    });

  const due: Readonly<Record<string, () => number>> = {
    "sgd({ learningRate: 2 })": () => ball(2, 0),
    "sgd({ learningRate: 3.9 })": () => ball(3.9, 0),
    "sgd({ learningRate: 4.1 })": () => ball(4.1, 0),
    "sgd({ learningRate: 2, momentum: 0.9 })": () => ball(2, 0.9),
    "sgd({ learningRate: 6, momentum: 0.7 })": () => ball(6, 0.7),
    "sgd({ learningRate: 2, momentum: 0.9, nesterov: true })": () => nesterov(2, 0.9),
    "sgd({ learningRate: 3, momentum: 0.9, nesterov: true })": () => nesterov(3, 0.9),
    "adam({ learningRate: 0.1 })": () => adam(0.1),
  };
  test.each(shown)("updates(%s) is %d", (rule, updates) => expect(due[rule]!()).toBe(updates));
});
