import { fileURLToPath } from "node:url";
import { ChainruleError, fail, Phrase } from "../core/errors.js";

/** Where a file is: a path, or a `URL` of the scheme `file:`. */
export type FilePath =
  | string
  | {
      /** The address: `file:///home/me/network.json`. */
      readonly href: string;
    };

/**
 * The path that is meant.
 * @throws {@link ChainruleError} `type`
 */
export function pathOf(where: "open" | "save", given: FilePath): string {
  if (typeof given === "string" && given !== "") return given;
  try {
    return fileURLToPath((given as { readonly href: string }).href); // throws for anything else
  } catch {
    const write = `write ${where}("network.json"${where === "save" ? ", network" : ""})`;
    return fail("type", `${where} path`, "the path of a file", given, write);
  }
}

/** What to do about an error of the system, by its code. */
const remedies: Readonly<Record<string, string>> = {
  ENOENT: "see whether the folder is there, and the name right",
  ENOTDIR: "see whether the folder is there, and the name right",
  EACCES: "see who may read and write there",
  EPERM: "see who may read and write there",
  EROFS: "take a folder that can be written",
  ENOSPC: "make room on the disk",
  EDQUOT: "make room on the disk",
};

/**
 * Does what the system may refuse.
 * @throws {@link ChainruleError} `value` with the reason of the system, and the error of the system as its cause
 */
export async function mustBeDone<T>(where: string, expected: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ChainruleError) throw cause;
    const { code = "", message, syscall } = cause as NodeJS.ErrnoException;
    const reason = syscall ? message.replace(/, \w+ '[^]*$/, "") : message; // the path is in `where`
    const remedy = remedies[code] ?? `give the path of ${expected}`;
    return fail("value", where, expected, new Phrase(reason), remedy, { cause });
  }
}
