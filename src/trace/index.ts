export { trace } from "./trace.js";
export type { TraceOptions } from "./trace.js";
export type {
  AppliedExpression,
  ArithmeticExpression,
  ConstantExpression,
  Expression,
  ExpressionJson,
  Formula,
  MatrixEquation,
  MatrixTerm,
  Name,
  Phase,
  Place,
  Quantity,
  QuantityExpression,
  QuantityJson,
  Role,
  Section,
  SectionJson,
  Trace,
  TraceJson,
} from "./types.js";
export type { FormulaTexts, FunctionTexts, Written } from "./formulas/written.js";
export { evaluate } from "./expression.js";
export { traceSchema } from "./schema.js";
export type { Schema } from "./schema.js";
export { compare } from "./compare/compare.js";
export { fingerprints, mistakes } from "./compare/fingerprints.js";
export type { Fingerprint } from "./compare/fingerprints.js";
export type { Comparison, Discrepancy } from "./compare/comparison.js";
export type { Mistake } from "./compare/rules.js";
export { toText } from "./render/text.js";
export { toMarkdown } from "./render/markdown.js";
export { toLatex } from "./render/latex.js";
export { toHtml } from "./render/html.js";
export type { RenderOptions, TextOptions } from "./render/options.js";
