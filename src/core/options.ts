import { describe, fail, Phrase } from "./errors.js";

/** One option: its default, what it must be in words, and the test of that. */
export interface Field<T> {
  readonly otherwise: T;
  readonly expected: string;
  test(value: unknown): boolean;
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

/** A whole number of at least 1. */
export const count = (otherwise: number): Field<number> => ({
  otherwise,
  expected: "a whole number of at least 1",
  test: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
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
});

/** An option that may be left out, tested by a function of yours. */
export const optional = <T>(expected: string, test: (value: unknown) => boolean): Field<T | undefined> => ({
  otherwise: undefined,
  expected,
  test,
});

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
};

/** Habits that are another block here, not another option. */
const elsewhere: Readonly<Record<string, string>> = {
  activation: "an activation is a layer of its own: [dense(2, 8), relu]",
  units: "sizes are the first two arguments: dense(inputs, outputs)",
  inputShape: "sizes are the first two arguments: dense(inputs, outputs)",
  hiddenLayers: "list the layers: [dense(2, 8), tanh, dense(8, 1)]",
  metrics: "call network.evaluate(inputs, targets)",
};

/** The candidate nearest to a word: the one it stands for elsewhere, else by edit distance; none if all are far. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const habit = Object.hasOwn(habits, word) ? habits[word] : undefined;
  if (habit !== undefined && candidates.includes(habit)) return habit;
  const ranked = candidates
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
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
 * Reads an options object against its table of fields: each key known, each value right, defaults filled in.
 * @throws {@link ChainruleError} `type` if it is no object, `option` for an unknown key or a wrong value
 */
export function readOptions<F extends Readonly<Record<string, Field<unknown>>>>(
  where: string,
  given: unknown,
  fields: F,
): Values<F> {
  const names = Object.keys(fields);
  const values = Object.fromEntries(names.map((name) => [name, fields[name]!.otherwise]));
  if (given === undefined) return values as Values<F>;
  if (typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    fail("type", `${where} options`, "an object", given, names.length ? `write { ${names[0]}: … }` : "it has no options");
  }
  for (const [key, value] of Object.entries(given as Record<string, unknown>)) {
    const field = Object.hasOwn(fields, key) ? fields[key]! : unknownOption(where, key, names);
    if (value === undefined) continue;
    if (!field.test(value)) fail("option", `${where} ${key}`, field.expected, value, remedyFor(key, value));
    values[key] = value;
  }
  return values as Values<F>;
}

function unknownOption(where: string, key: string, names: readonly string[]): never {
  const better = nearest(key, names);
  const remedy = better
    ? `write ${better}`
    : Object.hasOwn(elsewhere, key)
      ? elsewhere[key]
      : names.length
        ? `its options are ${names.join(", ")}`
        : "it has no options";
  return fail("option", where, names.length ? `an option among ${names.join(", ")}` : "no options", key, remedy);
}

function remedyFor(key: string, value: unknown): string {
  if (key === "loss" || key === "optimizer") {
    return typeof value === "string"
      ? `import it: import { ${importName(value, key)} } from "chainrule"`
      : `import it from "chainrule": { ${key}: ${key === "loss" ? "crossEntropy" : "adam"} }`;
  }
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) {
    return `write the number ${Number(value)}`;
  }
  return `leave ${key} out for its default, or write one that is, not ${describe(new Phrase(describe(value)))}`;
}

const importName = (text: string, key: string): string =>
  ({ mse: "meanSquaredError", bce: "binaryCrossEntropy", ce: "crossEntropy", categorical_crossentropy: "crossEntropy" })[
    text.toLowerCase()
  ] ?? nearest(text, imports[key]!) ?? imports[key]![0]!;

const imports: Readonly<Record<string, readonly string[]>> = {
  loss: ["meanSquaredError", "halfSquaredError", "crossEntropy", "binaryCrossEntropy"],
  optimizer: ["sgd", "adam"],
};
