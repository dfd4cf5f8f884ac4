import { multiply, ref, subtract, sum } from "../expression.js";
import { softmaxFormula } from "../formulas/softmax.js";
import { letter, partial, symbol } from "../names/symbol.js";
import { derived, place } from "../quantity.js";
import { equation, numbers } from "../scene.js";
import type { LayerAccount } from "./block.js";

/** outᵢ = e^netᵢ / Σⱼ e^netⱼ; backwards ∂E/∂netᵢ = outᵢ (∂E/∂outᵢ − Σⱼ ∂E/∂outⱼ · outⱼ). */
export const softmax: LayerAccount = {
  forward(scene, k) {
    const lines = scene.give(k, (n, unit) => softmaxFormula(scene.values[k]![n]!, unit)).flat();
    const [z, a] = [scene.names.matrix(k), scene.names.matrix(k + 1)];
    const law = letter(`softmax(${z.text})`, `\\operatorname{softmax}\\left(${z.latex}\\right)`);
    const matrices = [equation(law, [a, numbers(scene.values[k + 1]!)], [z, numbers(scene.values[k]!)])];
    scene.tell("forward", k, `${scene.names.title(k)}: output`, lines, { matrices });
  },

  backward(scene, k) {
    if (k === 0) return;
    const { names } = scene;
    const a = names.matrix(k + 1);
    const slope = partial(names.error, a);
    const inner = letter(`⟨${slope.text}, ${a.text}⟩`, `\\left\\langle ${slope.latex}, ${a.latex} \\right\\rangle`);
    const values = scene.values[k + 1]!;
    const means = values.map((row, n) => {
      const terms = row.map((each, i) => multiply(...scene.towards(k + 1, n, i), ref(each)));
      return derived(
        symbol(inner, { row: scene.row(n) }),
        place("share", [], { layer: k, row: n }),
        "float64",
        sum(...terms),
      );
    });
    const excesses = values.map((row, n) =>
      row.map((_, i) => {
        const above = scene.derivatives[k + 1]![n]![i]!;
        const [from, mean] = [above.name, means[n]!.name];
        const name = letter(`(${from.text} − ${mean.text})`, `\\left(${from.latex} - ${mean.latex}\\right)`);
        return derived(name, { ...above.place, role: "share" }, "float64", subtract(ref(above), ref(means[n]!)));
      }),
    );
    const lines = scene.derive(k, (n, i) => multiply(ref(values[n]![i]!), ref(excesses[n]![i]!)));
    const told = lines.flatMap((row, n) => [means[n]!, ...row.flatMap((each, i) => [excesses[n]![i]!, each])]);
    const note =
      "Every output depends on every input: ∂outᵢ/∂netⱼ = outᵢ·([i = j] − outⱼ), which adds up to the difference from a mean.";
    scene.tell("backward", k, `${names.title(k)}: derivative of E with respect to the total net input`, told, {
      note,
    });
  },
};
