import type { Backend } from "./backend.js";
import { reference, ReferenceMachine } from "./reference.js";
import { strict } from "./compiled/strict.js";
import { Verbs } from "./verbs.js";
import { KernelModule, WasmMachine } from "./wasm.js";

/** Replays of a program after which it is worth compiling: about as long as that takes. */
const PATIENCE = 10_000;

/** A backend of kernels in WebAssembly; where these cannot be had, another does the work. */
export function compiled(name: string, text: string, fallback: Backend = reference, patience = PATIENCE): Backend {
  const kernels = new KernelModule(text, patience);
  return {
    name,
    kernels(dtype) {
      if (!kernels.module) return fallback.kernels(dtype);
      return new Verbs(new WasmMachine(name, kernels, dtype), () => new ReferenceMachine(dtype));
    },
  };
}

/**
 * Vector instructions of WebAssembly, which give the same bits as the {@link reference}: what a network computes with
 * unless it is told otherwise. Where there is no WebAssembly, no SIMD, or a policy forbids them, it is the reference
 * that does the work, and `network.backend` says so.
 *
 * @example
 * ```ts
 * import { Network, dense, wasm } from "chainrule";
 *
 * new Network([dense(2, 1)], { backend: wasm }).backend; // "wasm"
 * ```
 */
export const wasm: Backend = /* @__PURE__ */ compiled("wasm", strict);
