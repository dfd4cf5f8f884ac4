// Counts the memory that many networks, and many steps, leave behind. Run with --expose-gc; prints bytes as JSON.
import { Network, dense, meanSquaredError, sgd, tanh, type Layer } from "chainrule";

/** Reads numbers itself, so that its functions are called by the program. */
const reading: Layer = {
  kind: "reading",
  plan: () => null,
  forward: (_, x, y) => y.data.set(x.data.subarray(0, x.rows)),
  backward: (_, x, _y, dy, dx) => dx?.data.set(dy.data.subarray(0, x.rows)),
};

const make = (seed: number): Network =>
  new Network([dense(8, 16), tanh, dense(16, 4)], {
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 0.1 }),
    seed,
  });
const inputs = [
  [1, 2, 3, 4, 5, 6, 7, 8],
  [8, 7, 6, 5, 4, 3, 2, 1],
];
const targets = [
  [0, 1, 0, 1],
  [1, 0, 1, 0],
];

/** What is in use after everything that nobody holds has been given back. */
async function used(): Promise<number> {
  for (let i = 0; i < 6; i++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function makeAndDrop(count: number): void {
  for (let seed = 0; seed < count; seed++) {
    const network = make(seed);
    for (let step = 0; step < 4; step++) network.trainBatch(inputs, targets);
    network.predict(inputs);
  }
}

/** What work leaves behind, after the same, or less of it, has been done once. */
async function left(work: () => unknown, before = work): Promise<number> {
  await before();
  const start = await used();
  await work();
  return (await used()) - start;
}

/** Trained so long that their steps are compiled. */
function trainAndDrop(count: number): void {
  for (let seed = 0; seed < count; seed++) {
    const network = new Network([dense(2, 2), tanh, dense(2, 1)], {
      loss: meanSquaredError,
      optimizer: sgd({ learningRate: 0.1 }),
      seed,
    });
    for (let step = 0; step < 10_100; step++) network.trainBatch([0, 1], [1]);
  }
}

const roomy = new Network([dense(1, 1), reading], { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.01 }) });
const column = new Float64Array(10_000).fill(0.5);
roomy.trainBatch({ data: column, shape: [10_000, 1] }, { data: column, shape: [10_000, 1] });
roomy.predict({ data: column, shape: [10_000, 1] });

/** Each size often enough to be written down. */
function trainWithSizes(count: number): void {
  for (let rows = 1; rows <= count; rows += 1) {
    const x = { data: column.subarray(0, rows), shape: [rows, 1] as const };
    for (let i = 0; i < 2; i++) roomy.trainBatch(x, x);
    for (let i = 0; i < 2 && rows <= 256; i++) roomy.predict(x);
  }
}

const kept: Network[] = [];
const network = make(1);
const data = Array.from({ length: 1000 }, (_, i) => inputs[i % 2]!);
const answers = Array.from({ length: 1000 }, (_, i) => targets[i % 2]!);
console.log(
  JSON.stringify({
    "control: a network that is kept": await left(() => kept.push(new Network([dense(500, 500)]))),
    "1,000 networks made and dropped": await left(() => makeAndDrop(1000)),
    "100 networks trained for long and dropped": await left(() => trainAndDrop(100)),
    "20 large networks made and dropped": await left(() => {
      for (let seed = 0; seed < 20; seed++)
        new Network([dense(500, 500), tanh, dense(500, 1)], { seed }).predict(new Float64Array(500));
    }),
    "10,000 batch sizes": await left(
      () => trainWithSizes(10_000),
      () => trainWithSizes(300),
    ),
    "a million steps": await left(() => network.fit(data, answers, { epochs: 1000, batchSize: 1 })),
  }),
);
