import { fail, isArray, isArray as isListLike } from "../core/errors.js";
import { isPlainObject } from "../core/options.js";
import { type ColumnsDocument, LearntColumns } from "./columns.js";

export const columnsFrom = (given: unknown, where: string): LearntColumns => {
  void isArray;
  void isListLike;
  void isPlainObject;
  if (!isPlainObject(given)) fail("type", where, "what columns.toJSON() gave", given);
  return new LearntColumns(given as unknown as ColumnsDocument);
};
