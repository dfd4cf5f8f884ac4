// What the everyday job costs: `fit` beside a loop of one's own, what is asked of it beside a plain `fit`, and a document of
// about 10 MB. By the processor's time; sides take turns. By itself: npm run build && node bench/everyday.js
import { fileURLToPath } from "node:url";
import { Network, cosine, crossEntropy, dense, halfSquaredError, relu, sgd, sigmoid, softmax } from "../dist/index.js";
import { median } from "./compare.js";

const ROUNDS = 9;

const random = (() => {
  let state = 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
})();
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const timed = async (work) => {
  const start = cpu();
  await work();
  return cpu() - start;
};
/** The median of the ratios of two works' times, in turns. */
async function ratio(work, other) {
  const ratios = [];
  for (let round = 0; round < ROUNDS + 2; round++) ratios.push((await timed(work)) / (await timed(other)));
  return median(ratios.slice(2));
}

/** 784-128-10, batch 32: `fit` over a loop that shuffles, gathers and calls `trainBatch`. */
async function overLoop() {
  const [rows, columns, size, epochs] = [2048, 784, 32, 15];
  const inputs = { data: Float32Array.from({ length: rows * columns }, random), shape: [rows, columns] };
  const targets = Array.from({ length: rows }, () => Math.floor(10 * random()));
  const make = () =>
    new Network([dense(784, 128), relu, dense(128, 10), softmax], {
      ...{ loss: crossEntropy, optimizer: sgd({ learningRate: 0.01 }), seed: 1, dtype: "float32" },
    });
  const [fitted, looped] = [make(), make()];
  const order = Array.from({ length: rows }, (_, row) => row);
  const batch = { data: new Float32Array(size * columns), shape: [size, columns] };
  const classes = new Array(size).fill(0);
  const loop = () => {
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let i = rows - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [order[i], order[j]] = [order[j], order[i]];
      }
      for (let first = 0; first < rows; first += size) {
        for (let i = 0; i < size; i++) {
          const row = order[first + i];
          batch.data.set(inputs.data.subarray(row * columns, (row + 1) * columns), i * columns);
          classes[i] = targets[row];
        }
        looped.trainBatch(batch, classes);
      }
    }
  };
  return ratio(() => fitted.fit(inputs, targets, { epochs, batchSize: size }), loop);
}

/** 2-2-2, batch 1: a `fit` with something more over a plain one. */
async function overPlain(optimizer, options) {
  const inputs = Array.from({ length: 1000 }, () => [random(), random()]);
  const targets = inputs.map(([a, b]) => [(a + b) / 2, a * b]);
  const make = (more) =>
    new Network([dense(2, 2), sigmoid, dense(2, 2), sigmoid], {
      ...{ loss: halfSquaredError, optimizer: sgd({ learningRate: 0.5, ...more }), seed: 1 },
    });
  const fit = (network, more) => () => network.fit(inputs, targets, { epochs: 200, batchSize: 1, ...more });
  return ratio(fit(make(optimizer), options), fit(make({}), {}));
}

/** A document of about 10 MB: its text, made and read, in milliseconds. */
async function ofDocument() {
  const network = new Network([dense(784, 1024), relu, dense(1024, 1024), relu, dense(1024, 10), softmax], {
    ...{ loss: crossEntropy, optimizer: sgd, seed: 1, dtype: "float32" },
  });
  let text = "";
  const [writing, reading] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    writing.push(await timed(() => (text = JSON.stringify(network))));
    reading.push(await timed(() => Network.from(JSON.parse(text))));
  }
  return { megabytes: text.length / 1e6, writing: median(writing), reading: median(reading) };
}

export async function everyday() {
  const document = await ofDocument();
  const rows = [
    ["784-128-10, batch 32: `fit` / a loop of one's own", await overLoop(), "≤ 1.05"],
    ["2-2-2, batch 1: `fit` with `validation: 0.2` / without", await overPlain({}, { validation: 0.2 })],
    ["with a schedule / without", await overPlain({ learningRate: cosine({ from: 0.5, steps: 1e7 }) }, {})],
    ["with `rowWeights` / without", await overPlain({}, { rowWeights: new Float64Array(1000).fill(1) })],
    ["with `clipNorm` / without", await overPlain({ clipNorm: 1 }, {})],
    ["with `averaged` / without", await overPlain({ averaged: 0.99 }, {})],
  ].map(([what, value, bar = ""]) => `| ${what} | ${value.toFixed(2)} | ${bar} |`);
  const size = `${document.megabytes.toFixed(1)} MB`;
  return `## The everyday job

| what | measured | bar |
|---|---|---|
${rows.join("\n")}
| a document of ${size}: text from a network | ${document.writing.toFixed(0)} ms | |
| a network from that text | ${document.reading.toFixed(0)} ms | ≤ 100 ms |
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await everyday());
