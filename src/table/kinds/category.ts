import { bare, type Bare } from "../../core/bare.js";
import { fail, Phrase } from "../../core/errors.js";
import { optional } from "../../core/options.js";
import { type Column, GAP, MOST, type Value } from "../column.js";
import { countMissing, type Kind, type LearntOf, sorted } from "./kind.js";

/** Options of {@link category}. */
export interface CategoryOptions {
  /** Of a target with two classes: the one that a probability is of, and that a threshold is for. Default the last. */
  readonly positive?: Value | undefined;
}

/** A column of words. */
export interface CategoryColumn {
  /** Its name. */
  readonly name: "category";
}

/** What was learnt of a column of words. */
export interface LearntCategory extends LearntOf<"category"> {
  /** Those that have an input each. */
  readonly words: readonly string[];
  /** Those that share an input, since they are rare. */
  readonly rare: readonly string[];
  /** Whether an input says that there was a gap. */
  readonly flagged: boolean;
}

const fields = {
  positive: /* @__PURE__ */ optional<Value | undefined>(
    "a word, a number, true or false",
    (value) => ["string", "number", "boolean"].includes(typeof value),
    '"yes"',
  ),
};

/**
 * A column of words, or of numbers that are names: an input for each word, 1 where it stands and 0 elsewhere. Words that
 * stand in fewer than five rows, and in less than a hundredth of them, share the input "(other)"; so do those beyond the
 * hundred that come most often. A word that was not there gives zeros, and is counted. Where the target is such a column,
 * its words are the classes.
 * @throws `ChainruleError` `option` or `value`, for an option that cannot be
 * @example
 * ```ts
 * import { category, learnColumns } from "chainrule/table";
 *
 * const rows = [{ floor: 1, sold: "no" }, { floor: 2, sold: "yes" }, { floor: 3, sold: "yes" }];
 * const columns = learnColumns(rows, { target: "sold", columns: { floor: category } });
 * columns.inputs; // ["floor = 1", "floor = 2", "floor = 3"]
 * ```
 */
export const category: Bare<CategoryColumn, CategoryOptions> = /* @__PURE__ */ bare<CategoryColumn, CategoryOptions>(
  "category",
  fields as never,
  () => ({ name: "category" }),
);

/** Words that have an input of their own, at most. */
const MOST_INPUTS = 100;
/** Rows in which a word that is not rare stands: so many, or this share of all. */
const FEW = 5;
const SHARE = 0.01;

/** How often each word stands in a column; values that read alike are one. */
export function countWords(column: Column): Map<string, number> {
  const { codes, values } = column;
  if (!column.isComplete) {
    const got = new Phrase(`more than ${MOST}`);
    return fail(
      "value",
      `column ${column.name}`,
      `at most ${MOST} different words`,
      got,
      "write number or ignore, in columns",
    );
  }
  const counts = new Float64Array(values.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const words = new Map<string, number>();
  values.forEach((value, code) => {
    if (counts[code]) words.set(String(value), (words.get(String(value)) ?? 0) + counts[code]!);
  });
  return words;
}

export const categoryKind: Kind<LearntCategory, CategoryOptions> = {
  learn(column) {
    const counts = [...countWords(column)].sort(([, a], [, b]) => b - a);
    const gaps = column.codes.reduce((sum, code) => sum + Number(code === GAP), 0);
    const due = Math.min(FEW, SHARE * (column.length - gaps));
    const isOften = ([, count]: readonly [string, number], index: number): boolean =>
      count >= due && index < MOST_INPUTS;
    const namesOf = (list: readonly (readonly [string, number])[]): string[] => sorted(list.map(([word]) => word));
    return {
      kind: "category",
      column: column.name,
      words: namesOf(counts.filter(isOften)),
      rare: namesOf(counts.filter((each, index) => !isOften(each, index))),
      flagged: gaps > 0,
    };
  },
  inputs: ({ column, words, rare, flagged }) => [
    ...words.map((word) => `${column} = ${word}`),
    ...(rare.length ? [`${column} = (other)`] : []),
    ...(flagged ? [`${column} is missing`] : []),
  ],
  encoder({ words, rare, flagged }, column, { data, width, at }, unusual) {
    const places = new Map(words.map((word, place) => [word, place]));
    for (const word of rare) places.set(word, words.length);
    const missing = words.length + Number(rare.length > 0);
    const placeOf = Int32Array.from(column.values, (value) => places.get(String(value)) ?? -1);
    const codes = column.codes;
    return (start, end) => {
      for (let n = start, i = start * width + at; n < end; n++, i += width) {
        const code = codes[n]!;
        const place = code >= 0 ? placeOf[code]! : -1;
        if (place >= 0) data[i + place] = 1;
        else {
          countMissing(unusual, code === GAP, flagged);
          if (flagged && code === GAP) data[i + missing] = 1;
        }
      }
    };
  },
  describe({ words, rare, flagged }) {
    const gaps = flagged ? "; gaps are told" : "";
    if (words.length === 0) return `${rare.length} words, all of them rare: they share the input "(other)"${gaps}`;
    const some = words.slice(0, 6).join(", ") + (words.length > 6 ? ", …" : "");
    const others = rare.length ? `; ${rare.length} rare ones are "(other)"` : "";
    return `${words.length} ${words.length === 1 ? "word" : "words"}: ${some}${others}${gaps}`;
  },
};
