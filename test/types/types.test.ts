import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Program } from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { misfit } from "../../src/network/types.js";
import { share } from "../support/random-cases.js";

// The fixtures are compiled as a user's program would be: in a folder where node_modules/chainrule holds a package.json
// and the declarations that the newest TypeScript writes of src. Those declarations, not src itself, are what other
// versions have to read, so they are checked too (skipLibCheck is off). The folder is made afresh in each run.
//
// A fixture says `// @ts-expect-error <sentence>` above each line that must not compile, so that `npm run typecheck`
// accepts it; here the directive is taken away, and the error has to be the only one of that line and say the sentence.

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../..", import.meta.url));
const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
const names = readdirSync(fixtures);
const folder = mkdtempSync(join(tmpdir(), "types-"));
const EXPECTED = /\/\/ @ts-expect-error (.*)$/;

const network = (blocks: number) => `
  import { Network, dense, tanh } from "chainrule";
  export const network: Network<2, 1> = new Network([dense(2, 8), ${"dense(8, 8), tanh, ".repeat(blocks)} dense(8, 1)]);
`;

beforeAll(() => {
  for (const name of names) {
    const text = readFileSync(join(fixtures, name), "utf8");
    writeFileSync(join(folder, name), text.replaceAll("@ts-expect-error", "expected:"));
  }
  writeFileSync(join(folder, "shallow.ts"), network(0));
  writeFileSync(join(folder, "deep.ts"), network(24));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  writeDeclarations(join(folder, "node_modules/chainrule"));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

function writeDeclarations(to: string): void {
  const ts = require("typescript") as typeof import("typescript");
  const emit = { noEmit: false, declaration: true, emitDeclarationOnly: true, noCheck: true, types: [] };
  const folders = { rootDir: join(root, "src"), outDir: to };
  const file = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(file.config, ts.sys, root, { ...emit, ...folders });
  const { diagnostics, emitSkipped } = ts
    .createProgram(
      ["index", "table/index"].map((entry) => join(root, `src/${entry}.ts`)),
      options,
    )
    .emit();
  expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
  expect(emitSkipped).toBe(false);
  writeFileSync(
    join(to, "package.json"),
    JSON.stringify({
      name: "chainrule",
      type: "module",
      exports: { ".": { types: "./index.d.ts" }, "./table": { types: "./table/index.d.ts" } },
    }),
  );
}

interface Problem {
  readonly line: number;
  readonly text: string;
}

/** The oldest that is supported and the newest; with all random cases, one between them too. */
const versions = ["typescript-5.4", ...(share < 1 ? [] : ["typescript-5.9"]), "typescript"];

describe.each(versions)("%s", { timeout: 30_000 }, (version) => {
  const ts = require(version) as typeof import("typescript");
  let program: Program;
  const found = new Map<string, Problem[]>();

  beforeAll(() => {
    program = ts.createProgram(
      [...names, "shallow.ts", "deep.ts"].map((name) => join(folder, name)),
      {
        target: ts.ScriptTarget.ES2022,
        lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
        types: [],
        module: ts.ModuleKind.NodeNext,
        strict: true,
        noUncheckedIndexedAccess: true,
        skipDefaultLibCheck: true,
        noEmit: true,
      },
    );
    // Always in this order: what a compiler says of one file can depend on those that it has seen before.
    for (const name of names) found.set(name, problems(join(folder, name)));
  }, 60_000);

  const problems = (path: string): Problem[] => {
    const file = program.getSourceFile(path)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((problem) => ({
      line: file.getLineAndCharacterOfPosition(problem.start!).line + 1,
      text: ts.flattenDiagnosticMessageText(problem.messageText, "\n"),
    }));
  };

  it("reads the declarations", () => {
    const files = program.getSourceFiles().map(({ fileName }) => fileName);
    const declarations = files.filter((name) => name.includes("node_modules/chainrule/"));
    expect(declarations.length).toBeGreaterThan(20);
    expect(declarations.flatMap(problems)).toEqual([]);
  });

  it.each(names)("%s", (name) => {
    const lines = readFileSync(join(fixtures, name), "utf8").split("\n");
    const expected = lines.flatMap((line, i): Problem[] => {
      const text = EXPECTED.exec(line)?.[1];
      return text === undefined ? [] : [{ line: i + 2, text }];
    });
    expect(found.get(name)).toEqual(
      expected.map(({ line, text }) => ({ line, text: expect.stringContaining(text) as string })),
    );
  });

  it("checks a network of 50 layers in less than a second", () => {
    problems(join(folder, "shallow.ts"));
    const start = process.cpuUsage();
    expect(problems(join(folder, "deep.ts"))).toEqual([]);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});

it("says the same at run time", () => {
  const before = "but the layers before it output";
  expect(misfit(2, "dense", 4, 1, 3)).toBe(`layer 2 is dense(4, 1) ${before} 3 values: use dense(3, 1)`);
  expect(misfit(1, "lookup", 4, undefined, 1)).toBe(`layer 1 is lookup(4) ${before} 1 value: use lookup(1)`);
});
