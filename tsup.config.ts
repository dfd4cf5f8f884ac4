import { defineConfig } from "tsup";
import manifest from "./package.json" with { type: "json" };

/** A key of "exports" in package.json is an entry: "./check" is built from src/check/index.ts into dist/check.js. */
const subpaths = Object.keys(manifest.exports).flatMap((key) => (key.endsWith(".json") || key === "." ? [] : [key.slice(2)]));

export default defineConfig({
  entry: { index: "src/index.ts", ...Object.fromEntries(subpaths.map((name) => [name, `src/${name}/index.ts`])) },
  format: ["esm", "cjs"],
  target: "es2022",
  splitting: true, // for CommonJS too, so that the subpaths share one copy of every class
  treeshake: true,
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } }, // tsup sets baseUrl, which TypeScript 6 deprecates
  clean: true,
});
