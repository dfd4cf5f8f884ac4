import { fail } from "../core/errors.js";
import { isPlainObject, nearest } from "../core/options.js";
import {
  adam,
  binaryCrossEntropy,
  constant,
  crossEntropy,
  dense,
  glorot,
  halfSquaredError,
  he,
  identity,
  input,
  leakyRelu,
  meanSquaredError,
  relu,
  sgd,
  sigmoid,
  softmax,
  softplus,
  tanh,
  zeros,
} from "../index.js";

type Table = Readonly<Record<string, object>>;

/** What a model in JSON can name, each kind in a table of its own. */
export const tables = {
  layers: { dense, input, softmax, identity, sigmoid, tanh, relu, leakyRelu, softplus },
  losses: { halfSquaredError, meanSquaredError, crossEntropy, binaryCrossEntropy },
  optimizers: { sgd, adam },
  initializers: { glorot, he, constant, zeros },
} satisfies Readonly<Record<string, Table>>;

/** Whether a value names a block of a table: by a word, or by the one key that is in it. */
const names = (table: Table, given: unknown): boolean =>
  typeof given === "string" || (isPlainObject(given) && Object.keys(given).some((key) => Object.hasOwn(table, key)));

/**
 * A block of a table, as JSON has it: its name, `"sigmoid"`, or its name with what it is called with,
 * `{ "sgd": { "learningRate": 0.5 } }`, options standing beside a list of arguments: `{ "dense": [2, 2], "bias": false }`.
 * @throws {@link ChainruleError} `name` for one that there is not, else as the block
 */
export function blockOf(table: Table, given: unknown, where: string): object {
  const known = Object.keys(table);
  const keys = isPlainObject(given) ? Object.keys(given).filter((key) => known.includes(key)) : [];
  const name = typeof given === "string" ? given : keys.length === 1 ? keys[0]! : undefined;
  if (name === undefined || !Object.hasOwn(table, name)) {
    const word = isPlainObject(given) ? Object.keys(given)[0] : given;
    fail(
      "name",
      where,
      `one of ${known.join(", ")}`,
      given,
      `write ${JSON.stringify(nearest(word, known) ?? known[0])}`,
    );
  }
  const block = table[name]!;
  if (typeof given === "string") return block;
  const { [name]: first, ...options } = given as Readonly<Record<string, unknown>>;
  const args = Array.isArray(first) ? (first as unknown[]) : [first];
  const start = Object.entries(options).map(([key, value]) => [key, startOf(key, value, `${where} ${key}`)] as const);
  if (typeof block !== "function") fail("type", where, `${JSON.stringify(name)} by itself`, given, "it takes nothing");
  return (block as (...args: unknown[]) => object)(...args, ...(start.length ? [Object.fromEntries(start)] : []));
}

/** An initializer that is named, in the place of where a layer's parameters start. */
const startOf = (key: string, value: unknown, where: string): unknown =>
  (key === "weight" || key === "bias") && names(tables.initializers, value)
    ? blockOf(tables.initializers, value, where)
    : value;
