/**
 * From a table to an answer: rows of objects, or a text of CSV, become numbers for a network, and its output an answer.
 *
 * @module
 */
export { parseCsv } from "./csv.js";
export type { CsvColumn, RowOf } from "./csv.js";
export { kFold, split } from "./split.js";
export type { DrawOptions, FoldOptions, SplitOptions } from "./split.js";
export { windows } from "./windows.js";
export type { WindowOptions } from "./windows.js";

export { number } from "./kinds/number.js";
export type { LearntNumber, NumberColumn, NumberOptions } from "./kinds/number.js";
export { category } from "./kinds/category.js";
export type { CategoryColumn, CategoryOptions, LearntCategory } from "./kinds/category.js";
export { flag, ignore } from "./kinds/flag.js";
export type { FlagColumn, IgnoredColumn, LearntFlag } from "./kinds/flag.js";
export { learnColumns } from "./columns.js";
export type { Columns, ColumnsOptions, EncodedRows, UsedColumn } from "./columns.js";
export type { ColumnsDocument, LeftOut } from "./document.js";
export type { ColumnKind, Learnt } from "./learnt.js";
export type { LearntClasses, LearntTarget } from "./target.js";
export type { LearntOf } from "./kinds/kind.js";

export { tableModel } from "./model.js";
export type { TableDocument, TableModel, TableModelMaker, ThresholdOption } from "./model.js";
export { fitTable } from "./fit-table.js";
export type { TableEpoch } from "./recipe.js";
export type { FittedTable, FitTableOptions, TrainingOptions } from "./fit-table.js";
export { crossValidate } from "./folds.js";
export type { CrossValidateOptions, CrossValidation } from "./folds.js";
export { toText } from "./to-text.js";
export type { Importance, ImportanceOptions } from "./importance.js";
export type {
  ClassFigures,
  ClassReport,
  ClassScore,
  CommonReport,
  NumberReport,
  NumberScore,
  Report,
  SeveralReport,
  UnusualCells,
} from "./report.js";
export type { Estimate } from "./intervals.js";
export type { Cell, Value } from "./column.js";
export type { AnswerOf, Names, Question, ReportOf, Targets } from "./types.js";
