import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, inject, test } from "vitest";

const consumer = inject("consumer");
const source = `
import { Network, adam, binaryCrossEntropy, dense, sigmoid, tanh } from "chainrule";
import * as check from "chainrule/check";
import { accuracy, f1, type Metric } from "chainrule/metrics";
import { open, save } from "chainrule/node";
import { Network as Plain } from "chainrule/reference";
import { relaxed } from "chainrule/relaxed";
import { toText, trace } from "chainrule/trace";
const network = new Network([dense(2, 8), tanh, dense(8, 1), sigmoid], { loss: binaryCrossEntropy, optimizer: adam, seed: 1 });
const typed: Network<2, 1> = network;
const [p] = typed.predict([1, 0]);
export const probability: number = p;
export const checks: object = check;
export const metrics: Metric[] = [accuracy, f1({ average: "micro" })];
export const share: number = accuracy(network.predict([[1, 0]]), [1]);
export const again: Promise<unknown> = save("network.json", network).then(() => open("network.json"));
export const told: string = toText(trace(network, [1, 0], [1]));
export const plain: Network<1, 1> = new Plain([dense(1, 1)], { backend: relaxed });
// @ts-expect-error: sizes do not fit
new Network([dense(2, 3), tanh, dense(4, 1)]);
`;

function compile(compiler: string, folder: string, files: string[], options: object): string {
  const path = join(consumer, folder);
  mkdirSync(path, { recursive: true });
  for (const file of files) writeFileSync(join(path, file), source);
  // No DOM, no Node and no skipLibCheck: the declarations must stand by themselves.
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022"],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    ...options,
  };
  writeFileSync(join(path, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  try {
    return execFileSync(process.execPath, [resolve("node_modules", compiler, "bin/tsc"), "-p", path], {
      encoding: "utf8",
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test.each(["typescript", "typescript-5.9", "typescript-5.4"])(
  "%s finds the types, by import and by require",
  (compiler) => {
    expect(compile(compiler, `node16-${compiler}`, ["index.mts", "index.cts"], { module: "node16" })).toBe("");
    expect(
      compile(compiler, `bundler-${compiler}`, ["index.ts"], { module: "esnext", moduleResolution: "bundler" }),
    ).toBe("");
  },
);

test.each([
  ["typescript", { ignoreDeprecations: "6.0" }],
  ["typescript-5.9", {}],
  ["typescript-5.4", {}],
])("%s finds the types as Node 10 would, subpaths too", (compiler, options) => {
  const old = { module: "commonjs", moduleResolution: "node10", ...options };
  expect(compile(compiler, `node10-${compiler}`, ["index.ts"], old)).toBe("");
});

test("every subpath has its types for Node 10's resolution", () => {
  const { exports, typesVersions } = JSON.parse(readFileSync("package.json", "utf8")) as {
    exports: object;
    typesVersions: { "*": Record<string, string[]> };
  };
  const subpaths = Object.keys(exports).filter((key) => key !== "." && !key.endsWith(".json"));
  expect(typesVersions["*"]).toEqual(
    Object.fromEntries(subpaths.map((key) => [key.slice(2), [`./dist/${key.slice(2)}.d.cts`]])),
  );
});
