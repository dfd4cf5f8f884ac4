// What is measured, one function for each contender. Each returns a step to be repeated and its loss, and says how many
// updates (or rows) one call of `step` is.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const library = () => import("../dist/index.js");

const INPUT = [0.05, 0.1];
const TARGET = [0.01, 0.99];

/** Every activation, loss and optimizer once round, so that no call site knows only one of them. */
async function useEverything() {
  const c = await library();
  const losses = [c.halfSquaredError, c.meanSquaredError, c.binaryCrossEntropy];
  const optimizers = [c.sgd, c.sgd({ momentum: 0.9 }), c.adam];
  const activations = [c.identity, c.sigmoid, c.tanh, c.relu, c.leakyRelu, c.softplus];
  activations.forEach((activation, i) => {
    const layers = [c.dense(3, 4), activation, c.dense(4, 2), c.sigmoid];
    const network = new c.Network(layers, { loss: losses[i % 3], optimizer: optimizers[i % 3], seed: i });
    for (let n = 0; n < 3000; n++) network.trainBatch([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [[0, 1], [1, 0]]);
  });
  return c;
}

async function article() {
  const c = await useEverything();
  return new c.Network(
    [
      c.dense(2, 2, { weight: [[0.15, 0.2], [0.25, 0.3]], bias: [0.35, 0.35] }),
      c.sigmoid,
      c.dense(2, 2, { weight: [[0.4, 0.45], [0.5, 0.55]], bias: [0.6, 0.6] }),
      c.sigmoid,
    ],
    { loss: c.halfSquaredError, optimizer: c.sgd({ learningRate: 0.5 }) },
  );
}

function brain(hidden, data, calls) {
  const { NeuralNetwork } = require("brain.js");
  const network = new NeuralNetwork({ hiddenLayers: [hidden], activation: "sigmoid" });
  const options = { iterations: calls, errorThresh: 1e-300, learningRate: 0.5, momentum: 0.1, log: false };
  let error = 0;
  return { units: calls * data.length, step: () => void ({ error } = network.train(data, options)), loss: () => error };
}

/** Pixels in [0, 1] and classes, the same in every process: a linear congruential generator. */
function digits(rows) {
  let state = 1;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const classes = Array.from({ length: rows }, (_, n) => n % 10);
  const pixels = classes.map((k) => Array.from({ length: 784 }, (_, i) => (i % 10 === k ? 0.8 : 0) + 0.2 * next()));
  return { pixels, classes };
}

async function digitsNetwork(dtype) {
  const c = await useEverything();
  const layers = [c.dense(784, 128, { weight: c.he }), c.relu, c.dense(128, 10), c.softmax];
  const network = new c.Network(layers, { loss: c.crossEntropy, optimizer: c.sgd({ learningRate: 0.05 }), dtype, seed: 1 });
  const { pixels, classes } = digits(32);
  const matrix = { data: Float64Array.from(pixels.flat()), shape: [32, 784] };
  let loss = 0;
  return { units: 32, step: () => void (loss = network.trainBatch(matrix, classes)), loss: () => loss };
}

/** Workload → contender → how it is set up. The first contender is measured against the others. */
export const workloads = {
  "article's net, online, float64 (updates/s)": {
    "chainrule fit": async () => {
      const network = await article();
      let loss = 0;
      const step = async () => {
        const history = await network.fit([INPUT], [TARGET], { epochs: 1000, shuffle: false });
        loss = history.loss.at(-1);
      };
      return { units: 1000, step, loss: () => loss };
    },
    "chainrule trainBatch": async () => {
      const network = await article();
      let loss = 0;
      const step = () => {
        for (let i = 0; i < 1000; i++) loss = network.trainBatch(INPUT, TARGET);
      };
      return { units: 1000, step, loss: () => loss };
    },
    "chainrule forward, backward, step": async () => {
      const network = await article();
      let loss = 0;
      const step = () => {
        for (let i = 0; i < 1000; i++) {
          network.forward(INPUT);
          loss = network.backward(TARGET);
          network.step();
        }
      };
      return { units: 1000, step, loss: () => loss };
    },
    "brain.js 1.6.1 train": () => brain(2, [{ input: INPUT, output: TARGET }], 1000),
  },
  "784-128-10 relu, softmax cross-entropy, batch 32, sgd (rows/s)": {
    "chainrule float32": () => digitsNetwork("float32"),
    "chainrule float64": () => digitsNetwork("float64"),
    "brain.js 1.6.1 (sigmoid, online)": () => {
      const { pixels, classes } = digits(32);
      const oneHot = classes.map((k) => Array.from({ length: 10 }, (_, i) => (i === k ? 1 : 0)));
      return brain(128, pixels.map((input, n) => ({ input, output: oneHot[n] })), 1);
    },
  },
};
