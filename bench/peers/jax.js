// jax-js on WebAssembly: a whole step (value and gradient, update) in one jit, parameters handed on from call to call.
import { batchStarts, data, inTurn, oneHot, weights } from "../data.js";
import { versionOf } from "../require.js";

const optimizers = {
  sgd: (np, learningRate) => ({
    slots: 0,
    scalars: () => [],
    update: (p, g) => [p.sub(g.mul(learningRate))],
  }),
  adam: (np, learningRate) => {
    let [power1, power2] = [1, 1];
    return {
      slots: 2,
      // Arrays, since a jit takes numbers for constants.
      scalars() {
        power1 *= 0.9;
        power2 *= 0.999;
        return [np.array(learningRate / (1 - power1)), np.array(1 / Math.sqrt(1 - power2))];
      },
      update(p, g, [m, v], [rate, scale]) {
        const m1 = m.mul(0.9).add(g.ref.mul(0.1));
        const v1 = v.mul(0.999).add(np.square(g).mul(0.001));
        return [p.sub(m1.ref.mul(rate.ref).div(np.sqrt(v1.ref).mul(scale.ref).add(1e-8))), m1, v1];
      },
    };
  },
};

export default async function prepare(workload) {
  const { init, defaultDevice, numpy: np, nn, jit, valueAndGrad } = await import("@jax-js/jax");
  await init("wasm");
  defaultDevice("wasm");
  const { sizes, batch, task, learningRate, call } = workload;
  const matrix = (values, columns) => np.array(Float32Array.from(values)).reshape([values.length / columns, columns]);
  let parameters = weights(workload).flatMap((weight, i) => [
    np.array(Float32Array.from(weight)).reshape([sizes[i + 1], sizes[i]]), // [out, in] is a little faster than [in, out]
    np.zeros([sizes[i + 1]]),
  ]);
  const logits = (parameters, x) => {
    let a = x;
    for (let i = 0; i < parameters.length; i += 2) {
      const z = np.matmul(a, parameters[i].transpose()).add(parameters[i + 1]);
      a = i + 2 < parameters.length ? nn.relu(z) : z;
    }
    return a;
  };
  const compare = {
    classes: (parameters, x, t) =>
      nn
        .logSoftmax(logits(parameters, x))
        .mul(t)
        .sum()
        .mul(-1 / t.shape[0]),
    mean: (parameters, x, t) => np.square(logits(parameters, x).sub(t)).mean(),
  }[task];
  const optimizer = optimizers[workload.optimizer ?? "sgd"](np, learningRate);
  let slots = parameters.map(({ shape }) => Array.from({ length: optimizer.slots }, () => np.zeros(shape)));
  const update = jit((parameters, slots, scalars, x, t) => {
    const held = parameters.map((each) => each.ref);
    const [loss, gradients] = valueAndGrad(compare)(held, x, t);
    const moved = parameters.map((p, i) => optimizer.update(p, gradients[i], slots[i], scalars));
    scalars.forEach((each) => each.dispose());
    return [loss, moved.map(([p]) => p), moved.map(([, ...rest]) => rest)];
  });
  const predict = jit((parameters, x) => nn.softmax(logits(parameters, x)));
  const evaluate = jit(compare);

  const { inputs, targets } = data(workload);
  const [x, t] = [matrix(inputs, sizes[0]), matrix(oneHot(targets, workload), sizes.at(-1))];
  const part = (all, start) => all.ref.slice([start, start + batch]);
  const batches = batchStarts(workload).map((start) => ({ x: part(x, start), t: part(t, start) }));
  await Promise.all(batches.flatMap(({ x, t }) => [x.ref.blockUntilReady(), t.ref.blockUntilReady()]));

  const held = () => parameters.map((each) => each.ref);
  const steps = {
    trainBatch: ({ x, t }) => {
      let loss;
      [loss, parameters, slots] = update(parameters, slots, optimizer.scalars(), x.ref, t.ref);
      loss.dataSync(); // until then nothing has been computed
    },
    predict: ({ x }) => predict(held(), x.ref).dataSync(),
  };
  const loss = () => (call === "predict" ? predict(held(), x.ref) : evaluate(held(), x.ref, t.ref)).dataSync()[0];
  return { version: versionOf("@jax-js/jax"), units: batch, step: inTurn(batches, steps[call]), loss };
}
