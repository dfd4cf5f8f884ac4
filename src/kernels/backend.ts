import type { DType } from "../core/tensor.js";
import type { Verbs } from "./verbs.js";

/** Something that carries the verbs out: {@link wasm} or {@link reference}. */
export interface Backend {
  /** Shown by `network.backend` and `summary()`. */
  readonly name: string;
  /** @internal The verbs for one network, with a machine of its own. */
  kernels(dtype: DType): Verbs;
}
