import { microseconds } from "./clock.js";
import type { Tensor } from "./tensor.js";

/**
 * Threefry-2×32 with 20 rounds: a counter-based random number generator, a function of (key, counter) without state.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 * Writes two 32-bit words to `out`.
 */
export function threefry(key0: number, key1: number, counter0: number, counter1: number, out: Uint32Array): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let block = 1; block <= 5; block++) {
    for (let round = 0; round < 4; round++) {
      const turn = ROTATIONS[(block & 1 ? 0 : 4) + round]!;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << turn) | (x1 >>> (32 - turn))) ^ x0;
    }
    const at = block % 3;
    x0 = (x0 + (at === 0 ? key0 : at === 1 ? key1 : key2)) | 0;
    x1 = (x1 + (at === 0 ? key1 : at === 1 ? key2 : key0) + block) | 0;
  }
  out[0] = x0;
  out[1] = x1;
}

const ROTATIONS = /* @__PURE__ */ Uint8Array.of(13, 15, 26, 6, 17, 29, 16, 24);

const words = /* @__PURE__ */ new Uint32Array(2);

/** Random numbers by name: each (seed, name) has a key, and each (step, index) under it a number of its own. */
export class Stream {
  /** @internal Its key, in two words. */
  readonly key0: number;
  /** @internal */
  readonly key1: number;

  constructor(
    seed: number,
    /** The flat name under which it draws. */
    readonly name: string,
    /** Its first element is the step: the streams of a network share it. */
    readonly step: Tensor,
  ) {
    threefry(seed | 0, Math.floor(seed / 0x1_0000_0000), hash(name, 0x811c9dc5), hash(name, 0x9e3779b9), words);
    this.key0 = words[0]! | 0;
    this.key1 = words[1]! | 0;
  }

  /** A number in [0, 1) with 53 random bits, the `index`-th of this step. */
  uniform(index: number): number {
    return uniform(this.key0, this.key1, index, this.step.data[0]!);
  }
}

/** A number in [0, 1) with 53 random bits, a function of its four arguments. */
export function uniform(key0: number, key1: number, index: number, step: number): number {
  threefry(key0, key1, index, step, words);
  return ((words[0]! >>> 5) * 0x400_0000 + (words[1]! >>> 6)) / 0x20_0000_0000_0000;
}

/**
 * Fisher's and Yates' shuffle, in place. Its random numbers are Marsaglia's xorshift (J. Stat. Softw. 8, 2003), which
 * starts from the one number in [0, 1) that it is given: a number of a stream for each place would take as long as a
 * small step of training.
 */
export function shuffle(list: Uint32Array, random: number): void {
  let x = 1 + Math.floor(random * 0xffff_fffe);
  for (let i = list.length - 1; i > 0; i--) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    const j = Math.floor(((x >>> 0) / 0x1_0000_0000) * (i + 1));
    const kept = list[i]!;
    list[i] = list[j]!;
    list[j] = kept;
  }
}

/** FNV-1a over the UTF-16 units of a text, from a basis. */
function hash(text: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h | 0;
}

/** The latest seed of {@link freshSeed}. */
let latest = 0;

/**
 * A fresh seed, a whole number below 2⁵³: the time in microseconds, or one more than the seed before where the clock has
 * not moved on, or there is none. Nobody is to be kept from guessing it, so it need not come from `crypto`, which takes
 * Node 4 ms to load.
 */
export function freshSeed(): number {
  const time = microseconds();
  if (time > latest && time < LATEST_TIME) latest = time;
  else latest++;
  return latest;
}

const LATEST_TIME = 0x10_0000_0000_0000; // 2⁵², in the year 2112; above it is room for counting on
