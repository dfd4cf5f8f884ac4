import { readFileSync, writeFileSync } from "node:fs";
import { fingerprints } from "../src/trace/index.js";
import { known } from "../src/trace/compare/mistakes/mistakes.js";
import { articleNetwork, input, target } from "../examples/article.js";
import { confusion, fingerprintLines, line, page, withRows } from "../test/support/confusion.js";

// Prints the two tables of docs/why-are-my-numbers-different.md; `--write` puts them into the page.
const print = (row: string): string => (console.log(row), row);
const marks = fingerprintLines(fingerprints(articleNetwork(), input, target)).map(print);
const rows = known.flatMap(({ name }) => confusion([name]).map((row) => print(line(row))));

if (process.argv.includes("--write")) {
  const text = withRows(readFileSync(page, "utf8"), "The fingerprints", marks);
  writeFileSync(page, withRows(text, "How well a mistake is recognised", rows));
}
