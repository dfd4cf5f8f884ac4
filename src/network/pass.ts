import { refusePromise } from "../core/options.js";
import { isSame } from "../core/bare.js";
import type { Block, PlannedTensor } from "../core/memory.js";
import type { FiniteTest } from "../core/numbers.js";
import type { Floats } from "../core/tensor.js";
import type { Routine } from "../kernels/recorder.js";
import type { Verbs } from "../kernels/verbs.js";
import type { WeightPanels } from "../kernels/weight-panels.js";
import type { Context, Layer } from "../layers/layer.js";
import { type FusedLoss, type Loss, targetSizeOf } from "../losses/loss.js";
import type { Destination } from "./reader.js";
import { Recent } from "./recent.js";
import { PlannedLayer, type Store } from "./store.js";

/**
 * The layers with room for a batch: `values[i]` is what layer i gets and `values[i + 1]` what it gives, `gradients[i]`
 * is ∂L/∂`values[i]`. A pass of training keeps its tapes for backward; one of evaluation shares its parameters, and
 * keeps to tensors of its own.
 */
export class Pass implements Destination {
  readonly values: readonly PlannedTensor[];
  readonly gradients: readonly PlannedTensor[];
  readonly target: PlannedTensor;
  /** A weight for each row. */
  readonly rowWeights: PlannedTensor;
  /** What each row counts for in the divisor, if the loss says so. */
  readonly masses: PlannedTensor;
  /** The terms of the loss, not yet reduced. */
  readonly terms: PlannedTensor;
  /** The layers one by one, as parts of a program. */
  readonly #forwards: readonly (() => void)[];
  /** What each layer asked for when it was planned. */
  readonly states: readonly unknown[];
  readonly #backwards: readonly (() => void)[];
  readonly #compare: () => void;
  readonly #findMasses: (() => void) | null;
  readonly #findProbabilities: (() => void) | null;
  readonly #differentiate: () => void;
  /** How many layers are differentiated one by one: all, but for a last one that is fused with the loss. */
  readonly #last: number;
  #wantsInput = false;
  readonly #training: Context;
  readonly #evaluation: Context;
  /** Which of the two it is in. */
  #context: Context;
  readonly #block: Block;
  readonly #panels: WeightPanels | null = null;
  readonly #routines = new Recent<Routine>(
    () => this.verbs.routine(() => (this.forward(), true)),
    (routine) => this.verbs.release(routine),
  );
  readonly areFinite: FiniteTest;

  constructor(
    private readonly store: Store,
    layers: readonly Layer[],
    inputs: number,
    loss: Loss | undefined,
    private readonly verbs: Verbs,
    training: boolean,
  ) {
    const block = store.memory.block();
    this.#training = { kernels: verbs, training: true };
    this.#evaluation = { kernels: verbs, training: false };
    this.#context = training ? this.#training : this.#evaluation;
    const values = [block.tensor("input", inputs)];
    const gradients: PlannedTensor[] = training ? [block.tensor("dInput", inputs)] : [];
    store.isPlanning = true;
    const steps = layers.map((layer, index) => {
      const planned = new PlannedLayer(layer, values[index]!.columns, store.planner(`${index}.`, block, training));
      values.push(block.tensor(`${index}.output`, planned.outputs));
      if (training) gradients.push(block.tensor(`${index}.dOutput`, planned.outputs));
      return planned;
    });
    store.isPlanning = false;
    const output = values.at(-1)!;
    const target = block.tensor("target", targetSizeOf(loss, output.columns));
    const terms = block.tensor("loss", output.columns);
    const fused = loss?.fused && isSame(loss.fused.layer, layers.at(-1)!) ? loss.fused : undefined;
    const last = layers.length - (fused ? 1 : 0);
    const criterion: FusedLoss | Loss | undefined = fused ?? loss;
    this.#forwards = steps.map((step, i) => () => step.forward(values[i]!, values[i + 1]!, this.#context));
    this.#backwards = steps.map(
      (step, i) => () =>
        step.backward(
          values[i]!,
          values[i + 1]!,
          gradients[i + 1]!,
          i || this.#wantsInput ? gradients[i]! : null,
          this.#context,
        ),
    );
    this.#compare = () => {
      const result: unknown = criterion!.value(values[last]!, target, terms, this.#context);
      if (result !== undefined) refusePromise(result, `${loss!.name} value`);
    };
    this.#differentiate = () => {
      const result: unknown = criterion!.gradient(output, target, gradients[last]!, this.#context);
      if (result !== undefined) refusePromise(result, `${loss!.name} gradient`);
    };
    this.#findMasses = loss?.mass
      ? () => {
          const result: unknown = loss.mass!(target, this.masses, this.#context);
          if (result !== undefined) refusePromise(result, `${loss.name} mass`);
        }
      : null;
    this.#findProbabilities = loss?.probabilities
      ? () => {
          const result: unknown = loss.probabilities!(output, terms, this.#context);
          if (result !== undefined) refusePromise(result, `${loss.name} probabilities`);
        }
      : null;
    this.#last = last;
    this.states = steps.map(({ state }) => state);
    this.values = values;
    this.gradients = gradients;
    this.target = target;
    this.rowWeights = block.tensor("rowWeights", 1);
    this.masses = block.tensor("masses", 1);
    this.terms = terms;
    this.#block = block;
    this.areFinite = (at, count) => verbs.areFinite(values[0]!, at, count);
    if (!training && verbs.machine.knows) this.#panels = verbs.panels = store.panelsFor(block);
  }

  open(rows: number): Floats {
    this.setRows(rows);
    return this.values[0]!.floats;
  }

  /** Makes room for a batch. */
  setRows(rows: number): void {
    if (rows === 1) this.#panels?.reserve();
    this.#block.setRows(rows);
  }

  /** Whether its layers are training, and whether their backward goes to the very input. */
  setMode(training: boolean, wantsInput: boolean): void {
    this.#context = training ? this.#training : this.#evaluation;
    this.#wantsInput = wantsInput;
  }

  get rows(): number {
    return this.values[0]!.rows;
  }

  get output(): PlannedTensor {
    return this.values[this.#forwards.length]!;
  }

  forward(): void {
    for (const part of this.#forwards) this.verbs.part(part);
  }

  /** The same, replayed when it is done again. */
  infer(): void {
    this.verbs.predict(this.#routines.get(this.rows));
  }

  /** Finds what the loss is to be divided by: the masses of the rows together, for a loss that has them; else nothing. */
  findDivisor(): void {
    const { verbs, store } = this;
    if (!this.#findMasses) return;
    verbs.part(this.#findMasses);
    verbs.mass(this.masses, store.mass, store.divisor);
  }

  /** The loss of `output` against `target`, its terms' sum being divided by the store's divisor. */
  measure(weighted: boolean): void {
    const { verbs, terms, rowWeights, store } = this;
    verbs.part(this.#compare);
    verbs.reduce(terms, weighted ? rowWeights : null, store.divisor, store.total);
  }

  /** What metrics are given: the output or, if that is logits, probabilities, in the place of the terms of the loss. */
  scored(): PlannedTensor {
    if (!this.#findProbabilities) return this.output;
    this.verbs.part(this.#findProbabilities);
    return this.terms;
  }

  /** ∂loss/∂each value and parameter, from the target back; `wantsInput`: to the very input. */
  backward(weighted: boolean, wantsInput = false): void {
    const { verbs, gradients, rowWeights, store } = this;
    verbs.part(this.#differentiate);
    verbs.weigh(gradients[this.#last]!, weighted ? rowWeights : null, store.divisor);
    this.backwardFrom(this.#last, wantsInput);
  }

  /** Backwards through the first `last` layers, from `gradients[last]`. */
  backwardFrom(last: number, wantsInput: boolean): void {
    const before = this.#wantsInput;
    this.#wantsInput ||= wantsInput;
    for (let i = last - 1; i >= 0; i--) this.verbs.part(this.#backwards[i]!);
    this.#wantsInput = before;
  }
}
