// Ours, as a user would write it: nothing is set but the dtype. `call` says by which calls it is driven.
import { batchStarts, data, inTurn, rowsOf, weights } from "../data.js";

const c = await import("../../dist/index.js");

/** Every activation, loss and optimizer once round, so that no call site has met only the one that is measured. */
function useEverything(backend) {
  const losses = Object.values(c.catalogue.losses).filter(({ needs }) => needs !== "simplex");
  const optimizers = [...Object.values(c.catalogue.optimizers), c.sgd({ momentum: 0.9 })];
  Object.values(c.catalogue.activations).forEach((activation, i) => {
    const layers = [c.dense(3, 4), activation, c.dense(4, 2), c.sigmoid];
    const network = new c.Network(layers, { loss: losses[i % 3], optimizer: optimizers[i % 3], seed: i, backend });
    for (let n = 0; n < 1000; n++)
      network.trainBatch(
        [
          [0.1, 0.2, 0.3],
          [0.4, 0.5, 0.6],
        ],
        [
          [0, 1],
          [1, 0],
        ],
      );
  });
}

function build(workload) {
  const { sizes, activations, loss, optimizer, learningRate, frozen, dtype, backend } = workload;
  const start = weights(workload);
  const layers = activations.flatMap((activation, i) => {
    const weight = rowsOf(start[i], sizes[i]);
    const layer = c.dense(sizes[i], sizes[i + 1], { weight, freeze: frozen ? ["bias"] : [] });
    return activation === "identity" ? [layer] : [layer, c[activation]];
  });
  const rest = backend && { backend: c[backend] };
  return new c.Network(layers, { loss: c[loss], optimizer: c[optimizer]({ learningRate }), dtype, ...rest });
}

/** How it is driven: for a network and its data, a step and how many examples that is. */
const calls = {
  /** `fit` on all rows, as many epochs as make 10,000 examples; 1,000 where these take long. */
  fit(network, { inputs, targets }, { batch, rows, sizes }) {
    const epochs = Math.ceil((sizes[0] > 16 ? 1000 : 10_000) / rows);
    return { units: epochs * rows, step: () => network.fit(inputs, targets, { epochs, batchSize: batch }) };
  },
  trainBatch(network, { batches }, { batch }) {
    return { units: batch, step: inTurn(batches, ({ x, t }) => network.trainBatch(x, t)) };
  },
  threeCalls(network, { batches }, { batch }) {
    const step = inTurn(batches, ({ x, t }) => {
      network.forward(x);
      network.backward(t);
      network.step();
    });
    return { units: batch, step };
  },
  predict(network, { batches }, { batch, sizes, dtype }) {
    const out = new (dtype === "float32" ? Float32Array : Float64Array)(batch * sizes.at(-1));
    return { units: batch, step: inTurn(batches, ({ x }) => network.predict(x, { out })) };
  },
};

/** Online a row is a plain list, or a typed array if it is long; a batch is a matrix. */
function formsOf(workload) {
  const { sizes, batch, dtype, task } = workload;
  const { inputs, targets } = data(workload);
  const Floats = dtype === "float32" ? Float32Array : Float64Array;
  const matrix = (rows, columns) => ({ data: Floats.from(rows), shape: [rows.length / columns, columns] });
  const form = (list, columns) => {
    if (batch > 1) return matrix(list, columns);
    return columns > 16 ? Floats.from(list) : [...list];
  };
  const classes = task === "classes";
  const batches = batchStarts(workload).map((start) => {
    const part = (all, columns) => all.slice(start * columns, (start + batch) * columns);
    const labels = part(targets, 1);
    return {
      x: form(part(inputs, sizes[0]), sizes[0]),
      t: classes ? (batch > 1 ? labels : labels[0]) : form(part(targets, sizes.at(-1)), sizes.at(-1)),
    };
  });
  const lists = batch === 1 && sizes[0] <= 16;
  const all = (list, columns) => (lists ? rowsOf(list, columns) : matrix(list, columns));
  return {
    batches,
    inputs: all(inputs, sizes[0]),
    targets: classes ? targets : all(targets, sizes.at(-1)),
  };
}

export default async function prepare(workload) {
  const { call, backend } = workload;
  useEverything(c[backend]);
  const network = build(workload);
  const examples = formsOf(workload);
  const { inputs, targets } = examples;
  const loss = () => (call === "predict" ? network.predict(inputs).data[0] : network.evaluate(inputs, targets).loss);
  return { version: network.backend, loss, ...calls[call](network, examples, workload) };
}
