import { visible } from "../../core/visible.js";
import type { MatrixEquation, MatrixTerm, Quantity, Trace } from "../types.js";
import { decimal } from "./decimal.js";
import { fold, type Notation, writeExpression } from "./notation.js";
import type { RenderSettings } from "./options.js";

/** `name = symbols = numbers = value`, written; null where it would repeat its neighbour, or where no formula is known. */
export interface Line {
  readonly quantity: Quantity;
  readonly name: string;
  readonly symbols: string | null;
  readonly numbers: string | null;
  readonly value: string;
}

/** A matrix, written; rows and columns may be folded. */
export interface WrittenMatrix {
  readonly name: string;
  readonly cells: readonly (readonly string[])[];
}

/** `name = law`, and the matrices in it. */
export interface Equation {
  readonly name: string;
  readonly law: string;
  readonly matrices: readonly WrittenMatrix[];
}

/** A section, written but for its place on the page. */
interface Passage {
  readonly title: string;
  readonly note: string;
  readonly lines: readonly Line[];
  /** How many lines are left out before the last one. */
  readonly leftOut: number;
  readonly equations: readonly Equation[];
}

/** A format: how expressions are written, and what becomes of passages. */
export interface Format extends Notation {
  passage(passage: Passage): string;
  page(title: string, passages: readonly string[]): string;
}

/** Writes a trace in a format: the walk that all formats share. */
export function render(trace: Trace, format: Format, settings: RenderSettings): string {
  return format.page(
    visible(settings.title),
    passagesOf(trace, format, settings).map((each) => format.passage(each)),
  );
}

/** What was given stands in so many columns, about. */
const SIDE_BY_SIDE = 4;

function passagesOf(trace: Trace, format: Format, settings: RenderSettings): Passage[] {
  return trace.sections.map(({ title, note, lines, matrices }) => {
    const isGiven = lines.every(({ expression }) => expression === null);
    const kept = fold(lines, (isGiven ? SIDE_BY_SIDE : 1) * settings.lines, () => null).filter((each) => each !== null);
    return {
      title: visible(title),
      note: visible(note),
      lines: kept.map((each) => writeLine(each, format, settings)),
      leftOut: lines.length - kept.length,
      equations: settings.matrices ? matrices.map((each) => writeEquation(each, format, settings)) : [],
    };
  });
}

/** Rows, one for each line of a passage, with one more in the place of lines that are left out. */
export const withFold = <T>(rows: readonly T[], leftOut: number, row: T): readonly T[] =>
  leftOut === 0 ? rows : [...rows.slice(0, -1), row, rows.at(-1)!];

/** Writes a quantity with its law. */
export function writeLine(quantity: Quantity, notation: Notation, settings: RenderSettings): Line {
  const { name, expression } = quantity;
  const value = notation.number(decimal(quantity.value, settings.digits));
  const [symbols, numbers] = [false, true].map(
    (each) => expression && writeExpression(expression, notation, settings, each),
  );
  return {
    quantity,
    name: notation.name(name),
    symbols: symbols === value ? null : symbols!,
    numbers: numbers === value || numbers === symbols ? null : numbers!,
    value,
  };
}

function writeEquation(
  { name, law, terms, result }: MatrixEquation,
  format: Format,
  settings: RenderSettings,
): Equation {
  const matrix = ({ name, values }: MatrixTerm): WrittenMatrix => ({
    name: format.name(name),
    cells: fold<readonly number[] | number>(values, settings.terms, (more) => more).map((row) =>
      typeof row === "number"
        ? [format.more(row)]
        : fold<number | string>(row, settings.terms, (more) => format.more(more)).map((each) =>
            typeof each === "string" ? each : format.number(decimal(each, settings.digits)),
          ),
    ),
  });
  return { name: format.name(name), law: format.name(law), matrices: [...terms, result].map(matrix) };
}
