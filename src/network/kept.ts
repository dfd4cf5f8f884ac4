import type { Floats } from "../core/tensor.js";
import type { Store } from "./store.js";

/** Copies of numbers, by flat name. */
type Copies = Record<string, Floats>;

/** Copies parameters and buffers, or buffers alone, into those of an earlier time. */
export function keep(store: Store, before: Readonly<Copies> | null, onlyBuffers = false): Copies {
  const copies: Copies = before ?? {};
  for (const { name, value } of onlyBuffers
    ? store.buffers.values()
    : [...store.parameters.values(), ...store.buffers.values()]) {
    const there = copies[name];
    if (there) there.set(value.floats);
    else copies[name] = value.floats.slice();
  }
  return copies;
}

/** Puts them back. */
export function putBack(store: Store, copies: Readonly<Copies>): void {
  for (const [name, floats] of Object.entries(copies))
    (store.parameters.get(name) ?? store.buffers.get(name))!.value.floats.set(floats);
}
