import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Options } from "tsup";
import manifest from "./package.json" with { type: "json" };

/** A key of "exports" in package.json is an entry: "./check" is built into dist/check.js. */
const subpaths = Object.keys(manifest.exports).flatMap((key) =>
  key.endsWith(".json") || key === "." ? [] : [key.slice(2)],
);
const sourceOf = (name: string): string => (existsSync(`src/${name}.ts`) ? `src/${name}.ts` : `src/${name}/index.ts`);
const entry = { index: "src/index.ts", ...Object.fromEntries(subpaths.map((name) => [name, sourceOf(name)])) };
const others = new RegExp(`src/(${subpaths.join("|")})(/index)?\\.ts$|src/cli/cli\\.ts$`);

/**
 * Every entry imports all of the index, so that this is a single file: esbuild makes one of what belongs to the same
 * entries, and Node takes a millisecond for each.
 */
const oneFile: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "one file",
  setup({ onLoad }) {
    onLoad({ filter: others }, ({ path }) => ({
      contents: `${readFileSync(path, "utf8")}\nimport * as everything from ${JSON.stringify(resolve("src/index.ts"))};`,
      loader: "ts",
    }));
  },
};

const library: Options = {
  entry,
  target: "es2022",
  splitting: true, // for CommonJS too, so that the subpaths share one copy of every class
  treeshake: true,
  esbuildPlugins: [oneFile],
  dts: { entry, compilerOptions: { ignoreDeprecations: "6.0" } }, // tsup sets baseUrl, which TypeScript 6 deprecates
};

export default defineConfig([
  { ...library, format: "esm", entry: { ...entry, cli: "src/cli/cli.ts" }, clean: true },
  { ...library, format: "cjs" },
]);
