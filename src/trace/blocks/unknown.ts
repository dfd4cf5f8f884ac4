import type { LayerAccount } from "./block.js";

/** A layer of a kind that is not known here: the numbers that it gave. */
export const unknown: LayerAccount = {
  forward(scene, k) {
    scene.tell("forward", k, scene.names.title(k), scene.give(k, () => null).flat());
  },

  backward(scene, k) {
    const gradients = [...scene.parametersOf(k).values()].flatMap((parameter) =>
      scene.accumulate(parameter, () => null),
    );
    const derivatives = k === 0 ? [] : scene.derive(k, () => null).flat();
    scene.tell("backward", k, `${scene.names.title(k)}: gradients`, [...gradients, ...derivatives]);
  },
};
