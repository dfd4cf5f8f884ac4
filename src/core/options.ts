import { describe, type ErrorCode, fail } from "./errors.js";

/** One option: its default, what it must be in words, the test of that, and what to write instead of a wrong value. */
export interface Field<T> {
  readonly otherwise: T;
  readonly expected: string;
  test(value: unknown): boolean;
  /** What is right, for something that isn't; without it the default. */
  example?(value: unknown): string;
}

type Values<F> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

const isNumber = (value: unknown): value is number => Number.isFinite(value);

/** A number above 0. */
export const positive = (otherwise: number): Field<number> => ({
  otherwise,
  expected: "a number above 0",
  test: (value) => isNumber(value) && value > 0,
});

/** A number of at least 0. */
export const notNegative = (otherwise: number): Field<number> => ({
  otherwise,
  expected: "a number of at least 0",
  test: (value) => isNumber(value) && value >= 0,
});

/** A number in [0, 1). */
export const fraction = (otherwise: number): Field<number> => ({
  otherwise,
  expected: "a number from 0 up to, but not including, 1",
  test: (value) => isNumber(value) && value >= 0 && value < 1,
});

/** Any finite number. */
export const finite = (otherwise: number): Field<number> => ({
  otherwise,
  expected: "a finite number",
  test: isNumber,
});

/** Whether a value is a whole number of at least 1. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** A whole number of at least 1. */
export const count = (otherwise: number): Field<number> => ({
  otherwise,
  expected: "a whole number of at least 1",
  test: isCount,
});

/** true or false. */
export const flag = (otherwise: boolean): Field<boolean> => ({
  otherwise,
  expected: "true or false",
  test: (value) => typeof value === "boolean",
});

/** One of a few strings. */
export const oneOf = <const T extends string>(...names: readonly [T, ...T[]]): Field<T> => ({
  otherwise: names[0],
  expected: names.map((name) => JSON.stringify(name)).join(" or "),
  test: (value) => (names as readonly unknown[]).includes(value),
  example: (value) => JSON.stringify(nearest(value, names) ?? names[0]),
});

/** An option that may be left out, tested by a function of yours; `example`: one that is right. */
export const optional = <T>(
  expected: string,
  test: (value: unknown) => boolean,
  example: string | ((value: unknown) => string),
): Field<T | undefined> => ({
  otherwise: undefined,
  expected,
  test,
  example: (value) => (typeof example === "string" ? example : example(value)),
});

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

/** The names that other libraries use, and ours. */
const habits: Readonly<Record<string, string>> = {
  lr: "learningRate",
  eta: "learningRate",
  alpha: "learningRate",
  rate: "learningRate",
  stepSize: "learningRate",
  eps: "epsilon",
  iterations: "epochs",
  maxIterations: "epochs",
  max_iter: "epochs",
  nEpochs: "epochs",
  batch: "batchSize",
  minibatch: "batchSize",
  callback: "onEpoch",
  callbacks: "onEpoch",
  onEpochEnd: "onEpoch",
  cost: "loss",
  criterion: "loss",
  lossFunction: "loss",
  optim: "optimizer",
  solver: "optimizer",
  randomSeed: "seed",
  random_state: "seed",
  precision: "dtype",
  useBias: "bias",
  biases: "bias",
  weights: "weight",
  kernel: "weight",
  kernelInitializer: "weight",
  biasInitializer: "bias",
  trainable: "freeze",
  frozen: "freeze",
  l2: "weightDecay",
  decay: "weightDecay",
  negativeSlope: "slope",
  betas: "beta1",
  output: "out",
  f32: "float32",
  single: "float32",
  double: "float64",
  mse: "meanSquaredError",
  ce: "crossEntropy",
  bce: "binaryCrossEntropy",
  xavier: "glorot",
  kaiming: "he",
};

/** Habits that are another block here, not another option. */
const elsewhere: Readonly<Record<string, string>> = {
  activation: "an activation is a layer of its own: [dense(2, 8), relu]",
  units: "sizes are the first two arguments: dense(inputs, outputs)",
  inputShape: "sizes are the first two arguments: dense(inputs, outputs)",
  hiddenLayers: "list the layers: [dense(2, 8), tanh, dense(8, 1)]",
  metrics: "call network.evaluate(inputs, targets)",
  validationSplit: "call network.evaluate on examples of your own in onEpoch",
};

/** The candidate nearest to a word: the one it stands for elsewhere, else by edit distance; none if all are far. */
export function nearest(said: unknown, candidates: readonly string[]): string | undefined {
  if (typeof said !== "string") return undefined;
  const word = said.slice(0, 40).toLowerCase();
  const habit = [said, word].map((each) => (Object.hasOwn(habits, each) ? habits[each]! : "")).find((name) => candidates.includes(name));
  if (habit !== undefined) return habit;
  const ranked = candidates
    .map((name) => ({ name, distance: editDistance(word, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

/** Levenshtein's distance: the fewest insertions, deletions and replacements that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * Whether a value is an object as one writes it or as JSON.parse gives it, of any realm: its keys are then all that it
 * says. An instance of a class (a map, a date, a promise too) may keep what it says elsewhere.
 */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Reads an options object against its table of fields: each key known, each value right, defaults filled in.
 * @throws {@link ChainruleError} `type` if it is no plain object, `option` for an unknown key or a wrong value
 */
export function readOptions<F extends Readonly<Record<string, Field<unknown>>>>(
  where: string,
  given: unknown,
  fields: F,
): Values<F> {
  const names = Object.keys(fields);
  const values = Object.fromEntries(names.map((name) => [name, fields[name]!.otherwise]));
  if (given === undefined) return values as Values<F>;
  if (!isPlain(given)) {
    const [name] = names;
    const value = name && fields[name]!.test(given) ? describe(given) : "…";
    fail("type", `${where} options`, "a plain object", given, name ? `write { ${name}: ${value} }` : "leave them out, there are none");
  }
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(fields, key)) failUnknown(where, key, names);
    checkPart("option", where, key, value, fields[key]!);
    if (value !== undefined) values[key] = value;
  }
  return values as Values<F>;
}

/**
 * Reads the one option of a call, without making garbage.
 * @throws {@link ChainruleError} `type` if the options are no plain object, `option` for another key
 */
export function readOption(where: string, given: unknown, name: string): unknown {
  if (given === undefined) return undefined;
  if (!isPlain(given)) fail("type", `${where} options`, "a plain object", given, `write { ${name}: … }`);
  for (const key in given) if (key !== name && Object.hasOwn(given, key)) failUnknown(where, key, [name]);
  return given[name];
}

/** Checks one option, or a part of a block that a user made: absent, or right. */
export function checkPart(code: ErrorCode, where: string, key: string, value: unknown, field: Field<unknown>): void {
  if (value === undefined || field.test(value)) return;
  fail(code, `${where} ${key}`, field.expected, value, `write ${key}: ${exampleOf(field, value)}`);
}

function exampleOf(field: Field<unknown>, value: unknown): string {
  const number = typeof value === "bigint" || (typeof value === "string" && value.trim()) ? Number(value) : NaN;
  return field.test(number) ? String(number) : (field.example?.(value) ?? JSON.stringify(field.otherwise));
}

function failUnknown(where: string, key: string, names: readonly string[]): never {
  const better = nearest(key, names);
  const remedy = better
    ? `write ${better}`
    : Object.hasOwn(elsewhere, key)
      ? elsewhere[key]!
      : "leave it out";
  const expected = names.length > 1 ? `an option among ${names.join(", ")}` : names.length ? `the option ${names[0]!}` : "no options";
  return fail("option", where, expected, key, remedy);
}
