import { readFileSync } from "node:fs";
import * as chainrule from "chainrule";
import { describe, expect, it } from "vitest";

/** "tanh", or a name with its arguments: ["leakyRelu", { slope: 0.2 }]. */
type Spec = string | [name: string, ...args: unknown[]];
type Rows = number[][];
type Named = Record<string, unknown>;

interface ActivationCase {
  name: string;
  layers: Spec[];
  inputs: Rows;
  dOutput: Rows;
  outputs: Rows;
  dInput: Rows;
}
interface Run {
  from: number;
  to: number;
  weighted?: boolean;
  reduction?: "sum";
  loss: number;
  gradients: Named;
}
interface LossCase {
  name: string;
  layers: Spec[];
  loss: Spec;
  inputs: Rows;
  targets: Rows | number[];
  weights?: number[];
  outputs: Rows;
  runs: Run[];
}
interface TrainingCase {
  name: string;
  dtype?: "float32";
  layers: Spec[];
  loss: Spec;
  optimizer: Spec;
  learningRates?: number[];
  penalty?: Spec;
  averages?: number[][];
  steps: number;
  batches: { inputs: Rows; targets: Rows | number[] }[];
  outputs: Rows;
  losses: number[];
  gradients: Named;
  parameters: Record<string, Named>;
  finalOutputs: Rows;
}

/** The public API as seen by data: sizes are plain numbers, layers come by name. */
interface LooseNetwork {
  forward(inputs: unknown): unknown;
  backward(targets: unknown, options?: { rowWeights: number[] }): number;
  backwardFrom(dOutput: unknown): unknown;
  step(): void;
  trainBatch(inputs: unknown, targets: unknown): unknown;
  predict(inputs: unknown): unknown;
  evaluate(inputs: unknown, targets: unknown): { loss: number };
  clone(options: object): LooseNetwork;
  readonly parameters: readonly { readonly value: unknown }[];
  parameter(name: string): { value: unknown; gradient: unknown };
  readonly optimizer: { learningRate: number };
}
const LooseNetwork = chainrule.Network as unknown as new (layers: unknown[], options?: object) => LooseNetwork;

const fixture = JSON.parse(readFileSync(new URL("../fixtures/torch.json", import.meta.url), "utf8")) as {
  torch: string;
  activations: ActivationCase[];
  losses: LossCase[];
  training: TrainingCase[];
};

// Bounds are |ours − torch's| ≤ max(absolute, relative·|torch's|). Plain loops come within 1e-15 of torch. In float64 the
// rest is room for what is right too: BLAS and SIMD kernels add in another order, exp may be off by 4 ulp, log Σeᶻ − z cancels
// at large logits (½ ulp of 1000 is 6e-14), a gradient sums products of such numbers, and 20 steps gather them; adam divides
// by √v̂, so that a small gradient's relative error becomes that of a whole step.
const float64 = { output: [1e-13, 1e-13], gradient: [1e-12, 1e-12], parameter: [1e-11, 1e-11] } as const;
const float32 = { output: [1e-5, 1e-6], gradient: [1e-5, 1e-6], parameter: [1e-5, 1e-6] } as const;
type Bound = readonly [relative: number, absolute: number];

const flat = (values: unknown): number[] =>
  typeof values === "number" ? [values] : Array.from(values as ArrayLike<unknown>).flatMap(flat);

function expectClose(what: string, actual: unknown, expected: unknown, [relative, absolute]: Bound): void {
  const ours = flat(actual),
    theirs = flat(expected);
  expect(ours.length, `length of ${what}`).toBe(theirs.length);
  const apart = ours.flatMap((value, i) => {
    const other = theirs[i]!;
    return Math.abs(value - other) <= Math.max(absolute, relative * Math.abs(other))
      ? []
      : [`[${i}] ${value}, torch ${other}`];
  });
  expect(apart, what).toEqual([]);
}

function make(spec: Spec): unknown {
  const [name, ...args] = typeof spec === "string" ? [spec] : spec;
  const found = (chainrule as unknown as Record<string, unknown>)[name];
  expect(found, `chainrule exports ${name}`).toBeDefined();
  return typeof spec === "string" ? found : (found as (...args: unknown[]) => unknown)(...args);
}

function expectNamed(
  what: string,
  network: LooseNetwork,
  field: "value" | "gradient",
  expected: Named,
  bound: Bound,
): void {
  for (const [name, values] of Object.entries(expected))
    expectClose(`${what} of ${name}`, network.parameter(name)[field], values, bound);
}

describe("activations as in PyTorch", () => {
  it.each(fixture.activations)("$name", ({ layers, inputs, dOutput, outputs, dInput }) => {
    const network = new LooseNetwork(layers.map(make));
    expectClose("outputs", network.forward(inputs), outputs, [1e-13, 0]); // in the tails too
    expectClose("dInput", network.backwardFrom(dOutput), dInput, float64.gradient);
  });
});

/** A loss with a reduction among its options, if there is any. */
function reduced(loss: Spec, reduction?: "sum"): Spec {
  const [name, options] = typeof loss === "string" ? [loss] : loss;
  return reduction ? [name, { ...(options as object | undefined), reduction }] : loss;
}

describe("losses as in PyTorch", () => {
  it.each(fixture.losses)("$name", ({ layers, loss, inputs, targets, weights, outputs, runs }) => {
    for (const { from, to, weighted, reduction, ...expected } of runs) {
      const network = new LooseNetwork(layers.map(make), { loss: make(reduced(loss, reduction)) });
      const x = inputs.slice(from, to),
        t = targets.slice(from, to);
      const run = `rows ${from} to ${to}${weighted ? ", weighted" : ""}${reduction ? `, ${reduction}` : ""}`;
      if (!weighted) expectClose(`evaluated loss, ${run}`, network.evaluate(x, t).loss, expected.loss, float64.output);
      expectClose(`outputs, ${run}`, network.forward(x), outputs.slice(from, to), float64.output);
      const value = weighted ? network.backward(t, { rowWeights: weights!.slice(from, to) }) : network.backward(t);
      expectClose(`loss, ${run}`, value, expected.loss, float64.output);
      expectNamed(`gradient, ${run},`, network, "gradient", expected.gradients, float64.gradient);
    }
  });
});

describe("training as in PyTorch", () => {
  /** A network, and what has to be done before step s: the learning rate may change at any time. */
  function start({ layers, loss, optimizer, dtype, learningRates, penalty }: TrainingCase) {
    const penalised = (spec: Spec): Spec =>
      penalty && spec[0] === "dense"
        ? ([...spec.slice(0, 3), { ...(spec[3] as object), penalty: make(penalty) }] as never)
        : spec;
    const network = new LooseNetwork(
      layers.map((each) => make(penalised(each))),
      {
        loss: make(loss),
        optimizer: make(optimizer),
        ...(dtype && { dtype }),
      },
    );
    return {
      network,
      before(s: number) {
        if (learningRates) network.optimizer.learningRate = learningRates[s]!;
      },
    };
  }

  it.each(fixture.training)("$name", (example) => {
    const { batches, steps, losses, parameters, averages } = example;
    const bounds = example.dtype === "float32" ? float32 : float64;
    const { network, before } = start(example);
    for (let s = 0; s < steps; s++) {
      const { inputs, targets } = batches[s % batches.length]!;
      before(s);
      const outputs = network.forward(inputs);
      // After the first step a loss carries what the parameters have gathered.
      expectClose(
        `loss of step ${s + 1}`,
        network.backward(targets),
        losses[s],
        s === 0 ? bounds.output : bounds.parameter,
      );
      if (s === 0) {
        expectClose("outputs", outputs, example.outputs, bounds.output);
        expectNamed("gradient", network, "gradient", example.gradients, bounds.gradient);
        expectClose("evaluated loss", network.evaluate(inputs, targets).loss, losses[0], bounds.output);
      }
      network.step();
      expectNamed(`value after step ${s + 1}`, network, "value", parameters[s + 1] ?? {}, bounds.parameter);
    }
    if (averages) {
      const means = network.clone({ averaged: true }).parameters.map(({ value }) => value);
      expectClose("running means", means, averages, bounds.parameter);
    }
    expectClose("outputs after training", network.predict(batches[0]!.inputs), example.finalOutputs, bounds.parameter);
  });

  it.each(fixture.training)("$name, by trainBatch", (example) => {
    const { batches, steps, parameters } = example;
    const { network, before } = start(example);
    for (let s = 0; s < steps; s++) {
      const { inputs, targets } = batches[s % batches.length]!;
      before(s);
      network.trainBatch(inputs, targets);
      const bounds = example.dtype === "float32" ? float32 : float64;
      expectNamed(`value after step ${s + 1}`, network, "value", parameters[s + 1] ?? {}, bounds.parameter);
    }
  });
});
