import {
  Network,
  adam,
  crossEntropy,
  dense,
  halfSquaredError,
  leakyRelu,
  meanSquaredError,
  relu,
  sgd,
  sigmoid,
  softmax,
  softplus,
  tanh,
  type Floats,
  type Layer,
  type Planner,
  type Tensor,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

// It looks at what the process takes, and has a process of its own.

const numbers = (rows: number, columns: number, seed = 1) =>
  Array.from({ length: rows }, (_, n) =>
    Array.from({ length: columns }, (_, i) => (((n * columns + i + seed) * 7919) % 2003) / 1001 - 1),
  );
const flat = (
  rows: readonly (readonly number[])[],
  View: typeof Float64Array | typeof Float32Array = Float64Array,
) => ({
  data: View.from(rows.flat()),
  shape: [rows.length, rows[0]!.length] as const,
});

const make = (dtype: "float64" | "float32" = "float64") =>
  new Network([dense(3, 5), tanh, dense(5, 4), softplus, dense(4, 2)], {
    loss: meanSquaredError,
    optimizer: adam,
    seed: 1,
    dtype,
  });

/** Everything of a network that can be seen, to the last bit. */
const seen = (network: Network) =>
  JSON.stringify([network, network.optimizer.scalars, network.parameters.map(({ gradient }) => gradient)]);

/** A layer that hands on what it gets, and keeps what it was shown: each tensor, and a view of its numbers. */
function keeper() {
  const kept: { tensor: Tensor; view: Floats; numbers: number[] }[] = [];
  const keep = (tensor: Tensor) => kept.push({ tensor, view: tensor.data, numbers: Array.from(tensor.data) });
  const layer: Layer<number, number, Tensor[]> = {
    kind: "keeper",
    plan: (planner: Planner, inputs) => [
      planner.parameter("weight", [2], [0.5, 1.5]).value,
      planner.buffer("count", [1], 7),
      planner.tape("tape", inputs),
      planner.scratch(1),
    ],
    forward(state, x, y, { kernels }) {
      kernels.copy(x, y);
      for (const tensor of [x, y, ...state]) keep(tensor);
    },
    backward(_, _x, _y, dy, dx, { kernels }) {
      if (dx) kernels.copy(dy, dx);
    },
  };
  return { layer, kept };
}

/** Nobody can take it for numbers: it is detached, or there is nothing but NaN in it. */
const isLost = (view: Floats): boolean => view.every((value) => Number.isNaN(value));

describe("a batch larger than ever", () => {
  test("leaves everything right that was handed out before", () => {
    const network = make();
    const typed = make();
    const rows = network.forward(numbers(2, 3));
    const matrix = typed.forward(flat(numbers(2, 3)));
    const outputs = network.outputs;
    network.backward(numbers(2, 2, 5));
    const parameters = network.parameters.map(({ name, value, gradient }) => ({ name, value, gradient }));
    const state = network.toJSON();
    const before = structuredClone({ rows, matrix, outputs, parameters, state });
    for (const larger of [3, 64, 500]) {
      network.trainBatch(numbers(larger, 3), numbers(larger, 2, 5));
      typed.forward(flat(numbers(larger, 3)));
    }
    expect({ rows, matrix, outputs, parameters, state }).toEqual(before);
    expect(network.parameter("0.weight").value).not.toEqual(before.parameters[0]!.value);
    matrix.data.fill(0);
    rows[0]![0] = NaN;
    expect(() => ((parameters[0]!.gradient as number[]).length = 0)).toThrow(TypeError);
    expect(Number.isFinite(network.trainBatch(numbers(2, 3), numbers(2, 2, 5)))).toBe(true);
  });

  test("changes no bit of what is computed: batches of any sizes in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 6 }),
        fc.constantFrom("float64" as const, "float32" as const),
        (sizes, dtype) => {
          const roomy = make(dtype);
          const state = roomy.toJSON();
          roomy.forward(numbers(40, 3)); // it never has to grow after this
          roomy.load(state);
          const growing = make(dtype);
          for (const [i, rows] of sizes.entries()) {
            const [x, t] = [numbers(rows, 3, i), numbers(rows, 2, i + 9)];
            expect(growing.trainBatch(x, t)).toBe(roomy.trainBatch(x, t));
            expect(growing.predict(x)).toEqual(roomy.predict(x));
            expect(growing.outputs).toEqual(roomy.outputs);
          }
          expect(seen(growing)).toBe(seen(roomy));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("between forward and step, gradients and slots come along", () => {
    const steady = make(),
      growing = make();
    for (const network of [steady, growing]) {
      network.trainBatch(numbers(3, 3), numbers(3, 2));
      network.forward(numbers(3, 3));
      network.backward(numbers(3, 2));
    }
    growing.predict(numbers(300, 3)); // plans another pass, and grows it
    growing.predict(numbers(10, 3));
    growing.evaluate(numbers(700, 3), numbers(700, 2));
    expect(seen(growing)).toBe(seen(steady));
    steady.step();
    growing.step();
    expect(seen(growing)).toBe(seen(steady));
  });

  test("spoils the views that a layer kept, so that they can't be out of date unnoticed; its tensors stay right", () => {
    const { layer, kept } = keeper();
    const network = new Network([dense(3, 2), layer, tanh], { loss: meanSquaredError, optimizer: sgd, seed: 1 });
    network.trainBatch(numbers(2, 3), numbers(2, 2));
    const first = kept.splice(0);
    expect(first.length).toBe(6);
    for (const { view } of first) expect(isLost(view)).toBe(false);
    network.trainBatch(numbers(2, 3), numbers(2, 2)); // no larger: the same place
    for (const { tensor, view } of first) expect(tensor.data).toBe(view);
    kept.length = 0;
    network.trainBatch(numbers(9, 3), numbers(9, 2));
    for (const { view, tensor } of first) {
      expect(isLost(view)).toBe(true);
      expect(tensor.data.length).toBeGreaterThan(0);
    }
    const [x, y, weight, count, tape, scratch] = first.map(({ tensor }) => tensor);
    expect([x, y, tape, scratch].map((tensor) => [tensor!.rows, tensor!.columns])).toEqual([
      [9, 2],
      [9, 2],
      [9, 2],
      [9, 1],
    ]);
    expect(Array.from(weight!.data)).toEqual([0.5, 1.5]);
    expect(Array.from(count!.data)).toEqual([7]);
    expect(Array.from(x!.data)).toEqual(network.outputs[0]!.flat());
    network.predict(numbers(2, 3)); // plans the pass of predict
    for (const { view } of kept.slice(0, 6)) expect(isLost(view)).toBe(true);
  });
});

describe("predict and evaluate", () => {
  const layers: readonly Layer[] = [dense(4, 7), leakyRelu, dense(7, 5), sigmoid, dense(5, 3), softmax];

  test.each(["float64", "float32"] as const)("1,000 rows in %s are as row by row, bit for bit", (dtype) => {
    const network = new Network(layers, { seed: 3, dtype });
    const inputs = numbers(1000, 4);
    const together = network.predict(inputs);
    expect(together).toEqual(inputs.map((row) => network.predict(row)));
    const matrix = network.predict(flat(inputs, dtype === "float32" ? Float32Array : Float64Array));
    expect(matrix.shape).toEqual([1000, 3]);
    expect(Array.from(matrix.data)).toEqual(together.flat());
    const out = dtype === "float32" ? new Float32Array(3000) : new Float64Array(3000);
    expect(network.predict(inputs, { out })).toBe(out);
    expect(Array.from(out)).toEqual(together.flat());
    for (const count of [1, 255, 256, 257, 511, 512, 513])
      expect(network.predict(inputs.slice(0, count))).toEqual(together.slice(0, count));
    expect(network.forward(inputs)).toEqual(together); // nothing in it differs in training
  });

  test("the loss of 1,000 rows is the mean of theirs, by list, by matrix and by class index", () => {
    const network = new Network(layers, { loss: crossEntropy, seed: 3 });
    const inputs = numbers(1000, 4);
    const classes = inputs.map((_, n) => (n * 7) % 3);
    const { loss } = network.evaluate(inputs, classes);
    const mean = inputs.reduce((sum, row, n) => sum + network.evaluate(row, classes[n]!).loss, 0) / 1000;
    expect(loss).toBeCloseTo(mean, 13);
    network.forward(inputs);
    expect(network.backward(classes)).toBeCloseTo(loss, 13);
    const hot = classes.map((index) => [0, 1, 2].map((i) => Number(i === index)));
    expect(network.evaluate(flat(inputs), flat(hot)).loss).toBe(loss);
  });

  test("leave the tapes alone: forward, predict of 1,000 rows, backward", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom("float64" as const, "float32" as const),
        (rows, dtype) => {
          const alone = new Network(layers, { loss: crossEntropy, optimizer: adam, seed: 3, dtype });
          const disturbed = new Network(layers, { loss: crossEntropy, optimizer: adam, seed: 3, dtype });
          for (let step = 0; step < 3; step++) {
            const [x, classes] = [numbers(rows, 4, step), Array.from({ length: rows }, (_, n) => n % 3)];
            for (const network of [alone, disturbed]) {
              expect(network.forward(x)).toEqual(alone.outputs.at(-1));
              if (network === disturbed) {
                network.predict(numbers(1000, 4, 77));
                network.evaluate(
                  numbers(600, 4, 78),
                  Array.from({ length: 600 }, (_, n) => n % 3),
                );
                network.predict(numbers(1, 4, 79));
              }
            }
            expect(disturbed.outputs).toEqual(alone.outputs);
            expect(disturbed.backward(classes)).toBe(alone.backward(classes));
            disturbed.predict(numbers(300, 4, 80));
            expect(seen(disturbed)).toBe(seen(alone));
            for (const network of [alone, disturbed]) network.step();
          }
          expect(seen(disturbed)).toBe(seen(alone));
        },
      ),
      { numRuns: 15 },
    );
  });

  test("a smaller batch after a larger one sees nothing of it", () => {
    const network = make(),
      fresh = make();
    network.predict(numbers(700, 3));
    network.forward(numbers(50, 3));
    expect(network.predict(numbers(2, 3, 4))).toEqual(fresh.predict(numbers(2, 3, 4)));
    expect(network.forward(numbers(2, 3, 4))).toEqual(fresh.forward(numbers(2, 3, 4)));
    expect(network.outputs).toEqual(fresh.outputs);
    expect(network.backward(numbers(2, 2))).toBe(fresh.backward(numbers(2, 2)));
    expect(network.parameters.map(({ gradient }) => gradient)).toEqual(
      fresh.parameters.map(({ gradient }) => gradient),
    );
  });
});

describe("many networks", () => {
  test("1,000 live ones, each with numbers of its own", () => {
    const networks = Array.from(
      { length: 1000 },
      (_, i) =>
        new Network(
          [
            dense(2, 2, {
              weight: [
                [i, 1],
                [2, 3],
              ],
            }),
            relu,
            dense(2, 1, { weight: [[1, 1]] }),
          ],
          { loss: halfSquaredError, optimizer: sgd({ learningRate: 1 }), seed: i },
        ),
    );
    expect(networks.map((network) => network.predict([1, 1])[0])).toEqual(networks.map((_, i) => i + 1 + 5));
    for (const [i, network] of networks.entries()) if (i % 2) network.trainBatch([1, 1], [i + 5]); // one too much: each bias of "2" falls by 1
    networks.forEach((network, i) => expect(network.parameter("2.bias").value).toEqual([i % 2 ? -1 : 0]));
    expect(networks.filter((_, i) => i % 2 === 0).map((network) => network.predict([1, 1])[0])).toEqual(
      networks.flatMap((_, i) => (i % 2 ? [] : [i + 6])),
    );
  });

  test("a clone is independent, in both directions and in another precision", () => {
    const network = make();
    network.trainBatch(numbers(4, 3), numbers(4, 2));
    const state = seen(network);
    const clone = network.clone(),
      single = network.clone({ dtype: "float32" });
    expect(seen(clone)).toBe(state);
    clone.trainBatch(numbers(90, 3), numbers(90, 2));
    clone.freeze("0");
    clone.optimizer.learningRate = 5;
    clone.parameter("4.bias").set([9, 9]);
    single.parameter("4.bias").set([8, 8]);
    expect(seen(network)).toBe(state);
    const theirs = seen(clone);
    network.trainBatch(numbers(4, 3), numbers(4, 2));
    network.parameter("4.bias").set([7, 7]);
    expect(seen(clone)).toBe(theirs);
    expect(network.parameter("0.weight").frozen).toBe(false);
    expect([single.dtype, single.parameter("4.bias").value, network.dtype]).toEqual(["float32", [8, 8], "float64"]);
  });
});
