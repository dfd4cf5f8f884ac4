import { type Block, type Memory, PlannedTensor } from "../core/memory.js";
import type { Tensor } from "../core/tensor.js";
import type { Program, Recorder } from "./recorder.js";

/** Numbers of a weight for which it pays: of fewer the product takes no time, of more it waits for the memory. */
const LEAST = 4096;
const MOST = 0x40_0000;
/** Rows that go into panels together, in float32. */
const GROUP = 16;

/** Whether panels of a weight are worth their memory. */
export const isWorthPanels = ({ rows, size }: PlannedTensor): boolean => rows >= GROUP && size >= LEAST && size <= MOST;

/**
 * Large weights a second time, in panels, from which the product with a single row takes two thirds of the time. To copy
 * them takes longer than a product. So a program that predicts counts how many times it has run before as the same:
 * `Op.linearPanels` copies its weight the second time, and takes the panels from then on.
 *
 * A weight cannot be another meanwhile. The program is the last thing that was done to the memory, so no verb has
 * written to it; it does not write to parameters itself; what else writes to them ends the count (`Training.discard`);
 * and nobody outside has an array of them.
 */
export class WeightPanels {
  /** How many times before; a number of the network's precision. */
  readonly repeats: PlannedTensor;
  readonly #panels = new Map<Tensor, PlannedTensor>();
  readonly #block: Block;

  /** `parameters`: their block, `work`: that of the tapes of predicting. */
  constructor(
    memory: Memory,
    weights: Iterable<PlannedTensor>,
    readonly parameters: Block,
    work: Block,
  ) {
    this.repeats = work.tensor("repeats", 1);
    this.#block = memory.block();
    this.#block.capacity = this.#block.rows = 0; // until `reserve`
    for (const weight of weights) this.#panels.set(weight, this.#block.tensor("panels", weight.columns, weight.rows));
  }

  /** The panels of a weight, if there are any and it is multiplied, in its own shape, with one row of what is predicted. */
  panelsFor(weight: Tensor, x: Tensor, y: Tensor): Tensor | undefined {
    const isOwnShape = x.columns === weight.columns && y.columns === weight.rows; // in another one the panels would be others
    const isPredicted = x.rows === 1 && x instanceof PlannedTensor && x.block === this.repeats.block;
    return isOwnShape && isPredicted ? this.#panels.get(weight) : undefined;
  }

  /** Takes memory for the panels. */
  reserve(): void {
    this.#block.setRows(1);
  }

  /** To be called before a program runs: one more time in a row, or the first. */
  count({ latest }: Recorder, program: Program | null): void {
    const { floats } = this.repeats;
    const isRepeated = program && program === latest && program.onlyReadsParameters && !this.parameters.isShown;
    floats[0] = isRepeated ? floats[0]! + 1 : 0;
  }
}
