import { fail, Phrase } from "../core/errors.js";

/** @throws {@link ChainruleError} `type` */
export function isPath(where: string, path: unknown): asserts path is string | URL {
  if ((typeof path === "string" && path !== "") || path instanceof URL) return;
  fail(
    "type",
    `${where} path`,
    "the path of a file",
    path,
    `write ${where}("network.json"${where === "save" ? ", network" : ""})`,
  );
}

/**
 * Does what the system may refuse.
 * @throws {@link ChainruleError} `value` with the reason of the system
 */
export async function mustBeDone<T>(where: string, expected: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = new Phrase((cause as Error).message);
    return fail("value", where, expected, reason, "see what stands there, and who may write to it", { cause });
  }
}
