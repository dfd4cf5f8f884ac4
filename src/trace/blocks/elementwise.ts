import type { Activation } from "../../activations/activation.js";
import { apply, multiply, ref } from "../expression.js";
import { activationFormulas } from "../formulas/activations.js";
import { letter, partial, word } from "../names/symbol.js";
import { derived } from "../quantity.js";
import { equation, numbers, type Scene } from "../scene.js";
import type { LayerAccount } from "./block.js";

/** out = f(net); backwards ∂E/∂net = ∂E/∂out · ∂out/∂net. */
export const elementwise: LayerAccount = {
  forward(scene, k) {
    const { value } = formulasOf(scene, k);
    const lines = scene.give(k, (n, unit) => apply(value, ref(scene.values[k]![n]![unit]!))).flat();
    const [z, a] = [scene.names.matrix(k), scene.names.matrix(k + 1)];
    const f = word(value.name);
    const law = letter(`${f.text}(${z.text})`, `${f.latex}\\left(${z.latex}\\right)`);
    const matrices = [equation(law, [a, numbers(scene.values[k + 1]!)], [z, numbers(scene.values[k]!)])];
    scene.tell("forward", k, `${scene.names.title(k)}: output`, lines, { matrices });
  },

  backward(scene, k) {
    if (k === 0) return;
    const { derivative } = formulasOf(scene, k);
    const factors = scene.values[k]!.map((row, n) =>
      row.map((z, unit) => {
        const a = scene.values[k + 1]![n]![unit]!;
        return derived(
          partial(a.name, z.name),
          { ...a.place, role: "factor" },
          "float64",
          apply(derivative, ref(z), ref(a)),
        );
      }),
    );
    const lines = scene.derive(k, (n, unit) => multiply(...scene.towards(k + 1, n, unit), ref(factors[n]![unit]!)));
    const { names, recording } = scene;
    const [dz, da] = [partial(names.error, names.matrix(k)), partial(names.error, names.matrix(k + 1))];
    const slope = partial(names.matrix(k + 1), names.matrix(k));
    const law = letter(`${da.text} ⊙ ${slope.text}`, `${da.latex} \\odot ${slope.latex}`);
    const matrices = [
      equation(law, [dz, recording.gradients[k]!], [da, recording.gradients[k + 1]!], [slope, numbers(factors)]),
    ];
    const told = factors.flatMap((row, n) => row.flatMap((factor, unit) => [factor, lines[n]![unit]!]));
    const what = scene.isNet(k)
      ? "δ, the derivative of E with respect to the total net input"
      : "derivative of E with respect to the input";
    scene.tell("backward", k, `${names.title(k)}: ${what}`, told, { matrices });
  },
};

const formulasOf = ({ recording, style }: Scene, k: number) =>
  activationFormulas(recording.layers[k] as Activation, style.formulas);
