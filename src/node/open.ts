import { readFile } from "node:fs/promises";
import { isPath, mustBeDone } from "./path.js";

/**
 * What a file of JSON holds: for `Network.from`, `load` or `fit({ resume })`, which check it.
 * @throws `ChainruleError` (rejects) `type` for what is no path, `value` for a file that cannot be read or is no JSON
 * @example
 * ```ts
 * import { Network } from "chainrule";
 * import { open } from "chainrule/node";
 *
 * async function read(path: string) {
 *   return Network.from(await open(path), { inputs: 2, outputs: 1 });
 * }
 * ```
 */
export async function open(path: string | URL): Promise<unknown> {
  isPath("open", path);
  const where = `open ${String(path)}`;
  const text = await mustBeDone(where, "a file that can be read", () => readFile(path, "utf8"));
  return mustBeDone(where, "JSON", () => JSON.parse(text.replace(/^\uFEFF/, "")) as unknown);
}
