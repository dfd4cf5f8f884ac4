import { fail, Phrase } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Optimizer } from "../optim/optimizer.js";

/** The optimizer of a network, as its user sees it. */
export interface OptimizerView {
  /** What the rule is called. */
  readonly name: string;
  /**
   * The size of the steps, to be read and changed at any time.
   * @throws {@link ChainruleError} `value` unless it is a finite number of at least 0; `name` if the rule has none
   */
  learningRate: number;
  /** A copy of all its scalars, by name. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** The view of an optimizer whose scalars lie in a network's memory; of a network without one, it can only say so. */
export function viewOfOptimizer(optimizer: Optimizer | undefined, memory: Tensor | null): OptimizerView {
  const name = optimizer?.name ?? "none";
  const names = Object.keys(optimizer?.scalars ?? {});
  const place = names.indexOf("learningRate");
  const locate = (): number =>
    place >= 0
      ? place
      : optimizer
        ? fail("name", `${name} learningRate`, "a rule that has one", new Phrase("none"), "take sgd or adam")
        : failMissing("optimizer", "optimizer.learningRate");
  return Object.freeze({
    name,
    get learningRate() {
      const at = locate();
      return memory!.data[at]!;
    },
    set learningRate(value) {
      const at = locate();
      if (!Number.isFinite(value) || value < 0) {
        fail("value", `${name} learningRate`, "a number of at least 0", value, "write optimizer.learningRate = 0.01");
      }
      memory!.data[at] = value;
    },
    get scalars() {
      return Object.fromEntries(names.map((each, i) => [each, memory!.data[i]!]));
    },
  });
}

/** @throws {@link ChainruleError} `order`: the network was made without a loss or an optimizer. */
export function failMissing(name: "loss" | "optimizer", where: string): never {
  const example = name === "loss" ? "meanSquaredError" : "sgd";
  const expected = `a network with ${name === "loss" ? "a loss" : "an optimizer"}`;
  return fail("order", where, expected, new Phrase("none"), `write new Network(layers, { ${name}: ${example} })`);
}
