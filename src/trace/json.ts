import type { DType } from "../core/tensor.js";
import type { Expression, Name, Place, Quantity, Section, Trace } from "./trace.js";

/**
 * An expression in JSON: a quantity by the text of its name, a constant by its value. A function applied has its name,
 * and is written out in `text` where that is known.
 */
export type ExpressionJson =
  | string
  | number
  | { readonly op: "add" | "sum" | "subtract" | "multiply" | "divide"; readonly args: readonly ExpressionJson[] }
  | { readonly op: "apply"; readonly formula: string; readonly text: string | null; readonly args: readonly ExpressionJson[] };

/** A {@link Quantity} in JSON; `JSON.stringify` writes null for a value that is not finite, also in matrices. */
export interface QuantityJson {
  readonly name: Name;
  readonly value: number | null;
  readonly dtype: DType;
  readonly expression: ExpressionJson | null;
  readonly place: Place;
}

/** A {@link Section} in JSON. */
export interface SectionJson extends Omit<Section, "lines"> {
  readonly lines: readonly QuantityJson[];
}

/** A {@link Trace} in JSON, as {@link traceSchema} describes it. */
export interface TraceJson {
  /** By this a reader knows it. */
  readonly format: "chainrule.trace";
  /** Of the format, not of the library. */
  readonly version: 1;
  readonly dtype: DType;
  readonly rows: number;
  readonly sections: readonly SectionJson[];
  /** The names of the loss before and after the update. */
  readonly loss: string;
  readonly lossAfter: string;
}

/** A trace as plain data: quantities refer to each other by name. */
export const toJson = ({ dtype, rows, sections, loss, lossAfter }: Omit<Trace, "toJSON">): TraceJson => ({
  format: "chainrule.trace",
  version: 1,
  dtype,
  rows,
  sections: sections.map((section) => ({ ...section, lines: section.lines.map(quantityToJson) })),
  loss: loss.name.text,
  lossAfter: lossAfter.name.text,
});

const quantityToJson = ({ name, value, dtype, expression, place }: Quantity): QuantityJson => ({
  name,
  value,
  dtype,
  expression: expression && expressionToJson(expression),
  place,
});

function expressionToJson(expression: Expression): ExpressionJson {
  if (expression.op === "quantity") return expression.quantity.name.text;
  if (expression.op === "constant") return expression.value;
  const { op } = expression;
  const args = expression.args.map(expressionToJson);
  if (op !== "apply") return { op, args };
  const { name, text } = expression.formula;
  return { op, formula: name, text: text && text(...args.map(String)), args };
}
