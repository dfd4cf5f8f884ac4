import type { Room } from "../core/memory.js";
import type { ElementwiseLoops, LossLoops, UpdateLoops } from "./kernels.js";

/** A function that a machine may know by itself, and the number that belongs to it, such as a slope. */
export interface Native {
  readonly name: string;
  readonly number?: number;
}

/** Loops over memory: an elementwise function, a loss, an update rule. */
export type Loops = ElementwiseLoops | LossLoops | UpdateLoops;

/**
 * What carries out the instructions of opcodes.ts, for one network. Places of instructions are indices of `code`;
 * places of numbers are bytes of the buffer, shifted to the right by `shift`, those of float64 cells by `cellShift`.
 */
export interface Machine {
  readonly shift: number;
  readonly cellShift: number;
  /** Where instructions are to be written; another array after each `room`. */
  readonly code: Int32Array;
  /** Room for a network's memory, all zero, and for so many words of code; the room before it is given up. */
  room(bytes: number, words: number): Room;
  /** The number by which it knows a function, or −1. */
  find(native: Native | undefined): number;
  /** What the instruction `call` calls, by number. */
  calls: readonly (() => void)[];
  /** Carries out instructions; false if a check failed, and it stopped there. */
  run(start: number, end: number): boolean;
}
