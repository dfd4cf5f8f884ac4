import type { Trace } from "../types.js";
import { plainNotation } from "./plain.js";
import { readTextOptions, type TextOptions } from "./options.js";
import { type Equation, type Format, type Line, type WrittenMatrix, render, withFold } from "./walk.js";

/**
 * A trace as plain text, for a terminal: each line `name = symbols = numbers = value`, the equals signs of a section in
 * columns. Long sections, sums and matrices are folded, with a count of what is left out.
 * @throws `ChainruleError` `type` unless it is given a trace, `option` for an unknown option, `value` for a bad one
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, sgd } from "chainrule";
 * import { toText, trace } from "chainrule/trace";
 *
 * const network = new Network([dense(1, 1, { weight: [[2]], bias: [1] })], { loss: halfSquaredError, optimizer: sgd });
 * toText(trace(network, [3], [0])).includes("1 + 2 × 3"); // true
 * ```
 */
export function toText(trace: Trace, options?: TextOptions): string {
  const settings = readTextOptions("toText", trace, options);
  return render(trace, textFormat(settings.width, settings.colour), settings);
}

const escape = (colour: boolean, on: number) => (text: string) =>
  colour && text ? `\x1b[${on}m${text}\x1b[22m` : text;

const longest = (texts: readonly string[]): number => texts.reduce((most, { length }) => Math.max(most, length), 0);

/** Words in lines of at most so many columns. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length && longer.length <= width) lines[lines.length - 1] = longer;
    else if (word) lines.push(word);
  }
  return lines;
}

function textFormat(width: number, colour: boolean): Format {
  const bold = escape(colour, 1);
  const dim = escape(colour, 2);

  /** Lines in columns if the longest fits, else each part on a line of its own. */
  function lines(all: readonly Line[]): string[] {
    const name = longest(all.map((line) => line.name));
    const whole = all.filter(({ numbers }) => numbers !== null);
    const symbols = longest(whole.map((line) => line.symbols!));
    const numbers = longest(whole.map((line) => line.numbers!));
    const fits = name + symbols + numbers + longest(all.map(({ value }) => value)) + 11 <= width;
    return all.map((line) => {
      const columns =
        line.numbers === null ? [line.symbols] : [line.symbols!.padEnd(symbols), line.numbers.padEnd(numbers)];
      const parts = [...columns.filter((part) => part !== null), bold(line.value)];
      const written = fits ? parts.join(" = ") : parts.map((part) => part.trimEnd()).join(`\n  ${" ".repeat(name)} = `);
      return `  ${line.name.padEnd(name)} = ${written}`;
    });
  }

  /** What was given, side by side: pieces and how they are styled. */
  function sideBySide(cells: readonly (readonly [plain: string, styled: string])[]): string[] {
    const size = longest(cells.map(([plain]) => plain)) + 2;
    const each = Math.max(1, Math.floor(width / size));
    return Array.from({ length: Math.ceil(cells.length / each) }, (_, row) =>
      cells
        .slice(row * each, (row + 1) * each)
        .map(([plain, styled]) => `  ${styled}${" ".repeat(size - 2 - plain.length)}`)
        .join("")
        .trimEnd(),
    );
  }

  function rows(all: readonly Line[], leftOut: number): readonly string[] {
    const more = `… ${leftOut} more`;
    if (all.some(({ symbols }) => symbols !== null)) return withFold(lines(all), leftOut, `  ${dim(more)}`);
    const cells = all.map(({ name, value }) => [`${name} = ${value}`, `${name} = ${bold(value)}`] as const);
    return sideBySide(withFold(cells, leftOut, [more, dim(more)] as const));
  }

  const equation = ({ name, law, matrices }: Equation): string[] => [`  ${name} = ${law}`, ...matrices.flatMap(matrix)];

  function matrix({ name, cells }: WrittenMatrix): string[] {
    const size = longest(cells.flatMap((row) => (row.length > 1 ? row : [])));
    return cells.map((row, i) => {
      const before = i === 0 ? `${name} = ` : " ".repeat(name.length + 3);
      return `    ${before}[${row.map((cell) => cell.padStart(size)).join("  ")}]`;
    });
  }

  return {
    ...plainNotation,
    passage({ title, note, lines: all, leftOut, equations }) {
      const remark = wrap(note, width - 2).map((line) => `  ${dim(line)}`);
      return [...wrap(title, width).map(bold), ...remark, ...rows(all, leftOut), ...equations.flatMap(equation)].join(
        "\n",
      );
    },
    page: (title, passages) => [bold(title), ...passages].join("\n\n") + "\n",
  };
}
