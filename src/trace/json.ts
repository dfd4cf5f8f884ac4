import type { Expression, ExpressionJson, Quantity, QuantityJson, Trace, TraceJson } from "./types.js";

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
