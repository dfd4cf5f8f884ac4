// V8 may compile the same kernels well in one process and badly in another: none of 30 may run at half the median. Other
// tenants of the machine may halve the speed of a window, too; so each window is measured by the pace of a fixed loop right
// before and after it, and of each process the median of a few counts.
import { median } from "./compare.js";
import { Contender } from "./contender.js";
import { workloads } from "./workloads.js";

const PROCESSES = 30;
const WINDOWS = 3;

/** The extremes of a list, over its median. */
const spread = (list) => [Math.min(...list), Math.max(...list)].map((value) => (value / median(list)).toFixed(2));

export async function bimodality() {
  const { contenders, ...job } = workloads.D;
  const processes = [];
  for (let n = 0; n < PROCESSES; n++) {
    const contender = await Contender.start({ ...job, ...contenders.trainBatch, paced: true });
    const windows = [];
    while (windows.length < WINDOWS) windows.push(await contender.window());
    contender.end();
    processes.push(windows);
  }
  const [slowest, fastest] = spread(processes.map((windows) => median(windows.map(({ rate, pace }) => rate / pace))));
  const paces = spread(processes.flat().map(({ pace }) => pace));
  return `## Bimodality

${job.says}, in ${PROCESSES} processes one after another, by the pace of a fixed loop that ran between the windows: the \
slowest has ${slowest} of the median rate, the fastest ${fastest}. The bar: more than 0.5. (The loop itself had from \
${paces[0]} to ${paces[1]} of its median.)
`;
}
