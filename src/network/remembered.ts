import { isOurs } from "../core/bare.js";
import { fail, isArray, Phrase } from "../core/errors.js";
import { flatten } from "../core/numbers.js";
import { isPlainObject } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import { classesIn } from "../train/class-weights.js";
import type { Course, Terms } from "../train/course.js";
import { averageOf, type Remembering } from "./checkpoint.js";
import { decode } from "./encoded.js";
import { placesOf } from "./kept.js";
import type { Store } from "./store.js";
import { NUMBERS } from "./written.js";

// What a checkpoint says of a training is read here, all of it before any is written.

const WHERE = "checkpoint training";
const REMEDY = "give what network.checkpoint() gave";

const need = (isRight: boolean, where: string, expected: string, got: unknown): void => {
  if (!isRight) fail("value", `${WHERE}${where}`, expected, got, REMEDY);
};

function objectAt(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (!isPlainObject(value)) fail("type", `${WHERE}${where}`, "an object", value, REMEDY);
  return value;
}

function readNumber(value: unknown, where: string): number {
  const text = isPlainObject(value) && Object.hasOwn(value, "number") ? value.number : undefined;
  const isNumber = typeof value === "number" || NUMBERS.includes(text as string);
  need(isNumber, where, "a number", value);
  return typeof value === "number" ? value : Number(text);
}

function readCount(value: unknown, where: string, least = 0): number {
  need(Number.isSafeInteger(value) && (value as number) >= least, where, `a whole number of at least ${least}`, value);
  return value as number;
}

function readList(value: unknown, length: number, where: string): number[] {
  if (!isArray(value) || value.length !== length)
    fail("shape", `${WHERE}${where}`, `a list of ${length} numbers`, value, REMEDY);
  return value.map((each, i) => readNumber(each, `${where}[${i}]`));
}

/** Numbers by name: of all of these, or, if not all are needed, of any. */
function readByName(
  value: unknown,
  entries: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  where: string,
  needsAll: boolean,
  store: Store,
): Record<string, Floats> {
  const given = objectAt(value, where);
  const strange = Object.keys(given).find((name) => !entries.has(name));
  need(strange === undefined, where, "names of this network", strange);
  const read: Record<string, Floats> = {};
  for (const [name, { shape }] of entries) {
    if (!Object.hasOwn(given, name)) {
      need(!needsAll, `${where} ${name}`, "numbers", new Phrase("none"));
      continue;
    }
    const at = `${WHERE}${where} ${name}`;
    read[name] = flatten(decode(given[name], shape, at) as number[], shape, at, store.memory.dtype);
  }
  return read;
}

/**
 * Reads what a network is to remember of its training; returns what writes it, and where a fit stood.
 * @throws {@link ChainruleError} `type`, `value` or `shape` by what stands there instead
 */
export function readTraining(
  network: Remembering,
  value: unknown,
): { readonly write: () => void; readonly course: Course | undefined } {
  const { store, rule } = network;
  const given = objectAt(value, "");
  const names = Object.keys(rule?.scalars ?? {});
  const scalars = objectAt(given.scalars, ".scalars");
  const slots = objectAt(given.slots, ".slots");
  const forwards = readCount(given.forwards, ".forwards");
  const updates = readCount(given.updates, ".updates");
  const { isScheduled } = given;
  need(typeof isScheduled === "boolean", ".isScheduled", "true or false", isScheduled);
  need(!isScheduled || rule?.schedule !== undefined, ".isScheduled", "false, without a schedule", isScheduled);
  const schedule = readList(given.schedule, store.scheduleScalars.columns, ".schedule");
  const scalarOf = (value: unknown, name: string, where: string): number => {
    const number = readNumber(value, where);
    const isRate = name === "learningRate";
    need(!isRate || number >= 0, where, "a number of at least 0", number);
    need(Number.isFinite(number) || !(isRate || isOurs(rule!)), where, "a finite number", number);
    return number;
  };
  const all = names.map((name) =>
    scalarOf(Object.hasOwn(scalars, name) ? scalars[name] : undefined, name, `.scalars.${name}`),
  );
  const { groups } = given;
  const count = Math.max(0, store.groups.length - 1); // the last has the optimizer's own
  if (!isArray(groups) || groups.length !== count)
    return fail("shape", `${WHERE}.groups`, `a list of ${count}`, groups, REMEDY);
  const ofGroups = groups.map((group, i) => {
    const at = `.groups[${i}]`;
    if (!isArray(group)) return fail("type", `${WHERE}${at}`, "a list", group, REMEDY);
    need(group.length === names.length, at, `a list of ${names.length} numbers`, group);
    return names.map((name, k) => scalarOf(group[k], name, `${at}.${name}`));
  });
  const ofSlots = (rule?.slots ?? []).map((slot) =>
    readByName(Object.hasOwn(slots, slot) ? slots[slot] : undefined, store.parameters, `.slots.${slot}`, true, store),
  );
  const averages = store.allAverages && readByName(given.averages, store.parameters, ".averages", true, store);
  const averageWeight = readNumber(given.averageWeight, ".averageWeight");
  need(averageWeight >= 0 && averageWeight <= 1, ".averageWeight", "a number from 0 to 1", averageWeight);
  const { columns } = network.training.pass.target;
  const classWeights = given.classWeights === undefined ? undefined : readWeights(given.classWeights, columns);
  const course = given.fit === undefined ? undefined : readCourse(given.fit, store);
  const write = (): void => {
    store.counter.floats[0] = forwards;
    store.updates.floats[0] = updates;
    store.isScheduled.floats[0] = isScheduled ? 1 : 0;
    store.scheduleScalars.floats.set(schedule);
    store.optimizerScalars?.floats.set(all);
    ofGroups.forEach((each, i) => store.groups[i]!.scalars.data.set(each));
    for (const each of store.parameters.values()) {
      store.slotsOf(each).forEach((slot, i) => slot.set(ofSlots[i]![each.name]!));
      if (averages) averageOf(store)(each).set(averages[each.name]!);
    }
    store.averageWeight.floats[0] = averageWeight;
    network.classWeights = classWeights;
    network.course = course;
    network.training.learningRateWasSet();
  };
  return { write, course };
}

function readWeights(value: unknown, columns: number): number[] {
  const weights = readList(value, classesIn(columns), ".classWeights");
  const bad = weights.findIndex((each) => !(each >= 0 && each < Infinity));
  need(bad < 0, `.classWeights[${bad}]`, "a number of at least 0", weights[bad]);
  return weights;
}

/** Where a fit stood. */
function readCourse(value: unknown, store: Store): Course {
  const at = ".fit";
  const given = objectAt(value, at);
  const { loss, scores, watched, best, last } = given;
  const all = placesOf(store);
  const copies = (value: unknown, name: string) =>
    value === undefined ? null : readByName(value, all, `${at}.${name}`, true, store);
  need(isArray(scores), `${at}.scores`, "a list", scores);
  const read: Course = {
    terms: readTerms(given.terms, `${at}.terms`),
    epoch: readCount(given.epoch, `${at}.epoch`, 1),
    row: readCount(given.row, `${at}.row`),
    step: readCount(given.step, `${at}.step`),
    order: readCount(given.order, `${at}.order`, -1),
    forwards: readCount(given.forwards, `${at}.forwards`),
    sum: readList(given.sum, 2, `${at}.sum`) as [number, number],
    loss: readList(loss, isArray(loss) ? loss.length : 0, `${at}.loss`),
    scores: (scores as unknown[]).map((each) => readScores(each, `${at}.scores`)),
    ended: undefined,
    watched: readWatched(watched, `${at}.watched`),
    best: copies(best, "best"),
    last: copies(last, "last"),
  };
  const epochs = read.epoch - 1;
  need(read.loss.length === epochs, `${at}.loss`, `a number for each of ${epochs} epochs`, loss);
  need([0, epochs].includes(read.scores.length), `${at}.scores`, `none, or those of ${epochs} epochs`, scores);
  need(read.watched.epoch <= epochs, `${at}.watched.epoch`, "an epoch that is done", read.watched.epoch);
  return read;
}

function readTerms(value: unknown, at: string): Terms {
  const { rows, batchSize, shuffle, accumulate, ...words } = objectAt(value, at);
  const text = (name: string): string => {
    need(Object.hasOwn(words, name) && typeof words[name] === "string", `${at}.${name}`, "a text", words[name]);
    return words[name] as string;
  };
  need(typeof shuffle === "boolean", `${at}.shuffle`, "true or false", shuffle);
  return {
    rows: readCount(rows, `${at}.rows`),
    batchSize: readCount(batchSize, `${at}.batchSize`, 1),
    shuffle: shuffle as boolean,
    accumulate: readCount(accumulate, `${at}.accumulate`, 1),
    validation: text("validation"),
    metrics: text("metrics"),
    weights: text("weights"),
    earlyStopping: text("earlyStopping"),
  };
}

function readWatched(value: unknown, at: string): Course["watched"] {
  const { epoch, best, reference, waited } = objectAt(value, at);
  return {
    epoch: readCount(epoch, `${at}.epoch`),
    best: readNumber(best, `${at}.best`),
    reference: readNumber(reference, `${at}.reference`),
    waited: readCount(waited, `${at}.waited`),
  };
}

/** Figures by name. */
const readScores = (value: unknown, at: string): Course["scores"][number] =>
  Object.fromEntries(Object.entries(objectAt(value, at)).map(([name, each]) => [name, readNumber(each, at)]));
