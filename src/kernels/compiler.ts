import { BOUND_F32, BOUND_F64 } from "./layout.js";
import { Fn, Op, WIDTH } from "./opcodes.js";
import { Call, type Step, V, W, Writer } from "./writer.js";

/** So many products or elements of an instruction are written out one by one. */
const FEW = 64;
/** Bytes of a function that has become too long. */
const LONG = 40_000;

/** With one of these that is not written out, a program isn't worth it, or can't be done in one go. */
const PRODUCTS_AND_CALLS: readonly Op[] = [Op.linear, Op.linearPanels, Op.product, Op.outer, Op.call];

/**
 * Writes a program of opcodes.ts out as one function of WebAssembly, for a network so small that looking at an
 * instruction takes longer than carrying it out. Instructions that are rare are left to the interpreter, which is called
 * for them.
 */
export class Compiler extends Writer {
  /** `cellNow`: the float64 at a place in memory, as it is now. */
  constructor(
    single: boolean,
    private readonly cellNow: (place: number) => number,
  ) {
    super(single);
  }

  /**
   * A module whose function does what the interpreter does with these instructions, which begin at an address. It
   * returns 1, or 0 if a check failed. Undefined if it wouldn't be worth it.
   */
  module(program: Int32Array, address: number): Uint8Array<ArrayBuffer> | undefined {
    for (let at = 0; at < program.length; at += WIDTH) {
      if (!this.#write(program.subarray(at, at + WIDTH))) {
        if (PRODUCTS_AND_CALLS.includes(program[at]!)) return undefined;
        this.interpret(address + 4 * at);
      }
      if (this.length > LONG) return undefined;
    }
    return this.finish();
  }

  /** Writes an instruction out; false if it is one for the interpreter. */
  #write([op, ...operands]: Int32Array): boolean {
    const unit = this.unit;
    switch (op) {
      case Op.linear: {
        const [x, weight, bias, y, rows, inputs, outputs, stride] = operands as Operands;
        if (rows * inputs * outputs > FEW) return false;
        each(rows, outputs, (n, o) =>
          this.set(y + (n * outputs + o) * unit, () => {
            if (bias) this.get(bias + o * stride * unit);
            else this.number(0);
            for (let i = 0; i < inputs; i++)
              this.#addProduct(x + (n * inputs + i) * unit, weight + (o * inputs + i) * unit);
          }),
        );
        return true;
      }
      case Op.product: {
        const [dy, weight, dx, rows, inputs, outputs] = operands as Operands;
        if (rows * inputs * outputs > FEW) return false;
        each(rows, inputs, (n, i) =>
          this.set(dx + (n * inputs + i) * unit, () => {
            this.number(0);
            for (let o = 0; o < outputs; o++)
              this.#addProduct(dy + (n * outputs + o) * unit, weight + (o * inputs + i) * unit);
          }),
        );
        return true;
      }
      case Op.outer: {
        const [dy, x, dWeight, rows, inputs, outputs] = operands as Operands;
        if (rows * inputs * outputs > FEW) return false;
        each(outputs, inputs, (o, i) =>
          this.change(dWeight + (o * inputs + i) * unit, () => {
            for (let n = 0; n < rows; n++) this.#addProduct(dy + (n * outputs + o) * unit, x + (n * inputs + i) * unit);
          }),
        );
        return true;
      }
      case Op.sum: {
        const [dy, dBias, rows, outputs, stride] = operands as Operands;
        if (rows * outputs > FEW) return false;
        each(rows, outputs, (n, o) =>
          this.change(dBias + o * stride * unit, () => {
            this.get(dy + (n * outputs + o) * unit);
            this.do(W.add);
          }),
        );
        return true;
      }
      case Op.map: {
        const [f, , , n, z, a] = operands as Operands;
        return n <= FEW && f <= Fn.relu && this.setAll(n, a, (at) => this.#function(f, z + at));
      }
      case Op.pull: {
        const [f, , , n, z, a, da, dz] = operands as Operands;
        return n <= FEW && f <= Fn.relu && this.setAll(n, dz, (at) => this.#slope(f, z + at, a + at, da + at));
      }
      case Op.loss: {
        const [f, low, high, n, p, t, u] = operands as Operands;
        return (
          n <= FEW &&
          this.setAll(n, u, (at) => {
            if (f !== Fn.squaredError) return this.#term(Call.term, f, p + at, t + at);
            this.#error(numberOf(low, high), p + at, t + at);
            this.#difference(p + at, t + at);
            this.put(W.multiply);
            this.narrow();
          })
        );
      }
      case Op.lossPull: {
        const [f, low, high, n, p, t, dp] = operands as Operands;
        return (
          n <= FEW &&
          this.setAll(n, dp, (at) => {
            if (f !== Fn.squaredError) return this.#term(Call.termPull, f, p + at, t + at);
            this.#error(2 * numberOf(low, high), p + at, t + at);
            this.narrow();
          })
        );
      }
      case Op.residual: {
        const [n, a, t, dz] = operands as Operands;
        return n <= FEW && this.setAll(n, dz, (at) => this.#two(W.subtract, a + at, t + at));
      }
      case Op.reduce: {
        const [u, rowWeights, divisor, total, rows, columns] = operands as Operands;
        if (rows * columns > FEW) return false;
        this.set(
          total,
          () => {
            this.double(0);
            for (let n = 0; n < rows; n++) {
              this.double(0);
              for (let i = 0; i < columns; i++) {
                this.wide(u + (n * columns + i) * unit);
                this.put(W.add);
              }
              if (rowWeights) {
                this.wide(rowWeights + n * unit);
                this.put(W.multiply);
              }
              this.put(W.add);
            }
            this.get(divisor, W.f64);
            this.put(W.divide);
          },
          W.f64,
        );
        return true;
      }
      case Op.weigh: {
        const [dp, rowWeights, divisor, rows, columns] = operands as Operands;
        if (rows * columns > FEW) return false;
        const divided = (write: () => void): void => {
          write();
          if (this.single) this.put(W.promote);
          this.get(divisor, W.f64);
          this.put(W.divide);
          this.narrow();
        };
        if (rowWeights)
          each(rows, columns, (n, i) => {
            const place = dp + (n * columns + i) * unit;
            this.set(place, () => divided(() => this.#two(W.multiply, place, rowWeights + n * unit)));
          });
        else this.setAllIfNotOne(divisor, rows * columns, dp, (at) => divided(() => this.get(dp + at)));
        return true;
      }
      case Op.advance: {
        const [f, scalars] = operands as Operands;
        if (f !== Fn.adam && f !== Fn.adamW) return false;
        for (const power of [5, 6])
          this.change(
            scalars + 8 * power,
            () => {
              this.get(scalars + 8 * (power - 3), W.f64);
              this.put(W.multiply);
            },
            W.f64,
          );
        return true;
      }
      case Op.update: {
        const [f, n, p, g, rate, m, v] = operands as Operands;
        if ((f === Fn.adam || f === Fn.adamW) && n <= FEW)
          return this.#adam(n * unit, p, g, rate, m, v, f === Fn.adamW);
        return (
          f === Fn.sgd &&
          n <= FEW &&
          this.setAll(n, p, (at) => {
            this.get(p + at);
            this.scalar(rate);
            this.get(g + at);
            this.scalar(rate + 8); // the weight decay
            this.get(p + at);
            for (const step of [W.multiply, W.add, W.multiply, W.subtract]) this.do(step);
          })
        );
      }
      case Op.multiply: {
        const [n, x, y, z] = operands as Operands;
        return n <= FEW && this.setAll(n, z, (at) => this.#two(W.multiply, x + at, y + at));
      }
      case Op.clear: {
        const [n, x] = operands as Operands;
        return n <= FEW && this.setAll(n, x, () => this.number(0));
      }
      case Op.bound: {
        // if Σ g² and Σ (decay · p)², times 1 + rate², are small enough, so is each; else each is looked at
        const [n, g, p, scalars] = operands as Operands;
        if (n > FEW || n === 0) return false;
        const bound = this.single ? BOUND_F32 : BOUND_F64;
        const rate = () => this.get(scalars, W.f64);
        const decay = this.cellNow(scalars + 8); // which is always the same
        this.#sumOfSquares(g, n);
        if (decay !== 0) {
          this.#sumOfSquares(p, n, decay);
          this.put(W.add);
        }
        rate();
        rate();
        this.put(W.multiply);
        this.double(1);
        this.put(W.add, W.multiply);
        this.double((bound / 2) * (bound / 2));
        this.put(W.isLess, W.isZero, W.if, W.nothing);
        const limit = this.variable(W.f64);
        this.double(bound);
        this.double(1);
        rate();
        this.put(W.max, W.divide);
        this.local(W.set, limit);
        this.#failUnlessWithin(n, g, () => this.local(W.get, limit));
        if (decay !== 0)
          this.#failUnlessWithin(n, p, () => {
            this.local(W.get, limit);
            this.double(decay);
            this.put(W.divide);
          });
        this.put(W.end);
        return true;
      }
      case Op.checkCell: {
        const [total] = operands as Operands;
        this.get(total, W.f64);
        this.get(total, W.f64);
        this.put(W.subtract);
        this.double(0);
        this.put(W.differs);
        this.failIf();
        return true;
      }
      case Op.increment:
        this.#increment(operands[0]!);
        return true;
      case Op.accumulate: {
        const [total, mass, sum] = operands as Operands;
        this.change(
          sum,
          () => {
            this.get(total, W.f64);
            this.get(mass, W.f64);
            this.put(W.multiply, W.add);
          },
          W.f64,
        );
        this.change(
          sum + 8,
          () => {
            this.get(mass, W.f64);
            this.put(W.add);
          },
          W.f64,
        );
        return true;
      }
      case Op.pick: {
        const [cursor, n, x, y] = operands as Operands;
        if (n > FEW) return false;
        const distance = this.variable(W.i32);
        this.get(cursor, W.f64);
        this.put(W.truncate);
        this.integer(n * unit);
        this.put(W.integerMultiply);
        this.local(W.set, distance);
        return this.setAll(n, y, (at) => {
          this.local(W.get, distance);
          this.memory(W.load, this.type, x + at);
        });
      }
      case Op.pickCell: {
        const [cursor, x, y] = operands as Operands;
        this.set(
          y,
          () => {
            this.get(cursor, W.f64);
            this.put(W.truncate);
            this.integer(8);
            this.put(W.integerMultiply);
            this.memory(W.load, W.f64, x);
          },
          W.f64,
        );
        return true;
      }
      case Op.repeat: {
        const [cursor, limit] = operands as Operands; // back to the beginning of the program
        this.#increment(cursor);
        this.save();
        this.get(cursor, W.f64);
        this.get(limit, W.f64);
        this.put(W.isLess, W.repeatIf, 0);
        return true;
      }
      default:
        return false;
    }
  }

  // Parts of instructions: what is put there leaves its number on the stack.

  /** Adam's update, by vectors, since roots and quotients take long. */
  #adam(bytes: number, p: number, g: number, scalars: number, m: number, v: number, isApart: boolean): true {
    const scalar = (i: number) => this.get(scalars + 8 * i, W.f64);
    const rest = (i: number): void => {
      // 1 − it
      this.double(1);
      scalar(i);
      this.put(W.subtract);
    };
    const spread = (write: () => void) => this.keep(write, () => this.narrow(), V.spread);
    const [keep1, keep2, epsilon] = [2, 3, 4].map((i) => spread(() => scalar(i))) as [Step, Step, Step];
    const decay = spread(() => {
      if (!isApart) return scalar(1);
      this.double(1);
      scalar(0);
      scalar(1);
      this.put(W.multiply, W.subtract); // 1 − rate · decay
    });
    const [take1, take2] = [2, 3].map((i) => spread(() => rest(i))) as [Step, Step];
    const least = spread(() => this.double(this.single ? 1.1754943508222875e-38 : 2.2250738585072014e-308));
    const rate = spread(() => {
      scalar(0);
      rest(5);
      this.put(W.divide);
    });
    const growth = spread(() => {
      this.double(1);
      rest(6);
      this.put(W.root, W.divide);
    });
    const settled = (...steps: readonly Step[]): Step => {
      const mean = this.keep(...steps);
      return this.keep(mean, mean, V.size, least, V.isLess, V.andNot);
    };
    for (let at = 0, size; at < bytes; at += size) {
      size = at + 16 <= bytes ? 16 : this.unit;
      const [before, given, first, second] = [p, g, m, v].map((place) =>
        this.keep(() => this.lanes(place + at, size)),
      ) as [Step, Step, Step, Step];
      const value = isApart ? this.keep(before, decay, V.multiply) : before;
      const gradient = isApart ? given : this.keep(given, decay, before, V.multiply, V.add);
      const mean = settled(keep1, first, V.multiply, take1, gradient, V.multiply, V.add);
      const square = settled(keep2, second, V.multiply, take2, gradient, gradient, V.multiply, V.multiply, V.add);
      this.setLanes(m + at, size, mean);
      this.setLanes(v + at, size, square);
      const scale = this.keep(square, V.root, growth, V.multiply, epsilon, V.add);
      this.setLanes(p + at, size, value, rate, mean, V.multiply, scale, V.divide, V.subtract);
    }
    return true;
  }

  /** f(z) */
  #function(f: Fn, z: number): void {
    if (f === Fn.identity) return this.get(z);
    if (f === Fn.relu) {
      this.number(0);
      this.get(z);
      return this.#selectIfOff(z);
    }
    this.wide(z);
    this.put(W.call, f === Fn.sigmoid ? Call.logistic : Call.tanh);
    this.narrow();
  }

  /** da · f′(z) */
  #slope(f: Fn, z: number, a: number, da: number): void {
    if (f === Fn.identity) return this.get(da);
    if (f === Fn.relu) {
      this.get(da);
      this.number(0);
      this.number(1);
      this.#selectIfOff(z);
      return this.do(W.multiply);
    }
    this.wide(da);
    if (f === Fn.sigmoid) this.wide(a); // a · (1 − a)
    this.double(1);
    if (f === Fn.tanh) this.wide(a); // 1 − a · a
    this.wide(a);
    if (f === Fn.sigmoid) this.put(W.subtract, W.multiply);
    else this.put(W.multiply, W.subtract);
    this.put(W.multiply);
    this.narrow();
  }

  /** The first of two numbers if z ≤ 0, else the second. */
  #selectIfOff(z: number): void {
    this.get(z);
    this.number(0);
    this.do(W.isAtMost);
    this.put(W.select);
  }

  /** What a function of a loss makes of p and t. */
  #term(call: Call, f: Fn, p: number, t: number): void {
    this.integer(f);
    this.wide(p);
    this.wide(t);
    this.put(W.call, call);
    this.narrow();
  }

  /** factor · (p − t), as a float64 */
  #error(factor: number, p: number, t: number): void {
    this.double(factor);
    this.#difference(p, t);
    this.put(W.multiply);
  }

  #difference(p: number, t: number): void {
    this.wide(p);
    this.wide(t);
    this.put(W.subtract);
  }

  /** The number before + x · y */
  #addProduct(x: number, y: number): void {
    this.#two(W.multiply, x, y);
    this.do(W.add);
  }

  #two(step: W, x: number, y: number): void {
    this.get(x);
    this.get(y);
    this.do(step);
  }

  /** Σ (factor · xᵢ)² as a float64, in pairs, since the order does not matter where the sum is only to be small. */
  #sumOfSquares(x: number, n: number, factor = 1): void {
    if (n === 1) {
      for (let i = 0; i < 2; i++) {
        this.wide(x);
        if (factor === 1) continue;
        this.double(factor);
        this.put(W.multiply);
      }
      return this.put(W.multiply);
    }
    const half = n >> 1;
    this.#sumOfSquares(x, half, factor);
    this.#sumOfSquares(x + half * this.unit, n - half, factor);
    this.put(W.add);
  }

  /** Ends the function unless n numbers from a place on are, in size, at most a float64 that is written. */
  #failUnlessWithin(n: number, place: number, write: () => void): void {
    const limit = this.variable(this.type);
    write();
    this.narrow();
    this.local(W.set, limit);
    for (let i = 0; i < n; i++) {
      this.get(place + i * this.unit);
      this.do(W.abs);
      this.local(W.get, limit);
      this.do(W.isAtMost);
      if (i) this.put(W.integerAnd);
    }
    this.put(W.isZero);
    this.failIf();
  }

  #increment(cell: number): void {
    this.change(
      cell,
      () => {
        this.double(1);
        this.put(W.add);
      },
      W.f64,
    );
  }
}

type Operands = [number, number, number, number, number, number, number, number];

/** Calls for each of rows and columns. */
function each(rows: number, columns: number, body: (row: number, column: number) => void): void {
  for (let n = 0; n < rows; n++) for (let i = 0; i < columns; i++) body(n, i);
}

/** The number in two words. */
const numberOf = (low: number, high: number): number => new Float64Array(new Int32Array([low, high]).buffer)[0]!;
