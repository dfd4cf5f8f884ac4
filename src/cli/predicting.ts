import { fail, Phrase } from "../core/errors.js";
import { Column } from "../table/column.js";
import type { Fields } from "../table/csv.js";
import type { LearntModel } from "../table/model.js";
import type { UnusualCells } from "../table/report.js";
import { toText } from "../table/to-text.js";
import { linesOf, shown } from "./columns-text.js";
import { quoted, rawRow } from "./csv-row.js";
import { called } from "./model.js";
import { Scoring } from "./scoring.js";

/** Numbers of the inputs, and of the outputs, that are made at a time, at most. */
const AT_A_TIME = 1_000_000;
/** Digits of a prediction: float32 has no more. */
const DIGITS = 7;

/** A name that no column has: `prediction`, or `prediction 2`. */
function freeName(wanted: string, taken: Set<string>, say: (line: string) => void): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted} ${n}`;
  if (name !== wanted) say(`There is a column ${shown(wanted)} already: the new one is called ${shown(name)}.`);
  taken.add(name);
  return name;
}

const digitsOf = (value: number): string => String(Number(value.toPrecision(DIGITS)));

/** Reads rows of a file, and gives the same rows with predictions. */
export class Predicting {
  /** The columns that the model reads, and where they stand in the file. */
  private readonly wanted: { name: string; words: readonly string[] | undefined; at: number }[] = [];
  /** The columns of its targets, if they are all there. */
  private targets: { name: string; words: readonly string[]; at: number }[] = [];
  private columns: Column[] = [];
  private answers: Column[] = [];
  private raw: string[] = [];
  private separator = ",";
  private most = 1;
  private header = "";
  private readonly unusual = new Map<string, UnusualCells>();
  private readonly scoring: Scoring;
  private text: string[] = [];
  rows = 0;

  constructor(
    private readonly model: LearntModel,
    private readonly threshold: number | undefined,
    private readonly say: (line: string) => void,
  ) {
    this.scoring = new Scoring(model);
    const { inputSize, outputSize } = model.columns;
    this.most = Math.max(1, Math.floor(AT_A_TIME / Math.max(inputSize, outputSize)));
  }

  /** @throws {@link ChainruleError} `name` for columns that are not there */
  begin(names: readonly string[], row: Fields, separator: string, file: string): void {
    const { columns } = this.model;
    const { targets, several } = columns.document;
    const missing: string[] = [];
    for (const { name, words } of columns.wanted) {
      const at = names.indexOf(name);
      if (at < 0) missing.push(shown(name));
      this.wanted.push({ name, words, at });
    }
    if (missing.length > 0) {
      const expected = `${missing.length === 1 ? "a column" : "columns"} ${missing.join(", ")}`;
      const got = new Phrase(
        names
          .map((name) => shown(name))
          .join(", ")
          .slice(0, 200),
      );
      fail("name", called(file), expected, got, "give the columns that the model has learnt, by the same names");
    }
    const found = targets.map((learnt) => ({
      name: learnt.column,
      words: learnt.kind === "classes" ? learnt.classes.map(String) : [],
      at: names.indexOf(learnt.column),
    }));
    if (found.every(({ at }) => at >= 0)) this.targets = found;
    this.separator = separator;
    const taken = new Set(names);
    const wanted = several ? targets.map(({ column }) => `prediction ${column}`) : ["prediction"];
    if (columns.task === "classes") wanted.push("probability");
    const added = wanted.map((name) => quoted(freeName(name, taken, this.say), separator));
    this.header = [rawRow(row), ...added].join(separator);
    this.renew();
  }

  private renew(): void {
    const fresh = ({ name, words }: { name: string; words: readonly string[] | undefined }): Column =>
      new Column(name, 1024, words);
    this.columns = this.wanted.map(fresh);
    this.answers = this.targets.map(fresh);
    this.raw = [];
  }

  add(row: Fields): void {
    this.wanted.forEach(({ at }, i) => this.columns[i]!.addField(row, at));
    this.targets.forEach(({ at }, i) => this.answers[i]!.addField(row, at));
    this.raw.push(rawRow(row));
    if (this.raw.length === this.most) this.flush();
  }

  /** Predicts the rows that are waiting. */
  private flush(): void {
    const { model, raw, threshold, separator } = this;
    if (raw.length === 0) return;
    if (this.rows === 0) this.text.push(this.header);
    this.rows += raw.length;
    const frame = { rows: raw.length, columns: new Map(this.columns.map((column) => [column.name, column])) };
    const { output, inputs, unusual } = model.look(frame, "predict");
    for (const { column, gaps, unseen, outside } of unusual) {
      const sum = this.unusual.get(column) ?? { column, gaps: 0, unseen: 0, outside: 0 };
      const more = { gaps: sum.gaps + gaps, unseen: sum.unseen + unseen, outside: sum.outside + outside };
      this.unusual.set(column, { column, ...more });
    }
    const { classes } = model.columns;
    const width = output.shape[1];
    raw.forEach((line, n) => {
      const of = output.data.subarray(n * width, (n + 1) * width);
      const cells = classes ? this.classCells(model.answerOf(output, n, threshold), of) : [...of].map(digitsOf);
      this.text.push([line, ...cells].join(separator));
    });
    if (this.targets.length > 0 && this.scoring.rows < this.scoring.most)
      this.scoring.add(this.answers, output, model.linear && model.outputOf(model.linear, inputs));
    this.renew();
  }

  private classCells(answer: unknown, probabilities: Float64Array): string[] {
    const place = (this.model.columns.classes as readonly unknown[]).indexOf(answer);
    return [quoted(String(answer), this.separator), digitsOf(probabilities[place]!)];
  }

  /** The text of what was predicted since it was last taken. */
  take(): string {
    this.flush();
    const text = this.text.map((line) => `${line}\n`).join("");
    this.text = [];
    return text;
  }

  /** What a person is told at the end. */
  tell(): void {
    const { say, scoring, targets } = this;
    say(`${this.rows} ${this.rows === 1 ? "row" : "rows"} predicted.`);
    const lines = [...this.unusual.values()].map(({ column, gaps, unseen, outside }) =>
      [shown(column), gaps, unseen, outside].map(String),
    );
    if (lines.length > 0) {
      say("\nCells that are not as those it learnt from:");
      for (const line of linesOf([["column", "gaps", "not seen before", "outside the range"], ...lines], [1, 2, 3]))
        say(line);
    }
    if (targets.length === 0) return;
    const report = scoring.report(this.threshold);
    const names = targets.map(({ name }) => shown(name)).join(", ");
    if (!report) return say(`\nThe column ${names} is there, but empty: nothing to hold the predictions against.`);
    say(`\nThe column ${names} is there: the predictions, held against it.`);
    say("This tells how good it is only if it has not learnt from these rows.");
    if (scoring.rows === scoring.most)
      say(`Only the first ${scoring.most.toLocaleString("en")} answers are looked at.`);
    if (scoring.unknown > 0)
      say(`${scoring.unknown} of ${scoring.rows} answers are classes that it does not know: they count as wrong.`);
    say(`\n${toText(report)}`);
  }
}
