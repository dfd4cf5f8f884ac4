import { made } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { flatten, isList, nested } from "../core/numbers.js";
import { initializers, regularizers } from "../core/names.js";
import {
  block,
  imported,
  isBlock,
  isCount,
  isListOf,
  isPlainObject,
  numberIn,
  optional,
  readOptions,
} from "../core/options.js";
import type { Floats, Numbers } from "../core/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { zeros } from "../initializers/constant.js";
import { glorot } from "../initializers/scaled.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import type { Layer, Parameter } from "./layer.js";

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Start of the weights: `[out, in]` numbers or an initializer. Default {@link glorot}. */
  readonly weight?: Initializer | Numbers;
  /**
   * Start of the biases: a number for each neuron, an initializer, `false` for none, or `{ shared: 0.35 }` for one
   * that all neurons of the layer share. Default {@link zeros}.
   */
  readonly bias?: Initializer | Numbers | false | { readonly shared: number };
  /** What is not to be trained. Default none. */
  readonly freeze?: readonly ("weight" | "bias")[];
  /** A penalty on large weights, such as {@link l2}, or several; it is not in the loss that is reported. Default none. */
  readonly penalty?: Regularizer | readonly Regularizer[];
}

/** A dense layer of given sizes. */
export interface Dense<In extends number = number, Out extends number = number> extends Layer<In, Out, DenseState> {
  readonly kind: "dense";
  readonly inputs: In;
  readonly outputs: Out;
  readonly options: Required<DenseOptions> & { readonly inputs: In; readonly outputs: Out };
}

/** What a dense layer asks for: its parameters. */
export interface DenseState {
  /** `[outputs, inputs]` */
  readonly weight: Parameter;
  /** `[outputs]`, `[1]` if it is shared, null if there is none */
  readonly bias: Parameter | null;
}

/**
 * A fully connected layer: z = x·Wᵀ + b.
 *
 * Backwards, from dz = ∂L/∂z: ∂L/∂W = dzᵀ·x, ∂L/∂b = Σ dz over the rows, ∂L/∂x = dz·W.
 * x is `[batch, inputs]`, W `[outputs, inputs]`, b `[outputs]` (or `[1]`, shared), z `[batch, outputs]`.
 *
 * Source: Goodfellow, Bengio, Courville, "Deep Learning" (2016), section 6.5.
 * @throws {@link ChainruleError} `value` for a size that is no whole number from 1, `shape` or `value` for numbers
 * that don't fit, `option` for an unknown option, `value` for a bad one
 * @example
 * ```ts
 * import { Network, dense } from "chainrule";
 *
 * const layer = dense(2, 1, { weight: [[0.5, -1]], bias: [0.1] });
 * new Network([layer]).predict([2, 1]); // [0.1]
 * ```
 */
export function dense<const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  options?: DenseOptions,
): Dense<In, Out> {
  checkSize("inputs", inputs);
  checkSize("outputs", outputs);
  const where = `dense(${inputs}, ${outputs})`;
  if (typeof options === "string" || typeof options === "function") {
    const remedy = "an activation is a layer of its own: [dense(2, 8), relu]";
    fail("type", `${where} options`, "a plain object", options, remedy);
  }
  const read = readOptions(where, options, {
    weight: optional<Initializer | Numbers>("numbers [outputs, inputs] or an initializer", isStart, exampleOf),
    bias: optional<Initializer | Numbers | false | { shared: number }>(
      "a number for each neuron, an initializer, false, or { shared: 0.35 }",
      (value) => value === false || isStart(value) || isShared(value),
      (value) => (Number.isFinite(value) ? `{ shared: ${String(value)} }` : value ? exampleOf(value) : "false"),
    ),
    freeze: optional<Required<DenseOptions>["freeze"]>(
      '["weight"], ["bias"] or both',
      (value) => isListOf(value, (name) => name === "weight" || name === "bias"),
      '["bias"]',
    ),
    penalty: block<Required<DenseOptions>["penalty"]>(
      "a penalty, or a list of them",
      regularizers.map((name) => `${name}(1e-4)`),
      "{ name, value(w), derivative(w) }",
      (value) => isPenalty(value) || isListOf(value, isPenalty),
    ),
  });
  const { weight = glorot, bias = zeros, penalty = [] } = read;
  const frozen = [...(read.freeze ?? [])];
  const biasShape = [isShared(bias) ? 1 : outputs];
  const startWeight = startOf(weight, [outputs, inputs], `${where} weight`);
  const startBias = bias === false ? null : startOf(isShared(bias) ? [bias.shared] : bias, biasShape, `${where} bias`);
  return made(
    {
      kind: "dense" as const,
      inputs,
      outputs,
      range: "real" as const,

      plan(planner) {
        return {
          weight: planner.parameter("weight", [outputs, inputs], startWeight, frozen.includes("weight"), penalty),
          bias: startBias && planner.parameter("bias", biasShape, startBias, frozen.includes("bias")),
        };
      },

      forward({ weight, bias }, x, y, { kernels }) {
        kernels.linear(x, weight.value, bias && bias.value, y);
      },

      backward({ weight, bias }, x, _, dy, dx, { kernels }) {
        kernels.outer(dy, x, weight.gradient);
        if (bias) kernels.sum(dy, bias.gradient);
        if (dx) kernels.product(dy, weight.value, dx);
      },
    } satisfies Omit<Dense<In, Out>, "options">,
    {
      inputs,
      outputs,
      weight: listed(startWeight, [outputs, inputs]),
      bias: bias === false || isShared(bias) ? bias : listed(startBias!, biasShape),
      freeze: frozen,
      penalty,
    },
  );
}

function checkSize(name: "inputs" | "outputs", size: unknown): void {
  const number = typeof size === "boolean" ? NaN : numberIn(size);
  const remedy = isSize(number) ? `write ${number}` : "the sizes are the first two arguments: dense(2, 8)";
  if (!isSize(size)) fail("value", `dense ${name}`, "a whole number from 1 to 2147483647", size, remedy);
}

const isSize = (size: unknown): size is number => isCount(size) && size <= 0x7fff_ffff;

const isStart = (value: unknown): boolean =>
  isList(value) || typeof (value as Initializer | null | undefined)?.value === "function";

const isPenalty = (value: unknown): boolean => isBlock(value, "name", "value", "derivative");

const isShared = (value: unknown): value is { readonly shared: number } =>
  isPlainObject(value) && Object.keys(value).length === 1 && Number.isFinite(value.shared);

/** The remedy for a wrong start. */
const exampleOf = (value: unknown): string =>
  Number.isFinite(value)
    ? `constant(${String(value)})`
    : typeof value === "function"
      ? "{ name, value(index, start) }"
      : imported(value, initializers);

/** Numbers are checked, and copied, when the layer is made: frozen lists would slow down the loop that reads everybody's. */
const startOf = (start: Initializer | Numbers, shape: readonly number[], where: string): Initializer | Floats =>
  "value" in start ? start : flatten(start, shape, where);

/** As it stands in the options. */
const listed = (start: Initializer | Floats, shape: readonly number[]): Initializer | Numbers =>
  "value" in start ? start : nested(start, shape);
