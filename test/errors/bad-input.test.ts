import { inspect } from "node:util";
import { expect, test } from "vitest";
import { ChainruleError } from "chainrule";
import type { Loose, Subject } from "./subjects.js";
import { table } from "./table.js";

/** A value to its depths, without running any of its code. */
const picture = (value: unknown): string =>
  inspect(value, {
    depth: 8,
    maxArrayLength: null,
    maxStringLength: null,
    showHidden: true,
    showProxy: true,
    getters: false,
  });

/** What the language's own prototypes have. */
const natives = (): unknown =>
  [Object, Array, Function, Map, Promise, Float64Array, Object.getPrototypeOf(Float64Array) as object, Error].map(
    (each) => Reflect.ownKeys("prototype" in each ? (each.prototype as object) : each),
  );

const attempt = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof ChainruleError)) throw error;
    return { refused: error.code, because: error.got };
  }
};

/** All that can be seen of a network. */
const lookAt = (network: Loose): unknown => ({
  state: network.toJSON(),
  parameters: network.parameters.map(({ name, gradient, frozen }) => ({ name, gradient, frozen })),
  scalars: network.optimizer.scalars,
  seed: network.seed,
});

/** All that it goes on to do: random numbers, the optimizer's slots and the tapes show in that. */
const goOn = (network: Loose, { input, target }: Subject): unknown => [
  attempt(() => network.outputs),
  attempt(() => network.predict(input)),
  attempt(() => network.backward(target)),
  attempt(() => network.step()),
  attempt(() => network.trainBatch(input, target)),
  attempt(() => network.trainBatch(input, target)),
  lookAt(network),
];

const freeze = (value: unknown): void => {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== null && prototype !== Object.prototype) return;
  for (const key of Reflect.ownKeys(value)) freeze((value as Record<PropertyKey, unknown>)[key]);
  Object.freeze(value);
};

const title = (bad: unknown): string => {
  try {
    return inspect(bad, { depth: 2, breakLength: Infinity, compact: true }).slice(0, 80);
  } catch {
    return "?";
  }
};

for (const row of table) {
  test(`${row.entry}, bad: ${title(row.bad)}`, async () => {
    const { bad, subject, call, code, where, remedy, spends } = row;
    const network = subject?.make();
    const twin = subject?.make();
    try {
      freeze(bad);
    } catch {
      // some proxies can't be frozen
    }
    const before = picture(bad);
    const clean = natives();

    let error: unknown = "nothing";
    let result: unknown = "an exception";
    try {
      result = call(network!, bad as never);
      await result;
    } catch (thrown) {
      error = thrown;
    }

    if (!(error instanceof ChainruleError))
      throw error instanceof Error ? error : new Error(`It was accepted: ${title(result)}`);
    const { message, expected, got } = error;
    if (process.env.SHOW_ERRORS) console.log(message);
    expect.soft({ code: error.code, where: error.where }).toEqual({ code, where });
    expect.soft(error.remedy).toContain(remedy);
    for (const part of [where, expected, got, error.remedy]) {
      expect.soft(part).not.toBe("");
      expect.soft(message).toContain(part);
    }
    expect
      .soft(message)
      .not.toMatch(/\bundefined (?:expected|initializer)|\[object| {2}|\b1 numbers|NetworkImplementation/);
    if (row.entry.startsWith("fit")) expect.soft(result).toBeInstanceOf(Promise);

    expect.soft(picture(bad)).toBe(before);
    expect.soft(natives()).toEqual(clean);
    if (!subject || !network || !twin) return;
    if (spends) {
      expect(lookAt(network)).toMatchObject(withoutGradients(lookAt(twin)));
      for (const each of [network, twin]) attempt(() => each.forward(subject.input));
    } else {
      expect(lookAt(network)).toEqual(lookAt(twin));
    }
    expect(goOn(network, subject)).toEqual(goOn(twin, subject));
  });
}

/** Gradients are what a backward is for. */
const withoutGradients = (look: unknown): object => {
  const { parameters: _, ...rest } = look as Record<string, unknown>;
  return rest;
};
