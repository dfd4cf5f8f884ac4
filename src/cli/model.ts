import { readFileSync } from "node:fs";
import { fail, isArray, Phrase } from "../core/errors.js";
import { checkPart, isPlainObject, optional } from "../core/options.js";
import { tables } from "../files/blocks.js";
import { networkOf } from "../files/from.js";
import { Network, wasm } from "../index.js";

/** A network with an example or a batch, from a file. */
export interface Model {
  readonly network: Network;
  readonly input: number[];
  readonly target: number[];
}

const fields = {
  layers: optional<readonly unknown[]>("a list of layers", isArray, '[{ "dense": [2, 1] }, "sigmoid"]'),
  input: optional<unknown>("a list of numbers, or of such lists", isArray, "[0.05, 0.1]"),
  target: optional<unknown>(
    "a list of numbers, or of such lists, or the number of a class",
    (value) => isArray(value) || typeof value === "number",
    "[0.01, 0.99]",
  ),
  loss: optional<unknown>("given", Boolean, '"halfSquaredError"'),
  optimizer: optional<unknown>("given", Boolean, '"sgd"'),
};

/** How a model is written, for help. */
export const FORM = `A model is a file of JSON; "seed" (1 if not given) and "dtype" may be left out, for summary all but the layers.
A saved network, JSON.stringify(network), is such a file; explain needs its input and target too.

  {
    "layers": [
      { "dense": [2, 3], "weight": "he", "bias": false },
      { "leakyRelu": { "slope": 0.1 } },
      { "dense": [3, 1], "weight": [[0.1, 0.2, 0.3]], "freeze": ["bias"] }
    ],
    "loss": "halfSquaredError",
    "optimizer": { "sgd": { "learningRate": 0.5, "momentum": 0.9 } },
    "input": [0.05, 0.1],
    "target": [0.99],
    "seed": 1
  }

  layers      ${Object.keys(tables.layers).join(", ")}
  losses      ${Object.keys(tables.losses).join(", ")}
  optimizers  ${Object.keys(tables.optimizers).join(", ")}
  weights     numbers [outputs, inputs], or ${Object.keys(tables.initializers).join(", ")}`;

/** What a file is called in errors; `-` is what is piped in. */
export const called = (file: string): string => (file === "-" ? "standard input" : file);

/**
 * A file of JSON.
 * @throws {@link ChainruleError} `value` if it can't be read
 */
export function readJson(file: string, remedy = "see chainrule explain --help"): unknown {
  const attempt = <T>(expected: string, remedy: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      return fail("value", called(file), expected, new Phrase((error as Error).message), remedy);
    }
  };
  const text = attempt("a file that can be read", "give the path of a file of JSON", () =>
    readFileSync(file === "-" ? 0 : file, "utf8"),
  );
  return attempt("JSON", remedy, () => JSON.parse(text.replace(/^\uFEFF/, "")) as unknown);
}

/** The model in a file. */
export const readModel = (file: string, needed?: readonly Field[]): Model =>
  modelOf(readJson(file), called(file), needed);

type Field = keyof typeof fields;

/** What a model must have for a training step. */
export const forStep: readonly Field[] = ["input", "target", "loss", "optimizer"];

/**
 * The network that a model describes. Nothing of the model is run: names are looked up in tables, the rest is numbers.
 * @throws {@link ChainruleError} `option` for a key that is not known, or is needed and not there, `name` for a block; else as {@link Network}
 */
export function modelOf(given: unknown, where: string, needed: readonly Field[] = []): Model {
  if (!isPlainObject(given))
    fail("type", where, 'an object { "layers": […], … }', given, "see chainrule explain --help");
  const { input, target, ...document } = given;
  for (const name of ["layers", "input", "target"] as const) checkPart(where, name, given[name], fields[name]);
  const need = (name: Field): void => {
    if (given[name] === undefined)
      fail("option", where, name, new Phrase("none"), `write "${name}": ${String(fields[name].example)}`);
  };
  const network = networkOf(Network, wasm, { seed: 1, ...document }, undefined, where) as unknown as Network;
  needed.forEach(need);
  return { network, input: input as number[], target: target as number[] };
}
