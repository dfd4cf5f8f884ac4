/**
 * All of `chainrule`, without the WebAssembly kernels: its networks compute in plain JavaScript, with the same results.
 * For pages where a few kilobytes count for more than speed.
 *
 * @module
 */
import { reference } from "./kernels/reference.js";
import { networkOn, type Network as AnyNetwork, type NetworkConstructor } from "./networks.js";

export * from "./index.js";

/** A network whose usual backend is the {@link reference}; see `Network` of `chainrule`. */
export type Network<In extends number = number, Out extends number = number> = AnyNetwork<In, Out>;

/** Builds a {@link Network} that computes in plain JavaScript, unless another backend is given. */
export const Network: NetworkConstructor = /* @__PURE__ */ networkOn(reference);
