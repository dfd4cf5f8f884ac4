/**
 * Ours and the peers side by side in one run: `npm ci --prefix bench && npm run bench` prints tables and writes
 * RESULTS.md. With names of workloads, `npm run bench -- D "D Adam"`, it measures those only, and writes nothing.
 */
import { execFileSync, execSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { bimodality } from "./bimodality.js";
import { compare } from "./compare.js";
import { pinned } from "./contender.js";
import { everyday } from "./everyday.js";
import { startUp } from "./startup.js";
import { barsTable, ratesTable } from "./table.js";
import { workloads } from "./workloads.js";

const ROUNDS = 5;
const chosen = process.argv.slice(2);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** What a bench in TypeScript prints. */
const printed = (file) => () =>
  execFileSync(process.execPath, ["--import", "tsx", here(file)], { encoding: "utf8", maxBuffer: 2 ** 24 });

/** Sections after the tables: a text each. */
const checks = [everyday, startUp, bimodality, printed("accuracy.ts"), printed("csv.ts")];

execSync("npm run build", { cwd: here(".."), stdio: "ignore" });
const results = [];
const sections = [];
for (const [key, workload] of Object.entries(workloads)) {
  if (chosen.length && !chosen.includes(key)) continue;
  const result = await compare(workload, ROUNDS);
  results.push([key, result]);
  sections.push(ratesTable(key, workload, result));
  console.log(sections.at(-1));
}
console.log(barsTable(results));
if (!chosen.length) {
  for (const check of checks) {
    sections.push(await check());
    console.log(sections.at(-1));
  }
  const page = `# Results

Written by \`npm run bench\`. ${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version}. Each contender is a process of its own with
one thread${pinned ? ", pinned to one core" : ""}; all of a workload are alive at the same time and take turns: medians of ${ROUNDS} windows of 0.3 s, after 2 s of
warming up. Rates and ratios are of the processor's time, so that a busy machine does not change them; beside them
stands the ratio by the clock on the wall. A ratio is the median of those of neighbouring windows, ours / the other.

## What is to be reached

${barsTable(results)}

## What was measured

Where nothing stands under "does otherwise", all start from the same parameters and data, and so from the same loss.

${sections.join("\n")}`;
  writeFileSync(here("RESULTS.md"), page);
}
