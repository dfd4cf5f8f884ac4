import { resolve } from "node:path";
import { ChainruleError, fail, Phrase } from "../core/errors.js";
import { type FilePath, mustBeDone, pathOf } from "./path.js";
import { replaceFile } from "./replace.js";

/** The saves of a file that are under way: each waits for the one before it. */
const waiting = new Map<string, Promise<void>>();

/**
 * Writes a network, a checkpoint or any other JSON to a file. What stood there stays until the new text is on the disk,
 * and then makes way at once: a process that ends meanwhile, or a disk that is full, leaves the one or the other whole.
 *
 * The text is made before `save` returns, so a training may go on at once. A symbolic link stays one: its target is
 * written. Permissions of a file that was there are kept. What a process that has ended left behind is removed.
 * @throws `ChainruleError` (rejects) `type` for what is no path or no JSON, `value` where nothing can be written; then the
 * file is as it was
 * @example
 * ```ts
 * import { Network, dense } from "chainrule";
 * import { save } from "chainrule/node";
 *
 * const network = new Network([dense(2, 1)]);
 * const write = (path: string) => save(path, network); // await write("network.json")
 * ```
 */
export async function save(path: FilePath, document: unknown): Promise<void> {
  const file = resolve(pathOf("save", path));
  const text = textOf(document);
  const before = waiting.get(file) ?? Promise.resolve();
  const mine = before
    .catch(() => undefined)
    .then(() =>
      mustBeDone(`save ${file}`, "a file that can be written", () =>
        replaceFile(file, (handle) => handle.writeFile(text)),
      ),
    );
  waiting.set(file, mine);
  try {
    await mine;
  } finally {
    if (waiting.get(file) === mine) waiting.delete(file);
  }
}

/** @throws {@link ChainruleError} `type` for what JSON has no form for; those of the network's own `toJSON` */
function textOf(document: unknown): string {
  const refuse = (got: unknown, cause?: unknown): never =>
    fail("type", "save document", "a network, or other JSON", got, "write save(path, network)", { cause });
  try {
    return (JSON.stringify(document) as string | undefined) ?? refuse(document);
  } catch (cause) {
    if (cause instanceof ChainruleError) throw cause;
    return refuse(new Phrase(String(cause).split("\n")[0]!), cause);
  }
}
