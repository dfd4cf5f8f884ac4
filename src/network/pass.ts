import type { Block } from "../core/memory.js";
import type { Tensor } from "../core/tensor.js";
import type { Context, Layer } from "../layers/layer.js";
import type { FusedLoss, Loss } from "../losses/loss.js";
import { PlannedLayer, type Store } from "./store.js";

/**
 * The layers with room for a batch: `values[i]` is what layer i gets and `values[i + 1]` what it gives, `gradients[i]`
 * is ∂L/∂`values[i]`. A pass of training keeps its tapes for backward; one of evaluation shares its parameters, and
 * keeps to tensors of its own.
 */
export class Pass {
  readonly values: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  readonly target: Tensor;
  /** A weight for each row. */
  readonly weights: Tensor;
  /** The terms of the loss, not yet reduced. */
  readonly terms: Tensor;
  private readonly steps: readonly PlannedLayer[];
  /** The loss with the last layer in it, where the two are differentiated as one. */
  private readonly fused: FusedLoss | undefined;
  private readonly compare: Loss["value"] | undefined;
  private readonly differentiate: Loss["gradient"] | undefined;
  private readonly block: Block;

  constructor(
    store: Store,
    layers: readonly Layer[],
    inputs: number,
    private readonly loss: Loss | undefined,
    private readonly context: Context,
  ) {
    const block = store.memory.block("work");
    const { training } = context;
    const values = [block.tensor("input", inputs)];
    const gradients: Tensor[] = training ? [block.tensor("dInput", inputs)] : [];
    const steps: PlannedLayer[] = [];
    let columns = inputs;
    layers.forEach((layer, index) => {
      const planned = new PlannedLayer(layer, columns, store.planner(`${index}.`, block, training));
      columns = planned.outputs;
      steps.push(planned);
      values.push(block.tensor(`${index}.output`, columns));
      if (training) gradients.push(block.tensor(`${index}.dOutput`, columns));
    });
    this.steps = steps;
    this.values = values;
    this.gradients = gradients;
    this.target = block.tensor("target", columns);
    this.weights = block.tensor("weights", 1);
    this.terms = block.tensor("loss", columns);
    this.fused = loss?.fused?.layer === layers.at(-1) ? loss?.fused : undefined;
    this.compare = (this.fused ?? loss)?.value;
    this.differentiate = (this.fused ?? loss)?.gradient;
    this.block = block;
  }

  /** Makes room for a batch. */
  setRows(rows: number): void {
    this.block.setRows(rows);
  }

  get output(): Tensor {
    return this.values[this.steps.length]!;
  }

  forward(): void {
    const { steps, values, context } = this;
    for (let i = 0; i < steps.length; i++) steps[i]!.forward(values[i]!, values[i + 1]!, context);
  }

  /** total = the loss of `output` against `target`, for the terms' sum divided by `divisor`. */
  measure(weighted: boolean, divisor: number, total: Tensor): void {
    const { fused, terms, context } = this;
    const prediction = this.values[this.steps.length - (fused ? 1 : 0)]!;
    this.compare!.call(fused ?? this.loss, prediction, this.target, terms, context);
    context.kernels.reduce(terms, weighted ? this.weights : null, divisor, total);
  }

  /** ∂loss/∂each value and parameter, from the target back; `dInput`: to the very input. */
  backward(weighted: boolean, divisor: number, dInput: boolean): void {
    const { fused, context } = this;
    const last = this.steps.length - (fused ? 1 : 0);
    const start = this.gradients[last]!;
    this.differentiate!.call(fused ?? this.loss, this.output, this.target, start, context);
    context.kernels.weigh(start, weighted ? this.weights : null, divisor);
    this.backwardFrom(last, dInput);
  }

  /** Backwards through the first `last` layers, from `gradients[last]`. */
  backwardFrom(last: number, dInput: boolean): void {
    const { steps, values, gradients, context } = this;
    for (let i = last - 1; i >= 0; i--) {
      steps[i]!.backward(values[i]!, values[i + 1]!, gradients[i + 1]!, i || dInput ? gradients[i]! : null, context);
    }
  }
}
