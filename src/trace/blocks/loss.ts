import { apply, constant, divide, multiply, ref, subtract, sum } from "../expression.js";
import { type LossRow, lossRow } from "../formulas/losses.js";
import { softmaxFormula } from "../formulas/softmax.js";
import { written } from "../formulas/written.js";
import { letter, partial, symbol } from "../names/symbol.js";
import { derived, given, place, read } from "../quantity.js";
import type { Recording } from "../record.js";
import type { Grid, Scene } from "../scene.js";
import type { Expression, Quantity } from "../trace.js";
import { ask } from "./ask.js";

/** What the rows and the terms of a loss are, once it has been told how they come about. */
export interface LossScene {
  readonly targets: Grid;
  readonly weightings: readonly Quantity[] | null;
}

/** E: the terms, the sum of each row, and of all rows by weight and divisor. */
export function tellLoss(scene: Scene, { targets, weightings }: LossScene): Quantity {
  const { names, recording, dtype } = scene;
  const { rows, divisor, total } = recording;
  const law = termLaw(scene, targets);
  const terms = recording.terms.map((row, n) =>
    row.map((value, i) => read(names.term(i, scene.row(n)), place("term", [i], { row: n }), value, dtype, law(n, i))),
  );
  const sums = terms.map((row) => sum(...row.map(ref)));
  const isPlain = rows === 1 && !weightings && divisor === 1;
  const rowLosses = isPlain ? [] : sums.map((each, n) => derived(rowLoss(scene, n), place("loss", [], { row: n }), "float64", each));
  const weighed = rowLosses.map((each, n) => (weightings ? multiply(ref(weightings[n]!), ref(each)) : ref(each)));
  const loss = read(names.loss, place("loss"), total, "float64", isPlain ? sums[0]! : over(sum(...weighed), divisor));
  scene.tell("loss", null, "Error", [...terms.flatMap((row, n) => [...row, ...rowLosses.slice(n, n + 1)]), loss]);
  return loss;
}

/** ∂E/∂ what the loss is computed from: the derivative of the row's sum, by weight and divisor. */
export function tellLossBackward(scene: Scene, { targets, weightings }: LossScene): void {
  const { recording, dtype } = scene;
  const { fused, loss, layers, divisor, values } = recording;
  const k = layers.length - (fused ? 1 : 0);
  const { gradient } = (fused && loss.fused) || loss;
  const { lines, law } = slopeLaw(scene, targets);
  const isPlain = !weightings && divisor === 1;
  const derivatives = ask((dp, context, p, t) => gradient.call((fused && loss.fused) || loss, p!, t!, dp, context), dtype, values.at(-1)!, recording.target);
  const raw = isPlain
    ? []
    : derivatives.map((row, n) =>
        row.map((value, i) => {
          const name = partial(rowLoss(scene, n), scene.name(k, i, n));
          return read(name, place("derivative", [i], { layer: k - 1, row: n }), value, dtype, law(n, i));
        }),
      );
  const weigh = (each: Quantity, n: number): Expression => over(weightings ? multiply(ref(each), ref(weightings[n]!)) : ref(each), divisor);
  const grid = scene.derive(k, (n, i) => (isPlain ? law(n, i) : weigh(raw[n]![i]!, n)));
  scene.tell("backward", k - 1, "Error by " + (fused ? "total net input" : "output"), [...lines, ...grid.flatMap((row, n) => row.flatMap((each, i) => [...(isPlain ? [] : [raw[n]![i]!]), each]))], {
    note: fused ? fusedNote(recording) : "",
  });
}

const fusedNote = ({ loss, layers }: Recording): string =>
  `${layers.at(-1)!.kind} and ${loss.name} are differentiated as one: their two derivatives multiply to p − t, ` +
  "the prediction minus the target, and computed so nothing is lost where p is nearly 0 or 1.";

const over = (expression: Expression, divisor: number): Expression => (divisor === 1 ? expression : divide(expression, constant(divisor)));

const rowLoss = (scene: Scene, n: number) => (scene.row(n) === null ? letter("ΣE", "\\sum E") : symbol(letter("E"), { row: n }));

/** u = value(p, t) */
function termLaw({ recording, values }: Scene, targets: Grid): (n: number, i: number) => Expression | null {
  const { fused, loss, layers } = recording;
  const row = lossRow(loss, fused);
  if (!row) return () => null;
  const predictions = values[layers.length - (fused ? 1 : 0)]!;
  const { value } = (fused && loss.fused) || loss;
  const terms = (p: readonly number[], t: readonly number[]) =>
    ask((u, context, ps, ts) => value.call((fused && loss.fused) || loss, ps!, ts!, u, context), "float64", [p], [t])[0]!;
  return (n, i) => {
    const p = predictions[n]!.map(ref);
    const t = ref(targets[n]![i]!);
    if (row.of === "numbers") return apply(written(loss.name, row.value, (p, t) => terms([p!], [t!])[0]!), p[i]!, t);
    const alone = (at: number, count: number) => Array.from({ length: count }, (_, j) => (j === i ? at : 0));
    const compute = (...args: readonly number[]) => terms(args.slice(0, -2), alone(args.at(-1)!, args.length - 2))[i]!;
    return apply(written(loss.name, row.value, compute), ...p, p[i]!, t);
  };
}

/** ∂(Σu)/∂p, and what it needs that lies on no tape. */
function slopeLaw(scene: Scene, targets: Grid): { lines: readonly Quantity[]; law(n: number, i: number): Expression | null } {
  const { recording, values, dtype } = scene;
  const { fused, loss } = recording;
  const row: LossRow | undefined = lossRow(loss, fused);
  const output = values.at(-1)!;
  const minus = (p: Quantity, n: number, i: number) => subtract(ref(p), ref(targets[n]![i]!));
  if (fused) return { lines: [], law: (n, i) => minus(output[n]![i]!, n, i) };
  if (!row) return { lines: [], law: () => null };
  if (row.derivative) {
    const slope = (p: number, t: number) => ask((dp, context, ps, ts) => loss.gradient(ps!, ts!, dp, context), "float64", [[p]], [[t]])[0]![0]!;
    const formula = written(`${loss.name}′`, row.derivative, (p, t) => slope(p!, t!));
    return { lines: [], law: (n, i) => apply(formula, ref(output[n]![i]!), ref(targets[n]![i]!)) };
  }
  const probabilities = output.map((each, n) =>
    each.map((_, i) =>
      derived(symbol(letter("p"), { sub: `${i + 1}`, row: scene.row(n) }), place("factor", [i], { row: n }), dtype, softmaxFormula(each, i)),
    ),
  );
  return { lines: probabilities.flat(), law: (n, i) => minus(probabilities[n]![i]!, n, i) };
}

export const targetsOf = (scene: Scene): Grid =>
  scene.recording.target.map((row, n) =>
    row.map((value, i) => given(scene.names.target(i, scene.row(n)), place("target", [i], { row: n }), value, scene.dtype)),
  );
