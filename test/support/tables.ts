import {
  type Activation,
  activation,
  adam,
  type AdamOptions,
  adamW,
  binaryCrossEntropy,
  constant,
  cosine,
  cosineRestarts,
  crossEntropy,
  dense,
  dropout,
  exponential,
  glorot,
  halfSquaredError,
  he,
  identity,
  type Initializer,
  input,
  l1,
  l2,
  type Layer,
  leakyRelu,
  linear as linearSchedule,
  type Loss,
  loss,
  meanSquaredError,
  type Nested,
  oneCycle,
  type Optimizer,
  plateau,
  type Regularizer,
  relu,
  type Schedule,
  sequence,
  sgd,
  type SgdOptions,
  sigmoid,
  orthogonal,
  softmax,
  softplus,
  stepDecay,
  tanh,
  type Warmup,
  warmup,
  zeros,
} from "chainrule";
import type { OptimizerFormula } from "chainrule/check";

// One table for each kind of block; whatever the library exports has its row, and obeys the laws of test/laws/tables.test.ts.

/** A block in use, with its formula as one would program it on its own. */
interface Specimen<Block, Plain> {
  /** How it is written. */
  readonly written: string;
  readonly block: Block;
  readonly plain: Plain;
}

export interface Row<Block, Plain> {
  /** The export. */
  readonly name: string;
  /** As its docstring has it. */
  readonly formula: string;
  /** As its docstring has it; none for what is nobody's. */
  readonly source?: string;
  readonly specimens: readonly Specimen<Block, Plain>[];
  /** Arguments that it has to refuse. */
  readonly bad: readonly (readonly unknown[])[];
}

type Numbers = readonly number[];
type Parameters = Readonly<Record<string, Nested>>;
/** A row of outputs, of a row of inputs and the parameters by name. */
export type PlainLayer = (x: Numbers, parameters: Parameters) => number[];
/** a = f(z) */
export type PlainActivation = (z: number) => number;
/** The loss of a row, and what the sum over the rows is divided by. */
export interface PlainLoss {
  row(p: Numbers, t: Numbers): number;
  divisor(rows: number, columns: number): number;
}
/** Mean and variance. */
export type PlainInitializer = (fanIn: number, fanOut: number) => readonly [mean: number, variance: number];

const { abs, exp, log, max, min, sqrt } = Math;
const sum = (values: Numbers): number => values.reduce((a, b) => a + b, 0);
const noOptions = [[{ slope: 1 }], [1], ["relu"], [null]];

const linear: PlainLayer = (x, { weight, bias }) =>
  (weight as number[][]).map((row, o) => sum(row.map((w, i) => w * x[i]!)) + (bias ? ((bias as number[])[bias.length === 1 ? 0 : o] ?? 0) : 0));

export const layers: readonly Row<Layer, PlainLayer>[] = [
  {
    name: "dense",
    formula: "z = x·Wᵀ + b",
    source: 'Goodfellow, Bengio, Courville, "Deep Learning" (2016), section 6.5',
    specimens: [
      { written: "dense(3, 4)", block: dense(3, 4), plain: linear },
      { written: "dense(3, 2, { weight, bias })", block: dense(3, 2, { weight: [[1, -2, 0.5], [0.1, 0, 3]], bias: [0.25, -1] }), plain: linear },
      { written: "dense(3, 4, { bias: false })", block: dense(3, 4, { bias: false }), plain: linear },
      { written: "dense(3, 4, { bias: { shared: 0.35 } })", block: dense(3, 4, { bias: { shared: 0.35 } }), plain: linear },
      { written: 'dense(3, 4, { freeze: ["bias"] })', block: dense(3, 4, { bias: constant(0.5), freeze: ["bias"] }), plain: linear },
    ],
    bad: [
      [], [3], [0, 2], [-1, 2], [2.5, 2], [2, NaN], [2, Infinity], ["2", 2], [2, 2 ** 53], [2, 2, "tanh"], [2, 2, { activation: "relu" }],
      [2, 2, { weight: [[1, 2]] }], [2, 2, { weight: [[1, 2], [3]] }], [2, 2, { weight: [[1, 2], [3, NaN]] }], [2, 2, { bias: [1] }],
      [2, 2, { bias: true }], [2, 2, { bias: { shared: Infinity } }], [2, 2, { freeze: ["biases"] }], [2, 2, { freeze: "bias" }],
    ],
  },
  {
    name: "dropout",
    formula: "x / (1 − rate)",
    source: "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov,",
    specimens: [{ written: "dropout(0)", block: dropout(0), plain: (x) => [...x] }], // others: test/interfaces/training-blocks.test.ts
    bad: [[], [1], [-0.1], [NaN], ["0.5"], [null], [[0.5]], [{ rate: 0.5 }]],
  },
  {
    name: "input",
    formula: "y = x",
    specimens: [{ written: "input(3)", block: input(3), plain: (x) => [...x] }],
    bad: [[], [0], [-1], [2.5], [NaN], ["2"], [null], [[2]]],
  },
  {
    name: "softmax",
    formula: "yᵢ = e^xᵢ / Σⱼ e^xⱼ",
    source: 'Bridle, "Probabilistic interpretation of feedforward classification network outputs" (1990)',
    specimens: [{ written: "softmax", block: softmax, plain: (x) => x.map((each) => exp(each) / sum(x.map(exp))) }],
    bad: noOptions,
  },
];

const softplusWith = (beta: number): PlainActivation => (z) => max(0, z) + Math.log1p(exp(-beta * abs(z))) / beta;
const cube = { name: "cube", apply: (z: number) => z * z * z, derivative: (z: number) => 3 * z * z };

export const activations: readonly Row<Activation, PlainActivation>[] = [
  { name: "identity", formula: "a = z, a′ = 1", specimens: [{ written: "identity", block: identity, plain: (z) => z }], bad: noOptions },
  {
    name: "sigmoid",
    formula: "a = 1 / (1 + e⁻ᶻ), a′ = a(1 − a)",
    source: 'Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors" (Nature 323, 1986)',
    specimens: [{ written: "sigmoid", block: sigmoid, plain: (z) => 1 / (1 + exp(-z)) }],
    bad: noOptions,
  },
  {
    name: "tanh",
    formula: "a = (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ), a′ = 1 − a²",
    source: 'LeCun, Bottou, Orr, Müller, "Efficient BackProp" (1998), section 4.4',
    specimens: [{ written: "tanh", block: tanh, plain: (z) => Math.tanh(z) }],
    bad: noOptions,
  },
  {
    name: "relu",
    formula: "a = max(0, z), a′ = 1 if z > 0 else 0",
    source: 'Nair, Hinton, "Rectified linear units improve restricted Boltzmann machines" (ICML 2010)',
    specimens: [{ written: "relu", block: relu, plain: (z) => max(0, z) }],
    bad: noOptions,
  },
  {
    name: "leakyRelu",
    formula: "a = z if z > 0 else slope · z, a′ = 1 if z > 0 else slope",
    source: 'Maas, Hannun, Ng, "Rectifier nonlinearities improve neural network acoustic models" (ICML 2013)',
    specimens: [
      { written: "leakyRelu", block: leakyRelu, plain: (z) => max(0, z) + 0.01 * min(0, z) },
      ...[0.2, 0, -0.5, 2].map((slope) => ({
        written: `leakyRelu({ slope: ${slope} })`,
        block: leakyRelu({ slope }),
        plain: (z: number) => max(0, z) + slope * min(0, z),
      })),
    ],
    bad: [[{ slope: NaN }], [{ slope: Infinity }], [{ slope: "0.2" }], [{ alpha: 0.2 }], [{ slopes: 0.2 }], [0.2], [null]],
  },
  {
    name: "softplus",
    formula: "a = ln(1 + e^(βz)) / β, a′ = 1 / (1 + e^(−βz))",
    source: 'Dugas, Bengio, Bélisle, Nadeau, Garcia, "Incorporating second-order functional knowledge" (NIPS 2000)',
    specimens: [
      { written: "softplus", block: softplus, plain: softplusWith(1) },
      ...[0.5, 2, 20].map((beta) => ({ written: `softplus({ beta: ${beta} })`, block: softplus({ beta }), plain: softplusWith(beta) })),
    ],
    bad: [[{ beta: 0 }], [{ beta: -1 }], [{ beta: NaN }], [{ beta: "2" }], [{ betas: 2 }], [2], [null]],
  },
  {
    name: "activation",
    formula: "a = f(z)",
    specimens: [{ written: "activation(cube)", block: activation(cube), plain: (z) => z ** 3 }],
    bad: [
      [], [null], ["relu"], [Math.tanh], [{}], [{ ...cube, name: 3 }], [{ ...cube, derivative: undefined }], [{ ...cube, derivative: (z: number) => 2 * z }],
      [{ ...cube, apply: () => NaN }], [{ ...cube, derivative: () => Infinity }], [{ ...cube, range: "positive" }],
    ],
  },
];

const byNumber = (u: (p: number, t: number) => number): PlainLoss["row"] => (p, t) => sum(p.map((each, i) => u(each, t[i]!)));
const one = (): number => 1;
const byRow = (rows: number): number => rows;
const byCount = (rows: number, columns: number): number => rows * columns;

function withSum(name: string, block: (options: { reduction: "mean" | "batchmean" | "sum" }) => Loss, row: PlainLoss["row"], divisor: PlainLoss["divisor"], options = ""): Specimen<Loss, PlainLoss>[] {
  return [
    { written: `${name}(${options && `{${options} }`})`, block: block({ reduction: "mean" }), plain: { row, divisor } },
    { written: `${name}({${options && `${options},`} reduction: "batchmean" })`, block: block({ reduction: "batchmean" }), plain: { row, divisor: byRow } },
    { written: `${name}({${options && `${options},`} reduction: "sum" })`, block: block({ reduction: "sum" }), plain: { row, divisor: one } },
  ];
}

const badReductions = [[{ reduction: "average" }], [{ reduction: true }], [{ reductions: "sum" }], ["sum"], [null]];
const badEntropies = [...badReductions, [{ fromLogits: 1 }], [{ from_logits: true }]];
const badSmoothing = [-0.1, 1, NaN, "0.1", true].map((labelSmoothing) => [{ labelSmoothing }]);
const squared = (p: number, t: number): number => (p - t) ** 2;
const crossed: PlainLoss["row"] = (p, q) => -sum(q.map((each, i) => (each === 0 ? 0 : each * log(p[i]!))));
const crossedLogits: PlainLoss["row"] = (z, q) => crossed(z.map((each) => exp(each) / sum(z.map(exp))), q);
/** Of targets q that count as (1 − e) q + e / C. */
const smoothly = (row: PlainLoss["row"], e: number): PlainLoss["row"] => (p, q) => row(p, q.map((each) => (1 - e) * each + e / q.length));
const yesOrNo = (p: number, t: number): number => -t * log(p) - (1 - t) * log(1 - p);
const quartic = { name: "quartic", value: (p: number, t: number) => (p - t) ** 4, derivative: (p: number, t: number) => 4 * (p - t) ** 3 };

export const losses: readonly Row<Loss, PlainLoss>[] = [
  {
    name: "halfSquaredError",
    formula: "½ Σ (t − p)²",
    source: 'Mazur, "A Step by Step Backpropagation Example" (2015); Rumelhart, Hinton, Williams (1986)',
    specimens: [
      ...withSum("halfSquaredError", halfSquaredError, byNumber((p, t) => squared(p, t) / 2), byRow),
      { written: "halfSquaredError({ missing: NaN })", block: halfSquaredError({ missing: NaN }), plain: { row: byNumber((p, t) => squared(p, t) / 2), divisor: byRow } },
    ],
    bad: [...badReductions, [{ missing: "NaN" }]],
  },
  {
    name: "meanSquaredError",
    formula: "(p − t)²",
    source: "as in PyTorch (`MSELoss`) and Keras (`MeanSquaredError`)",
    specimens: [
      ...withSum("meanSquaredError", meanSquaredError, byNumber(squared), byCount),
      ...withSum("meanSquaredError", (options) => meanSquaredError({ ...options, missing: NaN }), byNumber(squared), byCount, " missing: NaN"),
    ],
    bad: [...badReductions, [{ missing: "NaN" }]],
  },
  {
    name: "crossEntropy",
    formula: "−Σ q ln p",
    source: 'Bridle (1990); Goodfellow, Bengio, Courville, "Deep Learning" (2016), section 6.2.2.3',
    specimens: [
      ...withSum("crossEntropy", crossEntropy, crossed, byRow),
      ...withSum("crossEntropy", (options) => crossEntropy({ ...options, fromLogits: true }), crossedLogits, byRow, " fromLogits: true"),
      ...withSum("crossEntropy", (options) => crossEntropy({ ...options, labelSmoothing: 0.1 }), smoothly(crossed, 0.1), byRow, " labelSmoothing: 0.1"),
      { written: "crossEntropy({ fromLogits: true, labelSmoothing: 0.2 })", block: crossEntropy({ fromLogits: true, labelSmoothing: 0.2 }), plain: { row: smoothly(crossedLogits, 0.2), divisor: byRow } },
    ],
    bad: [...badEntropies, ...badSmoothing, [{ label_smoothing: 0.1 }]],
  },
  {
    name: "binaryCrossEntropy",
    formula: "−t ln p − (1 − t) ln(1 − p)",
    source: 'Bishop, "Pattern Recognition and Machine Learning" (2006), section 5.2',
    specimens: [
      ...withSum("binaryCrossEntropy", binaryCrossEntropy, byNumber(yesOrNo), byCount),
      ...withSum(
        "binaryCrossEntropy",
        (options) => binaryCrossEntropy({ ...options, fromLogits: true }),
        byNumber((z, t) => yesOrNo(1 / (1 + exp(-z)), t)),
        byCount,
        " fromLogits: true",
      ),
      { written: "binaryCrossEntropy({ missing: -1 })", block: binaryCrossEntropy({ missing: -1 }), plain: { row: byNumber(yesOrNo), divisor: byCount } },
      {
        written: "binaryCrossEntropy({ fromLogits: true, missing: NaN })",
        block: binaryCrossEntropy({ fromLogits: true, missing: NaN }),
        plain: { row: byNumber((z, t) => yesOrNo(1 / (1 + exp(-z)), t)), divisor: byCount },
      },
    ],
    bad: [...badEntropies, [{ labelSmoothing: 0.1 }]],
  },
  {
    name: "loss",
    formula: "u, the loss of one prediction p against one target t",
    specimens: [{ written: "loss(quartic)", block: loss(quartic), plain: { row: byNumber(quartic.value), divisor: byCount } }],
    bad: [
      [], [null], ["mse"], [{}], [{ ...quartic, derivative: undefined }], [{ ...quartic, derivative: (p: number, t: number) => 4 * (t - p) ** 3 }],
      [{ ...quartic, value: () => NaN }], [{ ...quartic, needs: "positive" }], [{ ...quartic, targets: "labels" }],
    ],
  },
];

/** For the k-th step, k counted by `t`. */
type Plain<Options> = { [K in keyof Options]: Extract<Options[K], number | boolean | undefined> };

function sgdWith({ learningRate = 0.01, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 }: Plain<SgdOptions>): OptimizerFormula {
  return (p, given, t, memory) => {
    const g = given + weightDecay * p;
    if (momentum === 0) return p - learningRate * g;
    memory.b = t === 1 ? g : momentum * memory.b! + (1 - dampening) * g;
    return p - learningRate * (nesterov ? g + momentum * memory.b : memory.b);
  };
}

function adamWith({ learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: Plain<AdamOptions>): OptimizerFormula {
  return (p, given, t, memory) => {
    const g = given + weightDecay * p;
    memory.m = beta1 * (memory.m ?? 0) + (1 - beta1) * g;
    memory.v = beta2 * (memory.v ?? 0) + (1 - beta2) * g ** 2;
    const corrected = { m: memory.m / (1 - beta1 ** t), v: memory.v / (1 - beta2 ** t) };
    return p - (learningRate * corrected.m) / (sqrt(corrected.v) + epsilon);
  };
}

function adamWWith({ weightDecay = 0.01, ...options }: Plain<AdamOptions>): OptimizerFormula {
  const step = adamWith(options);
  const { learningRate = 0.001 } = options;
  return (p, given, t, memory) => step(p, given, t, memory) - learningRate * weightDecay * p;
}

const written = (name: string, options: object): string =>
  `${name}(${Object.keys(options).length ? `{ ${Object.entries(options).map(([key, value]) => `${key}: ${value}`).join(", ")} }` : ""})`;

const sgdOptions: readonly Plain<SgdOptions>[] = [
  {},
  { learningRate: 0.1 },
  { learningRate: 0.1, weightDecay: 0.01 },
  { learningRate: 0.1, momentum: 0.9 },
  { learningRate: 0.1, momentum: 0.9, dampening: 0.3, weightDecay: 0.01 },
  { learningRate: 0.1, momentum: 0.8, nesterov: true, weightDecay: 0.01 },
];
const adamOptions: readonly Plain<AdamOptions>[] = [
  {},
  { learningRate: 0.1 },
  { learningRate: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 0.01 },
  { learningRate: 0.1, beta1: 0, weightDecay: 0.1 },
];

const badRates = [
  [{ clipNorm: 0 }], [{ clipValue: -1 }], [{ averaged: 1 }], [{ rateFactor: -1 }], [{ weightDecay: { "0": -1 } }], [{ learningRate: { rate: 1 } }], [{ learningRate: -1 }], [{ learningRate: NaN }], [{ learningRate: "0.1" }], [{ lr: 0.1 }], [{ weightDecay: -1 }], [0.1], [null],
];

export const optimizers: readonly Row<Optimizer, OptimizerFormula>[] = [
  {
    name: "sgd",
    formula: "p ← p − learningRate · g",
    source: "Polyak (1964); Sutskever, Martens, Dahl, Hinton",
    specimens: sgdOptions.map((options) => ({ written: written("sgd", options), block: sgd(options), plain: sgdWith(options) })),
    bad: [
      ...badRates, [{ momentum: 1 }], [{ momentum: -0.1 }], [{ nesterov: true }], [{ nesterov: true, momentum: 0.9, dampening: 0.1 }], [{ nesterov: 1 }],
      [{ dampening: 2 }],
    ],
  },
  {
    name: "adam",
    formula: "m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − learningRate · m̂ / (√v̂ + ε)",
    source: 'Kingma, Ba, "Adam: a method for stochastic optimization" (ICLR 2015), algorithm 1',
    specimens: adamOptions.map((options) => ({ written: written("adam", options), block: adam(options), plain: adamWith(options) })),
    bad: [...badRates, [{ beta1: 1 }], [{ beta2: -0.1 }], [{ epsilon: 0 }], [{ betas: [0.9, 0.999] }]],
  },
  {
    name: "adamW",
    formula: "p ← p · (1 − learningRate · weightDecay)",
    source: 'Loshchilov, Hutter, "Decoupled weight decay regularization" (ICLR 2019)',
    specimens: adamOptions.map((options) => ({ written: written("adamW", options), block: adamW(options), plain: adamWWith(options) })),
    bad: [...badRates, [{ beta1: 1 }], [{ beta2: -0.1 }], [{ epsilon: 0 }], [{ betas: [0.9, 0.999] }]],
  },
];

const badFactors = [[], [-1], [NaN], [Infinity], ["0.1"], [null], [{ factor: 1 }]];

export const regularizers: readonly Row<Regularizer, (w: number) => number>[] = [
  {
    name: "l1",
    formula: "factor · |w|",
    source: 'Tibshirani, "Regression shrinkage and selection via the lasso" (1996)',
    specimens: [{ written: "l1(0.1)", block: l1(0.1), plain: (w) => 0.1 * abs(w) }],
    bad: badFactors,
  },
  {
    name: "l2",
    formula: "factor · w²",
    source: 'Hoerl, Kennard, "Ridge regression" (1970)',
    specimens: [{ written: "l2(0.1)", block: l2(0.1), plain: (w) => 0.1 * w * w }],
    bad: badFactors,
  },
];

const scaledBad = [[{ distribution: "gaussian" }], [{ distribution: 1 }], [{ distributions: "normal" }], ["normal"], [null]];
const glorotPlain: PlainInitializer = (fanIn, fanOut) => [0, 2 / (fanIn + fanOut)];
const hePlain: PlainInitializer = (fanIn) => [0, 2 / fanIn];

export const initializers: readonly Row<Initializer, PlainInitializer>[] = [
  {
    name: "glorot",
    formula: "Variance 2 / (fanIn + fanOut)",
    source: 'Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks" (AISTATS 2010)',
    specimens: [
      { written: "glorot", block: glorot, plain: glorotPlain },
      { written: 'glorot({ distribution: "normal" })', block: glorot({ distribution: "normal" }), plain: glorotPlain },
    ],
    bad: scaledBad,
  },
  {
    name: "he",
    formula: "Variance 2 / fanIn",
    source: 'He, Zhang, Ren, Sun, "Delving deep into rectifiers" (ICCV 2015)',
    specimens: [
      { written: "he", block: he, plain: hePlain },
      { written: 'he({ distribution: "normal" })', block: he({ distribution: "normal" }), plain: hePlain },
    ],
    bad: scaledBad,
  },
  {
    name: "orthogonal",
    formula: "W·Wᵀ = I",
    source: 'Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks"',
    specimens: [
      { written: "orthogonal", block: orthogonal, plain: (inputs, outputs) => [0, 1 / max(inputs, outputs)] },
      { written: "orthogonal({ gain: 2 })", block: orthogonal({ gain: 2 }), plain: (inputs, outputs) => [0, 4 / max(inputs, outputs)] },
    ],
    bad: [[{ gain: 0 }], [{ gain: -1 }], [{ gain: NaN }], [{ gain: "1" }], [{ gains: 1 }], [null], [2]],
  },
  {
    name: "constant",
    formula: "Every number the same",
    specimens: [{ written: "constant(0.1)", block: constant(0.1), plain: () => [0.1, 0] }],
    bad: [[], [NaN], [Infinity], ["0.1"], [null], [[0.1]]],
  },
  { name: "zeros", formula: "Every number 0", specimens: [{ written: "zeros", block: zeros, plain: () => [0, 0] }], bad: noOptions },
];

/** The rate of a step. */
export type PlainSchedule = (step: number) => number;

const alongCosine = (from: number, to: number, share: number): number => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
const badSchedules = [[], [1], [null], [{}], [{ rate: 0.1 }]];
const badFrom = [-1, NaN, Infinity, "0.1"].map((from) => [{ from, every: 5, steps: 5, factor: 0.5 }]);
const badSteps = [0, -1, 2.5, Infinity, "5", undefined].map((steps) => [{ from: 0.1, peak: 0.1, steps }]);

export const schedules: readonly Row<Schedule | Warmup, PlainSchedule>[] = [
  {
    name: "stepDecay",
    formula: "rate = from · factor^⌊step / every⌋",
    source: "as in PyTorch (`StepLR`, which counts epochs)",
    specimens: [
      { written: "stepDecay({ from, every })", block: stepDecay({ from: 0.1, every: 40 }), plain: (t) => 0.1 * 0.1 ** Math.floor(t / 40) },
      { written: "stepDecay({ from, factor, every })", block: stepDecay({ from: 2, factor: 0.7, every: 1 }), plain: (t) => 2 * 0.7 ** t },
    ],
    bad: [...badSchedules, ...badFrom, [{ from: 0.1, every: 0 }], [{ from: 0.1, every: 5, factor: 0 }], [{ from: 0.1, every: 5, factor: 1.1 }], [{ every: 5 }]],
  },
  {
    name: "exponential",
    formula: "rate = from · factor^(step / every)",
    source: "as in PyTorch (`ExponentialLR`, which counts epochs) and Keras (`ExponentialDecay`)",
    specimens: [
      { written: "exponential({ from, factor })", block: exponential({ from: 0.1, factor: 0.99 }), plain: (t) => 0.1 * 0.99 ** t },
      { written: "exponential({ from, factor, every })", block: exponential({ from: 3, factor: 0.01, every: 70 }), plain: (t) => 3 * 0.01 ** (t / 70) },
    ],
    bad: [...badSchedules, ...badFrom, [{ from: 0.1 }], [{ from: 0.1, factor: 2 }], [{ from: 0.1, factor: 0.5, every: 0.5 }]],
  },
  {
    name: "linear",
    formula: "rate = from + (to − from) · step / steps",
    source: "as in PyTorch (`LinearLR`) and Keras (`PolynomialDecay` of power 1)",
    specimens: [
      { written: "linear({ from, steps })", block: linearSchedule({ from: 0.1, steps: 60 }), plain: (t) => 0.1 * max(0, 1 - t / 60) },
      { written: "linear({ from, to, steps })", block: linearSchedule({ from: 0.1, to: 0.4, steps: 60 }), plain: (t) => 0.1 + 0.3 * min(1, t / 60) },
    ],
    bad: [...badSchedules, ...badFrom, ...badSteps, [{ from: 0.1, steps: 5, to: -1 }]],
  },
  {
    name: "cosine",
    formula: "rate = to + (from − to) · ½(1 + cos(π · step / steps))",
    source: 'Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts" (ICLR 2017), equation 5, without a restart',
    specimens: [
      { written: "cosine({ from, steps })", block: cosine({ from: 0.1, steps: 60 }), plain: (t) => alongCosine(0.1, 0, min(1, t / 60)) },
      { written: "cosine({ from, to, steps })", block: cosine({ from: 0.1, to: 0.02, steps: 60 }), plain: (t) => alongCosine(0.1, 0.02, min(1, t / 60)) },
    ],
    bad: [...badSchedules, ...badFrom, ...badSteps, [{ from: 0.1, steps: 5, growth: 2 }]],
  },
  {
    name: "cosineRestarts",
    formula: "rate = to + (from − to) · ½(1 + cos(π · t / T))",
    source: 'Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts" (ICLR 2017), equation 5',
    specimens: [
      { written: "cosineRestarts({ from, steps })", block: cosineRestarts({ from: 0.1, steps: 40 }), plain: (t) => alongCosine(0.1, 0, (t % 40) / 40) },
      {
        written: "cosineRestarts({ from, to, steps, growth })",
        block: cosineRestarts({ from: 0.1, to: 0.02, steps: 20, growth: 2 }), // begins anew at 20 · (2ⁿ − 1)
        plain: (t) => {
          const length = 20 * 2 ** Math.floor(Math.log2(t / 20 + 1));
          return alongCosine(0.1, 0.02, (t - (length - 20)) / length);
        },
      },
    ],
    bad: [...badSchedules, ...badFrom, ...badSteps, [{ from: 0.1, steps: 5, growth: 1.5 }], [{ from: 0.1, steps: 5, growth: 0 }]],
  },
  {
    name: "oneCycle",
    formula: "rate = from + (peak − from) · ½(1 − cos(π · step / P))",
    source:
      'Smith, Topin, "Super-convergence: very fast training of neural networks using large learning rates" (2018), in the form of PyTorch (`OneCycleLR`',
    specimens: [
      {
        written: "oneCycle({ peak, steps })",
        block: oneCycle({ peak: 0.5, steps: 100 }),
        plain: (t) => (t < 29 ? alongCosine(0.02, 0.5, t / 29) : alongCosine(0.5, 2e-6, min(1, (t - 29) / 70))),
      },
      {
        written: "oneCycle({ peak, steps, rise, from, to })",
        block: oneCycle({ peak: 0.5, steps: 50, rise: 0, from: 0.1, to: 0.3 }),
        plain: (t) => alongCosine(0.5, 0.3, min(1, t / 49)),
      },
    ],
    bad: [...badSchedules, ...badSteps, [{ peak: -1, steps: 5 }], [{ peak: 1, steps: 5, rise: 1 }], [{ peak: 1, steps: 5, from: -1 }], [{ peak: 1, steps: 5, to: NaN }]],
  },
  {
    name: "warmup",
    formula: "rate = goal · (step + 1) / (steps + 1)",
    source: 'Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour" (2017), section 2.2',
    specimens: [{ written: "warmup(9)", block: warmup(9), plain: (t) => min(1, (t + 1) / 10) }], // before 1
    bad: [[], [0], [-1], [2.5], [Infinity], ["5"], [{ steps: 5 }]],
  },
  {
    name: "plateau",
    formula: "rate = max(minimum, from · factor^reductions)",
    source: 'as in PyTorch (`ReduceLROnPlateau` with threshold_mode="abs" and eps=0)',
    specimens: [{ written: "plateau({ from })", block: plateau({ from: 0.1 }), plain: () => 0.1 }], // of which nobody tells it anything
    bad: [
      ...badSchedules, ...badFrom, [{ from: 0.1, factor: 0 }], [{ from: 0.1, patience: -1 }], [{ from: 0.1, patience: 1.5 }], [{ from: 0.1, cooldown: -1 }],
      [{ from: 0.1, minimum: 0.2 }], [{ from: 0.1, minDelta: -1 }],
    ],
  },
  {
    name: "sequence",
    formula: "each part counts its steps from its own beginning",
    specimens: [
      { written: "sequence(0.1)", block: sequence(0.1), plain: () => 0.1 },
      {
        written: "sequence(warmup, cosine)",
        block: sequence(warmup(9), cosine({ from: 0.1, steps: 60 })),
        plain: (t) => (t < 9 ? (0.1 * (t + 1)) / 10 : alongCosine(0.1, 0, min(1, (t - 9) / 60))),
      },
      {
        written: "sequence(linear, sequence(warmup, stepDecay))",
        block: sequence(linearSchedule({ from: 1, steps: 10 }), sequence(warmup(4), stepDecay({ from: 0.5, every: 50 }))),
        plain: (t) => (t < 10 ? 1 - t / 10 : t < 14 ? (0.5 * (t - 9)) / 5 : 0.5 * 0.1 ** Math.floor((t - 14) / 50)),
      },
    ],
    bad: [[], [warmup(3)], [0.1, 0.2], [stepDecay({ from: 1, every: 5 }), 0.1], [-1], [NaN], ["0.1"], [{}], [warmup(3), null], [(step: number) => step, 1]],
  },
];

/** Exports that are no blocks. */
export const others: readonly string[] = ["Network", "catalogue", "TrainingAborted", "ChainruleError", "logProgress", "reference", "wasm"];
