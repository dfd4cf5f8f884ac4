import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = new URL("many.program.ts", import.meta.url).pathname;
const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "tsx", program]);
const { "control: a network that is kept": control, ...left } = JSON.parse(stdout) as Readonly<Record<string, number>>;

test("a network that is kept is noticed", () => {
  expect(control).toBeGreaterThan(2_000_000); // bytes: its weights and their gradients alone are 4 MB
});

test.each(Object.entries(left))("less than 1 MB is left by %s", (_, bytes) => {
  expect(bytes).toBeLessThan(1_000_000);
});
