import { ask, fail, few, isArray, Phrase } from "../core/errors.js";
import { findTooLarge, flatten, flattenParameter, nested } from "../core/numbers.js";
import { isPlainObject, nearest } from "../core/options.js";
import type { Floats, Numbers } from "../core/tensor.js";
import { decode, encode, type EncodedNumbers, holdsMinusZero } from "./encoded.js";
import type { Store, StoredBuffer } from "./store.js";

/** The numbers of a network by flat name, as `toJSON` gives and `load` takes them. */
export interface NetworkState {
  /** By this `load` recognises it. */
  readonly format: "chainrule";
  /** Of the format, not of the library. */
  readonly version: 1;
  /** What learns, nested as its shape says; in base64 where there is a −0, for which JSON has no digits. */
  readonly parameters: Readonly<Record<string, Numbers | EncodedNumbers>>;
  /** What is kept but not learnt. */
  readonly buffers: Readonly<Record<string, Numbers | EncodedNumbers>>;
}

const findNotFinite = (numbers: Floats): number => numbers.findIndex((value) => !Number.isFinite(value));

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

/**
 * The parameters and buffers of a store, as nested lists.
 * @throws {@link ChainruleError} `diverged` for what `load` would refuse
 */
export function stateOf(store: Store): NetworkState {
  for (const [entries, find] of [
    [store.parameters, findTooLarge],
    [store.buffers, findNotFinite],
  ] as const) {
    for (const { name, value } of entries.values()) {
      const bad = find(value.floats);
      if (bad >= 0)
        fail("diverged", `toJSON ${name}`, "numbers that load takes", value.floats[bad], "load what was saved before");
    }
  }
  const lists = (entries: ReadonlyMap<string, StoredBuffer>) =>
    Object.fromEntries(
      [...entries.values()].map(({ name, shape, value: { floats } }) => [
        name,
        holdsMinusZero(floats) ? encode(floats, shape) : nested(floats, shape),
      ]),
    );
  return { format: "chainrule", version: 1, parameters: lists(store.parameters), buffers: lists(store.buffers) };
}

/**
 * Reads a state into a store: all of it, or what lies under the names `only`. Nothing is written before all is checked.
 * @throws {@link ChainruleError} `type` if it is no state, `name` for an entry missing or unknown, `shape`, `value`
 */
export function loadState(store: Store, state: unknown, only: readonly string[] | undefined): void {
  const { format, version, parameters, buffers } = ask<Partial<Record<keyof NetworkState, unknown>>>(() => {
    const { format, version, parameters, buffers } = Object(state) as Partial<Record<keyof NetworkState, unknown>>;
    return { format, version, parameters, buffers };
  }, {});
  if (format !== "chainrule" || !isPlainObject(parameters) || !isPlainObject(buffers)) {
    const remedy = `write load(${typeof state === "string" ? "JSON.parse(text)" : "network.toJSON()"})`;
    fail("type", "load state", "what toJSON gave", state, remedy);
  }
  if (version !== 1) fail("value", "load state.version", "1", version, "update chainrule to read newer files");
  if (only) select(new Map([...store.parameters, ...store.buffers]), only, "load only");
  const wanted = (name: string): boolean => !only || only.some((said) => isUnder(name, said));
  const writes: (() => void)[] = [];
  const read = (
    entries: ReadonlyMap<string, StoredBuffer>,
    given: Readonly<Record<string, unknown>>,
    where: string,
    readNumbers: typeof flatten,
  ): void => {
    const strange = Object.keys(given).find((name) => !entries.has(name) && wanted(name));
    if (strange !== undefined) failName(strange, [...entries.keys()], where);
    for (const [name, { shape, value }] of entries) {
      if (!wanted(name)) continue;
      if (!Object.hasOwn(given, name))
        fail("name", where, `an entry ${name}`, new Phrase("none"), 'load a part with { only: ["0"] }');
      const encoded = decode(given[name], shape, `load ${name}`) as Numbers;
      const numbers = readNumbers(encoded, shape, `load ${name}`, store.memory.dtype);
      writes.push(() => value.floats.set(numbers));
    }
  };
  read(store.parameters, parameters, "load state.parameters", flattenParameter);
  read(store.buffers, buffers, "load state.buffers", flatten);
  for (const write of writes) write();
}
