import type { Stream } from "../core/random.js";
import type { Floats, Tensor } from "../core/tensor.js";
import type { Native } from "./machine.js";

/** An elementwise function as a kernel sees it: loops over the first n elements. */
export interface ElementwiseLoops {
  /** @internal What a machine may know it by; absent: the loops are called. */
  readonly native?: Native | undefined;
  /** aᵢ = f(zᵢ) */
  map(n: number, z: Floats, a: Floats): void;
  /** dzᵢ = daᵢ · f′(zᵢ), where aᵢ = f(zᵢ) is at hand */
  pull(n: number, z: Floats, a: Floats, da: Floats, dz: Floats): void;
}

/** An elementwise loss as a kernel sees it: loops over the first n elements. */
export interface LossLoops {
  /** @internal What a machine may know it by; absent: the loops are called. */
  readonly native?: Native | undefined;
  /** uᵢ = value(pᵢ, tᵢ) */
  map(n: number, p: Floats, t: Floats, u: Floats): void;
  /** dpᵢ = ∂uᵢ/∂pᵢ */
  pull(n: number, p: Floats, t: Floats, dp: Floats): void;
}

/** An update rule as a kernel sees it. `s` holds the rule's scalars, in the order in which it lists them. */
export interface UpdateLoops {
  /** @internal What a machine may know it by; absent: the loops are called. */
  readonly native?: Native | undefined;
  /** Once a step, before the first run: what depends on the step count alone. */
  advance?: ((s: Floats) => void) | undefined;
  /** Moves n parameters p by their gradients g; `single`: round each operation to float32. */
  update(n: number, p: Floats, g: Floats, slots: readonly Tensor[], s: Floats, single: boolean): void;
}

/** Loops over memory: an elementwise function, a loss, an update rule. */
export type Loops = ElementwiseLoops | LossLoops | UpdateLoops;

/** A stretch of parameters that lie one after another, with what belongs to each. */
export interface Run {
  /** One row. */
  readonly parameters: Tensor;
  /** ∂L/∂parameters, one row. */
  readonly gradients: Tensor;
  /** One tensor for each name in the optimizer's `slots`, zero at the start. */
  readonly slots: readonly Tensor[];
}

/**
 * The verbs: all that layers, losses and optimizers do to arrays. A verb touches planned tensors only and depends on
 * nothing but its arguments, so a step's verbs can be written down once and replayed; `reference.ts` defines each in
 * plain loops, and every other backend must give the same bits. Rows of x, y, z, … are examples.
 *
 * A verb checks its operands before it writes anything: it throws a `ChainruleError`, `shape` if they do not fit each
 * other (what has no rows of its own, such as a weight, may have its numbers in another shape), `type` for what is no
 * tensor of the network.
 */
export interface Kernels {
  /** y = x·Wᵀ + b, summed from b upwards in the order of the inputs. `bias` has one column a neuron, or one for all. */
  linear(x: Tensor, weight: Tensor, bias: Tensor | null, y: Tensor): void;
  /** dx = dy·W */
  product(dy: Tensor, weight: Tensor, dx: Tensor): void;
  /** dW += dyᵀ·x */
  outer(dy: Tensor, x: Tensor, dWeight: Tensor): void;
  /** db += Σ over the rows of dy; over its columns too if `dBias` has one column for all. */
  sum(dy: Tensor, dBias: Tensor): void;
  /** a = f(z) */
  map(f: ElementwiseLoops, z: Tensor, a: Tensor): void;
  /** dz = da ⊙ f′(z) */
  pull(f: ElementwiseLoops, z: Tensor, a: Tensor, da: Tensor, dz: Tensor): void;
  /** yᵢ = e^(xᵢ − max) / Σⱼ e^(xⱼ − max), by row */
  softmax(x: Tensor, y: Tensor): void;
  /** dx = y ⊙ (dy − Σⱼ dyⱼ yⱼ), by row */
  softmaxPull(y: Tensor, dy: Tensor, dx: Tensor): void;
  /** u = value(p, t), not yet reduced */
  loss(f: LossLoops, p: Tensor, t: Tensor, u: Tensor): void;
  /** dp = ∂u/∂p, not yet reduced */
  lossPull(f: LossLoops, p: Tensor, t: Tensor, dp: Tensor): void;
  /** uᵢ = −qᵢ ln softmax(z)ᵢ, by row */
  crossEntropy(z: Tensor, q: Tensor, u: Tensor): void;
  /** dz = a − t: the gradient of both fused cross-entropies. */
  residual(a: Tensor, t: Tensor, dz: Tensor): void;
  /** total = Σᵢ wᵢ Σⱼ uᵢⱼ / divisor, in float64; without rowWeights each wᵢ is 1. `divisor` and `total` are one number each. */
  reduce(u: Tensor, rowWeights: Tensor | null, divisor: Tensor, total: Tensor): void;
  /** dp = dp · wᵢ / divisor, by row */
  weigh(dp: Tensor, rowWeights: Tensor | null, divisor: Tensor): void;
  /** x = 0 where t is NaN: where a target is missing */
  mask(t: Tensor, x: Tensor): void;
  /** mᵢ = how many numbers of row i of t are not NaN, or `most` if there are more */
  known(t: Tensor, m: Tensor, most: number): void;
  /** One step of an update rule over all runs. */
  update(rule: UpdateLoops, runs: readonly Run[], scalars: Tensor): void;
  /** y = x */
  copy(x: Tensor, y: Tensor): void;
  /** y += x */
  add(x: Tensor, y: Tensor): void;
  /** z = x ⊙ y, element by element */
  multiply(x: Tensor, y: Tensor, z: Tensor): void;
  /** x = 0 */
  clear(x: Tensor): void;
  /** y = random numbers in [0, 1) from a stream, the same for the same step */
  uniform(stream: Stream, y: Tensor): void;
  /** Whether every element is finite. */
  isFinite(x: Tensor): boolean;
}
