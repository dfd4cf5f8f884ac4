import { WIDTH } from "./opcodes.js";

/** Types and instructions of WebAssembly. Those for float64 stand for those of float32 too: see `do`. */
export const enum W {
  loop = 0x03,
  if = 0x04,
  end = 0x0b,
  repeatIf = 0x0d,
  return = 0x0f,
  call = 0x10,
  drop = 0x1a,
  select = 0x1b,
  get = 0x20,
  set = 0x21,
  tee = 0x22,
  load = 0x2b,
  store = 0x39,
  nothing = 0x40,
  integer = 0x41,
  number = 0x44,
  isZero = 0x45,
  integerDiffers = 0x47,
  differs = 0x62,
  isLess = 0x63,
  isAtMost = 0x65,
  integerMultiply = 0x6c,
  integerAnd = 0x71,
  v128 = 0x7b,
  f64 = 0x7c,
  f32 = 0x7d,
  i32 = 0x7f,
  abs = 0x99,
  root = 0x9f,
  add = 0xa0,
  subtract = 0xa1,
  multiply = 0xa2,
  divide = 0xa3,
  min = 0xa4,
  max = 0xa5,
  truncate = 0xab,
  demote = 0xb6,
  promote = 0xbb,
  vector = 0xfd,
}

/** Instructions for vectors, after `W.vector`. Those for float64 stand for those of float32 too: see `#vector`. */
export const enum V {
  load = 0x00,
  store = 0x0b,
  spread = 0x14,
  replace = 0x22,
  isLess = 0x49,
  andNot = 0x4f,
  storeFirst = 0x5b,
  loadFirst = 0x5d,
  size = 0xec,
  root = 0xef,
  add = 0xf0,
  subtract = 0xf1,
  multiply = 0xf2,
  divide = 0xf3,
}

/** Those that are the same for float32. */
const UNTYPED: readonly V[] = [V.load, V.store, V.andNot];

/** A step of a calculation with vectors: an instruction, or what puts a vector on the stack. */
export type Step = V | (() => void);

/** What a function calls. */
export const enum Call {
  interpreter,
  logistic,
  tanh,
  term,
  termPull,
}

/** The beginning of a module, up to the code of its function. Imports are all functions of `Call`, and the memory. */
// prettier-ignore
const HEADER = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // "\0asm", version 1
  1, 23, 4, // 23 bytes: 4 types
  0x60, 0, 1, W.i32, // the function
  0x60, 2, W.i32, W.i32, 1, W.i32, // interpreter
  0x60, 1, W.f64, 1, W.f64, // logistic, tanh
  0x60, 3, W.i32, W.f64, W.f64, 1, W.f64, // term, termPull
  2, 38, 6, // 38 bytes: 6 imports, each from "e" with a name, its kind and its type
  1, 0x65, 1, 0x69, 0, 1, // i
  1, 0x65, 1, 0x6c, 0, 2, // l
  1, 0x65, 1, 0x74, 0, 2, // t
  1, 0x65, 1, 0x75, 0, 3, // u
  1, 0x65, 1, 0x64, 0, 3, // d
  1, 0x65, 1, 0x6d, 2, 0, 0, // m, the memory
  3, 2, 1, 0, // 1 function, of type 0
  7, 5, 1, 1, 0x66, 0, 5, // 1 export: "f", function 5
];

/** What a module of {@link Compiler} imports, under `e`. */
export interface Imports {
  /** The interpreter, `logistic`, `tanh`, `term`, `termPull`, the memory. */
  readonly i: (start: number, end: number) => number;
  readonly l: (z: number) => number;
  readonly t: (z: number) => number;
  readonly u: (f: number, p: number, t: number) => number;
  readonly d: (f: number, p: number, t: number) => number;
  readonly m: WebAssembly.Memory;
}

/**
 * A function of WebAssembly that is being written, whose body runs anew as often as it asks for. Each number in memory is
 * a variable of it, loaded when it is first asked for and stored at the end, so that what lies between does not go
 * through memory. What a method writes leaves a number on the stack, or takes those that are there.
 */
export class Writer {
  readonly #body: number[] = [];
  /** Types of the variables, and which of them stands for the number at a place in memory. */
  readonly #types: W[] = [];
  readonly #variables = new Map<number, number>();
  /** The places whose variable is up to date, and those whose number in memory is not. */
  readonly #known = new Set<number>();
  readonly #unsaved = new Set<number>();
  /** The type of the network's numbers, and their bytes. */
  readonly type: W;
  readonly unit: number;

  constructor(readonly single: boolean) {
    this.type = single ? W.f32 : W.f64;
    this.unit = single ? 4 : 8;
    this.put(W.loop, W.nothing);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#body.length;
  }

  /** Ends the function; returns the module. */
  finish(): Uint8Array<ArrayBuffer> {
    this.save();
    this.put(W.end, W.integer, 1, W.end);
    const body = [...sizeOf(this.#types.length), ...this.#types.flatMap((type) => [1, type]), ...this.#body];
    const code = [1, ...sizeOf(body.length), ...body];
    return new Uint8Array([...HEADER, 10, ...sizeOf(code.length), ...code]);
  }

  /** Ends the function, if the truth value before says so. */
  failIf(): void {
    this.put(W.if, W.nothing);
    const unsaved = [...this.#unsaved];
    this.save();
    for (const place of unsaved) this.#unsaved.add(place); // on the way past this
    this.put(W.integer, 0, W.return, W.end);
  }

  /** Calls the interpreter for the instruction at an address. */
  interpret(address: number): void {
    this.save();
    this.#known.clear();
    this.integer(address);
    this.integer(address + 4 * WIDTH);
    this.put(W.call, Call.interpreter);
    this.integer(address + 4 * WIDTH);
    this.put(W.integerDiffers);
    this.failIf();
  }

  // Numbers and their places.

  /** Sets n numbers from a place on, each to what is written for its distance from there, in bytes. */
  setAll(n: number, place: number, write: (at: number) => void): true {
    for (let at = 0; at < n * this.unit; at += this.unit) this.set(place + at, () => write(at));
    return true;
  }

  /** The same, if the number in a cell is not 1. */
  setAllIfNotOne(cell: number, n: number, place: number, write: (at: number) => void): void {
    for (let i = 0; i < n; i++) {
      // variables that are up to date either way
      this.get(place + i * this.unit);
      this.put(W.drop);
    }
    this.get(cell, W.f64);
    this.double(1);
    this.put(W.differs, W.if, W.nothing);
    this.setAll(n, place, write);
    this.put(W.end);
  }

  /** Sets a number to what is written after its present value. */
  change(place: number, write: () => void, type = this.type): void {
    this.set(
      place,
      () => {
        this.get(place, type);
        write();
      },
      type,
    );
  }

  set(place: number, write: () => void, type = this.type): void {
    write();
    this.local(W.set, this.#variableOf(place, type));
    this.#known.add(place);
    this.#unsaved.add(place);
  }

  get(place: number, type = this.type): void {
    const variable = this.#variableOf(place, type);
    if (this.#known.has(place)) return this.local(W.get, variable);
    this.integer(0);
    this.memory(W.load, type, place);
    this.local(W.tee, variable);
    this.#known.add(place);
  }

  /** Stores what memory doesn't hold yet. */
  save(): void {
    for (const place of this.#unsaved) {
      const variable = this.#variables.get(place)!;
      this.integer(0);
      this.local(W.get, variable);
      this.memory(W.store, this.#types[variable]!, place);
    }
    this.#unsaved.clear();
  }

  /** Calculates a vector; returns what puts it on the stack. */
  keep(...steps: readonly Step[]): () => void {
    const variable = this.variable(W.v128);
    this.#vectors(steps);
    this.local(W.set, variable);
    return () => this.local(W.get, variable);
  }

  /** The numbers in so many bytes as a vector, or one as the first of a vector. */
  lanes(place: number, bytes: number): void {
    const places = Array.from({ length: bytes / this.unit }, (_, i) => place + i * this.unit);
    if (places.every((each) => !this.#unsaved.has(each))) {
      this.integer(0);
      this.#vector(bytes === 16 ? V.load : V.loadFirst, ...this.#from(place));
    } else
      places.forEach((each, i) => {
        // a load would have to wait for the stores
        this.get(each);
        this.#vector(i ? V.replace : V.spread, ...(i ? [i] : []));
      });
  }

  /** Stores a vector that is calculated, or its first number. */
  setLanes(place: number, bytes: number, ...steps: readonly Step[]): void {
    this.integer(0);
    this.#vectors(steps);
    if (bytes === 16) this.#vector(V.store, ...this.#from(place));
    else this.#vector(V.storeFirst, ...this.#from(place), 0);
    for (let at = place; at < place + bytes; at += this.unit) {
      this.#known.delete(at);
      this.#unsaved.delete(at);
    }
  }

  #vectors(steps: readonly Step[]): void {
    for (const step of steps) {
      if (typeof step === "number") this.#vector(step);
      else step();
    }
  }

  /** A number as a float64. */
  wide(place: number): void {
    this.get(place);
    if (this.single) this.put(W.promote);
  }

  /** Rounds a float64 to the type of the network's numbers. */
  narrow(): void {
    if (this.single) this.put(W.demote);
  }

  /** The number in a cell, rounded. */
  scalar(cell: number): void {
    this.get(cell, W.f64);
    this.narrow();
  }

  number(value: number): void {
    this.double(value);
    this.narrow();
  }

  #variableOf(place: number, type: W): number {
    let variable = this.#variables.get(place);
    if (variable === undefined) this.#variables.set(place, (variable = this.variable(type)));
    return variable;
  }

  variable(type: W): number {
    return this.#types.push(type) - 1;
  }

  // Instructions.

  /** A calculation or a comparison in the type of the network's numbers. */
  do(step: W): void {
    this.put(this.single ? step - (step < W.f64 ? 6 : 14) : step);
  }

  local(step: W, variable: number): void {
    this.put(step, ...sizeOf(variable));
  }

  memory(step: W.load | W.store, type: W, place: number): void {
    this.put(type === W.f32 ? step - 1 : step, type === W.f32 ? 2 : 3, ...sizeOf(place >>> 0));
  }

  /** An instruction for vectors of the type of the network's numbers. */
  #vector(step: V, ...operands: readonly number[]): void {
    const less = step >= V.size ? 12 : step === V.isLess ? 6 : step === V.replace ? 2 : UNTYPED.includes(step) ? 0 : 1;
    this.put(W.vector, ...sizeOf(this.single ? step - less : step), ...operands);
  }

  /** A place in memory, which is known to lie on a number. */
  #from(place: number): number[] {
    return [this.single ? 2 : 3, ...sizeOf(place >>> 0)];
  }

  integer(value: number): void {
    this.put(W.integer);
    let rest = value | 0;
    for (; rest < -64 || rest > 63; rest >>= 7) this.put(128 | (rest & 127));
    this.put(rest & 127);
  }

  double(value: number): void {
    this.put(W.number, ...new Uint8Array(new Float64Array([value]).buffer));
  }

  put(...bytes: readonly number[]): void {
    for (const byte of bytes) this.#body.push(byte);
  }
}

/** A number without a sign, in LEB128. */
const sizeOf = (value: number): number[] => (value < 128 ? [value] : [128 | (value & 127), ...sizeOf(value >>> 7)]);
