import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrap, isMoreThanChance, wilson } from "../../src/table/intervals.js";
import { runs } from "../support/random-cases.js";

describe("Wilson's interval", () => {
  // Both ends solve |p − hits/n| = z √(p(1 − p)/n): the score test at the end is just not refused.
  it("ends where the score test of the share turns", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat({ max: 5000 }), (count, drawn) => {
        const hits = Math.min(drawn, count);
        const { value, low, high } = wilson(hits, count);
        expect(value).toBe(hits / count);
        const score = (p: number) => Math.abs(p - value) - 1.959963984540054 * Math.sqrt((p * (1 - p)) / count);
        if (hits > 0) expect(score(low)).toBeCloseTo(0, 12);
        else expect(low).toBe(0);
        if (hits < count) expect(score(high)).toBeCloseTo(0, 12);
        else expect(high).toBe(1);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe("the sign test", () => {
  it("is that of exact whole numbers, and near them that of the normal distribution", () => {
    const tail = (count: number, more: number): number => {
      let [term, sum] = [1n, 0n]; // C(count, k), from k = count down
      for (let k = count; k >= more; k--) {
        sum += term;
        term = (term * BigInt(k)) / BigInt(count - k + 1);
      }
      return Number((sum * 10n ** 30n) / 2n ** BigInt(count)) / 1e30;
    };
    for (const count of [0, 1, 5, 6, 10, 37, 100, 501, 999])
      for (let wins = 0; wins <= count; wins++) {
        const more = Math.max(wins, count - wins);
        expect(isMoreThanChance(wins, count - wins)).toBe(tail(count, more) < 0.025);
      }
    const turn = (count: number): number => {
      let wins = Math.ceil(count / 2);
      while (!isMoreThanChance(wins, count - wins)) wins++;
      return wins;
    };
    expect(Math.abs(turn(1002) - turn(1000))).toBeLessThanOrEqual(2);
    expect(isMoreThanChance(5, 0)).toBe(false);
    expect(isMoreThanChance(0, 6)).toBe(true);
  });
});

describe("the bootstrap", () => {
  it("gives the normal interval of a mean of many numbers", () => {
    const numbers = Float64Array.from({ length: 4000 }, (_, i) => ((i * 7919) % 4001) / 4001);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / 4000;
    const deviation = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4000);
    const [found] = bootstrap([numbers], [([m]) => m!]);
    const half = (1.96 * deviation) / Math.sqrt(4000);
    expect(found!.value).toBeCloseTo(mean, 12);
    expect(Math.abs(found!.low - (mean - half))).toBeLessThan(half / 5);
    expect(Math.abs(found!.high - (mean + half))).toBeLessThan(half / 5);
  });

  it("draws whole rows: two columns that are one give a ratio without a spread", () => {
    const numbers = Float64Array.from({ length: 50 }, (_, i) => 1 + i);
    const [ratio] = bootstrap([numbers, numbers.map((x) => 2 * x)], [([a, b]) => b! / a!]);
    for (const end of Object.values(ratio!)) expect(end).toBeCloseTo(2, 12);
  });
});
