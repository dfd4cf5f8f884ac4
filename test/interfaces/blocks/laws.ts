import { Network, adam, type Layer, type Loss, type Optimizer } from "chainrule";
import { checkGradients } from "chainrule/check";
import { expect, test } from "vitest";

/** What is to hold for a network with a block of a user's in it, as for one of the library's own blocks. */
export interface Case {
  readonly layers: readonly Layer[];
  readonly loss: Loss;
  /** Default adam. */
  readonly optimizer?: Optimizer;
  readonly inputs: number[][];
  readonly targets: number[] | number[][];
  /** What is left of the loss after `steps`, at most. */
  readonly left: number;
  readonly steps: number;
}

const values = (network: Network) => Object.fromEntries(network.parameters.map(({ name, value }) => [name, value]));

export function itObeysTheLaws({
  layers,
  loss,
  optimizer = adam({ learningRate: 0.02 }),
  inputs,
  targets,
  left,
  steps,
}: Case): void {
  /** Every network of a case shares its layers, its loss and its optimizer; with another seed it starts elsewhere. */
  const make = (seed: number): Network => new Network(layers, { loss, optimizer, seed });
  const train = (network: Network, count: number) =>
    Array.from({ length: count }, () => network.trainBatch(inputs, targets));

  test("its gradients agree with differences", () => {
    const network = make(1);
    train(network, 3);
    const report = checkGradients(network, inputs, targets);
    expect(report.broken).toEqual([]);
    expect(report.worst.error, String(report)).toBeLessThan(1e-8);
    expect(report.checked).toBeGreaterThan(0);
    expect(report.ok).toBe(true);
  });

  test("it learns", () => {
    const network = make(1);
    const before = network.evaluate(inputs, targets).loss;
    train(network, steps);
    expect(network.evaluate(inputs, targets).loss).toBeLessThan(left * before);
  });

  test("a clone goes on in the same steps, and on its own", () => {
    const network = make(1);
    train(network, 3);
    const clone = network.clone();
    const before = values(network);
    expect(values(clone)).toEqual(before);
    const losses = train(clone, 3);
    expect(values(clone)).not.toEqual(before);
    expect(values(network)).toEqual(before);
    expect(train(network, 3)).toEqual(losses);
    expect(JSON.stringify(network)).toBe(JSON.stringify(clone));
  });

  test("it is saved and loaded", () => {
    const network = make(1);
    train(network, 3);
    const other = make(2);
    expect(other.predict(inputs)).not.toEqual(network.predict(inputs));
    other.load(JSON.parse(JSON.stringify(network)));
    expect(other.predict(inputs)).toEqual(network.predict(inputs));
    expect({ ...other.toJSON(), seed: 1 }).toEqual(network.toJSON()); // each keeps its own seed
  });

  test("frozen, each parameter stays, with a gradient, while the others move", () => {
    for (const { name } of make(1).parameters) {
      const network = make(1);
      network.freeze(name);
      const before = values(network);
      train(network, 2);
      const after = values(network);
      for (const { name: other } of network.parameters) {
        if (other === name) expect(after[other], other).toEqual(before[other]);
        else expect(after[other], other).not.toEqual(before[other]);
      }
      expect(
        network
          .parameter(name)
          .gradient.flat()
          .some((g) => g !== 0),
        name,
      ).toBe(true);
    }
  });

  test("predict leaves the training alone, and gives each row what it gives it alone", () => {
    const network = make(1),
      undisturbed = make(1);
    train(network, 3);
    train(undisturbed, 3);
    const state = JSON.stringify(network);
    network.forward(inputs);
    const together = network.predict(inputs);
    expect(network.predict(inputs)).toEqual(together);
    expect(JSON.stringify(inputs.map((row) => network.predict(row)))).toBe(JSON.stringify(together));
    network.backward(targets);
    undisturbed.forward(inputs);
    expect(JSON.stringify(network)).toBe(JSON.stringify(undisturbed));
    undisturbed.backward(targets);
    network.step();
    undisturbed.step();
    expect(JSON.stringify(network)).toBe(JSON.stringify(undisturbed));
    expect(JSON.stringify(network)).not.toBe(state);
  });

  test("two networks share its layers without sharing numbers", () => {
    const alone = [make(1), make(7)].map((network) => [train(network, 3), network.toJSON()]);
    const [one, other] = [make(1), make(7)];
    const losses = Array.from({ length: 3 }, () => [train(one, 1), train(other, 1)]);
    expect([one, other].map((network, i) => [losses.flatMap((each) => each[i]!), network.toJSON()])).toEqual(alone);
  });

  test("listed twice, or nested, it has parameters of its own in each place", () => {
    const names = make(1).parameters.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(0);
  });
}
