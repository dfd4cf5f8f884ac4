import { multiply, ref } from "../expression.js";
import { belonging, letter } from "../names/symbol.js";
import { given, place } from "../quantity.js";
import type { Grid, Scene } from "../scene.js";
import type { LayerAccount } from "./block.js";

/** out = m · in, where m is 0 or 1 / (1 − rate), drawn for each number; backwards ∂E/∂in = ∂E/∂out · m. */
export const dropout: LayerAccount = {
  forward(scene, k) {
    const masks = (scene.masks[k] = masksOf(scene, k));
    const lines = scene.give(k, (n, unit) => {
      const from = ref(scene.values[k]![n]![unit]!);
      return masks ? multiply(ref(masks[n]![unit]!), from) : from;
    });
    const all = lines.flatMap((row, n) => row.flatMap((line, unit) => (masks ? [masks[n]![unit]!, line] : [line])));
    const note = masks
      ? "The factors are drawn anew in each step: 0 with the rate of the layer, else 1 / (1 − rate)."
      : "";
    scene.tell("forward", k, `${scene.names.title(k)}: output`, all, { note });
  },

  backward(scene, k) {
    if (k === 0) return;
    const masks = scene.masks[k];
    const law = (n: number, unit: number) =>
      multiply(...(masks ? [ref(masks[n]![unit]!)] : []), ...scene.towards(k + 1, n, unit));
    const what = `derivative of ${scene.names.error.text} with respect to the input`;
    scene.tell("backward", k, `${scene.names.title(k)}: ${what}`, scene.derive(k, law).flat());
  },
};

/** The factors of layer k; undefined where nothing is dropped. */
const masksOf = (scene: Scene, k: number): Grid | undefined =>
  scene.recording.masks[k]?.map((row, n) =>
    row.map((value, unit) =>
      given(
        belonging(scene.name(k + 1, unit, n), letter("m")),
        place("factor", [unit], { layer: k, row: n }),
        value,
        scene.dtype,
      ),
    ),
  );
