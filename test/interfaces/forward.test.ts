import {
  crossEntropy,
  dense,
  input,
  meanSquaredError,
  Network,
  reference,
  sgd,
  sigmoid,
  softmax,
  tanh,
  wasm,
  type Backend,
  type Layer,
} from "chainrule";
import { describe, expect, it } from "vitest";
import { compiled } from "../../src/kernels/backends.js";
import { strict } from "../../src/kernels/compiled/strict.js";
import { batchNorm } from "./blocks/batch-norm.js";
import { dropout } from "./blocks/dropout.js";

const backends: Readonly<Record<string, Backend>> = {
  reference,
  wasm,
  compiled: compiled("eager", strict, reference, 0),
};
const x = [
  [0.1, -1],
  [0.7, 0.3],
  [-0.4, 2],
];
const t = [[1], [0.5], [-0.2]];
const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), seed: 4 };

/** The loss of evaluate as a function of one number of the input, by a central difference. */
function slopes(network: Network, inputs: number[][], targets: number[][]): number[][] {
  const h = 1e-5;
  return inputs.map((row, n) =>
    row.map((value, i) => {
      const at = (number: number): number => {
        const moved = inputs.map((each) => [...each]);
        moved[n]![i] = number;
        return network.evaluate(moved, targets).loss;
      };
      return (at(value + h) - at(value - h)) / (2 * h);
    }),
  );
}
const close = (actual: unknown, due: unknown, bound = 1e-9): void => {
  const [a, b] = [actual, due].map((each) => [each].flat(2) as number[]);
  expect(a!.length).toBe(b!.length);
  a!.forEach((value, i) => expect(Math.abs(value - b![i]!)).toBeLessThanOrEqual(bound));
};

describe.each(Object.entries(backends))("the gradient of the loss with respect to the input: %s", (_, backend) => {
  const nets: Readonly<Record<string, () => Network>> = {
    "dense, tanh, dense": () =>
      new Network([dense(2, 3), tanh, dense(3, 1)], { ...options, backend }) as unknown as Network,
    "an activation first": () => new Network([tanh, dense(2, 1)], { ...options, backend }) as unknown as Network,
    "a layer that is called": () => {
      const doubling: Layer = {
        kind: "doubling",
        plan: () => null,
        forward(_, x, y) {
          for (let i = 0; i < x.rows * x.columns; i++) y.data[i] = 2 * x.data[i]!;
        },
        backward(_, _x, _y, dy, dx) {
          for (let i = 0; dx && i < dx.rows * dx.columns; i++) dx.data[i] = 2 * dy.data[i]!;
        },
      };
      return new Network([doubling, dense(2, 1)] as Layer[], { ...options, backend });
    },
  };

  it.each(Object.keys(nets))("is that of differences, each time: %s", (name) => {
    const network = nets[name]!();
    for (let again = 0; again < 5; again++) {
      network.forward(x, { inputGradient: true });
      network.backward(t);
      close(network.inputGradient, slopes(network, x, t));
      network.step();
      network.trainBatch(x, t); // which asks for none, between those that do
    }
    const plain = nets[name]!();
    const asked = nets[name]!();
    for (let again = 0; again < 5; again++) {
      plain.forward(x);
      asked.forward(x, { inputGradient: true });
      expect(asked.backward(t)).toBe(plain.backward(t));
      for (const each of [plain, asked]) each.step();
      expect(asked.toJSON()).toEqual(plain.toJSON());
    }
  });

  it("has row weights in it, is that of the latest backward alone, and has the form of the input", () => {
    const network = nets["dense, tanh, dense"]!();
    const rowWeights = [2, 0, -1];
    network.forward(x, { inputGradient: true });
    network.backward(t);
    const due = network.inputGradient.map((row, n) => (row as unknown as number[]).map((g) => g * rowWeights[n]!));
    network.forward(x, { inputGradient: true });
    network.backward(t, { rowWeights });
    close(network.inputGradient, due, 1e-15);

    const one = network.clone();
    const of = (input: number[] | Float64Array | { data: Float64Array; shape: [number, number] }, target: unknown) => {
      one.forward(input as number[], { inputGradient: true });
      one.backward(target as number[]);
      return one.inputGradient as unknown;
    };
    const row = of(x[0]!, t[0]) as number[];
    expect(Array.isArray(row) && row.length === 2 && typeof row[0] === "number").toBe(true);
    expect(of(Float64Array.from(x[0]!), t[0])).toEqual(Float64Array.from(row));
    expect(of({ data: Float64Array.from(x[0]!), shape: [1, 2] }, [t[0]])).toEqual({
      data: Float64Array.from(row),
      shape: [1, 2],
    });
    row.fill(0);
    expect(one.inputGradient).not.toEqual([row]); // what was given is a copy
  });

  it("is there only if it was asked for", () => {
    const network = nets["dense, tanh, dense"]!();
    const refused = "inputGradient expected a backward that was asked for it, got none";
    expect(() => network.inputGradient).toThrow(refused);
    network.forward(x, { inputGradient: true });
    expect(() => network.inputGradient).toThrow(refused);
    network.backward(t);
    const before = network.inputGradient;
    network.step();
    network.predict([[5, 5]]);
    network.evaluate([[5, 5]], [[5]]);
    expect(network.inputGradient).toEqual(before);
    network.trainBatch(x, t);
    expect(() => network.inputGradient).toThrow(refused);
    network.forward(x);
    network.backward(t);
    expect(() => network.inputGradient).toThrow(refused);
    expect(() => network.forward(x, { inputGradient: 1 as never })).toThrow(
      "forward inputGradient expected true or false",
    );
    expect(() => network.forward(x, { inputgradient: true } as never)).toThrow("write inputGradient");
    const out = new Float64Array(3);
    expect(network.forward(x, { out, inputGradient: true })).toBe(out);
  });
});

describe.each(Object.entries(backends))("forward in evaluation mode: %s", (_, backend) => {
  const build = () =>
    new Network([dense(2, 8), dropout(0.5), tanh, dense(8, 1)], { ...options, backend }) as unknown as Network;

  it("gives what predict gives, and its backward the gradient of that", () => {
    const network = build();
    for (let again = 0; again < 5; again++) {
      expect(network.forward(x, { training: false })).toEqual(network.predict(x));
      network.forward(x, { training: false, inputGradient: true });
      expect(network.backward(t)).toBe(network.evaluate(x, t).loss);
      close(network.inputGradient, slopes(network, x, t));
      network.load(network.toJSON());
    }
  });

  it("uses up no random number", () => {
    const [plain, looked] = [build(), build()];
    for (let again = 0; again < 6; again++) {
      looked.forward(x, { training: false });
      looked.backward(t);
      looked.load(looked.toJSON());
      expect(looked.trainBatch(x, t)).toBe(plain.trainBatch(x, t));
      expect(looked.forward(x)).toEqual(plain.forward(x));
    }
    expect(looked.toJSON()).toEqual(plain.toJSON());
  });

  it("takes running statistics, and leaves them as they are", () => {
    const network = new Network([dense(2, 3), batchNorm(), dense(3, 1)], { ...options, backend }) as unknown as Network;
    for (let again = 0; again < 4; again++) network.trainBatch(x, t);
    const before = JSON.stringify(network);
    for (let again = 0; again < 4; again++) {
      network.forward(x, { training: false, inputGradient: true });
      network.backward(t);
      close(network.inputGradient, slopes(network, x, t));
      expect(JSON.stringify(network)).toBe(before);
      network.load(network.toJSON());
    }
  });
});

describe("input(n)", () => {
  it("makes a network of activations alone", () => {
    expect(new Network([input(3), softmax]).predict([0, 0, 0])).toEqual([1 / 3, 1 / 3, 1 / 3]);
    const network = new Network([input(2), sigmoid], { loss: meanSquaredError });
    expect(network.predict([0, 0])).toEqual([0.5, 0.5]);
    expect([network.inputSize, network.outputSize]).toEqual([2, 2]);
    network.forward([0, 0], { inputGradient: true });
    expect(network.backward([1, 0])).toBe(0.25);
    expect(network.inputGradient).toEqual([-0.125, 0.125]);
  });

  it("says a size at the head of others, or between them", () => {
    const [plain, said] = [
      new Network([tanh, dense(2, 3), softmax], { loss: crossEntropy, optimizer: sgd, seed: 2 }),
      new Network([input(2), tanh, dense(2, 3), input(3), softmax], { loss: crossEntropy, optimizer: sgd, seed: 2 }),
    ];
    said.parameter("2.weight").set(plain.parameter("1.weight").value);
    for (let again = 0; again < 4; again++) expect(said.trainBatch(x, [0, 1, 2])).toBe(plain.trainBatch(x, [0, 1, 2]));
    expect(() => new Network([input(2), dense(3, 1)] as Layer[])).toThrow("layer 1 is dense(3, 1)");
    expect(() => new Network([tanh])).toThrow("begin with dense(inputs, outputs) or input(size)");
    expect(() => input(0)).toThrow("input size expected a whole number of at least 1, got 0: write input(2)");
  });
});
