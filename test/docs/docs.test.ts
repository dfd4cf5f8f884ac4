import * as files from "node:fs";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as chainrule from "chainrule";
import * as checks from "chainrule/check";
import * as metrics from "chainrule/metrics";
import * as node from "chainrule/node";
import * as relaxations from "chainrule/relaxed";
import * as tables from "chainrule/table";
import * as traces from "chainrule/trace";
import ts from "typescript";
import { describe, expect, it, test } from "vitest";
import { author, trainOnline } from "../../bench/xor.js";
import { figures, rounded, workThrough } from "../../examples/article.js";
import { isSolved } from "../../examples/xor.js";
import { forward, train, type Variant } from "../support/article.js";
import { docstringBlocks, filesIn, pageBlocks, read, root, type Block } from "./blocks.js";
import { check, programsIn } from "./program.js";

const guides = readdirSync(join(root, "docs"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);
const papers = ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md"];
const pages = ["README.md", "llms.txt", ...papers, ...guides];
const design = "test/docs/design-section-2.md";
const sources = filesIn("src", ".ts");

/** Where the files are that the package leaves out. */
const REPOSITORY = "https://github.com/chainrule/chainrule/blob/main/";

const blocksOf = new Map<string, Block[]>([
  ...[...pages, design].map((file) => [file, pageBlocks(file)] as const),
  ...sources.map((file) => [file, docstringBlocks(file)] as const),
]);
const programs = [...blocksOf].flatMap(([file, blocks]) =>
  file.startsWith("src/") ? blocks.flatMap((block) => programsIn([block])) : programsIn(blocks),
);
/** Pages with a mistake each, and what is to be said of it. */
const planted = [
  ["a wrong value", "0.1 + 0.2; // 0.4", "gives 0.3"],
  ["a wrong last digit", "[1 / 3, 2 / 3]; // [0.3333, 0.6666]", "gives [ 0.333"],
  ["a whole number that is none", "1.1; // 1", "gives 1.1"],
  ["a value that is not reached", "if (Number.isNaN(1)) 2; // 2", "not reached"],
  ["other output", 'console.log("a"); // b', "gives a"],
  ["an error of the compiler", 'const n: number = "1";', "not assignable"],
  ["no error where one is announced", "1 + 1;\n// throws: dense expected", "no error"],
  ["an error at run time", "[].reduce(() => 1);", "Reduce of empty array"],
].map(([name, code, complaint]) => {
  const text = `import "chainrule";\n${code}\n`;
  const [program] = programsIn([{ file: "planted", line: 1, language: "ts", text }]);
  return { name: name!, program: program!, complaint: complaint! };
});

const modules: Record<string, unknown> = {
  chainrule,
  "chainrule/check": checks,
  "chainrule/metrics": metrics,
  "chainrule/node": node,
  "chainrule/relaxed": relaxations,
  "chainrule/table": tables,
  "chainrule/trace": traces,
  "node:fs": files,
};
for (const [, file] of programs.flatMap(({ text }) => [...text.matchAll(/from "\.\/(src\/\S+)\.js"/g)])) {
  modules[`./${file}.js`] = await import(join(root, `${file}.ts`));
}

describe("every block of TypeScript, in pages and docstrings", () => {
  const all = check([...programs, ...planted.map(({ program }) => program)]);
  const checked = all.slice(0, programs.length);

  it.each(planted)("would not go through with $name", async ({ program, complaint }) => {
    const each = all.find((candidate) => candidate.program === program)!;
    expect([...each.complaints, ...(await each.run(modules))].join("\n")).toContain(complaint);
  });

  it.each(checked.map((each) => [`${each.program.file}:${each.program.line}`, each] as const))(
    "%s",
    async (_, each) => {
      expect(each.complaints.join("\n")).toBe("");
      expect((await each.run(modules)).join("\n")).toBe("");
    },
  );

  it("compares values: in the block of the design and in every guide with code", () => {
    const values = (file: string) =>
      checked.filter(({ program }) => program.file === file).reduce((sum, each) => sum + each.values, 0);
    expect(values(design)).toBe(5);
    expect(values("docs/backpropagation.md")).toBeGreaterThanOrEqual(50);
    for (const file of ["README.md", "llms.txt", ...guides]) {
      if (file !== "docs/architecture.md")
        expect(
          checked.some(({ program }) => program.file === file),
          file,
        ).toBe(true);
    }
  });
});

describe("other blocks", () => {
  const others = pages.flatMap((file) => blocksOf.get(file)!).filter(({ language }) => language !== "ts");
  const of = (language: string) => others.filter((block) => block.language === language);
  const at = ({ file, line }: Block) => `${file}:${line}`;

  it("are formulas, output, commands or programs in other languages, and say which", () => {
    const known = ["formula", "text", "sh", "json", "python", "js", "jsx"];
    expect(others.filter(({ language }) => !known.includes(language)).map(at)).toEqual([]);
    const foreign = [...of("python"), ...of("js"), ...of("jsx")].map(({ file }) => file);
    const run = (file: string) => file === "docs/recipes.md"; // by test/package/recipes.test.ts
    expect(foreign.filter((file) => !run(file))).toEqual(Array<string>(8).fill("docs/coming-from.md"));
  });

  it("output stands right after the program or the command that prints it", () => {
    const prints = ({ language, text }: Block) =>
      language === "ts" || (language === "sh" && /^npx chainrule/.test(text));
    const loose = pages.flatMap((file) =>
      blocksOf.get(file)!.filter(({ language }, i, all) => language === "text" && !(i && prints(all[i - 1]!))),
    );
    expect(loose.map(at)).toEqual([]);
  });

  it("commands are those that there are", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const exists = (command: string): boolean => {
      if (
        /^npm (ci|ci --prefix bench|install chainrule|publish --provenance|audit signatures|version .*)$/.test(command)
      )
        return true;
      const [, own] = /^npx chainrule (\w+)/.exec(command) ?? [];
      if (own) return read(`src/cli/${own}.ts`).includes(`${own}: Command`);
      const [, program] = /^npx tsx (\S+)$/.exec(command) ?? [];
      if (program) return existsSync(join(root, program));
      const [, files] = /^npx vitest run (\S+)(?: -t \w+)?$/.exec(command) ?? [];
      if (files) return existsSync(join(root, files));
      const [, script] = /^(?:[A-Z]+=\S+ )?npm (?:run )?([\w:]+)(?: -- --sequence\.seed=\d+)?$/.exec(command) ?? [];
      return script !== undefined && script in scripts;
    };
    const shown = of("sh").flatMap(({ text }) => text.trim().split(/\n| && /));
    const inText = pages.flatMap((file) => [...read(file).matchAll(/`(np[mx] [^`]+)`/g)].map((match) => match[1]!));
    expect([...shown, ...inText].filter((command) => !command.split(" && ").every(exists))).toEqual([]);
    expect(of("sh").map(({ text }) => text.trim())).toContain("npm ci && npm start");
    expect(of("sh").map(({ text }) => text.trim())).toContain("npm ci && npm test");
  });
});

describe("pages", () => {
  const prose = (file: string) => read(file).replaceAll(/^```[\s\S]*?^```/gm, "");
  const anchors = (file: string) =>
    [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    );

  it.each(pages)("%s: links lead somewhere", (file) => {
    const links = [...prose(file).matchAll(/\]\(([^)]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(
      (match) => (match[1] ?? match[2])!,
    );
    const broken = links.filter((link) => {
      const isOwn = link.startsWith(REPOSITORY); // to what is not in the package
      if (/^https:\/\/\w/.test(link) && !isOwn) return false;
      const [path, anchor] = link.replace(REPOSITORY, "").split("#");
      const target = !path ? file : isOwn ? path : join(dirname(file), path);
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchors(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it.each(pages)("%s: lines of at most 120 characters, but for tables and what a compiler prints", (file) => {
    const text = read(file).replaceAll(/^```text[\s\S]*?^```/gm, "");
    expect(text.split("\n").filter((line) => line.length > 120 && !line.startsWith("|"))).toEqual([]);
  });

  it("every guide is reached from the README and from llms.txt", () => {
    for (const guide of guides)
      for (const page of ["README.md", "llms.txt"]) expect(read(page)).toContain(`(${guide})`);
    for (const paper of papers) expect(read("README.md")).toMatch(new RegExp(`\\((${REPOSITORY})?${paper}\\)`));
  });
});

describe("the reference", () => {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)).config as object;
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const entries = [
    "src/index.ts",
    "src/check/index.ts",
    "src/trace/index.ts",
    "src/metrics/index.ts",
    "src/table/index.ts",
    "src/node/index.ts",
  ];
  const program = ts.createProgram(
    entries.map((file) => join(root, file)),
    options,
  );
  const checker = program.getTypeChecker();
  const exported = entries.flatMap((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(join(root, file))!)!),
  );
  const isType = ({ declarations }: ts.Symbol) =>
    declarations!.some((each) => ts.isTypeOnlyImportOrExportDeclaration(each));
  const resolved = exported.map((symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  );
  const values = resolved.filter(({ flags }, index) => flags & ts.SymbolFlags.Value && !isType(exported[index]!));
  const tagged = (symbol: ts.Symbol, name: string) => symbol.getJsDocTags(checker).some((tag) => tag.name === name);

  it("says something of every export (typedoc writes it, and fails at one without)", () => {
    const silent = resolved.filter((symbol) => !symbol.getDocumentationComment(checker).length);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it("has an example for all that is not a type", () => {
    expect(values.filter((symbol) => !tagged(symbol, "example")).map(({ name }) => name)).toEqual([]);
  });

  it("says what a function throws that is given something", () => {
    const silent = values.filter((symbol) => {
      const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
      return (
        signature?.declaration &&
        ts.isFunctionDeclaration(signature.declaration) &&
        signature.parameters.length &&
        !tagged(symbol, "throws")
      );
    });
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it("is in llms.txt, with every name that can be called or given", () => {
    const text = read("llms.txt");
    expect(values.map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });
});

test("the rooms import as docs/architecture.md says", () => {
  const table = [...read("docs/architecture.md").matchAll(/^\| (`src\/\w+(?:\.ts)?`(?:, `src\/\w+`)*) \|/gm)].map(
    (row) => [...row[1]!.matchAll(/src\/(\w+)/g)].map((match) => match[1]!),
  );
  const level = (room: string) => table.findIndex((rooms) => rooms.includes(room));
  const wrong = sources.flatMap((file) => {
    const room = file.split("/")[1]!.replace(/\.ts$/, "");
    if (room === "index") return [];
    if (level(room) < 0) return [`${room} is not in the table`];
    const imports = [...read(file).matchAll(/ from "(?:\.\.\/)+([^"]+)"/g)].map((match) => match[1]!);
    return imports
      .filter(
        (path) =>
          level(path.split("/")[0]!.replace(".js", "")) > level(room) &&
          !["layers/layer.js", "index.js"].includes(path),
      )
      .map((path) => `${file} imports ${path}`);
  });
  expect(wrong).toEqual([]);
});

test("no file imports, through others, itself: not even a type", () => {
  const imports = new Map(
    sources.map((file) => {
      const paths = [...read(file).matchAll(/ from "(\.[^"]+)\.js"/g)].map((match) => match[1]!);
      return [file, paths.map((path) => `${join(dirname(file), path)}.ts`)];
    }),
  );
  const circles = new Set<string>();
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) circles.add([...way.slice(start), file].join(" → "));
    if (start >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...way, file]);
    done.add(file);
  };
  for (const file of sources) walk(file, []);
  expect([...circles]).toEqual([]);
});

test("the network's own files and those that tell or check a step do not reach into the recorder, nor the latter into tapes", () => {
  const found = (folders: readonly string[], words: RegExp): string[] =>
    sources
      .filter((file) => folders.some((folder) => file.startsWith(`src/${folder}/`)))
      .flatMap((file) => [...read(file).matchAll(words)].map(([word]) => `${file}: ${word}`));
  expect(found(["network", "trace", "check", "cli"], /\.recorder\b/g)).toEqual([]);
  expect(found(["trace", "check", "cli"], /network\/(?:store|pass|training)|\.(?:store|training)\b/g)).toEqual([]);
});

describe("tables of docs/backpropagation.md", () => {
  const rows = [...read("docs/backpropagation.md").matchAll(/^\| (.+) \|$/gm)].map((row) => row[1]!.split(" | "));

  const mistakes: Readonly<Record<string, Variant>> = {
    correct: {},
    "sign of the step flipped": { stepUphill: true },
    "updated weights used in the hidden pass": { updatedWeightsFedBack: true },
    "output derivative forgotten": { withoutOutputDerivative: true },
    "hidden derivative forgotten": { withoutHiddenDerivative: true },
    "only one output fed back": { onlyFirstOutputFedBack: true },
    "W not transposed in the hidden pass": { notTransposed: true },
    "gradients not zeroed between steps": { gradientsNotZeroed: true },
    "biases trained, one a neuron": { biases: "per neuron" },
    "biases trained, shared": { biases: "shared" },
    "no ½ in the error": { errorFactor: 2 },
    "mean over the outputs": { errorFactor: 1 / 2 },
    "weights read column by column throughout": { readByColumn: true },
  };

  it("fingerprints", () => {
    const shown = rows.filter(([name]) => name! in mistakes);
    const due = Object.entries(mistakes).map(([name, variant]) => [
      name,
      ...[1, 2].map((updates) => forward(train(updates, variant)).error.toFixed(9)),
    ]);
    expect(shown).toEqual(due);
  });

  it("the five exceptions", () => {
    const lesson = workThrough();
    const differ = figures.filter((figure) => rounded(figure, lesson) !== figure.printed);
    const due = differ.map((figure) =>
      [figure.printed, rounded(figure, lesson)].map((text) => text.replace("-", "−")).join(),
    );
    const shown = rows
      .filter((row) => row.length === 4 && /^−?0\.\d+$/.test(row[1]!))
      .map((row) => row.slice(1, 3).join());
    expect(shown.sort()).toEqual(due.sort());
    expect(figures.length - differ.length).toBe(25);
  });

  it("XOR: the author's recipe, counted again", () => {
    const [, , , solved, right] = rows.find(([net, , recipe]) => net === "2-5-1" && recipe === "the author's recipe")!;
    const results = Array.from({ length: 200 }, (_, index) => trainOnline(author, 5_000, index + 1));
    const isRight = (predictions: number[][]) =>
      predictions.every(([p], row) => Math.abs(p! - [0, 1, 1, 0][row]!) < 0.5);
    expect([results.filter(isSolved).length, results.filter(isRight).length]).toEqual([Number(solved), Number(right)]);
  });
});
