import { Network, binaryCrossEntropy, dense, sgd, sigmoid, tanh } from "chainrule";
import { compare, evaluate, toText, trace } from "chainrule/trace";
import { articleNetwork, input, target } from "./article.js";
import { bold, green, print } from "./terminal.js";

// The article has one hidden layer. This network has two.
const network = new Network([dense(2, 2), tanh, dense(2, 2), tanh, dense(2, 1), sigmoid], {
  loss: binaryCrossEntropy,
  optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }),
  seed: 1,
});

const step = trace(network, [1, 0.5], [1]);
const quantities = [...step.quantities.values()];
const laws = quantities.filter(({ expression }) => expression !== null);
const exact = laws.filter(({ expression, dtype, value }) => Object.is(evaluate(expression!, dtype), value));

print(
  bold("chainrule 03 · a training step as data"),
  `One step of a network with two hidden layers is ${quantities.length} numbers in ${step.sections.length} sections; ${laws.length} of the`,
  "numbers were computed, each with the formula that it came from:",
  green(`  ${exact.length} of ${laws.length} formulas give their number to the last bit`),
  "",
);

// A trace is plain data: take the sections you want to see.
const backThroughTheFirst = step.sections.filter(
  ({ phase, layer }) => phase === "backward" && layer !== null && layer < 2,
);
print(
  toText(
    { ...step, sections: backThroughTheFirst },
    { title: "Back through the first hidden layer", matrices: false, digits: 6, width: 100 },
  ),
);

const gradient = step.quantities.get("∂E/∂w1_11")!;
print(
  bold("One number of it"),
  `  ${gradient.name.text} = ${gradient.value}, in LaTeX ${gradient.name.latex}`,
  `  the loss was ${step.loss.value.toFixed(6)}, and is ${step.lossAfter.value.toFixed(6)} after the step`,
  "",
  bold('"All my new weights are right, but my second total error is wrong"'),
  `${compare(articleNetwork(), input, target, { "w5+": "0.35891648", "E after 1": "0.291027924" })}`.replaceAll(
    /^/gm,
    "  ",
  ),
  "",
  bold("Next"),
  "  npx chainrule article --html step.html    the article's step, to be stepped through in a browser",
  "  npx chainrule explain model.json          the same for a network of your own",
);
