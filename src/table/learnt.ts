import type { Column } from "./column.js";
import { categoryKind, type CategoryColumn, type CategoryOptions, type LearntCategory } from "./kinds/category.js";
import { flagKind, type FlagColumn, type IgnoredColumn, type LearntFlag } from "./kinds/flag.js";
import type { Encoder, Kind, Place, Unusual } from "./kinds/kind.js";
import { type LearntNumber, numberKind, type NumberColumn, type NumberOptions } from "./kinds/number.js";

/** What was learnt of a column. */
export type Learnt = LearntNumber | LearntCategory | LearntFlag;

/** How a column is to be read: `number`, `category`, `flag`, with options or without, or `ignore`. */
export type ColumnKind = (NumberColumn | CategoryColumn | FlagColumn | IgnoredColumn) & {
  readonly options: NumberOptions & CategoryOptions;
};

/** Every kind, by its name. */
export const kinds = { number: numberKind, category: categoryKind, flag: flagKind };

const kindOf = <L extends Learnt>(learnt: L) => kinds[learnt.kind] as unknown as Kind<L, object>;

/** What each of its inputs is called. */
export const inputsOf = (learnt: Learnt): readonly string[] => kindOf(learnt).inputs(learnt);

/** What it was understood as. */
export const describeColumn = (learnt: Learnt): string => kindOf(learnt).describe(learnt);

/** What writes the inputs of its cells. */
export const encoderOf = (learnt: Learnt, column: Column, to: Place, unusual: Unusual): Encoder =>
  kindOf(learnt).encoder(learnt, column, to, unusual);
