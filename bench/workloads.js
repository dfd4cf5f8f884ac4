/**
 * What is measured: a network and its data (see data.js), who is measured on it, and what is to be reached. A row of
 * `bars` is [ours, the other, ours / the other at least]. A contender that `does` something else than the workload says
 * tells what; the others must start from the same loss.
 */

const ours = (call, rest) => ({ peer: "chainrule", call, ...rest });
const online = {
  fit: ours("fit"),
  trainBatch: ours("trainBatch"),
  "forward, backward, step": ours("threeCalls"),
};
const lighter = { does: "online, gradient t − p" };
const synaptic = (...squash) => ({ synaptic: { peer: "synaptic", squash, ...lighter } });
const brain = { "brain.js": { peer: "brain", does: "online, squared error, momentum" } };
const brainOnLess = { "brain.js": { ...brain["brain.js"], rows: 64 } };
const convnet = (does) => ({ convnetjs: { peer: "convnetjs", does } });
// Its first weights are all positive: with 784 positive inputs tanh saturates, and it learns nothing. So it is not in D.
const mlFnn = { "ml-fnn": { peer: "ml-fnn", learningRate: 0.1, does: "tanh, SGD, one batch" } };
const batched = { trainBatch: ours("trainBatch"), fit: ours("fit") };
const other = (peer, rest) => ({ peer, call: "trainBatch", ...rest });
const predicting = (peer, rest) => ({ peer, call: "predict", ...rest });
const tfjs = { "tfjs cpu": other("tfjs", { backend: "cpu" }), "tfjs wasm": other("tfjs", { backend: "wasm" }) };
const jax = { "jax-js": other("jax") };
const torch = { PyTorch: other("torch") };
const sklearn = { "scikit-learn": other("sklearn") };
const numpy = { NumPy: other("numpy") };

const A = {
  sizes: [2, 2, 2],
  activations: ["sigmoid", "sigmoid"],
  loss: "halfSquaredError",
  optimizer: "sgd",
  learningRate: 0.5,
  task: "mean",
  rows: 1000,
  batch: 1,
  dtype: "float64",
};
const barsOfA = [
  ["fit", "synaptic", 1.4],
  ["trainBatch", "synaptic", 1.4],
  ["forward, backward, step", "synaptic", 1],
];

const B = {
  ...A,
  sizes: [2, 4, 1],
  activations: ["tanh", "sigmoid"],
  loss: "binaryCrossEntropy",
  task: "xor",
  rows: 4,
};
const barsOfB = [
  ["fit", "synaptic", 1.4],
  ["trainBatch", "synaptic", 1.4],
];

const classifier = { loss: "crossEntropy", task: "classes", dtype: "float32", rows: 1024 };
const C = {
  ...classifier,
  sizes: [4, 16, 3],
  activations: ["relu", "softmax"],
  optimizer: "adam",
  learningRate: 0.001,
  batch: 16,
};
const D = {
  ...classifier,
  sizes: [784, 128, 10],
  activations: ["relu", "softmax"],
  optimizer: "sgd",
  learningRate: 0.01,
  batch: 32,
};
const E = {
  ...D,
  sizes: [784, 512, 512, 10],
  activations: ["relu", "relu", "softmax"],
  optimizer: "adam",
  learningRate: 0.0001,
  batch: 128,
};
const F = {
  sizes: [1024, 1024, 1024, 1024],
  activations: ["relu", "relu", "identity"],
  loss: "meanSquaredError",
  optimizer: "sgd",
  learningRate: 0.1,
  task: "mean",
  rows: 1024,
  batch: 256,
  dtype: "float32",
};

const predictors = {
  predict: ours("predict"),
  "onnxruntime-node": predicting("onnxruntime", { package: "onnxruntime-node" }),
  "onnxruntime-web": predicting("onnxruntime", { package: "onnxruntime-web" }),
  PyTorch: predicting("torch"),
  NumPy: predicting("numpy"),
  "jax-js": predicting("jax"),
  "tfjs cpu": predicting("tfjs", { backend: "cpu" }),
  "tfjs wasm": predicting("tfjs", { backend: "wasm" }),
};

export const workloads = {
  A: {
    says: "2-2-2 sigmoid, half squared error, SGD, online",
    ...A,
    contenders: { ...online, ...synaptic(), ...brain, ...convnet("online, squared error") },
    bars: barsOfA,
  },
  "A tanh": {
    says: "A with tanh",
    ...A,
    activations: ["tanh", "tanh"],
    learningRate: 0.1,
    contenders: { ...online, ...synaptic("TANH", "TANH") },
    bars: barsOfA,
  },
  "A frozen": {
    says: "A with frozen biases",
    ...A,
    frozen: true,
    contenders: { ...online, synaptic: { peer: "synaptic", does: "the same with biases" } },
    bars: barsOfA,
  },
  "A Adam": {
    says: "A with Adam",
    ...A,
    optimizer: "adam",
    learningRate: 0.01,
    contenders: {
      ...online,
      "fit, SGD": ours("fit", { optimizer: "sgd" }),
      "trainBatch, SGD": ours("trainBatch", { optimizer: "sgd" }),
      "forward, backward, step, SGD": ours("threeCalls", { optimizer: "sgd" }),
    },
    bars: Object.keys(online).map((call) => [call, `${call}, SGD`, 0.6]),
  },
  "B 1": {
    says: "XOR 2-4-1, tanh + sigmoid, batch 1",
    ...B,
    contenders: { ...batched, ...synaptic("TANH", "LOGISTIC"), ...brain },
    bars: barsOfB,
  },
  "B 4": {
    says: "XOR 2-4-1, tanh + sigmoid, batch 4",
    ...B,
    batch: 4,
    contenders: { ...batched, ...synaptic("TANH", "LOGISTIC"), ...mlFnn },
    bars: barsOfB,
  },
  C: {
    says: "4-16-3 relu, softmax cross-entropy, batch 16, Adam",
    ...C,
    contenders: {
      ...batched,
      ...numpy,
      ...torch,
      ...sklearn,
      ...jax,
      ...tfjs,
      ...convnet("SGD"),
      ...mlFnn,
      ...brain,
      synaptic: { peer: "synaptic", squash: ["RELU"], learningRate: 0.0005, does: "online SGD, no softmax" },
    },
    bars: [
      ["trainBatch", "NumPy", 6],
      ["trainBatch", "synaptic", 1.2],
      ["fit", "NumPy", 6],
      ["fit", "synaptic", 1.2],
    ],
  },
  D: {
    says: "784-128-10 relu, softmax cross-entropy, batch 32, SGD",
    ...D,
    contenders: {
      ...batched,
      "trainBatch, float64": ours("trainBatch", { dtype: "float64" }),
      ...jax,
      ...torch,
      ...sklearn,
      ...numpy,
      ...tfjs,
      ...convnet("its own start"),
      ...brainOnLess,
    },
    bars: [
      ["trainBatch", "jax-js", 2.2],
      ["trainBatch", "PyTorch", 0.95],
    ],
  },
  "D Adam": {
    says: "D with Adam",
    ...D,
    optimizer: "adam",
    learningRate: 0.0001,
    contenders: { ...batched, ...jax, ...torch, ...sklearn, ...numpy, ...tfjs },
    bars: [
      ["trainBatch", "jax-js", 2.4],
      ["trainBatch", "PyTorch", 1.5],
      ["trainBatch", "scikit-learn", 0.95],
    ],
  },
  E: {
    says: "784-512-512-10 relu, batch 128, Adam",
    ...E,
    contenders: { ...batched, ...jax, ...torch, ...sklearn, ...numpy, "tfjs wasm": tfjs["tfjs wasm"] },
    bars: [["trainBatch", "jax-js", 1.6]],
  },
  F: {
    says: "three 1024 × 1024, relu, batch 256, SGD, mean squared error",
    ...F,
    contenders: { ...batched, ...jax, ...torch }, // a step of tfjs takes seconds
    bars: [["trainBatch", "jax-js", 1.75]],
  },
  G1: {
    says: "784-128-10, predict of one example with { out }",
    ...D,
    rows: 32,
    batch: 1,
    contenders: predictors,
    bars: [
      ["predict", "PyTorch", 1.3],
      ["predict", "onnxruntime-node", 1.5],
    ],
  },
  G256: {
    says: "784-128-10, predict of 256",
    ...D,
    rows: 256,
    batch: 256,
    contenders: predictors,
    bars: [["predict", "onnxruntime-web", 1.6]],
  },
  article: {
    says: "the article's net, biases frozen, our reference kernels against brain.js",
    ...A,
    frozen: true,
    contenders: { "fit, reference": ours("fit", { backend: "reference" }), ...brain },
    bars: [],
  },
};
