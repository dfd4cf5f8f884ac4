import type { NetworkImplementation } from "../network/implementation.js";

/** The tapes of a network, to be run again on the same batch. */
export interface Rerun {
  /** The loss. */
  readonly loss: number;
  /** The sum of its terms, weighed and divided. */
  readonly sum: number;
  /** The largest of these in size. */
  readonly size: number;
  /** Runs forward again, and says by how much the loss has changed: term by term, free of the rounding of their sum. */
  change(): number;
  /** Runs backward again; `hasInput`: as far as the input. */
  backward(hasInput: boolean): void;
}

/**
 * Keeps the buffers of a network as they are now, and gives what runs its latest batch again, from these.
 * Random layers draw the same numbers, since the count of forwards stays what it is.
 */
export function rerunner(network: NetworkImplementation, weights: ArrayLike<number> | undefined): () => Rerun {
  const { store, outputSize } = network;
  const { pass } = network.training;
  const buffers = [...store.buffers.values()].map(({ value }) => [value, value.data.slice()] as const);
  const weighted = weights !== undefined;
  return () => {
    const { rows } = pass.terms;
    const divisor = network.loss!.divisor(rows, outputSize);
    store.divisor.data[0] = divisor;
    const forward = (): void => {
      for (const [value, kept] of buffers) value.data.set(kept);
      pass.forward();
      pass.measure(weighted);
    };
    forward();
    const loss = store.total.data[0]!;
    const terms = Array.from(pass.terms.data.subarray(0, rows * outputSize));
    const factors = terms.map((_, i) => (weights ? weights[Math.floor(i / outputSize)]! : 1) / divisor);
    const parts = terms.map((term, i) => term * factors[i]!);
    return {
      loss,
      sum: parts.reduce((sum, part) => sum + part, 0),
      size: parts.reduce((size, part) => Math.max(size, Math.abs(part)), 0),
      change() {
        forward();
        const { data } = pass.terms;
        return terms.reduce((sum, term, i) => sum + (data[i]! - term) * factors[i]!, 0);
      },
      backward: (hasInput) => pass.backward(weighted, hasInput),
    };
  };
}
