import type { ActivationFormula } from "../../activations/activation.js";
import type { ParameterRecord } from "../record.js";
import type { Model, PlainDense } from "./model.js";
import type { UpdateSettings } from "./update.js";

/** A mistake that people make in a training step. */
export interface Mistake {
  /** In a few words: `"updated weights used in the hidden pass"`. */
  readonly name: string;
  /** What was done, in a sentence. */
  readonly what: string;
  /** How to mend it, in a sentence. */
  readonly remedy: string;
}

/** What comes back from neuron i of a layer of `count` along its weight w to neuron j. */
interface Return {
  readonly delta: number;
  /** ∂E/∂out of neuron i, if an activation follows; else δ. */
  readonly dOut: number;
  readonly w: number;
  readonly i: number;
  readonly j: number;
  readonly count: number;
}

/** How many there are of what a step may be divided by. */
export interface Counts {
  readonly rows: number;
  readonly columns: number;
  readonly denses: number;
  readonly elements: number;
}

/** The pieces of a training step. Each is a formula of a few symbols; a mistake puts another in the place of one. */
export interface Rules {
  /** Which number of n is taken for the i-th of an example, or of a target. */
  readonly inputAt: (i: number, n: number) => number;
  readonly targetAt: (i: number, n: number) => number;
  /** Where in the list of weights the one from j to i stands: forwards, and in the gradient. */
  readonly weightAt: (i: number, j: number, layer: PlainDense) => number;
  /** The same, where δ comes back. */
  readonly backAt: (i: number, j: number, layer: PlainDense) => number;
  /** z, of Σ w·x and b. */
  readonly net: (sum: number, bias: number) => number;
  /** a = f(z) */
  readonly squash: (f: ActivationFormula, z: number, output: boolean) => number;
  /** f′(z) */
  readonly slope: (f: ActivationFormula, z: number, a: number, output: boolean) => number;
  /** ∂E/∂p, where `sum` is that of the row. */
  readonly error: (dp: number, sum: number, columns: number) => number;
  /** ∂E/∂z of a loss and an activation in one, p − t; a is what the activation gave. */
  readonly fused: (dz: number, a: number) => number;
  /** ∂E/∂xᵢ of softmax; `dot` = Σ yⱼ ∂E/∂yⱼ. */
  readonly softmaxPull: (y: number, dy: number, dot: number) => number;
  readonly back: (part: Return) => number;
  /** ∂net/∂w, of the x that comes in, the z it was made of, and the weight. */
  readonly incoming: (x: number, z: number, w: number) => number;
  /** The part of a row in the gradient of a bias. */
  readonly biasGradient: (delta: number, bias: number, row: number, rows: number) => number;
  /** What the neurons of a layer move their biases by: each its own, or the layer's sum or mean. */
  readonly tie: (bias: ParameterRecord) => "each" | "sum" | "mean";
  readonly trains: (parameter: ParameterRecord, fromLast: number) => boolean;
  /** The factor of a row's error; `divisor` is what the loss divides by for some rows. */
  readonly share: (row: number, pass: number, counts: Counts, divisor: (rows: number) => number) => number;
  /** How often a step goes forwards and backwards. */
  readonly passes: (counts: Counts) => number;
  /** Whether a number moves after a pass, by the dense layers after its own and by its place among all that learn. */
  readonly turn: (pass: number, fromLast: number, element: number) => boolean;
  /** A layer moves before the error goes through its weights. */
  readonly movesFirst: boolean;
  /** Gradients are added to those of the step before. */
  readonly accumulates: boolean;
  readonly settings: (settings: UpdateSettings) => UpdateSettings;
  /** What every number is rounded to. */
  readonly round: (value: number) => number;
  /** E as it is printed. */
  readonly printed: (E: number, columns: number) => number;
  /** 1, or −1 where δ is printed as −∂E/∂net. */
  readonly sign: number;
  /** How many updates more there were than said. */
  readonly late: number;
  /** Printed numbers are cut off, not rounded. */
  readonly cut: boolean;
}

/** A step as it should be. */
export const correct: Rules = {
  inputAt: (i) => i,
  targetAt: (i) => i,
  weightAt: (i, j, { inputs }) => i * inputs + j,
  backAt: (i, j, { inputs }) => i * inputs + j,
  net: (sum, bias) => sum + bias,
  squash: (f, z) => f.apply(z),
  slope: (f, z, a) => f.derivative(z, a),
  error: (dp) => dp,
  fused: (dz) => dz,
  softmaxPull: (y, dy, dot) => y * (dy - dot),
  back: ({ delta, w }) => delta * w,
  incoming: (x) => x,
  biasGradient: (delta) => delta,
  tie: ({ shape }) => (shape[0] === 1 ? "sum" : "each"),
  trains: ({ frozen }) => !frozen,
  share: (_row, _pass, { rows }, divisor) => 1 / divisor(rows),
  passes: () => 1,
  turn: () => true,
  movesFirst: false,
  accumulates: false,
  settings: (settings) => settings,
  round: (value) => value,
  printed: (E) => E,
  sign: 1,
  late: 0,
  cut: false,
};

/** A mistake with what it changes in a step. */
export interface KnownMistake extends Mistake {
  readonly change: Partial<Rules>;
  /** Whether it can be made in this network; default: yes. */
  readonly when?: (model: Model) => boolean;
}
