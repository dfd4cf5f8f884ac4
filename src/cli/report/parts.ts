import { escapeHtml } from "../../trace/render/mathml.js";
import { shown } from "../columns-text.js";

interface Table {
  readonly caption: string;
  readonly kind?: string;
  readonly head: readonly string[];
  /** Cells of HTML; the first of a row is its header. */
  readonly rows: readonly (readonly string[])[];
  /** The class of a cell, by its row and place. */
  readonly classOf?: (row: number, place: number) => string;
}

/** A table with headers, which scrolls by itself where it is wider than the page. */
export function table({ caption, kind = "", head, rows, classOf }: Table): string {
  const body = rows.map(([first, ...cells], row) => {
    const others = cells.map((cell, place) => {
      const name = classOf?.(row, place);
      return `<td${name ? ` class="${name}"` : ""}>${cell}</td>`;
    });
    return `<tr><th scope="row">${first!}</th>${others.join("")}</tr>`;
  });
  const heads = head.map((each) => (each ? `<th scope="col">${each}</th>` : "<td></td>")).join("");
  return `<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="${kind}"><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${body.join("\n")}</tbody></table></div>`;
}

/** A text of the file, as HTML. */
export const text = (said: unknown): string => escapeHtml(shown(String(said)));
export const section = (title: string, ...parts: string[]): string =>
  `<section><h2>${title}</h2>\n${parts.join("\n")}\n</section>`;
export const paragraph = (said: string): string => `<p>${escapeHtml(said)}</p>`;
