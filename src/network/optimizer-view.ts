import { fail, Phrase } from "../core/errors.js";
import { guarded } from "../core/options.js";
import type { DType, Floats } from "../core/tensor.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Store } from "./store.js";

/** The optimizer of a network, as its user sees it. */
export interface OptimizerView {
  /** What the rule is called. */
  readonly name: string;
  /**
   * The size of the steps, to be read and changed at any time. Where a schedule says it, it is that of the latest step
   * (before any, of the first); assigning one ends the schedule.
   * @throws {@link ChainruleError} `value` unless it is a finite number of at least 0, and in float32 one within its
   * range; `name` if the rule has none
   */
  learningRate: number;
  /** A copy of all its scalars, by name. */
  readonly scalars: Readonly<Record<string, number>>;
  /**
   * Forgets the steps so far: what it remembers of each parameter becomes 0, and its scalars, but for a learning rate that
   * was assigned, are as at the start. So a schedule begins again, unless it has been ended, and running means of the
   * parameters begin with the next step. For another start of the same training: after a `load` that takes back what
   * has diverged, the velocity and the means would still be those of the steps that led there.
   * @throws {@link ChainruleError} `order` without an optimizer
   */
  reset(): void;
}

/**
 * The view of an optimizer whose scalars lie in a store; of a network without one, it can only say so. Its network is
 * told when the learning rate has changed, and when all is to be forgotten.
 */
export function viewOfOptimizer(
  optimizer: Optimizer | undefined,
  store: Store,
  dtype: DType,
  changed: () => void,
  reset: () => void,
): OptimizerView {
  const name = optimizer?.name ?? "none";
  const where = `${name} learningRate`;
  const names = Object.keys(optimizer?.scalars ?? {});
  const place = names.indexOf("learningRate");
  const locate = (): number => {
    if (!optimizer) failMissing("optimizer", "optimizer.learningRate");
    if (place < 0) fail("name", where, "a rule that has one", new Phrase("none"), "take sgd or adam");
    return place;
  };
  const numbers = (): Floats => {
    store.open();
    return store.optimizerScalars!.data;
  };
  return guarded("optimizer", {
    name,
    get learningRate() {
      const at = locate();
      return numbers()[at]!;
    },
    set learningRate(value) {
      const at = locate();
      if (!Number.isFinite(value) || value < 0) {
        fail("value", where, "a number of at least 0", value, "write optimizer.learningRate = 0.01");
      }
      const factors = Array.from(store.parameters.values(), ({ rateFactor }) => rateFactor);
      checkScalars(name, { learningRate: value * Math.max(1, ...factors) }, dtype);
      numbers()[at] = value;
      store.isScheduled.floats[0] = 0;
      changed();
    },
    reset() {
      if (!optimizer) failMissing("optimizer", "optimizer.reset");
      reset();
    },
    get scalars() {
      const all = names.length ? numbers() : [];
      return Object.freeze(Object.fromEntries(names.map((each, i) => [each, all[i]!])));
    },
  });
}

/**
 * Refuses scalars of an optimizer that float32 cannot hold, in a network that rounds them to it. An epsilon has to stay
 * above 0, since it keeps a rule from dividing by 0.
 * @throws {@link ChainruleError} `value`
 */
export function checkScalars(rule: string, scalars: Readonly<Record<string, number>>, dtype: DType): void {
  if (dtype !== "float32") return;
  for (const [name, value] of Object.entries(scalars)) {
    const rounded = Math.fround(value);
    if (Number.isFinite(rounded) && (name !== "epsilon" || rounded !== 0 || value === 0)) continue;
    const expected = rounded === 0 ? "a number that float32 does not round to 0" : "a number within float32's range";
    fail("value", `${rule} ${name}`, expected, value, 'take another, or dtype: "float64"');
  }
}

/** @throws {@link ChainruleError} `order`: the network was made without a loss or an optimizer. */
export function failMissing(name: "loss" | "optimizer", where: string): never {
  const example = name === "loss" ? "meanSquaredError" : "sgd";
  return fail(
    "order",
    where,
    `a network with the option ${name}`,
    new Phrase("none"),
    `write new Network(layers, { ${name}: ${example} })`,
  );
}
