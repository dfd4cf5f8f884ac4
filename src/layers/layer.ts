import type { Initializer } from "../initializers/initializer.js";
import type { Stream } from "../core/random.js";
import type { Numbers, Tensor } from "../core/tensor.js";
import type { Kernels } from "../kernels/kernels.js";
import type { Range } from "../core/range.js";
import type { Regularizer } from "../regularizers/regularizer.js";

/** Something that learns: a value and its gradient, as a layer sees them. */
export interface Parameter {
  /** Its flat name, such as `"0.weight"`. */
  readonly name: string;
  /** `[out, in]`, or `[length]`. */
  readonly shape: readonly number[];
  /** A frozen parameter has a gradient, but no update. */
  readonly frozen: boolean;
  /** The numbers themselves: a matrix, or one row. */
  readonly value: Tensor;
  /** A layer's backward adds to it. */
  readonly gradient: Tensor;
}

/** A layer with what it asked for: how a layer runs within a layer. */
export interface Planned {
  /** The layer inside. */
  readonly layer: Layer;
  /** What its `plan` returned. */
  readonly state: unknown;
  /** Columns of what it gives. */
  readonly outputs: number;
  /** As {@link Layer.forward}. */
  forward(x: Tensor, y: Tensor, context: Context): void;
  /** As {@link Layer.backward}. */
  backward(x: Tensor, y: Tensor, dy: Tensor, dx: Tensor | null, context: Context): void;
}

/** A layer asks here, by name, for all that it needs; the network lays it out in one memory. */
export interface Planner {
  /**
   * What learns. `start`: an initializer or given numbers. `frozen`: not to be updated from the start. `penalty`: what
   * each step adds the derivative of to its gradient, unless it is frozen.
   */
  parameter(
    name: string,
    shape: readonly number[],
    start: Initializer | Numbers,
    frozen?: boolean,
    penalty?: Regularizer | readonly Regularizer[],
  ): Parameter;
  /** What is kept but not learnt, such as running statistics. */
  buffer(name: string, shape: readonly number[], start: number): Tensor;
  /** What backward needs of forward: a row for each example. */
  tape(name: string, columns: number): Tensor;
  /** Working space, a row for each example; its contents last for one call. */
  scratch(columns: number): Tensor;
  /** Random numbers of its own, the same for the same seed and step. */
  stream(name: string): Stream;
  /** A layer inside this one. */
  child(name: string, layer: Layer, inputs: number): Planned;
}

/** What a layer, a loss or an optimizer may know of the moment. */
export interface Context {
  /** The verbs. */
  readonly kernels: Kernels;
  /**
   * true in `forward`, `trainBatch` and `fit`; false in `predict` and `evaluate`, and in `forward(x, { training: false })`
   * and the backward that follows it.
   */
  readonly training: boolean;
}

/**
 * A layer maps rows to rows and, backwards, gradients to gradients. It keeps nothing between calls: what lasts is in
 * the tensors that it asked for in `plan`, gathered in its `State`.
 *
 * @example A layer that doubles its input.
 * ```ts
 * import { Network, dense, type SizeKeepingLayer } from "chainrule";
 *
 * const double: SizeKeepingLayer = {
 *   kind: "double",
 *   plan: () => null,
 *   forward(_, x, y) {
 *     for (let i = 0; i < x.rows * x.columns; i++) y.data[i] = 2 * x.data[i]!;
 *   },
 *   backward(_, x, y, dy, dx) {
 *     for (let i = 0; dx && i < dx.rows * dx.columns; i++) dx.data[i] = 2 * dy.data[i]!;
 *   },
 * };
 * new Network([dense(1, 1, { weight: [[3]], bias: [1] }), double]).predict([1]); // [8]
 * ```
 */
export interface Layer<In extends number = number, Out extends number = number, State = unknown> {
  /** What it is called in summaries and errors. */
  readonly kind: string;
  /** What it was made with, defaults filled in: with its name it says how to make it again. */
  readonly options?: object | undefined;
  /** Columns that it takes; absent: as many as come. */
  readonly inputs?: In | undefined;
  /** Columns that it gives; absent: as many as come. */
  readonly outputs?: Out | undefined;
  /** What its outputs are, for the losses that need to know; absent: unknown. */
  readonly range?: Range | undefined;
  /** false: it takes ids, has no derivative with respect to its input, and can only come first. */
  readonly differentiable?: boolean | undefined;
  /** Asks for parameters, buffers and tapes for `inputs` columns. Called again, with the same parameters, for `predict`. */
  plan(planner: Planner, inputs: number): State;
  /** Writes y from x: `[rows, inputs]` to `[rows, outputs]`. */
  forward(state: State, x: Tensor, y: Tensor, context: Context): void;
  /** Adds to the gradients of its parameters and writes dx = ∂L/∂x from dy = ∂L/∂y; dx is null where nobody needs it. */
  backward(state: State, x: Tensor, y: Tensor, dy: Tensor, dx: Tensor | null, context: Context): void;
}

/** A layer that gives as many columns as it takes: the sizes of a network see through it. */
export interface SizeKeepingLayer<State = unknown> extends Layer<number, number, State> {
  readonly inputs?: undefined;
  readonly outputs?: undefined;
}
