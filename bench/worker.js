// One contender in a process of its own: `node worker.js <contender as JSON>` sets it up and warms it up; then, for each
// line that it reads, it measures a window of so many seconds. worker.py does the same in Python.
import { createInterface } from "node:readline";
import { round } from "./pace.js";

const WARM_UP = 1; // s of the processor, twice
const READING = 0.01; // s between two readings of the clock
const PACE = 0.05; // s for the pace of the machine, before a window and after it

const contender = JSON.parse(process.argv[2]);
const say = (line) => console.log(JSON.stringify(line));

const seconds = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;

async function run(step, atLeast, calls) {
  const [cpu, wall] = [seconds(), performance.now()];
  let done = 0;
  while (seconds() - cpu < atLeast) {
    for (let i = 0; i < calls; i++) {
      const pending = step();
      if (pending instanceof Promise) await pending;
    }
    done += calls;
  }
  return { done, cpu: seconds() - cpu, wall: (performance.now() - wall) / 1000 };
}

/** Rounds of a fixed loop a second, if the pace of the machine is asked for. */
async function pace() {
  if (!contender.paced) return 1;
  const { done, cpu } = await run(round, PACE, 10);
  return done / cpu;
}

async function main() {
  const { default: prepare } = await import(`./peers/${contender.peer}.js`);
  const { version, units, step, loss } = await prepare(contender);
  const first = await loss();
  let { done, cpu } = await run(step, WARM_UP, 1);
  const calls = Math.max(1, Math.round((READING * done) / cpu));
  await run(step, WARM_UP, calls);
  await pace(); // warms up, too
  say({ version, first });
  for await (const window of createInterface(process.stdin)) {
    const before = await pace();
    const { done, cpu, wall } = await run(step, Number(window), calls);
    const rate = (done * units) / cpu;
    say({ rate, wallRate: (done * units) / wall, pace: (before + (await pace())) / 2, last: await loss() });
  }
}

main().catch((error) => {
  if (!/MODULE_NOT_FOUND/.test(error.code)) throw error;
  say({ missing: contender.peer });
});
