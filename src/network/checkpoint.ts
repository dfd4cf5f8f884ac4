import type { Floats } from "../core/tensor.js";
import type { Course } from "../train/course.js";
import type { Optimizer } from "../optim/optimizer.js";
import { writeNumbers, type WrittenNumbers } from "./encoded.js";
import { placesOf } from "./kept.js";
import type { Store, StoredParameter } from "./store.js";
import { writtenValue } from "./written.js";

/** A number; one that JSON has no digits for is `{ number: "Infinity" }` and the like. */
export type WrittenNumber = number | { readonly number: string };

/** What remembers a training. */
export interface Remembering {
  readonly store: Store;
  readonly rule: Optimizer | undefined;
  readonly training: { readonly pass: { readonly target: { readonly columns: number } }; learningRateWasSet(): void };
  course: Course | undefined;
  classWeights: readonly number[] | undefined;
}

/** Where a `fit` stands, as a document has it. */
export interface WrittenCourse extends Omit<Course, "terms" | "watched" | "best" | "last" | "loss" | "scores"> {
  /** What has to be the same if it is to go on: rows, size of batches and the like. */
  readonly terms: object;
  /** What early stopping has seen. */
  readonly watched: object;
  /** The loss of each epoch that is done. */
  readonly loss: readonly WrittenNumber[];
  /** What validation and metrics found in each. */
  readonly scores: readonly object[];
  /** Parameters, buffers and running means of the best epoch. */
  readonly best?: WrittenNumbers;
  /** Those of the latest step, where the best have taken their place. */
  readonly last?: WrittenNumbers;
}

/** What a training remembers beside the parameters. */
export interface WrittenTraining {
  /** How many forwards there were: the random numbers depend on it. */
  readonly forwards: number;
  /** How many updates there were: the schedule depends on it. */
  readonly updates: number;
  /** Whether the optimizer's schedule is at work. */
  readonly isScheduled: boolean;
  /** What the schedule remembers. */
  readonly schedule: readonly WrittenNumber[];
  /** The optimizer's scalars by name. */
  readonly scalars: Readonly<Record<string, WrittenNumber>>;
  /** Those of each group of parameters that have a rate or a decay of their own. */
  readonly groups: readonly (readonly WrittenNumber[])[];
  /** What the optimizer remembers of each parameter, slot by slot. */
  readonly slots: Readonly<Record<string, WrittenNumbers>>;
  /** The weight of the next parameters in their running means. */
  readonly averageWeight: number;
  /** The running means of the parameters, if there are any. */
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

export const averageOf =
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
