import fc from "fast-check";
import { expect, test } from "vitest";
import { decimal } from "../../../src/trace/render/decimal.js";

const digits = fc.integer({ min: 1, max: 17 });

test.each([
  [0.05, "0.05"],
  [0.3775, "0.3775"],
  [0.35 + 0.25 * 0.05 + 0.3 * 0.1, "0.3925"], // 0.39249999999999996 in float64
  [0.74136506955232, "0.741365070"],
  [-0.019049118258278, "-0.019049118"],
  [1, "1"],
  [10, "10"],
  [0, "0"],
  [-0, "0"],
  [3.510187782979e-5, "0.000035102"],
  [3.510187782979e-9, "3.510187783e-9"],
  [1e-12, "1e-12"],
  [1.5e9, "1.5e+9"],
])("%d in nine digits is %s", (value, text) => {
  expect(decimal(value, 9)).toBe(text);
});

test.each([
  [0.04, 1, "4e-2"],
  [0.05, 2, "0.05"],
  [0.05, 3, "0.05"],
  [0.15, 2, "0.15"],
  [0.5, 1, "0.5"],
  [0.001, 3, "0.001"],
  [0.0123, 3, "0.012"],
  [0.00123, 3, "1.23e-3"],
  [0.082167041, 1, "0.1"],
  [0.3775, 2, "0.38"],
  [1e-8, 9, "1e-8"],
] as const)("%d in %d digits is %s", (value, digits, text) => {
  expect(decimal(value, digits)).toBe(text);
});

test("is within half a unit of its last place, or of the 14th figure", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), digits, (value, digits) => {
      const text = decimal(value, digits);
      const [, , fraction = "", exponent = "0"] = /^-?(\d+)\.?(\d*)(?:e([+-]\d+))?$/.exec(text)!;
      const unit = Number(`1e${Number(exponent) - fraction.length}`);
      const kept = fraction.length < digits ? Math.abs(value) * 5e-14 : 0.5 * unit;
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(kept + Math.abs(value) * 2 ** -52);
    }),
  );
});

test("keeps at least three figures of what is not 0, where there is room for them; something in any case", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), digits, (value, digits) => {
      fc.pre(value !== 0);
      expect(Number(decimal(value, digits))).not.toBe(0);
      if (digits < 4) return;
      const figures = decimal(value, digits)
        .replace(/e.*|[-.]/g, "")
        .replace(/^0+/, "");
      expect(figures.length >= 3 || Number(decimal(value, digits)) === Number(value.toPrecision(14))).toBe(true);
    }),
  );
});

test("a number that has been rounded ends in its last digit, zero or not", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 1, noNaN: true }), (value) => {
      const text = decimal(value, 9);
      if (text.length < 11) expect(Math.abs(Number(text) - value)).toBeLessThan(1e-14);
    }),
  );
});
