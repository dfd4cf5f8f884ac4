// TensorFlow.js: variables and optimizer.minimize, which is its fastest way (its layers' trainOnBatch is asynchronous).
// The backend, "cpu" or "wasm" (one thread), stands in the workload.
import { batchStarts, data, inTurn, oneHot, weights } from "../data.js";
import { require, versionOf } from "../require.js";

export default async function prepare(workload) {
  const tf = require("@tensorflow/tfjs");
  if (workload.backend === "wasm") require("@tensorflow/tfjs-backend-wasm").setThreadsCount(1);
  await tf.setBackend(workload.backend);
  const { sizes, activations, batch, task, learningRate, call } = workload;
  const columns = sizes.at(-1);
  // [in, out], as tf.layers.dense has it.
  const parameters = weights(workload).map((weight, i) => ({
    weight: tf.variable(tf.tensor2d(Float32Array.from(weight), [sizes[i + 1], sizes[i]]).transpose()),
    bias: tf.variable(tf.zeros([sizes[i + 1]])),
  }));
  const logits = (x) =>
    parameters.reduce((a, { weight, bias }, i) => {
      const z = a.matMul(weight).add(bias);
      return i + 1 < parameters.length ? z[activations[i]]() : z;
    }, x);
  const compare = {
    classes: (x, t) => tf.losses.softmaxCrossEntropy(t, logits(x)),
    mean: (x, t) => tf.losses.meanSquaredError(t, logits(x)),
  }[task];
  const optimizer = tf.train[workload.optimizer](learningRate);
  const { inputs, targets } = data(workload);
  const [x, t] = [
    tf.tensor2d(Float32Array.from(inputs), [workload.rows, sizes[0]]),
    tf.tensor2d(Float32Array.from(oneHot(targets, workload)), [workload.rows, columns]),
  ];
  const batches = batchStarts(workload).map((start) => ({
    x: x.slice([start, 0], [batch, -1]),
    t: t.slice([start, 0], [batch, -1]),
  }));

  const steps = {
    trainBatch: ({ x, t }) => void tf.tidy(() => optimizer.minimize(() => compare(x, t))),
    predict: ({ x }) => tf.tidy(() => logits(x).softmax().dataSync()),
  };
  const loss = () => tf.tidy(() => (call === "predict" ? logits(x).softmax() : compare(x, t)).dataSync()[0]);
  return { version: versionOf("@tensorflow/tfjs"), units: batch, step: inTurn(batches, steps[call]), loss };
}
