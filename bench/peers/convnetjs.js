// Vol after Vol through its Trainer, which updates every `batch` examples by SGD (it has no Adam).
import { data, inTurn, rowsOf } from "../data.js";
import { require, versionOf } from "../require.js";

export default async function prepare(workload) {
  const { Net, Trainer, Vol } = require("convnetjs");
  const { sizes, activations, learningRate, batch, task } = workload;
  const hidden = sizes.slice(1, -1).map((num_neurons, i) => ({ type: "fc", num_neurons, activation: activations[i] }));
  const last = sizes.at(-1);
  const ends = {
    classes: [{ type: "softmax", num_classes: last }],
    mean: [
      { type: "fc", num_neurons: last, activation: activations.at(-1) },
      { type: "regression", num_neurons: last },
    ],
  };
  const network = new Net();
  network.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: sizes[0] },
    ...hidden,
    ...(ends[task] ?? ends.mean),
  ]);
  const trainer = new Trainer(network, { method: "sgd", learning_rate: learningRate, momentum: 0, batch_size: batch });
  const { inputs, targets } = data(workload);
  const t = task === "classes" ? targets : rowsOf(targets, last);
  const examples = rowsOf(inputs, sizes[0]).map((row, n) => ({ x: new Vol(row), t: t[n] }));

  const loss = () => {
    const costs = examples.map(({ x, t }) => {
      network.forward(x);
      return network.layers.at(-1).backward(t);
    });
    return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  };
  return { version: versionOf("convnetjs"), units: 1, step: inTurn(examples, ({ x, t }) => trainer.train(x, t)), loss };
}
