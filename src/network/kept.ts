import type { Floats } from "../core/tensor.js";
import type { Store } from "./store.js";

/** Copies of numbers, by flat name. */
type Copies = Record<string, Floats>;

/** The running means of the parameters, among copies: parameters and buffers have a point in their names. */
const MEANS = "means";

/** Copies parameters, buffers and running means, or buffers alone, into those of an earlier time. */
export function keep(store: Store, before: Readonly<Copies> | null, onlyBuffers = false): Copies {
  const copies: Copies = before ?? {};
  const note = (name: string, floats: Floats): void => {
    if (copies[name]) copies[name].set(floats);
    else copies[name] = floats.slice();
  };
  for (const { name, value } of store.buffers.values()) note(name, value.floats);
  if (onlyBuffers) return copies;
  for (const { name, value } of store.parameters.values()) note(name, value.floats);
  if (store.allAverages) note(MEANS, store.allAverages.data);
  return copies;
}

/** Puts them back. */
export function putBack(store: Store, copies: Readonly<Copies>): void {
  for (const [name, floats] of Object.entries(copies)) {
    const place =
      name === MEANS ? store.allAverages!.data : (store.parameters.get(name) ?? store.buffers.get(name))!.value.floats;
    place.set(floats);
  }
}
