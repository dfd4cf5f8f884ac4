import { relu } from "../activations/relu.js";
import { sigmoid } from "../activations/sigmoid.js";
import type { Matrix } from "../core/examples.js";
import { softmax } from "../layers/softmax.js";
import { he } from "../initializers/scaled.js";
import { dense } from "../layers/dense.js";
import type { Layer } from "../layers/layer.js";
import { binaryCrossEntropy } from "../losses/binary-cross-entropy.js";
import { crossEntropy } from "../losses/cross-entropy.js";
import { meanSquaredError } from "../losses/squared-error.js";
import { Network } from "../networks.js";
import { adam } from "../optim/adam.js";
import type { Abortable } from "../train/aborted.js";
import type { ClassWeights } from "../train/class-weights.js";
import type { EarlyStopping } from "../train/early-stopping.js";
import type { EpochReport, History } from "../train/history.js";

/** What a table's columns ask of a network. */
export interface Sizes {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly task: "classes" | "numbers";
}

/** How a network is trained, with all that was left out filled in. */
export interface Training {
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly validation: number | { readonly last: number };
  readonly earlyStopping: boolean | EarlyStopping<never>;
  readonly classWeights: ClassWeights | undefined;
  readonly seed: number | undefined;
  readonly onEpoch: ((report: EpochReport) => unknown) | undefined;
  readonly signal: Abortable | undefined;
}

/** Rows with which a share of them can judge the training. */
const ENOUGH = 10;

function build(
  { inputSize, outputSize, task }: Sizes,
  training: Training,
  hidden: readonly number[],
  seed?: number,
): Network {
  const sizes = [inputSize, ...hidden];
  const layers: Layer[] = hidden.flatMap((units, i): Layer[] => [dense(sizes[i]!, units, { weight: he }), relu]);
  layers.push(dense(sizes.at(-1)!, outputSize));
  if (task === "classes") layers.push(outputSize === 1 ? sigmoid : softmax);
  const loss = task === "numbers" ? meanSquaredError : outputSize === 1 ? binaryCrossEntropy : crossEntropy;
  return new Network(layers, {
    loss,
    optimizer: adam({ learningRate: training.learningRate }),
    seed,
  }) as unknown as Network;
}

/** Trains a network on rows. */
export async function train(
  sizes: Sizes,
  inputs: Matrix,
  targets: Uint32Array | Matrix,
  training: Training,
  hidden: readonly number[] = training.hidden,
): Promise<{ network: Network; history: History }> {
  const network = build(sizes, training, hidden, training.seed);
  const { epochs, batchSize, classWeights, onEpoch, signal } = training;
  const judged = training.validation !== 0 && inputs.shape[0] >= ENOUGH;
  const history = await network.fit(inputs as never, targets as never, {
    epochs,
    batchSize,
    classWeights,
    signal,
    ...(judged ? { validation: training.validation, earlyStopping: training.earlyStopping } : {}),
    ...(onEpoch ? { onEpoch: onEpoch as never } : {}),
  });
  return { network, history: history as History };
}
