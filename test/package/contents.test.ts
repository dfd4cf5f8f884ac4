import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { expect, inject, test } from "vitest";

const installed = join(inject("consumer"), "node_modules", "chainrule");
const files = (readdirSync(installed, { recursive: true }) as string[]).filter((file) =>
  statSync(join(installed, file)).isFile(),
);
const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Record<string, object>;

test("the tarball holds the built library and its papers", () => {
  const papers = ["CHANGELOG.md", "LICENSE", "LICENSE-bundled", "README.md", "llms.txt", "package.json"];
  const guides = readdirSync("docs")
    .filter((file) => /\.(md|json)$/.test(file))
    .map((file) => `docs/${file}`);
  expect(files.filter((file) => !file.startsWith("dist/")).sort()).toEqual([...papers, ...guides].sort());
  for (const file of files) if (file.startsWith("dist/")) expect(file).toMatch(/^dist\/[\w-]+\.(js|cjs|d\.ts|d\.cts)$/);
});

test("what the command holds of other packages is named with its licence, and the library holds nothing", () => {
  const bundledIn = (file: string): string[] => {
    const text = readFileSync(join(installed, file), "utf8");
    return [...text.matchAll(/^\/\/ node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm)].map((match) => match[1]!);
  };
  const licence = readFileSync(join(installed, "LICENSE-bundled"), "utf8");
  const named = licence
    .split(/Permission|Copyright/)[0]!
    .match(/[\w-]+/g)!
    .concat("slice-ansi", "signal-exit");
  const bundled = bundledIn("dist/cli.js");
  expect(bundled).toContain("log-update");
  expect(bundled.filter((name) => !named.includes(name))).toEqual([]);
  const others = files.filter((file) => /^dist\/.*\.c?js$/.test(file) && file !== "dist/cli.js");
  expect(others.flatMap(bundledIn)).toEqual([]);
});

test("every relative link of a packed page leads to a packed file", () => {
  const pages = files.filter((file) => file.endsWith(".md") || file.endsWith(".txt"));
  const links = pages.flatMap((page) =>
    [
      ...readFileSync(join(installed, page), "utf8").matchAll(
        /\]\(([^)#\s]+)(?:#[^)]*)?\)|^\[[^\]]+\]: (\S+?)(?:#.*)?$/gm,
      ),
    ]
      .map(([, inline, below]) => (inline ?? below)!)
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => ({ page, link, target: join(dirname(page), link) })),
  );
  expect(links.length).toBeGreaterThan(30);
  expect(links.filter(({ target }) => !files.includes(target))).toEqual([]);
});

test("nothing else is installed, and nothing runs on install", () => {
  for (const key of ["dependencies", "peerDependencies", "optionalDependencies"])
    expect(manifest).not.toHaveProperty(key);
  for (const script of ["preinstall", "install", "postinstall", "prepare"])
    expect(manifest.scripts).not.toHaveProperty(script);
  expect(readdirSync(join(installed, "..")).filter((name) => !name.startsWith("."))).toEqual(["chainrule"]);
});

test("every folder of src with an index.ts is a subpath, and every other subpath a file of src", () => {
  const folders = readdirSync("src").filter((name) => existsSync(join("src", name, "index.ts")));
  const subpaths = Object.keys(manifest.exports!)
    .filter((key) => key !== "." && !key.endsWith(".json"))
    .map((key) => key.slice(2));
  const files = subpaths.filter((name) => existsSync(join("src", `${name}.ts`)));
  expect(files).toContain("reference");
  expect(subpaths.sort()).toEqual([...folders, ...files].sort());
});

test("publint finds nothing", async () => {
  const tarball = readFileSync(inject("tarball"));
  const { messages } = await publint({
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length) },
    strict: true,
  });
  expect(messages).toEqual([]);
});

test("are the types wrong? They are not", () => {
  const { status, stdout } = spawnSync("npx", ["attw", inject("tarball"), "--profile", "node16"], { encoding: "utf8" });
  expect(status, stdout).toBe(0);
});
