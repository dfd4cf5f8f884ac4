import { type Bare, plain } from "../../core/bare.js";
import { fail, Phrase } from "../../core/errors.js";
import { GAP, type Value } from "../column.js";
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

export const flagKind: Kind<LearntFlag, object> = {
  learn(column) {
    const there = column.present; // a part of a column has words of the whole that do not stand in it
    const bad = there.find((value) => Number.isNaN(saysYes(value)));
    if (bad !== undefined || there.length === 0 || !column.isComplete) {
      const got = there.length === 0 ? new Phrase("none") : bad;
      fail("value", `column ${column.name}`, "yes or no", got, "write category, number or ignore, in columns");
    }
    const { codes, values, length } = column;
    const answers = values.map(saysYes);
    let [yes, gaps] = [0, 0];
    for (const code of codes) {
      if (code < 0) gaps++;
      else yes += answers[code]!;
    }
    return { kind: "flag", column: column.name, share: yes / (length - gaps), flagged: gaps > 0 };
  },
  inputs: ({ column, flagged }) => (flagged ? [column, `${column} is missing`] : [column]),
  encoder({ share, flagged }, { codes, values }, { data, width, at }, unusual) {
    const answers = Float64Array.from(values, saysYes);
    return (start, end) => {
      for (let n = start, i = start * width + at; n < end; n++, i += width) {
        const code = codes[n]!;
        const answer = code >= 0 ? answers[code]! : NaN;
        if (answer === answer) {
          data[i] = answer;
          continue;
        }
        countMissing(unusual, code === GAP, flagged);
        data[i] = share;
        if (flagged) data[i + 1] = 1;
      }
    };
  },
  describe: ({ share, flagged }) => `yes or no, yes in ${Math.round(100 * share)} %${flagged ? "; gaps are told" : ""}`,
};
