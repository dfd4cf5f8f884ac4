import type { DType, Tensor } from "../core/tensor.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import type { NetworkImplementation } from "../network/implementation.js";
import type { StoredParameter } from "../network/store.js";
import type { Optimizer } from "../optim/optimizer.js";

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
  readonly gradient: readonly number[];
  readonly after: readonly number[];
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
  /** The last layer and the loss are differentiated as one. */
  readonly fused: boolean;
  readonly target: Table;
  readonly weights: readonly number[] | null;
  readonly terms: Table;
  readonly divisor: number;
  readonly total: number;
  readonly totalAfter: number;
  readonly parameters: readonly ParameterRecord[];
  readonly scalars: { readonly before: Scalars; readonly after: Scalars };
}

/** The optimizer's scalars, by name. */
export type Scalars = Readonly<Record<string, number>>;

/** Takes one step of a network, which is the trace's own, and copies what it finds on the way. */
export function record(network: NetworkImplementation, input: unknown, target: unknown, weights: unknown): Recording {
  const { store, layers, outputSize, dtype, optimizer } = network;
  const { pass } = network.training;
  const loss = network.loss!;
  network.forward(input);
  const total = network.backward(target, weights === undefined ? undefined : { weights: weights as readonly number[] });
  const fused = loss.fused?.layer === layers.at(-1);
  const last = layers.length - (fused ? 1 : 0);
  const { rows } = pass.output;
  const parameters = [...store.parameters.values()];
  const slotsBefore = slotsOf(network, parameters);
  const before = parameters.map(({ name, shape, frozen, value, gradient }) => ({
    name,
    layer: parseInt(name),
    shape,
    frozen,
    before: [...value.data],
    gradient: [...gradient.data],
  }));
  const tapes = {
    values: pass.values.map(copyOf),
    gradients: pass.gradients.map((each, k) => (k > 0 && k <= last ? copyOf(each) : null)),
    target: copyOf(pass.target),
    terms: copyOf(pass.terms),
    weights: weights === undefined ? null : Array.from(pass.weights.data.subarray(0, rows)),
  };
  const scalars = optimizer.scalars;
  network.step();
  const divisor = loss.divisor(rows, outputSize);
  const slotsAfter = slotsOf(network, parameters);
  const after = parameters.map(({ value }) => [...value.data]);
  pass.forward();
  pass.measure(tapes.weights !== null);
  return {
    dtype,
    rows,
    layers,
    loss,
    optimizer: network.rule!,
    fused,
    ...tapes,
    divisor,
    total,
    totalAfter: store.total.data[0]!,
    parameters: before.map((each, p) => ({
      ...each,
      after: after[p]!,
      slots: slotsBefore[p]!.map((slot, s) => ({ before: slot, after: slotsAfter[p]![s]! })),
    })),
    scalars: { before: scalars, after: optimizer.scalars },
  };
}

const copyOf = ({ rows, columns, data }: Tensor): Table =>
  Array.from({ length: rows }, (_, n) => Array.from(data.subarray(n * columns, (n + 1) * columns)));

/** For each parameter its slots: the runs hold those of the parameters that are not frozen, one after another. */
function slotsOf({ store }: NetworkImplementation, parameters: readonly StoredParameter[]): number[][][] {
  const count = store.runs[0]?.slots.length ?? 0;
  const all = Array.from({ length: count }, (_, s) => store.runs.flatMap(({ slots }) => [...slots[s]!.data]));
  let start = 0;
  return parameters.map(({ frozen, value }) => {
    if (frozen) return [];
    const end = start + value.data.length;
    const slots = all.map((each) => each.slice(start, end));
    start = end;
    return slots;
  });
}
