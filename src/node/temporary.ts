import { createHash, randomBytes } from "node:crypto";
import { readdir, stat, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** This machine, or container, as the names of files say it: the number of a process means something there only. */
const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
const ENDING = /^\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.saving$/;
const DAY = 24 * 60 * 60 * 1000;

/** A name beside a file, for what is to take its place: it says whose it is, and no other thread has the same. */
export const temporaryFor = (file: string): string =>
  `${file}.${machine}-${process.pid}-${randomBytes(4).toString("hex")}.saving`;

/** Removes what saves of a file left behind that did not come to their end. */
export async function tidy(file: string): Promise<void> {
  const folder = dirname(file);
  const name = basename(file);
  for (const each of await readdir(folder).catch(() => [])) {
    const parts = each.startsWith(name) ? ENDING.exec(each.slice(name.length)) : null;
    if (!parts) continue;
    const path = join(folder, each);
    const written = await stat(path).then(
      (found) => found.mtimeMs,
      () => Infinity, // it is gone
    );
    if (isLeft(parts[1]!, Number(parts[2]), written)) await unlink(path).catch(() => undefined);
  }
}

/**
 * Whether nobody writes to a temporary file any more: its process is gone, or began after it was written and has only
 * the same number, as in a container that was started again; of another machine, if it is a day old.
 */
function isLeft(where: string, pid: number, written: number): boolean {
  const now = Date.now();
  if (written < now - DAY) return true;
  if (where !== machine) return false;
  return pid === process.pid ? written < now - 1000 * process.uptime() : !isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks only
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
