import { readFileSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cosPi } from "../../src/core/cos.js";
import { erf } from "../../src/core/erf.js";
import { exp, expm1 } from "../../src/core/exp.js";
import { log, log1p } from "../../src/core/log.js";
import { logistic, tanh } from "../../src/core/tanh.js";

interface Specimen {
  readonly f: (x: number) => number;
  /** The largest error that the docstring admits, in ulp. */
  readonly bound: number;
  /** Where neighbours are compared. */
  readonly domain: readonly [low: number, high: number];
  readonly special: readonly (readonly [x: number, y: number])[];
  /** A digest of all bits of the values on a grid: the same in every engine, and in WebAssembly. */
  readonly fingerprint: string;
}

const specimens: Record<string, Specimen> = {
  exp: {
    f: exp,
    bound: 0.51,
    domain: [-746, 710],
    special: [
      [0, 1],
      [-0, 1],
      [-Infinity, 0],
      [Infinity, Infinity],
      [709.782712893384, 1.7976931348622732e308],
      [709.7827128933841, Infinity],
      [1e308, Infinity],
      [-745.1332191019411, 5e-324],
      [-745.1332191019412, 0],
      [-1e308, 0],
      [5e-324, 1],
    ],
    fingerprint: "fada9b40",
  },
  expm1: {
    f: expm1,
    bound: 0.61,
    domain: [-50, 710],
    special: [
      [0, 0],
      [-0, -0],
      [-Infinity, -1],
      [Infinity, Infinity],
      [-1e308, -1],
      [1e308, Infinity],
      [-40, -1],
      [5e-324, 5e-324],
      [-5e-324, -5e-324],
    ],
    fingerprint: "d87b75c3",
  },
  log: {
    f: log,
    bound: 0.59,
    domain: [0, Number.MAX_VALUE],
    special: [
      [0, -Infinity],
      [-0, -Infinity],
      [1, 0],
      [Infinity, Infinity],
      [-5e-324, NaN],
      [-1, NaN],
      [-Infinity, NaN],
      [5e-324, -744.4400719213812],
      [Number.MAX_VALUE, 709.782712893384],
    ],
    fingerprint: "a36450ac",
  },
  log1p: {
    f: log1p,
    bound: 0.59,
    domain: [-1, Number.MAX_VALUE],
    special: [
      [0, 0],
      [-0, -0],
      [-1, -Infinity],
      [Infinity, Infinity],
      [-1.0000000000000002, NaN],
      [-Infinity, NaN],
      [5e-324, 5e-324],
      [-5e-324, -5e-324],
      [Number.MAX_VALUE, 709.782712893384],
    ],
    fingerprint: "2834eefe",
  },
  tanh: {
    f: tanh,
    bound: 0.6,
    domain: [-25, 25],
    special: [
      [0, 0],
      [-0, -0],
      [-Infinity, -1],
      [Infinity, 1],
      [1e308, 1],
      [-1e308, -1],
      [5e-324, 5e-324],
      [-5e-324, -5e-324],
    ],
    fingerprint: "882f39d1",
  },
  logistic: {
    f: logistic,
    bound: 2.5,
    domain: [-709, 40],
    special: [
      [0, 0.5],
      [-0, 0.5],
      [-Infinity, 0],
      [Infinity, 1],
      [1e308, 1],
      [-1e308, 0],
      [5e-324, 0.5],
      [-8, 0.0003353501304664781],
    ],
    fingerprint: "4510e5d2",
  },
  erf: {
    f: erf,
    bound: 0.61,
    domain: [-7, 7],
    special: [
      [0, 0],
      [-0, -0],
      [-Infinity, -1],
      [Infinity, 1],
      [1e308, 1],
      [-1e308, -1],
      [5.8, 0.9999999999999998],
      [5.93, 1],
      [5e-324, 5e-324],
      [-5e-324, -5e-324],
    ],
    fingerprint: "c000dc3",
  },
  cosPi: {
    f: cosPi,
    bound: 0.75,
    domain: [-1, 0],
    special: [
      [0, 1],
      [-0, 1],
      [0.5, 0],
      [-0.5, 0],
      [1, -1],
      [-1, -1],
      [1.5, 0],
      [2, 1],
      [2 ** 53 - 1, -1],
      [Number.MAX_VALUE, 1],
      [1e-300, 1],
      [Infinity, NaN],
      [-Infinity, NaN],
    ],
    fingerprint: "965420a9",
  },
};

type Row = readonly [x: number, y: number, thousandths: number];
const fixture = new URL("../fixtures/math-reference.json", import.meta.url);
const reference = JSON.parse(readFileSync(fixture, "utf8")) as Record<string, readonly Row[]>;

const buffer = new Float64Array(1);
const bits = new BigInt64Array(buffer.buffer);

/** The distance of the doubles around y. */
function ulp(y: number): number {
  buffer[0] = Math.abs(y);
  return 2 ** (Math.max(Number(bits[0]! >> 52n), 1) - 1075);
}

/** The double after x. */
function next(x: number): number {
  buffer[0] = x;
  if (x === 0) return 5e-324;
  bits[0]! += x > 0 ? 1n : -1n;
  return buffer[0];
}

/** FNV-1a over the bits of f on 4001 points of the domain (of [−20, 20] where that is narrower). */
function fingerprint({ f, domain: [low, high] }: Specimen): string {
  const from = Math.max(low, -20);
  const to = Math.min(high, 20);
  const value = new Float64Array(1);
  const bytes = new Uint8Array(value.buffer);
  let hash = 0x811c9dc5;
  for (let i = 0; i <= 4000; i++) {
    value[0] = f(from + ((to - from) * i) / 4000);
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

describe.each(Object.entries(specimens))("%s", (name, specimen) => {
  const { f, bound, domain, special } = specimen;

  it(`is within ${String(bound)} ulp of 75 digits`, () => {
    const rows = reference[name]!;
    expect(rows.length).toBeGreaterThan(1500);
    let worst = { excess: -1, x: 0 };
    for (const [x, y, thousandths] of rows) {
      const error = Math.abs((f(x) - y) / ulp(y) - thousandths / 1000);
      const excess = error - bound - (Math.abs(y) < 2 ** -1022 ? 1 / 4 : 0); // a subnormal result is rounded twice
      if (!(excess <= worst.excess)) worst = { excess, x };
    }
    expect(worst.excess, `at ${String(worst.x)}`).toBeLessThanOrEqual(0.0005); // the digits of the file
  });

  it.each([...special, [NaN, NaN] as const])("takes %d to %d", (x, y) => {
    expect(f(x)).toBe(y);
  });

  it("never falls from a double to the next", () => {
    const [low, high] = domain;
    fc.assert(
      fc.property(fc.double({ min: low, max: high, noNaN: true }), fc.integer({ min: 1, max: 3 }), (start, steps) => {
        let x = start;
        for (let i = 0; i < steps; i++) {
          const after = next(x);
          if (after > high) break;
          expect(f(after)).toBeGreaterThanOrEqual(f(x));
          x = after;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("never falls from one piece of the table to the next", () => {
    const borders = [-1 / 2, -1 / 4, -3 / 4, 1 / 16, 1 / 8, 1 / 4, 4, 6, 15 / 16, 17 / 16, 700, -700, 40];
    for (let k = -400; k < 400; k++)
      borders.push((k + 0.5) / 32, (k + 0.5) / 64, ((k + 0.5) * Math.LN2) / 128, 1 + (k + 0.5) / 128);
    const falls: number[] = [];
    for (const border of borders) {
      let x = border - 8 * ulp(border);
      if (x < domain[0] || x > domain[1]) continue;
      for (let i = 0; i < 16; i++) {
        const after = next(x);
        if (!(f(after) >= f(x))) falls.push(x);
        x = after;
      }
    }
    expect(falls).toEqual([]);
  });

  it("has the bits that it always had", () => {
    expect(fingerprint(specimen)).toBe(specimen.fingerprint);
  });
});

describe.each(["expm1", "log1p", "tanh", "erf"])("%s near 0", (name) => {
  it("keeps the sign and the bits of tiny numbers", () => {
    const { f } = specimens[name]!;
    for (const x of [1e-20, 1e-100, 1e-300, 1e-310]) {
      const slope = name === "erf" ? 2 / Math.sqrt(Math.PI) : 1;
      expect(Math.abs(f(x) - x * slope)).toBeLessThanOrEqual(ulp(x));
      expect(Math.abs(f(-x) + x * slope)).toBeLessThanOrEqual(ulp(x));
    }
  });
});

it.each(["tanh", "erf"])("%s is odd, bit for bit", (name) => {
  const { f } = specimens[name]!;
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ min: -7, max: 7, noNaN: true }), (any, near) => {
      expect(f(-any)).toBe(-f(any));
      expect(f(-near)).toBe(-f(near));
    }),
  );
});

it("uses no operation that an engine is free to round", () => {
  const inexact = /\*\*|Math\.(?:a?(?:sin|cos|tan)h?|atan2|expm?1?|log(?:2|10|1p)?|pow|cbrt|hypot|random)\b/g;
  const core = new URL("../../src/core/", import.meta.url);
  for (const file of readdirSync(core).filter((name) => name.endsWith(".ts"))) {
    const code = readFileSync(new URL(file, core), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(code.match(inexact), file).toBeNull();
    if (/^(?:bits|cos|erf|exp|log|power|tanh)\.ts$/.test(file)) {
      expect(code.match(/Math\.(?!abs\b|floor\b|sqrt\b|fround\b|imul\b)\w+|BigInt|DataView/g), file).toBeNull();
    }
  }
});
