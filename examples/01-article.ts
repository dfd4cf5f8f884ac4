import { checkGradients } from "chainrule/check";
import { articleNetwork, figures, input, rounded, target, weights, workThrough, type Figure } from "./article.js";
import { bold, dim, green, heads, nine, print, yellow } from "./terminal.js";

const lesson = workThrough();
const { value, last } = lesson;

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
  `  h1 ${nine(value("net_h1"))}  ${nine(value("out_h1"))}`,
  `  h2 ${nine(value("net_h2"))}  ${nine(value("out_h2"))}`,
  ...["o1", "o2"].map((o, i) => {
    const columns = [value(`net_${o}`), value(`out_${o}`), target[i]!, value(`E_${o}`)].map(nine);
    return `  ${o} ${columns.join("  ")}  ${verdict(`E_${o}`)}`;
  }),
  `${"E_total".padStart(45)}  ${bold(nine(value("E_total")))}  ${verdict("E_total")}`,
  "",
);

/** ∂E/∂w as the three factors of its chain, from the output of a neuron back to a weight. */
function chain(weight: string, neuron: string): string {
  const factors = [
    value(`∂E/∂out_${neuron}`),
    value(`∂out_${neuron}/∂net_${neuron}`),
    value(`∂net_${neuron}/∂${weight}`),
  ];
  const [first, ...others] = factors.map((factor) => factor.toFixed(9));
  return `  ∂E/∂${weight} = ${first!.padStart(12)} × ${others.join(" × ")} = ${bold(nine(value(`∂E/∂${weight}`)))}`;
}

/** What comes back to a hidden neuron, from o1 and from o2. */
function sum(h: string): string {
  const [fromO1, fromO2, both] = [`∂E_o1/∂out_${h}`, `∂E_o2/∂out_${h}`, `∂E/∂out_${h}`].map(value) as [
    number,
    number,
    number,
  ];
  const parts = `${fromO1.toFixed(9)} ${fromO2 < 0 ? "-" : "+"} ${Math.abs(fromO2).toFixed(9)}`;
  return `  ∂E/∂out_${h} = ∂E_o1/∂out_${h} + ∂E_o2/∂out_${h} = ${parts} = ${bold(both.toFixed(9))}`;
}

print(
  bold("Backward, output weights: ∂E/∂w5 = ∂E/∂out_o1 × ∂out_o1/∂net_o1 × ∂net_o1/∂w5"),
  ...["w5", "w6"].map((weight) => chain(weight, "o1")),
  ...["w7", "w8"].map((weight) => chain(weight, "o2")),
  "",
  bold("Backward, hidden weights: ∂E/∂w1 = ∂E/∂out_h1 × ∂out_h1/∂net_h1 × ∂net_h1/∂w1"),
  "  A hidden neuron has a part in both errors, so what comes back from the two is added:",
  sum("h1"),
  sum("h2"),
  dim("  (Figures are rounded only where they are printed: the last digit of a sum may seem off by one.)"),
  ...["w1", "w2"].map((weight) => chain(weight, "h1")),
  ...["w3", "w4"].map((weight) => chain(weight, "h2")),
  "",
  bold("Update: w⁺ = w - η × ∂E/∂w"),
  dim(`     ${heads("w", "∂E/∂w", "w⁺")}`),
  ...weights.map(
    (w) => `  ${w} ${nine(value(w))}  ${nine(value(`∂E/∂${w}`))}  ${bold(nine(value(`${w}⁺`)))}  ${verdict(`${w}⁺`)}`,
  ),
  "",
  `  E after this update:     ${value("E_total").toFixed(9)} → ${bold(value("E_total⁺").toFixed(9))}  ${verdict("E after update 1")}`,
  `  E after 10,000 updates:  ${value("E_total").toFixed(9)} → ${bold(last.total.toFixed(9))}  ${verdict("E after 10,000")}`,
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
  `  ${checked} derivatives, with respect to 8 weights, 4 biases and 2 inputs: ${ok ? green("all agree") : yellow("NOT ALL AGREE")}`,
  `  worst error ${worst.error.toExponential(1)}, at ${worst.where}`,
  "",
);
