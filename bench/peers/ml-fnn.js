// ml-fnn: classes only, SGD, tanh (its other activations are refused by a slip in its constructor). `train` goes on from
// where it was, but numbers the classes anew, in the order in which it meets them: so it gets the same batch each time.
import { data, rowsOf } from "../data.js";
import { require, versionOf } from "../require.js";

export default async function prepare(workload) {
  const FeedForwardNeuralNetwork = require("ml-fnn");
  const { Matrix } = require("ml-matrix");
  const { sizes, batch, learningRate } = workload;
  const network = new FeedForwardNeuralNetwork({
    hiddenLayers: sizes.slice(1, -1),
    iterations: 1,
    learningRate: learningRate / batch,
  });
  const { inputs, targets } = data(workload);
  const x = new Matrix(rowsOf(inputs, sizes[0]).slice(0, batch));
  const t = [...targets.slice(0, batch)];
  const step = () => network.train(x, t);
  step();
  const loss = () => network.predict(x).filter((k, n) => k !== t[n]).length / batch; // the share of wrong classes
  return { version: versionOf("ml-fnn"), units: batch, step, loss };
}
