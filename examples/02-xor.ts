import { inputs, targets, train, xorNetwork } from "./xor.js";
import { bold, dim, green, nine, print, yellow } from "./terminal.js";

const network = xorNetwork(1);
const { loss, solvedAfter } = await train(network);
const predictions = network.predict(inputs);

/** Bars of eighths of a line. */
function chart(values: readonly number[], height: number): string[] {
  const top = Math.max(...values);
  const blocks = " ▁▂▃▄▅▆▇█";
  return Array.from({ length: height }, (_, line) => {
    const floor = height - 1 - line;
    const eighths = values.map((value) => Math.round(8 * Math.min(1, Math.max(0, (height * value) / top - floor))));
    const bars = eighths.map((eighth) => blocks[eighth]).join("");
    return `  ${((top * (floor + 1)) / height).toFixed(2)} ┤${bars}`.trimEnd();
  });
}

const epochsPerBar = Math.ceil(loss.length / 60);
const bars = loss.filter((_, index) => index % epochsPerBar === 0);
const verdict =
  solvedAfter === undefined
    ? yellow("  not solved")
    : " ".repeat(7 + Math.ceil(solvedAfter / epochsPerBar)) +
      green(`▲ solved after ${solvedAfter} epochs: every |prediction - target| < 0.1`);

print(
  bold("chainrule 02 · XOR"),
  'Readers of the article tried XOR next, and it "never goes below 0.50, even after 5000 iterations".',
  "With tanh in between, weights around zero, biases that learn, cross-entropy and Adam it does:",
  "",
  network.summary(),
  "",
  bold(`Loss over ${loss.length} epochs, each all four examples once`),
  ...chart(bars, 8),
  `       └${"─".repeat(bars.length)}`,
  verdict,
  "",
  dim("  x1  x2  target    prediction"),
  ...inputs.map(([x1, x2], row) => {
    const prediction = bold(nine(predictions[row]![0]!));
    return `   ${x1}   ${x2}       ${targets[row]![0]!}  ${prediction}`;
  }),
  "",
  bold("Next"),
  "  npm test                   each derivative checked, each figure of the article",
  "  npx tsx bench/xor.ts       XOR from 200 starts, and where the article's recipe gets stuck",
  "  docs/backpropagation.md    the chain rule with this code, and the readers' questions answered",
);
