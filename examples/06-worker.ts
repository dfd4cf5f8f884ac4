import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { Network, adam, binaryCrossEntropy, dense, relu, sigmoid, type EpochReport } from "chainrule";
import { accuracy } from "chainrule/metrics";
import { bold, dim, print } from "./terminal.js";

/** What the worker says: the report of an epoch, or the bytes of the network when it is done. */
type Message = { report: EpochReport<"accuracy", number> } | { document: Uint8Array<ArrayBuffer> };

/** Points in a square; those in a ring are 1. */
const ring = (rows: number) => {
  const inputs = Array.from({ length: rows }, (_, n) => [((n * 37) % 2001) / 1000 - 1, ((n * 917) % 2001) / 1000 - 1]);
  const targets = inputs.map(([a, b]) => Number(a! * a! + b! * b! > 0.2 && a! * a! + b! * b! < 0.5));
  return { inputs, targets };
};

if (isMainThread) await main();
else await train();

/** In the worker: it trains, and posts. Its bytes move to the main thread, they are not copied. */
async function train(): Promise<void> {
  const post = (message: Message, move: readonly ArrayBuffer[] = []) => parentPort!.postMessage(message, move);
  const network = new Network([dense(2, 32), relu, dense(32, 32), relu, dense(32, 1), sigmoid], {
    loss: binaryCrossEntropy,
    optimizer: adam({ learningRate: 0.01 }),
    seed: 1,
  });
  const { inputs, targets } = ring(2000);
  await network.fit(inputs, targets, {
    epochs: 60,
    validation: 0.2,
    metrics: { accuracy },
    onEpoch: (report) => {
      if (report.epoch % 10 === 0) post({ report });
    },
  });
  const document = new TextEncoder().encode(JSON.stringify(network));
  post({ document }, [document.buffer]);
}

/** In the main thread, which stays free: it shows what comes, and makes a network of the bytes. */
async function main(): Promise<void> {
  print(bold("chainrule 06 · training in a worker"), dim("  epoch    loss   validation loss   accuracy"));
  // Of a file of JavaScript: new Worker(new URL("./trainer.js", import.meta.url)). One of TypeScript is read by tsx.
  const file = JSON.stringify(import.meta.url);
  const start = `import("tsx/esm/api").then(({ register }) => (register(), import(${file})));`;
  const worker = new Worker(start, { eval: true });
  let turns = 0;
  const turning = setInterval(() => turns++, 10);
  const bytes = await new Promise<Uint8Array>((done, failed) => {
    worker.on("error", failed);
    worker.on("message", (message: Message) => {
      if ("document" in message) return done(message.document);
      const { epoch, loss, validation } = message.report;
      const { loss: judged, accuracy: right } = validation;
      print(
        `  ${String(epoch).padStart(5)}  ${loss.toFixed(4)}  ${judged.toFixed(4).padStart(16)}  ${right.toFixed(3).padStart(9)}`,
      );
    });
  });
  clearInterval(turning);
  await worker.terminate();

  const network = Network.from(JSON.parse(new TextDecoder().decode(bytes)), { inputs: 2, outputs: 1 });
  const { inputs, targets } = ring(777);
  const { accuracy: right } = network.evaluate(inputs, targets, { metrics: { accuracy } });
  print(
    "",
    `The network came back as ${bytes.length} bytes, moved and not copied. Here it is right in ${(100 * right).toFixed(1)} % of 777 rows.`,
    turns > 0 ? "Meanwhile the timer of the main thread went on." : "The main thread was not free.",
    "",
    bold("Next"),
    "  docs/recipes.md    the same in a Web Worker, in ten lines",
  );
}
