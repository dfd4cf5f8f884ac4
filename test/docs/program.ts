import { join } from "node:path";
import { format, stripVTControlCharacters } from "node:util";
import ts from "typescript";
import { root, type Block } from "./blocks.js";
import { agrees, expectedIn, type Expected } from "./values.js";

// How a block of TypeScript becomes a test.
//
// Program. A block that imports something begins a program; one that does not goes on where the block before it in the
// same page ended. All programs are type-checked in one go, under the options of tsconfig.json, and each is run.
//
// Values. `expression; // 0.25` and `const name = expression; // [0.1, 0.2]: why` are compared with the comment, to the
// digits that it gives. A comment that does not begin with a value is prose.
//
// Output. A `text` block right after a block is what it prints, or, if it begins with `name.ts:1:2 - error`, what the
// compiler says of it. `console.log(…); // text` prints just that.
//
// Errors. `// error: text`, at the end of a statement or on the next line: the compiler refuses it with one error that
// says so, and when run it throws an error of ours. `// throws: text`: it compiles, and throws with that message.

/** Blocks that make one program. */
export interface Program {
  readonly file: string;
  readonly line: number;
  readonly parts: readonly { readonly block: Block; readonly output: string | undefined }[];
  readonly text: string;
}

/** The programs of a page: its TypeScript blocks, with the `text` block that follows each. */
export function programsIn(blocks: readonly Block[]): Program[] {
  const programs: { file: string; line: number; parts: { block: Block; output: string | undefined }[] }[] = [];
  blocks.forEach((block, index) => {
    if (block.language !== "ts") return;
    const next = blocks[index + 1];
    const part = { block, output: next?.language === "text" ? next.text : undefined };
    if (/^import /m.test(block.text) || !programs.length)
      programs.push({ file: block.file, line: block.line, parts: [part] });
    else programs.at(-1)!.parts.push(part);
  });
  return programs.map((program) => ({ ...program, text: program.parts.map(({ block }) => block.text).join("") }));
}

const COMPILER_OUTPUT = /^(\S+\.ts):\d+:\d+ - error /;

/** What is expected of a statement. */
type Claim =
  | { readonly kind: "value"; readonly expected: Expected; readonly name: string | undefined }
  | { readonly kind: "prints" | "error" | "throws"; readonly text: string };

interface Statement {
  readonly start: number;
  readonly end: number;
  readonly claim: Claim;
}

/** A program, checked by the compiler and ready to be run. */
export interface Checked {
  readonly program: Program;
  /** What the compiler says and the page does not, or the other way round. */
  readonly complaints: readonly string[];
  /** How many values it compares. */
  readonly values: number;
  run(modules: Readonly<Record<string, unknown>>): Promise<string[]>;
}

/** Type-checks all programs together. */
export function check(programs: readonly Program[]): Checked[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem) => {
        throw new Error(String(problem.messageText));
      },
    },
  )!;
  const paths = programs.map((_, index) => join(root, `page-${index}.ts`));
  const texts = new Map(paths.map((path, index) => [path, programs[index]!.text]));
  const host = ts.createCompilerHost(config.options, true);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, language, ...rest)
      : ts.createSourceFile(path, text, language, true);
  };
  const compiled = ts.createProgram(paths, config.options, host);
  return programs.map((program, index) => {
    const source = compiled.getSourceFile(paths[index]!)!;
    const problems = [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)];
    const statements = statementsOf(source);
    return {
      program,
      complaints: compare(program, problems, statements),
      values: statements.filter(({ claim }) => claim.kind !== "error").length,
      run: (modules) => run(program, source, statements, modules),
    };
  });
}

const flat = (problem: ts.Diagnostic): string => ts.flattenDiagnosticMessageText(problem.messageText, "\n");

function compare(program: Program, problems: readonly ts.Diagnostic[], statements: readonly Statement[]): string[] {
  const output = program.parts.map((part) => part.output ?? "").find((text) => COMPILER_OUTPUT.test(text));
  if (output !== undefined) {
    const host = {
      getCurrentDirectory: () => root,
      getCanonicalFileName: (name: string) => name,
      getNewLine: () => "\n",
    };
    const coloured = ts.formatDiagnosticsWithColorAndContext(problems, host);
    const said = stripVTControlCharacters(coloured).replaceAll(/^page-\d+\.ts/gm, COMPILER_OUTPUT.exec(output)![1]!);
    return said.trim() === output.trim() ? [] : [`the compiler says\n${said}`];
  }
  const errors = statements.filter(({ claim }) => claim.kind === "error");
  const within = (problem: ts.Diagnostic) =>
    errors.find(({ start, end }) => problem.start! >= start && problem.start! < end);
  const unexpected = problems.filter((problem) => {
    const { claim } = within(problem) ?? {};
    return claim?.kind !== "error" || !flat(problem).includes(claim.text);
  });
  const missing = errors.filter((statement) => !problems.some((problem) => within(problem) === statement));
  return [
    ...unexpected.map(flat),
    ...missing.map(({ claim }) => `compiles, and should not: ${(claim as { text: string }).text}`),
  ];
}

/** The statements of which the page says something. */
function statementsOf(source: ts.SourceFile): Statement[] {
  const found: Statement[] = [];
  const visit = (node: ts.Node): void => {
    const claim = claimOf(node, source);
    if (claim) found.push({ start: node.getStart(source), end: node.end, claim });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function claimOf(node: ts.Node, source: ts.SourceFile): Claim | undefined {
  const isExpression = ts.isExpressionStatement(node);
  if (!isExpression && !ts.isVariableStatement(node)) return undefined;
  const [after, ...lines] = source.text.slice(node.end).split("\n");
  const trailing = /^\s*\/\/ ?(.*)$/.exec(after!)?.[1];
  const next = sentence(lines);
  const error = /^(error|throws): (.*)$/.exec((next ?? trailing ?? "").trim());
  if (isExpression && error) return { kind: error[1] as "error" | "throws", text: error[2]!.replaceAll(/^'|'$/g, "") };
  if (trailing === undefined) return undefined;
  if (isExpression && /^console\.log\(/.test(node.getText(source))) return { kind: "prints", text: trailing.trim() };
  const declaration = isExpression ? undefined : node.declarationList.declarations[0]!;
  if (declaration && !ts.isIdentifier(declaration.name)) return undefined;
  const expected = expectedIn(joined(trailing.trim(), lines));
  return expected && { kind: "value", expected, name: declaration?.name.getText(source) };
}

/** The sentence on the lines after a statement; indented lines carry it on. */
function sentence(lines: readonly string[]): string | undefined {
  const first = /^\s*\/\/ ((?:error|throws): .*)$/.exec(lines[0] ?? "")?.[1];
  const others = lines.slice(1).map((line) => /^\s*\/\/ {3}(.*)$/.exec(line)?.[1]);
  const end = others.indexOf(undefined);
  return first && [first, ...others.slice(0, end < 0 ? others.length : end)].join(" ");
}

/** A value may go on in the comments of the next lines, until its brackets are closed. */
function joined(comment: string, lines: readonly string[]): string {
  const isOpen = (text: string) => /^[[{]/.test(text) && text.split(/[[{]/).length > text.split(/[\]}]/).length;
  let text = comment;
  for (const line of lines) {
    const more = /^\s*\/\/ ?(.*)$/.exec(line)?.[1];
    if (!isOpen(text) || more === undefined) break;
    text = `${text} ${more.trim()}`;
  }
  return text;
}

/** Puts the calls that compare values into the text of a program. */
function instrument(program: Program, statements: readonly Statement[]): string {
  const inserts: [at: number, text: string][] = [];
  let end = 0;
  program.parts.forEach(({ block }, index) => {
    end += block.text.length;
    inserts.push([end, `;$.part(${index});`]);
  });
  statements.forEach(({ start, end: stop, claim }, index) => {
    const last = program.text[stop - 1] === ";" ? stop - 1 : stop;
    if (claim.kind === "value") {
      if (claim.name !== undefined) inserts.push([stop, `;$.value(${index}, ${claim.name});`]);
      else inserts.push([start, `$.value(${index}, (`], [last, "))"]);
    } else if (claim.kind === "prints") inserts.push([start, "$.mark();"], [stop, `;$.prints(${index});`]);
    else inserts.push([start, `await $.throws(${index}, async () => {`], [stop, "});"]);
  });
  let text = program.text;
  for (const [at, insert] of inserts
    .map((each, i) => [...each, i] as const)
    .sort((a, b) => b[0] - a[0] || b[2] - a[2])) {
    text = text.slice(0, at) + insert + text.slice(at);
  }
  return text;
}

const AsyncFunction = (async () => {}).constructor as new (
  ...texts: string[]
) => (...values: unknown[]) => Promise<void>;

/** Runs a program; gives what was otherwise than the page says. */
async function run(
  program: Program,
  source: ts.SourceFile,
  statements: readonly Statement[],
  modules: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const complaints: string[] = [];
  const complain = (index: number, got: string): void => {
    const { start, end } = statements[index]!;
    complaints.push(`${source.text.slice(start, source.text.indexOf("\n", end))}\n  gives ${got}`);
  };
  const reached = new Set<number>();
  let printed = "";
  let marked = 0;
  const $ = {
    value(index: number, value: unknown) {
      reached.add(index);
      const { expected } = statements[index]!.claim as Claim & { kind: "value" };
      if (!agrees(value, expected)) complain(index, format("%o", value));
      return value;
    },
    mark() {
      marked = printed.length;
    },
    prints(index: number) {
      reached.add(index);
      const line = printed.slice(marked).trimEnd();
      if (line !== (statements[index]!.claim as { text: string }).text) complain(index, line);
    },
    async throws(index: number, call: () => Promise<void>) {
      reached.add(index);
      const { kind, text } = statements[index]!.claim as { kind: string; text: string };
      try {
        await call();
        complain(index, "no error");
      } catch (error) {
        const { name, message } = error as Error;
        const isOurs = name === "ChainruleError" && (kind === "error" ? text.includes(message) : message === text);
        if (!isOurs) complain(index, `${name}: ${message}`);
      }
    },
    part(index: number) {
      const output = program.parts[index]!.output?.trimEnd();
      if (output !== undefined && output !== printed.trimEnd()) complaints.push(`prints\n${printed}`);
      printed = "";
    },
  };
  const { outputText } = ts.transpileModule(instrument(program, statements), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const require = (name: string): unknown => modules[name] ?? complaints.push(`imports ${name}`);
  const main = new AsyncFunction("$", "require", "exports", outputText);
  const { log } = console;
  console.log = (...values: unknown[]) => void (printed += `${format(...values)}\n`);
  const refused = program.parts.some(({ output }) => COMPILER_OUTPUT.test(output ?? ""));
  try {
    await main($, require, {});
    if (refused) complaints.push("runs, although the compiler refuses it");
    statements.forEach((_, index) => reached.has(index) || complain(index, "nothing: it is not reached"));
  } catch (error) {
    const { name, message, stack } = error as Error;
    const said = program.parts.some(({ output }) => output?.includes(message));
    if (!refused || name !== "ChainruleError" || !said) complaints.push(stack ?? message);
  } finally {
    console.log = log;
  }
  return complaints;
}
