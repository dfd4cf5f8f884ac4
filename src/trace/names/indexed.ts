import type { Recording } from "../record.js";
import { isDense, type Names } from "./names.js";
import { indices, letter, symbol, word } from "./symbol.js";

/**
 * Indexed names: x₁ for inputs, z⁽ˡ⁾ for what the l-th dense layer gives, a⁽ˡ⁾ for what is made of it (a′⁽ˡ⁾ for what
 * is made of that), w⁽ˡ⁾ⱼᵢ for the weight from i to j. Parameters of other layers keep their flat names.
 */
export function indexedNames({ layers }: Recording): Names {
  const levels = layers.map((_, k) => layers.slice(0, k + 1).filter(isDense).length);
  const starts = layers.map((_, k) =>
    layers
      .slice(0, k + 1)
      .map(isDense)
      .lastIndexOf(true),
  );
  const mark = (k: number, large = false) => {
    const text = k === 0 ? "x" : isDense(layers[k - 1]!) ? "z" : "a" + "'".repeat(k - 2 - starts[k - 1]!);
    return letter(large ? text.toUpperCase() : text);
  };
  const levelOf = (k: number) => (k === 0 ? {} : { level: levels[k - 1]! });
  const unitOf = (unit: number) => `${unit + 1}`;
  return {
    value: (k, unit, row) => symbol(mark(k), { ...levelOf(k), sub: unitOf(unit), row }),
    delta: (k, unit, row) => symbol(letter("δ", "\\delta"), { ...levelOf(k), sub: unitOf(unit), row }),
    target: (unit, row) => symbol(letter("t"), { sub: unitOf(unit), row }),
    term: (unit, row) => symbol(letter("E"), { sub: unitOf(unit), row }),
    parameter({ name, layer, shape }, index) {
      if (!isDense(layers[layer]!)) {
        const at = indices(index, [Infinity]);
        return { text: `${name}[${at}]`, latex: `${word(name).latex}_{${at}}` };
      }
      const isShared = shape.length === 1 && shape[0] === 1 && layers[layer]!.outputs !== 1;
      const sub = isShared ? "" : indices(index, shape);
      return symbol(letter(shape.length > 1 ? "w" : "b"), { level: levels[layer]!, sub });
    },
    loss: letter("E"),
    error: letter("E"),
    matrix: (k) => symbol(mark(k, true), levelOf(k)),
    parameterMatrix: ({ name, layer, shape }) =>
      isDense(layers[layer]!) ? symbol(letter(shape.length > 1 ? "W" : "b"), { level: levels[layer]! }) : word(name),
    title: (layer) => `Layer ${levels[layer]!} (${layers[layer]!.kind})`,
  };
}
