import { fail, isArray, Phrase } from "../core/errors.js";
import { findTooLarge, flatten, flattenParameter } from "../core/numbers.js";
import type { Floats, Numbers } from "../core/tensor.js";
import { decode, writeNumbers, type WrittenNumbers } from "./encoded.js";
import type { Given } from "./given.js";
import { failName, isUnder, select } from "./naming.js";
import type { Store, StoredBuffer, StoredParameter } from "./store.js";

const findNotFinite = (numbers: Floats): number => numbers.findIndex((value) => !Number.isFinite(value));

/**
 * The parameters and buffers of a store.
 * @throws {@link ChainruleError} `diverged` for what `load` would refuse
 */
export function stateOf(store: Store): { parameters: WrittenNumbers; buffers: WrittenNumbers } {
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
  const numbers = (entries: ReadonlyMap<string, StoredBuffer>) =>
    Object.fromEntries(
      Array.from(entries.values(), ({ name, shape, value: { floats } }) => [name, writeNumbers(floats, shape)]),
    );
  return { parameters: numbers(store.parameters), buffers: numbers(store.buffers) };
}

/**
 * Reads the numbers of a document: all of them, or what lies under the names `only`. Returns what writes them, since
 * nothing is written before all is checked.
 * @throws {@link ChainruleError} `name` for an entry missing or unknown, `type`, `shape`, `value`
 */
export function readState(
  store: Store,
  { parameters, buffers }: Given,
  only: readonly string[] | undefined,
  where: string,
): () => void {
  if (only) select(new Map([...store.parameters, ...store.buffers]), only, `${where} only`);
  const wanted = (name: string): boolean => !only || only.some((said) => isUnder(name, said));
  const writes: (() => void)[] = [];
  const read = (
    entries: ReadonlyMap<string, StoredBuffer>,
    given: Readonly<Record<string, unknown>>,
    part: string,
    readNumbers: typeof flatten,
  ): void => {
    const strange = Object.keys(given).find((name) => !entries.has(name) && wanted(name));
    if (strange !== undefined) failName(strange, [...entries.keys()], `${where} document.${part}`);
    for (const [name, { shape, value }] of entries) {
      if (!wanted(name)) continue;
      if (!Object.hasOwn(given, name)) {
        const remedy = 'load a part with { only: ["0"] }';
        fail("name", `${where} document.${part}`, `an entry ${name}`, new Phrase("none"), remedy);
      }
      const encoded = decode(given[name], shape, `${where} ${name}`) as Numbers;
      const numbers = readNumbers(encoded, shape, `${where} ${name}`, store.memory.dtype);
      writes.push(() => value.floats.set(numbers));
    }
  };
  read(store.parameters, parameters as Readonly<Record<string, unknown>>, "parameters", flattenParameter);
  read(store.buffers, buffers as Readonly<Record<string, unknown>>, "buffers", flatten);
  return () => {
    for (const write of writes) write();
  };
}

/**
 * The parameters that a document says are frozen; without it, those that are.
 * @throws {@link ChainruleError} `type`, `name`
 */
export function readFrozen(frozen: unknown, { parameters }: Store, where: string): ReadonlySet<StoredParameter> {
  if (frozen === undefined) return new Set([...parameters.values()].filter((each) => each.frozen));
  if (!isArray(frozen)) fail("type", `${where} document.frozen`, "a list of names", frozen, 'write ["0.bias"]');
  return new Set(frozen.length ? select(parameters, [...new Set(frozen)], `${where} document.frozen`) : []);
}
