// Its optimised network (source text generated for one architecture), driven online by activate and propagate, which is
// faster than its Trainer. The gradient is target − output whatever the activation, so there is no loss to differentiate
// and no softmax: a lighter job than ours. Biases cannot be frozen, and there is no Adam.
import { data, inTurn, oneHot, rowsOf } from "../data.js";
import { require, versionOf } from "../require.js";

export default async function prepare(workload) {
  const { Architect, Neuron } = require("synaptic");
  const { sizes, learningRate, squash = [] } = workload;
  const network = new Architect.Perceptron(...sizes);
  const layers = [...network.layers.hidden, network.layers.output];
  squash.forEach((name, i) => layers[i].set({ squash: Neuron.squash[name] }));
  const { inputs, targets } = data(workload);
  const t = rowsOf(oneHot(targets, workload), sizes.at(-1));
  const examples = rowsOf(inputs, sizes[0]).map((x, n) => ({ x, t: t[n] }));

  const step = inTurn(examples, ({ x, t }) => {
    network.activate(x);
    network.propagate(learningRate, t);
  });
  const error = ({ x, t }) => network.activate(x).reduce((sum, p, k) => sum + (p - t[k]) ** 2, 0);
  const loss = () => examples.reduce((sum, example) => sum + error(example), 0) / examples.length;
  return { version: versionOf("synaptic"), units: 1, step, loss };
}
