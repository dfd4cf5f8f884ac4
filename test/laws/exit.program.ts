import { Network, adam, dense, meanSquaredError, tanh } from "chainrule";

// Run by determinism.test.ts: trains to the end, to an early end, and to an abort; then there is nothing left to do.

const network = new Network([dense(1, 4), tanh, dense(4, 1)], { loss: meanSquaredError, optimizer: adam, seed: 1 });
const inputs = Array.from({ length: 200 }, (_, i) => [i / 100 - 1]);
const fit = (epochs: number, options = {}) => network.fit(inputs, inputs, { epochs, ...options });

await fit(200); // long enough to give way a few times
await fit(100, { onEpoch: () => false });
const controller = new AbortController();
setTimeout(() => controller.abort(), 30);
const aborted = await fit(1e6, { signal: controller.signal }).catch((error: unknown) => error);
process.on("exit", () => console.log((aborted as Error).name));
