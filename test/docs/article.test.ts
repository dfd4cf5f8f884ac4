import { expect, test } from "vitest";
import { digits, figures, rounded, workThrough } from "../../examples/article.js";
import { forward, start, train } from "../support/article.js";
import { renewed } from "../support/article-page.js";
import { read } from "./blocks.js";

const page = read("docs/article.md");
const rows = [...page.matchAll(/^\| (.+) \|$/gm)].map((row) => row[1]!.split(" | "));

test("docs/article.md has the derivation that the library gives; npx tsx bench/article-page.ts writes it", () => {
  expect(renewed(page)).toBe(page);
});

test("the derivation shows the article's printed figures, rounded alike", () => {
  const results = new Map(rows.map((row) => [row[0]!.replaceAll("\\", ""), Number(row.at(-1)!.replace("= ", ""))]));
  const shown = figures.filter(({ name, because }) => results.has(name) && !because);
  expect(shown).toHaveLength(25);
  for (const figure of shown)
    expect(results.get(figure.name)!.toFixed(digits(figure)), figure.name).toBe(figure.printed);
});

const errata = rows.filter((row) => row.length === 5 && row[0] !== "quantity");
const right = forward(train(10_000));
const tooEarly = (updates: number) => forward(train(updates, { updatedWeightsFedBack: true }));
const { outO2 } = forward(start);
/** What is right, and what the mistake gives: in plain numbers, without the library. */
const plain: Readonly<Record<string, readonly [right: number, wrong: number]>> = {
  "∂E_o2/∂out_h1": [(outO2 - 0.99) * outO2 * (1 - outO2) * start.w7, 0.036350306 - 0.055399425],
  "E after update 1": [forward(train(1)).error, tooEarly(1).error],
  "out_o1 after 10,000": [right.outO1, tooEarly(10_000).outO1],
  "out_o2 after 10,000": [right.outO2, tooEarly(10_000).outO2],
  "E after 10,000": [right.error, forward(train(9_999)).error],
};

test("the errata are the five figures that the article has otherwise", () => {
  const lesson = workThrough();
  const due = figures
    .filter((figure) => rounded(figure, lesson) !== figure.printed)
    .map(({ name, printed }) => [name, printed]);
  expect(errata.map((row) => row.slice(0, 2)).sort()).toEqual(due.sort());
});

test.each(errata)("erratum %s, printed %s: right is %s; %s gives %s", (name, printed, due, _, wrong) => {
  const as = (value: number, text: string) => value.toFixed(text.split(".")[1]!.length);
  const [value, mistaken] = plain[name!]!;
  expect(as(value, due!)).toBe(due);
  expect(as(mistaken, printed!)).toBe(printed);
  const difference = /^(\S+) − (\S+)$/.exec(wrong!);
  if (difference) expect(Number(difference[1]) - Number(difference[2])).toBe(mistaken);
  else expect(as(mistaken, wrong!)).toBe(wrong);
});

test("net_h1 as the hidden section misprints it", () => {
  expect((start.w1 * 0.05 + start.w3 * 0.1 + start.bh1).toFixed(4)).toBe("0.3825");
  expect(tooEarly(10_000).error.toFixed(9)).toBe("0.000035085");
  expect(page).toContain("net_h1 would be 0.3825");
  expect(page).toContain("the old script's 0.000035085");
});
