import { PerformanceObserver } from "node:perf_hooks";
import {
  Network,
  adam,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  halfSquaredError,
  leakyRelu,
  meanSquaredError,
  relu,
  sgd,
  sigmoid,
  softmax,
  softplus,
  tanh,
  type Layer,
} from "chainrule";
import * as tables from "../support/tables.js";

// Run by garbage.test.ts with a young generation so large that nothing is collected while it measures: prints, as JSON,
// the bytes that a call of each case allocates, on the heap and outside of it, in three rounds.

const STEPS = 20_000;

/** Every block of the tables at work once, so that shared code has met them all, as in a program that uses them all. */
function useEverything(): void {
  const all = <Block>(rows: readonly { specimens: readonly { block: Block }[] }[]): Block[] =>
    rows.flatMap(({ specimens }) => specimens.map(({ block }) => block));
  const ends = [
    ...all<Layer>(tables.activations),
    ...all<Layer>(tables.layers).filter(({ outputs }) => outputs === undefined),
  ];
  for (const dtype of ["float64", "float32"] as const) {
    for (const optimizer of all(tables.optimizers)) {
      for (const loss of all(tables.losses)) {
        for (const end of ends) {
          const fits =
            loss.needs === undefined || loss.needs === end.range || (loss.needs === "unit" && end.range === "simplex");
          if (!fits) continue;
          const network = new Network([dense(3, 4), tanh, dense(4, 2, { bias: { shared: 0.1 } }), end], {
            loss,
            optimizer,
            dtype,
            seed: 1,
          });
          network.optimizer.learningRate = 1e-4; // so that none diverges
          for (let i = 0; i < 3; i++) {
            network.trainBatch(
              [
                [0.1, 0.2, 0.3],
                [0.4, 0.5, 0.6],
              ],
              [
                [1, 0],
                [0, 1],
              ],
            );
            network.trainBatch([0.1, 0.2, 0.3], [0, 1], { rowWeights: [2] });
            network.predict([0.1, 0.2, 0.3]);
          }
        }
      }
    }
  }
}

const article = (dtype: "float64" | "float32") =>
  new Network(
    [
      dense(2, 2, {
        weight: [
          [0.15, 0.2],
          [0.25, 0.3],
        ],
        bias: [0.35, 0.35],
        freeze: ["bias"],
      }),
      sigmoid,
      dense(2, 2, {
        weight: [
          [0.4, 0.45],
          [0.5, 0.55],
        ],
        bias: [0.6, 0.6],
        freeze: ["bias"],
      }),
      sigmoid,
    ],
    { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.5 }), dtype },
  );

const rows = 8;
const numbers = (count: number) => Float64Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101);
const inputs = { data: numbers(rows * 4), shape: [rows, 4] as const };
const targets = { data: numbers(rows * 3), shape: [rows, 3] as const };
const classes = Int32Array.from({ length: rows }, (_, i) => i % 3);
const lists = Array.from({ length: rows }, (_, n) => Array.from(inputs.data.subarray(4 * n, 4 * n + 4)));

const sizes = Array.from({ length: 32 }, (_, i) => 1 + ((i * 11) % 32));
const matrix = (count: number, columns: number) => ({
  data: numbers(count * columns),
  shape: [count, columns] as const,
});

/** Reads numbers itself, so that its functions are called by the program. */
const called: Layer = {
  kind: "called",
  plan: () => null,
  forward(_, x, y) {
    for (let i = 0; i < x.rows * x.columns; i++) y.data[i] = x.data[i]!;
  },
  backward(_, x, _y, dy, dx) {
    for (let i = 0; dx && i < x.rows * x.columns; i++) dx.data[i] = dy.data[i]!;
  },
};

/** What is measured: a step of each. */
const cases: Record<string, () => () => unknown> = {
  "the article's net, online, arrays": () => {
    const network = article("float64");
    const input = [0.05, 0.1],
      target = [0.01, 0.99];
    return () => network.trainBatch(input, target);
  },
  "the article's net, float32": () => {
    const network = article("float32");
    const input = [0.05, 0.1],
      target = [0.01, 0.99];
    return () => network.trainBatch(input, target);
  },
  "a batch in a matrix, sgd with momentum": () => {
    const network = new Network([dense(4, 5), tanh, dense(5, 3)], {
      loss: meanSquaredError,
      optimizer: sgd({ momentum: 0.9 }),
      seed: 1,
    });
    return () => network.trainBatch(inputs, targets);
  },
  "a batch in lists, adam": () => {
    const network = new Network([dense(4, 5), softplus, dense(5, 1), sigmoid], {
      loss: binaryCrossEntropy,
      optimizer: adam,
      seed: 1,
    });
    const yes = lists.map((_, n) => [n % 2]);
    return () => network.trainBatch(lists, yes);
  },
  "class indices, softmax, cross-entropy, adam, float32": () => {
    const network = new Network([dense(4, 5), leakyRelu, dense(5, 3), softmax], {
      loss: crossEntropy,
      optimizer: adam,
      dtype: "float32",
      seed: 1,
    });
    return () => network.trainBatch(inputs, classes);
  },
  "one class index, row weights, sgd with Nesterov": () => {
    const network = new Network([dense(4, 5), relu, dense(5, 3), softmax], {
      loss: crossEntropy,
      optimizer: sgd({ momentum: 0.9, nesterov: true }),
      seed: 1,
    });
    const example = new Float32Array([0.1, 0.2, 0.3, 0.4]),
      rowWeights = [0.5];
    const options = { rowWeights };
    return () => network.trainBatch(example, 2, options);
  },
  "numbers that saturate tanh and sigmoid, sgd": () => {
    const network = new Network([dense(4, 5), tanh, dense(5, 3), sigmoid], {
      loss: binaryCrossEntropy,
      optimizer: sgd,
      seed: 1,
    });
    const large = { data: inputs.data.map((value) => 900 * value - 400), shape: inputs.shape };
    return () => network.trainBatch(large, targets);
  },
  "logarithms of probabilities, adam": () => {
    const network = new Network([dense(4, 3), softmax], { loss: binaryCrossEntropy, optimizer: adam, seed: 1 });
    return () => network.trainBatch(inputs, targets);
  },
  "rows in typed arrays, distributions, logits, sgd with weight decay": () => {
    const optimizer = sgd({ weightDecay: 0.01 });
    const network = new Network([dense(4, 5), softplus({ beta: 2 }), dense(5, 3)], {
      loss: crossEntropy({ fromLogits: true }),
      optimizer,
      seed: 1,
    });
    const examples = lists.map((row) => Float32Array.from(row)),
      distributions = lists.map(() => [0.25, 0.25, 0.5]);
    return () => network.trainBatch(examples, distributions);
  },
  "forward { out }, backward, step": () => {
    const network = new Network([dense(4, 5), tanh, dense(5, 3)], { loss: meanSquaredError, optimizer: adam, seed: 1 });
    const options = { out: new Float64Array(rows * 3) };
    return () => {
      network.forward(inputs, options);
      network.backward(targets);
      network.step();
    };
  },
  "predict one example { out }": () => {
    const network = new Network([dense(4, 5), tanh, dense(5, 3), softmax], { seed: 1 });
    const example = [0.1, 0.2, 0.3, 0.4],
      options = { out: new Float64Array(3) };
    return () => network.predict(example, options);
  },
  "predict a matrix { out }, float32": () => {
    const network = new Network([dense(4, 5), relu, dense(5, 3)], { dtype: "float32", seed: 1 });
    const options = { out: new Float32Array(rows * 3) };
    return () => network.predict(inputs, options);
  },
  "trainBatch with 32 batch sizes in turn": () => {
    const network = new Network([dense(4, 5), tanh, dense(5, 3)], { loss: meanSquaredError, optimizer: adam, seed: 1 });
    const batches = sizes.map((n) => [matrix(n, 4), matrix(n, 3)] as const);
    let turn = 0;
    return () => {
      const [x, t] = batches[turn++ % 32]!;
      network.trainBatch(x, t);
    };
  },
  "forward { out }, backward, step, predict { out } with 32 batch sizes in turn, a layer that is called": () => {
    const network = new Network([dense(4, 5), called, dense(5, 3)], {
      loss: meanSquaredError,
      optimizer: sgd,
      seed: 1,
    });
    const batches = sizes.map((n) => [matrix(n, 4), matrix(n, 3), { out: new Float64Array(3 * n) }] as const);
    let turn = 0;
    return () => {
      const [x, t, options] = batches[turn++ % 32]!;
      network.forward(x, options);
      network.backward(t);
      network.step();
      network.predict(x, options);
    };
  },
  "control: 64 bytes on the heap": () => {
    const kept: unknown[] = [0];
    return () => (kept[0] = [0.5, 1.5, 2.5]);
  },
  "control: 64 bytes outside": () => {
    const kept: unknown[] = [0];
    return () => (kept[0] = new ArrayBuffer(64));
  },
};

const used = (): number => {
  const { heapUsed, external } = process.memoryUsage(); // external counts array buffers too
  return heapUsed + external;
};

/** So that what was freed before is off the books. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!();
    await new Promise(setImmediate);
  }
}

const collections: number[] = [];
const observer = new PerformanceObserver((list) =>
  collections.push(...list.getEntries().map((entry) => entry.startTime)),
);
observer.observe({ entryTypes: ["gc"] });
const windows: (readonly [from: number, to: number])[] = [];

async function measure(step: () => unknown): Promise<number> {
  await settle();
  const from = performance.now();
  const before = used();
  for (let i = 0; i < STEPS; i++) step();
  const bytes = used() - before;
  windows.push([from, performance.now()]);
  return bytes / STEPS;
}

function warmUp(step: () => unknown): void {
  const end = performance.now() + 300; // ms: what is hot has then been compiled, and compiled again
  do step();
  while (performance.now() < end);
}

const only = process.argv[2] ?? "";
useEverything();
const bytes: Record<string, number[]> = {};
for (const [name, prepare] of Object.entries(cases)) {
  if (!name.includes(only)) continue;
  const step = prepare();
  warmUp(step);
  bytes[name] = [await measure(step), await measure(step), await measure(step)];
}
await settle(); // the observer is told later
const disturbed = collections.filter((time) => windows.some(([from, to]) => from <= time && time <= to));
console.log(JSON.stringify({ bytes, seen: collections.length, disturbed: disturbed.length }));
