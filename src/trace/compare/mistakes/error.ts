import type { KnownMistake } from "../rules.js";
import type { Model } from "../model.js";

const isSquared = ({ loss }: Model): boolean => /SquaredError$/.test(loss.name);
/** ½ Σ (t − p)², without a mean over the outputs. */
const isHalf = ({ loss }: Model): boolean => loss.name === "halfSquaredError";
/** The loss adds its terms up over the outputs, or it takes their mean. */
const addsOutputs = ({ loss, columns }: Model): boolean => columns > 1 && loss.divisor(1, columns) === 1;
const meansOutputs = ({ loss, columns }: Model): boolean => columns > 1 && loss.divisor(1, columns) === columns;
const meansRows = ({ loss, columns, input }: Model): boolean =>
  input.length > 1 && loss.divisor(2, columns) === 2 * loss.divisor(1, columns);
const addsRows = ({ loss, columns, input }: Model): boolean =>
  input.length > 1 && loss.divisor(2, columns) === loss.divisor(1, columns);

/** Mistakes in E and in ∂E/∂out. */
export const errorMistakes: readonly KnownMistake[] = [
  {
    name: "no 1/2 in the error",
    what: "(t − out)² was differentiated in place of ½(t − out)²: every derivative is twice what it should be.",
    remedy: "Keep the ½, which cancels the 2 of the square: ∂E/∂out = out − t.",
    when: isHalf,
    change: { error: (dp) => 2 * dp },
  },
  {
    name: "no 1/2 in the error, and none in the printed E",
    what: "E was Σ(t − out)² throughout: it and every derivative are twice what they should be.",
    remedy: "Put the ½ before the sum: E = ½Σ(t − out)².",
    when: isHalf,
    change: { error: (dp) => 2 * dp, printed: (E) => 2 * E },
  },
  {
    name: "no 1/2 in the printed E",
    what: "The derivatives are right, but E was printed as Σ(t − out)².",
    remedy: "Put the ½ before the sum: E = ½Σ(t − out)².",
    when: isHalf,
    change: { printed: (E) => 2 * E },
  },
  {
    name: "2 of the square forgotten",
    what: "∂E/∂out was taken as out − t where (out − t)² has the derivative 2(out − t).",
    remedy: "Multiply by the 2, or take halfSquaredError.",
    when: (model) => isSquared(model) && !isHalf(model),
    change: { error: (dp) => dp / 2 },
  },
  {
    name: "mean over outputs",
    what: "The mean over the outputs was differentiated in place of the sum: every derivative is divided by their number.",
    remedy: "Add the outputs' errors up, E = E_o1 + E_o2 + …",
    when: addsOutputs,
    change: { error: (dp, _, columns) => dp / columns },
  },
  {
    name: "mean over outputs, and in the printed E",
    what: "E was the mean of the outputs' errors throughout: it and every derivative are divided by their number.",
    remedy: "Add the outputs' errors up, E = E_o1 + E_o2 + …",
    when: addsOutputs,
    change: { error: (dp, _, columns) => dp / columns, printed: (E, columns) => E / columns },
  },
  {
    name: "mean over outputs in the printed E",
    what: "The derivatives are right, but E was printed as the mean of the outputs' errors.",
    remedy: "Add the outputs' errors up, E = E_o1 + E_o2 + …",
    when: addsOutputs,
    change: { printed: (E, columns) => E / columns },
  },
  {
    name: "sum over outputs",
    what: "The sum over the outputs was differentiated in place of the mean that the loss takes.",
    remedy: 'Divide by the number of outputs, or take a loss with reduction "sum".',
    when: meansOutputs,
    change: { error: (dp, _, columns) => dp * columns },
  },
  {
    name: "errors summed before they are squared",
    what: "½(Σ(t − out))² was differentiated: every output got the sum of all differences.",
    remedy: "Square each difference first: ∂E/∂out of an output holds its own difference only.",
    when: isSquared,
    change: { error: (_, sum) => sum },
  },
  {
    name: "target − out with the wrong sign",
    what: "∂E/∂out was taken as target − out, and the step was still subtracted: it goes uphill.",
    remedy: "Mind the inner derivative −1: ∂E/∂out = −(target − out).",
    change: { error: (dp) => -dp },
  },
  {
    name: "δ of the opposite sign",
    what: "δ was written as −∂E/∂net, as some books have it; the numbers that follow from it are right.",
    remedy: "Nothing is wrong: turn the signs of all δ round to compare them.",
    change: { sign: -1 },
  },
  {
    name: "cross-entropy with the activation's derivative as well",
    what: "p − t was multiplied by p(1 − p), although it is ∂E/∂net already.",
    remedy: "Take δ = p − t: the derivative of softmax or sigmoid cancels against that of the cross-entropy.",
    when: ({ fused }) => fused,
    change: { fused: (dz, a) => dz * a * (1 - a) },
  },
  {
    name: "batch summed instead of averaged",
    what: "The gradients of the examples were added up, not divided by their number.",
    remedy: "Divide by the number of rows, as the loss does.",
    when: meansRows,
    change: { share: (_row, _pass, _counts, divisor) => 1 / divisor(1) },
  },
  {
    name: "batch averaged twice",
    what: "The gradients were divided by the number of examples once more.",
    remedy: "Divide once, in the loss or in the gradients.",
    when: meansRows,
    change: { share: (_row, _pass, { rows }, divisor) => 1 / (divisor(rows) * rows) },
  },
  {
    name: "batch averaged instead of summed",
    what: "The gradients were divided by the number of examples, although the loss is a sum.",
    remedy: 'Add them up, or take a loss with reduction "mean".',
    when: addsRows,
    change: { share: (_row, _pass, { rows }, divisor) => 1 / (divisor(rows) * rows) },
  },
  {
    name: "only the last example counted",
    what: "Each example's gradients overwrote those of the one before.",
    remedy: "Add the gradients of all rows up before the step.",
    when: ({ input }) => input.length > 1,
    change: { share: (row, _pass, { rows }, divisor) => (row === rows - 1 ? 1 / divisor(rows) : 0) },
  },
];
