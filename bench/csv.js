// From the text of a CSV file to the numbers of a network: 100,000 rows of 20 columns, beside what two packages take to
// parse the text and do nothing else. By the processor's time; contenders take turns.
// npm ci --prefix bench && npx tsx bench/csv.js
import { parse } from "csv-parse/sync";
import papaparse from "papaparse";
import { learnColumns, parseCsv } from "chainrule/table";
import { learnFrame } from "../src/table/columns.js";
import { Column } from "../src/table/column.js";
import { checkCount, CsvReader, namesIn } from "../src/table/csv.js";
import { Buffer } from "node:buffer";
import { median } from "./compare.js";

const ROWS = 100_000;
const ROUNDS = 5;

let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const cities = ["Berlin", "Zürich", "New York", '"Washington, D. C."', "Paris", "Lima", "Oslo", "Quito"];

/** A cell of each kind of column: decimals, whole numbers, words, yes and no; every fiftieth is a gap. */
const cells = [
  () => (random() * 1000).toFixed(3),
  () => String(Math.floor(random() * 1e5)),
  () => cities[Math.floor(random() * cities.length)],
  () => (random() < 0.5 ? "yes" : "no"),
  () => (random() - 0.5).toFixed(6),
];
const header = Array.from({ length: 20 }, (_, i) => `column ${i}`)
  .concat("y")
  .join(",");
const lines = Array.from({ length: ROWS }, () =>
  [
    ...Array.from({ length: 20 }, (_, i) => (random() < 0.02 ? "" : cells[i % cells.length]())),
    random().toFixed(4),
  ].join(","),
);
const text = Buffer.from([header, ...lines].join("\n")).toString(); // flat, as a file is read
const megabytes = Buffer.byteLength(text) / 1e6;

/** What the command does: pieces of a file become columns, and these the numbers of a network. */
function byColumns() {
  let columns;
  const reader = new CsvReader(",", (row) => {
    if (!columns) return void (columns = namesIn(row).map((name) => new Column(name)));
    checkCount(row, columns.length);
    for (let i = 0; i < columns.length; i++) columns[i].addField(row, i);
  });
  for (let at = 0; at < text.length; at += 0x10_0000) reader.push(text.slice(at, at + 0x10_0000));
  reader.end();
  const frame = { rows: columns[0].length, columns: new Map(columns.map((each) => [each.name, each])) };
  return learnFrame(frame, "y", {}).inputsOf(frame, "bench").inputs.data.length;
}

/** The same by rows of objects. */
function byRows() {
  const rows = parseCsv(text);
  return learnColumns(rows, { target: "y" }).encode(rows).inputs.data.length;
}

const contenders = {
  "text to numbers, by columns": byColumns,
  "text to numbers, by rows (`parseCsv`, `learnColumns`, `encode`)": byRows,
  "`parseCsv` alone": () => parseCsv(text).length,
  "papaparse, parsing alone": () => papaparse.parse(text, { header: true, skipEmptyLines: true }).data.length,
  "csv-parse, parsing alone": () => parse(text, { columns: true }).length,
};

const times = new Map(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < ROUNDS + 1; round++)
  for (const [name, work] of Object.entries(contenders)) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    if (round > 0) times.get(name).push((user + system) / 1e6);
  }
const ours = times.get("text to numbers, by columns");
console.log(`## Tables

${ROWS.toLocaleString("en")} rows of 20 columns and a target, ${megabytes.toFixed(1)} MB: decimals, whole numbers, words, yes and no, gaps.

| what | MB/s | its time / that of ours by columns | at least |
|---|---:|---:|---:|`);
for (const [name, seconds] of times) {
  const ratio = median(seconds.map((each, i) => each / ours[i]));
  console.log(
    `| ${name} | ${(megabytes / median(seconds)).toFixed(0)} | ${ratio.toFixed(2)} | ${seconds === ours ? "40 MB/s" : ""} |`,
  );
}
