import type { Formula } from "../trace.js";

/** How a function's value is written for arguments that are written so: as text, and in LaTeX. */
export type Written = readonly [text: (...args: string[]) => string, latex: (...args: string[]) => string];

/** A formula of a function and the way in which it is written, if that is known. */
export const written = (name: string, as: Written | undefined, compute: (...args: readonly number[]) => number): Formula => ({
  name,
  text: (as?.[0] as Formula["text"]) ?? null,
  latex: (as?.[1] as Formula["latex"]) ?? null,
  compute,
});
