import { Fn, Op, WIDTH } from "./opcodes.js";

/** So many products or elements of an instruction are written out one by one. */
const FEW = 64;
/** Bytes of a function that has become too long. */
const LONG = 40_000;

/** Types and instructions of WebAssembly: those for float64; what float32 has in their place is said below. */
const enum W {
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
  void = 0x40,
  integer = 0x41,
  number = 0x44,
  integerDiffers = 0x47,
  differs = 0x62,
  isLess = 0x63,
  isAtMost = 0x65,
  integerMultiply = 0x6c,
  f64 = 0x7c,
  f32 = 0x7d,
  i32 = 0x7f,
  add = 0xa0,
  subtract = 0xa1,
  multiply = 0xa2,
  divide = 0xa3,
  truncate = 0xab,
  demote = 0xb6,
  promote = 0xbb,
}

/** What a function calls, in the order of `imports`. */
const enum Call {
  run,
  sigmoid,
  tanh,
}

const unsigned = (value: number): number[] => (value < 128 ? [value] : [128 + (value % 128), ...unsigned(Math.floor(value / 128))]);

function signed(value: number): number[] {
  const rest = value >> 7;
  const isLast = rest === (value & 64 ? -1 : 0);
  return isLast ? [value & 127] : [128 + (value & 127), ...signed(rest)];
}

const text = (value: string): number[] => [value.length, ...Array.from(value, (each) => each.charCodeAt(0))];
const section = (id: number, ...items: readonly (readonly number[])[]): number[] => {
  const body = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(body.length), ...body];
};

/** What the module takes from outside, under "e": the memory, and what `Call` names; it gives the function "f". */
const HEADER = /* @__PURE__ */ (() => [
  0, 97, 115, 109, 1, 0, 0, 0,
  ...section(1, [0x60, 0, 1, W.i32], [0x60, 2, W.i32, W.i32, 1, W.i32], [0x60, 1, W.f64, 1, W.f64]),
  ...section(2, ...[[2, 0, 0], [0, 1], [0, 2], [0, 2]].map((kind, i) => [...text("e"), ...text("mrst"[i]!), ...kind])),
  ...section(3, [0]),
  ...section(7, [...text("f"), 0, 3]),
])();

/**
 * Writes a program of opcodes.ts out as one function of WebAssembly, for a network so small that looking at an
 * instruction takes longer than carrying it out. Each number is a variable of that function, loaded when it is first
 * asked for and stored at the end, so that what lies between does not go through memory. Instructions that are rare or
 * large are left to the interpreter, which is called for them.
 */
export class Compiler {
  readonly #body: number[] = [];
  /** Types of the variables, and which of them stands for the number at a place in memory. */
  readonly #types: number[] = [];
  readonly #variables = new Map<number, number>();
  /** The places whose variable is up to date, and those whose number in memory is not. */
  readonly #known = new Set<number>();
  readonly #unsaved = new Set<number>();
  readonly #single: boolean;
  /** The type of the network's numbers, and their bytes. */
  readonly #type: W;
  readonly #unit: number;

  constructor(single: boolean) {
    this.#single = single;
    this.#type = single ? W.f32 : W.f64;
    this.#unit = single ? 4 : 8;
  }

  /**
   * A module whose function does what the interpreter does with these instructions, which begin at an address. It
   * returns 1, or 0 if a check failed; undefined if it wouldn't be worth it.
   */
  module(program: Int32Array, address: number): Uint8Array<ArrayBuffer> | undefined {
    this.#put(W.loop, W.void);
    for (let at = 0; at < program.length; at += WIDTH) {
      if (!this.#write(program.subarray(at, at + WIDTH), 4 * at)) {
        if (program[at]! <= Op.outer || program[at] === Op.call) return undefined;
        this.#interpret(address + 4 * at);
      }
      if (this.#body.length > LONG) return undefined;
    }
    this.#save();
    this.#put(W.end, W.integer, 1, W.end);
    const body = [...unsigned(this.#types.length), ...this.#types.flatMap((type) => [1, type]), ...this.#body];
    return Uint8Array.from([...HEADER, ...section(10, [...unsigned(body.length), ...body])]);
  }

  /** Writes an instruction out, so many bytes after the first; false if it is one for the interpreter. */
  #write(words: Int32Array, after: number): boolean {
    const [op, ...operands] = words as Iterable<number> as [Op, number, number, number, number, number, number, number, number];
    const [a, b, c, d, e, f, g, h] = operands;
    const unit = this.#unit;
    switch (op) {
      case Op.linear: // x weight bias y rows inputs outputs stride
        if (e * f * g > FEW) return false;
        each(e, g, (n, o) => {
          this.#set(d + (n * g + o) * unit, () => {
            if (c) this.#get(c + o * h * unit);
            else this.#number(0);
            for (let i = 0; i < f; i++) this.#product(a + (n * f + i) * unit, b + (o * f + i) * unit);
          });
        });
        return true;
      case Op.product: // dy weight dx rows inputs outputs
        if (d * e * f > FEW) return false;
        each(d, e, (n, i) => {
          this.#set(c + (n * e + i) * unit, () => {
            this.#number(0);
            for (let o = 0; o < f; o++) this.#product(a + (n * f + o) * unit, b + (o * e + i) * unit);
          });
        });
        return true;
      case Op.outer: // dy x dWeight rows inputs outputs
        if (d * e * f > FEW) return false;
        each(f, e, (o, i) => {
          const place = c + (o * e + i) * unit;
          this.#set(place, () => {
            this.#get(place);
            for (let n = 0; n < d; n++) this.#product(a + (n * f + o) * unit, b + (n * e + i) * unit);
          });
        });
        return true;
      case Op.sum: // dy dBias rows outputs stride
        if (c * d > FEW) return false;
        each(c, d, (n, o) => {
          const place = b + o * e * unit;
          this.#set(place, () => {
            this.#get(place);
            this.#get(a + (n * d + o) * unit);
            this.#do(W.add);
          });
        });
        return true;
      case Op.map: // f low high n z a
        return d <= FEW && a <= Fn.relu && this.#each(d, f, (at) => this.#function(a, e + at));
      case Op.pull: // f low high n z a da dz
        return d <= FEW && a <= Fn.relu && this.#each(d, h, (at) => this.#slope(a, e + at, f + at, g + at));
      case Op.loss: // f low high n p t u
        return d <= FEW && a === Fn.squaredError && this.#each(d, g, (at) => this.#squaredError(numberOf(b, c), e + at, f + at));
      case Op.lossPull: // f low high n p t dp
        return d <= FEW && a === Fn.squaredError && this.#each(d, g, (at) => this.#error(2 * numberOf(b, c), e + at, f + at));
      case Op.residual: // n a t dz
        return a <= FEW && this.#each(a, d, (at) => this.#two(W.subtract, b + at, c + at));
      case Op.reduce: // u weights divisor total rows columns
        if (b || e * f > FEW) return false;
        this.#set(d, () => {
          this.#double(0);
          for (let n = 0; n < e; n++) {
            this.#double(0);
            for (let i = 0; i < f; i++) {
              this.#wide(a + (n * f + i) * unit);
              this.#put(W.add);
            }
            this.#put(W.add);
          }
          this.#get(c, W.f64);
          this.#put(W.divide);
        }, W.f64);
        return true;
      case Op.weigh: // dp weights divisor rows columns
        if (b || d * e > FEW) return false;
        this.#ifDiffers(c, 1, a, d * e, (place) => {
          this.#wide(place);
          this.#get(c, W.f64);
          this.#put(W.divide);
          this.#narrow();
        });
        return true;
      case Op.update: // f n p g scalars
        if (a !== Fn.sgd || b > FEW) return false;
        return this.#each(b, c, (at) => {
          this.#get(c + at);
          this.#scalar(e);
          this.#get(d + at);
          this.#scalar(e + 8);
          this.#get(c + at);
          for (const step of [W.multiply, W.add, W.multiply, W.subtract]) this.#do(step);
        });
      case Op.clear: // n x
        return a <= FEW && this.#each(a, b, () => this.#number(0));
      case Op.check: // n x
        if (a > FEW) return false;
        this.#number(0);
        for (let i = 0; i < a; i++) {
          this.#two(W.subtract, b + i * unit, b + i * unit);
          this.#do(W.add);
        }
        this.#number(0);
        this.#do(W.differs);
        this.#failIf();
        return true;
      case Op.checkCell: // total
        this.#get(a, W.f64);
        this.#get(a, W.f64);
        this.#put(W.subtract);
        this.#double(0);
        this.#put(W.differs);
        this.#failIf();
        return true;
      case Op.increment: // counter
        this.#increment(a);
        return true;
      case Op.accumulate: // total low high sum
        this.#set(d, () => {
          this.#get(d, W.f64);
          this.#get(a, W.f64);
          this.#double(numberOf(b, c));
          this.#put(W.multiply, W.add);
        }, W.f64);
        return true;
      case Op.take: { // cursor n x y
        if (b > FEW) return false;
        const from = this.#variable(W.i32);
        this.#get(a, W.f64);
        this.#put(W.truncate, W.integer, ...signed(b * unit), W.integerMultiply, W.set, ...unsigned(from));
        return this.#each(b, d, (at) => {
          this.#put(W.get, ...unsigned(from));
          this.#access(W.load, this.#type, c + at);
        });
      }
      case Op.repeat: // cursor limit back
        if (c !== after) return false;
        this.#increment(a);
        this.#save();
        this.#get(a, W.f64);
        this.#get(b, W.f64);
        this.#put(W.isLess, W.repeatIf, 0);
        return true;
      default:
        return false;
    }
  }

  /** Sets n numbers from a place on, each to what is written for the byte at which it lies there. */
  #each(n: number, place: number, write: (at: number) => void): true {
    for (let at = 0; at < n * this.#unit; at += this.#unit) this.#set(place + at, () => write(at));
    return true;
  }

  /** f(z) */
  #function(f: Fn, z: number): void {
    if (f === Fn.identity) return this.#get(z);
    if (f === Fn.relu) {
      this.#number(0);
      this.#get(z);
      return this.#selectIfOff(z);
    }
    this.#wide(z);
    this.#put(W.call, f === Fn.sigmoid ? Call.sigmoid : Call.tanh);
    this.#narrow();
  }

  /** da · f′(z) */
  #slope(f: Fn, z: number, a: number, da: number): void {
    if (f === Fn.identity) return this.#get(da);
    if (f === Fn.relu) {
      this.#get(da);
      this.#number(0);
      this.#number(1);
      this.#selectIfOff(z);
      return this.#do(W.multiply);
    }
    this.#wide(da);
    if (f === Fn.sigmoid) this.#wide(a);
    this.#double(1);
    if (f === Fn.tanh) this.#wide(a);
    this.#wide(a);
    for (const step of f === Fn.sigmoid ? [W.subtract, W.multiply] : [W.multiply, W.subtract]) this.#put(step);
    this.#put(W.multiply);
    this.#narrow();
  }

  /** The first of two numbers if z ≤ 0, else the second. */
  #selectIfOff(z: number): void {
    this.#get(z);
    this.#number(0);
    this.#do(W.isAtMost);
    this.#put(W.select);
  }

  /** half · (p − t)² */
  #squaredError(half: number, p: number, t: number): void {
    this.#difference(p, t);
    this.#double(half);
    this.#put(W.multiply);
    this.#difference(p, t);
    this.#put(W.multiply);
    this.#narrow();
  }

  /** factor · (p − t) */
  #error(factor: number, p: number, t: number): void {
    this.#double(factor);
    this.#difference(p, t);
    this.#put(W.multiply);
    this.#narrow();
  }

  #difference(p: number, t: number): void {
    this.#wide(p);
    this.#wide(t);
    this.#put(W.subtract);
  }

  /** Adds the product of two numbers to that before. */
  #product(x: number, y: number): void {
    this.#two(W.multiply, x, y);
    this.#do(W.add);
  }

  /** x ∘ y */
  #two(step: W, x: number, y: number): void {
    this.#get(x);
    this.#get(y);
    this.#do(step);
  }

  #increment(cell: number): void {
    this.#set(cell, () => {
      this.#get(cell, W.f64);
      this.#double(1);
      this.#put(W.add);
    }, W.f64);
  }

  /** Sets n numbers from a place on, if a cell has another value than this. */
  #ifDiffers(cell: number, value: number, place: number, n: number, write: (place: number) => void): void {
    for (let i = 0; i < n; i++) { // variables of both ways
      this.#get(place + i * this.#unit);
      this.#put(W.drop);
    }
    this.#get(cell, W.f64);
    this.#double(value);
    this.#put(W.differs, W.if, W.void);
    this.#each(n, place, (at) => write(place + at));
    this.#put(W.end);
  }

  /** Ends the function if the number before is not 0. */
  #failIf(): void {
    this.#put(W.if, W.void);
    const unsaved = [...this.#unsaved];
    this.#save();
    for (const place of unsaved) this.#unsaved.add(place);
    this.#put(W.integer, 0, W.return, W.end);
  }

  /** Calls the interpreter for one instruction. */
  #interpret(address: number): void {
    const end = signed((address + 4 * WIDTH) | 0);
    this.#save();
    this.#known.clear();
    this.#put(W.integer, ...signed(address | 0), W.integer, ...end, W.call, Call.run, W.integer, ...end, W.integerDiffers);
    this.#failIf();
  }

  // Numbers, and the places where they lie.

  #number(value: number): void {
    this.#double(value);
    this.#narrow();
  }

  #double(value: number): void {
    this.#put(W.number, ...new Uint8Array(new Float64Array([value]).buffer));
  }

  /** An optimizer's scalar, rounded. */
  #scalar(cell: number): void {
    this.#get(cell, W.f64);
    this.#narrow();
  }

  /** A number as a float64. */
  #wide(place: number): void {
    this.#get(place);
    if (this.#single) this.#put(W.promote);
  }

  /** Rounds a float64. */
  #narrow(): void {
    if (this.#single) this.#put(W.demote);
  }

  #get(place: number, type = this.#type): void {
    const variable = this.#variableOf(place, type);
    if (this.#known.has(place)) return this.#put(W.get, ...unsigned(variable));
    this.#put(W.integer, 0);
    this.#access(W.load, type, place);
    this.#put(W.tee, ...unsigned(variable));
    this.#known.add(place);
  }

  #set(place: number, write: () => void, type = this.#type): void {
    write();
    this.#put(W.set, ...unsigned(this.#variableOf(place, type)));
    this.#known.add(place);
    this.#unsaved.add(place);
  }

  /** Stores what memory doesn't hold yet. */
  #save(): void {
    for (const place of this.#unsaved) {
      const variable = this.#variables.get(place)!;
      this.#put(W.integer, 0, W.get, ...unsigned(variable));
      this.#access(W.store, this.#types[variable]!, place);
    }
    this.#unsaved.clear();
  }

  #variableOf(place: number, type: W): number {
    let variable = this.#variables.get(place);
    if (variable === undefined) this.#variables.set(place, (variable = this.#variable(type)));
    return variable;
  }

  #variable(type: W): number {
    return this.#types.push(type) - 1;
  }

  #access(step: W.load | W.store, type: W, place: number): void {
    this.#put(step - (type === W.f32 ? 1 : 0), type === W.f32 ? 2 : 3, ...unsigned(place >>> 0));
  }

  /** A calculation or a comparison in the type of the network's numbers. */
  #do(step: W): void {
    this.#put(this.#single ? step - (step < W.f64 ? 6 : 14) : step);
  }

  #put(...bytes: readonly number[]): void {
    for (const byte of bytes) this.#body.push(byte);
  }
}

/** Calls for each of rows and columns. */
function each(rows: number, columns: number, body: (row: number, column: number) => void): void {
  for (let n = 0; n < rows; n++) for (let i = 0; i < columns; i++) body(n, i);
}

/** The number of two words. */
const numberOf = (low: number, high: number): number => new Float64Array(new Int32Array([low, high]).buffer)[0]!;
