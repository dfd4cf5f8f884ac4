import type { Allocator, Region } from "../core/memory.js";
import type { Machine } from "./machine.js";
import { WIDTH } from "./opcodes.js";

/** Words of code for a network: some, and for each tensor about three times what its instructions need. */
const INSTRUCTIONS = 32;
const INSTRUCTIONS_PER_TENSOR = 6;

/** Where a network's memory and its programs lie: on a machine or, where that has no memory left, on another. */
export class Allocation implements Allocator {
  /** What is called when the network has another memory, and perhaps another machine. */
  onMove?: () => void;
  #region: Region | undefined;
  #bytes = 0;

  constructor(
    public machine: Machine,
    private readonly fallback?: () => Machine,
  ) {}

  allocate(bytes: number, tensors: number): Region {
    const words = WIDTH * (INSTRUCTIONS + INSTRUCTIONS_PER_TENSOR * tensors);
    let { machine } = this;
    let region = machine.allocate(bytes, words);
    if (!region && this.fallback) {
      machine = this.fallback();
      region = machine.allocate(bytes, words);
    }
    if (!region) throw new RangeError("no memory left");
    this.machine = machine;
    this.#region = region;
    this.#bytes = bytes;
    this.onMove?.();
    return region;
  }

  /** How many bytes of the network's own memory there are from a place on; at most 0 for a place elsewhere. */
  left(buffer: unknown, byte: number): number {
    const region = this.#region;
    return region && buffer === region.buffer && byte >= region.start ? region.start + this.#bytes - byte : 0;
  }
}
