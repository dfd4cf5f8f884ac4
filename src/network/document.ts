import { describe, fail, isArray, Phrase } from "../core/errors.js";
import { isOurs } from "../core/bare.js";
import { isPlainObject } from "../core/options.js";
import type { DType } from "../core/tensor.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { WrittenNumbers } from "./encoded.js";
import type { Given } from "./given.js";
import { stateOf } from "./state.js";
import type { Store } from "./store.js";
import type { WrittenTraining } from "./checkpoint.js";
import { type Note, optionsOf, type WrittenBlock, written } from "./written.js";

/** A network as data, whole: what `JSON.stringify(network)` writes, and what `Network.from` and `load` take. */
export interface NetworkDocument {
  /** By this it is recognised. */
  readonly format: "chainrule";
  /** Of the form, not of the library. */
  readonly version: 2;
  /** The layers, first layer first. */
  readonly layers: readonly WrittenBlock[];
  /** The loss, if it has one. */
  readonly loss?: WrittenBlock;
  /** The optimizer, if it has one. */
  readonly optimizer?: WrittenBlock;
  /** What it computes in. */
  readonly dtype: DType;
  /** Where its random numbers come from. */
  readonly seed: number;
  /** The names of the parameters that are frozen. */
  readonly frozen: readonly string[];
  /** What learns. */
  readonly parameters: WrittenNumbers;
  /** What is kept but not learnt. */
  readonly buffers: WrittenNumbers;
}

/** A document with all that a training needs to go on to the same bits: what `network.checkpoint()` gives. */
export interface Checkpoint extends NetworkDocument {
  /** What the optimizer remembers, the counts of steps and forwards, and the course of the latest `fit`. */
  readonly training: WrittenTraining;
}

/** Options of a layer that say where it starts, not what it is. */
const STARTS = ["weight", "bias"];
/** And others by which layers of one architecture may differ. */
const OF_TRAINING = [...STARTS, "freeze", "penalty"];

/**
 * A layer as a document has it. Where parameters start is left out, since the document has the parameters; so are empty
 * lists.
 */
function writtenLayer(layer: Layer, note?: Note): WrittenBlock {
  const isKept = ([key, value]: [string, unknown]): boolean =>
    STARTS.includes(key) ? value === false || isShared(value) : !(isArray(value) && value.length === 0);
  return written(layer, "layer", note, isOurs(layer) ? isKept : undefined);
}

const isShared = (value: unknown): boolean => isPlainObject(value) && Object.hasOwn(value, "shared");

/** The optimizer: what its options ask by functions of a name is written by name. */
function writtenOptimizer(optimizer: object, store: Store, note: Note): WrittenBlock {
  if (!isOurs(optimizer)) return written(optimizer, "optimizer", note);
  const options = optionsOf(optimizer);
  const asksName = ([key, value]: [string, unknown]): boolean =>
    (key === "rateFactor" || key === "weightDecay") && typeof value === "function";
  const block = written(optimizer, "optimizer", note, (entry) => !asksName(entry));
  if (typeof block === "string") return block;
  const perName = (key: string): object =>
    Object.fromEntries(
      Array.from(store.parameters.values(), (each) => [each.name, each[key as "rateFactor" | "weightDecay"]]),
    );
  const [[name, all]] = Object.entries(block) as [[string, Readonly<Record<string, unknown>>]];
  return {
    [name]: Object.fromEntries(options.map(([key, value]) => [key, asksName([key, value]) ? perName(key) : all[key]])),
  };
}

/**
 * Refuses two blocks that would be read as one: of one name, and without options of which each could be made again.
 * @throws {@link ChainruleError} `value`
 */
function refuseTwins(): Note {
  const seen = new Map<string, object>();
  return (name, block) => {
    const other = seen.get(name) ?? block;
    seen.set(name, other);
    if (other === block || [other, block].every((each) => optionsOf(each).length)) return;
    const remedy = "give them two names, or options by which a function of yours makes each";
    fail(
      "value",
      "toJSON",
      "one block of yours of a name",
      new Phrase(`two that are called ${describe(name)}`),
      remedy,
    );
  };
}

/** What is written of a network. */
export interface Documented {
  readonly layers: readonly Layer[];
  readonly loss: Loss | undefined;
  readonly rule: Optimizer | undefined;
  readonly store: Store;
  readonly dtype: DType;
  readonly seed: number;
}

/** A network as a document. */
export function documentOf({ layers, loss, rule, store, dtype, seed }: Documented): NetworkDocument {
  const { parameters, buffers } = stateOf(store);
  const note = refuseTwins();
  return {
    format: "chainrule",
    version: 2,
    layers: layers.map((layer) => writtenLayer(layer, note)),
    ...(loss && { loss: written(loss, "loss", note) }),
    ...(rule && { optimizer: writtenOptimizer(rule, store, note) }),
    dtype,
    seed,
    frozen: [...store.parameters.values()].filter(({ frozen }) => frozen).map(({ name }) => name),
    parameters,
    buffers,
  };
}

/**
 * Refuses a document whose layers are others; what they are trained with may differ.
 * @throws {@link ChainruleError} `shape` with the first difference
 */
export function checkLayers(layers: readonly Layer[], document: Given, where: string): void {
  const { version, layers: given } = document;
  if (version === 1) return; // it has none
  const remedy = "take Network.from(document), or load parts of it with { only: […] }";
  if (!isArray(given)) fail("type", `${where} layers`, "a list", given, remedy);
  const count = Math.max(layers.length, given.length);
  for (let i = 0; i < count; i++) {
    const layer = layers[i];
    const mine = layer && writtenLayer(layer);
    const theirs = given[i];
    if (mine !== undefined && isSame(mine, theirs)) continue;
    const [here, there] = [mine, theirs].map((each) => (each === undefined ? "none" : inWords(each)));
    fail("shape", where, `layer ${i} to be ${here}`, new Phrase(there!), remedy);
  }
}

/**
 * Refuses a document of a network that is trained otherwise.
 * @throws {@link ChainruleError} `option` with the first difference
 */
export function checkSettings(mine: NetworkDocument, given: Readonly<Record<string, unknown>>, where: string): void {
  for (const name of ["loss", "optimizer", "dtype", "seed"] as const) {
    if (isEqual(mine[name], given[name])) continue;
    const remedy = "take Network.from(checkpoint)";
    fail("option", `${where} ${name}`, JSON.stringify(mine[name]) ?? "none", given[name] ?? new Phrase("none"), remedy);
  }
}

/** Whether two layers are the same, as far as the one that is given says. */
function isSame(mine: WrittenBlock, theirs: unknown): boolean {
  const [name, options] = nameAndOptions(mine);
  const [other, given] = nameAndOptions(theirs);
  if (name !== other) return false;
  const due = Object.values(options);
  if (isArray(given)) return given.every((each, i) => isEqual(each, due[i]));
  if (!isPlainObject(given)) return given === undefined || isEqual(given, due[0]);
  return [...new Set([...Object.keys(options), ...Object.keys(given)])].every(
    (key) => OF_TRAINING.includes(key) || !Object.hasOwn(given, key) || isEqual(given[key], options[key]),
  );
}

/** Whether data are the same, as far down as our own go. */
function isEqual(mine: unknown, theirs: unknown): boolean {
  if (typeof mine !== "object" || mine === null) return Object.is(mine, theirs);
  if (typeof theirs !== "object" || theirs === null || isArray(mine) !== isArray(theirs)) return false;
  const [ours, given] = [mine, theirs].map((each) => Object.entries(each).filter(([, value]) => value !== undefined));
  const others = new Map<string, unknown>(given);
  return ours!.length === others.size && ours!.every(([key, value]) => isEqual(value, others.get(key)));
}

/** The name of a block, and what it was made with. */
function nameAndOptions(block: unknown): [name: unknown, options: Readonly<Record<string, unknown>>] {
  if (!isPlainObject(block)) return [block, {}];
  if (Object.hasOwn(block, "own"))
    return [`own ${described(block.own)}`, (block.options ?? {}) as Record<string, unknown>];
  const [entry = []] = Object.entries(block);
  return [entry[0], (entry[1] ?? {}) as Record<string, unknown>];
}

const described = (name: unknown): string => (typeof name === "string" ? name.slice(0, 40) : describe(name));

/** A layer as people write it: `dense(2, 3)`. */
function inWords(block: unknown): string {
  const [name, options] = nameAndOptions(block);
  const all = isArray(options) ? options : Object.entries(options).filter(([key]) => !OF_TRAINING.includes(key));
  const numbers = all.map((each) => (isArray(each) ? each[1] : each)).filter((each) => typeof each === "number");
  return `${described(name)}${numbers.length ? `(${numbers.join(", ")})` : ""}`;
}
