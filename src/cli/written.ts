import type { FileHandle } from "node:fs/promises";
import { ChainruleError, fail, Phrase } from "../core/errors.js";
import { replaceFile } from "../node/replace.js";

/**
 * Writes a file that was asked for by an option: whole, or not at all.
 * @throws {@link ChainruleError} `value` if it can't be written; those of `fill`
 */
export async function writeWhole(
  option: string,
  path: string,
  fill: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    await replaceFile(path, fill);
  } catch (error) {
    if (error instanceof ChainruleError) throw error;
    const got = new Phrase((error as Error).message);
    fail("value", option, "a file that can be written", got, "give the path of another file", { cause: error });
  }
}

/** Hands out a way to write to the standard output that waits until text is taken, and says whether anybody still reads. */
export async function withOutput(work: (write: (text: string) => Promise<boolean>) => Promise<void>): Promise<void> {
  const { stdout } = process;
  let isOpen = true;
  const onError = (): void => void (isOpen = false); // the command itself says what it was
  stdout.on("error", onError);
  const isReady = (): Promise<void> =>
    new Promise((resolve) => {
      const events = ["drain", "error", "close"];
      const go = (): void => {
        for (const event of events) stdout.off(event, go);
        resolve();
      };
      for (const event of events) stdout.once(event, go);
    });
  try {
    await work(async (text) => {
      if (isOpen && !stdout.write(text)) await isReady();
      return isOpen;
    });
  } finally {
    stdout.off("error", onError);
  }
}
