import type { OnBatch } from "../../networks.js";
import { agrees, type Claim, failClaim, readClaims } from "./claims.js";
import { type Comparison, mistakeOf, report } from "./comparison.js";
import { known } from "./mistakes/mistakes.js";
import { type Model, modelOf } from "./model.js";
import { nameOf, type Point, possible, predict } from "./predict.js";
import type { KnownMistake, Rules } from "./rules.js";
import { type TrueStep, type Truth, truthOf } from "./truth.js";

/**
 * Compares a reader's own numbers with those of a training step, and says which mistake was made.
 *
 * `numbers` is one flat object, as JSON has it: a name for each number. A name is that of a quantity of the trace
 * (`"net_h1"`, `"out_o1"`, `"∂E/∂w5"`, `"w5⁺"`), or the same in ASCII (`"dE/dw5"`, `"w5+"`), with ` after n` for what
 * it is once n updates have been made (`"E after 1"`, `"out_o1 after 10,000"`). A number may be a string; it is taken to
 * be right to half a unit of the last decimal that is written, so `"0.2910"` says more than `0.291`.
 *
 * The true numbers are those of the network itself, on a clone in float64. If one of the reader's differs, the step is
 * replayed with each mistake of {@link mistakes}, and those that give all of the reader's numbers are named.
 * @throws `ChainruleError` `name` for a quantity that there is not; `type` or `value` for what is no number, and for
 * layers and optimizers of which no mistakes are known; else as `trainBatch`
 * @example
 * ```ts
 * import { Network, dense, halfSquaredError, sgd, sigmoid } from "chainrule";
 * import { compare } from "chainrule/trace";
 *
 * const network = new Network(
 *   [
 *     dense(2, 2, { weight: [[0.15, 0.2], [0.25, 0.3]], bias: [0.35, 0.35], freeze: ["bias"] }),
 *     sigmoid,
 *     dense(2, 2, { weight: [[0.4, 0.45], [0.5, 0.55]], bias: [0.6, 0.6], freeze: ["bias"] }),
 *     sigmoid,
 *   ],
 *   { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.5 }) },
 * );
 * const found = compare(network, [0.05, 0.1], [0.01, 0.99], { "w5+": "0.35891648", "E after 1": "0.291027924" });
 * found.verdict; // "mistake"
 * found.first?.name; // "E_total after 1"
 * found.mistakes[0]?.name; // "updated weights used in the hidden pass"
 * ```
 */
export const compare: OnBatch<[numbers: Readonly<Record<string, number | string>>], Comparison> = (
  network,
  input,
  target,
  numbers,
) => {
  const claims = readClaims(numbers);
  return judge(truthOf(network, input, target, "compare"), claims);
};

/** The comparison of some claims with the true steps. */
export function judge(truth: Truth, claims: readonly Claim[]): Comparison {
  const { first } = truth;
  const model = modelOf(first.recording);
  for (const claim of claims) if (!first.quantities.has(claim.name)) failClaim(claim, first.quantities);
  const checked = inOrder(claims, first).map((claim) => ({
    ...claim,
    quantity: truth.at(claim.step).quantities.get(claim.name)!,
  }));
  const wrong = checked.filter((claim) => !agrees(claim, claim.quantity.value));
  const hardest = [...new Set([...wrong, ...checked])].sort((a, b) => a.step - b.step); // of each step those that are wrong first
  const explaining = wrong.length
    ? possible(model, known).filter(({ change }) => explains(model, change, hardest))
    : [];
  return report(
    checked.length,
    wrong,
    explaining.map(mistakeOf),
    explaining.length > 1 ? telling(model, first, explaining) : null,
  );
}

/** In the order of the steps, and in that of each step. */
function inOrder(claims: readonly Claim[], { quantities }: TrueStep): readonly Claim[] {
  const order = new Map([...quantities.keys()].map((name, i) => [name, i]));
  const place = ({ step, name }: Claim): number => step * order.size + order.get(name)!;
  return [...claims].sort((a, b) => place(a) - place(b));
}

/** Whether a step with a mistake in it gives all the numbers. */
const explains = (model: Model, change: Partial<Rules>, checked: readonly (Claim & Point)[]): boolean =>
  predict(model, change, checked, (claim, value = claim.quantity.value) => agrees(claim, value, change.cut));

/** The quantity on which the most mistakes differ, of the first step and of E after two more; null if none do. */
function telling(model: Model, { quantities, loss }: TrueStep, mistakes: readonly KnownMistake[]): string | null {
  const points = [
    ...[...quantities.values()].map((quantity) => ({ quantity, step: 1 })),
    ...[2, 3].map((step) => ({ quantity: loss, step })),
  ];
  const seen = points.map(() => new Set<string>());
  for (const { change } of mistakes) {
    let i = 0;
    predict(
      model,
      change,
      points,
      ({ quantity }, value = quantity.value) => seen[i++]!.add(value.toPrecision(DIGITS)).size > 0,
    );
  }
  const most = Math.max(...seen.map(({ size }) => size));
  return most > 1 ? nameOf(points[seen.findIndex(({ size }) => size === most)]!) : null;
}

/** What a reader may be asked for. */
const DIGITS = 8;
