import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adam, cosine, crossEntropy, dense, halfSquaredError, l2, logProgress, Network, sgd, softmax, type Optimizer } from "chainrule"; // prettier-ignore
import { compare } from "chainrule/trace";
import { afterAll, afterEach, describe, expect, it, test, vi } from "vitest";
import { withOutput, writeWhole } from "../../src/cli/written.js";
import { call } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

describe("what a command writes", () => {
  it("is a whole file, or an error that names the option", async () => {
    const file = join(folder, "whole.txt");
    await writeWhole("--out", file, (handle) => handle.writeFile("all"));
    expect(readFileSync(file, "utf8")).toBe("all");
    await expect(writeWhole("--out", folder, () => Promise.resolve())).rejects.toThrow(
      "--out expected a file that can be written",
    );
    const broken = writeWhole("--out", file, () => Promise.reject(new Error("no more")));
    await expect(broken).rejects.toThrow("no more");
    expect(readFileSync(file, "utf8")).toBe("all");
  });

  it("waits until it is taken, and ends when nobody reads", async () => {
    const answers = [true, false, true];
    const spy = vi.spyOn(process.stdout, "write").mockImplementation(() => answers.shift()!);
    const said: boolean[] = [];
    await withOutput(async (write) => {
      said.push(await write("a"));
      setTimeout(() => process.stdout.emit("drain"), 5);
      said.push(await write("b"));
      process.stdout.emit("error", new Error("EPIPE"));
      said.push(await write("c"));
    });
    expect(said).toEqual([true, true, false]);
    expect(spy).toHaveBeenCalledTimes(2);
    expect(process.stdout.listenerCount("drain")).toBe(0);
  });
});

test("a single copy stands there, and words that explain a number are suspected", async () => {
  const rows = Array.from({ length: 600 }, (_, n) => [
    ["low", "mid", "high"][n % 3],
    (n * 7919) % 997,
    100 * (n % 3) + n / 600,
  ]);
  rows[599] = rows[598]!;
  const file = join(folder, "copy.csv");
  writeFileSync(file, ["w,x,y", ...rows.map((row) => row.join(","))].join("\n"));
  const all: Awaited<ReturnType<typeof call>>[] = [];
  for (const seed of [1, 2, 3, 4, 5, 6])
    all.push(await call("train", file, "--target", "y", "--epochs", "2", "--seed", `${seed}`, "--out", join(folder, `c${seed}.json`))); // prettier-ignore
  const text = all.map(({ stdout }) => stdout).join("\n");
  expect(text).toMatch(/w alone explains (99|100) % of what there is to explain/);
  expect(text).toMatch(/1 of 120 tested rows stands among the rows it learnt from too/);
});

test("predictions of thousands of rows are all held against the answers", async () => {
  const line = (n: number): string => `${(n * 7919) % 997},${n % 2 ? "yes" : "no"}`;
  const lines = (count: number): string => ["x,y", ...Array.from({ length: count }, (_, n) => line(n))].join("\n");
  const [few, many] = [join(folder, "few.csv"), join(folder, "many.csv")];
  writeFileSync(few, lines(100));
  writeFileSync(many, lines(20_000));
  const out = join(folder, "held.json");
  await call("train", few, "--target", "y", "--epochs", "2", "--out", out);
  const { stderr } = await call("predict", out, many, "--out", join(folder, "held.csv"));
  expect(stderr).toContain("y, a class, on 20000 rows");
});

test.each<[string, Optimizer, object]>([
  ["a schedule", sgd({ learningRate: cosine({ from: 0.1, steps: 9 }) }), {}],
  ["clipping", adam({ clipValue: 1 }), {}],
  ["options by name, or a penalty", sgd, { penalty: l2(0.1) }],
])("compare knows no mistakes of %s", (what, optimizer, options) => {
  const network = new Network([dense(1, 1, options)], { loss: halfSquaredError, optimizer, seed: 1 });
  expect(() => compare(network, [1], [0], { "E after 1": 0.5 })).toThrow(`got ${what}`);
  if ("penalty" in options) expect(network.summary()).toContain("penalty l2");
});

test.each([
  [[1, 2], 6, "write classWeights: [1, …]"],
  [[1, 2], 6, "one for each class"],
  [[1, 2], 3, "write classWeights: [1, 1, 1]"],
])("weights %j of %d classes are refused", (classWeights, classes, said) => {
  const network = new Network([dense(1, classes), softmax], { loss: crossEntropy, seed: 1 });
  expect(() => network.evaluate([[1]], [0], { classWeights: classWeights as never })).toThrow(said);
});

test("logProgress says the trial of a table first", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  logProgress({ epoch: 3, loss: 0.5, trial: 2 } as never);
  expect(log.mock.calls[0]![0]).toBe("trial 2  epoch    3  loss 0.5000");
});
