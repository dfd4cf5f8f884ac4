// One contender in a process of its own: `node worker.js <workload> <contender>` prints its units a second.
import { workloads } from "./workloads.js";

const WARM_UP = 500; // ms
const WINDOW = 300; // ms

const [, , workload, contender] = process.argv;
const { units, step, loss } = await workloads[workload][contender]();
await step();
const first = loss();

async function run(milliseconds) {
  const start = performance.now();
  let calls = 0;
  let now = start;
  while (now - start < milliseconds) {
    await step();
    calls++;
    now = performance.now();
  }
  return (calls * units) / ((now - start) / 1000);
}

await run(WARM_UP);
const rate = await run(WINDOW);
console.log(JSON.stringify({ rate, first, last: loss() }));
