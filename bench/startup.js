// What a fresh process costs that imports the library and does one forward of a 2-2-2 net, beside an empty one.
import { spawnSync } from "node:child_process";
import { pin } from "./contender.js";
import { median } from "./compare.js";

const ROUNDS = 15;
const BARS = { ms: 25, megabytes: 8 };

const program = `import { Network, dense, sigmoid } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url))};
  new Network([dense(2, 2), sigmoid, dense(2, 2), sigmoid]).forward([0.05, 0.1]);`;

function run(code) {
  const report = `const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    console.log(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, megabytes: maxRSS / 1024 }))`;
  const [command, ...rest] = [...pin, process.execPath, "--input-type=module", "-e", code + report];
  const start = performance.now();
  const { stdout } = spawnSync(command, rest, { encoding: "utf8" });
  return { ms: performance.now() - start, ...JSON.parse(stdout) };
}

export function startUp() {
  const pairs = Array.from({ length: ROUNDS }, () => [run(""), run(program)]);
  const over = (key) => median(pairs.map(([empty, ours]) => ours[key] - empty[key]));
  const [ms, cpu, megabytes] = [over("ms"), over("cpu"), over("megabytes")];
  return `## Start-up

Import and one forward of a 2-2-2 net, over an empty process (${median(pairs.map(([empty]) => empty.ms)).toFixed(0)} ms): \
+ ${ms.toFixed(1)} ms (${cpu.toFixed(1)} ms of the processor), + ${megabytes.toFixed(1)} MB. \
The bars: ${BARS.ms} ms and ${BARS.megabytes} MB.
`;
}
