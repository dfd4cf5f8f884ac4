import type { Region } from "../core/memory.js";

/** A function that a machine may know by itself: its number, and its parameter, such as a slope. */
export interface Native {
  /** One of `Fn`. */
  readonly f: number;
  readonly number?: number;
  /** Of an update rule: how many scalars and slots its loops read. */
  readonly scalars?: number;
  readonly slots?: number;
}

/**
 * What carries out the instructions of opcodes.ts, for one network. Places of instructions are indices of `code`;
 * places of numbers are bytes of the buffer by `unit`, those of float64 cells by `cellUnit`.
 */
export interface Machine {
  /** What `network.backend` says. */
  readonly name: string;
  /** It knows functions by their number; else they are called. */
  readonly knows: boolean;
  /** It computes in float32. */
  readonly single: boolean;
  readonly unit: number;
  readonly cellUnit: number;
  /** Where instructions are to be written; another array after each `allocate`. */
  readonly code: Int32Array;
  /** What the instruction `call` calls, by number. */
  calls: readonly (() => void)[];
  /** Memory for a network, all zero, and for so many words of code; null if there is none. The memory before is given up. */
  allocate(bytes: number, words: number): Region | null;
  /** Carries out instructions; false if a check failed, and it stopped there. */
  run(start: number, end: number): boolean;
  /** How often a program is to be replayed before it is compiled. */
  readonly patience?: number;
  /** What does the same faster, and returns 1, or 0 if a check failed; undefined if there is no such thing. */
  compile?(start: number, end: number): (() => number) | undefined;
}
