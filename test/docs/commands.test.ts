import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { chainrule } from "../support/command.js";
import { pageBlocks, root } from "./blocks.js";

// A `text` block right after `npx chainrule …` is what that prints, then what it tells on stderr. A line "…" stands for lines that are left out. The
// commands of a page run one after another in a folder of their own, which has the examples in it.

/** The words of a command; what stands in quotes is one. */
const wordsOf = (command: string): string[] =>
  (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, "$1"));

const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);
const shown = pages.flatMap((file) => {
  const blocks = pageBlocks(file);
  const commands = blocks.flatMap(({ language, line, text }, i) => {
    if (language !== "sh" || !/^npx chainrule \w/.test(text)) return [];
    const next = blocks[i + 1];
    return [{ line, args: wordsOf(text.trim()).slice(2), output: next?.language === "text" ? next.text : "" }];
  });
  return commands.some(({ output }) => output) ? [{ file, commands }] : [];
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** The pieces of an output that are not there, each looked for behind the one before it. */
function missing(output: string, printed: string): string[] {
  let rest = `\n${printed}`;
  return output.split(/^…\n/m).filter((piece) => {
    const at = rest.indexOf(`\n${piece}`);
    if (at >= 0) rest = rest.slice(at + piece.length);
    return at < 0;
  });
}

it("finds a line that is another, or in another order", () => {
  expect(missing("a\n…\nc\n", "a\nb\nc\n")).toEqual([]);
  expect(missing("a\n…\nd\n", "a\nb\nc\n")).toEqual(["d\n"]);
  expect(missing("c\n…\na\n", "a\nb\nc\n")).toEqual(["a\n"]);
  expect(missing("b\nc\n", "a\nb\n\nc\n")).toEqual(["b\nc\n"]);
});

it.each(shown)("$file shows what its commands print", async ({ file, commands }) => {
  const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
  folders.push(folder);
  symlinkSync(join(root, "examples"), join(folder, "examples"));
  for (const { line, args, output } of commands) {
    const { stdout, stderr } = await chainrule(args, { cwd: folder });
    expect(missing(output, stdout + stderr), `${file}:${line}, which prints\n${stdout}${stderr}`).toEqual([]);
  }
});
