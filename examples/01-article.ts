import { checkGradients } from "chainrule/check";
import { articleNetwork, figures, input, rounded, target, workThrough, type Figure } from "./article.js";
import { bold, dim, green, heads, nine, print, yellow } from "./terminal.js";

const lesson = workThrough();
const { net, out, error, dError, squashed, fromO1, fromO2, fromBoth, before, gradient, after, last } = lesson;

const matches = (figure: Figure): boolean => rounded(figure, lesson) === figure.printed;

/** Whether the article prints the same. */
function verdict(name: string): string {
  const figure = figures.find((each) => each.name === name)!;
  return matches(figure) ? green("as printed") : yellow(`(printed: ${figure.printed}, see below)`);
}

print(
  bold("chainrule 01 · backpropagation, step by step"),
  'The network of Matt Mazur\'s "A Step by Step Backpropagation Example" (2015): 2 inputs, 2 hidden',
  "neurons, 2 outputs, all logistic; E = ½ Σ (target - out)²; η = 0.5. Every figure is the library's.",
  "",
  bold(`Forward: i1 = ${input[0].toFixed(2)}, i2 = ${input[1].toFixed(2)}`),
  dim(`     ${heads("net", "out", "target", "error")}`),
  `  h1 ${nine(net.h1)}  ${nine(out.h1)}`,
  `  h2 ${nine(net.h2)}  ${nine(out.h2)}`,
  `  o1 ${nine(net.o1)}  ${nine(out.o1)}  ${nine(target[0])}  ${nine(error.o1)}  ${verdict("E_o1")}`,
  `  o2 ${nine(net.o2)}  ${nine(out.o2)}  ${nine(target[1])}  ${nine(error.o2)}  ${verdict("E_o2")}`,
  `${"E_total".padStart(45)}  ${bold(nine(error.total))}  ${verdict("E_total")}`,
  "",
);

type Factors = readonly [number, number, number];

const chain = (weight: string, [dError, dOut, dNet]: Factors, product: number): string =>
  `  ∂E/∂${weight} = ${nine(dError)} × ${dOut.toFixed(9)} × ${dNet.toFixed(9)} = ${bold(nine(product))}`;

/** What comes back to a hidden neuron, from o1 and from o2. */
const sum = (h: "h1" | "h2"): string => {
  const [a, b, sign] = [fromO1[h].toFixed(9), Math.abs(fromO2[h]).toFixed(9), fromO2[h] < 0 ? "-" : "+"];
  return `  ∂E/∂out_${h} = ∂E_o1/∂out_${h} + ∂E_o2/∂out_${h} = ${a} ${sign} ${b} = ${bold(fromBoth[h].toFixed(9))}`;
};

const [w1, w2, w3, w4, w5, w6, w7, w8] = gradient;
print(
  bold("Backward, output weights: ∂E/∂w5 = ∂E/∂out_o1 × ∂out_o1/∂net_o1 × ∂net_o1/∂w5"),
  chain("w5", [dError.o1, squashed.o1, out.h1], w5!),
  chain("w6", [dError.o1, squashed.o1, out.h2], w6!),
  chain("w7", [dError.o2, squashed.o2, out.h1], w7!),
  chain("w8", [dError.o2, squashed.o2, out.h2], w8!),
  "",
  bold("Backward, hidden weights: ∂E/∂w1 = ∂E/∂out_h1 × ∂out_h1/∂net_h1 × ∂net_h1/∂w1"),
  "  A hidden neuron has a part in both errors, so what comes back from the two is added:",
  sum("h1"),
  sum("h2"),
  dim("  (Figures are rounded where they are printed only: the last digit of a sum may seem off by one.)"),
  chain("w1", [fromBoth.h1, squashed.h1, input[0]], w1!),
  chain("w2", [fromBoth.h1, squashed.h1, input[1]], w2!),
  chain("w3", [fromBoth.h2, squashed.h2, input[0]], w3!),
  chain("w4", [fromBoth.h2, squashed.h2, input[1]], w4!),
  "",
  bold("Update: w⁺ = w - η × ∂E/∂w"),
  dim(`     ${heads("w", "∂E/∂w", "w⁺")}`),
  ...before.map((weight, index) => {
    const name = `w${index + 1}`;
    return `  ${name} ${nine(weight)}  ${nine(gradient[index]!)}  ${bold(nine(after[index]!))}  ${verdict(`${name}⁺`)}`;
  }),
  "",
  `  E after this update:     ${error.total.toFixed(9)} → ${bold(lesson.totalAfterOne.toFixed(9))}  ${verdict("E after update 1")}`,
  `  E after 10,000 updates:  ${error.total.toFixed(9)} → ${bold(last.total.toFixed(9))}  ${verdict("E after 10,000")}`,
  `  the outputs by then:     ${last.out.map((out, o) => `${out.toFixed(9)} (target ${target[o]})`).join(", ")}`,
  "",
);

const differing = figures.filter((figure) => !matches(figure));
const explained = differing.filter(({ because }) => because !== undefined);
print(
  bold(
    `The article prints ${figures.length} results: ${figures.length - differing.length} match to their last digit, ` +
      `${explained.length} do not and are explained`,
  ),
  dim("                             printed          true  what went wrong"),
  ...differing.map((figure) => {
    const columns = [figure.name.padEnd(20), figure.printed.padStart(13), bold(rounded(figure, lesson).padStart(13))];
    return `  ${columns.join(" ")}  ${figure.because ?? "not explained"}`;
  }),
  "  Three of the five are what the author's script gave until two days before the article: code that",
  "  prints 0.291027924 has the very mistake that the article warns of. Tests reproduce all five.",
  "",
);

const { checked, h, ok, worst } = checkGradients(articleNetwork(), input, target);
print(
  bold(`Gradient check: every derivative against (E(w + h) - E(w - h)) / 2h, h = ${h}`),
  `  ${checked} derivatives, by 8 weights, 4 biases and 2 inputs: ${ok ? green("all agree") : yellow("NOT ALL AGREE")}`,
  `  worst error ${worst.error.toExponential(1)}, at ${worst.where}`,
  "",
);
