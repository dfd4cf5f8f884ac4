import { defineConfig, type Options } from "tsup";
import manifest from "./package.json" with { type: "json" };

/** A key of "exports" in package.json is an entry: "./check" is built from src/check/index.ts into dist/check.js. */
const subpaths = Object.keys(manifest.exports).flatMap((key) => (key.endsWith(".json") || key === "." ? [] : [key.slice(2)]));
const entry = { index: "src/index.ts", ...Object.fromEntries(subpaths.map((name) => [name, `src/${name}/index.ts`])) };

const library: Options = {
  entry,
  target: "es2022",
  splitting: true, // for CommonJS too, so that the subpaths share one copy of every class
  treeshake: true,
  dts: { entry, compilerOptions: { ignoreDeprecations: "6.0" } }, // tsup sets baseUrl, which TypeScript 6 deprecates
};

export default defineConfig([
  { ...library, format: "esm", entry: { ...entry, cli: "src/cli/cli.ts" }, clean: true },
  { ...library, format: "cjs" },
]);
