import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { describe, test } from "vitest";
import { expectSame, expectSound, runInNode } from "./program.js";

/** The executable of a Node version, which npm downloads as a package the first time. */
const download = (version: string): string =>
  execFileSync("npx", ["-y", `node@${version}`, "-p", "process.execPath"], { cwd: tmpdir(), encoding: "utf8" }).trim();

describe.each(["this one", "22", "24", "26"])("Node %s", (version) => {
  test.each(["module", "commonjs"] as const)("trains as %s, to the same bits", (type) => {
    const report = runInNode(version === "this one" ? process.execPath : download(version), type);
    expectSound(report, "wasm");
    expectSame(report);
  });
});
