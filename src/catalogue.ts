import { identity } from "./activations/identity.js";
import { leakyRelu } from "./activations/leaky-relu.js";
import { relu } from "./activations/relu.js";
import { sigmoid } from "./activations/sigmoid.js";
import { softplus } from "./activations/softplus.js";
import { tanh } from "./activations/tanh.js";
import { constant, zeros } from "./initializers/constant.js";
import { orthogonal } from "./initializers/orthogonal.js";
import { glorot, he } from "./initializers/scaled.js";
import { dense } from "./layers/dense.js";
import { dropout } from "./layers/dropout.js";
import { input } from "./layers/input.js";
import { softmax } from "./layers/softmax.js";
import { binaryCrossEntropy } from "./losses/binary-cross-entropy.js";
import { crossEntropy } from "./losses/cross-entropy.js";
import { halfSquaredError, meanSquaredError } from "./losses/squared-error.js";
import { adam } from "./optim/adam.js";
import { adamW } from "./optim/adam-w.js";
import { sgd } from "./optim/sgd.js";
import { l1 } from "./regularizers/l1.js";
import { l2 } from "./regularizers/l2.js";
import { cosine, cosineRestarts } from "./schedules/cosine.js";
import { exponential } from "./schedules/exponential.js";
import { linear } from "./schedules/linear.js";
import { oneCycle } from "./schedules/one-cycle.js";
import { plateau } from "./schedules/plateau.js";
import { sequence } from "./schedules/sequence.js";
import { stepDecay } from "./schedules/step-decay.js";
import { warmup } from "./schedules/warmup.js";

/**
 * Every block of the library by its name, a table for each kind: for a menu, for a network that is described in a file.
 *
 * A bundle that imports it has all blocks in it.
 * @example
 * ```ts
 * import { catalogue } from "chainrule";
 *
 * Object.keys(catalogue.optimizers); // ["sgd", "adam", "adamW"]
 * const { leakyRelu } = catalogue.activations;
 * leakyRelu.options; // { slope: 0.01 }
 * leakyRelu({ slope: 0.2 }).apply(-5); // -1
 * ```
 */
export const catalogue = {
  /** Layers that are no activations. */
  layers: { dense, dropout, input, softmax },
  /** Layers of one function for each number. */
  activations: { identity, sigmoid, tanh, relu, leakyRelu, softplus },
  /** What training makes small. */
  losses: { halfSquaredError, meanSquaredError, crossEntropy, binaryCrossEntropy },
  /** How a step moves the parameters. */
  optimizers: { sgd, adam, adamW },
  /** Penalties on large parameters. */
  regularizers: { l1, l2 },
  /** How the learning rate changes. */
  schedules: { stepDecay, exponential, linear, cosine, cosineRestarts, oneCycle, warmup, plateau, sequence },
  /** Where the parameters start. */
  initializers: { glorot, he, orthogonal, constant, zeros },
} as const;

/** What is given before the other options, by its names among them. */
const places: Readonly<Record<string, readonly string[]>> = {
  dense: ["inputs", "outputs"],
  dropout: ["rate"],
  input: ["size"],
  l1: ["factor"],
  l2: ["factor"],
  constant: ["value"],
  warmup: ["steps"],
};

/** The arguments with which a block of this name and these options is made: those of `block.options` make it again. */
export function argumentsOf(name: string, options: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (name === "sequence") return [options.parts].flat();
  const first = Object.hasOwn(places, name) ? places[name]! : [];
  const rest = Object.entries(options).filter(([key]) => !first.includes(key));
  return [...first.map((key) => options[key]), ...(rest.length ? [Object.fromEntries(rest)] : [])];
}
