import { fail, Phrase } from "./errors.js";
import type { DType, Floats, Tensor } from "./tensor.js";

const ALIGNMENT = 64; // bytes: a cache line, four 128-bit vectors

/** Whether somebody has read the numbers of a network, or may have written to them, since this was set to false. */
export const reads = { dataWasRead: false };

/** A tensor that knows its place: `offset` elements (in a work block: for each row of capacity) into its block. */
export class PlannedTensor implements Tensor {
  /** Its numbers, for the network and its kernels. Empty until the plan is finished; another array whenever the memory moves. */
  floats: Floats = NOWHERE;

  /** Its numbers, for layers, losses and optimizers: it is known from here on that somebody has the array. */
  get data(): Floats {
    this.block.isShown = true;
    reads.dataWasRead = true;
    return this.floats;
  }

  /** Elements for each row of capacity. */
  readonly size: number;

  constructor(
    readonly name: string,
    public rows: number,
    readonly columns: number,
    readonly offset: number,
    readonly block: Block,
  ) {
    this.size = rows * columns;
  }
}

const NOWHERE = /* @__PURE__ */ new Float64Array(0);

/**
 * Tensors that lie one after another, in the order in which they were asked for. What is asked for is for one row of
 * capacity: in a state block there is one; in a work block one for every example there may be.
 */
export class Block {
  capacity = 1;
  rows = 1;
  /** Elements for each row of capacity. */
  width = 0;
  floats: Floats | null = null;
  /** Whether somebody may have an array of its numbers, and write to it at any time. */
  isShown = false;
  readonly #tensors: PlannedTensor[] = [];
  #spans: PlannedTensor[] = [];

  readonly #memory: Memory;
  readonly dtype: DType;

  constructor(memory: Memory, dtype: DType) {
    this.#memory = memory;
    this.dtype = dtype;
  }

  /** How many tensors it holds. */
  get size(): number {
    return this.#tensors.length;
  }

  /** Room for `rows × columns` numbers for each row of capacity: of state, or of an example. */
  tensor(name: string, columns: number, rows = 1): PlannedTensor {
    const tensor = new PlannedTensor(name, rows, columns, this.width, this);
    this.#tensors.push(tensor);
    this.width += rows * columns;
    return tensor;
  }

  /** Replaces the spans of a state block: tensors over stretches [start, end) of what it holds. */
  setSpans(stretches: readonly (readonly [number, number])[]): readonly Tensor[] {
    this.#spans = stretches.map(([start, end]) => new PlannedTensor("span", 1, end - start, start, this));
    if (this.floats) for (const span of this.#spans) this.#bind(span);
    return this.#spans;
  }

  /** Makes room for a batch, and says in each tensor how many rows are in use. */
  setRows(rows: number): void {
    if (rows === this.rows && this.floats) return;
    if (rows > this.capacity || !this.floats)
      this.#memory.layOut(this, Math.max(rows, Math.floor(1.5 * this.capacity)));
    this.rows = rows;
    for (const tensor of this.#tensors) tensor.rows = rows;
  }

  /** Forgets what it holds, and asks for more. */
  grow(rows: number): void {
    this.floats?.fill(NaN);
    this.floats = null;
    this.capacity = rows;
  }

  /** Moves to a new place, with what it holds. */
  move(floats: Floats): void {
    if (this.floats) {
      floats.set(this.floats);
      this.floats.fill(NaN);
    }
    this.floats = floats;
    this.isShown = false; // who had an array has that of the old place
    for (const tensor of this.#tensors) this.#bind(tensor);
    for (const span of this.#spans) this.#bind(span);
  }

  #bind(tensor: PlannedTensor): void {
    const { offset, size } = tensor;
    tensor.floats = this.floats!.subarray(offset * this.capacity, (offset + size) * this.capacity);
  }
}

/** A stretch of a buffer. */
export interface Region {
  readonly buffer: ArrayBuffer;
  /** The byte at which it begins, a multiple of 64. */
  readonly start: number;
}

/** What gives memory for a plan: so many bytes, all zero, for so many tensors. The memory before is given up. */
export interface Allocator {
  allocate(bytes: number, tensors: number): Region;
}

/**
 * One buffer for all that a network owns, in blocks. It is laid out again when a block is added or grows: what the
 * others hold is carried over, every tensor is bound anew, and the old place is filled with NaN, so that a view which
 * somebody kept is not silently out of date. (It isn't detached: that would make every typed array slower in V8.)
 */
export class Memory {
  readonly #blocks: Block[] = [];
  readonly #allocator: Allocator;
  readonly dtype: DType;
  constructor(dtype: DType, allocator: Allocator) {
    this.dtype = dtype;
    this.#allocator = allocator;
  }

  block(dtype: DType = this.dtype): Block {
    const block = new Block(this, dtype);
    this.#blocks.push(block);
    return block;
  }

  /** Where each block is to begin, and how many bytes that makes. */
  plan(growing?: Block, rows = 1): { readonly starts: readonly number[]; readonly bytes: number } {
    let bytes = 0;
    const starts = this.#blocks.map((block) => {
      const start = bytes;
      const numbers = block.width * (block === growing ? rows : block.capacity);
      bytes += Math.ceil((numbers * (block.dtype === "float32" ? 4 : 8)) / ALIGNMENT) * ALIGNMENT;
      return start;
    });
    return { starts, bytes };
  }

  /** Takes a new buffer; `growing`: a block that needs room for more rows, or for its first. */
  layOut(growing?: Block, rows = 1): void {
    const { starts, bytes } = this.plan(growing, rows);
    const tensors = this.#blocks.reduce((sum, { size }) => sum + size, 0);
    let region: Region;
    try {
      region = this.#allocator.allocate(bytes, tensors);
    } catch (cause) {
      const expected = "layers and a batch that fit in memory";
      fail("size", "network", expected, new Phrase(`${bytes} bytes`), "take smaller layers, or fewer rows", { cause });
    }
    growing?.grow(rows);
    this.#blocks.forEach((block, index) => {
      const View = block.dtype === "float32" ? Float32Array : Float64Array;
      block.move(new View(region.buffer, region.start + starts[index]!, block.width * block.capacity));
    });
  }
}
