import type { Expression, Quantity, Section, Trace } from "./trace.js";

/**
 * An expression in JSON: a quantity by the text of its name, a constant by its value. A function applied has its name,
 * and is written out in `text` where that is known.
 */
export type ExpressionJson =
  | string
  | number
  | {
      /** What is done, as in {@link Expression}. */
      readonly op: "add" | "sum" | "subtract" | "multiply" | "divide" | "apply";
      /** The function that is applied: its name. */
      readonly formula?: string;
      /** Its value written out, null if that is not known. */
      readonly text?: string | null;
      /** To what, from left to right. */
      readonly args: readonly ExpressionJson[];
    };

/** A {@link Quantity} in JSON; `JSON.stringify` writes null for a value that is not finite, also in matrices. */
export interface QuantityJson extends Pick<Quantity, "name" | "dtype" | "place"> {
  /** Its number. */
  readonly value: number | null;
  /** Its law. */
  readonly expression: ExpressionJson | null;
}

/** A {@link Section} in JSON. */
export interface SectionJson extends Pick<Section, "phase" | "layer" | "title" | "note" | "matrices"> {
  /** Its quantities. */
  readonly lines: readonly QuantityJson[];
}

/** A {@link Trace} in JSON, as {@link traceSchema} describes it. */
export interface TraceJson extends Pick<Trace, "dtype" | "rows"> {
  /** By this a reader recognises it. */
  readonly format: "chainrule.trace";
  /** Of the format, not of the library. */
  readonly version: 1;
  /** In the order of the step. */
  readonly sections: readonly SectionJson[];
  /** The name of the loss before the update. */
  readonly loss: string;
  /** The name of the loss after it. */
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
