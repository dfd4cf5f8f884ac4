import { fail, Phrase } from "../core/errors.js";
import { nearest } from "../core/options.js";
import { type Column, GAP, type Value } from "./column.js";
import { countWords } from "./kinds/category.js";
import { type LearntOf, sorted } from "./kinds/kind.js";
import { type LearntNumber, numberKind, scaled, unscaled } from "./kinds/number.js";
import { saysNothing } from "./numeral.js";
import type { ColumnKind } from "./learnt.js";
import { haveCommas, isOfDates, isOfNumbers } from "./rules.js";

/** What was learnt of a target whose values are classes. */
export interface LearntClasses extends LearntOf<"classes"> {
  /** In a readable order; of two, the last is the positive one. */
  readonly classes: readonly Value[];
  /** How many rows each has. */
  readonly counts: readonly number[];
}

/** What was learnt of a column that is to be predicted. */
export type LearntTarget = LearntNumber | LearntClasses;

/** Classes are no more than these, and no more than half the rows if they are more than a few. */
const MOST_CLASSES = 1000;
const FEW = 10;

/**
 * Learns a target: words, yes and no, and two different values are classes, other numbers are a number.
 * @throws `ChainruleError` `value` for a target that is the same in all rows, or that can be neither
 */
export function learnTarget(column: Column, kind: ColumnKind | undefined): LearntTarget {
  const values = column.present;
  const where = `target ${column.name}`;
  if (kind?.name === "ignore")
    fail("option", where, "number or category", new Phrase("ignore"), "ask for another target");
  const isGap = (value: Value): boolean => isOfNumbers(values) && saysNothing(value);
  const there = values.filter((value) => !isGap(value));
  const distinct = column.isComplete ? there.length : Infinity;
  if (distinct < 2)
    fail("value", where, "values that differ", new Phrase(there.length ? `only ${String(there[0])}` : "none"));
  const isNumber = kind ? kind.name === "number" : isOfNumbers(values) && distinct > 2;
  if (isNumber) return numberKind.learn(column, kind?.options ?? {});
  if (!kind && isOfDates(values)) fail("value", where, "words or numbers", new Phrase("dates"), "make numbers of them");
  if (!kind && haveCommas(values))
    fail("value", where, "words or numbers", new Phrase("numbers with decimal commas"), 'write points, "1.5"');
  return learnClasses(column, where, kind?.options.positive, isGap);
}

function learnClasses(
  column: Column,
  where: string,
  positive: Value | undefined,
  isGap: (value: Value) => boolean,
): LearntClasses {
  const counts = countWords(column);
  const answers = new Map<string, Value>(); // the first of those that read alike
  for (const value of column.present)
    if (!isGap(value) && !answers.has(String(value))) answers.set(String(value), value);
  const rows = [...answers.keys()].reduce((sum, word) => sum + counts.get(word)!, 0);
  const { size } = answers;
  if (size > MOST_CLASSES || (size > FEW && size > rows / 2)) {
    const got = new Phrase(`${size} in ${rows} rows`);
    fail("value", where, "classes that have several rows each", got, "ask for another target, or write number for it");
  }
  const classes = sorted([...answers.values()]);
  if (positive !== undefined) {
    const place = classes.findIndex((value) => String(value) === String(positive));
    if (place < 0) fail("value", `${where} positive`, `one of ${classes.join(", ")}`, positive);
    if (size !== 2) fail("option", `${where} positive`, "two classes", new Phrase(`${size}`), "leave it out");
    classes.push(...classes.splice(place, 1));
  }
  return { kind: "classes", column: column.name, classes, counts: classes.map((value) => counts.get(String(value))!) };
}

/** The number of each row that the network learns: z, or the place of its class; NaN for a gap. */
export function encodeTarget(learnt: LearntTarget, column: Column, where: string): Float64Array {
  const { codes, values, numbers } = column;
  if (learnt.kind === "number") {
    const out = Float64Array.from(numbers, (x) => scaled(learnt, x));
    out.forEach((z, n) => {
      const code = codes[n]!;
      if (Number.isNaN(z) && code !== GAP && !(code >= 0 && saysNothing(values[code]!)))
        fail("value", `${where}[${n}].${learnt.column}`, "a number", values[code]);
    });
    return out;
  }
  const names = learnt.classes.map(String);
  const isNumeric = isOfNumbers(learnt.classes);
  const places = new Map(names.map((name, place) => [name, place]));
  const placeOf = values.map((value) => places.get(String(value)) ?? (isNumeric && saysNothing(value) ? NaN : -1));
  return Float64Array.from(codes, (code, n) => {
    const place = code === GAP ? NaN : placeOf[code]!;
    if (place >= 0 || Number.isNaN(place)) return place;
    const near = nearest(values[code], names);
    const remedy = `${near ? `write ${near}, or ` : ""}learn the columns with rows of that class too`;
    return fail(
      "value",
      `${where}[${n}].${learnt.column}`,
      `one of ${names.slice(0, 20).join(", ")}`,
      values[code],
      remedy,
    );
  });
}

/** How many numbers a network gives for it: of two classes the probability of the second, of more one for each. */
export const outputsOf = (learnt: LearntTarget): number =>
  learnt.kind === "number" || learnt.classes.length === 2 ? 1 : learnt.classes.length;

/** The class with the largest probability; of two classes the second if its probability is at least the threshold. */
export function classOf(probabilities: ArrayLike<number>, threshold = 0.5): number {
  if (probabilities.length === 2) return probabilities[1]! >= threshold ? 1 : 0;
  let best = 0;
  for (let i = 1; i < probabilities.length; i++) if (probabilities[i]! > probabilities[best]!) best = i;
  return best;
}

/** The number that a network's output stands for. */
export const numberFor = (learnt: LearntNumber, output: number): number => unscaled(learnt, output);
