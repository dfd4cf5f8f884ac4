import { Network, dense, halfSquaredError, sgd, sigmoid } from "chainrule";
import { trace } from "chainrule/trace";

export const input = [0.05, 0.1] as const;
export const target = [0.01, 0.99] as const;

/** What becomes of the biases: the article never updates them, its readers asked for both other ways. */
const biases = {
  fixed: (value: number) => ({ bias: [value, value], freeze: ["bias"] as const }),
  "per neuron": (value: number) => ({ bias: [value, value] }),
  shared: (value: number) => ({ bias: { shared: value } }),
};

/** Matt Mazur, "A Step by Step Backpropagation Example" (17 March 2015). */
export const articleNetwork = (bias: keyof typeof biases = "fixed") =>
  new Network(
    [
      dense(2, 2, {
        weight: [
          [0.15, 0.2],
          [0.25, 0.3],
        ],
        ...biases[bias](0.35),
      }),
      sigmoid,
      dense(2, 2, {
        weight: [
          [0.4, 0.45],
          [0.5, 0.55],
        ],
        ...biases[bias](0.6),
      }),
      sigmoid,
    ],
    { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.5 }) },
  );

/** The article from its first line to its last, by the library: what it calls by a name, in the article's words. */
export function workThrough(updates = 10_000) {
  const network = articleNetwork();
  const step = trace(network, input, target);
  for (let update = 1; update <= updates; update++) network.trainBatch(input, target);
  const out = network.predict(input);
  const total = network.evaluate(input, target).loss;
  const later = new Map([
    ["E after update 1", step.lossAfter.value],
    ["E after 10,000", total],
    ["out_o1 after 10,000", out[0]],
    ["out_o2 after 10,000", out[1]],
  ]);
  const value = (name: string): number => later.get(name) ?? step.quantities.get(name)!.value;
  return {
    value,
    /** dE/dw of w1 to w8 */
    gradient: weights.map((name) => value(`∂E/∂${name}`)),
    /** dE/dnet */
    delta: { o1: value("δ_o1"), o2: value("δ_o2") },
    last: { total, out },
  };
}

export const weights = ["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"] as const;

export type Lesson = ReturnType<typeof workThrough>;

/** A result that the article prints. */
export interface Figure {
  readonly name: string;
  readonly printed: string;
  /** Why the printed figure is not the true one. */
  readonly because?: string;
}

const overwritten = "w5 to w8 overwritten before the error went back";

/** All that the article prints as a result. */
export const figures: readonly Figure[] = [
  { name: "net_h1", printed: "0.3775" },
  { name: "out_h1", printed: "0.593269992" },
  { name: "out_h2", printed: "0.596884378" },
  { name: "net_o1", printed: "1.105905967" },
  { name: "out_o1", printed: "0.75136507" },
  { name: "out_o2", printed: "0.772928465" },
  { name: "E_o1", printed: "0.274811083" },
  { name: "E_o2", printed: "0.023560026" },
  { name: "E_total", printed: "0.298371109" },
  { name: "∂E/∂out_o1", printed: "0.74136507" },
  { name: "∂out_o1/∂net_o1", printed: "0.186815602" },
  { name: "δ_o1", printed: "0.138498562" },
  { name: "∂E/∂w5", printed: "0.082167041" },
  { name: "w5⁺", printed: "0.35891648" },
  { name: "w6⁺", printed: "0.408666186" },
  { name: "w7⁺", printed: "0.511301270" },
  { name: "w8⁺", printed: "0.561370121" },
  { name: "∂E_o1/∂out_h1", printed: "0.055399425" },
  { name: "∂E_o2/∂out_h1", printed: "-0.019049119", because: "0.036350306 - 0.055399425, both rounded" },
  { name: "∂E/∂out_h1", printed: "0.036350306" },
  { name: "∂out_h1/∂net_h1", printed: "0.241300709" },
  { name: "∂E/∂w1", printed: "0.000438568" },
  { name: "w1⁺", printed: "0.149780716" },
  { name: "w2⁺", printed: "0.19956143" },
  { name: "w3⁺", printed: "0.24975114" },
  { name: "w4⁺", printed: "0.29950229" },
  { name: "E after update 1", printed: "0.291027924", because: overwritten },
  { name: "E after 10,000", printed: "0.0000351085", because: "E after 9,999 updates, or a stray digit" },
  { name: "out_o1 after 10,000", printed: "0.015912196", because: overwritten },
  { name: "out_o2 after 10,000", printed: "0.984065734", because: overwritten },
];

/** How many decimals the article gives. */
export const digits = ({ printed }: Figure): number => printed.length - printed.indexOf(".") - 1;

/** What the library gives, rounded as the article rounds. */
export const rounded = (figure: Figure, lesson: Lesson): string => lesson.value(figure.name).toFixed(digits(figure));
