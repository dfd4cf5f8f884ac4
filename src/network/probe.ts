import { isSame } from "../core/bare.js";
import { fail } from "../core/errors.js";
import type { DType, Floats, Tensor } from "../core/tensor.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { implementationOf, type NetworkImplementation } from "./implementation.js";

/** A parameter or a buffer, as it lies in the memory. */
export interface ProbedNumbers {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: Tensor;
}

/** What learns, with its gradient and what the optimizer remembers of it, slot by slot. */
export interface ProbedParameter extends ProbedNumbers {
  readonly frozen: boolean;
  readonly gradient: Tensor;
  readonly slots: readonly Floats[];
  readonly rateFactor: number;
  readonly weightDecay: number;
  readonly penalties: readonly Regularizer[];
}

/**
 * A look into the memory of a network: the numbers of its latest forward, backward and step, under the names that the
 * formulas give them. For what tells a step or checks it, from outside.
 */
export class Probe {
  constructor(private readonly network: NetworkImplementation) {
    network.store.open();
  }

  /** Rows of the latest batch. */
  get rows(): number {
    return this.network.training.pass.rows;
  }

  /** `values[k]` is what layer k gets, `values[k + 1]` what it gives. */
  get values(): readonly Tensor[] {
    return this.network.training.pass.values;
  }

  /** What each layer asked for when it was planned, such as its tapes. */
  get states(): readonly unknown[] {
    return this.network.training.pass.states;
  }

  /** ∂L/∂`values[k]` */
  get gradients(): readonly Tensor[] {
    return this.network.training.pass.gradients;
  }

  /** Whether the last layer and the loss are differentiated as one, so that its own gradient is never computed. */
  get isFused(): boolean {
    const { loss, layers } = this.network;
    return loss?.fused !== undefined && isSame(loss.fused.layer, layers.at(-1)!);
  }

  get target(): Tensor {
    return this.network.training.pass.target;
  }

  /** A factor for the loss of each row, where some were given. */
  get rowWeights(): Tensor {
    return this.network.training.pass.rowWeights;
  }

  /** The terms of the loss, not yet reduced. */
  get terms(): Tensor {
    return this.network.training.pass.terms;
  }

  /** What their sum is divided by, after a backward. */
  get divisor(): number {
    return this.network.store.divisor.floats[0]!;
  }

  /** Σ g² of the gradients that were clipped by their norm. */
  get squares(): number {
    return this.network.store.squares.floats[0]!;
  }

  /** What learns. */
  get parameters(): readonly ProbedParameter[] {
    const { store } = this.network;
    return Array.from(store.parameters.values(), (each) => ({ ...each, slots: store.slotsOf(each) }));
  }

  /** What is kept but not learnt. */
  get buffers(): readonly ProbedNumbers[] {
    return [...this.network.store.buffers.values()];
  }

  /** Forward and loss of the latest batch again, with the parameters as they are now; returns the loss. */
  measure(weighted: boolean): number {
    const { store, training } = this.network;
    training.divide();
    training.pass.forward();
    training.pass.measure(weighted);
    return store.total.floats[0]!;
  }

  /** Backward of the latest batch again, which adds to the gradients; `wantsInput`: to the very input. */
  differentiate(weighted: boolean, wantsInput: boolean): void {
    this.network.training.pass.backward(weighted, wantsInput);
  }
}

/**
 * A clone of the network that a function was given, without gradients that wait for a step.
 * @throws {@link ChainruleError} `type` for what is no network
 */
export function cloneOf(network: unknown, where: string, options?: { readonly dtype: DType }): NetworkImplementation {
  const remedy = `write ${where}(network, input, target)`;
  const original = implementationOf(network) ?? fail("type", where, "a network", network, remedy);
  const clone = original.clone(options);
  clone.training.discard("clone");
  return clone;
}
