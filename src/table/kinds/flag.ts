import { type Bare, plain } from "../../core/bare.js";
import { fail } from "../../core/errors.js";
import { type Column, GAP, type Value } from "../column.js";
import { countMissing, type Kind, type LearntOf } from "./kind.js";

/** A column of yes or no. */
export interface FlagColumn {
  /** Its name. */
  readonly name: "flag";
}

/** What was learnt of a column of yes or no. */
export interface LearntFlag extends LearntOf<"flag"> {
  /** The share of the rows that say yes: what a gap counts as. */
  readonly share: number;
  /** Whether an input of its own says that there was a gap. */
  readonly flagged: boolean;
}

const YES: readonly string[] = ["true", "yes", "y", "t", "on", "1"];
const NO: readonly string[] = ["false", "no", "n", "f", "off", "0"];

/** 1 for what says yes, 0 for no; NaN for anything else. */
export function saysYes(value: Value): number {
  const word = String(value).trim().toLowerCase();
  return YES.includes(word) ? 1 : NO.includes(word) ? 0 : NaN;
}

/**
 * A column of yes or no: one input, 1 or 0. It takes `true`, yes, y, t, on and 1, and their opposites, in whatever case. A
 * gap counts as the share that says yes; if there were gaps, one input more says so, with 1.
 * @example
 * ```ts
 * import { flag, learnColumns } from "chainrule/table";
 *
 * const rows = [{ member: "y", spent: 5.5 }, { member: "n", spent: 2 }, { member: "y", spent: 4 }];
 * learnColumns(rows, { target: "spent", columns: { member: flag } }).inputSize; // 1
 * ```
 */
export const flag: Bare<FlagColumn> = /* @__PURE__ */ plain<FlagColumn>({ name: "flag" });

/** A column that is left out. */
export interface IgnoredColumn {
  /** Its name. */
  readonly name: "ignore";
}

/**
 * Leaves a column out.
 * @example
 * ```ts
 * import { ignore, learnColumns } from "chainrule/table";
 *
 * const rows = [{ a: 1, b: 7, y: 5.5 }, { a: 2, b: 3, y: 2 }, { a: 4, b: 5, y: 4 }];
 * learnColumns(rows, { target: "y", columns: { b: ignore } }).inputs; // ["a"]
 * ```
 */
export const ignore: Bare<IgnoredColumn> = /* @__PURE__ */ plain<IgnoredColumn>({ name: "ignore" });

/** The answer of each cell: 1, 0, or NaN for none. */
const answersOf = ({ codes, values }: Column): Float64Array => {
  const answers = values.map(saysYes);
  const all = new Float64Array(codes.length);
  for (let n = 0; n < codes.length; n++) all[n] = codes[n]! >= 0 ? answers[codes[n]!]! : NaN;
  return all;
};

export const flagKind: Kind<LearntFlag, object> = {
  learn(column) {
    const bad = column.values.find((value) => Number.isNaN(saysYes(value)));
    if (bad !== undefined || !column.isComplete)
      fail("value", `column ${column.name}`, "yes or no", bad, "write category, number or ignore, in columns");
    const answers = answersOf(column).filter((answer) => !Number.isNaN(answer));
    return {
      kind: "flag",
      column: column.name,
      share: answers.reduce((sum, each) => sum + each, 0) / answers.length,
      flagged: answers.length < column.length,
    };
  },
  inputs: ({ column, flagged }) => (flagged ? [column, `${column} is missing`] : [column]),
  encoder({ share, flagged }, column, { data, width, at }, unusual) {
    const answers = answersOf(column);
    const { codes } = column;
    return (first, end) => {
      for (let n = first, i = first * width + at; n < end; n++, i += width) {
        const answer = answers[n]!;
        const isThere = !Number.isNaN(answer);
        data[i] = isThere ? answer : share;
        if (flagged) data[i + 1] = isThere ? 0 : 1;
        if (!isThere) countMissing(unusual, codes[n] === GAP, flagged);
      }
    };
  },
  describe: ({ share, flagged }) => `yes or no, yes in ${Math.round(100 * share)} %${flagged ? "; gaps are told" : ""}`,
};
