// What a detached buffer costs: `node bench/detached.js`. V8 compiles typed-array code on the assumption that no buffer
// of the process has ever been detached; the first one ends that for good, for everybody's arrays.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const LENGTH = 1000;
const ROUNDS = 20;

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < LENGTH; i++) sum += a[i] * b[i];
  return sum;
}

function measure() {
  const [a, b] = [new Float64Array(LENGTH).fill(0.5), new Float64Array(LENGTH).fill(0.25)];
  let best = Infinity;
  let sum = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < 20_000; i++) sum += dot(a, b);
    best = Math.min(best, performance.now() - start);
  }
  console.log(sum > 0 ? best : NaN);
}

const [, , how] = process.argv;
if (how === "detached") {
  const buffer = new ArrayBuffer(64);
  structuredClone(buffer, { transfer: [buffer] });
}
if (how) measure();
else {
  const time = (variant) =>
    Number(execFileSync(process.execPath, [fileURLToPath(import.meta.url), variant], { encoding: "utf8" }));
  const ratios = Array.from({ length: 5 }, () => time("detached") / time("whole")).sort((x, y) => x - y);
  console.log(
    `a dot product takes ${ratios[2].toFixed(2)} × as long once a buffer has been detached (${ratios.map((r) => r.toFixed(2)).join(", ")})`,
  );
}
