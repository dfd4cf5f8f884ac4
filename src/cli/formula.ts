import { fail, Phrase } from "../core/errors.js";
import { readFunction, callable } from "../formula/function.js";
import { write } from "../formula/write.js";
import { numeral } from "../table/numeral.js";
import { decimal } from "../trace/render/decimal.js";
import { type Command, wholeNumber } from "./command.js";
import { bold, print, width } from "./terminal.js";

const HEIGHT = 11;
const RANGE = [-4, 4] as const;

/** A curve in dots, between its smallest and largest value; what is not finite is left out. */
function curve(f: (z: number) => number, columns: number): string[] {
  const [from, to] = RANGE;
  const values = Array.from({ length: columns }, (_, i) => f(from + ((to - from) * i) / (columns - 1)));
  const finite = values.filter(Number.isFinite);
  if (!finite.length) return [];
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const rowOf = (value: number): number =>
    most > least ? Math.round(((HEIGHT - 1) * (most - value)) / (most - least)) : HEIGHT >> 1;
  const lines = Array.from({ length: HEIGHT }, (_, row) =>
    values.map((value) => (Number.isFinite(value) && rowOf(value) === row ? "•" : " ")).join(""),
  );
  const labels = lines.map((_, row) => (row === 0 ? most : row === HEIGHT - 1 ? least : NaN));
  const names = labels.map((value) => (Number.isNaN(value) ? "" : String(Number(value.toPrecision(3)))));
  const widest = Math.max(...names.map(({ length }) => length));
  const axis = `${" ".repeat(widest + 3)}└${"─".repeat(columns)}`;
  const ends = `${" ".repeat(widest + 4)}${String(from).padEnd(columns - String(to).length)}${to}`;
  return [...lines.map((line, row) => `  ${names[row]!.padStart(widest)} │${line.trimEnd()}`), axis, ends];
}

export const formula: Command = {
  usage: "formula FORMULA",
  summary: "what a formula of z is, its derivative, and their curves",
  options: {
    at: { argument: "Z", help: "where its value and its slope are told; 1 if not given" },
    digits: { argument: "N", help: "decimals, from 1 to 17; 9 if not given" },
  },
  more: 'Numbers behind names are options: chainrule formula "z / (1 + exp(-beta * z))" --beta 1.5',
  ownOptions: true,
  run(given) {
    const { at: where, digits: _, help: __, ...numbers } = given.values;
    const parameters = Object.fromEntries(
      Object.entries(numbers).map(([name, text]) => {
        const value = typeof text === "string" ? numeral(text) : NaN;
        if (Number.isNaN(value)) fail("value", `--${name}`, "a number", new Phrase(String(text)), `write --${name} 1`);
        return [name, value];
      }),
    );
    const z = where === undefined ? 1 : numeral(String(where));
    if (Number.isNaN(z)) fail("value", "--at", "a number", where, "write --at 1");
    const digits = wholeNumber(given, "digits", 9, 17);
    const text = readFunction({ formula: given.files[0]!, parameters }, ["z"], "a", "formula");
    const value = callable(text.value, ["z"], parameters);
    const slope = callable(text.derivative, ["z", "a"], parameters);
    const a = value(z);
    const columns = Math.max(20, Math.min(64, width - 12));
    const names = Object.entries(parameters).map(([name, number]) => `${name} = ${number}`);
    return print(
      [
        bold("a, the value"),
        `  a = ${write(text.value, "text")}`,
        `  ${write(text.value, "latex")}`,
        ...curve(value, columns),
        "",
        bold("a′, its derivative"),
        `  a′ = ${write(text.derivative, "text")}`,
        `  ${write(text.derivative, "latex")}`,
        ...curve((x) => slope(x, value(x)), columns),
        "",
        `At z = ${z}${names.length ? `, ${names.join(", ")}` : ""}: a = ${decimal(a, digits)}, a′ = ${decimal(slope(z, a), digits)}`,
      ].join("\n"),
    );
  },
};
