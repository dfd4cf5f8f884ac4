import { chmod, type FileHandle, open, readlink, realpath, rename, stat, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ChainruleError, fail, Phrase } from "../core/errors.js";
import { type FilePath, mustBeDone, pathOf } from "./path.js";
import { temporaryFor, tidy } from "./temporary.js";

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
    .catch(ignore)
    .then(() => mustBeDone(`save ${file}`, "a file that can be written", () => write(file, text)));
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

async function write(path: string, text: string): Promise<void> {
  const file = await targetOf(path);
  const mode = await modeOf(file);
  await tidy(file);
  const temporary = temporaryFor(file);
  const handle = await open(temporary, "wx", mode); // nobody may read more of it than of the file
  try {
    await flushed(handle, () => handle.writeFile(text));
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(ignore);
    throw error;
  }
  // The new name, too, where the system can: some refuse it of a folder.
  await open(dirname(file), "r")
    .then((folder) => flushed(folder))
    .catch(ignore);
}

/** What has failed is as if it had not been asked for. */
const ignore = (): undefined => undefined;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** The file that a path leads to: along links, to one that is not there yet, too. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const link = await readlink(path).catch(ignore);
    return link === undefined ? path : targetOf(resolve(await realpath(dirname(path)), link));
  }
}

/** The permissions of a file; undefined if there is none. A folder or a device is never replaced. */
async function modeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (found && !found.isFile()) throw new Error("a folder, a device or the like");
  return found && found.mode & 0o777;
}

/** Writes, and waits until the disk has it. */
async function flushed(handle: FileHandle, work?: () => Promise<void>): Promise<void> {
  try {
    await work?.();
    await handle.sync();
  } finally {
    await handle.close();
  }
}
