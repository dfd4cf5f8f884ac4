import { fail, Phrase } from "../core/errors.js";
import { copyNumbers, isList, numbersOf } from "../core/numbers.js";
import type { Floats } from "../core/tensor.js";

/** Factors for the losses of rows by their class: one for each class, or those with which every class counts alike. */
export type ClassWeights = "balanced" | readonly number[] | Floats;

/** How many classes targets of so many numbers tell apart: yes or no where there is a single one. */
export const classesIn = (columns: number): number => (columns === 1 ? 2 : columns);

/**
 * The class of each row, of targets that say classes: rows that sum to 1, of a loss that takes classes, with a single 1
 * among zeros; or 0 and 1 of a single output. Null if there is any other.
 */
export function classesOf(
  targets: Floats,
  rows: number,
  columns: number,
  kind: string | undefined,
): Uint32Array | null {
  if (columns > 1 && kind !== "classes") return null;
  const classes = new Uint32Array(rows);
  for (let i = 0; i < rows * columns; i++) {
    const value = targets[i]!;
    if (value !== 0 && value !== 1) return null;
    if (value === 1) classes[Math.floor(i / columns)] = columns === 1 ? 1 : i % columns;
  }
  return classes;
}

/**
 * The same, or an error that says where classes are needed.
 * @throws {@link ChainruleError} `option`
 */
export function needClasses(...given: [...Parameters<typeof classesOf>, where: string]): Uint32Array {
  const [targets, rows, columns, kind, where] = given;
  const remedy = "write rowWeights, a factor for each row";
  return (
    classesOf(targets, rows, columns, kind) ??
    fail("option", `${where} classWeights`, "targets that are classes", new Phrase("other numbers"), remedy)
  );
}

/**
 * The weights with which every class counts alike: rows / (classes · count), where only classes that have rows are
 * counted, so that their mean over the rows is 1. A class without rows gets 0.
 * Source: King, Zeng, "Logistic regression in rare events data" (2001).
 */
export function balancedWeights(classes: Uint32Array, order: Uint32Array, columns: number): number[] {
  const counts = new Array<number>(classesIn(columns)).fill(0);
  for (const row of order) counts[classes[row]!]!++;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : order.length / (present * count)));
}

/**
 * Reads a weight for each class.
 * @throws {@link ChainruleError} `type`, `shape` or `value`
 */
export function readClassWeights(given: unknown, columns: number, where: string): number[] {
  const count = classesIn(columns);
  const expected = `"balanced", or a list of ${numbersOf(count)}, one for each class`;
  const remedy = `write classWeights: [${new Array(count > 4 ? 1 : count).fill(1).join(", ")}${count > 4 ? ", …" : ""}]`;
  if (!isList(given)) fail("type", `${where} classWeights`, expected, given, remedy);
  if (given.length !== count) fail("shape", `${where} classWeights`, expected, given, remedy);
  const copy = new Float64Array(count);
  copyNumbers(given, 0, count, copy, 0, where, " classWeights");
  return [...copy];
}

/** Multiplies the weights of rows by those of their classes. */
export function weighClasses(weights: Floats, start: number, classes: Uint32Array, factors: readonly number[]): void {
  for (let n = 0; n < classes.length; n++) weights[start + n]! *= factors[classes[n]!]!;
}
