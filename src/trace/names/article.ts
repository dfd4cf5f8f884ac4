import type { ParameterRecord, Recording } from "../record.js";
import { isDense, type Names } from "./names.js";
import { letter, symbol } from "./symbol.js";

const italic = (text: string) => letter(text, `\\mathit{${text}}`);

/** Whether a network is as the article's: dense, squash, dense, squash; each squash may be left out. */
export function isArticleLike({ layers, parameters }: Recording): boolean {
  const kinds = layers.map((layer) => (isDense(layer) ? "dense" : "squash")).join(" ");
  return /^dense( squash)? dense( squash)?$/.test(kinds) && parameters.every(({ layer }) => isDense(layers[layer]!));
}

/** The article's names: i1, h1, o1, w1 … w8, b1, b2, net, out, δ; inputs of a unit next to each other in the weights. */
export function articleNames({ layers, parameters }: Recording): Names {
  const second = layers.map(isDense).lastIndexOf(true);
  const side = (layer: number) => (layer < second ? "h" : "o");
  const first = parameters.find(({ shape }) => shape.length === 2)!.shape;
  const unitOf = (k: number, unit: number) => `${side(k - 1)}${unit + 1}`;
  const isShared = ({ layer, shape }: ParameterRecord) => shape[0] === 1 && layers[layer]!.outputs !== 1;
  return {
    value(k, unit, row) {
      if (k === 0) return symbol(letter("i"), { sub: `${unit + 1}`, row, glue: "" });
      return symbol(italic(isDense(layers[k - 1]!) ? "net" : "out"), { sub: unitOf(k, unit), row });
    },
    delta: (k, unit, row) => symbol(letter("δ", "\\delta"), { sub: unitOf(k, unit), row }),
    target: (unit, row) => symbol(italic("target"), { sub: `o${unit + 1}`, row }),
    term: (unit, row) => symbol(letter("E"), { sub: `o${unit + 1}`, row }),
    parameter(parameter, [output, input]) {
      const { layer, shape } = parameter;
      if (input !== undefined) {
        const before = layer === second ? first[0]! * first[1]! : 0;
        return symbol(letter("w"), { sub: `${before + output! * shape[1]! + input + 1}`, glue: "" });
      }
      if (isShared(parameter)) return symbol(letter("b"), { sub: layer === second ? "2" : "1", glue: "" });
      return symbol(letter("b"), { sub: unitOf(layer + 1, output!) });
    },
    loss: symbol(letter("E"), { sub: "total" }),
    error: letter("E", "E_{total}"),
    matrix: (k) =>
      k === 0 ? letter("I") : symbol(italic(isDense(layers[k - 1]!) ? "Net" : "Out"), { sub: side(k - 1) }),
    parameterMatrix: ({ layer, shape }) => symbol(letter(shape.length > 1 ? "W" : "b"), { sub: side(layer) }),
    title: (layer) => (layer < second ? "Hidden layer" : "Output layer"),
  };
}
