import { Fn, Op, WIDTH } from "./opcodes.js";

/** So many products or elements of an instruction are written out one by one. */
const FEW = 64;
/** Bytes of a function that has become too long. */
const LONG = 40_000;

/** Types and instructions of WebAssembly. Those for float64 stand for those of float32 too: see `#do`. */
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
  nothing = 0x40,
  integer = 0x41,
  number = 0x44,
  integerDiffers = 0x47,
  differs = 0x62,
  isLess = 0x63,
  isAtMost = 0x65,
  integerMultiply = 0x6c,
  v128 = 0x7b,
  f64 = 0x7c,
  f32 = 0x7d,
  i32 = 0x7f,
  root = 0x9f,
  add = 0xa0,
  subtract = 0xa1,
  multiply = 0xa2,
  divide = 0xa3,
  truncate = 0xab,
  demote = 0xb6,
  promote = 0xbb,
  vector = 0xfd,
}

/** Instructions for vectors, after `W.vector`. Those for float64 stand for those of float32 too: see `#vector`. */
const enum V {
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
type Step = V | (() => void);

/** With one of these that is not written out, a program isn't worth it, or can't be done in one go. */
const PRODUCTS_AND_CALLS: readonly Op[] = [Op.linear, Op.linearKept, Op.product, Op.outer, Op.call];

/** What a function calls. */
const enum Call {
  interpreter,
  logistic,
  tanh,
  term,
  termPull,
}

/** Types, imports (all functions of `Call`, and the memory), the function, and its export as f. */
const HEADER = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 23, 4, 0x60, 0, 1, W.i32, 0x60, 2, W.i32, W.i32, 1, W.i32, 0x60, 1, W.f64, 1, W.f64, 0x60, 3, W.i32, W.f64, W.f64, 1, W.f64,
  2, 38, 6, ...[[0x69, 0, 1], [0x6c, 0, 2], [0x74, 0, 2], [0x75, 0, 3], [0x64, 0, 3], [0x6d, 2, 0, 0]].flatMap((each) => [1, 0x65, 1, ...each]),
  3, 2, 1, 0,
  7, 5, 1, 1, 0x66, 0, 5,
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
 * Writes a program of opcodes.ts out as one function of WebAssembly, for a network so small that looking at an
 * instruction takes longer than carrying it out. Each number is a variable of that function, loaded when it is first
 * asked for and stored at the end, so that what lies between does not go through memory. Instructions that are rare or
 * large are left to the interpreter, which is called for them.
 */
export class Compiler {
  readonly #body: number[] = [];
  /** Types of the variables, and which of them stands for the number at a place in memory. */
  readonly #types: W[] = [];
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
   * returns 1, or 0 if a check failed. Undefined if it wouldn't be worth it.
   */
  module(program: Int32Array, address: number): Uint8Array<ArrayBuffer> | undefined {
    this.#put(W.loop, W.nothing);
    for (let at = 0; at < program.length; at += WIDTH) {
      if (!this.#write(program.subarray(at, at + WIDTH))) {
        if (PRODUCTS_AND_CALLS.includes(program[at]!)) return undefined;
        this.#interpret(address + 4 * at);
      }
      if (this.#body.length > LONG) return undefined;
    }
    this.#save();
    this.#put(W.end, W.integer, 1, W.end);
    const body = [...sizeOf(this.#types.length), ...this.#types.flatMap((type) => [1, type]), ...this.#body];
    const code = [1, ...sizeOf(body.length), ...body];
    return new Uint8Array([...HEADER, 10, ...sizeOf(code.length), ...code]);
  }

  /** Writes an instruction out; false if it is one for the interpreter. */
  #write([op, ...operands]: Int32Array): boolean {
    const unit = this.#unit;
    switch (op) {
      case Op.linear: {
        const [x, weight, bias, y, rows, inputs, outputs, stride] = operands as Operands;
        if (rows * inputs * outputs > FEW) return false;
        each(rows, outputs, (n, o) => this.#set(y + (n * outputs + o) * unit, () => {
          if (bias) this.#get(bias + o * stride * unit);
          else this.#number(0);
          for (let i = 0; i < inputs; i++) this.#addProduct(x + (n * inputs + i) * unit, weight + (o * inputs + i) * unit);
        }));
        return true;
      }
      case Op.product: {
        const [dy, weight, dx, rows, inputs, outputs] = operands as Operands;
        if (rows * inputs * outputs > FEW) return false;
        each(rows, inputs, (n, i) => this.#set(dx + (n * inputs + i) * unit, () => {
          this.#number(0);
          for (let o = 0; o < outputs; o++) this.#addProduct(dy + (n * outputs + o) * unit, weight + (o * inputs + i) * unit);
        }));
        return true;
      }
      case Op.outer: {
        const [dy, x, dWeight, rows, inputs, outputs] = operands as Operands;
        if (rows * inputs * outputs > FEW) return false;
        each(outputs, inputs, (o, i) => this.#change(dWeight + (o * inputs + i) * unit, () => {
          for (let n = 0; n < rows; n++) this.#addProduct(dy + (n * outputs + o) * unit, x + (n * inputs + i) * unit);
        }));
        return true;
      }
      case Op.sum: {
        const [dy, dBias, rows, outputs, stride] = operands as Operands;
        if (rows * outputs > FEW) return false;
        each(rows, outputs, (n, o) => this.#change(dBias + o * stride * unit, () => {
          this.#get(dy + (n * outputs + o) * unit);
          this.#do(W.add);
        }));
        return true;
      }
      case Op.map: {
        const [f, , , n, z, a] = operands as Operands;
        return n <= FEW && f <= Fn.relu && this.#setAll(n, a, (at) => this.#function(f, z + at));
      }
      case Op.pull: {
        const [f, , , n, z, a, da, dz] = operands as Operands;
        return n <= FEW && f <= Fn.relu && this.#setAll(n, dz, (at) => this.#slope(f, z + at, a + at, da + at));
      }
      case Op.loss: {
        const [f, low, high, n, p, t, u] = operands as Operands;
        return n <= FEW && this.#setAll(n, u, (at) => {
          if (f !== Fn.squaredError) return this.#term(Call.term, f, p + at, t + at);
          this.#error(numberOf(low, high), p + at, t + at);
          this.#difference(p + at, t + at);
          this.#put(W.multiply);
          this.#narrow();
        });
      }
      case Op.lossPull: {
        const [f, low, high, n, p, t, dp] = operands as Operands;
        return n <= FEW && this.#setAll(n, dp, (at) => {
          if (f !== Fn.squaredError) return this.#term(Call.termPull, f, p + at, t + at);
          this.#error(2 * numberOf(low, high), p + at, t + at);
          this.#narrow();
        });
      }
      case Op.residual: {
        const [n, a, t, dz] = operands as Operands;
        return n <= FEW && this.#setAll(n, dz, (at) => this.#two(W.subtract, a + at, t + at));
      }
      case Op.reduce: {
        const [u, weights, divisor, total, rows, columns] = operands as Operands;
        if (weights || rows * columns > FEW) return false;
        this.#set(total, () => {
          this.#double(0);
          for (let n = 0; n < rows; n++) {
            this.#double(0);
            for (let i = 0; i < columns; i++) {
              this.#wide(u + (n * columns + i) * unit);
              this.#put(W.add);
            }
            this.#put(W.add);
          }
          this.#get(divisor, W.f64);
          this.#put(W.divide);
        }, W.f64);
        return true;
      }
      case Op.weigh: {
        const [dp, weights, divisor, rows, columns] = operands as Operands;
        if (weights || rows * columns > FEW) return false;
        this.#setAllIfNotOne(divisor, rows * columns, dp, (at) => {
          this.#wide(dp + at);
          this.#get(divisor, W.f64);
          this.#put(W.divide);
          this.#narrow();
        });
        return true;
      }
      case Op.advance: {
        const [f, scalars] = operands as Operands;
        if (f !== Fn.adam) return false;
        for (const power of [5, 6]) this.#change(scalars + 8 * power, () => {
          this.#get(scalars + 8 * (power - 3), W.f64);
          this.#put(W.multiply);
        }, W.f64);
        return true;
      }
      case Op.update: {
        const [f, n, p, g, rate, m, v] = operands as Operands;
        if (f === Fn.adam && n <= FEW) return this.#adam(n * unit, p, g, rate, m, v);
        return f === Fn.sgd && n <= FEW && this.#setAll(n, p, (at) => {
          this.#get(p + at);
          this.#scalar(rate);
          this.#get(g + at);
          this.#scalar(rate + 8); // the weight decay
          this.#get(p + at);
          for (const step of [W.multiply, W.add, W.multiply, W.subtract]) this.#do(step);
        });
      }
      case Op.clear: {
        const [n, x] = operands as Operands;
        return n <= FEW && this.#setAll(n, x, () => this.#number(0));
      }
      case Op.check: {
        const [n, x] = operands as Operands;
        if (n > FEW || n === 0) return false;
        this.#sumOfNothings(x, n);
        this.#number(0);
        this.#do(W.differs);
        this.#failIf();
        return true;
      }
      case Op.checkCell: {
        const [total] = operands as Operands;
        this.#get(total, W.f64);
        this.#get(total, W.f64);
        this.#put(W.subtract);
        this.#double(0);
        this.#put(W.differs);
        this.#failIf();
        return true;
      }
      case Op.increment:
        this.#increment(operands[0]!);
        return true;
      case Op.accumulate: {
        const [total, low, high, sum] = operands as Operands;
        this.#change(sum, () => {
          this.#get(total, W.f64);
          this.#double(numberOf(low, high));
          this.#put(W.multiply, W.add);
        }, W.f64);
        return true;
      }
      case Op.take: {
        const [cursor, n, x, y] = operands as Operands;
        if (n > FEW) return false;
        const distance = this.#variable(W.i32);
        this.#get(cursor, W.f64);
        this.#put(W.truncate);
        this.#integer(n * unit);
        this.#put(W.integerMultiply);
        this.#local(W.set, distance);
        return this.#setAll(n, y, (at) => {
          this.#local(W.get, distance);
          this.#memory(W.load, this.#type, x + at);
        });
      }
      case Op.repeat: {
        const [cursor, limit] = operands as Operands; // back to the beginning of the program
        this.#increment(cursor);
        this.#save();
        this.#get(cursor, W.f64);
        this.#get(limit, W.f64);
        this.#put(W.isLess, W.repeatIf, 0);
        return true;
      }
      default:
        return false;
    }
  }

  // Parts of instructions: what is put there leaves its number on the stack.

  /** Adam's update, by vectors, since roots and quotients take long. */
  #adam(bytes: number, p: number, g: number, scalars: number, m: number, v: number): true {
    const scalar = (i: number) => this.#get(scalars + 8 * i, W.f64);
    const rest = (i: number): void => { // 1 − it
      this.#double(1);
      scalar(i);
      this.#put(W.subtract);
    };
    const spread = (write: () => void) => this.#keep(write, () => this.#narrow(), V.spread);
    const [decay, keep1, keep2, epsilon] = [1, 2, 3, 4].map((i) => spread(() => scalar(i))) as [Step, Step, Step, Step];
    const [take1, take2] = [2, 3].map((i) => spread(() => rest(i))) as [Step, Step];
    const least = spread(() => this.#double(this.#single ? 1.1754943508222875e-38 : 2.2250738585072014e-308));
    const rate = spread(() => {
      scalar(0);
      rest(5);
      this.#put(W.divide);
    });
    const growth = spread(() => {
      this.#double(1);
      rest(6);
      this.#put(W.root, W.divide);
    });
    const settled = (...steps: readonly Step[]): Step => {
      const mean = this.#keep(...steps);
      return this.#keep(mean, mean, V.size, least, V.isLess, V.andNot);
    };
    for (let at = 0, size; at < bytes; at += size) {
      size = at + 16 <= bytes ? 16 : this.#unit;
      const [value, given, first, second] = [p, g, m, v].map((place) => this.#keep(() => this.#lanes(place + at, size))) as [Step, Step, Step, Step];
      const gradient = this.#keep(given, decay, value, V.multiply, V.add);
      const mean = settled(keep1, first, V.multiply, take1, gradient, V.multiply, V.add);
      const square = settled(keep2, second, V.multiply, take2, gradient, gradient, V.multiply, V.multiply, V.add);
      this.#setLanes(m + at, size, mean);
      this.#setLanes(v + at, size, square);
      const scale = this.#keep(square, V.root, growth, V.multiply, epsilon, V.add);
      this.#setLanes(p + at, size, value, rate, mean, V.multiply, scale, V.divide, V.subtract);
    }
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
    this.#put(W.call, f === Fn.sigmoid ? Call.logistic : Call.tanh);
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
    if (f === Fn.sigmoid) this.#wide(a); // a · (1 − a)
    this.#double(1);
    if (f === Fn.tanh) this.#wide(a); // 1 − a · a
    this.#wide(a);
    if (f === Fn.sigmoid) this.#put(W.subtract, W.multiply);
    else this.#put(W.multiply, W.subtract);
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

  /** What a function of a loss makes of p and t. */
  #term(call: Call, f: Fn, p: number, t: number): void {
    this.#integer(f);
    this.#wide(p);
    this.#wide(t);
    this.#put(W.call, call);
    this.#narrow();
  }

  /** factor · (p − t), as a float64 */
  #error(factor: number, p: number, t: number): void {
    this.#double(factor);
    this.#difference(p, t);
    this.#put(W.multiply);
  }

  #difference(p: number, t: number): void {
    this.#wide(p);
    this.#wide(t);
    this.#put(W.subtract);
  }

  /** The number before + x · y */
  #addProduct(x: number, y: number): void {
    this.#two(W.multiply, x, y);
    this.#do(W.add);
  }

  #two(step: W, x: number, y: number): void {
    this.#get(x);
    this.#get(y);
    this.#do(step);
  }

  /** Σ (xᵢ − xᵢ), which is 0 if all are finite, else NaN; in pairs, since nothing depends on the order. */
  #sumOfNothings(x: number, n: number): void {
    if (n === 1) return this.#two(W.subtract, x, x);
    const half = n >> 1;
    this.#sumOfNothings(x, half);
    this.#sumOfNothings(x + half * this.#unit, n - half);
    this.#do(W.add);
  }

  #increment(cell: number): void {
    this.#change(cell, () => {
      this.#double(1);
      this.#put(W.add);
    }, W.f64);
  }

  /** Ends the function, if the truth value before says so. */
  #failIf(): void {
    this.#put(W.if, W.nothing);
    const unsaved = [...this.#unsaved];
    this.#save();
    for (const place of unsaved) this.#unsaved.add(place); // on the way past this
    this.#put(W.integer, 0, W.return, W.end);
  }

  /** Calls the interpreter for the instruction at an address. */
  #interpret(address: number): void {
    this.#save();
    this.#known.clear();
    this.#integer(address);
    this.#integer(address + 4 * WIDTH);
    this.#put(W.call, Call.interpreter);
    this.#integer(address + 4 * WIDTH);
    this.#put(W.integerDiffers);
    this.#failIf();
  }

  // Numbers and their places.

  /** Sets n numbers from a place on, each to what is written for its distance from there, in bytes. */
  #setAll(n: number, place: number, write: (at: number) => void): true {
    for (let at = 0; at < n * this.#unit; at += this.#unit) this.#set(place + at, () => write(at));
    return true;
  }

  /** The same, if the number in a cell is not 1. */
  #setAllIfNotOne(cell: number, n: number, place: number, write: (at: number) => void): void {
    for (let i = 0; i < n; i++) { // variables that are up to date either way
      this.#get(place + i * this.#unit);
      this.#put(W.drop);
    }
    this.#get(cell, W.f64);
    this.#double(1);
    this.#put(W.differs, W.if, W.nothing);
    this.#setAll(n, place, write);
    this.#put(W.end);
  }

  /** Sets a number to what is written after its present value. */
  #change(place: number, write: () => void, type = this.#type): void {
    this.#set(place, () => {
      this.#get(place, type);
      write();
    }, type);
  }

  #set(place: number, write: () => void, type = this.#type): void {
    write();
    this.#local(W.set, this.#variableOf(place, type));
    this.#known.add(place);
    this.#unsaved.add(place);
  }

  #get(place: number, type = this.#type): void {
    const variable = this.#variableOf(place, type);
    if (this.#known.has(place)) return this.#local(W.get, variable);
    this.#integer(0);
    this.#memory(W.load, type, place);
    this.#local(W.tee, variable);
    this.#known.add(place);
  }

  /** Stores what memory doesn't hold yet. */
  #save(): void {
    for (const place of this.#unsaved) {
      const variable = this.#variables.get(place)!;
      this.#integer(0);
      this.#local(W.get, variable);
      this.#memory(W.store, this.#types[variable]!, place);
    }
    this.#unsaved.clear();
  }

  /** Calculates a vector; returns what puts it on the stack. */
  #keep(...steps: readonly Step[]): () => void {
    const variable = this.#variable(W.v128);
    this.#vectors(steps);
    this.#local(W.set, variable);
    return () => this.#local(W.get, variable);
  }

  /** The numbers in so many bytes as a vector, or one as the first of a vector. */
  #lanes(place: number, bytes: number): void {
    const places = Array.from({ length: bytes / this.#unit }, (_, i) => place + i * this.#unit);
    if (places.every((each) => !this.#unsaved.has(each))) {
      this.#integer(0);
      this.#vector(bytes === 16 ? V.load : V.loadFirst, ...this.#from(place));
    } else places.forEach((each, i) => { // a load would have to wait for the stores
      this.#get(each);
      this.#vector(i ? V.replace : V.spread, ...(i ? [i] : []));
    });
  }

  /** Stores a vector that is calculated, or its first number. */
  #setLanes(place: number, bytes: number, ...steps: readonly Step[]): void {
    this.#integer(0);
    this.#vectors(steps);
    if (bytes === 16) this.#vector(V.store, ...this.#from(place));
    else this.#vector(V.storeFirst, ...this.#from(place), 0);
    for (let at = place; at < place + bytes; at += this.#unit) {
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
  #wide(place: number): void {
    this.#get(place);
    if (this.#single) this.#put(W.promote);
  }

  /** Rounds a float64 to the type of the network's numbers. */
  #narrow(): void {
    if (this.#single) this.#put(W.demote);
  }

  /** The number in a cell, rounded. */
  #scalar(cell: number): void {
    this.#get(cell, W.f64);
    this.#narrow();
  }

  #number(value: number): void {
    this.#double(value);
    this.#narrow();
  }

  #variableOf(place: number, type: W): number {
    let variable = this.#variables.get(place);
    if (variable === undefined) this.#variables.set(place, (variable = this.#variable(type)));
    return variable;
  }

  #variable(type: W): number {
    return this.#types.push(type) - 1;
  }

  // Instructions.

  /** A calculation or a comparison in the type of the network's numbers. */
  #do(step: W): void {
    this.#put(this.#single ? step - (step < W.f64 ? 6 : 14) : step);
  }

  #local(step: W, variable: number): void {
    this.#put(step, ...sizeOf(variable));
  }

  #memory(step: W.load | W.store, type: W, place: number): void {
    this.#put(type === W.f32 ? step - 1 : step, type === W.f32 ? 2 : 3, ...sizeOf(place >>> 0));
  }

  /** An instruction for vectors of the type of the network's numbers. */
  #vector(step: V, ...operands: readonly number[]): void {
    const less = step >= V.size ? 12 : step === V.isLess ? 6 : step === V.replace ? 2 : UNTYPED.includes(step) ? 0 : 1;
    this.#put(W.vector, ...sizeOf(this.#single ? step - less : step), ...operands);
  }

  /** A place in memory, which is known to lie on a number. */
  #from(place: number): number[] {
    return [this.#single ? 2 : 3, ...sizeOf(place >>> 0)];
  }

  #integer(value: number): void {
    this.#put(W.integer);
    let rest = value | 0;
    for (; rest < -64 || rest > 63; rest >>= 7) this.#put(128 | (rest & 127));
    this.#put(rest & 127);
  }

  #double(value: number): void {
    this.#put(W.number, ...new Uint8Array(new Float64Array([value]).buffer));
  }

  #put(...bytes: readonly number[]): void {
    for (const byte of bytes) this.#body.push(byte);
  }
}

type Operands = [number, number, number, number, number, number, number, number];

/** Calls for each of rows and columns. */
function each(rows: number, columns: number, body: (row: number, column: number) => void): void {
  for (let n = 0; n < rows; n++) for (let i = 0; i < columns; i++) body(n, i);
}

/** The number in two words. */
const numberOf = (low: number, high: number): number => new Float64Array(new Int32Array([low, high]).buffer)[0]!;

/** A number without a sign, in LEB128. */
const sizeOf = (value: number): number[] => (value < 128 ? [value] : [128 | (value & 127), ...sizeOf(value >>> 7)]);
