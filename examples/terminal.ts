const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const code = (on: number, off: number) => (text: string) => (colours ? `\x1b[${on}m${text}\x1b[${off}m` : text);

export const bold = code(1, 22);
export const dim = code(2, 22);
export const green = code(32, 39);
export const yellow = code(33, 39);

export const print = (...lines: string[]): void => console.log(lines.join("\n"));

/** Headings over columns of {@link nine}. */
export const heads = (...labels: string[]): string => labels.map((label) => label.padStart(12)).join("  ");

/** Nine digits after the point, in a column that leaves room for a sign. */
export const nine = (value: number): string => value.toFixed(9).padStart(12);
