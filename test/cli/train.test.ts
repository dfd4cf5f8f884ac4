import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCsv, tableModel, toText } from "chainrule/table";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "../../src/cli/command.js";
import { ticks } from "../../src/cli/report/charts.js";
import { train } from "../../src/cli/train.js";
import { readAsked } from "../../src/cli/train-options.js";
import { call, type Outcome } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "chainrule-train-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const fresh = (ending: string): string => join(folder, `${++files}${ending}`);

/** A file of CSV with these rows below its names. */
function csv(names: string, rows: readonly (readonly unknown[])[]): string {
  const file = fresh(".csv");
  writeFileSync(file, [names, ...rows.map((row) => row.join(","))].map((line) => `${line}\n`).join(""));
  return file;
}

/** Numbers that look random, from 0 to 1. */
function numbers(seed: number): () => number {
  let x = seed;
  return () => (x = (x * 48271) % 2147483647) / 2147483647;
}

/** Rows of two numbers and an answer that mostly follows from them. */
function made(count: number, seed = 7): [a: string, b: string, answer: string][] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => {
    const [a, b, noise] = [next(), next(), next()];
    return [a.toFixed(6), b.toFixed(6), a + b + noise / 2 > 1.25 ? "yes" : "no"];
  });
}

/** Trains for a few epochs, and gives what was printed and the model's file. */
async function learn(file: string, ...args: string[]): Promise<Outcome & { model: string }> {
  const model = fresh(".json");
  return { ...(await call("train", file, "--epochs", "3", "--out", model, ...args)), model };
}

const fixture = (name: string): string => fileURLToPath(new URL(`../../examples/data/${name}.csv`, import.meta.url));

describe("train without a target", () => {
  it("lists the columns, and says what comes next", async () => {
    const rows = Array.from({ length: 30 }, (_, n) => [n + 1, n % 3 ? n / 4 : "", ["red", "blue"][n % 2], "x"]);
    const file = csv("id,size,colour,same", rows);
    const { code, stdout, stderr } = await call("train", file);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("4 columns, 30 rows");
    expect(lines[3]).toMatch(/^ {2}id +30 +0 +1 +to be left out: it looks like an id/);
    expect(lines[4]).toMatch(/^ {2}size +20 +10 +0.25 +numbers$/);
    expect(lines[5]).toMatch(/^ {2}colour +2 +0 +red +words$/);
    expect(lines[6]).toMatch(/^ {2}same +1 +0 +x +to be left out: it is the same in every row$/);
    expect(stdout).toContain(`Next: chainrule train ${file} --target COLUMN`);
  });

  it("has no use for another option", async () => {
    const { code, stderr } = await call("train", fixture("iris"), "--hidden", "4");
    expect([code, stderr]).toEqual([2, expect.stringContaining("train expected --target, got --hidden without it")]);
  });
});

describe("train", () => {
  it("says what it understood, then how good it is, then where the model is, and nothing on stderr", async () => {
    const { code, stdout, stderr, model } = await learn(fixture("iris"), "--target", "species");
    expect([code, stderr]).toEqual([0, ""]);
    const order = [
      "What was understood",
      "What is predicted",
      "Measured in five folds",
      "the network",
      "Saved",
      "Next:",
    ];
    const places = order.map((each) => stdout.indexOf(each));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBe(0);
    expect(stdout).toContain("  species: one of 3 classes: setosa (50), versicolor (50), virginica (50)\n  150 rows\n");
    expect(stdout).toMatch(/^the network +\d+\.\d % +\d+\.\d % to \d+\.\d % +\d\.\d{3}$/m);
    expect(stdout).toMatch(/^a linear model +\d+\.\d %/m);
    expect(stdout).toMatch(/^always setosa +33\.3 %/m);
    expect(stdout.match(/It was \d+\.\d % sure on average, and right in/g)).toHaveLength(1);
    expect(stdout).toContain("It was trained with all rows");
    expect(stdout).toContain("holds the names of the columns and their words");
    expect(stdout).toContain(`Next: chainrule predict ${model} NEW.csv --out predicted.csv`);
    const saved = tableModel.from(JSON.parse(readFileSync(model, "utf8")));
    expect(saved.columns.toJSON().rows).toBe(150);
  });

  it("understands each column, and says why it leaves one out", async () => {
    const rows = made(40).map(([a, , answer], n) => [
      n + 1,
      a,
      ["red", "blue"][n % 2],
      n % 3 ? "yes" : "no",
      "x",
      answer,
    ]);
    const { stdout } = await learn(csv("id,a,colour,member,same,answer", rows), "--target", "answer");
    expect(stdout).toMatch(/^ {2}id +left out: it looks like an id/m);
    expect(stdout).toMatch(/^ {2}a +numbers from 0\.\d+ to 0\.\d+/m);
    expect(stdout).toMatch(/^ {2}colour +2 words: blue, red$/m);
    expect(stdout).toMatch(/^ {2}member +yes or no, yes in 65 %/m); // 26 of 40
    expect(stdout).toMatch(/^ {2}same +left out: it is the same in every row$/m);
  });

  it("takes columns as it is told", async () => {
    const rows = made(40).map(([a, b, answer], n) => [n % 4, a, b, answer]);
    const file = csv('floor,"a, b",c,answer', rows);
    const told = await learn(file, "--target", "answer", "--words", "floor", "--ignore", 'c,"a, b"');
    expect(told.stdout).toMatch(/^ {2}floor +4 words: 0, 1, 2, 3$/m);
    expect(told.stdout).toMatch(/^ {2}a, b +left out: you said so$/m);
    expect(told.stdout).toMatch(/^ {2}c +left out: you said so$/m);
    const used = await learn(file, "--target", "floor", "--use", "c");
    expect(used.stdout).toMatch(/^ {2}c +numbers/m);
    expect(used.stdout).toMatch(/^ {2}answer +left out: you said so$/m);
    expect(used.stdout).toContain("floor: a number from 0 to 3\n  it has 4 different numbers: if they are classes");
    const classes = await learn(file, "--target", "floor", "--use", "c", "--task", "classify");
    expect(classes.stdout).toContain("floor: one of 4 classes: 0 (10), 1 (10), 2 (10), 3 (10)");
  });

  it("leaves rows without an answer out, and counts them", async () => {
    const rows = made(40).map(([a, b, answer], n) => [a, b, n < 7 ? "" : answer]);
    const { stdout } = await learn(csv("a,b,answer", rows), "--target", "answer");
    expect(stdout).toContain("  33 rows; 7 without an answer are left out\n");
    expect(stdout).toContain("each of the 33 rows predicted by a model that had not seen it");
  });

  it("measures on a fifth from 500 rows on, in folds below, and as it is told", async () => {
    const measured = async (count: number, ...args: string[]): Promise<string> =>
      /^Measured.*$/m.exec((await learn(csv("a,b,answer", made(count)), "--target", "answer", ...args)).stdout)![0];
    expect(await measured(499)).toContain("in five folds: each of the 499 rows");
    expect(await measured(500)).toBe("Measured on 100 of 500 rows, drawn by the seed; it never saw them");
    expect(await measured(60, "--test", "0.5")).toContain("on 30 of 60 rows");
    expect(await measured(60, "--order", "time")).toBe("Measured on the last 12 of 60 rows, which it never saw");
  });

  it("saves the model that was measured", async () => {
    const file = fixture("breast-cancer");
    const { stdout, model } = await learn(file, "--target", "diagnosis", "--order", "time");
    const rows = parseCsv(readFileSync(file, "utf8"));
    const saved = tableModel.from(JSON.parse(readFileSync(model, "utf8")));
    expect(saved.columns.toJSON().rows).toBe(455); // 569 without the last 114
    expect(stdout).toContain(`which it never saw\n\n${toText(saved.evaluate(rows.slice(-114)))}\n`);
    expect(stdout).toContain("It is the model that was measured.");
  });

  it("repeats by the seed, and takes another by another", async () => {
    const file = csv("a,b,answer", made(60));
    const model = async (seed: string): Promise<string> =>
      readFileSync((await learn(file, "--target", "answer", "--seed", seed)).model, "utf8");
    const [first, again, other] = [await model("3"), await model("3"), await model("4")];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("stops by the last rows where the order is that of time", () => {
    const asked = (...args: string[]) => readAsked(parse("train", train, ["x.csv", "--target", "y", ...args]));
    expect(asked("--order", "time").training.validation).toEqual({ last: 0.2 });
    expect(asked().training.validation).toBeUndefined();
    expect(asked("--hidden", "8, 4", "--epochs", "9").training).toMatchObject({ hidden: [8, 4], epochs: 9, seed: 1 });
  });

  it("is no worse than scikit-learn's default network on iris", { timeout: 120_000 }, async () => {
    const { stdout } = await call("train", fixture("iris"), "--target", "species", "--out", fresh(".json"));
    expect(Number(/^the network +(\d+\.\d) %/m.exec(stdout)![1])).toBeGreaterThanOrEqual(94);
  });
});

describe("what is to be looked at", () => {
  it("a column that alone explains the classes, and no other", async () => {
    const rows = made(200).map(([a, b, answer], n) => [a, b, answer === "yes" ? 3 + (n % 5) : 0, answer]);
    const { stdout } = await learn(csv("a,b,refund,answer", rows), "--target", "answer");
    expect(stdout).toContain("refund alone explains 100 % of what there is to explain: is it known beforehand?");
    expect(stdout.match(/alone explains/g)).toHaveLength(1);
  });

  it("a column that alone explains a number, and no other", async () => {
    const next = numbers(5);
    const rows = Array.from({ length: 200 }, () => [next(), next(), next()]);
    const file = csv(
      "a,b,fahrenheit,celsius",
      rows.map(([a, b, c]) => [a, b, 32 + 1.8 * 40 * c!, 40 * c!]),
    );
    const { stdout } = await learn(file, "--target", "celsius");
    expect(stdout).toContain("fahrenheit alone explains 100 % of what there is to explain");
    expect(stdout.match(/alone explains/g)).toHaveLength(1);
  });

  it("rows that stand on both sides of a split, counted", async () => {
    const rows = made(80);
    const tested = [...rows.slice(10, 17), ...made(13, 99)]; // seven copies, thirteen others
    const file = csv("a,b,answer", [...rows, ...tested]);
    const { stdout } = await learn(file, "--target", "answer", "--order", "time");
    expect(stdout).toContain("7 of 20 tested rows stand among the rows it learnt from too");
    const apart = await learn(csv("a,b,answer", made(100)), "--target", "answer");
    expect(apart.stdout).not.toContain("tested rows");
  });

  it("no rows are taken for copies where a column has many different numbers", async () => {
    const next = numbers(3);
    const rows = Array.from({ length: 3000 }, () => [next(), next() > 0.5 ? "yes" : "no"]);
    const { stdout } = await learn(csv("a,answer", rows), "--target", "answer", "--epochs", "1");
    expect(stdout).not.toContain("tested rows");
    const doubled = [...rows, ...rows.slice(2400, 2411)];
    const again = await learn(csv("a,answer", doubled), "--target", "answer", "--epochs", "1", "--order", "time", "--test", "0.1"); // prettier-ignore
    expect(again.stdout).toContain("11 of 301 tested rows stand among");
  });

  it("classes of few rows", async () => {
    const rows = made(60).map(([a, b, answer], n) => [a, b, n < 3 ? "maybe" : n === 3 ? "once" : answer]);
    const { stdout, code } = await learn(csv("a,b,answer", rows), "--target", "answer");
    expect(code).toBe(0);
    const warned = stdout.slice(stdout.indexOf("To be looked at"));
    expect(warned).toContain("maybe has 3 rows: too few to learn it");
    expect(warned).toContain("once has 1 row: too few to learn it");
    expect(stdout.match(/too few/g)).toHaveLength(2);
  });

  it("a class that comes up late counts as wrong, and does not end it", async () => {
    const rows = made(100).map(([a, b, answer], n) => [a, b, n < 90 ? answer : "new"]);
    const { code, stdout } = await learn(csv("a,b,answer", rows), "--target", "answer", "--order", "time");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^new +10 +0\.0 % +0\.0 %$/m);
  });
});

describe("train in a terminal", () => {
  const cli = fileURLToPath(new URL("../../src/cli/cli.ts", import.meta.url));
  const hard = (count = 2000): string => {
    const next = numbers(11);
    return csv(
      "a,b,c,y",
      Array.from({ length: count }, () => [next(), next(), next(), next()]),
    );
  };

  /** Runs it with a terminal on stderr; `onProgress` is called at the first line of progress. */
  function inTerminal(args: readonly string[], onText: (text: string, kill: () => void) => void): Promise<Outcome> {
    const pretend = "data:text/javascript,process.stderr.isTTY=true;process.stderr.columns=150;process.stderr.rows=30";
    const child = spawn(process.execPath, ["--import", "tsx", "--import", pretend, cli, ...args]);
    const outcome = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (outcome.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      outcome.stderr += text;
      onText(outcome.stderr, () => child.kill("SIGINT"));
    });
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...outcome })));
  }

  const slow = ["--target", "y", "--hidden", "256,256", "--epochs", "100000"];

  it("shows how far it is; Ctrl-C keeps and saves the best so far", { timeout: 120_000 }, async () => {
    const [model, report] = [fresh(".json"), fresh(".html")];
    let isSent = false;
    const { code, stdout, stderr } = await inTerminal(
      ["train", hard(), ...slow, "--out", model, "--report", report],
      (text, kill) => {
        if (isSent || !text.includes("epoch ")) return;
        isSent = true;
        kill();
      },
    );
    expect(stderr).toMatch(
      /network · trial 1 · epoch \d+ · loss \S+ · validation \S+ · [\d,]+ rows\/s · at most .* left/,
    );
    expect(stderr).toContain("Ending the training: the best so far is kept. Ctrl-C once more exits.");
    expect(code).toBe(0);
    expect(stdout).toContain("The training was ended by Ctrl-C: the best until then was kept.");
    const saved = tableModel.from(JSON.parse(readFileSync(model, "utf8")));
    expect(saved.predict({ a: "0.5", b: "0.5", c: "0.5" })).toBeTypeOf("number");
    expect(readFileSync(report, "utf8")).toContain("</html>");
  });

  // So many rows that what is left after the first Ctrl-C, an epoch each of two trainings, takes seconds.
  it("the second Ctrl-C exits, and leaves nothing behind", { timeout: 120_000 }, async () => {
    const model = fresh(".json");
    let sent = 0;
    const { code, stdout } = await inTerminal(["train", hard(20_000), ...slow, "--out", model], (text, kill) => {
      if ((sent === 0 && text.includes("epoch 1 ")) || (sent === 1 && text.includes("Ctrl-C once more"))) {
        sent++;
        kill();
      }
    });
    expect(code).toBe(130);
    expect(stdout).not.toContain("Saved");
    expect(existsSync(model)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".saving"))).toEqual([]);
  });
});

describe("train --report", () => {
  it("writes a page that loads and runs nothing, in which no text of the file acts", async () => {
    const evil = '<img src=x onerror="alert(1)">';
    const quotes = evil.replaceAll('"', '""');
    const rows = made(60).map(([a, b, answer]) => [a, b, answer === "yes" ? `"${quotes}"` : "</title><b>no</b>"]);
    const report = fresh(".html");
    const { code, stdout } = await learn(csv(`a,"${quotes}",answer`, rows), "--target", "answer", "--report", report);
    expect(code).toBe(0);
    expect(stdout).toContain(`${report}: the report`);
    const page = readFileSync(report, "utf8");
    expect(page).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; [^"]*style-src 'sha256-/,
    );
    expect(page).not.toMatch(/<script|<img|<b>|https?:|<[^>]* (?:style|on\w+)=/);
    expect(page.match(/<\/title>/g)).toHaveLength(2); // the page's, and the drawing's
    expect(page).toContain("&#60;img src=x");
  });

  it("shows what was understood, the curves, the confusion, each class and what is made use of", async () => {
    const report = fresh(".html");
    await learn(csv("a,b,answer", made(60)), "--target", "answer", "--report", report);
    const page = readFileSync(report, "utf8");
    const headings = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title);
    expect(headings).toEqual([
      "What was understood",
      "How good it is",
      "What it takes for what",
      "Each class",
      "How it learnt",
      "What it makes use of",
    ]);
    expect(page).toMatch(/<svg [^>]*role="img" aria-labelledby="curves curves-more">\s*<title id="curves">/);
    expect(page).toMatch(/<desc id="curves-more">Over \d+ epochs the training loss went from/);
    expect(page).toMatch(/>best: \d+</);
    expect(page).toContain('<th scope="col">precision</th>');
    expect(page).toContain('<tr><th scope="row">a</th>');
    expect(page).not.toContain("undefined");
    expect(page).not.toContain("NaN");
  });

  it("has a dot for each row where a number is predicted", async () => {
    const report = fresh(".html");
    const rows = made(60).map(([a, b]) => [a, b, Number(a) + Number(b)]);
    await learn(csv("a,b,sum", rows), "--target", "sum", "--report", report);
    const page = readFileSync(report, "utf8");
    expect(page.match(/<circle class="dot"/g)).toHaveLength(60);
    expect(page).not.toContain("NaN");
  });

  it("marks round numbers on its axes", () => {
    expect(ticks(0, 1)).toEqual([0, 0.5, 1]);
    expect(ticks(-3, 38)).toEqual([0, 20]);
    expect(ticks(1, 80)).toEqual([20, 40, 60, 80]);
    expect(ticks(0.00031, 0.0011)).toEqual([0.0004, 0.0006, 0.0008, 0.001]);
    expect(ticks(5, 5)).toEqual([5]);
  });
});

describe("what can't be trained with", () => {
  const good = (): string => csv("a,b,answer", made(30));
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await call("train", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^chainrule: [^\n]+\n$/);
    return stderr;
  };
  const out = ["--out", join(folder, "never.json")];

  it("a target that is not there: the nearest is named", async () => {
    expect(await refused(good(), "--target", "anwser", ...out)).toContain("write answer");
    expect(await refused(good(), "--target", "constructor", ...out)).toContain("--target expected a column among a, b");
    expect(await refused(good(), "--target", "answer", "--ignore", "c", ...out)).toContain("--ignore expected");
    expect(await refused(good(), "--target", "answer", "--use", "answer", ...out)).toContain("got the target");
  });

  it("files without rows, with one, with gaps alone, with one answer", async () => {
    expect(await refused(csv("a,answer", []), "--target", "answer", ...out)).toContain("expected rows below the names");
    expect(await refused(csv("a,answer", []))).toContain("expected rows below the names");
    expect(await refused(csv("a,answer", [[1, "x"]]), "--target", "answer", ...out)).toContain("values that differ");
    const gaps = Array.from({ length: 30 }, (_, n) => [n, ""]);
    expect(await refused(csv("a,answer", gaps), "--target", "answer", ...out)).toContain("got none");
    const empty = Array.from({ length: 30 }, (_, n) => ["", "", n % 2 ? "x" : "y"]);
    expect(await refused(csv("a,b,answer", empty), "--target", "answer", ...out)).toContain("a: it is empty");
    const lone = made(30).map(([a, b], n) => [a, b, n ? "x" : "y"]);
    expect(await refused(csv("a,b,answer", lone), "--target", "answer", ...out)).toContain("two classes that have two");
    expect(await refused(csv("a,b,answer", made(9)), "--target", "answer", ...out)).toContain("at least 10 rows");
    expect(await refused(csv("a,b,answer", made(20)), "--target", "answer", "--test", "0.01", ...out)).toContain(
      "--test",
    );
  });

  it("columns of which none can be used: the option that takes one", async () => {
    const file = csv(
      "day,y",
      Array.from({ length: 30 }, (_, i) => [`2024-01-${10 + (i % 20)}`, i]),
    );
    const { stderr } = await call("train", file, "--target", "y", "--out", fresh(".json"));
    expect(stderr).toMatch(/expected columns to learn from, got day: it is a date: .*, or name one in --use/);
    expect(stderr).not.toContain("learnColumns");
  });

  it("files that are none, or no table", async () => {
    expect(await refused(join(folder, "none.csv"), "--target", "a", ...out)).toContain("ENOENT");
    expect(await refused(csv("a,b", [[1, 2], [1, 2, 3]]), "--target", "a", ...out)).toContain("line 3 expected 2 fields"); // prettier-ignore
    expect(await refused(csv("a,a", [[1, 2]]), "--target", "a", ...out)).toContain("a name of its own");
    const latin = fresh(".csv");
    writeFileSync(latin, Buffer.from([97, 10, 0xe9, 10]));
    expect(await refused(latin, "--target", "a", ...out)).toContain("UTF-8");
  });

  it("places that can't be written, or must not be", async () => {
    const file = good();
    expect(await refused(file, "--target", "answer", "--out", join(folder, "no/where.json"))).toContain(
      "--out expected",
    );
    expect(await refused(file, "--target", "answer", "--out", file)).toContain("another file than those that are read");
    const link = fresh(".csv");
    symlinkSync(file, link);
    for (const [data, place] of [
      [file, link],
      [link, file],
    ] as const)
      for (const option of ["--out", "--report"])
        expect(await refused(data, "--target", "answer", "--out", fresh(".json"), option, place)).toContain(
          "another file than those that are read",
        );
    const [model, page] = [fresh(".json"), fresh(".html")];
    symlinkSync(model, page); // which leads to a file that is not there yet
    expect(await refused(file, "--target", "answer", "--out", model, "--report", page)).toContain(
      "another file than --out",
    );
    expect(await refused(file, "--target", "answer", "--out", folder)).toContain("--out expected a file");
    const [same] = [fresh(".json")];
    expect(await refused(file, "--target", "answer", "--out", same, "--report", same)).toContain(
      "another file than --out",
    );
  });

  it("names that would act are shown, and are names", async () => {
    const rows = made(40).map(([a, b, answer]) => [a, b, answer]);
    const { code, stdout } = await learn(csv("toString,\x1b[31mred,constructor", rows), "--target", "constructor");
    expect(code).toBe(0);
    expect(stdout).not.toContain("\x1b[31m");
    expect(stdout).toContain("\\u{1b}[31mred");
    expect(stdout).toMatch(/^ {2}toString +numbers/m);
  });

  it("model.json that is there already, unless it is named", async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      writeFileSync("model.json", "mine");
      const file = good();
      expect(await refused(file, "--target", "answer")).toContain("write --out model.json to replace it");
      expect(readFileSync("model.json", "utf8")).toBe("mine");
      const { code } = await call("train", file, "--target", "answer", "--epochs", "1", "--out", "model.json");
      expect([code, readFileSync("model.json", "utf8").slice(0, 26)]).toEqual([0, '{"format":"chainrule table']);
    } finally {
      process.chdir(before);
    }
  });
});
