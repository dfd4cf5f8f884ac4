/**
 * Ours and the peers', side by side in one run: `npm ci --prefix bench && npm run bench`.
 * Each contender runs in a process of its own, in turn with the others; medians and their ratios are printed.
 */
import { execFileSync, execSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { workloads } from "./workloads.js";

const ROUNDS = Number(process.argv[2] ?? 5);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

function measure(workload, contender) {
  const output = execFileSync(process.execPath, [here("./worker.js"), workload, contender], { encoding: "utf8" });
  const measured = JSON.parse(output);
  if (!(measured.last < measured.first)) throw new Error(`${contender}: the loss did not fall, ${output}`);
  return measured;
}

function compare(workload, contenders) {
  const rates = new Map(contenders.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of contenders) rates.get(name).push(measure(workload, name).rate);
  }
  const ours = median(rates.get(contenders[0]));
  console.log(`\n${workload}`);
  for (const [name, list] of rates) {
    const rate = median(list);
    const spread = `${Math.min(...list).toPrecision(3)} to ${Math.max(...list).toPrecision(3)}`;
    console.log(`  ${name.padEnd(36)} ${rate.toPrecision(3).padStart(9)}   ours is ${(ours / rate).toFixed(2)} × (${spread})`);
  }
}

/** Milliseconds and resident megabytes of a fresh process that runs a program. */
function startUp(program) {
  const start = performance.now();
  const code = `${program}; console.log(process.resourceUsage().maxRSS / 1024)`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  return { ms: performance.now() - start, megabytes: Number(output) };
}

function compareStartUp() {
  const program = `import { Network, dense, sigmoid } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url))};
    new Network([dense(2, 2), sigmoid, dense(2, 2), sigmoid]).forward([0.05, 0.1])`;
  const empty = [];
  const ours = [];
  for (let round = 0; round < 3 * ROUNDS; round++) {
    empty.push(startUp(""));
    ours.push(startUp(program));
  }
  const ms = median(ours.map((each, i) => each.ms - empty[i].ms));
  const megabytes = median(ours.map((each, i) => each.megabytes - empty[i].megabytes));
  console.log(`\nstart-up, import and one forward of a 2-2-2 net, over an empty process of Node ${process.version}`);
  console.log(`  + ${ms.toFixed(1)} ms, + ${megabytes.toFixed(1)} MB (an empty one: ${median(empty.map((each) => each.ms)).toFixed(0)} ms)`);
}

execSync("npm run build", { cwd: here(".."), stdio: "ignore" });
console.log(`Node ${process.version}, medians of ${ROUNDS} processes`);
for (const [workload, contenders] of Object.entries(workloads)) compare(workload, Object.keys(contenders));
compareStartUp();
