import { hasSlope } from "../model.js";
import type { KnownMistake } from "../rules.js";

const backwards = (i: number, n: number): number => n - 1 - i;

/** Mistakes on the way from the input to the prediction. */
export const forwardMistakes: readonly KnownMistake[] = [
  {
    name: "weights read column by column throughout",
    what: "The weights of a layer were laid out by the neuron that they come from: w2 from i1 to h2 and w3 from i2 to h1.",
    remedy:
      "Read them row by row: w1 and w2 both lead into h1, so a row of W belongs to one neuron of the layer itself.",
    change: { weightAt: (i, j, { outputs }) => j * outputs + i, backAt: (i, j, { outputs }) => j * outputs + i },
  },
  {
    name: "inputs in reverse order",
    what: "The last input was taken for the first.",
    remedy: "Take the inputs in the order in which they are given.",
    change: { inputAt: backwards },
  },
  {
    name: "targets in reverse order",
    what: "The last target was taken for the first output's.",
    remedy: "Take the targets in the order of the outputs.",
    change: { targetAt: backwards },
  },
  {
    name: "bias left out of the net input",
    what: "net was Σ w·x, without the bias.",
    remedy: "Add the bias: net = Σ w·x + b.",
    change: { net: (sum) => sum },
  },
  {
    name: "bias subtracted",
    what: "net was Σ w·x − b, as for a threshold.",
    remedy: "Add the bias: net = Σ w·x + b.",
    change: { net: (sum, bias) => sum - bias },
  },
  {
    name: "e^net in place of e^−net",
    what: "The activation was taken of −net: 1/(1 + e^net) for the logistic function.",
    remedy: "Mind the sign of the exponent: out = 1/(1 + e^−net).",
    change: { squash: (f, z) => f.apply(-z) },
  },
  {
    name: "output not squashed, but differentiated as if it were",
    what: "The outputs were the net inputs themselves, and ∂out/∂net was still computed by the activation's formula.",
    remedy: "Apply the activation to the net inputs of the output layer too.",
    when: (model) => hasSlope(model, true),
    change: { squash: (f, z, output) => (output ? z : f.apply(z)) },
  },
  {
    name: "output not squashed",
    what: "The outputs were the net inputs themselves, with ∂out/∂net = 1.",
    remedy: "Apply the activation to the net inputs of the output layer too.",
    change: {
      squash: (f, z, output) => (output ? z : f.apply(z)),
      slope: (f, z, a, output) => (output ? 1 : f.derivative(z, a)),
    },
  },
  {
    name: "hidden layers not squashed",
    what: "The hidden neurons passed their net inputs on, with ∂out/∂net = 1.",
    remedy: "Apply the activation to the net inputs of every layer.",
    change: {
      squash: (f, z, output) => (output ? f.apply(z) : z),
      slope: (f, z, a, output) => (output ? f.derivative(z, a) : 1),
    },
  },
];
