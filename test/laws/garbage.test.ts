import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

interface Measured {
  /** Bytes a call, in three rounds of 20,000 calls. */
  readonly bytes: Readonly<Record<string, readonly number[]>>;
  /** Garbage collections that were seen, and those of them that fell into a round. */
  readonly seen: number;
  readonly disturbed: number;
}

const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64", "--import", "tsx"];
const program = new URL("garbage.program.ts", import.meta.url).pathname;
const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
const { bytes, seen, disturbed } = JSON.parse(stdout) as Measured;

/** One round may have been the one in which the engine compiled something again. */
const middle = (rounds: readonly number[]): number => [...rounds].sort((a, b) => a - b)[1]!;

const names = Object.keys(bytes);
const controls = names.filter((name) => name.startsWith("control"));

test("nothing was collected while it was measured", () => {
  expect(seen).toBeGreaterThan(names.length);
  expect(disturbed).toBe(0);
});

test.each(controls)("64 bytes are noticed: %s", (name) => {
  expect(middle(bytes[name]!)).toBeGreaterThanOrEqual(64);
});

test("every case was measured", () => {
  expect(names.length - controls.length).toBeGreaterThanOrEqual(9);
});

test.each(names.filter((name) => !controls.includes(name)))("at most 32 bytes a call: %s", (name) => {
  expect(middle(bytes[name]!)).toBeLessThanOrEqual(32);
});
