import { ask, describe, fail, isArray } from "./errors.js";

/** One option: its default, what it must be in words, the test of that, and what to write instead of a wrong value. */
export interface Field<T> {
  readonly otherwise: T;
  readonly expected: string;
  test(value: unknown): boolean;
  /** What is right, for something that isn't; without it the default. */
  readonly example?: string | ((value: unknown) => string) | undefined;
}

type Values<F> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

type Example = Field<unknown>["example"];

const field = <T>(expected: string, test: (value: unknown) => boolean, otherwise: T, example?: Example): Field<T> => ({
  otherwise,
  expected,
  test,
  example,
});

const atLeast0 = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;

/** A number above 0. */
export const positive = (otherwise: number): Field<number> =>
  field("a number above 0", (value) => atLeast0(value) && value !== 0, otherwise);

/** A number of at least 0. */
export const notNegative = (otherwise: number): Field<number> => field("a number of at least 0", atLeast0, otherwise);

/** A number in [0, 1). */
export const fraction = (otherwise: number): Field<number> =>
  field("a number of at least 0 and below 1", (value) => atLeast0(value) && (value as number) < 1, otherwise);

/** Any finite number. */
export const finite = (otherwise: number): Field<number> => field("a finite number", Number.isFinite, otherwise);

/** Whether a value is a whole number of at least 1. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** A whole number of at least 1. */
export const count = (otherwise: number, example?: Example): Field<number> =>
  field("a whole number of at least 1", isCount, otherwise, example);

/** true or false. */
export const flag = (otherwise: boolean): Field<boolean> =>
  field("true or false", (value) => typeof value === "boolean", otherwise);

/** One of a few strings. */
export const oneOf = <const T extends string>(...names: readonly [T, ...T[]]): Field<T> =>
  field(
    names.map((name) => JSON.stringify(name)).join(" or "),
    (value) => names.includes(value as T),
    names[0],
    (value) => JSON.stringify(nearest(value, names) ?? names[0]),
  );

/** An option that may be left out, tested by a function of yours; `example`: one that is right. */
export const optional = <T>(
  expected: string,
  test: (value: unknown) => boolean,
  example: Example,
): Field<T | undefined> => field<T | undefined>(expected, test, undefined, example);

/** The options of a user's own block, if it has some. */
export const optionsField = /* @__PURE__ */ optional("a plain object", isPlainObject, "{ slope: 0.1 }");

/** A block that may be left out: a loss, an optimizer. `names` are ours; `define` is how to make another one. */
export const block = <T>(
  expected: string,
  names: readonly string[],
  define: string,
  test: (value: unknown) => boolean,
): Field<T | undefined> =>
  optional(expected, test, (value) => (value === Object(value) ? define : imported(value, names)));

/** The nearest of the library's names, to be imported. */
export const imported = (word: unknown, names: readonly string[]): string =>
  `${nearest(word, names) ?? names[0]!}, imported from "chainrule"`;

/** Names that our names have elsewhere. */
const habits: Readonly<Record<string, string>> = {
  lr: "learningRate",
  eta: "learningRate",
  l2: "weightDecay",
  eps: "epsilon",
  betas: "beta1",
  negativeslope: "slope",
  iterations: "epochs",
  callbacks: "onEpoch",
  callback: "onEpoch",
  validationsplit: "validation",
  validation_split: "validation",
  validationdata: "validation",
  validation_data: "validation",
  classweight: "classWeights",
  class_weight: "classWeights",
  class_weights: "classWeights",
  early_stopping: "earlyStopping",
  monitor: "metric",
  min_delta: "minDelta",
  val_loss: "loss",
  learning_rate: "learningRate",
  startfromepoch: "from",
  start_from_epoch: "from",
  batch_size: "batchSize",
  lossfunction: "loss",
  kernelinitializer: "weight",
  usebias: "bias",
  trainable: "freeze",
  output: "out",
  f32: "float32",
  mse: "meanSquaredError",
  xavier: "glorot",
  weight: "rowWeights",
  weights: "rowWeights",
  sampleweight: "rowWeights",
  sampleweights: "rowWeights",
  sample_weight: "rowWeights",
  sample_weights: "rowWeights",
};

const RATE = "give it to the optimizer: adam({ learningRate: 0.01 })";
const GOAL = "write earlyStopping: { below: 0.01 }, a goal for the loss";
const RESUMED = "write resume: checkpoint, which knows the epoch";
const WATCHED = 'write earlyStopping: { metric: "accuracy" }';
const WHOLE = "leave it out: an epoch is all rows, or all batches that a function gives";
const RESTORED = "leave it out: earlyStopping restores the best parameters";

/** Habits that are another block here, not another option. */
const elsewhere: Readonly<Record<string, string>> = {
  activation: "an activation is a layer of its own: [dense(2, 8), relu]",
  units: "the sizes are the first two arguments: dense(2, 8)",
  inputShape: "the sizes are the first two arguments: dense(2, 8)",
  hiddenLayers: "list the layers: [dense(2, 8), tanh, dense(8, 1)]",
  metrics: "give them to fit or evaluate: { metrics: { accuracy } }",
  validation: "give it to fit: { epochs, validation: 0.2 }",
  validationSplit: "give it to fit: { epochs, validation: 0.2 }",
  earlyStopping: "give it to fit: { epochs, validation: 0.2, earlyStopping: true }",
  stepsPerEpoch: WHOLE,
  steps_per_epoch: WHOLE,
  patience: "write earlyStopping: { patience: 20 }",
  lr: RATE,
  learningRate: RATE,
  learning_rate: RATE,
  monitor: WATCHED,
  errorThresh: GOAL,
  errorThreshold: GOAL,
  initialEpoch: RESUMED,
  initial_epoch: RESUMED,
  mode: 'leave it out: a metric says itself which way is better, one of yours by { metric, better: "higher" }',
  baseline: "write below or above: a goal",
  restoreBestWeights: RESTORED,
  restore_best_weights: RESTORED,
  verbose: "leave it out, or write onEpoch: logProgress",
};

/** The name nearest to a word: the one it stands for elsewhere, else by edit distance; none if all are far. */
export function nearest(said: unknown, names: readonly string[]): string | undefined {
  if (typeof said !== "string") return undefined;
  const word = said.slice(0, 40).toLowerCase();
  const habit = habits[word]!;
  if (names.includes(habit)) return habit;
  let best: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const distance = editDistance(word, name.toLowerCase());
    if (distance < least) [best, least] = [name, distance];
  }
  return best !== undefined && least <= Math.max(1, best.length / 3) ? best : undefined;
}

/** Levenshtein's distance: the fewest insertions, deletions and replacements that turn one word into the other. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const letter of a) {
    let corner = row[0]!++;
    for (let j = 1; j <= b.length; j++) {
      const replaced = corner + (letter === b[j - 1] ? 0 : 1);
      corner = row[j]!;
      row[j] = Math.min(corner + 1, row[j - 1]! + 1, replaced);
    }
  }
  return row[b.length]!;
}

/** Whether a value is a list of what passes a test; holes are looked at, and nothing after the first that fails. */
export function isListOf(value: unknown, test: (each: unknown) => boolean): value is readonly unknown[] {
  if (!isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (!test(value[i])) return false;
  return true;
}

/**
 * Whether a value is an object as one writes it or as JSON.parse gives it, of any realm: its keys are then all that it
 * says. An instance of a class (a map, a date, a promise too) may keep what it says elsewhere.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false; // a proxy that cannot be read
  }
}

/** A part of a block: its own, or its class's. What somebody has put on Object.prototype is none. */
export function partOf<T extends object, K extends keyof T & string>(block: T, name: K): T[K] | undefined {
  for (let owner: object = block; !Object.hasOwn(owner, name);) {
    const prototype = Object.getPrototypeOf(owner) as object | null;
    if (!prototype || Object.getPrototypeOf(prototype) === null) return undefined;
    owner = prototype;
  }
  return block[name];
}

/** The parts of a block, each read once; methods are called on the block. */
export function partsOf<T extends object, K extends keyof T & string>(block: T, names: readonly K[]): Pick<T, K> {
  const parts = Object.create(null) as Pick<T, K>;
  for (const name of names) {
    const part = partOf(block, name);
    parts[name] = (typeof part === "function" ? (part.bind(block) as unknown) : part) as T[K];
  }
  return parts;
}

/** Whether a value is a block: an object or a function with a name and these methods. */
export const isBlock = (value: unknown, name: string, ...methods: readonly string[]): boolean => {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const block = value as Readonly<Record<string, unknown>>;
  const has = (part: string, type: string): boolean => typeof partOf(block, part) === type;
  return ask(() => has(name, "string") && methods.every((each) => has(each, "function")), false);
};

/**
 * Refuses what a function of a user's returned if it has yet to be done.
 * @throws {@link ChainruleError} `type`
 */
export function refusePromise(result: unknown, where: string): void {
  if (!(result instanceof Promise)) return;
  result.catch(() => undefined);
  fail("type", where, "to be done when it returns", result, "leave async out, there is nothing to wait for");
}

/**
 * Reads an options object against its table of fields: each key known, each value right, defaults filled in.
 * @throws {@link ChainruleError} `type` if it is no plain object, `option` for an unknown key, `value` for a wrong value
 */
export function readOptions<F extends Readonly<Record<string, Field<unknown>>>>(
  where: string,
  given: unknown,
  fields: F,
): Values<F> {
  const names = Object.keys(fields);
  const values = Object.fromEntries(names.map((name) => [name, fields[name]!.otherwise]));
  if (given === undefined) return values as Values<F>;
  checkKeys(where, given, names, fields);
  for (const name of names) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    checkPart(where, name, value, fields[name]!);
    if (value !== undefined) values[name] = value;
  }
  return values as Values<F>;
}

/**
 * Reads an option of a call, the first one unless another is named, without making garbage.
 * @throws {@link ChainruleError} `type` if the options are no plain object, `option` for another key
 */
export function readOption(
  where: string,
  given: unknown,
  names: readonly [string, ...string[]],
  name = names[0],
): unknown {
  if (given === undefined) return undefined;
  checkKeys(where, given, names);
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

function checkKeys(
  where: string,
  given: unknown,
  names: readonly string[],
  fields?: Readonly<Record<string, Field<unknown>>>,
): asserts given is Readonly<Record<string, unknown>> {
  if (!isPlainObject(given)) failOptions(where, given, names, fields); // apart, since what it captures is garbage
  refuseOthers(where, given, names);
}

function failOptions(
  where: string,
  given: unknown,
  names: readonly string[],
  fields: Readonly<Record<string, Field<unknown>>> | undefined,
): never {
  const meant = names.find((name) => fields?.[name] && passes(given, fields[name]));
  const value = typeof given === "function" ? given.name : describe(given);
  const remedy = names.length
    ? `write { ${meant ?? names[0]!}: ${meant ? value : "…"} }`
    : "leave them out, there are none";
  return fail("type", `${where} options`, "a plain object", given, remedy);
}

/**
 * Refuses keys that are not among these.
 * @throws {@link ChainruleError} `option`, with the nearest
 */
export function refuseOthers(where: string, given: object, names: readonly string[]): void {
  for (const key in given) {
    if (names.includes(key) || !Object.hasOwn(given, key)) continue;
    const better = nearest(key, names);
    const remedy = better ? `write ${better}` : Object.hasOwn(elsewhere, key) ? elsewhere[key]! : "leave it out";
    fail("option", where, names.length ? `an option among ${names.join(", ")}` : "no options", key, remedy);
  }
}

/**
 * Refuses parts of a formula that are nearly, but not quite, those it can have; others may be there for its maker.
 * @throws {@link ChainruleError} `option`
 */
export function checkSpelling(where: string, given: object, names: readonly string[]): void {
  for (const key of Object.keys(given)) {
    const better = names.includes(key) ? undefined : nearest(key, names);
    if (better) fail("option", where, `a part among ${names.join(", ")}`, key, `write ${better}`);
  }
}

/** Whether a value passes the test of a field; one that cannot be read does not. */
const passes = (value: unknown, field: Field<unknown>): boolean => ask(() => field.test(value), false);

/** Checks one option, or a part of a block that a user made: absent, or right. */
export function checkPart(where: string, key: string, value: unknown, field: Field<unknown>): void {
  if (value === undefined || passes(value, field)) return;
  const { expected, example, otherwise } = field;
  const number = numberIn(value);
  const right = typeof example === "function" ? example(value) : (example ?? JSON.stringify(otherwise));
  fail("value", `${where} ${key}`, expected, value, `write ${key}: ${field.test(number) ? number : right}`);
}

/** Checks the parts of a block, as far as it has them. */
export function checkParts<F extends Readonly<Record<string, Field<unknown>>>>(
  where: string,
  block: { readonly [K in keyof F]?: unknown },
  fields: F,
): void {
  for (const [name, field] of Object.entries(fields)) {
    checkPart(where, name, partOf(block, name), field);
  }
}

const isShortText = (value: unknown): value is string => typeof value === "string" && value.length < 40;

/** An object that says so when something is assigned to it that it does not have. */
export const guarded = <T extends object>(where: string, view: T): T =>
  new Proxy(Object.freeze(view), {
    set(target, name, value) {
      if (name in target) return Reflect.set(target, name, value);
      const names = Object.keys(target);
      const better = nearest(name, names);
      return fail("name", where, `a property among ${names.join(", ")}`, name, better && `write ${better}`);
    },
  });

/** The number that a value of another type stands for, or NaN. */
export const numberIn = (value: unknown): number =>
  typeof value === "bigint" || typeof value === "boolean" || (isShortText(value) && value.trim()) ? Number(value) : NaN;
