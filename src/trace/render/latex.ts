import { visible } from "../../core/visible.js";
import type { Trace } from "../types.js";
import type { Notation } from "./notation.js";
import { readRenderOptions, type RenderOptions } from "./options.js";
import { type Format, type Line, type WrittenMatrix, render, withFold } from "./walk.js";

/**
 * A trace as LaTeX: a heading and an `align*` for each section. It is the body of a document, which needs `amsmath`;
 * KaTeX and MathJax read each of its formulas.
 * @throws `ChainruleError` `type` unless it is given a trace, `option` for an unknown option, `value` for a bad one
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, sgd } from "chainrule";
 * import { toLatex, trace } from "chainrule/trace";
 *
 * const network = new Network([dense(1, 1, { weight: [[2]], bias: [1] })], { loss: halfSquaredError, optimizer: sgd });
 * toLatex(trace(network, [3], [0])).includes("1 + 2 \\times 3"); // true
 * ```
 */
export function toLatex(trace: Trace, options?: RenderOptions): string {
  return render(trace, latex, readRenderOptions("toLatex", trace, options));
}

/** Formulas in LaTeX. */
export const latexNotation: Notation = {
  name: ({ latex }) => latex,
  number: (digits) => digits.replace(/e\+?(-?\d+)/, "{\\times}10^{$1}"),
  between: { add: " + ", subtract: " - ", multiply: " \\times " },
  over: (above, below) => `\\frac{${above}}{${below}}`,
  bar: true,
  group: (inside) => `\\left(${inside}\\right)`,
  // In braces, since a formula may put an exponent to what has one.
  apply: ({ name, latex }, args) =>
    latex?.(...args.map((arg) => (arg.includes("^") ? `{${arg}}` : arg))) ??
    `\\operatorname{${escape(visible(name))}}\\left(${args.join(", ")}\\right)`,
  more: (count) => `\\cdots\\,(\\text{${count} more})\\,\\cdots`,
};

/** Signs of titles and notes that LaTeX has commands for. */
const SIGNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([..."#$%&_{}"].map((sign) => [sign, `\\${sign}`])),
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "∂": "$\\partial$",
  δ: "$\\delta$",
  η: "$\\eta$",
  Σ: "$\\Sigma$",
  "½": "$\\frac{1}{2}$",
  "−": "$-$",
  "×": "$\\times$",
  "·": "$\\cdot$",
  "⊙": "$\\odot$",
  "⁺": "$^{+}$",
};

const escape = (text: string): string => text.replace(/[#$%&_{}\\~^]|[^\x20-\x7e]/g, (sign) => SIGNS[sign] ?? sign);

const line = ({ name, symbols, numbers, value }: Line): string =>
  `${name} &= ${[symbols, numbers, value].filter((part) => part !== null).join(" \\\\\n  &= ")}`;

/** The cells of a matrix, in brackets. */
export const cellsInLatex = ({ cells }: WrittenMatrix): string =>
  `\\begin{bmatrix} ${cells.map((row) => row.join(" & ")).join(" \\\\ ")} \\end{bmatrix}`;

const align = (rows: readonly string[]): string[] =>
  rows.length ? [`\\begin{align*}\n${rows.map((row) => `  ${row}`).join(" \\\\\n")}\n\\end{align*}`] : [];

const latex: Format = {
  ...latexNotation,
  passage({ title, note, lines, leftOut, equations }) {
    const rows = withFold(lines.map(line), leftOut, `& \\text{… ${leftOut} more}`);
    const matrices = equations.flatMap(({ name, law, matrices }) => [
      `${name} &= ${law}`,
      ...matrices.map((each) => `${each.name} &= ${cellsInLatex(each)}`),
    ]);
    return [
      `\\subsection*{${escape(title)}}`,
      ...(note ? [escape(note)] : []),
      ...align(rows),
      ...align(matrices),
    ].join("\n");
  },
  page: (title, passages) => [`\\section*{${escape(title)}}`, ...passages].join("\n\n") + "\n",
};
