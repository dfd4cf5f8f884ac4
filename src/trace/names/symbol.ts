import { visible } from "../../core/visible.js";
import type { Name } from "../types.js";

/** A letter with what stands about it: `z` of layer 2, unit 1, row 3 is `z2_1[3]`. */
export interface Marks {
  /** Which layer, above it in LaTeX. */
  readonly level?: number;
  /** What stands below it. */
  readonly sub?: string;
  /** The row of a batch, counted from 0; null where there is but one. */
  readonly row?: number | null;
  /** What separates letter and index in plain text. Default `_`; the article writes `w5`. */
  readonly glue?: string;
}

export const letter = (text: string, latex = text): Name => ({ text, latex });

/** A name that somebody has given, whatever is in it. */
export const word = (text: string): Name => ({
  text,
  latex: `\\text{${visible(text).replace(/[\\{}$&#^_~%]/g, code)}}`,
});

const code = (sign: string): string => `\\char"${sign.charCodeAt(0).toString(16).toUpperCase()} `;

export function symbol({ text, latex }: Name, { level, sub = "", row = null, glue = "_" }: Marks): Name {
  const above = (level === undefined ? "" : `(${level})`) + (row === null ? "" : `[${row + 1}]`);
  return {
    text: text + (level ?? "") + (sub && glue + sub) + (row === null ? "" : `[${row + 1}]`),
    latex: latex + (above && `^{${above}}`) + (sub && `_{${sub}}`),
  };
}

/** `1`, `2`, … for a unit; `12` or `1,12` for the weight between two. */
export const indices = (index: readonly number[], sizes: readonly number[]): string =>
  index.map((each) => each + 1).join(sizes.some((size) => size > 9) ? "," : "");

/** ∂E/∂w */
export const partial = (of: Name, by: Name): Name => ({
  text: `∂${of.text}/∂${by.text}`,
  latex: `\\frac{\\partial ${of.latex}}{\\partial ${by.latex}}`,
});

/** The part of one row. */
export const ofRow = (name: Name, row: number): Name => ({
  text: `${name.text}[${row + 1}]`,
  latex: `\\left(${name.latex}\\right)^{[${row + 1}]}`,
});

/** w⁺: after the step. */
export const after = ({ text, latex }: Name): Name => ({ text: `${text}⁺`, latex: `{${latex}}^{+}` });

/** m_w5: what belongs to a parameter. */
export const belonging = (to: Name, { text, latex }: Name): Name => ({
  text: `${text}_${to.text}`,
  latex: `${latex}_{${to.latex}}`,
});
