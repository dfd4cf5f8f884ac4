// For CI: `npm run bench:short`, after a build. Our WebAssembly kernels against our reference kernels in the same run, by
// the processor's time. It is no timed test: the bounds are ratios, far below what is usual, and a machine that is
// disturbed gets more windows, never a lower bound.
import { compare } from "./compare.js";
import { workloads } from "./workloads.js";

const ROUNDS = 5;
const ATTEMPTS = 3;

/** [workload, how it is driven, WebAssembly / reference at least] */
const bounds = [
  ["A", "trainBatch", 1.5],
  ["A", "fit", 3],
  ["C", "trainBatch", 3],
  ["D", "trainBatch", 8],
  ["G1", "predict", 5],
  ["G256", "predict", 8],
];

async function ratioOf(key, way) {
  const { contenders, ...job } = workloads[key];
  const ours = contenders[way];
  const sides = { wasm: ours, reference: { ...ours, backend: "reference" } };
  const { ratios } = await compare({ ...job, contenders: sides, bars: [["wasm", "reference", 0]] }, ROUNDS);
  return ratios[0].ratio;
}

let failed = false;
for (const [key, way, bound] of bounds) {
  let ratio = 0;
  for (let attempt = 0; attempt < ATTEMPTS && ratio < bound; attempt++) ratio = await ratioOf(key, way);
  const verdict = ratio < bound ? "TOO SLOW" : "ok";
  failed ||= ratio < bound;
  console.log(`${key}, ${way}: WebAssembly is ${ratio.toFixed(2)} × the reference, at least ${bound}: ${verdict}`);
}
process.exitCode = failed ? 1 : 0;
