import { fail, Phrase } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Optimizer } from "../optim/optimizer.js";

/** The optimizer of a network, as its user sees it. */
export interface OptimizerView {
  readonly name: string;
  /**
   * The size of the steps, to be read and changed at any time.
   * @throws {@link ChainruleError} `value` unless it is a finite number of at least 0; `name` if the rule has none
   */
  learningRate: number;
  /** A copy of all its scalars, by name. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** The view of an optimizer whose scalars lie in a network's memory. */
export function viewOfOptimizer({ name, scalars }: Optimizer, memory: Tensor): OptimizerView {
  const names = Object.keys(scalars);
  const place = names.indexOf("learningRate");
  const locate = (): number =>
    place < 0 ? fail("name", `${name} learningRate`, "a rule that has one", new Phrase("none"), "take sgd or adam") : place;
  return {
    name,
    get learningRate() {
      return memory.data[locate()]!;
    },
    set learningRate(value) {
      if (!Number.isFinite(value) || value < 0) {
        fail("value", `${name} learningRate`, "a finite number of at least 0", value, "write optimizer.learningRate = 0.01");
      }
      memory.data[locate()] = value;
    },
    get scalars() {
      return Object.fromEntries(names.map((each, i) => [each, memory.data[i]!]));
    },
  };
}
