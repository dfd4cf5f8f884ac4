import {
  adam,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  meanSquaredError,
  Network,
  sgd,
  sigmoid,
  softmax,
  type Layer,
} from "chainrule";
import { describe, expect, it } from "vitest";
import { activations } from "./exact.js";

// Both cross-entropies from logits, where probabilities have long been 0 or 1. Expected: mpmath, 60 digits, rounded once:
// m − z_c + log Σ exp(z − m), and max(z, 0) − t z + log(1 + exp(−|z|)).

const classes: readonly (readonly [z: readonly number[], target: number, loss: number])[] = [
  [[0, 40], 1, 4.248354255291589e-18],
  [[0, 40], 0, 40],
  [[-800, 800], 1, 0],
  [[-800, 800], 0, 1600],
  [[0, 20, -20], 1, 2.061153624562735e-9],
  [[1, 2, 3], 2, 0.4076059644443803],
  [[1e308, 0], 0, 0],
  [[1e308, 0], 1, 1e308],
  [[36.5, 0], 0, 1.4068617124461467e-16],
];

const answers: readonly (readonly [z: number, target: number, loss: number])[] = [
  [40, 1, 4.248354255291589e-18],
  [40, 0, 40],
  [-40, 0, 4.248354255291589e-18],
  [-40, 1, 40],
  [800, 1, 0],
  [800, 0, 800],
  [-800, 0, 0],
  [1e308, 1, 0],
  [1e308, 0, 1e308],
  [-1e308, 1, 1e308],
  [0, 0.5, 0.6931471805599453],
  [3, 0.25, 2.298587351573742],
  [20, 1, 2.061153620314381e-9],
  [0.5, 1, 0.4740769841801067],
];

/** Within 4 units in the last place: three roundings and a logarithm. */
const expectClose = (value: number, expected: number): void => {
  expect(Math.abs(value - expected), `${value}, not ${expected}`).toBeLessThanOrEqual(
    4 * Number.EPSILON * Math.abs(expected),
  );
};

describe("activations", () => {
  it.each(activations.flatMap(({ block, points }) => points.map((point) => ({ block, name: block.name, point }))))(
    "$name at $point.0",
    ({ block, point: [z, value, derivative] }) => {
      const a = block.apply(z);
      expectClose(a, value);
      // The factors of a derivative may cancel, as in 1 − a².
      expect(Math.abs(block.derivative(z, a) - derivative)).toBeLessThanOrEqual(4 * Number.EPSILON);
    },
  );
});

const through = (columns: number): Layer<number, number> => ({
  kind: "through",
  inputs: columns,
  outputs: columns,
  plan: () => null,
  forward: (_, x, y, { kernels }) => kernels.copy(x, y),
  backward: (_, _x, _y, dy, dx, { kernels }) => void (dx && kernels.copy(dy, dx)),
});

describe("cross-entropy from logits", () => {
  it.each(classes)("softmax, z = %j, class %i", (z, target, loss) => {
    expectClose(new Network([through(z.length), softmax], { loss: crossEntropy }).evaluate(z, target).loss, loss);
    const plain = new Network([through(z.length)], { loss: crossEntropy({ fromLogits: true }) });
    expectClose(plain.evaluate(z, target).loss, loss);
  });

  it.each(answers)("sigmoid, z = %d, target %d", (z, target, loss) => {
    expectClose(new Network([through(1), sigmoid], { loss: binaryCrossEntropy }).evaluate([z], [target]).loss, loss);
    const plain = new Network([through(1)], { loss: binaryCrossEntropy({ fromLogits: true }) });
    expectClose(plain.evaluate([z], [target]).loss, loss);
  });
});

describe("in float32 an update rounds after each operation", () => {
  const f = Math.fround;
  // A gradient of 2 (w − t), from the mean squared error of one weight on the input 1.
  const path = (optimizer: typeof sgd | typeof adam, step: (p: number, g: number, t: number) => number): void => {
    const network = new Network([dense(1, 1, { weight: [[0.3]], bias: false })], {
      loss: meanSquaredError,
      optimizer: optimizer({ learningRate: 0.1, weightDecay: 0.01 }),
      dtype: "float32",
    });
    let p = f(0.3);
    for (let t = 1; t <= 500; t++) {
      const target = f((((37 * t) % 11) - 5) / 3);
      network.trainBatch([1], [target]);
      p = step(p, f(2 * f(p - target)), t);
      expect(network.parameter("0.weight").value, `step ${t}`).toEqual([[p]]);
    }
  };

  it("sgd", () => {
    path(sgd, (p, g) => f(p - f(f(0.1) * f(g + f(f(0.01) * p)))));
  });

  it("adam", () => {
    let m = 0,
      v = 0,
      b1 = 1,
      b2 = 1;
    path(adam, (p, g) => {
      b1 *= 0.9;
      b2 *= 0.999;
      const d = f(g + f(f(0.01) * p));
      m = f(f(f(0.9) * m) + f(f(1 - 0.9) * d));
      v = f(f(f(0.999) * v) + f(f(1 - 0.999) * f(d * d)));
      const scale = f(f(f(Math.sqrt(v)) * f(1 / Math.sqrt(1 - b2))) + f(1e-8));
      return f(p - f(f(f(0.1 / (1 - b1)) * m) / scale));
    });
  });
});
