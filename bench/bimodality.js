// V8 may compile the same kernels well in one process and badly in another: none of 30 may run at half the median.
import { median } from "./compare.js";
import { Contender } from "./contender.js";
import { workloads } from "./workloads.js";

const PROCESSES = 30;

export async function bimodality() {
  const { contenders, ...job } = workloads.D;
  const rates = [];
  for (let n = 0; n < PROCESSES; n++) {
    const contender = await Contender.start({ ...job, ...contenders.trainBatch });
    rates.push((await contender.window()).rate);
    contender.end();
  }
  const share = Math.min(...rates) / median(rates);
  return `## Bimodality

${job.says}, in ${PROCESSES} processes one after another: the slowest has ${share.toFixed(2)} of the median rate, \
the fastest ${(Math.max(...rates) / median(rates)).toFixed(2)}. The bar: more than 0.5.
`;
}
