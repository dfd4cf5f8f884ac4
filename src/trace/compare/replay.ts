import { type Floats, floats, type Tensor } from "../../core/tensor.js";
import { offNetwork } from "../off-network.js";
import { countsOf, type Learnt, learntOf, open, settle } from "./learnt.js";
import type { Model, PlainDense } from "./model.js";
import type { Counts, Rules } from "./rules.js";
import type { UpdateSettings } from "./update.js";

/** Once forwards and backwards: `values[k]` is what layer k gets, `partials[k]` is ∂E/∂`values[k]`. */
export interface ReplayedPass {
  readonly values: readonly Tensor[];
  readonly partials: readonly Tensor[];
  readonly target: Tensor;
  /** The terms of E. */
  readonly terms: Tensor;
}

/** A network that is trained in plain numbers, by rules that may be wrong. */
export interface Replay {
  readonly model: Model;
  readonly rules: Rules;
  readonly settings: UpdateSettings;
  /** Layer by layer weight and bias; nothing for a layer that learns nothing. */
  readonly learnt: readonly (readonly Learnt[])[];
  readonly counts: Counts;
  /** The first pass of the latest step; those that follow take the other. */
  readonly pass: ReplayedPass;
  readonly spare: ReplayedPass | null;
}

/** A replay before its first step. */
export function replay(model: Model, rules: Rules): Replay {
  let start = 0;
  const learntHere = (layer: PlainDense): Learnt[] =>
    [layer.weight, ...(layer.bias ? [layer.bias] : [])].map((parameter) => {
      const count = parameter === layer.weight ? layer.inputs * layer.outputs : layer.outputs;
      return learntOf(parameter, count, layer.fromLast, (start += count) - count, model);
    });
  const learnt = model.layers.map((layer) => (layer.kind === "dense" ? learntHere(layer) : []));
  const counts = countsOf(learnt.flat(), model);
  const spare = rules.passes(counts) > 1 ? passOf(model, rules) : null;
  return { model, rules, settings: rules.settings(model.settings), learnt, counts, pass: passOf(model, rules), spare };
}

function passOf({ layers, input, target }: Model, { inputAt, targetAt }: Rules): ReplayedPass {
  const rows = input.length;
  const tensor = (columns: number, data: Floats = floats("float64", rows * columns)): Tensor => ({
    rows,
    columns,
    data,
  });
  const filled = (table: Model["input"], at: Rules["inputAt"]): Tensor =>
    tensor(table[0]!.length, Float64Array.from(table.flatMap((row) => row.map((_, i) => row[at(i, row.length)]!))));
  const x = filled(input, inputAt);
  const values = layers.reduce<Tensor[]>(
    (list, layer) => [...list, tensor(layer.kind === "dense" ? layer.outputs : list.at(-1)!.columns)],
    [x],
  );
  const t = filled(target, targetAt);
  return { values, partials: values.map(({ columns }) => tensor(columns)), target: t, terms: tensor(t.columns) };
}

/** One training step: forwards, backwards, and every number that learns moves. */
export function step(replay: Replay): void {
  const { rules, settings, learnt, counts } = replay;
  const all = learnt.flat();
  for (const each of all) open(each);
  for (let n = 0; n < rules.passes(counts); n++) {
    const pass = n === 0 ? replay.pass : replay.spare!;
    forward(replay, pass);
    startBackward(replay, pass, n);
    for (let k = lastOf(replay); k >= 0; k--) backward(replay, pass, k, n);
    if (!rules.movesFirst) for (const each of all) settle(each, n, settings, rules);
  }
}

/** The layer at which the backward pass begins. */
const lastOf = ({ model: { layers, fused } }: Replay): number => layers.length - (fused ? 2 : 1);

function forward({ model, rules, learnt }: Replay, { values }: ReplayedPass): void {
  model.layers.forEach((layer, k) => {
    const x = values[k]!,
      y = values[k + 1]!;
    if (layer.kind === "softmax") return offNetwork.float64.kernels.softmax(x, y);
    for (let n = 0, at = 0; n < y.rows; n++) {
      for (let i = 0; i < y.columns; i++, at++) {
        if (layer.kind === "elementwise") {
          y.data[at] = rules.round(rules.squash(layer.formula, x.data[at]!, layer.output));
          continue;
        }
        const [weight, bias] = learnt[k]!;
        let sum = 0; // Σ w·x
        for (let j = 0; j < x.columns; j++)
          sum += weight!.value[rules.weightAt(i, j, layer)]! * x.data[n * x.columns + j]!;
        y.data[at] = rules.round(bias ? rules.net(sum, bias.value[i]!) : sum);
      }
    }
  });
}

/** ∂E/∂ what the loss is computed from. */
function startBackward(
  { model: { loss, fused }, rules, counts }: Replay,
  { values, partials, target }: ReplayedPass,
  pass: number,
): void {
  const p = values.at(-1)!,
    d = partials.at(fused ? -2 : -1)!;
  const { gradient } = (fused && loss.fused) || loss;
  gradient.call((fused && loss.fused) || loss, p, target, d, offNetwork.float64);
  const { rows, columns, data } = d;
  for (let n = 0, at = 0; n < rows; n++) {
    const share = rules.share(n, pass, counts, (count) => loss.divisor(count, columns));
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += data[at + i]!;
    for (let i = 0; i < columns; i++, at++) {
      const dp = rules.error(data[at]!, sum, columns);
      data[at] = rules.round(share * (fused ? rules.fused(dp, p.data[at]!) : dp));
    }
  }
}

/** From ∂E/∂ what layer k gives to ∂E/∂ what it gets, and to the gradients of what it learns. */
function backward(replay: Replay, pass: ReplayedPass, k: number, n: number): void {
  const { model, rules, settings, learnt } = replay;
  const layer = model.layers[k]!;
  const x = pass.values[k]!,
    y = pass.values[k + 1]!,
    dx = pass.partials[k]!,
    dy = pass.partials[k + 1]!;
  if (layer.kind === "dense") {
    addGradients(replay, pass, k, layer);
    if (rules.movesFirst) for (const each of learnt[k]!) settle(each, n, settings, rules);
    for (let at = 0; k > 0 && at < dx.data.length; at++) {
      const row = Math.floor(at / x.columns),
        j = at % x.columns;
      let sum = 0; // Σ δ·w
      for (let i = 0; i < y.columns; i++) sum += returned(replay, pass, k, layer, learnt[k]![0]!.value, row, i, j);
      dx.data[at] = rules.round(sum);
    }
    return;
  }
  for (let row = 0, at = 0; row < x.rows; row++) {
    let dot = 0; // Σ y·dy
    for (let i = 0; i < x.columns; i++) dot += y.data[at + i]! * dy.data[at + i]!;
    for (let i = 0; i < x.columns; i++, at++) {
      const pulled =
        layer.kind === "softmax"
          ? rules.softmaxPull(y.data[at]!, dy.data[at]!, dot)
          : dy.data[at]! * rules.round(rules.slope(layer.formula, x.data[at]!, y.data[at]!, layer.output));
      dx.data[at] = rules.round(pulled);
    }
  }
}

/** ∂E/∂w += δ·∂net/∂w and ∂E/∂b += δ, row by row. */
function addGradients(replay: Replay, pass: ReplayedPass, k: number, layer: PlainDense): void {
  const { rules, learnt } = replay;
  const [weight, bias] = learnt[k]!;
  const d = pass.partials[k + 1]!;
  for (let row = 0; row < d.rows; row++) {
    for (let i = 0; i < layer.outputs; i++) {
      const delta = d.data[row * layer.outputs + i]!;
      for (let j = 0; j < layer.inputs; j++) {
        const e = rules.weightAt(i, j, layer);
        weight!.fresh[e]! += delta * incoming(replay, pass, k, row, j, weight!.value[e]!);
      }
      if (bias) bias.fresh[i]! += rules.biasGradient(delta, bias.value[i]!, row, d.rows);
    }
  }
}

/** ∂net/∂w for what layer k gets from j. */
export function incoming(
  { model, rules }: Replay,
  { values }: ReplayedPass,
  k: number,
  row: number,
  j: number,
  w: number,
): number {
  const x = values[k]!;
  const z = k > 0 && model.layers[k - 1]!.kind !== "dense" ? values[k - 1]! : x;
  const at = row * x.columns + j;
  return rules.incoming(x.data[at]!, z.data[at]!, w);
}

/** What comes back from neuron i of layer k, along one of its weights, to what it gets from j. */
export function returned(
  replay: Replay,
  { partials }: ReplayedPass,
  k: number,
  layer: PlainDense,
  weights: readonly number[],
  row: number,
  i: number,
  j: number,
): number {
  const { model, rules } = replay;
  const at = row * layer.outputs + i;
  const next = model.layers[k + 1];
  const squashed = next !== undefined && next.kind !== "dense" && k < lastOf(replay);
  const delta = partials[k + 1]!.data[at]!;
  const dOut = squashed ? partials[k + 2]!.data[at]! : delta;
  const w = weights[rules.backAt(i, j, layer)]!;
  return rules.round(rules.back({ delta, dOut, w, i, j, count: layer.outputs }));
}
