import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** For peers that come as CommonJS. */
export const require = createRequire(import.meta.url);

/** What is installed of a package; packages do not all let their package.json be required. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
