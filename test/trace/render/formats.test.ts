import { createHash } from "node:crypto";
import { constant, dense, halfSquaredError, type Layer, Network, sgd } from "chainrule";
import { toHtml, toLatex, toMarkdown, toText, trace, type Trace } from "chainrule/trace";
import fc from "fast-check";
import katex from "katex";
import { describe, expect, it } from "vitest";
import { articleNetwork, input, target } from "../../../examples/article.js";
import { latexNotation } from "../../../src/trace/render/latex.js";
import { mathml } from "../../../src/trace/render/mathml.js";
import { script, scriptHash } from "../../../src/trace/render/script.js";
import { style, styleHash } from "../../../src/trace/render/style.js";
import { writeLine } from "../../../src/trace/render/walk.js";
import { anyTrace } from "../../support/traces.js";
import { runs } from "../../support/random-cases.js";

const article = trace(articleNetwork(), input, target);
const whole = { digits: 9, lines: Infinity, terms: Infinity };

/** The formulas of a LaTeX document, each environment by itself. */
const environments = (latex: string): string[] => latex.match(/\\begin\{align\*\}[^]*?\\end\{align\*\}/g) ?? [];

/** Parsed by KaTeX, which throws at what it doesn't know. */
const parse = (latex: string, displayMode = true): string =>
  katex.renderToString(latex, { displayMode, output: "mathml", throwOnError: true, strict: "error" });

const decoded = (html: string): string =>
  html
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name as "lt"]);

/** The text of some markup. */
const textOf = (html: string): string => decoded(html.replaceAll(/<[^>]*>/g, " "));

/** Every number with a decimal point, in the order in which it is written. */
const decimals = (text: string): string[] =>
  text
    .replaceAll("−", "-")
    .replaceAll(/(\d)\{\\times\}10\^\{(-?\d+)\}/g, "$1")
    .match(/\d+\.\d+/g) ?? [];

describe("all formats", () => {
  it("show the same numbers in the same order", () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const plain = decimals(toText(trace, { ...whole, width: 1e6 }).replaceAll(/e[+-]\d+/g, ""));
        expect(plain.length).toBeGreaterThan(10);
        expect(decimals(toLatex(trace, whole))).toEqual(plain);
        expect(decimals(toMarkdown(trace, whole).replaceAll(/(?<=\d)e[+-]\d+/g, ""))).toEqual(plain);
        const page = toHtml(trace, whole);
        expect(decimals(textOf(page.slice(page.indexOf("<section>"))))).toEqual(plain);
      }),
      { numRuns: runs(20) },
    );
  });

  it.each([
    ["toText", toText],
    ["toMarkdown", toMarkdown],
    ["toLatex", toLatex],
    ["toHtml", toHtml],
  ] as [string, (trace: Trace, options?: object) => string][])(
    "%s: the article's w5, in the digits asked for",
    (_, write) => {
      const plain = (options?: object) => textOf(write(article, options)).replaceAll(/\\times|×/g, "×");
      expect(plain()).toMatch(/0\.741365070\s+×\s+0\.186815602\s+×\s+0\.593269992[\s=&\\|]+0\.082167041/);
      expect(plain({ digits: 4 })).toMatch(/0\.7414\s+×\s+0\.1868\s+×\s+0\.5933[\s=&\\|]+0\.0822/);
      expect(plain({ title: "Ein Schritt" })).toContain("Ein Schritt");
      expect(() => write(article, { digits: "9" })).toThrow(/digits: 9/);
    },
  );
});

/** Text that acts where it is not escaped: in a terminal, in Markdown, by turning the direction of text. */
const HOSTILE = "evil\x1b[2J\x1b]0;title\x07\x9b31m\r\n# Heading\u2028\u202egnp.exe\ud800";

describe("names that act", () => {
  const hostile: Layer = {
    kind: HOSTILE,
    plan: (planner, inputs) => planner.parameter(`p${HOSTILE}`, [inputs], constant(1), true),
    forward: (_, x, y, { kernels }) => kernels.copy(x, y),
    backward: (_, x, y, dy, dx, { kernels }) => void (dx && kernels.copy(dy, dx)),
  };
  const optimizer = { ...sgd({ learningRate: 0.1 }), name: HOSTILE, step: () => {} };
  const network = new Network([dense(2, 2), hostile], { loss: halfSquaredError, optimizer, seed: 1 });
  const step = trace(network, [1, 2], [1, 2]);

  it.each([
    ["toText", toText],
    ["toMarkdown", toMarkdown],
    ["toLatex", toLatex],
  ] as [string, (trace: Trace, options?: object) => string][])("%s writes them as numbers", (_, write) => {
    const written = write(step, { title: HOSTILE });
    expect(written.match(/[^\P{C}\n]|[\u2028\u2029]/gu)).toBe(null);
    expect(written.match(/^# Heading/m)).toBe(null);
    expect(written.split("evil").length).toBeGreaterThan(4);
  });

  it("LaTeX of them is read by KaTeX", () => {
    for (const each of environments(toLatex(step, { title: HOSTILE }))) parse(each);
  });

  it("what is written by ourselves stays as it is", () => {
    for (const write of [toText, toMarkdown, toLatex, toHtml]) expect(write(article)).not.toMatch(/\\u\{/);
  });
});

describe("the page's policy", () => {
  it.each([
    ["script", script, scriptHash],
    ["style", style, styleHash],
  ])("knows its %s by the hash", (name, text, hash) => {
    expect(hash).toBe(`sha256-${createHash("sha256").update(text).digest("base64")}`);
    const page = toHtml(article);
    expect(page).toContain(`<${name}>${text}</${name}>`);
    expect(page).toContain(`${name}-src '${hash}'`);
    expect(page).not.toContain("unsafe");
  });

  it("leaves no style in an attribute, which it would not allow", () => {
    fc.assert(
      fc.property(anyTrace, (trace) => void expect(toHtml(trace)).not.toMatch(/<[^>]* (?:style|on\w+)=/)),
      { numRuns: 20 },
    );
  });
});

describe("LaTeX", () => {
  it("is read by KaTeX, every formula of it", () => {
    let formulas = 0;
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const found = environments(toLatex(trace, { lines: 30 }));
        expect(found.length).toBeGreaterThan(3);
        for (const each of found) parse(each);
        formulas += found.length;
      }),
      { numRuns: runs(20) },
    );
    expect(formulas).toBeGreaterThan(runs(200));
  });

  it("has matrices, as MathML does", () => {
    expect(toLatex(article)).toContain("W_{h} &= \\begin{bmatrix} 0.15 & 0.2 \\\\ 0.25 & 0.3 \\end{bmatrix}");
    expect(toHtml(article)).toContain(
      "<mtr><mtd><mn>0.15</mn></mtd><mtd><mn>0.2</mn></mtd></mtr><mtr><mtd><mn>0.25</mn></mtd><mtd><mn>0.3</mn></mtd></mtr>",
    );
  });

  it("folds what is long", () => {
    const network = new Network([dense(30, 20), dense(20, 1)], { loss: halfSquaredError, optimizer: sgd, seed: 1 });
    const latex = toLatex(
      trace(
        network,
        Array.from({ length: 30 }, (_, i) => i),
        [1] as const,
      ),
    );
    expect(latex).toContain("\\text{… 577 more}");
    for (const each of environments(latex)) parse(each);
  });

  it("has titles and notes that LaTeX can set", () => {
    const outside = toLatex(article).replaceAll(/\\begin\{align\*\}[^]*?\\end\{align\*\}/g, "");
    // What is left of it without commands and escaped signs is plain ASCII.
    expect(outside.replaceAll(/\$[^$]*\$|\\[a-zA-Z]+\*?|\\[#$%&_{}]/g, "")).toMatch(/^[\w\s.,:;'()[\]{}/+-]*$/);
  });
});

describe("MathML", () => {
  const leaves = (markup: string): string[] =>
    [...markup.replace(/<annotation[^]*?<\/annotation>/, "").matchAll(/<(mi|mn|mo|mtext)\b[^>]*>([^<]*)<\/\1>/g)]
      .map(([, , text]) => decoded(text!).replaceAll(/[\s\u2061\u200b\u00a0]/g, ""))
      .filter(Boolean);
  const elements = (markup: string): string[] =>
    (markup.match(/<(mfrac|msqrt|mtable|mtr|mtd|mover)\b/g) ?? []).map((each) => each.slice(1));

  it("has what KaTeX makes of the same formula: signs, fractions, roots, matrices", () => {
    const signs: Readonly<Record<string, string>> = { "∗": "*", "∣": "|", ˉ: "¯", "⋅": "·", "\u02c6": "^" };
    const plain = (list: string[]): string => list.join("").replaceAll(/./gu, (each) => signs[each] ?? each);
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const settings = { digits: 9, lines: 30, terms: 8, matrices: true, title: "" };
        for (const quantity of trace.quantities.values()) {
          const { name, symbols, numbers } = writeLine(quantity, latexNotation, settings);
          for (const latex of [name, symbols, numbers]) {
            if (latex === null) continue;
            const [ours, due] = [mathml(latex), parse(latex, false)];
            expect(plain(leaves(ours)), latex).toBe(plain(leaves(due)));
            expect(elements(ours), latex).toEqual(elements(due));
          }
        }
      }),
      { numRuns: runs(8) },
    );
  });

  it.each([
    ["w_5", "<math><msub><mi>w</mi><mn>5</mn></msub></math>"],
    ["{w_5}^{+}", "<math><msup><msub><mi>w</mi><mn>5</mn></msub><mo>+</mo></msup></math>"],
    ["\\frac{a}{b+1}", "<math><mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac></math>"],
    ["-2.5", "<math><mo>−</mo><mn>2.5</mn></math>"],
    ["\\text{a \\& b}", "<math><mtext>a &#38; b</mtext></math>"],
    ["\\unheardof", "<math><mtext>\\unheardof</mtext></math>"],
    ["\\frac{1", "<math><mfrac><mn>1</mn><mrow></mrow></mfrac></math>"],
  ])("%s", (latex, markup) => {
    expect(mathml(latex)).toBe(markup);
  });

  it("is well formed, whatever it is given, and lets no markup through", () => {
    const piece = fc.constantFrom(
      "\\frac",
      "{",
      "}",
      "^",
      "_",
      "&",
      "<b>",
      "\\left",
      "\\right",
      "(",
      ")",
      "\\begin{bmatrix}",
      "\\end{bmatrix}",
      "\\\\",
      "\\text",
      "x",
      "'",
      "\\",
      "é",
      "12.5",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const markup = mathml(pieces.join(" "));
        expect(markup).not.toContain("<b>");
        const open: string[] = [];
        for (const [, close, name, rest] of markup.matchAll(/<(\/?)(\w+)([^>]*)>/g)) {
          if (close) expect(open.pop()).toBe(name);
          else if (!rest!.endsWith("/")) open.push(name!);
        }
        expect(open).toEqual([]);
      }),
    );
  });
});

describe("Markdown", () => {
  it("has tables whose rows have as many cells as their heads, whatever is in them", () => {
    const bars: Layer = {
      kind: "a|b_*c*",
      plan: () => null,
      forward: (_, x, y, { kernels }) => kernels.copy(x, y),
      backward: (_, x, y, dy, dx, { kernels }) => void (dx && kernels.copy(dy, dx)),
    };
    const network = new Network([dense(2, 2), bars], { loss: halfSquaredError, optimizer: sgd, seed: 1 });
    const markdown = toMarkdown(trace(network, [1, 2], [1, 2]));
    expect(markdown).toContain("a\\|b_\\*c\\*");
    for (const table of markdown.match(/(?:^\|.*\n)+/gm)!) {
      const counts = table
        .trim()
        .split("\n")
        .map((row) => row.replaceAll("\\|", "").split("|").length);
      expect(new Set(counts).size).toBe(1);
    }
  });
});

describe("the page", () => {
  it("needs nothing from elsewhere", () => {
    const page = toHtml(article);
    expect(page).not.toMatch(/https?:|src=|@import|url\(/);
    expect(page.match(/href="[^"]*"/g)).toEqual(['href="data:,"']);
    expect(page).toContain("default-src 'none'");
  });

  it("shows names and titles as text, never as markup", () => {
    const evil: Layer = {
      kind: '"><script>alert(1)</script>',
      plan: () => null,
      forward: (_, x, y, { kernels }) => kernels.copy(x, y),
      backward: (_, x, y, dy, dx, { kernels }) => void (dx && kernels.copy(dy, dx)),
    };
    const network = new Network([dense(2, 2), evil], { loss: halfSquaredError, optimizer: sgd, seed: 1 });
    const page = toHtml(trace(network, [1, 2], [1, 2]), { title: "<img src=x onerror=alert(1)>" });
    expect(page).not.toMatch(/<script>alert|<img/);
    expect(page.match(/<script>/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });
});
