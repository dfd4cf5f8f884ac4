import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync,
  writeFileSync,
} from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { ChainruleError, Network, dense, tanh } from "chainrule";
import { open, save } from "chainrule/node";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runs } from "../support/random-cases.js";

const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
afterAll(() => rmSync(folder, { recursive: true }));

const network = new Network([dense(2, 3), tanh, dense(3, 1)], { seed: 1 });
/** The temporary files beside a file. */
const left = (path: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith(".saving"));
const large = "x".repeat(5_000_000);

/** Looks at the temporary file of a save while it is written. */
async function during<T>(path: string, look: (name: string) => T): Promise<T> {
  const saving = save(path, large);
  let name: string | undefined;
  while (!(name = left(path)[0])) await setImmediate();
  const found = look(name);
  await saving;
  return found;
}

test("a network that was saved is opened, the same", async () => {
  const path = join(folder, "network.json");
  await save(path, network);
  const same = Network.from(await open(path), { inputs: 2, outputs: 1 });
  expect(JSON.stringify(same)).toBe(JSON.stringify(network));
  await save(pathToFileURL(path), { a: 1 });
  expect(await open(pathToFileURL(path))).toEqual({ a: 1 });
  expect(left(path)).toEqual([]);
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
  expect(left(path)).toEqual([]);
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
  const mode = await during(path, (name) => statSync(join(folder, name)).mode & 0o777);
  expect(mode).toBe(0o600); // at no moment can others read it
});

test("a link to a file that is not there yet stays one", async () => {
  mkdirSync(join(folder, "runs"));
  symlinkSync(join("runs", "3.json"), join(folder, "latest.json"));
  symlinkSync("latest.json", join(folder, "best.json"));
  await save(join(folder, "best.json"), [2]);
  for (const link of ["latest.json", "best.json"]) expect(lstatSync(join(folder, link)).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, "runs", "3.json"), "utf8")).toBe("[2]");
});

test("what a process that is gone left behind is removed, what others are writing is not", async () => {
  const path = join(folder, "tidy.json");
  const gone = await new Promise<number>((ended) => {
    const child = spawn(process.execPath, ["-e", ""]);
    child.on("exit", () => ended(child.pid!));
  });
  const name = await during(path, (found) => found);
  const of = (pid: number, others = name): string => join(folder, others.replace(`-${process.pid}-`, `-${pid}-`));
  const elsewhere = name.replace(/[0-9a-f]{8}-/, "00000000-");
  const day = 24 * 60 * 60;
  const now = Date.now() / 1000;
  const files = [
    { file: of(gone), age: 0, stays: false },
    { file: of(process.ppid), age: 0, stays: true },
    { file: of(process.ppid), age: 2 * day, stays: false }, // another process has its number now
    { file: of(process.pid), age: 0, stays: true }, // another thread of this process
    { file: of(process.pid), age: process.uptime() + 60, stays: false }, // another process had our number
    { file: of(gone, elsewhere), age: 0, stays: true }, // on another machine it may be there
    { file: of(gone, elsewhere), age: 2 * day, stays: false },
    { file: join(folder, "tidy.json.notes.saving"), age: 2 * day, stays: true }, // not ours
  ];
  for (const { file, age, stays } of files) {
    writeFileSync(file, "");
    utimesSync(file, now - age, now - age);
    await save(path, {});
    expect(existsSync(file), file).toBe(stays);
    rmSync(file, { force: true });
  }
});

describe("errors", () => {
  const errorOf = async (work: Promise<unknown>): Promise<ChainruleError> => {
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ChainruleError);
    return error as ChainruleError;
  };
  test("of a path, of a document, of JSON", async () => {
    for (const path of ["", 3, null, undefined, {}, new URL("https://example.com/a.json")]) {
      expect((await errorOf(save(path as never, {}))).code).toBe("type");
      expect((await errorOf(open(path as never))).code).toBe("type");
    }
    expect((await errorOf(save(join(folder, "none.json"), undefined))).code).toBe("type");
    const circle: unknown[] = [];
    circle.push(circle);
    for (const document of [() => 1, 1n, circle])
      expect(await errorOf(save(join(folder, "none.json"), document))).toMatchObject({
        code: "type",
        where: "save document",
      });
    expect(existsSync(join(folder, "none.json"))).toBe(false);
    writeFileSync(join(folder, "broken.json"), '{"a": ');
    expect(await errorOf(open(join(folder, "broken.json")))).toMatchObject({
      code: "value",
      expected: "a file of JSON",
    });
    writeFileSync(join(folder, "latin.json"), Buffer.from('"\xe9"', "latin1"));
    expect(await errorOf(open(join(folder, "latin.json")))).toMatchObject({
      code: "value",
      expected: "a file of JSON",
    });
    writeFileSync(join(folder, "marked.json"), "\uFEFF[1]");
    expect(await open(join(folder, "marked.json"))).toEqual([1]);
  });

  test("of the system: with its reason, and the file stays as it was", async () => {
    const error = await errorOf(open(join(folder, "missing.json")));
    expect(error).toMatchObject({ code: "value", where: `open ${join(folder, "missing.json")}` });
    expect(error.got).toBe("ENOENT: no such file or directory");
    expect(error.cause).toMatchObject({ code: "ENOENT" });
    expect((await errorOf(save(join(folder, "no", "folder.json"), {}))).got).toContain("ENOENT");
    const directory = join(folder, "directory");
    mkdirSync(directory);
    expect((await errorOf(save(directory, {}))).code).toBe("value");
    expect(left(directory)).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect((await errorOf(save(pipe, {}))).code).toBe("value"); // as /dev/null would be replaced
    expect(statSync(pipe).isFIFO()).toBe(true);
    await save(join(folder, "after.json"), { fine: true }); // one that failed does not stop the next
    expect(await open(join(folder, "after.json"))).toEqual({ fine: true });
  });
});

describe("2 MB in a process of their own", () => {
  const program = join(folder, "program");
  const texts = ["a", "b"].map((sign) => ({ sign, text: sign.repeat(2_200_000) }));

  // The sources themselves, without their types: a process starts in a moment then.
  beforeAll(() => {
    for (const file of ["node/save", "node/path", "node/replace", "node/temporary", "core/errors"]) {
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
         const start = performance.now();
         await save(process.argv[2], texts[n % 2]);
         if (n === 1) console.log(performance.now() - start);
       }`,
    );
  });

  test("threads that save the same file do not disturb each other", async () => {
    const path = join(folder, "threads.json");
    const code = `import(${JSON.stringify(pathToFileURL(join(program, "node/save.js")).href)}).then(async ({ save }) => {
      for (let n = 0; n < 10; n++) await save(${JSON.stringify(path)}, "x".repeat(100_000 + n));
    });`;
    const threads = [1, 2, 3].map(() => new Worker(code, { eval: true }));
    const ended = threads.map((each) => new Promise((done, failed) => each.on("exit", done).on("error", failed)));
    expect(await Promise.all(ended)).toEqual([0, 0, 0]);
    expect(await open(path)).toBe("x".repeat(100_009));
    expect(left(path)).toEqual([]);
  });

  test("for which there is no room leave the file as it was, and nothing else", async () => {
    const path = join(folder, "full.json");
    await save(path, "before");
    const code = `import { save } from "./node/save.js";
      await save(process.argv[1], "x".repeat(2_200_000)).catch(({ code, got }) => console.log(code, got));`;
    const command = 'ulimit -f 100; exec "$0" --input-type=module -e "$1" "$2"';
    const said = execFileSync("bash", ["-c", command, process.execPath, code, path], {
      cwd: program,
      encoding: "utf8",
    });
    expect(said).toBe("value EFBIG: file too large, write\n");
    expect(await open(path)).toBe("before");
    expect(left(path)).toEqual([]);
  });

  test("leave the old or the new file, never a part of one, if the process is killed", async () => {
    const path = join(folder, "killed.json");
    let state = 12345;
    const seen = new Set<string>();
    let interrupted = 0;
    const isEnough = () => interrupted > 0 && seen.size === 2; // about 2 in 5 come while the text is written
    for (let kill = 0; kill < runs(50) || (!isEnough() && kill < 5 * runs(50)); kill++) {
      const child = spawn(process.execPath, [join(program, "main.js"), path], { stdio: ["ignore", "pipe", "inherit"] });
      const took = await new Promise<number>((begun) => child.stdout.once("data", (ms) => begun(Number(String(ms)))));
      state = (state * 48271) % 2147483647;
      await new Promise((passed) => setTimeout(passed, ((state % 1000) / 1000) * 4 * took)); // up to four saves
      await new Promise((ended) => {
        child.once("exit", ended);
        child.kill("SIGKILL");
      });
      const found = (await open(path)) as (typeof texts)[number];
      expect(texts.find(({ sign }) => sign === found.sign)).toEqual(found);
      seen.add(found.sign);
      const count = left(path).length;
      expect(count).toBeLessThanOrEqual(1); // those of the kills before have been removed
      interrupted += count;
    }
    expect(seen.size).toBe(2);
    expect(interrupted).toBeGreaterThan(0);
  });
});
