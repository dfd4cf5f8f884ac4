import { ROOTS } from "../core/exp.js";
import { LOGARITHMS } from "../core/log.js";
import type { Region } from "../core/memory.js";
import { NODES } from "../core/tanh.js";
import type { DType } from "../core/tensor.js";
import { decoder } from "./compiled/decoder.js";
import * as layout from "./layout.js";
import { Compiler } from "./compiler.js";
import type { Machine } from "./machine.js";
import { Op, WIDTH } from "./opcodes.js";
import type { Imports } from "./writer.js";

const PAGE = 65536; // bytes
const SHARED = 16 * PAGE; // room for small networks, in one memory
const SMALL = SHARED / 8; // bytes of a network that counts as small
const LIMIT = 65536 * PAGE;

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Kernels at work in a memory: see assembly/run.ts. */
interface Engine {
  run_f32(start: number, end: number): number;
  run_f64(start: number, end: number): number;
  logistic(z: number): number;
  tanh(z: number): number;
  term(f: number, p: number, t: number): number;
  termPull(f: number, p: number, t: number): number;
}

interface Decoder {
  readonly memory: WebAssembly.Memory;
  decode(): number;
}

/**
 * A memory with kernels at work in it. It is given out from the beginning to the end, and comes back when nobody
 * has any of it left: it never grows, since all arrays of a process become slower once one has been detached.
 */
class Arena {
  readonly memory: WebAssembly.Memory;
  readonly engine: Engine;
  free = layout.FREE;

  constructor(module: WebAssembly.Module, bytes: number) {
    const pages = Math.ceil((layout.FREE + bytes) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    new Float64Array(memory.buffer, layout.ROOTS).set(ROOTS);
    new Float64Array(memory.buffer, layout.LOGARITHMS).set(LOGARITHMS);
    new Float64Array(memory.buffer, layout.NODES).set(NODES);
    this.engine = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Engine;
    this.memory = memory;
  }

  get left(): number {
    return this.memory.buffer.byteLength - this.free;
  }
}

/** Kernels compiled from a text of bytes: once in a process, when first used. */
export class KernelModule {
  readonly #text: string;
  /** How often a program is replayed before it is compiled. */
  readonly patience: number;
  #module: WebAssembly.Module | null | undefined;
  #shared: WeakRef<Arena> | undefined;

  constructor(text: string, patience: number) {
    this.#text = text;
    this.patience = patience;
  }

  /** Null where there is no WebAssembly, no SIMD, or a policy that forbids them. */
  get module(): WebAssembly.Module | null {
    if (this.#module !== undefined) return this.#module;
    try {
      return (this.#module = new WebAssembly.Module(bytesOf(this.#text)));
    } catch {
      return (this.#module = null);
    }
  }

  /** An arena with so much memory left; null if there can't be another. */
  arena(bytes: number): Arena | null {
    const { module } = this;
    const shared = this.#shared?.deref();
    if (!module || bytes > LIMIT - layout.FREE) return null;
    if (shared && shared.left >= bytes) return shared;
    try {
      const arena = new Arena(module, bytes < SMALL ? SHARED : bytes);
      if (bytes < SMALL) this.#shared = new WeakRef(arena);
      return arena;
    } catch {
      return null;
    }
  }
}

/** The bytes of a text, by a small module of their own: see assembly/decoder.ts. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const module = new WebAssembly.Module(Uint8Array.from(atob(decoder), (character) => character.charCodeAt(0)));
  const { memory, decode } = new WebAssembly.Instance(module).exports as unknown as Decoder;
  const bytes = new Uint8Array(memory.buffer);
  if (typeof TextEncoder === "function") new TextEncoder().encodeInto(text, bytes);
  else for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i); // jest's jsdom; the text is ASCII
  return new Uint8Array(memory.buffer as ArrayBuffer, 0, decode());
}

/** Carries instructions out in WebAssembly. */
export class WasmMachine implements Machine {
  readonly name: string;
  readonly knows = true;
  readonly unit = 1;
  readonly cellUnit = 1;
  calls: readonly (() => void)[] = [];
  code: Int32Array = new Int32Array(0);
  readonly single: boolean;
  readonly #kernels: KernelModule;
  #run: Engine["run_f32"] = () => 0;
  #arena: Arena | undefined;
  /** Where the code begins. */
  #base = 0;

  constructor(name: string, kernels: KernelModule, dtype: DType) {
    this.name = name;
    this.#kernels = kernels;
    this.single = dtype === "float32";
  }

  get patience(): number {
    return this.#kernels.patience;
  }

  allocate(bytes: number, words: number): Region | null {
    const numbers = align(bytes);
    const total = numbers + align(4 * words);
    const arena = this.#kernels.arena(total);
    if (!arena) return null;
    const start = arena.free;
    const buffer = arena.memory.buffer as ArrayBuffer;
    arena.free += total;
    this.#arena = arena;
    this.#base = start + numbers;
    this.#run = this.single ? arena.engine.run_f32 : arena.engine.run_f64;
    this.code = new Int32Array(buffer, this.#base, words);
    return { buffer, start };
  }

  run(start: number, end: number): boolean {
    const base = this.#base,
      stop = base + 4 * end,
      run = this.#run;
    for (let at = base + 4 * start; ; at += 4 * WIDTH) {
      at = run(at, stop) >>> 0; // addresses have 32 bits without a sign
      if (at === stop) return true;
      const i = (at - base) >> 2;
      if (this.code[i] !== Op.call) return false;
      this.calls[this.code[i + 1]!]!();
    }
  }

  compile(start: number, end: number): (() => number) | undefined {
    const { memory, engine } = this.#arena!;
    const e: Imports = {
      i: this.#run,
      l: engine.logistic,
      t: engine.tanh,
      u: engine.term,
      d: engine.termPull,
      m: memory,
    };
    const view = new DataView(memory.buffer);
    const bytes = new Compiler(this.single, (place) => view.getFloat64(place >>> 0, true)).module(
      this.code.subarray(start, end),
      this.#base + 4 * start,
    );
    try {
      return (
        bytes && (new WebAssembly.Instance(new WebAssembly.Module(bytes), { e } as never).exports.f as () => number)
      );
    } catch {
      return undefined; // no room for more code (tests show that modules are valid)
    }
  }
}
