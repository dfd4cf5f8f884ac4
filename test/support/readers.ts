import { adam, type Network, Network as NetworkClass, type Optimizer, sgd } from "chainrule";
import type { Comparison } from "chainrule/trace";
import fc from "fast-check";
import { agrees, readClaims } from "../../src/trace/compare/claims.js";
import { judge } from "../../src/trace/compare/compare.js";
import { known } from "../../src/trace/compare/mistakes/mistakes.js";
import { type Model, modelOf } from "../../src/trace/compare/model.js";
import { nameOf, type Point, predict } from "../../src/trace/compare/predict.js";
import type { KnownMistake } from "../../src/trace/compare/rules.js";
import { type TrueStep, type Truth, truthOf } from "../../src/trace/compare/truth.js";
import { build, type NetworkCase, networkCase } from "./arbitraries.js";

/** A network with a batch, ready for its next step. */
export interface Training {
  readonly network: Network;
  readonly input: number[][];
  readonly target: number[][];
}

// The blocks of the readers' networks, and their order, are written down here and not taken from the catalogue: each
// draw depends on the whole list, so a block more would change nearly every number in the docs' table of confusion.
const activations = ["identity", "sigmoid", "tanh", "relu", "leakyRelu", "softplus", "softmax"];
const losses = [
  "halfSquaredError",
  "meanSquaredError",
  "crossEntropy",
  "crossEntropy from logits",
  "binaryCrossEntropy",
  "binaryCrossEntropy from logits",
];
const optimizers = [
  sgd({ learningRate: 0.3 }),
  sgd({ learningRate: 0.4, weightDecay: 0.02 }),
  sgd({ learningRate: 0.1, momentum: 0.6 }),
  sgd({ learningRate: 0.1, momentum: 0.5, nesterov: true, weightDecay: 0.01 }),
  adam({ learningRate: 0.05 }),
  adam({ learningRate: 0.02, beta1: 0.7, weightDecay: 0.1 }),
];

/** What a training is made of. */
interface Plan {
  readonly given: NetworkCase;
  readonly optimizer: Optimizer;
  readonly steps: number;
}

const anyPlan: fc.Arbitrary<Plan> = fc
  .record({
    subject: fc.constantFrom(...activations),
    loss: fc.constantFrom(...losses),
    rows: fc.integer({ min: 1, max: 3 }),
    optimizer: fc.constantFrom(...optimizers),
    steps: fc.integer({ min: 0, max: 2 }),
  })
  .chain(({ subject, loss, rows, ...rest }) =>
    networkCase(subject, loss, rows, activations).map((given) => ({ given, ...rest })),
  );

function train({ given, optimizer, steps }: Plan): Training {
  const { network, input, target } = build({ ...given, dtype: "float64", weighted: false });
  const other = new NetworkClass(network.layers as never, {
    loss: network.loss,
    seed: network.seed,
    optimizer,
  }) as Network;
  for (let i = 0; i < steps; i++) other.trainBatch(input, target as number[][]);
  return { network: other, input, target: target as number[][] };
}

/** A random network in float64: depth 1 to 6, any activation and loss, sgd or Adam, 1 to 3 rows, up to 2 steps on its way. */
export const anyTraining: fc.Arbitrary<Training> = anyPlan
  .map(train)
  .map((training) => Object.assign(training, { [fc.toStringMethod]: () => training.network.summary() }));

/** What there is to be known of a training: its model, its first true step, and E after two updates. */
export interface Known {
  readonly truth: Truth;
  readonly model: Model;
  readonly first: TrueStep;
  readonly all: readonly Point[];
  readonly errors: readonly Point[];
}

export function knownOf({ network, input, target }: Training): Known {
  const truth = truthOf(network, input, target, "compare");
  const { first } = truth;
  const errors = [2, 3].map((step) => ({ quantity: first.loss, step }));
  const all = [...[...first.quantities.values()].map((quantity) => ({ quantity, step: 1 })), ...errors];
  return { truth, model: modelOf(first.recording), first, all, errors };
}

/** The numbers of a reader who makes a mistake, to so many decimals; those that are no longer finite are left out. */
export function numbersOf(
  { model }: Known,
  change: KnownMistake["change"],
  points: readonly Point[],
  decimals = 9,
): Record<string, string> {
  const numbers: Record<string, string> = {};
  predict(model, change, points, (point, value) => {
    if (value !== undefined && Math.abs(value) < 1e6)
      numbers[nameOf(point)] = change.cut ? value.toFixed(decimals + 9).slice(0, -9) : value.toFixed(decimals);
    return true;
  });
  return numbers;
}

export const mistakeNamed = (name: string): KnownMistake => known.find((each) => each.name === name)!;

/** So many parameters: larger networks take longer, and show nothing else. */
const SMALL = 24;
const plans = fc.sample(anyPlan, { numRuns: 3000, seed: 1 });
const met: (Known | null)[] = [];
/** Small random networks, always the same in the same order, each made when it is first asked for. */
export const networks: Iterable<Known> = {
  *[Symbol.iterator]() {
    for (const [i, plan] of plans.entries()) {
      if (met[i] === undefined) {
        const training = train(plan);
        const size = training.network.parameters.reduce((sum, { value }) => sum + value.flat().length, 0);
        met[i] = size <= SMALL ? knownOf(training) : null;
      }
      if (met[i]) yield met[i];
    }
  },
};

/** Whether the numbers show that something is wrong. */
export const isVisible = ({ truth }: Known, numbers: Record<string, string>): boolean =>
  Object.keys(numbers).length > 0 &&
  readClaims(numbers).some((claim) => !agrees(claim, truth.at(claim.step).quantities.get(claim.name)!.value));

export const judged = ({ truth }: Known, numbers: Record<string, string>): Comparison =>
  judge(truth, readClaims(numbers));
