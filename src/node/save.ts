import { chmod, type FileHandle, open, readdir, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fail } from "../core/errors.js";
import { isPath, mustBeDone } from "./path.js";

/** The saves of a file that are under way: each waits for the one before it. */
const waiting = new Map<string, Promise<void>>();
let count = 0;

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
export async function save(path: string | URL, document: unknown): Promise<void> {
  isPath("save", path);
  const text = JSON.stringify(document) as string | undefined;
  if (text === undefined)
    fail("type", "save document", "a network, or other JSON", document, "write save(path, network)");
  const file = resolve(typeof path === "string" ? path : fileURLToPath(path));
  const before = waiting.get(file) ?? Promise.resolve();
  const mine = before
    .catch(() => undefined)
    .then(() => mustBeDone(`save ${file}`, "a file that can be written", () => write(file, text)));
  waiting.set(file, mine);
  try {
    await mine;
  } finally {
    if (waiting.get(file) === mine) waiting.delete(file);
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await realpath(path).catch(() => path);
  const mode = await stat(file).then(
    (found) => found.mode & 0o777,
    () => undefined,
  );
  const temporary = `${file}.${process.pid}.${++count}.saving`;
  try {
    await flushed(await open(temporary, "wx"), (handle) => handle.writeFile(text));
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  const folder = dirname(file);
  await open(folder, "r").then(
    (handle) => flushed(handle),
    () => undefined,
  ); // where the system can, the new name too
  await tidy(folder, basename(file));
}

/** Writes to a file, and waits until the disk has it. */
async function flushed(handle: FileHandle, work?: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work?.(handle);
    await handle.sync().catch((error: unknown) => {
      if (work) throw error; // of a folder some systems refuse it
    });
  } finally {
    await handle.close();
  }
}

/** Removes what saves of this file left behind, of processes that are gone. */
async function tidy(folder: string, name: string): Promise<void> {
  for (const each of await readdir(folder).catch(() => [])) {
    const [, pid] = each.startsWith(`${name}.`) ? (/^\.(\d+)\.\d+\.saving$/.exec(each.slice(name.length)) ?? []) : [];
    if (pid !== undefined && !isRunning(Number(pid))) await unlink(join(folder, each)).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks only
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
