import type { Place, Quantity, Role } from "../types.js";
import type { Learnt } from "./learnt.js";
import { offNetwork } from "../off-network.js";
import { incoming, returned, type Replay } from "./replay.js";
import type { SlotValues, UpdateSettings } from "./update.js";

type Reader = (replay: Replay, place: Place, name: string) => number | undefined;

/** Where a replay has the numbers of each role, after a step; no mistake changes what is not here, such as settings. */
const readers: Readonly<Partial<Record<Role, Reader>>> = {
  input: ({ model }, { row, index: [i] }) => model.input[row!]![i!],
  target: ({ model }, { row, index: [i] }) => model.target[row!]![i!],
  parameter: (replay, place) => element(replay, place, "before"),
  value: ({ pass }, place) => unit(pass.values, place),
  term: (replay, { row, index: [i] }) => printedTerms(replay)[row! * replay.counts.columns + i!],
  loss: (replay, { row }) => (row === null ? errorOf(replay) : errorOfRow(replay, row)),
  factor: (replay, place) => (place.parameter === null ? slope(replay, place) : factor(replay, place)),
  share: (replay, place) => (place.parameter === null ? through(replay, place) : shareOfRow(replay, place)),
  delta: ({ pass, rules }, place) => rules.sign * unit(pass.partials, place)!,
  derivative: ({ pass }, place, name) => (name.startsWith("∂E/") ? unit(pass.partials, place) : undefined),
  gradient: (replay, place) => element(replay, place, "gradient"),
  movement: moved,
  updated: (replay, place) => element(replay, place, "value"),
};

/** The number of a replay that a quantity of the trace stands for; undefined where it has none. */
export const numberAt = (replay: Replay, { place, name }: Quantity): number | undefined =>
  readers[place.role]?.(replay, place, name.text);

const unit = (tensors: Replay["pass"]["values"], { layer, row, index: [i] }: Place): number | undefined => {
  const { columns, data } = tensors[layer! + 1]!;
  return data[row! * columns + i!];
};

const learntAt = ({ learnt }: Replay, { layer, parameter }: Place): Learnt =>
  learnt[layer!]!.find((each) => each.parameter.name === parameter)!;

const elementAt = ({ parameter: { shape } }: Learnt, [output, input]: readonly number[]): number =>
  input === undefined ? output! : output! * shape[1]! + input;

function element(replay: Replay, place: Place, what: "before" | "gradient" | "value"): number | undefined {
  const learnt = learntAt(replay, place);
  return learnt[what][elementAt(learnt, place.index)];
}

/** The terms of E, row by row, as they are printed. */
function printedTerms({
  model: { loss, fused },
  rules,
  counts: { columns },
  pass: { values, target, terms },
}: Replay): readonly number[] {
  const { value } = (fused && loss.fused) || loss;
  value.call((fused && loss.fused) || loss, values.at(fused ? -2 : -1)!, target, terms, offNetwork.float64);
  return Array.from(terms.data, (u) => rules.round(rules.printed(u, columns)));
}

const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0);

/** E of the latest step, before it. */
const errorOf = (replay: Replay): number =>
  replay.rules.round(sum(printedTerms(replay)) / replay.model.loss.divisor(replay.counts.rows, replay.counts.columns));

const errorOfRow = (replay: Replay, row: number): number =>
  sum(printedTerms(replay).slice(row * replay.counts.columns, (row + 1) * replay.counts.columns));

/** ∂out/∂net */
function slope({ model, rules, pass: { values } }: Replay, place: Place): number | undefined {
  const layer = place.layer === null ? undefined : model.layers[place.layer];
  if (layer?.kind !== "elementwise") return undefined;
  return rules.round(
    rules.slope(
      layer.formula,
      unit(values, { ...place, layer: place.layer! - 1 })!,
      unit(values, place)!,
      layer.output,
    ),
  );
}

/** ∂net/∂w, or ∂net/∂ what comes in. */
function factor(replay: Replay, place: Place): number | undefined {
  const {
    layer: k,
    row,
    index: [i, j],
  } = place;
  const layer = replay.model.layers[k!]!;
  if (layer.kind !== "dense" || j === undefined) return undefined;
  const weight = learntAt(replay, place);
  if (row !== null) return incoming(replay, replay.pass, k!, row, j, weight.before[elementAt(weight, place.index)]!);
  return weightsBack(replay, weight)[replay.rules.backAt(i!, j, layer)];
}

/** The weights along which the error came back. */
const weightsBack = ({ rules }: Replay, weight: Learnt): readonly number[] =>
  rules.movesFirst ? weight.value : weight.before;

/** A row's part of a gradient: δ·∂net/∂w. */
function shareOfRow(replay: Replay, place: Place): number | undefined {
  const {
    layer,
    row,
    index: [i],
  } = place;
  const { columns, data } = replay.pass.partials[layer! + 1]!;
  const along = factor(replay, place);
  return along === undefined ? undefined : data[row! * columns + i!]! * along;
}

/** The part of ∂E/∂out that comes through one neuron. */
function through(replay: Replay, { layer: k, row, index: [i, j] }: Place): number | undefined {
  const layer = replay.model.layers[k!];
  if (layer?.kind !== "dense" || j === undefined) return undefined;
  return returned(replay, replay.pass, k!, layer, weightsBack(replay, replay.learnt[k!]![0]!), row!, i!, j);
}

/** A number between a gradient and a new weight, by its letter: `m̂` of `m̂_w5`. */
function moved(replay: Replay, place: Place, name: string): number | undefined {
  const learnt = learntAt(replay, place);
  const e = elementAt(learnt, place.index);
  const letter = name.slice(0, name.indexOf("_"));
  return movements[replay.settings.rule][letter]?.(
    learnt.memory[e]!,
    replay.settings,
    decayed(learnt, e, replay.settings),
  );
}

/** g = ∂E/∂w + λ·w */
const decayed = ({ gradient, before }: Learnt, e: number, { weightDecay, decoupled }: UpdateSettings): number =>
  gradient[e]! + (decoupled ? 0 : weightDecay * before[e]!);

type Movement = (memory: SlotValues, settings: UpdateSettings, g: number) => number;

const movements: Readonly<Record<UpdateSettings["rule"], Readonly<Record<string, Movement>>>> = {
  sgd: {
    g: (_memory, _settings, g) => g,
    v: ({ m }, { momentum }, g) => (momentum === 0 ? g : m),
    d: ({ m }, { momentum }, g) => g + momentum * m,
  },
  adam: {
    g: (_memory, _settings, g) => g,
    m: ({ m }) => m,
    v: ({ v }) => v,
    m̂: ({ m, power1 }, { corrected }) => (corrected ? m / (1 - power1) : m),
    v̂: ({ v, power2 }, { corrected }) => (corrected ? v / (1 - power2) : v),
    "√v̂": ({ v, power2 }, { corrected }) => Math.sqrt(corrected ? v / (1 - power2) : v),
  },
};
