import { type Bare, made, type Made, plain } from "../core/bare.js";
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
export function constant(value: number): Made<Initializer, { value: number }> {
  if (!Number.isFinite(value)) fail("value", "constant", "a finite number", value, "write constant(0.1)");
  return made({ name: "constant", value: () => value }, { value });
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
export const zeros: Bare<Initializer> = /* @__PURE__ */ plain({ name: "zeros", value: () => 0 });
