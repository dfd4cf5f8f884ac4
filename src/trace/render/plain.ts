import { visible } from "../../core/visible.js";
import type { Notation } from "./notation.js";

/** Formulas in plain Unicode text, as a terminal and Markdown show them. */
export const plainNotation: Notation = {
  name: ({ text }) => visible(text),
  number: (digits) => digits,
  between: { add: " + ", subtract: " − ", multiply: " × " },
  over: (above, below) => `${above} / ${below}`,
  bar: false,
  group: (inside) => `(${inside})`,
  apply: ({ name, text }, args) => text?.(...args) ?? `${visible(name)}(${args.join(", ")})`,
  more: (count) => `… ${count} more …`,
};
