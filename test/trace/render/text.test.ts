import {
  binaryCrossEntropy,
  crossEntropy,
  dense,
  halfSquaredError,
  Network,
  sgd,
  sigmoid,
  softmax,
  tanh,
} from "chainrule";
import * as formats from "chainrule/trace";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { articleNetwork, input, target } from "../../../examples/article.js";
import { toText } from "../../../src/trace/render/text.js";
import { backward, forward, start, train } from "../../support/article.js";
import { anyTrace } from "../../support/traces.js";
import { worth } from "./calculator.js";

const { trace } = formats;
const article = trace(articleNetwork(), input, target);
const text = toText(article);

/** What is written as the value of a name. */
const valueOf = (name: string): string =>
  new RegExp(`(?:^|  )${name.replaceAll(/[+()]/g, "\\$&")} += (?:.* = )?(-?[\\d.]+)(?:$|  )`, "m").exec(text)?.[1] ??
  `no ${name}`;

describe("the article", () => {
  it("comes out in the article's words, nine digits each", () => {
    const { netH1, netH2, outH1, outH2, netO1, netO2, outO1, outO2, errorO1, errorO2, error } = forward(start);
    const gradient = backward(start);
    const after = train(1);
    const names = ["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"] as const;
    const due: [string, number][] = [
      ["net_h1", netH1],
      ["net_h2", netH2],
      ["out_h1", outH1],
      ["out_h2", outH2],
      ["net_o1", netO1],
      ["net_o2", netO2],
      ["out_o1", outO1],
      ["out_o2", outO2],
      ["E_o1", errorO1],
      ["E_o2", errorO2],
      ["E_total", error],
      ["E_total⁺", forward(after).error],
      ...names.map((name): [string, number] => [`∂E/∂${name}`, gradient[name]]),
      ...names.map((name): [string, number] => [`${name}⁺`, after[name]]),
    ];
    for (const [name, value] of due) {
      const written = valueOf(name);
      expect(Number(written), name).toBe(Number(value.toFixed(9)));
      // Zeros at the end are left out only where the figure is whole.
      if (written.length !== value.toFixed(9).length) expect(Number(value.toPrecision(14)), name).toBe(Number(written));
    }
  });

  it("reads symbols = numbers = value", () => {
    const chain = text.split("\n").find((line) => line.includes("∂E/∂w5 "))!;
    expect(chain.replaceAll(/ +/g, " ").trim()).toBe(
      "∂E/∂w5 = ∂E/∂out_o1 × ∂out_o1/∂net_o1 × ∂net_o1/∂w5 = 0.741365070 × 0.186815602 × 0.593269992 = 0.082167041",
    );
    expect(text).toContain("0.055399425 + (-0.019049118) = 0.036350306");
  });

  it("goes forwards, then to the error, back through the output layer and the hidden one, and updates", () => {
    const order = [
      "i1",
      "net_h1",
      "out_h1",
      "net_o1",
      "out_o1",
      "E_o1",
      "E_total",
      "∂E/∂out_o1",
      "∂E/∂w5",
      "∂E/∂out_h1",
      "∂E/∂w1",
      "w1⁺",
      "w5⁺",
      "E_total⁺",
    ];
    const places = order.map((name) => text.search(new RegExp(`(?:^|  )${name.replaceAll("+", "\\+")} += `, "m")));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });
});

it("titles have the number that the names in their section have", () => {
  const deep = new Network([dense(2, 3), tanh, dense(3, 4), tanh, dense(4, 2)], {
    loss: halfSquaredError,
    optimizer: sgd,
    seed: 1,
  });
  const forwards = trace(deep, [1, 2], [1, 0]).sections.filter(({ phase }) => phase === "forward");
  expect(forwards.map(({ title, lines }) => [/^Layer (\d) /.exec(title)![1], lines[0]!.name.text])).toEqual([
    ["1", "z1_1"],
    ["1", "a1_1"],
    ["2", "z2_1"],
    ["2", "a2_1"],
    ["3", "z3_1"],
  ]);
});

describe("the calculator of these tests", () => {
  it("knows the signs of formulas, and names a formula with another", () => {
    expect(worth("−3/(1 + |−3|)")).toBe(-0.75);
    expect(worth("1/(1 + |(−3)|)²")).toBe(1 / 16);
    expect(() => worth("0.5 ⊕ 2")).toThrow("the formula 0.5 ⊕ 2 cannot be read");
    expect(() => worth("gamma(2)")).toThrow("the formula gamma(2) cannot be read");
  });
});

describe("any step", () => {
  it("has numbers in its formulas that make the value, by JavaScript's own arithmetic", () => {
    let formulas = 0;
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const written = toText(trace, { digits: 17, lines: Infinity, terms: Infinity, width: 1e6, matrices: false });
        for (const line of written.split("\n")) {
          const parts = line.trim().split(/ +=  ?/);
          const [formula, value] = parts.slice(-2);
          if (parts.length < 4 || /\d {2,}\S/.test(formula!)) continue; // what is given stands side by side
          if (/\b0\.000000\d*[1-9]/.test(formula!)) continue; // 17 decimals are few figures then
          if (!Number.isFinite(worth(formula!)) && /ln|1 − /.test(formula!)) {
            expect(written).toMatch(/Logarithms stop at −100, and the divisor/); // as is said beside it
            continue;
          }
          formulas++;
          const bound = trace.dtype === "float32" ? 3e-6 : 1e-9;
          const apart = Math.abs(worth(formula!) - Number(value));
          if (!(apart <= bound * Math.max(1, Math.abs(Number(value))))) expect.fail(`${line}: ${worth(formula!)}`);
        }
      }),
      { numRuns: 25 },
    );
    expect(formulas).toBeGreaterThan(1000);
  });

  it("keeps the equals signs of a section in columns", () => {
    const lines = text
      .slice(text.indexOf("Hidden layer: output\n"), text.indexOf("Out_h ="))
      .trim()
      .split("\n")
      .slice(1);
    const columns = lines.map((line) => [...line.matchAll(/ = /g)].map(({ index }) => index));
    expect(columns[1]).toEqual(columns[0]);
    expect(columns[0]).toHaveLength(3);
  });

  it("is as wide as it may be: what does not fit stands on a line of its own", () => {
    const narrow = toText(article, { width: 60, matrices: false });
    for (const line of narrow.split("\n")) expect(line.length, line).toBeLessThanOrEqual(60);
    expect(narrow).toMatch(/^ {2}∂E\/∂w5 {6}= ∂E\/∂out_o1 × ∂out_o1\/∂net_o1 × ∂net_o1\/∂w5\n {14}= 0.741365070 × /m);
    const strip = (text: string) => text.replaceAll(/\s+/g, " ");
    expect(strip(narrow)).toBe(strip(toText(article, { matrices: false })));
  });

  it("is plain without colour, and the same with escape codes taken away", () => {
    const colour = toText(article, { colour: true });
    expect(text).not.toContain("\x1b");
    expect(colour).toContain("\x1b[1m0.082167041\x1b[22m");
    expect(colour.replaceAll(/\x1b\[\d+m/g, "")).toBe(text); // eslint-disable-line no-control-regex
  });
});

describe("folding", () => {
  const network = new Network([dense(30, 20), dense(20, 1)], { loss: halfSquaredError, optimizer: sgd, seed: 1 });
  const big = trace(
    network,
    Array.from({ length: 30 }, (_, i) => i / 30),
    [1] as const,
  );

  it("says how much is left out: kept and left out make the whole", () => {
    const written = toText(big, { lines: 10, terms: 5, matrices: false, width: 1e6 });
    for (const passage of written.split("\n\n").slice(2)) {
      // but for what is given, which stands side by side
      const more = /^ {2}… (\d+) more$/m.exec(passage);
      const section = big.sections.find(({ title }) => passage.startsWith(`${title}\n`))!;
      const kept = passage.split(/^ {2}.* = /m).length - 1;
      expect(kept + Number(more?.[1] ?? 0), section.title).toBe(section.lines.length);
      expect(kept).toBeLessThanOrEqual(10);
    }
    expect(written).toMatch(/= b_h1 \+ w1 × i1 \+ w2 × i2 \+ … 27 more … \+ w30 × i30 += /);
  });

  it("does not happen where all is asked for", () => {
    const all = toText(big, { lines: Infinity, terms: Infinity });
    expect(all).not.toContain(" more");
    for (const name of big.quantities.keys()) expect(all).toContain(`${name} `);
  });

  it("does not happen to what was given to a network of readable size", () => {
    const deep = new Network([dense(2, 3), tanh, dense(3, 4), tanh, dense(4, 2)], {
      loss: halfSquaredError,
      optimizer: sgd,
      seed: 1,
    });
    const [given] = toText(trace(deep, [1, 2], [1, 0]))
      .split("\n\n")
      .slice(1);
    for (const name of ["w1_11", "w2_12", "b2_4", "w3_24", "b3_2"]) expect(given).toContain(`${name} = `);
    expect(given).not.toContain(" more");
  });

  it("folds matrices too", () => {
    expect(toText(big, { terms: 5 })).toMatch(/… 26 more …/);
  });
});

it.each(["toText", "toHtml", "toLatex", "toMarkdown"] as const)("%s refuses what is no trace", (name) => {
  for (const wrong of [undefined, null, {}, 7, articleNetwork()]) {
    expect(() => formats[name](wrong as never)).toThrow(
      expect.objectContaining({ code: "type", where: name, remedy: `write ${name}(trace(network, input, target))` }),
    );
  }
});

it.each(["toText", "toHtml", "toLatex", "toMarkdown"] as const)(
  "%s has no parentheses twice around a number",
  (name) => {
    const one = new Network([dense(1, 1, { weight: [[-0.05]], bias: false }), tanh], {
      loss: halfSquaredError,
      optimizer: sgd,
    });
    const page = formats[name](trace(one, [1], [1]));
    expect(page).toContain(
      {
        toText: "tanh(-0.05)",
        toMarkdown: "tanh(-0.05)",
        toLatex: "\\tanh\\left(-0.05\\right)",
        toHtml: "<mi>tanh</mi>",
      }[name],
    );
    expect(page).not.toMatch(/\(\((-[\d.]+)\)\)|\(\\left\(|<mo[^>]*>\(<\/mo>(?:<\/?mrow>)*<mo[^>]*>\(<\/mo>/);
  },
);

it("a factor before a logarithm has a dot between them", () => {
  const one = new Network([dense(1, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: sgd, seed: 1 });
  const two = new Network([dense(1, 2), softmax], { loss: crossEntropy, optimizer: sgd, seed: 1 });
  for (const step of [trace(one, [1], [1]), trace(two, [1], [0, 1])]) {
    expect(formats.toLatex(step)).toContain("\\ln");
    expect(formats.toLatex(step)).not.toMatch(/(?:\d|\}|right\)) ?\\ln/);
  }
});

it.each([
  { digits: 0 },
  { digits: 18 },
  { digits: 1.5 },
  { lines: 2 },
  { terms: NaN },
  { width: 0 },
  { matrices: 1 },
  { title: 7 },
  { digit: 3 },
])("refuses %o", (options) => {
  expect(() => toText(article, options as object)).toThrow(/toText/);
});
