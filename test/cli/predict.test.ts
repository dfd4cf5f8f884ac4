import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dense, Network, sigmoid, softmax } from "chainrule";
import { fitTable, learnColumns, parseCsv, tableModel, toText } from "chainrule/table";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Scoring } from "../../src/cli/scoring.js";
import { call } from "../support/command.js";
import { share } from "../support/random-cases.js";

const folder = mkdtempSync(join(tmpdir(), "chainrule-predict-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(content: unknown, ending = ".csv"): string {
  const file = join(folder, `${++files}${ending}`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

/** Numbers that look random, from 0 to 1. */
function numbers(seed: number): () => number {
  let x = seed;
  return () => (x = (x * 48271) % 2147483647) / 2147483647;
}

type Row = {
  readonly size: string;
  readonly colour: string;
  readonly member: string;
  readonly weight: string;
  readonly sold: string;
};

/** Rows of all kinds of columns, with gaps. */
function made(count: number, seed = 3): Row[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, n) => {
    const size = next();
    const colour = ["red", "green, dark", 'the "blue"'][Math.floor(3 * next())]!;
    const isSold = size + 0.3 * next() + (colour === "red" ? 0.4 : 0) > 0.7;
    return {
      size: n % 11 ? size.toFixed(4) : "",
      colour: n % 13 ? colour : "",
      member: n % 3 ? "yes" : "no",
      weight: (5 * size + next()).toFixed(3),
      sold: isSold ? "sold" : "kept",
    };
  });
}

const quote = (field: string): string => (/[",;\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** Rows as a text of CSV. */
function csv(rows: readonly object[], separator = ",", end = "\n"): string {
  const names = Object.keys(rows[0]!);
  const lines = [names, ...rows.map((row) => Object.values(row) as string[])];
  return lines.map((cells) => cells.map(quote).join(separator) + end).join("");
}

const rows = made(300);
const fresh = made(200, 17);
const without = (row: Row): Omit<Row, "sold"> => {
  const { sold: _, ...others } = row;
  return others;
};

let classes: string;
let weights: string;
let several: string;
const loaded = (file: string) => tableModel.from(JSON.parse(readFileSync(file, "utf8")));

beforeAll(async () => {
  const options = { epochs: 8, seed: 1 };
  classes = write((await fitTable(rows, { target: "sold", ...options })).model, ".json");
  weights = write((await fitTable(rows, { target: "weight", ...options })).model, ".json");
  const numeric = rows.map(({ size, weight, member, colour }) => ({ size: size || "0.5", weight, member, colour }));
  several = write((await fitTable(numeric, { target: ["size", "weight"], ...options })).model, ".json");
});

const seven = (value: number): number => Number(value.toPrecision(7));

describe("predict", () => {
  it("gives each row what the model says of it, and its probability", async () => {
    const asked = fresh.map(without);
    const { code, stdout } = await call("predict", classes, write(csv(asked)));
    expect(code).toBe(0);
    const said = parseCsv(stdout);
    const model = loaded(classes);
    const answers = model.predict(asked);
    const probabilities = model.probabilities(asked);
    const due = asked.map((row, n) => ({
      ...row,
      prediction: answers[n],
      probability: String(seven(probabilities[n]![String(answers[n])]!)),
    }));
    expect(said).toEqual(due);
    expect(new Set(answers).size).toBe(2);
  });

  it("of numbers gives the number alone, and of several a column each", async () => {
    const asked = fresh.map(({ size, colour, member, sold }) => ({ size, colour, member, sold }));
    const one = parseCsv((await call("predict", weights, write(csv(asked)))).stdout);
    const model = loaded(weights);
    const answers = model.predict(asked) as unknown as number[];
    expect(one).toEqual(asked.map((row, n) => ({ ...row, prediction: String(seven(answers[n]!)) })));

    const inputs = fresh.map(({ colour, member }) => ({ colour, member }));
    const both = parseCsv((await call("predict", several, write(csv(inputs)))).stdout);
    const pairs = loaded(several).predict(inputs) as unknown as { size: number; weight: number }[];
    const due = inputs.map((row, n) => {
      const { size, weight } = pairs[n]!;
      return { ...row, "prediction size": String(seven(size)), "prediction weight": String(seven(weight)) };
    });
    expect(both).toEqual(due);
  });

  it("keeps rows as they stand, with the separator of the file", async () => {
    const head = 'sold;"size"; extra ;colour;member;weight';
    const lines = [
      '"so""ld";0.5;;"green, dark";yes;1',
      '"";"0.25";"a\nb";"the ""blue""";no;"2"',
      'x; 1 ;=1+1;red;"yes";3',
    ];
    const { code, stdout } = await call("predict", classes, write(`\uFEFF${head}\r\n${lines.join("\r\n")}`));
    expect(code).toBe(0);
    const [first, ...others] = stdout.split(/\n(?!b)/);
    expect(first).toBe(`${head};prediction;probability`);
    lines.forEach((line, n) => {
      expect(others[n]!.startsWith(`${line};`)).toBe(true);
      expect(others[n]!.slice(line.length)).toMatch(/^;(?:sold|kept);0\.\d+$/);
    });
    expect(others.slice(3)).toEqual([""]);
  });

  it("writes answers in quotes where they need them", async () => {
    const { model } = await fitTable(rows, { target: "colour", epochs: 3, seed: 1 });
    const { stdout } = await call("predict", write(model, ".json"), write(csv(fresh)));
    const said = parseCsv(stdout);
    expect(said.map(({ prediction }) => prediction)).toEqual(model.predict(fresh));
    expect(said.some(({ prediction }) => /[",]/.test(prediction!))).toBe(true);
  });

  it("gives the same to a file that comes in many pieces", async () => {
    const many = made(60_000, 5).map(without); // more than a megabyte
    const out = join(folder, "many.csv");
    const { code, stdout } = await call("predict", classes, write(csv(many)), "--out", out);
    expect([code, stdout]).toEqual([0, ""]);
    const said = parseCsv(readFileSync(out, "utf8"));
    expect(said).toHaveLength(many.length);
    const answers = loaded(classes).predict(many);
    expect(said.map(({ prediction }) => prediction)).toEqual(answers);
    expect(said.map(({ size, colour }) => [size, colour])).toEqual(many.map(({ size, colour }) => [size, colour]));
  });

  it("answers the second class from the threshold on", async () => {
    const asked = fresh.map(without);
    const file = write(csv(asked));
    const probabilities = loaded(classes).probabilities(asked);
    for (const threshold of [0.2, 0.5, 0.8]) {
      const { stdout } = await call("predict", classes, file, "--threshold", String(threshold));
      const said = parseCsv(stdout).map(({ prediction }) => prediction);
      expect(said).toEqual(probabilities.map(({ sold }) => (sold! >= threshold ? "sold" : "kept")));
    }
    expect(probabilities.some(({ sold }) => sold! > 0.2 && sold! < 0.8)).toBe(true);
  });

  it("takes another name where there is a column of that name, and says so", async () => {
    const asked = fresh.map((row) => ({ ...without(row), prediction: "x", "prediction 2": "y" }));
    const { stdout, stderr } = await call("predict", classes, write(csv(asked)));
    expect(stdout.split("\n")[0]).toBe("size,colour,member,weight,prediction,prediction 2,prediction 3,probability");
    expect(stderr).toContain("There is a column prediction already: the new one is called prediction 3.");
    expect(stderr).not.toContain("column probability");
  });
});

describe("what predict says on stderr", () => {
  it("counts gaps, words that were not there and numbers outside the range, column by column", async () => {
    const asked = [
      { size: "0.5", colour: "red", member: "yes", weight: "3" },
      { size: "", colour: "pink", member: "maybe", weight: "1000" },
      { size: "wide", colour: "", member: "yes", weight: "-7" },
      { size: "NA", colour: "black", member: "no", weight: "3" },
      { size: "0.5", colour: "red", member: "", weight: "" },
    ];
    const { stderr } = await call("predict", classes, write(csv(asked)));
    const counts = [...stderr.matchAll(/^ {2}(\w+) +(\d+) +(\d+) +(\d+)$/gm)].map((match) => match.slice(1));
    expect(counts).toEqual([
      ["size", "0", "1", "0"], // gaps are nothing unusual where it has learnt from some
      ["colour", "0", "2", "0"],
      ["member", "1", "1", "0"],
      ["weight", "1", "0", "2"],
    ]);
    expect(stderr).toContain("5 rows predicted.");
  });

  it("holds predictions against the answers, if they are there", async () => {
    const { stderr } = await call("predict", classes, write(csv(fresh)));
    expect(stderr).toContain("The column sold is there: the predictions, held against it.");
    const report = loaded(classes).evaluate(fresh);
    expect(stderr.endsWith(`\n${toText({ ...report, unusual: [] } as never)}\n`)).toBe(true);
    const { stderr: numeric } = await call("predict", weights, write(csv(fresh)));
    const ofNumbers = loaded(weights).evaluate(fresh);
    expect(numeric.endsWith(`\n${toText({ ...ofNumbers, unusual: [] } as never)}\n`)).toBe(true);
    const low = await call("predict", classes, write(csv(fresh)), "--threshold", "0.2");
    const withThreshold = loaded(classes).evaluate(fresh, { threshold: 0.2 });
    expect(low.stderr.endsWith(`\n${toText({ ...withThreshold, unusual: [] } as never)}\n`)).toBe(true);
  });

  it("passes over rows without an answer, and says if none has one", async () => {
    const half = fresh.map((row, n) => ({ ...row, sold: n % 2 ? row.sold : "" }));
    const { stderr } = await call("predict", classes, write(csv(half)));
    expect(stderr).toContain("sold, a class, on 100 rows");
    const none = fresh.map((row) => ({ ...row, sold: "" }));
    expect((await call("predict", classes, write(csv(none)))).stderr).toContain("The column sold is there, but empty");
  });

  it("counts a class that the model does not know as wrong", async () => {
    const strange = fresh.map((row, n) => ({ ...row, sold: n < 40 ? "lost" : row.sold }));
    const { code, stderr } = await call("predict", classes, write(csv(strange)));
    const answers = loaded(classes).predict(strange.map(without)) as unknown as string[];
    const right = strange.filter(({ sold }, n) => sold === answers[n]).length;
    expect(code).toBe(0);
    expect(stderr).toContain("40 of 200 answers are classes that it does not know: they count as wrong.");
    expect(stderr).toContain(`right in ${((100 * right) / 200).toFixed(1)} %.`);
    expect(stderr).toMatch(/^\(a class it does not know\) +40 +0\.0 % +0\.0 %$/m);
  });
});

describe("what predict refuses", () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await call("predict", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^chainrule: [^\n]+\n$/);
    return stderr;
  };
  const file = (): string => write(csv(fresh));

  it("files without columns that it needs, all of them named; a file that is there stays as it is", async () => {
    const out = write("mine");
    const some = write(csv(fresh.map(({ colour, weight }) => ({ colour, weight, Size: "1" }))));
    expect(await refused(classes, some, "--out", out)).toContain(
      "expected columns size, member, got colour, weight, Size",
    );
    expect(readFileSync(out, "utf8")).toBe("mine");
    const almost = write(csv(fresh.map(({ size, colour, weight }) => ({ size, colour, weight }))));
    expect(await refused(classes, almost)).toContain("expected a column member, got");
  });

  it("what is no model of a table", async () => {
    expect(await refused(write("{", ".json"), file())).toContain("expected JSON");
    expect(await refused(write([1], ".json"), file())).toContain("expected the model of a table");
    expect(await refused(write(new Network([dense(2, 1)]), ".json"), file())).toContain(
      "expected the model of a table",
    );
    const broken = { ...JSON.parse(readFileSync(classes, "utf8")), columns: {} };
    expect(await refused(write(broken, ".json"), file())).toMatch(/\.json, tableModel\.from columns expected/);
    const old = { ...JSON.parse(readFileSync(classes, "utf8")), version: 9 };
    expect(await refused(write(old, ".json"), file())).toContain("update chainrule");
    expect(await refused(join(folder, "none.json"), file())).toContain("ENOENT");
    expect(await refused("-", "-")).toContain("one file that is piped in");
  });

  it("tables without rows, with ragged ones, and none at all", async () => {
    expect(await refused(classes, write("size,colour,member,weight\n"))).toContain("expected rows below the names");
    expect(await refused(classes, write(""))).toContain("a line with the names of the columns");
    expect(await refused(classes, write("size,colour,member,weight\n1,red\n"))).toContain("line 2 expected 4 fields");
    expect(await refused(classes, join(folder, "none.csv"))).toContain("ENOENT");
  });

  it("thresholds that are none, or of no use", async () => {
    expect(await refused(classes, file(), "--threshold", "1.2")).toContain(
      "--threshold expected a number between 0 and 1",
    );
    expect(await refused(weights, file(), "--threshold", "0.3")).toContain("expected a model of two classes");
  });

  it("to write over what it reads", async () => {
    const data = file();
    expect(await refused(classes, data, "--out", data)).toContain("another file than those that are read");
    expect(await refused(classes, data, "--out", classes)).toContain("another file than those that are read");
  });

  it("nothing is left of a file that could not be finished", async () => {
    const out = join(folder, "unfinished.csv");
    const text = csv(made(40_000).map(without));
    expect((await call("predict", classes, write(`${text}1,2\n`), "--out", out)).code).toBe(2);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".saving"))).toEqual([]);
  });
});

describe("predict as a process", () => {
  const cli = fileURLToPath(new URL("../../src/cli/cli.ts", import.meta.url));
  const start = (args: readonly string[], ...node: string[]) =>
    spawn(process.execPath, [...node, "--import", "tsx", cli, "predict", ...args]);

  it("ends quietly when nobody reads any more", { timeout: 60_000 }, async () => {
    const child = start([classes, write(csv(made(200_000).map(without)))]);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(0);
    expect(stderr).not.toContain("chainrule:");
    expect(Number(/^(\d+) rows predicted/m.exec(stderr)![1])).toBeLessThan(200_000);
  });

  it("reads what is piped in, and waits for a slow reader", { timeout: 60_000 }, async () => {
    const many = made(60_000).map(without);
    const child = start([classes, "-"]);
    child.stdin.end(csv(many));
    child.stderr.resume();
    let lines = 0;
    for await (const text of child.stdout.setEncoding("utf8") as AsyncIterable<string>) {
      lines += text.split("\n").length - 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(lines).toBe(many.length + 1);
  });

  // It takes ten seconds: where all cases are tried.
  it.runIf(share === 1)("needs no more memory for a large file", { timeout: 120_000 }, async () => {
    const text = csv(made(100_000).map(without));
    const [head, body] = [text.slice(0, text.indexOf("\n") + 1), text.slice(text.indexOf("\n") + 1)];
    const tell = "data:text/javascript,process.on('exit',()=>console.error('peak',process.resourceUsage().maxRSS))";
    /** The most memory that a process had, in MB, for so many times as many rows. */
    const peak = async (times: number): Promise<number> => {
      const file = write(head);
      for (let i = 0; i < times; i++) writeFileSync(file, body, { flag: "a" });
      const out = ["--out", join(folder, "large-out.csv")];
      const child = start([classes, file, ...out], "--max-old-space-size=48", "--import", tell);
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (said: string) => (stderr += said));
      expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
      expect(stderr).toContain(`${times * 100_000} rows predicted`);
      return Number(/^peak (\d+)/m.exec(stderr)![1]) / 1024;
    };
    const [small, large] = [await peak(2), await peak(16)];
    expect(large - small).toBeLessThan(50); // the larger file has 33 MB more, its columns 67 MB
  });
});

describe("what is kept to score predictions", () => {
  it("is no more than ten million numbers of each predictor", () => {
    const most = (classes: number): number => {
      const rows = Array.from({ length: 2 * classes }, (_, i) => ({ x: i / 2, y: `class ${i % classes}` }));
      const columns = learnColumns(rows, { target: "y" });
      const last = columns.outputSize === 1 ? sigmoid : softmax;
      const network = new Network([dense(1, columns.outputSize), last], { seed: 1 });
      return new Scoring(tableModel(columns, network) as never).most;
    };
    expect([most(2), most(10), most(1000)]).toEqual([1_000_000, 1_000_000, 10_000]);
  });
});
