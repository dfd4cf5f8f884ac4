import { fail, isArray, Phrase } from "../core/errors.js";
import { flatten, isList } from "../core/numbers.js";
import { isPlainObject } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import type { Course, Terms } from "../train/course.js";
import type { Optimizer } from "../optim/optimizer.js";
import { decode, writeNumbers, type WrittenNumbers } from "./encoded.js";
import { placesOf } from "./kept.js";
import type { Store, StoredParameter } from "./store.js";
import { writtenValue } from "./written.js";

/** A number; one that JSON has no digits for is `{ number: "Infinity" }` and the like. */
export type WrittenNumber = number | { readonly number: string };

/** What remembers a training. */
export interface Remembering {
  readonly store: Store;
  readonly rule: Optimizer | undefined;
  readonly training: { learningRateWasSet(): void };
  course: Course | undefined;
  classWeights: readonly number[] | undefined;
}

/** Where a `fit` stands, as a document has it. */
export interface WrittenCourse extends Omit<Course, "best" | "last" | "loss" | "scores"> {
  /** The loss of each epoch that is done, and what validation and metrics found. */
  readonly loss: readonly WrittenNumber[];
  readonly scores: readonly object[];
  /** Parameters, buffers and running means of the best epoch, and those of the latest step where the best have taken their place. */
  readonly best?: WrittenNumbers;
  readonly last?: WrittenNumbers;
}

/** What a training remembers beside the parameters. */
export interface WrittenTraining {
  /** How many forwards and updates there were: the random numbers and the schedule depend on them. */
  readonly forwards: number;
  readonly updates: number;
  /** Whether the optimizer's schedule is at work, and what it remembers. */
  readonly isScheduled: boolean;
  readonly schedule: readonly WrittenNumber[];
  /** The optimizer's scalars by name, and those of the groups of parameters that have a rate or a decay of their own. */
  readonly scalars: Readonly<Record<string, WrittenNumber>>;
  readonly groups: readonly (readonly WrittenNumber[])[];
  /** What the optimizer remembers of each parameter, slot by slot. */
  readonly slots: Readonly<Record<string, WrittenNumbers>>;
  /** The weight of the next parameters in their running means, and these, if there are any. */
  readonly averageWeight: number;
  readonly averages?: WrittenNumbers;
  /** The weights of classes that `fit` has found. */
  readonly classWeights?: readonly number[];
  /** Where the latest `fit` stands. */
  readonly fit?: WrittenCourse;
}

const list = (numbers: Floats): WrittenNumber[] =>
  Array.from(numbers, (each) => writtenValue(each, "") as WrittenNumber);

/** Numbers of parameters by name. */
const byName = (store: Store, numbersOf: (each: StoredParameter) => Floats): WrittenNumbers =>
  Object.fromEntries(
    Array.from(store.parameters.values(), (each) => [each.name, writeNumbers(numbersOf(each), each.shape)]),
  );

const averageOf =
  ({ allAverages }: Store) =>
  ({ value: { offset, size } }: StoredParameter): Floats =>
    allAverages!.data.subarray(offset, offset + size);

/** What a network remembers of its training. */
export function writtenTraining(network: Remembering): WrittenTraining {
  const { store, rule, course, classWeights } = network;
  const scalars = list(store.optimizerScalars?.floats ?? new Float64Array());
  return {
    forwards: store.counter.floats[0]!,
    updates: store.updates.floats[0]!,
    isScheduled: store.isScheduled.floats[0] === 1,
    schedule: list(store.scheduleScalars.floats),
    scalars: Object.fromEntries(Object.keys(rule?.scalars ?? {}).map((name, i) => [name, scalars[i]!])),
    groups: store.groups.slice(0, -1).map((group) => list(group.scalars.data)),
    slots: Object.fromEntries(
      (rule?.slots ?? []).map((slot, i) => [slot, byName(store, (each) => store.slotsOf(each)[i]!)]),
    ),
    averageWeight: store.averageWeight.floats[0]!,
    ...(store.allAverages && { averages: byName(store, averageOf(store)) }),
    ...(classWeights && { classWeights }),
    ...(course && { fit: writtenCourse(course, store) }),
  };
}

function writtenCourse({ best, last, ...course }: Course, store: Store): WrittenCourse {
  const places = placesOf(store);
  const copies = (numbers: Readonly<Record<string, Floats>>): WrittenNumbers =>
    Object.fromEntries(
      Object.entries(numbers).map(([name, each]) => [name, writeNumbers(each, places.get(name)!.shape)]),
    );
  return {
    ...(writtenValue(course, "fit") as Omit<WrittenCourse, "best" | "last">),
    ...(best && { best: copies(best) }),
    ...(last && { last: copies(last) }),
  };
}

// Reading. All of it is read before any of it is written.

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
  const special = isPlainObject(value) && Object.hasOwn(value, "number") ? Number(value.number) : value;
  need(
    typeof special === "number" && (special === value || !Number.isFinite(special) || Object.is(special, -0)),
    where,
    "a number",
    value,
  );
  return special as number;
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
  const isScheduled = given.isScheduled === true;
  const schedule = readList(given.schedule, store.scheduleScalars.columns, ".schedule");
  const all = names.map((name) =>
    readNumber(Object.hasOwn(scalars, name) ? scalars[name] : undefined, `.scalars.${name}`),
  );
  const groups = isArray(given.groups) && given.groups.length === store.groups.length - 1 ? given.groups : [];
  need(
    rule === undefined || groups.length === store.groups.length - 1,
    ".groups",
    `a list of ${store.groups.length - 1}`,
    given.groups,
  );
  const ofGroups = groups.map((each, i) => readList(each, names.length, `.groups[${i}]`));
  const ofSlots = (rule?.slots ?? []).map((slot) =>
    readByName(Object.hasOwn(slots, slot) ? slots[slot] : undefined, store.parameters, `.slots.${slot}`, true, store),
  );
  const averages = store.allAverages && readByName(given.averages, store.parameters, ".averages", true, store);
  const averageWeight = readNumber(given.averageWeight, ".averageWeight");
  const classWeights = given.classWeights === undefined ? undefined : readWeights(given.classWeights);
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

function readWeights(value: unknown): number[] {
  need(isList(value), ".classWeights", "a list of numbers", value);
  return Array.from(value as readonly unknown[], (each, i) => readNumber(each, `.classWeights[${i}]`));
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
  const { rows, batchSize, shuffle, accumulate, validation, metrics } = objectAt(value, at);
  need(typeof shuffle === "boolean", `${at}.shuffle`, "true or false", shuffle);
  need(typeof validation === "string", `${at}.validation`, "a text", validation);
  need(typeof metrics === "string", `${at}.metrics`, "a text", metrics);
  return {
    rows: readCount(rows, `${at}.rows`),
    batchSize: readCount(batchSize, `${at}.batchSize`, 1),
    shuffle: shuffle as boolean,
    accumulate: readCount(accumulate, `${at}.accumulate`, 1),
    validation: validation as string,
    metrics: metrics as string,
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
