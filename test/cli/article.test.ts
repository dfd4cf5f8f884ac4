import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, it, test } from "vitest";
import { backward, forward, start, train } from "../support/article.js";
import { call, chainrule } from "../support/command.js";

const golden = readFileSync(new URL("article.txt", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the article prints, where that is right: 25 of its 30 results, and the true values of two of the others. */
const printed: Readonly<Record<string, string>> = {
  net_h1: "0.3775",
  out_h1: "0.593269992",
  out_h2: "0.596884378",
  net_o1: "1.105905967",
  out_o1: "0.75136507",
  out_o2: "0.772928465",
  E_o1: "0.274811083",
  E_o2: "0.023560026",
  E_total: "0.298371109",
  "∂E/∂out_o1": "0.74136507",
  "∂out_o1/∂net_o1": "0.186815602",
  δ_o1: "0.138498562",
  "∂E/∂w5": "0.082167041",
  "w5⁺": "0.35891648",
  "w6⁺": "0.408666186",
  "w7⁺": "0.511301270",
  "w8⁺": "0.561370121",
  "∂E_o1/∂out_h1": "0.055399425",
  "∂E/∂out_h1": "0.036350306",
  "∂out_h1/∂net_h1": "0.241300709",
  "∂E/∂w1": "0.000438568",
  "w1⁺": "0.149780716",
  "w2⁺": "0.19956143",
  "w3⁺": "0.24975114",
  "w4⁺": "0.29950229",
  "∂E_o2/∂out_h1": "-0.019049118",
  "E_total⁺": "0.291027774",
};

/** Every quantity of the step, from the textbook's formulas in plain numbers. */
function plainStep(): Map<string, number> {
  const step = forward(start);
  const gradient = backward(start, { biases: "per neuron" });
  const after = train(1);
  const { outH1, outH2, outO1, outO2 } = step;
  const targets = { o1: 0.01, o2: 0.99 };
  const out = { h1: outH1, h2: outH2, o1: outO1, o2: outO2 };
  const delta = { h1: gradient.bh1, h2: gradient.bh2, o1: gradient.bo1, o2: gradient.bo2 };
  const known = new Map<string, number>(
    Object.entries({
      i1: 0.05,
      i2: 0.1,
      b1: 0.35,
      b2: 0.6,
      η: 0.5,
      target_o1: targets.o1,
      target_o2: targets.o2,
      net_h1: step.netH1,
      net_h2: step.netH2,
      net_o1: step.netO1,
      net_o2: step.netO2,
      E_o1: step.errorO1,
      E_o2: step.errorO2,
      E_total: step.error,
      "E_total⁺": forward(after).error,
      "∂E/∂out_o1": outO1 - targets.o1,
      "∂E/∂out_o2": outO2 - targets.o2,
      "∂E/∂b1": delta.h1 + delta.h2,
      "∂E/∂b2": delta.o1 + delta.o2,
    }),
  );
  for (const unit of ["h1", "h2", "o1", "o2"] as const) {
    known
      .set(`out_${unit}`, out[unit])
      .set(`δ_${unit}`, delta[unit])
      .set(`∂out_${unit}/∂net_${unit}`, out[unit] * (1 - out[unit]));
  }
  const ways = [
    ["w1", "i1", "h1"],
    ["w2", "i2", "h1"],
    ["w3", "i1", "h2"],
    ["w4", "i2", "h2"],
    ["w5", "h1", "o1"],
    ["w6", "h2", "o1"],
    ["w7", "h1", "o2"],
    ["w8", "h2", "o2"],
  ] as const;
  for (const [w, from, to] of ways) {
    const input = from === "i1" ? 0.05 : from === "i2" ? 0.1 : out[from];
    known.set(w, start[w]).set(`∂E/∂${w}`, gradient[w]).set(`${w}⁺`, after[w]).set(`∂net_${to}/∂${w}`, input);
    if (from === "i1" || from === "i2") continue;
    known.set(`∂net_${to}/∂out_${from}`, start[w]).set(`∂E_${to}/∂out_${from}`, delta[to] * start[w]);
    known.set(`∂E/∂out_${from}`, (known.get(`∂E/∂out_${from}`) ?? 0) + delta[to] * start[w]);
  }
  return known;
}

const step = plainStep();
const list = (...names: string[]): number[] => names.map((name) => step.get(name)!);

/** The matrices of the step, row by row. */
const matrices: Readonly<Record<string, number[][]>> = {
  I: [list("i1", "i2")],
  T: [list("target_o1", "target_o2")],
  W_h: [list("w1", "w2"), list("w3", "w4")],
  W_o: [list("w5", "w6"), list("w7", "w8")],
  b_h: [list("b1")],
  b_o: [list("b2")],
  Net_h: [list("net_h1", "net_h2")],
  Out_h: [list("out_h1", "out_h2")],
  Net_o: [list("net_o1", "net_o2")],
  Out_o: [list("out_o1", "out_o2")],
  "∂E/∂Out_o": [list("∂E/∂out_o1", "∂E/∂out_o2")],
  "∂Out_o/∂Net_o": [list("∂out_o1/∂net_o1", "∂out_o2/∂net_o2")],
  "∂E/∂Net_o": [list("δ_o1", "δ_o2")],
  "∂E/∂Out_h": [list("∂E/∂out_h1", "∂E/∂out_h2")],
  "∂Out_h/∂Net_h": [list("∂out_h1/∂net_h1", "∂out_h2/∂net_h2")],
  "∂E/∂Net_h": [list("δ_h1", "δ_h2")],
  "∂E/∂W_h": [list("∂E/∂w1", "∂E/∂w2"), list("∂E/∂w3", "∂E/∂w4")],
  "∂E/∂W_o": [list("∂E/∂w5", "∂E/∂w6"), list("∂E/∂w7", "∂E/∂w8")],
  "∂E/∂b_h": [list("∂E/∂b1")],
  "∂E/∂b_o": [list("∂E/∂b2")],
  "W_h⁺": [list("w1⁺", "w2⁺"), list("w3⁺", "w4⁺")],
  "W_o⁺": [list("w5⁺", "w6⁺"), list("w7⁺", "w8⁺")],
};

/** Nine decimals, or fewer where the number ends before. */
const nine = (value: number): string => {
  const text = value.toFixed(9);
  return Math.abs(Number(text) - value) < 1e-14 ? text.replace(/\.?0+$/, "") : text;
};

const names = [...step.keys()].sort((a, b) => b.length - a.length);
const anyName = new RegExp(names.map((name) => `${name.replaceAll(/[+()]/g, "\\$&")}(?![\\w⁺])`).join("|"), "g");
/** Without the parentheses around negative numbers. */
const bare = (text: string): string => text.replaceAll(/\((-[\d.]+)\)/g, "$1");

// Not in random order: the last of these asks what the others met.
describe("every figure of the golden file is that of plain numbers", { shuffle: false }, () => {
  const lines = golden.split("\n");
  const figures = (text: string): number => text.match(/-?\d+\.\d+/g)?.length ?? 0;
  let checked = 0;

  it("in the lines name = symbols = numbers = value", () => {
    for (const line of lines.filter((line) => line.startsWith("  ") && !line.startsWith("    "))) {
      for (const each of line.trim().split(/(?<=\d) {2,}(?=\S+ += )/)) {
        const [name, ...parts] = each.split(/ +=  ?/).map((part) => part.trim());
        const value = step.get(name!);
        if (value === undefined) continue;
        expect(parts.at(-1), line).toBe(nine(value));
        if (parts.length === 3)
          expect(bare(parts[1]!), line).toBe(parts[0]!.replaceAll(anyName, (found) => nine(step.get(found)!)));
        if (parts.length === 2) expect(nine(step.get(parts[0]!)!), line).toBe(parts[1]);
        checked += parts.reduce((sum, part) => sum + figures(part), 0);
      }
    }
  });

  it("in the matrices", () => {
    let rows: number[][] = [];
    for (const line of lines.filter((line) => line.startsWith("    "))) {
      const [, name, cells] = /^ +(?:(\S+) = )?\[(.*)\]$/.exec(line)!;
      if (name) {
        expect(rows, `before ${name}`).toEqual([]);
        rows = [...matrices[name]!];
      }
      expect(cells!.trim().split(/ +/), line).toEqual(rows.shift()!.map(nine));
      checked += figures(cells!);
    }
    expect(rows).toEqual([]);
  });

  it("after more updates", () => {
    const course = lines.filter((line) => line.startsWith("  E after"));
    expect(course).toEqual(
      [1, 2, 3, 10, 100, 1000, 10_000].map(
        (n) => `  E after ${n.toLocaleString("en").padStart(9)} = ${nine(forward(train(n)).error)}`,
      ),
    );
    const { outO1, outO2 } = forward(train(10_000));
    expect(golden).toContain(
      `  The outputs by then: out_o1 = ${nine(outO1)} (target 0.01), out_o2 = ${nine(outO2)} (target 0.99)\n`,
    );
    checked += course.length + 4;
  });

  it("without one that was not looked at", () => {
    expect(checked).toBe(figures(golden));
    expect(checked).toBeGreaterThan(250);
  });

  it("and as the article prints it", () => {
    for (const [name, figure] of Object.entries(printed)) {
      const line = lines.find((line) => new RegExp(`^  ${name} += `).test(line))!;
      expect(Number(line.split("= ").at(-1)).toFixed(figure.length - figure.indexOf(".") - 1), name).toBe(figure);
    }
  });
});

describe("chainrule article", () => {
  it("prints the golden file, within 120 columns", async () => {
    expect(await chainrule(["article"])).toEqual({ code: 0, stdout: golden, stderr: "" });
    for (const line of golden.split("\n")) expect(line.length, line).toBeLessThanOrEqual(120);
  });

  it("is coloured in a terminal, and as wide as it; not with NO_COLOR", async () => {
    const [coloured, plain] = await Promise.all([
      chainrule(["article"], { tty: true }),
      chainrule(["article"], { tty: true, env: { NO_COLOR: "1" } }),
    ]);
    expect(coloured.stdout).toContain("\x1b[1m0.082167041\x1b[22m");
    expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout);
    expect(plain.stdout).not.toContain("\x1b");
    for (const line of plain.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it.each([
    ["fixed", {}],
    ["trained", { biases: "per neuron" }],
    ["shared", { biases: "shared" }],
  ] as const)("--biases %s: E after the updates", async (biases, variant) => {
    const { stdout, code } = await chainrule(["article", "--biases", biases, "--updates", "20"]);
    expect(code).toBe(0);
    for (const n of [1, 2, 3, 10, 20])
      expect(stdout).toContain(`  E after ${`${n}`.padStart(9)} = ${nine(forward(train(n, variant)).error)}\n`);
    expect(stdout).not.toContain("E after       100");
  });

  it.each([
    ["--latex", "\\begin{align*}"],
    ["--markdown", "| ∂E/∂w5 | = ∂E/∂out_o1 × ∂out_o1/∂net_o1 × ∂net_o1/∂w5 |"],
  ])("%s, in as many digits as are asked for", async (option, sign) => {
    const { stdout, code } = await chainrule(["article", option, "--digits", "4"]);
    expect(code).toBe(0);
    expect(stdout).toContain(sign);
    expect(stdout).toContain("0.0822");
    expect(stdout).not.toMatch(/\d\.\d{5}/);
  });

  it("--json is the trace", async () => {
    const { stdout } = await chainrule(["article", "--json"]);
    expect(JSON.stringify(JSON.parse(stdout))).toContain(
      `"value":${JSON.stringify(JSON.parse(stdout)).match(/0\.0821670405\d+/)![0]}`,
    );
  });

  it("--html writes a page", async () => {
    const file = join(folder, "step.html");
    expect(await chainrule(["article", "--html", file])).toEqual({
      code: 0,
      stdout: `Written to ${file}\n`,
      stderr: "",
    });
    expect(existsSync(file) && readFileSync(file, "utf8")).toMatch(/^<!doctype html>[^]*0\.082167041[^]*<\/html>\n$/);
    expect(await call("article", "--html", "-")).toEqual({ code: 0, stdout: readFileSync(file, "utf8"), stderr: "" });
  });

  it.runIf(existsSync("/dev/full"))("says in one line that the disk is full", async () => {
    expect(await chainrule(["article"], { out: "/dev/full" })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^chainrule: output expected .*ENOSPC.*\n$/) as string,
    });
  });
});

test.each([
  ["--digits 18", '--digits expected a whole number from 1 to 17, got "18": write --digits 9'],
  ["--updates 0", '--updates expected a whole number from 1 to 1000000, got "0": write --updates 10000'],
  ["--biases none", '--biases expected fixed or trained or shared, got "none": write --biases fixed'],
  ["--latex --markdown", "output expected one form of output, got --latex and --markdown: take --latex"],
  ["--digts 4", "write --digits"],
  ["--digits -4", "argument is ambiguous: see chainrule article --help"],
  ["--latex --updates 5", "--latex expected options that it has a use for, got --updates: leave it out"],
  ["--html x.html --updates 5", "--html expected options that it has a use for, got --updates: leave it out"],
  ["--json --digits 4", "--json expected options that it has a use for, got --digits: leave it out"],
  [
    "--html",
    "article expected options as its help shows them, got option '--html <value>' argument missing: see chainrule article --help",
  ],
  ["--html /no/such/folder/x.html", "--html expected a file that can be written"],
  ["numbers.json", 'article expected no file, got ["numbers.json"]: write chainrule article'],
])("chainrule article %s is refused in one line", async (args, message) => {
  const { code, stdout, stderr } = await call("article", ...args.split(" "));
  expect(stderr).toMatch(/^chainrule: .*\n$/);
  expect(stderr).toContain(message);
  expect([code, stdout]).toEqual([2, ""]);
});
