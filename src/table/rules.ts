import { type Column, GAP, MOST, numberOf, UNSEEN, type Value } from "./column.js";
import { saysYes } from "./kinds/flag.js";
import { present } from "./kinds/number.js";
import { saysNothing } from "./numeral.js";

/** How a column is read, or why it is left out. */
export type Choice =
  | { readonly kind: "number" | "category" | "flag"; readonly note?: string }
  | { readonly leftOut: string; readonly isCounter?: boolean };

/** A column with more gaps than this share is left out. */
const EMPTY = 0.5;
/** So are words of which more than this share of the rows has one of its own, if there are more than a few. */
const OWN = 0.5;
const FEW = 10;
/** A column of words in which so many are numbers may have been meant as one. */
const NEARLY = 0.9;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** A date, with or without a time: 2024-05-31, 31.5.2024, 5/31/24. */
const DATE = /^\s*(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}))(?:[T ]\d{1,2}:\d{2}.*)?\s*$/;

/** A number with a decimal comma. */
const COMMA = /^\s*[+-]?\d+,\d+\s*$/;

/** A name of what tells rows apart: `id`, `PassengerId`, `order_nr`, `uuid`. */
const ID_NAME = /(?:^|[^a-z])(?:id|ids|nr|no|key|uuid|guid|index|idx|rowid)$|[a-z](?:Id|ID|Nr|No|Key|Index)$/;
const looksNamed = (name: string): boolean => ID_NAME.test(name) || ID_NAME.test(name.toLowerCase());

const isNumber = (value: Value): boolean => typeof value !== "boolean" && !Number.isNaN(numberOf(value));

/** Whether these are numbers, but for what stands for a gap. */
export const isOfNumbers = (values: readonly Value[]): boolean =>
  values.some(isNumber) && values.every((value) => isNumber(value) || saysNothing(value));

/** Whether these are dates. */
export const isOfDates = (values: readonly Value[]): boolean => values.every((value) => DATE.test(String(value)));

/** Whether these are numbers, some of them with a decimal comma. */
export const haveCommas = (values: readonly Value[]): boolean =>
  values.some((value) => COMMA.test(String(value))) &&
  values.every((value) => isNumber(value) || COMMA.test(String(value)) || saysNothing(value));

/** How a column that nobody has spoken of is read. The rules are those of docs/tables.md, in their order. */
export function choose(column: Column): Choice {
  const { codes, numbers, length } = column;
  const values = column.present;
  const areNumbers = isOfNumbers(values);
  let there = 0;
  if (areNumbers) for (const x of numbers) there += Number(!Number.isNaN(x));
  else for (const code of codes) there += Number(code !== GAP);
  if (there === 0) return { leftOut: "it is empty" };
  if (there < (1 - EMPTY) * length) return { leftOut: `${percent(1 - there / length)} of its rows are empty` };
  if (areNumbers) return chooseNumbers(column, there);
  if (haveCommas(values)) return { leftOut: 'its numbers have decimal commas: write points, "1.5"' };
  if (!column.isComplete) return { leftOut: `it has more than ${MOST} different words` };
  if (values.length === 1 && there === length) return { leftOut: "it is the same in every row" };
  if (isOfDates(values))
    return { leftOut: "it is a date: make numbers of it, such as the month, or the days since a first one" };
  if (values.every((value) => !Number.isNaN(saysYes(value)))) return { kind: "flag" };
  const odd = values.find((value) => !isNumber(value));
  const count = numbers.reduce((sum, x) => sum + Number(!Number.isNaN(x)), 0);
  const areNearly = count >= NEARLY * there && typeof odd === "string";
  const dirty = `nearly all are numbers, but not ${JSON.stringify(odd)}: mend it, or write number`;
  if (values.length > FEW && values.length > OWN * there)
    return { leftOut: areNearly ? dirty : `most rows have a word of their own (${values.length} in ${there})` };
  return areNearly ? { kind: "category", note: dirty } : { kind: "category" };
}

/** Whether two of these whole numbers are equal. */
function hasEqual(numbers: Float64Array, least: number, most: number): boolean {
  if (most - least > 100 * numbers.length) return new Set(numbers).size < numbers.length;
  const isThere = new Uint8Array(most - least + 1);
  for (const x of numbers) if (isThere[x - least]!++ > 0) return true;
  return false;
}

function chooseNumbers(column: Column, there: number): Choice {
  const { name, numbers, codes, length } = column;
  let others = 0;
  for (let n = 0; n < length; n++) if (codes[n] === UNSEEN && Number.isNaN(numbers[n]!)) others++;
  const asNumbers: Choice =
    others > 0 ? { kind: "number", note: `${others} cells are no numbers: gaps` } : { kind: "number" };
  let [least, most, areWhole] = [Infinity, -Infinity, true];
  for (const x of numbers) {
    if (Number.isNaN(x)) continue;
    if (x < least) least = x;
    if (x > most) most = x;
    areWhole &&= Number.isInteger(x);
  }
  if (least === most && there === length) return { leftOut: "it is the same in every row" };
  if (!areWhole || there < FEW || most - least < there - 1) return asNumbers;
  if (hasEqual(present(column), least, most)) return asNumbers;
  if (looksNamed(name)) return { leftOut: "it looks like an id: another whole number in each row" };
  const isCounter = most - least < 2 * there && least <= 1 + there / FEW && least >= 0;
  return isCounter ? { leftOut: "it seems to count the rows", isCounter } : asNumbers;
}
