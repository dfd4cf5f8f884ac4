import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = new URL("many.program.ts", import.meta.url).pathname;
const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "tsx", program]);
const { "control: a network that is kept": control, ...left } = JSON.parse(stdout) as Readonly<Record<string, number>>;

test("a network that is kept is noticed", () => {
  expect(control).toBeGreaterThan(2_000_000); // bytes: its weights and their gradients alone are 4 MB
});

test.each(Object.entries(left))("next to nothing is left by %s", (name, bytes) => {
  expect(bytes).toBeLessThan(name === "10,000 batch sizes" ? 500_000 : 1_000_000);
});
