// ml-fnn: classes only, full batches by SGD, tanh (its other activations are refused by a slip in its constructor).
// `train` goes on from where it was, `iterations` updates with the batch that it is given.
import { batchStarts, data, inTurn, rowsOf } from "../data.js";
import { require, versionOf } from "../require.js";

export default async function prepare(workload) {
  const FeedForwardNeuralNetwork = require("ml-fnn");
  const { Matrix } = require("ml-matrix");
  const { sizes, batch, learningRate } = workload;
  const network = new FeedForwardNeuralNetwork({ hiddenLayers: sizes.slice(1, -1), iterations: 1, learningRate: learningRate / batch });
  const { inputs, targets } = data(workload);
  const rows = rowsOf(inputs, sizes[0]);
  const batches = batchStarts(workload).map((start) => ({
    x: new Matrix(rows.slice(start, start + batch)),
    t: [...targets.slice(start, start + batch)],
  }));
  const step = inTurn(batches, ({ x, t }) => network.train(x, t));
  step();
  const loss = () => {
    const wrong = network.predict(rows).filter((k, n) => k !== targets[n]);
    return wrong.length / rows.length;
  };
  return { version: versionOf("ml-fnn"), units: batch, step, loss };
}
