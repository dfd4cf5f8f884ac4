export const isTerminal = process.stdout.isTTY === true;
export const colour = isTerminal && !process.env.NO_COLOR;

/** Columns to write in. */
export const width = (isTerminal && process.stdout.columns) || 120;

const code = (on: number, off: number) => (text: string) => (colour ? `\x1b[${on}m${text}\x1b[${off}m` : text);

export const bold = code(1, 22);
export const dim = code(2, 22);
export const green = code(32, 39);

/** Writes lines, and returns the exit code of a command that went well. */
export function print(...lines: string[]): 0 {
  process.stdout.write(`${lines.join("\n").trimEnd()}\n`);
  return 0;
}
