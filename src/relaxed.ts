/**
 * A backend for float32 networks that may fuse a multiplication and an addition: faster where the engine has relaxed
 * vector instructions (Node from 22, Chromium from 114), and off by some last digits from one machine to another.
 *
 * @module
 */
import { compiled, wasm } from "./kernels/backends.js";
import type { Backend } from "./kernels/backend.js";
import { relaxed as text } from "./kernels/compiled/relaxed.js";

/**
 * Kernels whose float32 matrix products are fused, x·w + y being rounded once: no sum of n terms is further from the
 * exact one than n + 1 roundings to float32 of the sum of their sizes. Everything else, and float64, is as in `wasm`, which
 * takes over where there are no relaxed vector instructions; `network.backend` says which it is.
 *
 * @example
 * ```ts
 * import { Network, dense } from "chainrule";
 * import { relaxed } from "chainrule/relaxed";
 *
 * new Network([dense(2, 1, { weight: [[1, 2]] })], { backend: relaxed, dtype: "float32" }).predict([3, 4]); // [11]
 * ```
 */
export const relaxed: Backend = /* @__PURE__ */ compiled("relaxed", text, wasm);
