import { readFile } from "node:fs/promises";
import { type FilePath, mustBeDone, pathOf } from "./path.js";

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
export async function open(path: FilePath): Promise<unknown> {
  const file = pathOf("open", path);
  const where = `open ${file}`;
  const bytes = await mustBeDone(where, "a file that can be read", () => readFile(file));
  return mustBeDone(where, "a file of JSON", () => JSON.parse(textOf(bytes)) as unknown);
}

/** The text of bytes in UTF-8, without the mark of it that some editors put first. */
const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
