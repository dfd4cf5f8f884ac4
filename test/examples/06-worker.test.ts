import { beforeAll, expect, test } from "vitest";
import { run } from "../support/command.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/06-worker.ts");
});

test("the worker reports every tenth epoch, and the loss falls", () => {
  const rows = [...text.matchAll(/^ +(\d+) {2}(\d\.\d{4}) +(\d\.\d{4}) +(\d\.\d{3})$/gm)].map((row) =>
    row.slice(1).map(Number),
  );
  expect(rows.map(([epoch]) => epoch)).toEqual([10, 20, 30, 40, 50, 60]);
  expect(rows.at(-1)![1]).toBeLessThan(rows[0]![1]!);
});

test("the network comes back, and has learnt; the main thread was free", () => {
  const [, percent] = /right in (\S+) % of 777 rows/.exec(text)!;
  expect(Number(percent)).toBeGreaterThan(90);
  expect(text).toContain("Meanwhile the timer of the main thread went on.");
});
