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

/** Writes text to the standard output, and waits until it is taken; false if nobody reads any more. */
export function outputWriter(): (text: string) => Promise<boolean> {
  const { stdout } = process;
  let isOpen = true;
  stdout.once("error", () => (isOpen = false)); // the command itself says what it was
  return async (text) => {
    if (!isOpen || stdout.write(text)) return isOpen;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of ["drain", "error", "close"]) stdout.off(event, go);
        resolve();
      };
      for (const event of ["drain", "error", "close"]) stdout.once(event, go);
    });
    return isOpen;
  };
}
