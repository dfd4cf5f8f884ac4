/**
 * The instructions of a program, one for each verb. An instruction is `WIDTH` words of 32 bits: its opcode, then operands
 * in the order said here. An operand is
 *
 *   the place of a tensor (x, weight, …); 0 for none: bias, rowWeights or a slot that is not there
 *   the place of a cell, a float64 whatever the network's precision: counter, divisor, total, sum, cursor, limit, scalars, …
 *   a count: n, rows, columns, inputs, outputs; a stride of 1, or of 0 where all neurons share a bias
 *   f, which function: a number by which the machine knows it
 *   low and high, the two words of a float64: the parameter of f, or a limit
 */
export const enum Op {
  /** x weight bias y rows inputs outputs stride */
  linear,
  /** x weight bias y inputs outputs panels repeats: linear of one row; weight-panels.ts says how it takes the weight from panels */
  linearPanels,
  /** dy weight dx rows inputs outputs */
  product,
  /** dy x dWeight rows inputs outputs */
  outer,
  /** dy dBias rows outputs stride */
  sum,
  /** f low high n z a */
  map,
  /** f low high n z a da dz */
  pull,
  /** x y rows columns */
  softmax,
  /** y dy dx rows columns */
  softmaxPull,
  /** f low high n p t u */
  loss,
  /** f low high n p t dp */
  lossPull,
  /** z q u rows columns */
  crossEntropy,
  /** n a t dz */
  residual,
  /** u rowWeights divisor total rows columns */
  reduce,
  /** dp rowWeights divisor rows columns */
  weigh,
  /** n t x */
  mask,
  /** t m rows columns most */
  known,
  /** m mass divisor rows */
  mass,
  /** f scalars */
  advance,
  /** f n p g scalars slot slot slot */
  update,
  /** n x y */
  copy,
  /** n x y */
  add,
  /** n x y z */
  multiply,
  /** n x */
  clear,
  /** key0 key1 counter n y */
  uniform,
  /** n x: stops the program here unless all are finite */
  check,
  /**
   * n g p scalars: stops the program here unless a step by the gradients g cannot overflow: |g|, learning rate · |g| and
   * those of weight decay · p are at most √MAX / 1024, so that squares and running sums are finite, and a parameter
   * stays so. Scalars are first the learning rate and second the weight decay.
   */
  bound,
  /** total: as check, for a cell */
  checkCell,
  /** x low high n: each number to the nearest in [−limit, limit]; the limit is in the two words */
  clamp,
  /** n x total isFirst: total = (isFirst ? 0 : total) + Σ x² */
  squares,
  /** x low high n total: x = x · limit / (√total + 1e-6), if that makes it smaller; the limit is in the two words */
  shrink,
  /** n p a weight rest: a += weight · (p − a); then weight = rest. Both are cells. */
  average,
  /** n from factor to: n cells, to = from, but the first is from₀ · factor and the second stays */
  rescale,
  /** k: calls, from outside, what has the number k */
  call,
  /** counter: counter += 1 */
  increment,
  /** total mass sum: two cells at sum, += total · mass and += mass */
  accumulate,
  /** cursor n x y: y = the cursor-th n numbers from x on */
  pick,
  /** cursor x y: y = the cursor-th cell from x on */
  pickCell,
  /** cursor limit back: cursor += 1; goes on so many bytes before this instruction while it is below the limit */
  repeat,
}

/** Words in an instruction. */
export const WIDTH = 9;

/** The functions that a machine may know by itself; `Native` names one. */
export const enum Fn {
  identity,
  sigmoid,
  tanh,
  relu,
  /** Its parameter is the slope. */
  leakyRelu,
  /** Its parameter is β. */
  softplus,
  /** Its parameter is the factor, ½ or 1. */
  squaredError,
  binaryCrossEntropy,
  /** Binary cross-entropy from logits. */
  logitCrossEntropy,
  /** Cross-entropy of classes from probabilities. */
  classCrossEntropy,
  sgd,
  momentum,
  nesterov,
  adam,
  adamW,
  /** Penalties: they write gradients, and their scalar is the factor. */
  l1,
  l2,
  /** The mask of dropout: its parameter is the rate. */
  dropout,
  /** Its parameter is a factor. */
  scale,
  /** Its parameter is added. */
  shift,
}
