import type { Floats } from "../core/tensor.js";
import type { Store } from "./store.js";

/** Copies of numbers, by name. */
type Copies = Record<string, Floats>;

/** Where numbers lie, and in which shape. */
interface Place {
  readonly shape: readonly number[];
  readonly floats: Floats;
}

/** All that the best epoch is remembered by: parameters and buffers by their names, running means as `"mean of 0.weight"`. */
export function placesOf(store: Store): Map<string, Place> {
  const means = store.allAverages?.data;
  const places = new Map<string, Place>();
  for (const { name, shape, value } of store.parameters.values()) {
    const { floats, offset, size } = value;
    places.set(name, { shape, floats });
    if (means) places.set(`mean of ${name}`, { shape, floats: means.subarray(offset, offset + size) });
  }
  for (const { name, shape, value } of store.buffers.values()) places.set(name, { shape, floats: value.floats });
  return places;
}

/** Copies all that, into the copies of an earlier time if there are any. */
export function keep(store: Store, before: Readonly<Copies> | null): Copies {
  return copyInto(before, placesOf(store));
}

/** Copies buffers alone. */
export function keepBuffers(store: Store, before: Readonly<Copies> | null): Copies {
  return copyInto(
    before,
    Array.from(store.buffers.values(), ({ name, value }) => [name, value] as const),
  );
}

function copyInto(
  before: Readonly<Copies> | null,
  places: Iterable<readonly [string, { readonly floats: Floats }]>,
): Copies {
  const copies: Copies = before ?? {};
  for (const [name, { floats }] of places) {
    if (copies[name]) copies[name].set(floats);
    else copies[name] = floats.slice();
  }
  return copies;
}

/** Puts copies back. */
export function putBack(store: Store, copies: Readonly<Copies>): void {
  const places = placesOf(store);
  for (const [name, floats] of Object.entries(copies)) places.get(name)!.floats.set(floats);
}
