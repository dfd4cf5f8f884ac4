import type { Expression, Quantity, Trace } from "../types.js";

/** A neuron, or an input: all that a step knows of it. */
export interface Unit {
  readonly label: string;
  readonly quantities: Quantity[];
}

/** A weight, or a bias, whose source is then a 1. */
export interface Edge {
  readonly from: Unit | null;
  readonly to: Unit;
  readonly weight: Quantity;
  /** ∂E/∂weight and the weight after the update; none if it is frozen. */
  readonly gradient: Quantity | undefined;
  readonly updated: Quantity | undefined;
}

/** The units of a network in columns, and the edges that lead to each column but the first. */
export interface Drawing {
  readonly columns: readonly (readonly Unit[])[];
  readonly edges: readonly (readonly Edge[])[];
}

/** Quantities that an expression is made of. */
export function quantitiesIn(expression: Expression | null): readonly Quantity[] {
  if (expression === null || expression.op === "constant") return [];
  return expression.op === "quantity" ? [expression.quantity] : expression.args.flatMap(quantitiesIn);
}

/** The numbers of more edges than this could not be read. */
export const MOST_EDGES = 60;

/**
 * The network of a trace as a drawing: a column of units for the inputs and for each dense layer, with what later layers
 * make of the units one by one. null for a batch of several rows, for more edges than can be drawn, and where layers do
 * something else.
 */
export function drawingOf(trace: Trace): Drawing | null {
  if (trace.rows !== 1) return null;
  const all = [...trace.quantities.values()];
  if (all.filter(({ place }) => place.role === "parameter").length > MOST_EDGES) return null;
  const of = (role: Quantity["place"]["role"], layer: number | null = null): Quantity[] =>
    all.filter(({ place }) => place.role === role && place.layer === layer);
  const columns = [of("input").map(unitOf)];
  const edges: Edge[][] = [];
  const slopes: (readonly [Unit | undefined, Quantity])[] = [];
  const layers = 1 + all.reduce((last, { place }) => Math.max(last, place.layer ?? 0), 0);
  for (let layer = 0; layer < layers; layer++) {
    const values = of("value", layer);
    const weights = of("parameter", layer);
    const before = columns.at(-1)!;
    if (weights.length === 0) {
      if (values.length !== before.length) return null;
      values.forEach((value, i) => before[i]!.quantities.push(value));
    } else {
      const units = values.map(unitOf);
      const lead = edgesOf(weights, before, units, all);
      if (!lead) return null;
      columns.push(units);
      edges.push(lead);
    }
    const units = columns.at(-1)!;
    for (const each of [...of("derivative", layer), ...of("delta", layer)])
      slopes.push([units[each.place.index[0]!], each]);
  }
  columns
    .at(-1)!
    .forEach((unit, i) =>
      unit.quantities.push(...[of("target")[i], of("term")[i]].filter((each) => each !== undefined)),
    );
  for (const [unit, each] of slopes) unit?.quantities.push(each);
  return columns.length > 1 && edges.flat().length <= MOST_EDGES ? { columns, edges } : null;
}

const unitOf = (quantity: Quantity): Unit => ({
  label: quantity.name.text.replace(/^(?:net|out)_/, ""),
  quantities: [quantity],
});

/** An edge for each weight and bias in the laws of the units; null if a law is another. */
function edgesOf(
  weights: readonly Quantity[],
  before: readonly Unit[],
  units: readonly Unit[],
  all: readonly Quantity[],
): Edge[] | null {
  const same = (role: string, { place }: Quantity): Quantity | undefined =>
    all.find(
      (each) =>
        each.place.role === role &&
        each.place.parameter === place.parameter &&
        each.place.index.join() === place.index.join(),
    );
  const edges = units.flatMap((to) =>
    quantitiesIn(to.quantities[0]!.expression)
      .filter((each) => weights.includes(each))
      .map((weight): Edge => {
        const input = weight.place.index[1];
        return {
          from: input === undefined ? null : before[input]!,
          to,
          weight,
          gradient: same("gradient", weight),
          updated: same("updated", weight),
        };
      }),
  );
  const isDense = edges.length >= units.length * before.length && edges.every(({ from }) => from !== undefined);
  const order = ({ from }: Edge): number => (from ? before.indexOf(from) : before.length);
  return isDense ? edges.sort((a, b) => order(a) - order(b)) : null;
}
