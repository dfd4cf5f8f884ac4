import type { ClassReport, NumberReport, Report, SeveralReport } from "./report.js";
import type { Cell } from "./column.js";

/** The names of the columns of a row. */
export type Names<R> = keyof R & string;

/** A column to be predicted, or several. */
export type Targets<R> = Names<R> | readonly Names<R>[];

/**
 * What a model answers: a value of the target's column; for several targets an object of them. Text that may be any is that
 * of a number too, and then the answer is the number.
 */
export type AnswerOf<R, T> = T extends readonly (infer K)[]
  ? { [P in K & keyof R]: Known<R[P]> }
  : T extends keyof R
    ? Known<R[T]>
    : never;

/** What is there, of a column that has gaps. */
type Known<V> = string extends V ? Exclude<V, null | undefined> | number : Exclude<V, null | undefined>;

/** The report on such answers: on classes for words that are known and for yes and no, on several numbers for objects. */
export type ReportOf<A> = [A] extends [never]
  ? Report
  : [A] extends [boolean]
    ? ClassReport
    : [A] extends [string]
      ? ClassReport
      : [A] extends [string | number | bigint | boolean | Date]
        ? ClassReport | NumberReport
        : SeveralReport;

/** A row without its answer: its columns but the target; of a bare text, whatever columns it has. */
export type Question<R, T> = string extends keyof R
  ? Readonly<Record<string, Cell>>
  : { readonly [K in Exclude<keyof R, T extends readonly (infer P)[] ? P : T>]: R[K] };
