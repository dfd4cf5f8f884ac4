import { fingerprints } from "../src/trace/index.js";
import { known } from "../src/trace/compare/mistakes/mistakes.js";
import { articleNetwork, input, target } from "../examples/article.js";
import { confusion, fingerprintLine, line } from "../test/support/confusion.js";

// The two tables of docs/why-are-my-numbers-different.md.
for (const each of fingerprints(articleNetwork(), input, target)) console.log(fingerprintLine(each));
for (const { name } of known) for (const row of confusion([name])) console.log(line(row));
