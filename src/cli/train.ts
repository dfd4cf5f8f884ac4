import { ChainruleError, fail, Phrase } from "../core/errors.js";
import { type LearntColumns, learnFrame, smallClasses } from "../table/columns.js";
import { type Fitted, fitFrame } from "../table/fit-table.js";
import { type Answered, answeredOf, kindsFor, measure, type Measured } from "../table/folds.js";
import { type Frame, rowsOf } from "../table/frame.js";
import type { ColumnKind } from "../table/learnt.js";
import { toText } from "../table/to-text.js";
import { describeTarget, hintOf, linesOf, listColumns, shown, understanding } from "./columns-text.js";
import type { Command, Given } from "./command.js";
import { type Division, divide } from "./divide.js";
import { called } from "./model.js";
import { watch } from "./progress.js";
import { reportPage } from "./report/page.js";
import { readFrame } from "./table-file.js";
import { bold, print } from "./terminal.js";
import { type Asked, checkPlaces, kindsOf, readAsked, trainOptions } from "./train-options.js";
import { warningsOf } from "./warnings.js";
import { writeWhole } from "./written.js";

const EPOCHS = 500;

/** A text as a shell takes it for one argument. */
const asArgument = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${shown(text, Infinity).replaceAll("'", `'\\''`)}'`;

/** The table in a file. */
async function tableIn(file: string): Promise<Frame> {
  const frame = await readFrame(file);
  if (frame.rows > 0) return frame;
  return fail("shape", called(file), "rows below the names of the columns", new Phrase("none"), "give rows");
}

/** Lists the columns of a file; no other option has a use for that. */
async function list({ files: [file], values }: Given): Promise<0> {
  const [other] = Object.keys(values);
  if (other !== undefined)
    fail("option", "train", "--target", new Phrase(`--${other} without it`), "write --target and the name of a column");
  const lines = listColumns(await tableIn(file!));
  return print(...lines, "", `Next: chainrule train ${asArgument(file!)} --target COLUMN`);
}

/** The columns as they are learnt: of the rows that are trained with, if these are always the same. */
function columnsOf(answered: Answered, { tests }: Division, kinds: Kinds): LearntColumns {
  const { frame, whole } = answered;
  if (tests.length > 1) return whole;
  const isTested = new Uint8Array(frame.rows);
  for (const row of tests[0]!) isTested[row] = 1;
  const training = Uint32Array.from(isTested.keys()).filter((row) => !isTested[row]);
  return learnFrame(rowsOf(frame, training), whole.target, kindsFor(answered, kinds));
}

type Kinds = Readonly<Record<string, ColumnKind>>;

/** What a person is told before anything is trained. */
function printUnderstanding({ frame, whole }: Answered, columns: LearntColumns, rows: number): void {
  const table = understanding(columns, [...frame.columns.keys()]);
  const ofClasses = smallClasses(columns.document.targets); // they are told later
  const notes = columns.notes.filter((note) => !ofClasses.includes(note));
  const without = rows - frame.rows;
  print(
    bold("What was understood"),
    ...linesOf(table.map(([name, as]) => [shown(name), shown(as, 200)])),
    ...notes.map((note) => `  ${shown(note, 200)}`),
    "",
    bold("What is predicted"),
    `  ${shown(whole.target)}: ${describeTarget(whole)}`,
    ...hintOf(frame.columns.get(whole.target)!, whole).map((hint) => `  ${hint}`),
    `  ${frame.rows} rows${without > 0 ? `; ${without} without an answer are left out` : ""}`,
  );
}

/** Measures, and trains what is saved: with two parts of the rows that is the model that was measured. */
async function trainAll(
  answered: Answered,
  { tests }: Division,
  kinds: Kinds,
  { training: settings }: Asked,
): Promise<{ measured: Measured; saved: Fitted; isEnded: boolean }> {
  const { frame, whole } = answered;
  const watching = watch();
  const epochs = settings.epochs ?? EPOCHS;
  const options = { ...settings, onEpoch: watching.onEpoch, onLinearEpoch: watching.onLinearEpoch };
  const begin = (part: number): void => {
    const name = tests.length > 1 ? `fold ${part + 1} of ${tests.length}` : "network";
    watching.begin(name, frame.rows - tests[part]!.length, epochs);
  };
  try {
    const measured = await measure(answered, kinds, options, tests, begin);
    if (tests.length > 1) watching.begin("all rows", frame.rows, epochs);
    const saved = tests.length > 1 ? await fitFrame(frame, whole.target, kinds, options) : measured.parts[0]!.fitted;
    return { measured, saved, isEnded: watching.isEnded };
  } finally {
    watching.close();
  }
}

/**
 * Learns the columns of a table.
 * @throws {@link ChainruleError} `value` if none can be used, with the option that has one used nevertheless
 */
function understood(table: Frame, target: string, kinds: Kinds, file: string): Answered {
  try {
    return answeredOf(table, target, kinds, called(file));
  } catch (error) {
    if (!(error instanceof ChainruleError) || !(error.code === "value" && error.where === "learnColumns")) throw error;
    const got = new Phrase(error.got);
    return fail("value", called(file), error.expected, got, "add a column of numbers or words, or name one in --use", {
      cause: error,
    });
  }
}

async function run(given: Given): Promise<0> {
  const { target } = given.values;
  if (typeof target !== "string") return list(given);
  const file = given.files[0]!;
  const asked = readAsked(given);
  await checkPlaces(given, asked);
  const table = await tableIn(file);
  const kinds = kindsOf(given, table, target);
  const answered = understood(table, target, kinds, file);
  const division = divide(answered, asked);
  const columns = columnsOf(answered, division, kinds);
  printUnderstanding(answered, columns, table.rows);

  const { measured, saved, isEnded } = await trainAll(answered, division, kinds, asked);
  const warnings = warningsOf(answered, columns, division);
  print(
    "",
    bold(division.heading),
    "",
    toText(measured.report),
    ...(isEnded ? ["", "The training was ended by Ctrl-C: the best until then was kept."] : []),
    ...(warnings.length ? ["", bold("To be looked at"), ...warnings.map((each) => `  ${each}`)] : []),
  );

  const { out, report } = asked;
  await writeWhole("--out", out, (handle) => handle.writeFile(JSON.stringify(saved.model)));
  const which =
    division.tests.length > 1
      ? "It was trained with all rows; what was measured are five like it, each without the rows of its fold."
      : "It is the model that was measured.";
  print(
    "",
    bold("Saved"),
    `  ${shown(out, Infinity)}: the model. ${which}`,
    "  It holds the names of the columns and their words: share it only where these may be seen.",
  );
  if (report !== undefined) {
    const page = reportPage({ columns, answered, division, measured, saved, warnings });
    await writeWhole("--report", report, (handle) => handle.writeFile(page));
    print(`  ${shown(report, Infinity)}: the report`);
  }
  return print("", `Next: chainrule predict ${asArgument(out)} NEW.csv --out predicted.csv`);
}

export const train: Command = {
  usage: "train data.csv",
  summary: "learns to predict a column of a table, and says how well",
  more: `Without --target it lists the columns. Lists take names with commas between them, as a line of CSV:
--ignore 'id,"price, old"'. The file - is what is piped in. Ctrl-C ends the training and keeps the best so far.`,
  options: trainOptions,
  run,
};
