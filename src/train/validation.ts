import type { Batch, Target } from "../core/examples.js";
import { describe, fail, Phrase } from "../core/errors.js";
import { isPlainObject, optional, readOptions } from "../core/options.js";
import { shuffle, Stream } from "../core/random.js";
import type { Floats } from "../core/tensor.js";

/** Rows that are kept from the training, on which it is judged. */
export interface ValidationData {
  /** As those of `fit`. */
  readonly inputs: Batch;
  /** As those of `fit`. */
  readonly targets: Target;
  /** A factor for the loss of each of them. Default none. */
  readonly rowWeights?: readonly number[] | Floats | undefined;
}

/** A share of the rows, drawn by the network's seed; the last ones, in their order; or others. */
export type Validation =
  | number
  | {
      /** The share of the rows, from the end. */
      readonly last: number;
    }
  | ValidationData;

const isShare = (value: unknown): boolean => typeof value === "number" && value > 0 && value < 1;
const given = (example: string) => optional<unknown>("data", () => true, example);

/** The option `validation` of `fit`. */
export const validationField = /* @__PURE__ */ optional<Validation>(
  "a share of the rows between 0 and 1, { last: share } or { inputs, targets }",
  (value) => isShare(value) || isPlainObject(value),
  "0.2",
);
const lastField = { last: /* @__PURE__ */ optional<number>("a share of the rows between 0 and 1", isShare, "0.2") };
const dataFields = {
  inputs: /* @__PURE__ */ given("[[0, 1]]"),
  targets: /* @__PURE__ */ given("[[1]]"),
  rowWeights: /* @__PURE__ */ given("[1]"),
};

/**
 * Reads what has passed the test of the field.
 * @throws {@link ChainruleError} `option` or `value`
 */
export function readValidation(value: Validation | undefined) {
  if (value === undefined || typeof value === "number") return value;
  if (!("last" in value)) return readOptions("fit validation", value, dataFields) as ValidationData;
  const { last } = readOptions("fit validation", value, lastField);
  return last === undefined ? fail("value", "fit validation last", lastField.last.expected, last) : { last };
}

/** The rows to train with and those to validate with, each in the order of the data. */
export interface Split {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Divides rows in two. A share is drawn by the seed, class by class if there are classes: of each the whole part of its
 * share, and one more of those with the largest rests. The same data and seed are always divided alike.
 * @throws {@link ChainruleError} `value` unless both parts have rows
 */
export function split(
  rows: number,
  share: number | { readonly last: number },
  classes: Uint32Array | null,
  seed: number,
): Split {
  const part = typeof share === "number" ? share : share.last;
  const count = Math.round(rows * part);
  if (count === 0 || count === rows) {
    const got = new Phrase(`${describe(part)} of ${rows}`);
    const remedy = "give more rows, another share, or { inputs, targets }";
    fail("value", "fit validation", "a share that leaves rows to both parts", got, remedy);
  }
  const isHeld = new Uint8Array(rows);
  if (typeof share !== "number") isHeld.fill(1, rows - count);
  else for (const row of draw(rows, count, classes, seed)) isHeld[row] = 1;
  const all = Uint32Array.from(isHeld, (_, row) => row);
  return { training: all.filter((row) => !isHeld[row]), validation: all.filter((row) => isHeld[row]) };
}

function* draw(rows: number, count: number, classes: Uint32Array | null, seed: number): Generator<number> {
  const start = { rows: 1, columns: 1, data: new Float64Array(1) }; // not the forwards so far: another fit keeps the same rows apart
  const stream = new Stream(seed, "fit.validation", start);
  const groups = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const group = classes ? classes[row]! : 0;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group)!.push(row);
  }
  const parts = [...groups]
    .sort(([a], [b]) => a - b)
    .map(([group, members]) => {
      const due = (members.length * count) / rows;
      return { group, members: Uint32Array.from(members), whole: Math.floor(due), rest: due - Math.floor(due) };
    });
  const missing = count - parts.reduce((sum, { whole }) => sum + whole, 0);
  const more = new Set([...parts].sort((a, b) => b.rest - a.rest).slice(0, missing));
  for (const part of parts) {
    shuffle(part.members, stream.uniform(part.group));
    yield* part.members.subarray(0, part.whole + (more.has(part) ? 1 : 0));
  }
}
