import type { KnownMistake } from "../rules.js";

const rounding = (digits: number): KnownMistake => ({
  name: `every number rounded to ${digits} decimals`,
  what: `The calculation went on with numbers that had been rounded to ${digits} decimals.`,
  remedy: "Keep all digits, and round only what you print.",
  change: { round: (value) => Number(value.toFixed(digits)) },
});

/** A right calculation, printed wrongly or too coarse. */
export const printingMistakes: readonly KnownMistake[] = [
  {
    name: "counted one update too many",
    what: "The numbers said to be after n updates are those after n − 1: E was computed before the last update.",
    remedy: "Go forward once more after the update, then print E.",
    change: { late: -1 },
  },
  {
    name: "counted one update too few",
    what: "The numbers said to be after n updates are those after n + 1.",
    remedy: "Count the first update as 1.",
    change: { late: 1 },
  },
  {
    name: "digits cut off",
    what: "The last decimals are those of a number that was cut off, not rounded.",
    remedy: "Round to the nearest.",
    change: { cut: true },
  },
  ...[3, 4, 5, 6, 7, 8, 9].map(rounding),
];
