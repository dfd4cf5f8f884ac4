import { multiply, ref } from "../expression.js";
import type { LayerAccount } from "./block.js";

/** out = in; backwards ∂E/∂in = ∂E/∂out. */
export const input: LayerAccount = {
  forward(scene, k) {
    const lines = scene.give(k, (n, unit) => ref(scene.values[k]![n]![unit]!)).flat();
    scene.tell("forward", k, scene.names.title(k), lines);
  },

  backward(scene, k) {
    if (k === 0) return;
    const lines = scene.derive(k, (n, unit) => multiply(...scene.towards(k + 1, n, unit))).flat();
    scene.tell("backward", k, `${scene.names.title(k)}: derivative of E with respect to the input`, lines);
  },
};
