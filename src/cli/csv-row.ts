import type { Fields } from "../table/csv.js";

const QUOTE = '"';

/** A row as it stands in its file, without the end of its line. */
export function rawRow({ text, bounds, count }: Fields): string {
  const from = bounds[0]!;
  const to = bounds[2 * count - 1]!;
  // A field without quotes begins after a separator or a line's end, and ends before one.
  return text.slice(text[from - 1] === QUOTE ? from - 1 : from, text[to] === QUOTE ? to + 1 : to);
}

/** A text as a field: in quotes where it needs them. */
export const quoted = (text: string, separator: string): string =>
  text.includes(separator) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
