import { fail } from "../core/errors.js";
import type { Optimizer, PerParameter } from "../optim/optimizer.js";
import { reachOf } from "../optim/rule.js";
import { failName, isUnder } from "./naming.js";
import type { Store } from "./store.js";

/**
 * Says of each parameter by how much its rate is multiplied and how it decays, as the optimizer's options have it.
 * @throws {@link ChainruleError} `name` for a name that no parameter has, `value` for what a function gave, or what float32 cannot hold
 */
export function settle({ parameters, memory }: Store, optimizer: Optimizer): void {
  const { name, rateFactor = 1, weightDecay, scalars } = optimizer;
  const isOurs = reachOf(optimizer) !== undefined;
  const names = [...parameters.keys()];
  const factorOf = resolve(isOurs ? rateFactor : 1, names, 1, `${name} rateFactor`);
  const usual: PerParameter = scalars.weightDecay ?? 0;
  const decayOf = resolve(isOurs ? (weightDecay ?? usual) : usual, names, 0, `${name} weightDecay`);
  for (const parameter of parameters.values()) {
    parameter.rateFactor = factorOf(parameter.name);
    parameter.weightDecay = decayOf(parameter.name);
    if (memory.dtype === "float64") continue;
    const rate = parameter.rateFactor * (scalars.learningRate ?? 0);
    checkRange(`${name} weightDecay of ${parameter.name}`, parameter.weightDecay);
    checkRange(`${name} rateFactor of ${parameter.name}, times the rate`, rate);
  }
}

/** @throws {@link ChainruleError} `value` for a number that float32 cannot hold */
export function checkRange(where: string, value: number): void {
  if (Number.isFinite(Math.fround(value))) return;
  fail("value", where, "a number within float32's range", value, 'take another, or dtype: "float64"');
}

/** What an option says of each name; `otherwise` where it is by name and does not say. */
function resolve(
  option: PerParameter,
  names: readonly string[],
  otherwise: number,
  where: string,
): (name: string) => number {
  if (typeof option === "number") return () => option;
  if (typeof option === "function") {
    return (name) => {
      const value: unknown = option(name);
      if (Number.isFinite(value) && (value as number) >= 0) return value as number;
      return fail("value", `${where} of ${name}`, "a number of at least 0", value, "return 0 for what has none");
    };
  }
  const entries = Object.entries(option).sort(([a], [b]) => b.length - a.length); // a longer name says more
  for (const [said] of entries) if (!names.some((name) => isUnder(name, said))) failName(said, names, where);
  return (name) => entries.find(([said]) => isUnder(name, said))?.[1] ?? otherwise;
}
