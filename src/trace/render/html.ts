import type { Quantity, Trace } from "../types.js";
import { type Drawing, drawingOf, MOST_EDGES, quantitiesIn } from "./drawing.js";
import { cellsInLatex, latexNotation } from "./latex.js";
import { escapeHtml, mathml } from "./mathml.js";
import { readRenderOptions, type RenderOptions } from "./options.js";
import { script, scriptHash } from "./script.js";
import { style, styleHash } from "./style.js";
import { svgOf } from "./svg.js";
import { type Equation, type Format, type Line, render, withFold } from "./walk.js";

/**
 * A trace as a page of its own, to be read, printed or stepped through: one file that needs nothing else, its formulas in
 * MathML. For one example, a network of up to 60 weights and biases is drawn too, and the step can be followed on the
 * drawing, line by line, with buttons or the arrow keys; without scripts the page is the derivation.
 * @throws `ChainruleError` `type` unless it is given a trace, `option` for an unknown option, `value` for a bad one
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, sgd } from "chainrule";
 * import { toHtml, trace } from "chainrule/trace";
 *
 * const network = new Network([dense(1, 1, { weight: [[2]], bias: [1] })], { loss: halfSquaredError, optimizer: sgd });
 * toHtml(trace(network, [3], [0])).startsWith("<!doctype html>"); // true
 * ```
 */
export function toHtml(trace: Trace, options?: RenderOptions): string {
  const settings = readRenderOptions("toHtml", trace, options);
  const drawing = drawingOf(trace);
  const figure = drawing && stepper(drawing, settings.digits);
  return render(trace, htmlFormat(figure), figure ? { ...settings, lines: Infinity, terms: Infinity } : settings);
}

/** What is computed in a step, and not given to it. */
const isStep = ({ expression, place: { role } }: Quantity): boolean =>
  expression !== null || !["input", "target", "rowWeight", "parameter", "setting", "state"].includes(role);

const parts = (latex: string): string => `<span class="part">= ${pieces(latex).join(" ")}</span>`;

/** A formula in pieces, so that a line may break before the signs of its outermost sums and products. */
function pieces(latex: string): string[] {
  const found = [{ sign: "", latex: "" }];
  let depth = 0;
  for (const token of latex.match(/ (?:[+-]|\\times) |\\[a-zA-Z]+|\\?[^]/g) ?? []) {
    if (/^(?:[{([]|\\left|\\begin)$/.test(token)) depth++;
    if (/^(?:[})\]]|\\right|\\end)$/.test(token)) depth--;
    if (depth === 0 && token.length > 2 && token.startsWith(" ")) found.push({ sign: SIGNS[token.trim()]!, latex: "" });
    else found.at(-1)!.latex += token;
  }
  return found.map(({ sign, latex }) => `<span class="piece">${sign && `${sign} `}${mathml(latex)}</span>`);
}

const SIGNS: Readonly<Record<string, string>> = { "+": "+", "-": "−", "\\times": "×" };

function line({ quantity, name, symbols, numbers, value }: Line): string {
  const uses = quantitiesIn(quantity.expression).map((each) => each.name.text);
  const step = isStep(quantity) ? ` data-step data-uses="${escapeHtml(JSON.stringify(uses))}"` : "";
  const laws = [symbols, numbers].filter((part) => part !== null).map(parts);
  return `<li data-line="${escapeHtml(quantity.name.text)}"${step}><span class="name">${mathml(name)}</span> ${[...laws, `<span class="part value">= ${mathml(value)}</span>`].join(" ")}</li>`;
}

const equation = ({ name, law, matrices }: Equation): string =>
  `<div class="matrices"><p>${mathml(name)} = ${mathml(law)}</p>
<ul>${matrices.map((each) => `<li>${mathml(each.name)} = ${mathml(cellsInLatex(each))}</li>`).join("\n")}</ul></div>`;

const htmlFormat = (figure: string | null): Format => ({
  ...latexNotation,
  passage({ title, note, lines, leftOut, equations }) {
    const rows = withFold(lines.map(line), leftOut, `<li>… ${leftOut} more</li>`);
    const given = lines.every(({ symbols }) => symbols === null) ? ' class="given"' : "";
    return [
      `<section><h2>${escapeHtml(title)}</h2>`,
      ...(note ? [`<p class="note">${escapeHtml(note)}</p>`] : []),
      ...(rows.length ? [`<ul${given}>\n${rows.join("\n")}\n</ul>`] : []),
      ...equations.map(equation),
      "</section>",
    ].join("\n");
  },
  page: (title, passages) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${figure ?? NO_FIGURE}
${passages.join("\n")}
</main>${figure ? `\n<script>${script}</script>` : ""}
</body>
</html>
`,
});

/** Nothing is loaded or sent, and no style and no script is in force but those of this page, known by their hashes. */
const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src '${styleHash}'; script-src '${scriptHash}'`;

const button = (name: string, label: string, sign: string): string =>
  `<button type="button" data-go="${name}" aria-label="${label}" title="${label}">${sign}</button>`;

const NO_FIGURE = `<p class="note">A drawing to step through is made of dense layers for one example, with up to ${MOST_EDGES} weights and biases.</p>`;

/** The drawing and its panel: beside it, or below one of more than 3 columns, whose numbers would be too small. */
const stepper = (
  drawing: Drawing,
  digits: number,
): string => `<div id="stepper"${drawing.columns.length > 3 ? ' class="wide"' : ""}>
<figure><div class="scroll">${svgOf(drawing, digits)}</div><figcaption>Above each edge stands its weight, below it ∂, the derivative of the error with respect to that weight.</figcaption></figure>
<aside hidden aria-label="Step by step">
<p><span id="count"></span></p>
<div aria-live="polite"><p id="where"></p><p id="formula"></p></div>
<p class="buttons">${button("first", "To the beginning", "|◀")}${button("back", "One step back", "◀")}${button("forward", "One step forward", "▶")}${button("last", "To the end", "▶|")}</p>
<p class="hint">Or use the arrow keys ← and →, Home and End.</p>
</aside>
</div>`;
