import { isOurs } from "../core/bare.js";
import type { DType, Tensor } from "../core/tensor.js";
import type { DropoutState } from "../layers/dropout.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import type { NetworkImplementation } from "../network/implementation.js";
import { Probe } from "../network/probe.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Regularizer } from "../regularizers/regularizer.js";

/** Rows of numbers. */
export type Table = readonly (readonly number[])[];

/** A parameter before and after the step, element by element. */
export interface ParameterRecord {
  readonly name: string;
  /** The layer that it belongs to. */
  readonly layer: number;
  readonly shape: readonly number[];
  readonly frozen: boolean;
  readonly before: readonly number[];
  /** ∂E/∂ each element, as backward left it; and with penalties, and clipped, as the optimizer took it. */
  readonly gradient: readonly number[];
  readonly taken: readonly number[];
  readonly after: readonly number[];
  /** What its learning rate is multiplied by, its weight decay, and its penalties. */
  readonly rateFactor: number;
  readonly weightDecay: number;
  readonly penalties: readonly Regularizer[];
  /** What the optimizer remembers of each element, slot by slot; none if it is frozen. */
  readonly slots: readonly { readonly before: readonly number[]; readonly after: readonly number[] }[];
}

/** What a step left in the memory, copied. */
export interface Recording {
  readonly dtype: DType;
  readonly rows: number;
  readonly layers: readonly Layer[];
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** `values[k]` is what layer k gets, `values[k + 1]` what it gives. */
  readonly values: readonly Table[];
  /** ∂E/∂`values[k]`; null where the step computes none. */
  readonly gradients: readonly (Table | null)[];
  /** Of a layer of dropout: what it multiplied its input by. */
  readonly masks: readonly (Table | null)[];
  /** The last layer and the loss are differentiated as one. */
  readonly fused: boolean;
  readonly target: Table;
  readonly rowWeights: readonly number[] | null;
  readonly terms: Table;
  readonly divisor: number;
  readonly total: number;
  readonly totalAfter: number;
  /** Σ g² of all gradients, where they are clipped by their norm. */
  readonly squares: number;
  readonly parameters: readonly ParameterRecord[];
  readonly scalars: { readonly before: Scalars; readonly after: Scalars };
}

/** The optimizer's scalars, by name. */
export type Scalars = Readonly<Record<string, number>>;

/** Takes one step of a network, which is the trace's own, and copies what it finds on the way. */
export function record(
  network: NetworkImplementation,
  input: unknown,
  target: unknown,
  rowWeights: unknown,
): Recording {
  const { layers, dtype, optimizer } = network;
  const probe = new Probe(network);
  const loss = network.loss!;
  const weighted = rowWeights !== undefined;
  network.forward(input);
  const total = network.backward(target, weighted ? { rowWeights: rowWeights as readonly number[] } : undefined);
  const last = layers.length - (probe.isFused ? 1 : 0);
  const { rows, divisor, parameters } = probe;
  const valuesNow = () => parameters.map(({ value, slots }) => [value.data, ...slots].map((each) => [...each]));
  const before = valuesNow();
  const gradients = parameters.map(({ gradient }) => [...gradient.data]);
  const tapes = {
    values: probe.values.map(copyOf),
    gradients: probe.gradients.map((each, k) => (k > 0 && k <= last ? copyOf(each) : null)),
    masks: layers.map((layer, k) => (isDropout(layer) ? copyOf((probe.states[k] as DropoutState).mask) : null)),
    target: copyOf(probe.target),
    terms: copyOf(probe.terms),
    rowWeights: weighted ? copyOf(probe.rowWeights).flat() : null,
  };
  const scalars = optimizer.scalars;
  network.step();
  const after = valuesNow();
  const taken = parameters.map(({ gradient }) => [...gradient.data]);
  return {
    dtype,
    rows,
    layers,
    loss,
    optimizer: network.rule!,
    fused: probe.isFused,
    ...tapes,
    divisor,
    total,
    squares: probe.squares,
    parameters: parameters.map(({ name, shape, frozen, rateFactor, weightDecay, penalties }, p) => ({
      name,
      layer: parseInt(name),
      shape,
      frozen,
      before: before[p]![0]!,
      gradient: gradients[p]!,
      taken: taken[p]!,
      rateFactor,
      weightDecay,
      penalties,
      after: after[p]![0]!,
      slots: frozen ? [] : before[p]!.slice(1).map((slot, s) => ({ before: slot, after: after[p]![s + 1]! })),
    })),
    scalars: { before: scalars, after: optimizer.scalars },
    totalAfter: probe.measure(weighted),
  };
}

/** Whether a layer of ours drops something. */
const isDropout = (layer: Layer): boolean =>
  isOurs(layer) && layer.kind === "dropout" && (layer.options as { readonly rate: number }).rate > 0;

const copyOf = ({ rows, columns, data }: Tensor): Table =>
  Array.from({ length: rows }, (_, n) => Array.from(data.subarray(n * columns, (n + 1) * columns)));
