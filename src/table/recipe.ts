import { relu } from "../activations/relu.js";
import { sigmoid } from "../activations/sigmoid.js";
import type { Matrix } from "../core/examples.js";
import { softmax } from "../layers/softmax.js";
import { zeros } from "../initializers/constant.js";
import { dense } from "../layers/dense.js";
import type { Layer } from "../layers/layer.js";
import { binaryCrossEntropy } from "../losses/binary-cross-entropy.js";
import { crossEntropy } from "../losses/cross-entropy.js";
import { meanSquaredError } from "../losses/squared-error.js";
import { Network } from "../networks.js";
import { adamW } from "../optim/adam-w.js";
import type { Abortable } from "../train/aborted.js";
import type { ClassWeights } from "../train/class-weights.js";
import type { EarlyStopping } from "../train/early-stopping.js";
import type { EpochReport, History } from "../train/history.js";
import { foldsOf } from "./split.js";

/** What a table's columns ask of a network. */
export interface Sizes {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly task: "classes" | "numbers";
}

/** What is told after each epoch: the report of `fit`, and in which trial it was, counted from 1; without one it is the last training. */
export type TableEpoch = EpochReport & { readonly trial?: number | undefined };

/** How a network is trained; what is not said depends on the rows. */
export interface Training {
  readonly hidden: readonly number[];
  readonly epochs: number | undefined;
  readonly batchSize: number | undefined;
  readonly learningRate: number;
  readonly weightDecay: number | undefined;
  readonly validation: number | { readonly last: number } | undefined;
  readonly earlyStopping: boolean | EarlyStopping<never>;
  readonly classWeights: ClassWeights | undefined;
  readonly seed: number;
  readonly onEpoch: ((report: TableEpoch) => unknown) | undefined;
  /** As `onEpoch`, for the linear model. */
  readonly onLinearEpoch?: ((report: TableEpoch) => unknown) | undefined;
  readonly signal: Abortable | undefined;
}

/** That of the linear model which a network is held against. */
export const linear = (training: Training): Training => ({
  ...training,
  hidden: [],
  learningRate: 0.01,
  weightDecay: 0.01,
  onEpoch: training.onLinearEpoch,
});

/** Rows as numbers. */
export interface Encoded {
  readonly inputs: Matrix;
  readonly targets: Uint32Array | Matrix;
}

/** A network that was trained, and how. */
export interface Trained {
  readonly network: Network;
  /** Of the training whose network it is. */
  readonly history: History;
  /** Those of the trials by which its epochs were found. */
  readonly trials: readonly History[];
}

/** Rows below which none are spared to judge the training, and from which a single part of them is enough. */
const FEW = 20;
const MANY = 1000;
const PARTS = 5;
/** Passes over the rows, at most, and over so few. */
const EPOCHS = 500;
const FEW_EPOCHS = 100;

const middle = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

/** Rows for each update: 32, for many rows more. */
const batchFor = (rows: number): number => Math.max(32, Math.min(256, Math.round(Math.sqrt(rows) / 8) * 8));

/** The weight decay: the fewer the rows, the more. */
const decayFor = (rows: number): number => 4 / Math.sqrt(rows);

/**
 * A network that starts with answering the mean: the weights into its outputs are 0.
 */
function build({ inputSize, outputSize, task }: Sizes, rows: number, training: Training): Network {
  const { hidden, learningRate, seed, weightDecay = decayFor(rows) } = training;
  const sizes = [inputSize, ...hidden];
  const layers: Layer[] = hidden.flatMap((units, i): Layer[] => [dense(sizes[i]!, units), relu]);
  layers.push(dense(sizes.at(-1)!, outputSize, { weight: zeros }));
  if (task === "classes") layers.push(outputSize === 1 ? sigmoid : softmax);
  const loss = task === "numbers" ? meanSquaredError : outputSize === 1 ? binaryCrossEntropy : crossEntropy;
  const optimizer = adamW({ learningRate, weightDecay });
  return new Network(layers, { loss, optimizer, seed }) as unknown as Network;
}

/** These rows of a batch. */
function pick({ inputs, targets }: Encoded, rows: Uint32Array): Encoded {
  const from = ({ data, shape: [, width] }: Matrix): Matrix => {
    const picked = new Float64Array(rows.length * width);
    rows.forEach((row, n) => picked.set(data.subarray(row * width, (row + 1) * width), n * width));
    return { data: picked, shape: [rows.length, width] };
  };
  const isClasses = targets instanceof Uint32Array;
  return { inputs: from(inputs), targets: isClasses ? Uint32Array.from(rows, (row) => targets[row]!) : from(targets) };
}

/** The parts of the rows that trials are judged by: none for few rows, each of five in turn, or one of them for many. */
function partsOf({ inputs, targets }: Encoded, seed: number): Uint32Array[] {
  const [rows] = inputs.shape;
  if (rows < FEW) return [];
  const strata = targets instanceof Uint32Array ? Int32Array.from(targets) : null;
  const partOf = foldsOf(rows, PARTS, { strata, groups: null, seed });
  const all = Uint32Array.from(partOf.keys());
  return Array.from({ length: rows < MANY ? PARTS : 1 }, (_, part) => all.filter((row) => partOf[row] === part));
}

/**
 * Trains a network. How many epochs are right is found by trials: five times with four fifths of the rows, until the loss of
 * the other fifth has not become less for a while; the middle of the five best epochs is taken. Then it is trained anew with
 * all rows, for as many. Of a thousand rows or more one trial is enough; fewer than twenty are trained with for a hundred
 * epochs.
 */
export async function train(sizes: Sizes, rows: Encoded, training: Training): Promise<Trained> {
  const { earlyStopping, validation, classWeights, onEpoch, signal, seed } = training;
  const count = rows.inputs.shape[0];
  const batchSize = training.batchSize ?? batchFor(count);
  const most = training.epochs ?? EPOCHS;
  const trials: History[] = [];
  let isEnded = false;
  const fit = async (given: Encoded, epochs: number, judge: object | undefined): Promise<Trained> => {
    const network = build(sizes, count, training);
    const trial = judge && trials.length + 1;
    const options = {
      epochs,
      batchSize,
      classWeights,
      signal,
      ...(judge ? { ...judge, earlyStopping } : {}),
      async onEpoch(report: EpochReport): Promise<unknown> {
        const answer = onEpoch && (await onEpoch(trial === undefined ? report : { ...report, trial }));
        isEnded ||= answer === false;
        return answer;
      },
    };
    const history = await network.fit(given.inputs as never, given.targets as never, options as never);
    if (judge) trials.push(history);
    return { network, history, trials };
  };
  const isJudged = earlyStopping !== false && validation !== 0;
  const parts = isJudged && validation === undefined ? partsOf(rows, seed) : [];
  const judges =
    isJudged && validation !== undefined
      ? [{ given: rows, judge: { validation } }]
      : parts.map((part) => {
          const isPart = new Uint8Array(count);
          for (const row of part) isPart[row] = 1;
          const others = Uint32Array.from(isPart.keys()).filter((row) => !isPart[row]);
          return { given: pick(rows, others), judge: { validation: pick(rows, part) } };
        });
  for (const { given, judge } of judges) {
    const trained = await fit(given, most, judge);
    if (isEnded) return trained; // with the best parameters so far
  }
  const few = training.epochs ?? FEW_EPOCHS;
  const epochs = trials.length ? middle(trials.map(({ best, loss }) => best?.epoch ?? loss.length)) : few;
  return fit(rows, epochs, undefined);
}
