import { setTimeout } from "node:timers/promises";
import { adam, binaryCrossEntropy, dense, Network, sigmoid, tanh } from "../index.js";
import { chart } from "./chart.js";
import { type Command, wholeNumber } from "./command.js";
import { bold, dim, green, isTerminal, print, width } from "./terminal.js";

const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const targets = [[0], [1], [1], [0]];
const HEIGHT = 8;
/** Milliseconds that the drawing of a training lasts, so that it can be watched. */
const SHOW = 2000;

export const xor: Command = {
  usage: "xor",
  summary: "learns exclusive or, and shows how the loss falls",
  options: {
    seed: { argument: "N", help: "where the first weights come from; 1 if not given" },
    epochs: { argument: "N", help: "passes over the four examples; 100 if not given" },
  },
  async run(given) {
    const epochs = wholeNumber(given, "epochs", 100, 100_000);
    const network = new Network([dense(2, 8), tanh, dense(8, 1), sigmoid], {
      loss: binaryCrossEntropy,
      optimizer: adam({ learningRate: 0.05 }),
      seed: wholeNumber(given, "seed", 1, Number.MAX_SAFE_INTEGER),
    });
    const losses: number[] = [];
    const columns = Math.max(10, Math.min(60, width - 10));
    const draw = (): string => chart(losses, Math.max(...losses), HEIGHT, columns, epochs).join("\n");
    const each = Math.ceil(epochs / (isTerminal ? columns : 10));
    print(
      bold("XOR: 2 inputs, 8 tanh, 1 sigmoid; cross-entropy and Adam"),
      "",
      network.summary(),
      "",
      bold(`Loss over ${epochs} epochs`),
    );
    await network.fit(inputs, targets, {
      epochs,
      async onEpoch({ epoch, loss }) {
        losses.push(loss);
        if (epoch % each !== 0 && epoch !== 1 && epoch !== epochs) return;
        if (!isTerminal) return void print(`  epoch ${`${epoch}`.padStart(6)}   loss ${loss.toFixed(9)}`);
        process.stdout.write(`${epoch === 1 ? "" : `\x1b[${HEIGHT}A`}${draw().replaceAll("\n", "\x1b[K\n")}\n`);
        await setTimeout(SHOW / columns);
      },
    });
    const rows = network
      .predict(inputs)
      .map(
        ([p], row) => `   ${inputs[row]!.join("   ")}       ${targets[row]![0]!}  ${bold(p!.toFixed(9).padStart(12))}`,
      );
    const solved = network.predict(inputs).every(([p], row) => Math.abs(p! - targets[row]![0]!) < 0.1);
    return print(
      "",
      dim("  x1  x2  target    prediction"),
      ...rows,
      "",
      solved ? green("  solved: every |prediction − target| < 0.1") : "  not solved yet",
    );
  },
};
