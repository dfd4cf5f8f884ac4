import type { Probe } from "../network/probe.js";

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
export function rerunner(probe: Probe, rowWeights: ArrayLike<number> | undefined): () => Rerun {
  const buffers = probe.buffers.map(({ value }) => [value, value.data.slice()] as const);
  const weighted = rowWeights !== undefined;
  return () => {
    const { rows, divisor } = probe;
    const { columns } = probe.terms;
    const forward = (): number => {
      for (const [value, start] of buffers) value.data.set(start);
      return probe.measure(weighted);
    };
    const loss = forward();
    const terms = Array.from(probe.terms.data.subarray(0, rows * columns));
    const factors = terms.map((_, i) => (rowWeights ? rowWeights[Math.floor(i / columns)]! : 1) / divisor);
    const parts = terms.map((term, i) => term * factors[i]!);
    return {
      loss,
      sum: parts.reduce((sum, part) => sum + part, 0),
      size: parts.reduce((size, part) => Math.max(size, Math.abs(part)), 0),
      change() {
        forward();
        const { data } = probe.terms;
        return terms.reduce((sum, term, i) => sum + (data[i]! - term) * factors[i]!, 0);
      },
      backward: (hasInput) => probe.differentiate(weighted, hasInput),
    };
  };
}
