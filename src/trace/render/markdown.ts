import type { Trace } from "../types.js";
import { readRenderOptions, type RenderOptions } from "./options.js";
import { plainNotation } from "./plain.js";
import { type Format, type WrittenMatrix, render, withFold } from "./walk.js";

/**
 * A trace as Markdown: a heading and a table for each section, whose rows read `name = symbols = numbers = value`.
 * @throws `ChainruleError` `type` unless it is given a trace, `option` for an unknown option, `value` for a bad one
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, sgd } from "chainrule";
 * import { toMarkdown, trace } from "chainrule/trace";
 *
 * const network = new Network([dense(1, 1, { weight: [[2]], bias: [1] })], { loss: halfSquaredError, optimizer: sgd });
 * toMarkdown(trace(network, [3], [0]), { title: "A step" }).startsWith("# A step"); // true
 * ```
 */
export function toMarkdown(trace: Trace, options?: RenderOptions): string {
  return render(trace, markdown, readRenderOptions("toMarkdown", trace, options));
}

/** What Markdown would take for a sign of its own. */
const escape = (text: string): string => text.replace(/[\\`*|<[\]]|^_|(?<!\w)_/g, "\\$&");
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const cell = (part: string | null): string => (part === null ? "" : `= ${escape(part)}`);

const matrix = ({ name, cells }: WrittenMatrix): string =>
  cells.map((each, i) => `${i === 0 ? `${name} = ` : " ".repeat(name.length + 3)}[${each.join("  ")}]`).join("\n");

const markdown: Format = {
  ...plainNotation,
  passage({ title, note, lines, leftOut, equations }) {
    const given = lines.every(({ symbols, numbers }) => symbols === null && numbers === null);
    const head = given ? ["", "value"] : ["", "formula", "numbers", "value"];
    const rows = lines.map(({ name, symbols, numbers, value }) =>
      row([escape(name), ...(given ? [value] : [symbols, numbers, value]).map(cell)]),
    );
    const more = row(head.map((_, i) => (i === 0 ? `… ${leftOut} more` : "")));
    const table = rows.length
      ? [[row(head), `|${"---|".repeat(head.length)}`, ...withFold(rows, leftOut, more)].join("\n")]
      : [];
    const blocks = equations.map(({ name, law, matrices }) =>
      ["```text", `${name} = ${law}`, ...matrices.map(matrix), "```"].join("\n"),
    );
    return [`## ${escape(title)}`, ...(note ? [escape(note)] : []), ...table, ...blocks].join("\n\n");
  },
  page: (title, passages) => [`# ${escape(title)}`, ...passages].join("\n\n") + "\n",
};
