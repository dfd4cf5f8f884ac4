import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A fenced block of code, and where it stands. */
export interface Block {
  readonly file: string;
  /** The line of its first line of code, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

export const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** The fenced blocks of some lines of Markdown. */
function fences(lines: readonly string[], file: string, firstLine: number): Block[] {
  const blocks: Block[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  lines.forEach((line, index) => {
    const fence = /^```(.*)$/.exec(line);
    if (!fence) open?.lines.push(line);
    else if (!open) open = { language: fence[1]!.trim(), line: firstLine + index + 1, lines: [] };
    else {
      blocks.push({ file, line: open.line, language: open.language, text: `${open.lines.join("\n")}\n` });
      open = undefined;
    }
  });
  if (open) throw new Error(`${file}:${open.line}: a block that is never closed`);
  return blocks;
}

export const pageBlocks = (file: string): Block[] => fences(read(file).split("\n"), file, 1);

/**
 * The blocks of all docstrings of a source file. An `@example` that is one line of code, as in the rooms that users do
 * not see, gets the import of what it documents.
 */
export function docstringBlocks(file: string): Block[] {
  const text = read(file);
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\/(?=\s*(?:export (?:function|const) (\w+))?)/g)].flatMap((comment) => {
    const [documented, name] = comment;
    const lines = documented.split("\n").map((line) => line.replace(/^\s*\*? ?/, ""));
    const firstLine = text.slice(0, comment.index).split("\n").length;
    const plain = lines.flatMap((line, index): Block[] => {
      const code = lines[index + 1] ?? "";
      if (line !== "@example" || code.startsWith("```")) return [];
      const imported = `import { ${name} } from "./${file.replace(/\.ts$/, ".js")}";`;
      return [{ file, line: firstLine + index + 1, language: "ts", text: `${imported} ${code}\n` }];
    });
    const blocks = [...fences(lines, file, firstLine), ...plain];
    if (lines.filter((line) => line.startsWith("@example")).length > blocks.length) {
      throw new Error(`${file}:${firstLine}: an @example without code`);
    }
    return blocks;
  });
}

/** The files of a folder and of those within it, sorted. */
export const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith(ending) && !name.startsWith("docs/api/"))
    .sort();
