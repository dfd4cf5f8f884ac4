import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { curves, scatter, thinned } from "../../src/cli/report/charts.js";
import { call } from "../support/command.js";

// The page of train --report where tables are small, large or odd, and options of train that can't be.

const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (end: string): string => join(folder, `${files++}${end}`);
function csv(names: string, count: number, row: (n: number) => readonly unknown[]): string {
  const file = fresh(".csv");
  writeFileSync(file, [names, ...Array.from({ length: count }, (_, n) => row(n).join(","))].join("\n"));
  return file;
}
async function page(file: string, ...args: string[]): Promise<{ html: string; stdout: string }> {
  const report = fresh(".html");
  const out = fresh(".json");
  const { code, stdout, stderr } = await call("train", file, "--target", "y", "--epochs", "4", "--out", out, "--report", report, ...args); // prettier-ignore
  expect([code, stderr]).toEqual([0, ""]);
  return { html: readFileSync(report, "utf8"), stdout };
}

describe("the page", () => {
  it("of few rows has no validation to draw, and no area under a curve where there are three classes", async () => {
    const file = csv("x,y", 15, (n) => [n * 1.5, ["a", "b", "c"][n % 3]]);
    const { html } = await page(file);
    expect(html).not.toContain("validation");
    expect(html).not.toContain("ROC");
    expect(html).toContain("What it takes for what");
  });

  it("of many classes lists the most frequent mistakes in place of a table of all", async () => {
    const file = csv("x,w,y", 300, (n) => [(n * 7919) % 997, n % 4, `class ${n % 30}`]);
    const { html, stdout } = await page(file);
    expect(html).toContain("The most frequent mistakes");
    expect(stdout).toContain("one of 30 classes");
    expect(stdout).not.toContain("target \\ predicted");
  });

  it("of a number draws answers and predictions, and is ready for a name that acts", async () => {
    const file = csv('x,"<b>w",y', 60, (n) => [n * 1.5, (n * 31) % 7, (n * 13) % 29]);
    const { html } = await page(file);
    expect(html).toContain("&#60;b&#62;w");
    expect(html.match(/<circle/g)!.length).toBe(60);
  });

  it("shows what is to be looked at", async () => {
    const { html, stdout } = await page(csv("x,leak,y", 80, (n) => [(n * 7) % 13, n % 2 ? "p" : "q", n % 2]));
    expect(html).toContain("To be looked at");
    for (const text of [html, stdout]) expect(text).toContain("leak alone explains 100 % of what there is to explain");
  });

  it("tells of columns that make less of a difference, where there are many", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `c${i}`);
    const { html } = await page(csv([...names, "y"].join(","), 40, (n) => [...names.map((_, i) => ((n + 3) * (i + 7) * 31) % 101), n % 2])); // prettier-ignore
    expect(html).toMatch(/\d+ columns more make less of a difference\./);
  });
});

describe("drawings", () => {
  it("leave out what is not finite, and what is too many", () => {
    expect(
      thinned(
        Array.from({ length: 1000 }, (_, i) => i),
        100,
      ),
    ).toHaveLength(101);
    expect(thinned([], 100)).toEqual([]);
    const svg = curves({ loss: [1, NaN, 0.5], validation: undefined, best: undefined });
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg).not.toContain("best:");
    expect(curves({ loss: [0, 0], validation: [0, 0], best: 2 })).toContain('class="end" x=');
  });

  it("of equal numbers stand in the middle", () => {
    const svg = scatter([3, 3], [3, 3], "y");
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg.match(/cx="221\.0"|cx="221"/g)).toHaveLength(2);
  });
});

test("xor draws its curve over itself in a terminal", async () => {
  const { isTTY } = process.stdout;
  const { stdout } = await call("xor", "--epochs", "20");
  expect(stdout).toContain("epoch      2   loss");
  expect(isTTY).toBe(process.stdout.isTTY);
});

test("predict says of one row that it is one", async () => {
  const out = fresh(".json");
  const file = csv("x,y", 30, (n) => [n * 1.5, n % 2 ? "yes" : "no"]);
  await call("train", file, "--target", "y", "--epochs", "2", "--out", out);
  const { stderr } = await call(
    "predict",
    out,
    csv("x", 1, () => [3]),
  );
  expect(stderr).toContain("1 row predicted.");
});

test("a list of columns says which has too many values to count, and which none", async () => {
  const { stdout } = await call(
    "train",
    csv("many,none", 1200, (n) => [n * 1.5, ""]),
  );
  expect(stdout).toMatch(/many +over \d+ +0/);
  expect(stdout).toMatch(/none +0 +1200 +to be left out: it is empty/);
});

describe("options of train", () => {
  const file = (): string => csv("id,a,b,y", 30, (n) => [900 + n * 13, n * 1.5, n % 3, n % 2 ? "yes" : "no"]);

  test.each<[readonly string[], string]>([
    [["--hidden", "3,x"], "--hidden expected whole numbers from 1 on"],
    [["--hidden", "0"], "--hidden expected whole numbers from 1 on"],
    [["--ignore", ""], "--ignore expected names with commas between them"],
    [["--use", "a,,b"], "--use expected names with commas between them"],
    [["--use", "a", "--ignore", "a"], "--ignore expected columns that are not used"],
    [["--ignore", "y"], "--ignore expected columns to predict from, got the target"],
    [["--words", "c"], "--words expected a column among id, a, b, y"],
    [["--out", ""], "--out expected the path of a file, got nothing"],
    [["--test", "1.5"], "--test expected a number between 0 and 1"],
    [["--task", "guess"], "--task expected classify or regress"],
    [["--order", "size"], "--order expected time"],
  ])("%j is refused", async (args, said) => {
    const { code, stderr } = await call("train", file(), "--target", "y", "--out", fresh(".json"), ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  it("an id that is to be used is used, as a number or as words", async () => {
    const { stdout } = await page(file(), "--use", "id,a");
    expect(stdout).toMatch(/id +numbers from 900 to 1277/);
    expect(stdout).toMatch(/b +left out: you said so/);
    const names = csv("name,a,y", 30, (n) => [`name ${n}`, n * 1.5, n % 2]);
    expect((await page(names, "--use", "name")).stdout).toMatch(/name +\d+ words|name +30 words|name +.*rare/);
  });

  it("a target of numbers may be classes, and a file's name with a space stands in quotes", async () => {
    const out = join(folder, "a model.json");
    const digits = csv("a,y", 40, (n) => [n * 1.5, n % 4]);
    const { code, stdout } = await call(
      "train",
      digits,
      "--target",
      "y",
      "--task",
      "classify",
      "--epochs",
      "2",
      "--out",
      out,
    );
    expect(code).toBe(0);
    expect(stdout).toContain("y: one of 4 classes");
    expect(stdout).toContain(`chainrule predict '${out}'`);
    const { stdout: asNumber } = await call("train", csv("a,y", 40, (n) => [n * 1.5, n % 2]), "--target", "y", "--task", "regress", "--epochs", "2", "--out", fresh(".json")); // prettier-ignore
    expect(asNumber).toContain("y: a number from 0 to 1");
  });
});
