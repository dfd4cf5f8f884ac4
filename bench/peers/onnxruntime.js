// ONNX Runtime, native (`-node`) or WebAssembly (`-web`), one thread: a session of a model with fixed shapes, and run.
import { batchStarts, data, inTurn, weights } from "../data.js";
import { model } from "../onnx.js";
import { require, versionOf } from "../require.js";

export default async function prepare(workload) {
  const { package: name, sizes, batch } = workload;
  const ort = require(name);
  ort.env.wasm.numThreads = 1;
  const bytes = model(workload, weights(workload));
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [name === "onnxruntime-node" ? "cpu" : "wasm"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  const inputs = Float32Array.from(data(workload).inputs);
  const batches = batchStarts(workload).map((start) => ({
    x: new ort.Tensor("float32", inputs.slice(start * sizes[0], (start + batch) * sizes[0]), [batch, sizes[0]]),
  }));
  const loss = async () => (await session.run(batches[0])).y.data[0];
  return { version: versionOf(name), units: batch, step: inTurn(batches, (feeds) => session.run(feeds)), loss };
}
