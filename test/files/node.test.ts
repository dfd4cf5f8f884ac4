import { spawn } from "node:child_process";
import {
  chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync,
} from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ChainruleError, Network, dense, tanh } from "chainrule";
import { open, save } from "chainrule/node";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runs } from "../support/random-cases.js";

const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
afterAll(() => rmSync(folder, { recursive: true }));

const network = new Network([dense(2, 3), tanh, dense(3, 1)], { seed: 1 });
const left = (): string[] =>
  readdirSync(folder).filter((name) => name.endsWith(".saving") && !name.startsWith("killed"));

test("a network that was saved is opened, the same", async () => {
  const path = join(folder, "network.json");
  await save(path, network);
  const same = Network.from(await open(path), { inputs: 2, outputs: 1 });
  expect(JSON.stringify(same)).toBe(JSON.stringify(network));
  await save(pathToFileURL(path), { a: 1 });
  expect(await open(pathToFileURL(path))).toEqual({ a: 1 });
  expect(left()).toEqual([]);
});

test("the text is made at once: what changes later is not in it", async () => {
  const path = join(folder, "early.json");
  const document = { value: 1 };
  const saving = save(path, document);
  document.value = 2;
  await saving;
  expect(await open(path)).toEqual({ value: 1 });
});

test("of saves at the same time the last one wins, and each was whole", async () => {
  const path = join(folder, "many.json");
  await Promise.all(Array.from({ length: 20 }, (_, n) => save(path, { n, text: "x".repeat(1000 * (20 - n)) })));
  expect(await open(path)).toMatchObject({ n: 19 });
  expect(left()).toEqual([]);
});

test("permissions are kept, and a link stays a link", async () => {
  const path = join(folder, "private.json");
  writeFileSync(path, "{}");
  chmodSync(path, 0o600);
  const link = join(folder, "link.json");
  symlinkSync(path, link);
  await save(link, [1]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("[1]");
});

test("what a process that is gone left behind is removed, what others are writing is not", async () => {
  const path = join(folder, "tidy.json");
  const gone = await new Promise<number>((ended) => {
    const child = spawn(process.execPath, ["-e", ""]);
    child.on("exit", () => ended(child.pid!));
  });
  const [ofGone, ofOther, ofUser] = [`${gone}.1.saving`, `${process.ppid}.1.saving`, "notes.saving"].map(
    (end) => `tidy.json.${end}`,
  );
  for (const name of [ofGone!, ofOther!, ofUser!]) writeFileSync(join(folder, name), "");
  await save(path, {});
  expect(existsSync(join(folder, ofGone!))).toBe(false);
  for (const name of [ofOther!, ofUser!]) {
    expect(existsSync(join(folder, name))).toBe(true);
    rmSync(join(folder, name));
  }
});

describe("errors", () => {
  const errorOf = async (work: Promise<unknown>): Promise<ChainruleError> => {
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ChainruleError);
    return error as ChainruleError;
  };
  test("of a path, of a document, of JSON", async () => {
    for (const path of ["", 3, null, undefined, {}]) {
      expect((await errorOf(save(path as never, {}))).code).toBe("type");
      expect((await errorOf(open(path as never))).code).toBe("type");
    }
    expect((await errorOf(save(join(folder, "none.json"), undefined))).code).toBe("type");
    expect((await errorOf(save(join(folder, "none.json"), () => 1))).code).toBe("type");
    expect(existsSync(join(folder, "none.json"))).toBe(false);
    writeFileSync(join(folder, "broken.json"), '{"a": ');
    expect(await errorOf(open(join(folder, "broken.json")))).toMatchObject({ code: "value", expected: "JSON" });
    writeFileSync(join(folder, "marked.json"), "\uFEFF[1]");
    expect(await open(join(folder, "marked.json"))).toEqual([1]);
  });

  test("of the system: with its reason, and the file stays as it was", async () => {
    const error = await errorOf(open(join(folder, "missing.json")));
    expect(error).toMatchObject({ code: "value", where: `open ${join(folder, "missing.json")}` });
    expect(error.got).toContain("ENOENT");
    expect((await errorOf(save(join(folder, "no", "folder.json"), {}))).got).toContain("ENOENT");
    const directory = join(folder, "directory");
    mkdirSync(directory);
    expect((await errorOf(save(directory, {}))).code).toBe("value");
    expect(readdirSync(directory)).toEqual([]);
    expect(left()).toEqual([]);
    await save(join(folder, "after.json"), { fine: true }); // one that failed does not stop the next
    expect(await open(join(folder, "after.json"))).toEqual({ fine: true });
  });
});

describe("a process that is killed while it saves 2 MB", () => {
  const program = join(folder, "program");
  const texts = ["a", "b"].map((sign) => ({ sign, text: sign.repeat(2_200_000) }));

  // The sources themselves, without their types: a process starts in a moment then.
  beforeAll(() => {
    for (const file of ["node/save", "node/path", "core/errors"]) {
      const text = readFileSync(`src/${file}.ts`, "utf8");
      const { outputText } = ts.transpileModule(text, {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      });
      const to = join(program, `${file}.js`);
      mkdirSync(join(to, ".."), { recursive: true });
      writeFileSync(to, outputText);
    }
    writeFileSync(join(program, "package.json"), '{ "type": "module" }');
    writeFileSync(
      join(program, "main.js"),
      `import { save } from "./node/save.js";
       const texts = ["a", "b"].map((sign) => ({ sign, text: sign.repeat(2_200_000) }));
       for (let n = 0; ; n++) {
         await save(process.argv[2], texts[n % 2]);
         if (n === 1) console.log("begun");
       }`,
    );
  });

  test("leaves the old or the new file, never a part of one", async () => {
    const path = join(folder, "killed.json");
    let state = 12345;
    const seen = new Set<string>();
    for (let kill = 0; kill < runs(50); kill++) {
      const child = spawn(process.execPath, [join(program, "main.js"), path], { stdio: ["ignore", "pipe", "inherit"] });
      await new Promise((begun) => child.stdout.once("data", begun));
      state = (state * 48271) % 2147483647;
      await new Promise((passed) => setTimeout(passed, state % 40));
      await new Promise((ended) => {
        child.once("exit", ended);
        child.kill("SIGKILL");
      });
      const found = (await open(path)) as (typeof texts)[number];
      expect(texts.find(({ sign }) => sign === found.sign)).toEqual(found);
      seen.add(found.sign);
      const behind = readdirSync(folder).filter((name) => /^killed.*saving$/.test(name));
      expect(behind.length).toBeLessThanOrEqual(1); // those of the kills before have been removed
    }
    expect(seen.size).toBe(2);
  });
});
