import { fail, isArray } from "../core/errors.js";
import { isPlainObject, nearest } from "../core/options.js";
import { argumentsOf, catalogue } from "../catalogue.js";

type Table = Readonly<Record<string, object>>;

/** What a model in JSON can name. */
export const tables = { ...catalogue, layers: { ...catalogue.layers, ...catalogue.activations } };

/** Whether a value names a block of a table: by a word, or by the one key that is in it. */
const names = (table: Table, given: unknown): boolean =>
  typeof given === "string" || (isPlainObject(given) && Object.keys(given).some((key) => Object.hasOwn(table, key)));

/**
 * A block of a table, as JSON has it: its name, `"sigmoid"`, or its name with what it is called with,
 * `{ "sgd": { "learningRate": 0.5 } }`; what it takes before its options may stand by itself, with these beside it:
 * `{ "dense": [2, 2], "bias": false }`.
 * @throws {@link ChainruleError} `name` for one that there is not, else as the block
 */
export function blockOf(table: Table, given: unknown, where: string): object {
  const known = Object.keys(table);
  const keys = isPlainObject(given) ? Object.keys(given).filter((key) => known.includes(key)) : [];
  const name = typeof given === "string" ? given : keys.length === 1 ? keys[0]! : undefined;
  if (name === undefined || !Object.hasOwn(table, name)) {
    const word = isPlainObject(given) ? Object.keys(given)[0] : given;
    const remedy = `write ${JSON.stringify(nearest(word, known) ?? known[0])}`;
    fail("name", where, `one of ${known.join(", ")}`, given, remedy);
  }
  const block = table[name]!;
  if (typeof given === "string") return block;
  const { [name]: first, ...beside } = given as Readonly<Record<string, unknown>>;
  const all = Object.entries({ ...(isPlainObject(first) && first), ...beside });
  const options = Object.fromEntries(all.map(([key, value]) => [key, startOf(key, value, `${where} ${key}`)]));
  const args = isPlainObject(first) ? [] : isArray(first) ? (first as unknown[]) : [first];
  return (block as (...args: unknown[]) => object)(...args, ...argumentsOf(isPlainObject(first) ? name : "", options));
}

/** An initializer that is named, in the place of where a layer's parameters start. */
const startOf = (key: string, value: unknown, where: string): unknown =>
  (key === "weight" || key === "bias") && names(tables.initializers, value)
    ? blockOf(tables.initializers, value, where)
    : value;
