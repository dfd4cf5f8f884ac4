import { fail } from "../core/errors.js";
import type { Initializer } from "./initializer.js";

/**
 * Every number the same.
 * @throws {@link ChainruleError} `value` unless the number is finite
 * @example
 * ```ts
 * import { constant, dense } from "chainrule";
 *
 * dense(2, 3, { bias: constant(0.1) });
 * ```
 */
export function constant(value: number): Initializer {
  if (!Number.isFinite(value)) fail("value", "constant", "a finite number", value, "write constant(0.1)");
  return { name: "constant", value: () => value };
}

/**
 * Every number 0: the usual start of a bias.
 * @example
 * ```ts
 * import { dense, zeros } from "chainrule";
 *
 * dense(2, 3, { bias: zeros });
 * ```
 */
export const zeros: Initializer = { name: "zeros", value: () => 0 };
