import { type Network, Network as NetworkClass, type Optimizer } from "chainrule";
import { evaluate, type Expression, type Quantity, trace, type Trace } from "chainrule/trace";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { NetworkImplementation } from "../../src/network/implementation.js";
import { activations, build, losses, networkCase } from "../support/arbitraries.js";
import { optimizers } from "../support/tables.js";
import { runs } from "../support/random-cases.js";

const total = { traces: 0, quantities: 0 };
afterAll(() => console.log(`${total.traces} traces, ${total.quantities} quantities`));

/** How often each way to build a network came up. */
const features = new Map<string, number>();
function cover(
  network: Network,
  traced: Trace,
  rows: number,
  rule: string,
  steps: number,
  delta: string,
  weighted: boolean,
): void {
  const depth = network.layers.filter(({ kind }) => kind === "dense").length;
  const names = traced.quantities.has(rows > 1 ? "i1[1]" : "i1") ? "the article's names" : "indexed names";
  const frozen = network.parameters.filter((each) => each.frozen).map(({ name }) => `frozen ${name.split(".")[1]}`);
  const biases = network.parameters.filter(({ name }) => name.endsWith(".bias"));
  const shared = biases.some(({ name, shape }) => shape[0] !== network.layers[Number.parseInt(name)]!.outputs);
  const ways = [
    `depth ${depth}`,
    `${rows} rows`,
    `${steps} steps before`,
    `${delta} δ`,
    network.dtype,
    rule,
    names,
    ...new Set(frozen),
    ...(weighted ? ["row weights"] : []),
    ...(shared ? ["a shared bias"] : []),
    ...(biases.length < depth ? ["no bias"] : []),
    ...new Set([...traced.quantities.values()].map(({ place }) => place.role)),
  ];
  for (const way of ways) features.set(way, (features.get(way) ?? 0) + 1);
}

const rules = optimizers.flatMap(({ specimens }) => specimens);
/** What has no law since it was there before the step, or is a step of its own. */
const given = ["input", "target", "rowWeight", "parameter", "state", "setting"];

/** A network of a case with an optimizer, some steps on its way. */
function started(built: ReturnType<typeof build>, optimizer: Optimizer, steps: number): Network {
  const { network, input, target, options } = built;
  const { layers, loss, dtype, seed } = network;
  const other = new NetworkClass(layers as never, { loss, dtype, seed, optimizer });
  other.load(network.toJSON());
  for (let i = 0; i < steps; i++) other.trainBatch(input as never, target as never, options);
  return other as Network;
}

const referred = (expression: Expression): Quantity[] =>
  expression.op === "quantity"
    ? [expression.quantity]
    : expression.op === "constant"
      ? []
      : expression.args.flatMap(referred);

/** Every quantity follows from those before it, to the last bit. */
function expectLaw({ sections, quantities, lossAfter }: Trace): void {
  const before = new Set<Quantity>();
  for (const quantity of sections.flatMap(({ lines }) => lines)) {
    const { name, value, dtype, expression, place } = quantity;
    expect(before.has(quantity), `${name.text} twice`).toBe(false);
    expect(quantities.get(name.text), `another ${name.text}`).toBe(quantity);
    if (expression === null) {
      if (quantity !== lossAfter) expect(given, `${name.text} without a law`).toContain(place.role);
    } else {
      const due = evaluate(expression, dtype);
      if (!Object.is(due, value)) expect.fail(`${name.text} is ${value}, its law gives ${due}`);
      for (const each of referred(expression))
        if (!before.has(each)) expect.fail(`${name.text} refers to ${each.name.text}, which comes later`);
    }
    before.add(quantity);
  }
  total.traces++;
  total.quantities += quantities.size;
}

/** What is in the memory of a network, by the names of what it belongs to. */
function memoryOf(network: Network) {
  const { store } = network as unknown as NetworkImplementation;
  return {
    parameters: network.parameters.map(({ name, value, gradient }) => ({
      name,
      value: value.flat(),
      gradient: gradient.flat(),
    })),
    slots: store.runs.flatMap(({ slots }) =>
      slots[0] ? [...slots[0].data].flatMap((_, i) => slots.map(({ data }) => data[i]!)) : [],
    ),
    scalars: network.optimizer.scalars,
  };
}

/** Gradients, state and new weights are those of a network that took the step itself. */
function expectStep({ sections }: Trace, network: Network): void {
  const lines = sections.flatMap((section) => section.lines);
  const of = (role: string, name?: string) =>
    lines.filter(({ place }) => place.role === role && (!name || place.parameter === name));
  const { parameters, slots, scalars } = memoryOf(network);
  for (const { name, value, gradient } of parameters) {
    expect(of("gradient", name).map((each) => each.value)).toEqual(gradient);
    if (!network.parameter(name).frozen) expect(of("updated", name).map((each) => each.value)).toEqual(value);
    else expect(of("updated", name)).toEqual([]);
  }
  const after = new Map(of("movement").map((each) => [each.name.text, each.value]));
  expect(of("state").map(({ name }) => after.get(`${name.text}⁺`))).toEqual(slots);
  const settings = of("setting").map(({ value }) => value);
  for (const value of Object.values(scalars)) if (value !== 0) expect(settings).toContain(value);
}

// Not in random order: the last of these asks what the others met.
describe("the law of the trace", { shuffle: false }, () => {
  const combinations = Object.keys(activations).flatMap((activation) =>
    Object.keys(losses).map((loss) => [activation, loss] as const),
  );

  it.each(combinations)("holds to the last bit: %s, %s", (activation, loss) => {
    for (const rows of [1, 3]) {
      const seed = 100 * combinations.findIndex((each) => each.join() === `${activation},${loss}`) + rows;
      fc.assert(
        fc.property(
          networkCase(activation, loss, rows),
          fc.constantFrom(...rules),
          fc.nat(2),
          fc.constantFrom("positive" as const, "negative" as const),
          (given, { block, written }, steps, delta) => {
            const built = build(given);
            const network = started(built, block, steps);
            const { input, target, options } = built;
            const before = memoryOf(network);
            const traced = trace(network, input as never, target as never, { ...options, delta });
            expect(memoryOf(network)).toEqual(before);
            expectLaw(traced);
            const loss = network.trainBatch(input as never, target as never, options);
            expect(traced.loss.value).toBe(loss);
            if (!options) expect(traced.lossAfter.value).toBe(network.evaluate(input as never, target as never).loss);
            expectStep(traced, network);
            cover(network, traced, rows, written, steps, delta, !!options);
          },
        ),
        { seed: seed + 1e5 * Number(process.env.SEED ?? 1), numRuns: runs(12) },
      );
    }
  });

  it("was tried on each way to build a network often enough", () => {
    const due = [
      ...[1, 2, 3, 4, 5, 6].map((depth) => `depth ${depth}`),
      "1 rows",
      "3 rows",
      ...[0, 1, 2].map((steps) => `${steps} steps before`),
      "positive δ",
      "negative δ",
      "float32",
      "float64",
      ...rules.map(({ written }) => written),
      "the article's names",
      "indexed names",
      "frozen weight",
      "frozen bias",
      "row weights",
      "a shared bias",
      "no bias",
      ..."input target rowWeight parameter value term loss factor share delta derivative gradient setting state movement updated".split(
        " ",
      ),
    ];
    expect([...features.keys()].sort()).toEqual(due.sort());
    expect(Math.min(...features.values())).toBeGreaterThanOrEqual(runs(20));
  });
});
