import { chmod, type FileHandle, open, readlink, realpath, rename, stat, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { temporaryFor, tidy } from "./temporary.js";

/**
 * Writes a file anew: what stood there stays until all is on the disk, and then makes way at once. A symbolic link stays
 * one, and permissions are kept.
 * @throws what the system refuses, and what `fill` throws; then the file is as it was
 */
export async function replaceFile(path: string, fill: (handle: FileHandle) => Promise<void>): Promise<void> {
  const file = await targetOf(path);
  const mode = await modeOf(file);
  await tidy(file);
  const temporary = temporaryFor(file);
  const handle = await open(temporary, "wx", mode); // nobody may read more of it than of the file
  try {
    await flushed(handle, () => fill(handle));
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
export async function targetOf(path: string): Promise<string> {
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
