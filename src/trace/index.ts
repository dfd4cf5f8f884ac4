export { trace } from "./step.js";
export type { TraceOptions } from "./step.js";
export type {
  AppliedExpression,
  ArithmeticExpression,
  ConstantExpression,
  Expression,
  Formula,
  MatrixEquation,
  MatrixTerm,
  Name,
  Phase,
  Place,
  Quantity,
  QuantityExpression,
  Role,
  Section,
  Trace,
} from "./trace.js";
export type { FormulaTexts, FunctionTexts, Written } from "./formulas/written.js";
export { evaluate } from "./expression.js";
export { traceSchema } from "./schema.js";
export type { Schema } from "./schema.js";
export type { ExpressionJson, QuantityJson, SectionJson, TraceJson } from "./json.js";
export { compare } from "./compare/compare.js";
export { fingerprints, mistakes } from "./compare/fingerprints.js";
export type { Fingerprint } from "./compare/fingerprints.js";
export type { Comparison, Discrepancy, Mistake } from "./compare/comparison.js";
export { toText } from "./render/text.js";
export { toMarkdown } from "./render/markdown.js";
export { toLatex } from "./render/latex.js";
export { toHtml } from "./render/html.js";
export type { RenderOptions, TextOptions } from "./render/options.js";
