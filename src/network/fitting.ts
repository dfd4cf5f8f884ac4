import { type DType, floats } from "../core/tensor.js";
import { beginning, type Course, historyOf, type Terms } from "../train/course.js";
import { hear } from "../train/aborted.js";
import { ruleInWords } from "../train/early-stopping.js";
import { type Batches, isBatches } from "../train/batches.js";
import { balancedWeights, classesOf, needClasses, readClassWeights, weighClasses } from "../train/class-weights.js";
import { fit, type Trainable } from "../train/fit.js";
import type { History } from "../train/history.js";
import { checkKnown } from "../train/metrics.js";
import { readBatchOptions, readFitOptions, type ReadOptions } from "../train/options.js";
import { Ticker } from "../train/ticker.js";
import { split, type ValidationData } from "../train/validation.js";
import type { Judged } from "./assessment.js";
import { BatchSource } from "./batch-source.js";
import { Judge } from "./judge.js";
import { keep, keepBuffers, putBack } from "./kept.js";
import type { Reach } from "./reach.js";
import { readRowWeights } from "./row-weights.js";
import { RowSource, type Trained } from "./row-source.js";
import { type Examples, readExamples, type Readers } from "./slices.js";
import type { FitData } from "./training.js";

/** What `fit` needs of a network. */
export interface Fitted extends Judged, Trained {
  readonly dtype: DType;
  readonly targetSize: number;
  readonly reach: Reach;
  /** Whether its schedule wants to know the loss that is watched. */
  readonly isListening: boolean;
  /** A copy of it, to be judged in its place. */
  twin(): Judged;
  /** Readers of examples and targets, which keep the array of what they read last. */
  readers(): Readers;
  /** The weights of classes, as they were found last. */
  classWeights: readonly number[] | undefined;
  /** Where the fit stands, or the latest one ended. */
  course: Course | undefined;
  /** Becomes what a checkpoint says, and returns where its fit stood. */
  resume(checkpoint: object, terms: Terms): Course;
}

/** What is trained with, and what is judged by; null: no metrics are wanted, and no validation. */
interface Prepared {
  readonly source: RowSource | BatchSource;
  readonly judge: Judge | null;
  readonly terms: Terms;
}

/**
 * Fits a network.
 * @throws {@link ChainruleError} as `Network.fit`
 */
export async function fitNetwork(network: Fitted, inputs: unknown, targets: unknown, given: unknown): Promise<History> {
  const areBatches = isBatches(inputs) && given === undefined;
  const options = areBatches ? readBatchOptions(targets, typeof inputs === "function") : readFitOptions(given);
  const ticker = new Ticker();
  const { source, judge, terms } = areBatches
    ? await prepareBatches(network, inputs, options, ticker)
    : await prepareRows(network, inputs, targets, options, ticker);
  const course = options.resume ? network.resume(options.resume, terms) : beginning(terms);
  network.course = course;
  const { training, store } = network;
  const trainable: Trainable = {
    get callsOut() {
      return training.callsOut;
    },
    isStepwise: areBatches || options.onBatch !== undefined,
    get loss() {
      return source.loss;
    },
    begin: () => source.begin(course),
    train: () => source.train(course),
    scores: judge && (() => judge.scores(ticker, options.signal, course)),
    keep: () => (course.best = keep(store, course.best)),
    epochEnded: network.isListening ? (loss) => training.epochEnded(loss) : null,
  };
  try {
    await fit(trainable, options, ticker, course);
    await source.close();
  } catch (error) {
    source.drop(course);
    await source.close().catch(() => undefined); // the error that came first is the one to tell
    throw error;
  } finally {
    if (course.best) {
      course.last = keep(store, null);
      putBack(store, course.best);
      training.discard("fit");
    }
  }
  return historyOf(course);
}

/** What is judged: the network or, if its optimizer keeps running means of the parameters, a twin with those. */
function modelToJudge(network: Fitted): Judged {
  const { store } = network;
  if (!store.allAverages) return network;
  const twin = network.twin();
  let buffers: ReturnType<typeof keep> | null = null;
  const refresh = (): void => {
    store.copyAverages(twin.store, "fit");
    putBack(twin.store, (buffers = keepBuffers(store, buffers)));
    twin.training.discard("fit");
  };
  return { ...twin, refresh };
}

/** Takes the data in, and divides it. */
async function prepareRows(
  network: Fitted,
  inputs: unknown,
  targets: unknown,
  options: ReadOptions,
  ticker: Ticker,
): Promise<Prepared> {
  const { targetSize, loss, reach, seed } = network;
  const { validation, metrics, signal } = options;
  const { rows, ...data } = await readExamples(network.readers(), inputs, targets, "fit", ticker, signal);
  const giveWay = async (): Promise<void> => {
    if (!ticker.look()) return;
    await ticker.tick();
    hear(signal);
  };
  reach.check(data.targets, rows, targetSize, "fit targets");
  await giveWay();
  const isShare = validation !== undefined && !(typeof validation === "object" && "inputs" in validation);
  const classes = isShare ? classesOf(data.targets, rows, targetSize, loss?.targets) : null;
  const parts = isShare ? split(rows, validation, classes, seed) : { training: all(rows), validation: null };
  await giveWay();
  const rowWeights = weightsOf(network, data.targets, parts.training, rows, options);
  const held = validation && !isShare ? await readHeld(network, validation, ticker, options) : null;
  const shared = parts.validation && { ...data, rowWeights: null, order: parts.validation };
  const judged = held ?? shared ?? { ...data, rowWeights, order: parts.training };
  const wantsLoss = validation !== undefined;
  const isStepwise = options.onBatch !== undefined;
  const trained: FitData = { ...data, rowWeights, order: parts.training, isStepwise };
  return {
    source: new RowSource(network, trained, options),
    judge: wantsLoss || metrics.length ? judgeOf(network, judged, options) : null,
    terms: termsOf(rows, options, held),
  };
}

/** What judges each epoch by rows, of which something has to be known. */
function judgeOf(network: Fitted, data: FitData, { validation, metrics }: ReadOptions): Judge {
  const { loss, targetSize } = network;
  const { targets, order } = data;
  const wantsLoss = validation !== undefined;
  const target = { data: targets, shape: [targets.length / targetSize, targetSize] } as const;
  if (loss?.missing !== undefined) checkKnown(target, order, metrics, wantsLoss);
  return new Judge(modelToJudge(network), data, metrics, wantsLoss);
}

/** The same for batches as they come. */
async function prepareBatches(
  network: Fitted,
  batches: Batches,
  options: ReadOptions,
  ticker: Ticker,
): Promise<Prepared> {
  const { validation, classWeights } = options;
  hear(options.signal);
  const weights = classWeights && readClassWeights(classWeights, network.targetSize, "fit");
  const held = validation ? await readHeld(network, validation as ValidationData, ticker, options) : null;
  return {
    source: new BatchSource(network, network.readers(), batches, weights),
    judge: held && judgeOf(network, held, options),
    terms: termsOf(0, options, held),
  };
}

/** Reads data of validation that were given beside those of the training. */
async function readHeld(
  network: Fitted,
  validation: ValidationData,
  ticker: Ticker,
  { signal }: ReadOptions,
): Promise<FitData> {
  const where = "fit validation";
  const data = await readExamples(network.readers(), validation.inputs, validation.targets, where, ticker, signal);
  const { rowWeights: given } = validation;
  const rowWeights =
    given === undefined ? null : readRowWeights(given, data.rows, floats(network.dtype, data.rows), where);
  return { ...data, rowWeights, order: all(data.rows) };
}

/** A weight for each row, those of classes among them; null if there are none. */
function weightsOf(
  network: Fitted,
  targets: Examples["targets"],
  training: Uint32Array,
  rows: number,
  { rowWeights, classWeights }: ReadOptions,
): FitData["rowWeights"] {
  if (rowWeights === undefined && classWeights === undefined) return null;
  const { dtype, targetSize, loss } = network;
  const weights = floats(dtype, rows).fill(1);
  if (rowWeights !== undefined) readRowWeights(rowWeights, rows, weights, "fit");
  if (classWeights === undefined) return weights;
  const isBalanced = classWeights === "balanced";
  const factors = isBalanced ? undefined : readClassWeights(classWeights, targetSize, "fit");
  const classes = needClasses(targets, rows, targetSize, loss?.targets, "fit");
  const found = factors ?? balancedWeights(classes, training, targetSize);
  if (isBalanced) network.classWeights = found;
  weighClasses(weights, 0, classes, found);
  return weights;
}

/** What has to be the same for a fit to go on; what is no number in words. */
function termsOf(rows: number, options: ReadOptions, held: FitData | null): Terms {
  const { batchSize, shuffle, accumulate, validation, metrics, rowWeights, classWeights, rule } = options;
  const ofClasses = classWeights === "balanced" ? "balanced classWeights" : classWeights && "classWeights";
  return {
    ...{ rows, batchSize, shuffle, accumulate },
    validation: inWords(validation, held),
    metrics: listed(metrics.map(({ name }) => name)),
    weights: listed([rowWeights && "rowWeights", ofClasses]),
    earlyStopping: ruleInWords(rule),
  };
}

const listed = (names: readonly (string | undefined)[]): string => names.filter(Boolean).join(", ") || "none";

const all = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);

const inWords = (validation: ReadOptions["validation"], held: FitData | null): string =>
  held
    ? `${held.order.length} rows`
    : validation === undefined
      ? "none"
      : typeof validation === "number"
        ? String(validation)
        : `last ${(validation as { last: number }).last}`;
