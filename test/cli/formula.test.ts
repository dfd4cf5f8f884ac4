import { expect, test } from "vitest";
import { call } from "../support/command.js";

test("formula tells the value, the derivative and both in LaTeX, with numbers of one's own", async () => {
  const { code, stdout } = await call(
    "formula",
    "alpha * z² + δ",
    "--alpha",
    "3",
    "--delta=0.5",
    "--at",
    "2",
    "--digits",
    "3",
  );
  expect(code).toBe(0);
  expect(stdout).toContain("  a = α·z² + δ\n  \\alpha \\, z^{2} + \\delta\n");
  expect(stdout).toContain("  a′ = α·(2·z)\n");
  expect(stdout).toContain("At z = 2, alpha = 3, delta = 0.5: a = 12.5, a′ = 12\n");
});

test("the curve goes through its ends: highest and lowest where the formula is", async () => {
  const { stdout } = await call("formula", "−z");
  const rows = stdout.split("\n").filter((line) => line.includes("│"));
  expect(rows[0]).toMatch(/^ +4 │•+$/);
  expect(rows[10]).toMatch(/^ +-4 │ +•+$/);
  expect(rows[5]!.indexOf("•")).toBeGreaterThan(rows[0]!.indexOf("•"));
  expect(new Set(rows.slice(11).map((line) => line.includes("•")))).toEqual(new Set([false, true])); // a′ is a line
});

test.each([
  [["z / 0"], 0, ""],
  [["esp(z)"], 2, "write exp"],
  [["beta * z"], 2, "a name among z"],
  [["z", "--beta", "x"], 2, "--beta expected a number"],
  [["z", "--at", "x"], 2, "--at expected a number"],
  [["z", "--z", "1"], 2, "no other meaning"],
  [[], 2, "write chainrule formula FORMULA"],
])("%j ends with %d", async (args, due, said) => {
  const { code, stderr } = await call("formula", ...args);
  expect(code).toBe(due);
  expect(stderr).toContain(said);
});
