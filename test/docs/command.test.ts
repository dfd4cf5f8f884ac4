// What docs/command.md shows of train and predict is printed, in a process of its own: it works in another folder.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { call } from "../support/command.js";
import { pageBlocks, root } from "./blocks.js";

it("prints what docs/command.md shows", async () => {
  const blocks = pageBlocks("docs/command.md");
  const shown = blocks.flatMap(({ language, text }, i) => {
    const [, args] = /^npx chainrule ((?:train|predict) .*)\n$/.exec(text) ?? [];
    return language === "sh" && args ? [{ args: args.split(" "), text: blocks[i + 1]!.text }] : [];
  });
  expect(shown.map(({ args }) => args[0])).toEqual(["train", "predict"]);
  const rows = shown[1]!.text.split("\n").slice(0, 4);
  const asked = rows.map((row) => row.split(",").slice(0, -2).join(",")); // without what is added
  const folder = mkdtempSync(join(tmpdir(), "chainrule-docs-"));
  const before = process.cwd();
  try {
    copyFileSync(join(root, "test/fixtures/tables/iris.csv"), join(folder, "iris.csv"));
    writeFileSync(join(folder, "new.csv"), `${asked.join("\n")}\n`);
    process.chdir(folder);
    for (const { args, text } of shown) {
      const { code, stdout, stderr } = await call(...args);
      expect([code, stdout + stderr]).toEqual([0, text]);
    }
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});
