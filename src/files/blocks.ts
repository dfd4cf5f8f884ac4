import { argumentsOf, catalogue } from "../catalogue.js";
import { fail, isArray } from "../core/errors.js";
import { isPlainObject, nearest } from "../core/options.js";
import { NUMBERS } from "../network/written.js";

type Table = Readonly<Record<string, object>>;

/** What a document can name, by kind. */
export const tables = /* @__PURE__ */ (() => ({
  ...catalogue,
  layers: { ...catalogue.layers, ...catalogue.activations },
}))();

/** Blocks that are not the library's, by their names: a block itself, or a function that makes one of its options. */
export type OwnBlocks = Readonly<Record<string, unknown>>;

/** Which blocks an option takes, by its name. */
const KINDS: Readonly<Record<string, keyof typeof tables>> = {
  weight: "initializers",
  bias: "initializers",
  penalty: "regularizers",
  learningRate: "schedules",
  parts: "schedules",
  sequence: "schedules",
};

/** Arguments of a block, at most: of a sequence its parts. */
const MOST_ARGUMENTS = 1000;

/** Whether a value names a block of a table: by a word, or by the one key that is in it. */
const names = (table: Table, given: unknown): boolean =>
  typeof given === "string" || (isPlainObject(given) && Object.keys(given).some((key) => Object.hasOwn(table, key)));

/**
 * A block of a table, as JSON has it: its name, `"sigmoid"`, or its name with what it is called with,
 * `{ "sgd": { "learningRate": 0.5 } }`; what it takes before its options may stand by itself, with these beside it:
 * `{ "dense": [2, 2], "bias": false }`. `{ "own": "mine" }` is one of `own`, and never the library's.
 * @throws {@link ChainruleError} `name` for one that there is not, else as the block
 */
export function blockOf(table: Table, given: unknown, where: string, own: OwnBlocks = {}): object {
  if (isPlainObject(given) && Object.hasOwn(given, "own")) return ownBlock(given, where, own);
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
  const options = valuesOf({ ...(isPlainObject(first) && first), ...beside }, where, own);
  if (isArray(first) && first.length > MOST_ARGUMENTS)
    fail("value", `${where} ${name}`, `at most ${MOST_ARGUMENTS} arguments`, first.length, "write what toJSON gave");
  const args = isPlainObject(first) ? [] : [valueOf(first, name, `${where} ${name}`, own)].flat(isArray(first) ? 1 : 0);
  return (block as (...args: unknown[]) => object)(...args, ...argumentsOf(isPlainObject(first) ? name : "", options));
}

/** What stands in the place of an option: a block, a number that JSON has not, or lists and objects of such. */
function valueOf(value: unknown, key: string, where: string, own: OwnBlocks): unknown {
  const table = Object.hasOwn(KINDS, key) ? tables[KINDS[key]!] : undefined;
  if (table && names(table, value)) return blockOf(table, value, where, own);
  if (isArray(value)) return value.map((each) => (isFlat(each) ? each : valueOf(each, key, where, own)));
  if (!isPlainObject(value)) return value;
  if (Object.hasOwn(value, "own")) return ownBlock(value, where, own);
  if (Object.hasOwn(value, "number")) return numberOf(value.number, where);
  return valuesOf(value, where, own);
}

/** The same for each value of an object. */
const valuesOf = (values: object, where: string, own: OwnBlocks): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).map(([key, each]) => [key, valueOf(each, key, `${where} ${key.slice(0, 40)}`, own)]),
  );

/** Whether a value is a number, or a list of such: numbers need not be looked at one by one. */
const isFlat = (value: unknown): boolean =>
  typeof value === "number" || (isArray(value) && value.every((each) => typeof each === "number"));

/** @throws {@link ChainruleError} `value` */
function numberOf(text: unknown, where: string): number {
  return NUMBERS.includes(text as string)
    ? Number(text)
    : fail("value", `${where} number`, NUMBERS.join(" or "), text, "write a number as such");
}

/** @throws {@link ChainruleError} `name` for a block that was not given */
function ownBlock(given: Readonly<Record<string, unknown>>, where: string, own: OwnBlocks): object {
  const { own: name, options } = given;
  const block = typeof name === "string" && Object.hasOwn(own, name) ? own[name] : undefined;
  if (block === undefined || block === null) {
    const word = typeof name === "string" && /^\w{1,40}$/.test(name) ? name : "mine";
    fail("name", where, "a block of yours, which no document can hold", name, `give it in blocks: { ${word} }`);
  }
  const isMaker = typeof block === "function" && !Object.hasOwn(block, "kind") && isPlainObject(options);
  return isMaker ? (block as (options: unknown) => object)(valuesOf(options, where, own)) : block;
}
