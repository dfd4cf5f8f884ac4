import { apply, constant, divide, multiply, ref, subtract, sum } from "../expression.js";
import { softmaxFormula } from "../formulas/softmax.js";
import { smoothingOf } from "../formulas/losses.js";
import { formulaOf } from "../formulas/written.js";
import { letter, partial, symbol } from "../names/symbol.js";
import { derived, place, read } from "../quantity.js";
import { equation, type Grid, type Scene } from "../scene.js";
import type { Expression, MatrixEquation, Name, Quantity } from "../types.js";
import { ask } from "../off-network.js";

/** How a number of row n and column i came about; null if that is not known. */
type Law = (n: number, i: number) => Expression | null;

/** E: the terms u, the sum of each row, and the sum of all rows, each times its weight, over the divisor. */
export function tellLoss(scene: Scene, targets: Grid, rowWeights: readonly Quantity[] | null): Quantity {
  const { names, recording, dtype } = scene;
  const { divisor, total } = recording;
  const law = whereKnown(targets, termLaw(scene, targets));
  const terms = recording.terms.map((row, n) =>
    row.map((value, i) => read(names.term(i, scene.row(n)), place("term", [i], { row: n }), value, dtype, law(n, i))),
  );
  const sums = terms.map((row) => sum(...row.map(ref)));
  const rowSum = (law: Expression, n: number) =>
    derived(rowLoss(scene, n), place("loss", [], { row: n }), "float64", law);
  const rows = scene.isPlainSum ? [] : sums.map(rowSum);
  const weighed = rows.map((each, n) => (rowWeights ? multiply(ref(rowWeights[n]!), ref(each)) : ref(each)));
  const loss = read(
    names.loss,
    place("loss"),
    total,
    "float64",
    scene.isPlainSum ? sums[0]! : over(sum(...weighed), divisor),
  );
  const divided = divisor === 1 ? "" : `${recording.loss.name} divides the sum of the terms by ${divisor}.`;
  const missing = isMissing(scene) ? "A target that is missing (NaN) has no part in it." : "";
  const note = [divided, missing, smoothedNote(scene), scene.lossRow?.note].filter(Boolean).join(" ");
  scene.tell("loss", null, "Error", [...terms.flatMap((row, n) => [...row, ...rows.slice(n, n + 1)]), loss], { note });
  return loss;
}

/** ∂E/∂ what the loss is computed from: the derivative of the row's sum, times its weight, over the divisor. */
export function tellLossBackward(scene: Scene, targets: Grid, rowWeights: readonly Quantity[] | null): void {
  const { recording, dtype, lastDerived: k } = scene;
  const { divisor, fused, target, values } = recording;
  const slopeOf = slopeLaw(scene, targets);
  const { lines } = slopeOf;
  const law = whereKnown(targets, slopeOf.law);
  const slopes = ask((dp, context, p, t) => scene.measure.gradient(p!, t!, dp, context), dtype, values.at(-1)!, target);
  const raw = scene.isPlainSum
    ? null
    : slopes.map((row, n) =>
        row.map((value, i) => {
          const name = partial(rowLoss(scene, n), scene.name(k, i, n));
          return read(name, place("derivative", [i], { layer: k - 1, row: n }), value, dtype, law(n, i));
        }),
      );
  const weigh = (each: Quantity, n: number): Expression =>
    over(rowWeights ? multiply(ref(each), ref(rowWeights[n]!)) : ref(each), divisor);
  const derivatives = scene.derive(k, (n, i) => (raw ? weigh(raw[n]![i]!, n) : law(n, i)));
  const told = derivatives.flatMap((row, n) => row.flatMap((each, i) => (raw ? [raw[n]![i]!, each] : [each])));
  const title = `Derivative of E with respect to the ${scene.isNet(k) ? "total net input" : "output"}`;
  const matrices = rowWeights || isMissing(scene) ? [] : slopeMatrix(scene);
  scene.tell("backward", k - 1, title, [...lines, ...told], {
    note: [fused ? fusedNote(scene) : scene.lossRow?.note, smoothedNote(scene)].filter(Boolean).join(" "),
    matrices,
  });
}

/** Whether some target is missing. */
const isMissing = ({ recording: { target } }: Scene): boolean => target.flat().some(Number.isNaN);

/** The same law, but none where there is no target, or a missing one. */
const whereKnown =
  (targets: Grid, law: Law): Law =>
  (n, i) =>
    Number.isNaN(targets[n]![i]?.value ?? NaN) ? null : law(n, i);

/** Of a loss that smooths its targets: why there is no law. */
function smoothedNote({ recording: { loss } }: Scene): string {
  const smoothing = smoothingOf(loss);
  if (smoothing === 0) return "";
  const [q, by] = [`(1 − ${smoothing}) t + ${smoothing} / C`, "each of C targets t of a row counts as"];
  return `With labelSmoothing ${by} ${q}; how the terms and their derivatives come of that is not written.`;
}

const fusedNote = ({ recording: { layers, loss } }: Scene): string =>
  `${layers.at(-1)!.kind} and ${loss.name} are differentiated as one: the derivative of the one cancels against that of ` +
  "the other, and what is left, prediction minus target, loses no digits where the prediction is nearly 0 or 1.";

const over = (expression: Expression, divisor: number): Expression =>
  divisor === 1 ? expression : divide(expression, constant(divisor));

/** The sum of the terms of a row. */
const rowLoss = (scene: Scene, n: number): Name =>
  scene.row(n) === null ? letter("ΣE", "\\sum E") : symbol(letter("E"), { row: n });

/** u = value(p, t) */
function termLaw({ recording: { loss }, values, lossRow: row, measure, lastDerived }: Scene, targets: Grid): Law {
  if (!row) return () => null;
  const terms = (p: readonly number[], t: readonly number[]) =>
    ask((u, context, ps, ts) => measure.value(ps!, ts!, u, context), "float64", [p], [t])[0]!;
  return (n, i) => {
    const p = values[lastDerived]![n]!.map(ref);
    const t = ref(targets[n]![i]!);
    if (row.of === "numbers")
      return apply(
        formulaOf(loss.name, row.value, (p, t) => terms([p!], [t!])[0]!),
        p[i]!,
        t,
      );
    const only = (at: number, columns: number) => Array.from({ length: columns }, (_, j) => (j === i ? at : 0));
    const compute = (...args: readonly number[]) => terms(args.slice(0, -2), only(args.at(-1)!, args.length - 2))[i]!;
    return apply(formulaOf(loss.name, row.value, compute), ...p, p[i]!, t);
  };
}

/** ∂(Σu)/∂p, and what it needs that lies on no tape. */
function slopeLaw(scene: Scene, targets: Grid): { readonly lines: readonly Quantity[]; readonly law: Law } {
  const {
    recording: { loss, fused },
    values,
    dtype,
    lossRow: row,
  } = scene;
  const output = values.at(-1)!;
  const minus = (p: Quantity, n: number, i: number) => subtract(ref(p), ref(targets[n]![i]!));
  if (fused) return { lines: [], law: (n, i) => minus(output[n]![i]!, n, i) };
  if (!row) return { lines: [], law: () => null };
  if (row.derivative) {
    const slope = (p: number, t: number) =>
      ask((dp, context, ps, ts) => loss.gradient(ps!, ts!, dp, context), "float64", [[p]], [[t]])[0]![0]!;
    const formula = formulaOf(`${loss.name}′`, row.derivative, (p, t) => slope(p!, t!));
    return { lines: [], law: (n, i) => apply(formula, ref(output[n]![i]!), ref(targets[n]![i]!)) };
  }
  const probabilities = output.map((each, n) =>
    each.map((_, i) => {
      const name = symbol(letter("p"), { sub: `${i + 1}`, row: scene.row(n) });
      return derived(name, place("factor", [i], { row: n }), dtype, softmaxFormula(each, i));
    }),
  );
  return { lines: probabilities.flat(), law: (n, i) => minus(probabilities[n]![i]!, n, i) };
}

/** ∂E/∂Out = Out − T, … */
function slopeMatrix({ names, recording, lossRow: row, lastDerived: k }: Scene): MatrixEquation[] {
  if (!row?.matrix) return [];
  const { divisor, values, target, gradients } = recording;
  const [p, t] = [names.matrix(values.length - 1), letter("T")];
  const [text, latex] = [row.matrix[0](p.text, t.text), row.matrix[1](p.latex, t.latex)];
  const law = divisor === 1 ? letter(text, latex) : letter(`(${text})/${divisor}`, `\\frac{${latex}}{${divisor}}`);
  return [equation(law, [partial(names.error, names.matrix(k)), gradients[k]!], [p, values.at(-1)!], [t, target])];
}
