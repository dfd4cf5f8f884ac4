// brain.js 1.6.1, the last release in plain JavaScript: online, one activation for all layers, squared error, momentum
// 0.1 by default. `train` formats the data anew at each call, hence several passes a call.
import { data, oneHot, rowsOf } from "../data.js";
import { require, versionOf } from "../require.js";

export default async function prepare(workload) {
  const { NeuralNetwork } = require("brain.js");
  const { sizes, rows, learningRate, activations } = workload;
  const activation = activations[0];
  const network = new NeuralNetwork({ hiddenLayers: sizes.slice(1, -1), activation });
  const { inputs, targets } = data(workload);
  const outputs = rowsOf(oneHot(targets, workload), sizes.at(-1));
  const examples = rowsOf(inputs, sizes[0]).map((input, n) => ({ input, output: outputs[n] }));
  const iterations = Math.max(1, Math.round(2000 / rows));
  const options = { iterations, errorThresh: 1e-300, learningRate, log: false };

  let error = network.train(examples, { ...options, iterations: 1 }).error;
  const step = () => {
    ({ error } = network.train(examples, options));
  };
  return { version: versionOf("brain.js"), units: iterations * rows, step, loss: () => error };
}
