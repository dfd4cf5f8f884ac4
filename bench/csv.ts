// From the text of a CSV file to the numbers that a network learns from: 100,000 rows of 20 columns with numbers, words,
// gaps and quotes. Beside it what other packages take for the parse alone, which leaves texts. Each contender is a process
// of its own; they take turns; rates are of the processor's time. By itself: npm ci --prefix bench && npx tsx bench/csv.ts
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { learnColumns, parseCsv } from "chainrule/table";
import { Column } from "../src/table/column.js";
import { learnFrame } from "../src/table/columns.js";
import { checkCount, CsvReader, namesIn, separatorOf } from "../src/table/csv.js";

const ROWS = 100_000;
const INPUTS = 169;
const ROUNDS = 3;
const WINDOWS = 5;
const PIECE = 0x10_0000; // as the command reads a file
const BAR = 40; // MB/s

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** The table: a line for each row, of 130 characters or so. */
function textOf(rows: number): string {
  const draw = random(1);
  const whole = (below: number): number => Math.floor(draw() * below);
  const one = (words: readonly string[]): string => words[whole(words.length)]!;
  const orGap = (share: number, field: string): string => (draw() < share ? "" : field);
  const towns = Array.from({ length: 300 }, (_, i) => `Town of ${(i * 7919).toString(36)}`);
  const jobs = Array.from({ length: 40 }, (_, i) => `"Work, class ${i}"`);
  const columns: Readonly<Record<string, (row: number) => string>> = {
    id: String,
    age: () => orGap(0.05, String(18 + whole(70))),
    income: () => orGap(0.1, (20_000 + draw() * 80_000).toFixed(2)),
    height: () => (1.5 + draw() / 2).toFixed(2),
    weight: () => (50 + 60 * draw()).toFixed(1),
    latitude: () => (180 * draw() - 90).toFixed(5),
    longitude: () => (360 * draw() - 180).toFixed(5),
    score: () => String(draw() - 0.5),
    visits: () => String(whole(20)),
    spent: () => orGap(0.02, (1000 * draw()).toFixed(2)),
    rate: () => `${(1 + 9 * draw()).toFixed(2)}e-${1 + whole(3)}`,
    children: () => String(whole(5)),
    year: () => String(1950 + whole(70)),
    colour: () => one(["red", "green", "blue", "yellow"]),
    town: () => orGap(0.01, one(towns)),
    job: () => one(jobs),
    says: () => one(['"said ""yes"""', '"said ""no"""', "nothing"]),
    member: () => one(["yes", "no"]),
    size: () => one(["S", "M", "L", "XL"]),
    class: () => one(["first", "second", "third"]),
  };
  const lines = [Object.keys(columns).join(",")];
  const cells = Object.values(columns);
  for (let row = 0; row < rows; row++) lines.push(cells.map((cell) => cell(row)).join(","));
  return lines.join("\n") + "\n";
}

/** What the command does: the text in pieces, columns, what is to be known of them, inputs and targets. */
function byColumns(text: string): void {
  let columns: Column[] | undefined;
  let rows = 0;
  const reader = new CsvReader(separatorOf(text), (row) => {
    if (!columns) {
      columns = namesIn(row).map((name) => new Column(name));
      return;
    }
    checkCount(row, columns.length);
    for (let i = 0; i < columns.length; i++) columns[i]!.addField(row, i);
    rows++;
  });
  for (let from = 0; from < text.length; from += PIECE) reader.push(text.slice(from, from + PIECE));
  reader.end();
  const frame = { rows, columns: new Map(columns!.map((column) => [column.name, column])) };
  const learnt = learnFrame(frame, "class", {});
  const targets = learnt.batchOf(learnt.targetsOf(frame, "rows"));
  check(learnt.inputsOf(frame, "rows").inputs.data.length, targets);
}

function byRows(text: string): void {
  const rows = parseCsv(text);
  const { inputs, targets } = learnColumns(rows, { target: "class" }).encode(rows);
  check(inputs.data.length, targets);
}

function check(inputs: number, targets: object): void {
  if (inputs !== INPUTS * ROWS || !(targets instanceof Uint32Array) || targets.length !== ROWS)
    throw new Error("it was not read");
}

type Work = (text: string) => void;
const require = createRequire(import.meta.url);
const countRows = (rows: readonly unknown[]): void => {
  if (rows.length !== ROWS) throw new Error("not all rows were read");
};
const contenders: Readonly<Record<string, { readonly does: string; readonly make: () => Work }>> = {
  "by columns": { does: "text → inputs and targets, as the command does it", make: () => byColumns },
  "by rows": { does: "`parseCsv`, `learnColumns`, `encode`", make: () => byRows },
  parseCsv: { does: "rows of texts", make: () => (text) => countRows(parseCsv(text)) },
  papaparse: {
    does: "the parse alone, rows of texts",
    make() {
      const { parse } = require("papaparse") as { parse: (text: string, options: object) => { data: unknown[] } };
      return (text) => countRows(parse(text, { header: true, skipEmptyLines: true }).data);
    },
  },
  "csv-parse": {
    does: "the parse alone, rows of texts",
    make() {
      const { parse } = require("csv-parse/sync") as { parse: (text: string, options: object) => unknown[] };
      return (text) => countRows(parse(text, { columns: true }));
    },
  },
};

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

/** MB/s of the processor's time. */
function measure(name: string): number {
  const text = textOf(ROWS);
  const work = contenders[name]!.make();
  const rates: number[] = [];
  for (let window = -2; window < WINDOWS; window++) {
    const start = process.cpuUsage();
    work(text);
    const { user, system } = process.cpuUsage(start);
    if (window >= 0) rates.push(text.length / (user + system));
  }
  return median(rates);
}

function section(): string {
  const rates = new Map(Object.keys(contenders).map((name): [string, number[]] => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, list] of rates) {
      const { stdout } = spawnSync(process.execPath, ["--import", "tsx", self, name], { encoding: "utf8" });
      if (Number(stdout) > 0) list.push(Number(stdout));
    }
  const best = Math.max(...["papaparse", "csv-parse"].map((name) => median(rates.get(name)!) || 0));
  const rows = [...rates].map(([name, list]) => {
    if (!list.length) return `| ${name} | not installed | | | |`;
    const rate = median(list);
    const bar = name === "by columns" ? `≥ ${BAR} MB/s` : "";
    return `| ${name} | ${rate.toFixed(1)} | ${(rate / best).toFixed(2)} | ${bar} | ${contenders[name]!.does} |`;
  });
  return `## From CSV to numbers

${ROWS.toLocaleString("en")} rows of 20 columns, ${(textOf(ROWS).length / 1e6).toFixed(1)} MB: numbers, words, gaps and quotes; they become
${INPUTS} inputs. MB for each second of the processor, medians.

|  | MB/s | / the fastest other | at least | does |
| --- | ---: | ---: | ---: | --- |
${rows.join("\n")}
`;
}

const self = fileURLToPath(import.meta.url);
const [chosen] = process.argv.slice(2);
if (chosen === undefined) console.log(section());
else console.log(String(measure(chosen)));
