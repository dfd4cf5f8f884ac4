import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Network,
  adamW,
  cosine,
  dense,
  dropout,
  meanSquaredError,
  sequence,
  tanh,
  warmup,
  type Checkpoint,
} from "chainrule";
import { open, save } from "chainrule/node";
import { bold, green, print } from "./terminal.js";

const inputs = Array.from({ length: 300 }, (_, n) => [((n * 37) % 301) / 150 - 1, ((n * 91) % 301) / 150 - 1]);
const targets = inputs.map(([a, b]) => [a! * b!]);

// Much to be remembered: the means of Adam, where the schedule is, the random numbers of dropout, the order of the rows.
const make = () =>
  new Network([dense(2, 32), tanh, dropout(0.1), dense(32, 1)], {
    loss: meanSquaredError,
    optimizer: adamW({ learningRate: sequence(warmup(20), cosine({ from: 0.02, steps: 400 })) }),
    seed: 1,
  });
const options = { epochs: 30, validation: 0.2, earlyStopping: true } as const;

const whole = make();
const history = await whole.fit(inputs, targets, options);

// The same, saved after each epoch, and broken off in the middle of one.
const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
const file = join(folder, "training.json");
const first = make();
const controller = new AbortController();
await first
  .fit(inputs, targets, {
    ...options,
    onEpoch: () => save(file, first.checkpoint()),
    onBatch: ({ epoch, step }) => {
      if (epoch === 13 && step === 4) controller.abort();
    },
    signal: controller.signal,
  })
  .catch(() => undefined);

// Another process would begin here.
const checkpoint = (await open(file)) as Checkpoint;
const second = Network.from(checkpoint, { inputs: 2, outputs: 1 });
const rest = await second.fit(inputs, targets, { ...options, resume: checkpoint });

const size = statSync(file).size;
const isSame = JSON.stringify(second.checkpoint()) === JSON.stringify(whole.checkpoint());
rmSync(folder, { recursive: true });

print(
  bold("chainrule 05 · to go on later"),
  `trained to the end       ${history.loss.length} epochs, validation loss ${history.best!.validation.loss}`,
  `broken off in epoch 13   saved after epoch ${checkpoint.training.fit!.epoch - 1}: ${Math.round(size / 1024)} kB, layers and optimizer included`,
  `gone on from the file    ${rest.loss.length} epochs, validation loss ${rest.best!.validation.loss}`,
  isSame ? green("not a bit differs: parameters, what Adam remembers, the history") : "they differ",
  "",
  bold("Next"),
  "  docs/saving.md      what is in a document, blocks of your own, files of other versions",
  "  docs/training.md    what a checkpoint may be taken of, and when",
);
