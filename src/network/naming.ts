import { fail, few, isArray } from "../core/errors.js";
import { nearest } from "../core/options.js";

/** Whether a flat name is the one said, or lies below it: `"0"` stands for `"0.weight"` and `"0.bias"`. */
export const isUnder = (name: string, said: string): boolean => name === said || name.startsWith(`${said}.`);

/**
 * The entries that names stand for.
 * @throws {@link ChainruleError} `name` for an unknown name
 */
export function select<T>(entries: ReadonlyMap<string, T>, names: readonly unknown[], where: string): T[] {
  const chosen = new Set<T>();
  for (let i = 0; i < names.length; i++) {
    const said = names[i];
    const found = [...entries].filter(([name]) => typeof said === "string" && isUnder(name, said));
    if (!found.length) failName(said, [...entries.keys()], where);
    for (const [, entry] of found) chosen.add(entry);
  }
  return [...chosen];
}

/** @throws {@link ChainruleError} `name` */
export function failName(said: unknown, names: readonly string[], where: string): never {
  const remedy = names.length
    ? `write "${nearest(said, names) ?? names[0]!}"`
    : `add a layer that ${where === "buffer" ? "keeps one" : "learns, such as dense"}`;
  return fail(
    "name",
    where,
    names.length ? `a name among ${few(names)}` : "a network that has one",
    said,
    isArray(said) ? "spread it: ...names" : remedy,
  );
}
