import { ask, ChainruleError, fail, isArray, Phrase } from "../core/errors.js";
import { isList } from "../core/numbers.js";
import { isPlainObject } from "../core/options.js";

/** The parts of a document: what stands there is data, and nothing more is known of it. */
export type Given = Readonly<Record<(typeof PARTS)[number], unknown>>;
export const PARTS = ["format", "version", "layers", "loss", "optimizer", "dtype", "seed", "frozen", "parameters", "buffers", "training"] as const; // prettier-ignore

/** The latest version of the form. */
const VERSION = 2;

/** Lists and objects within each other, at most. */
const DEEPEST = 100;
/** Values in a list, at most. */
const LONGEST = 0x100_0000;
/** Objects and their keys in what describes a network, at most: a thousand layers with all options have fewer. */
const MOST = 0x4000;
/** Parts that may have more: a training has figures of each epoch. */
const FREE: readonly string[] = ["training"];

/** How many objects and keys there may still be. */
interface Budget {
  left: number;
}

/**
 * Recognises a document and copies what is in it, numbers of parameters apart: each part is looked at once, so that
 * nobody can change it between its test and its use. `isWhole`: it must be one; else a model written by hand will do.
 * @throws {@link ChainruleError} `type` if it is none or holds what is no data, `value` for a version that is not known
 */
export function openDocument(document: unknown, where: string, isWhole = true): Given {
  const given = ask<Partial<Given>>(
    () => Object.fromEntries(PARTS.map((part) => [part, Object(document)[part] as unknown])) as Given,
    {},
  );
  const { format, version, parameters, buffers } = given;
  if (isWhole || [format, version, parameters, buffers].some((each) => each !== undefined)) {
    const remedy = `write ${where}(${typeof document === "string" ? "JSON.parse(text)" : "network.toJSON()"})`;
    const failForm = (): never => fail("type", `${where} document`, "what toJSON gave", document, remedy);
    if (format !== "chainrule") failForm();
    checkVersion(version, where);
    if (!isPlainObject(parameters) || !isPlainObject(buffers)) failForm();
  }
  const copies = Object.entries(given).map(([part, value]) => {
    const at = `${where} document.${part}`;
    if (part === "parameters" || part === "buffers") return [part, copyByName(value, at)];
    return [part, copyOfData(value, at, { left: FREE.includes(part) ? Infinity : MOST })];
  });
  return Object.fromEntries(copies) as Given;
}

function checkVersion(version: unknown, where: string): void {
  if (version === 1 || version === VERSION) return;
  const isNewer = typeof version === "number" && version > VERSION;
  const remedy = isNewer ? "update chainrule: a newer one has written it" : "give what toJSON gave";
  fail("value", `${where} document.version`, `1 or ${VERSION}`, version, remedy);
}

/** Numbers by name: their lists are read, and tested, when it is known how many they should be. */
function copyByName(value: unknown, where: string): unknown {
  if (value === undefined) return undefined;
  const names = ask(() => Object.keys(value as object), []);
  spend({ left: MOST }, names.length, where);
  const entries = ask(() => Object.entries(value as object), []);
  return Object.fromEntries(
    entries.map(([name, each]) => [
      name,
      isList(each) ? each : copyOfData(each, `${where} ${name.slice(0, 40)}`, { left: MOST }),
    ]),
  );
}

/**
 * A copy of data: lists, plain objects, texts, numbers, `true`, `false` and `null`, as `JSON.parse` gives them; typed
 * arrays too.
 * @throws {@link ChainruleError} `type` for anything else, `value` if it is too deep or too long
 */
function copyOfData(value: unknown, where: string, budget: Budget): unknown {
  try {
    return copyOf(value, where, 0, budget);
  } catch (error) {
    if (error instanceof ChainruleError) throw error;
    return fail("type", where, "data, as JSON.parse gives them", new Phrase("an object that cannot be read"));
  }
}

function copyOf(value: unknown, where: string, depth: number, budget: Budget): unknown {
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") failData(value, where);
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) {
    const got = new Phrase("more");
    fail("value", where, `at most ${DEEPEST} lists and objects within each other`, got, "give what toJSON gave");
  }
  const copy = (each: unknown): unknown => (typeof each === "number" ? each : copyOf(each, where, depth + 1, budget));
  if (isArray(value)) {
    if (value.length > LONGEST)
      fail("value", where, `at most ${LONGEST} values`, value.length, "give what toJSON gave");
    return Array.from(value, copy);
  }
  if (isList(value)) return value; // it is copied when it is tested
  if (!isPlainObject(value)) failData(value, where);
  spend(budget, 1 + Object.keys(value).length, where);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)]));
}

/** @throws {@link ChainruleError} `value` for more objects and keys than there may be */
function spend(budget: Budget, count: number, where: string): void {
  budget.left -= count;
  if (budget.left >= 0) return;
  fail("value", where, `at most ${MOST} blocks and names`, new Phrase("more"), "build it in code");
}

const failData = (value: unknown, where: string): never =>
  fail("type", where, "data, as JSON.parse gives them", value, "give what toJSON gave; blocks of yours in { blocks }");
