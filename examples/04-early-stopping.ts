import { Network, adam, crossEntropy, dense, relu, softmax } from "chainrule";
import { accuracy, confusion } from "chainrule/metrics";
import { bold, dim, green, print } from "./terminal.js";

/** Two interleaved half-circles, some rows of which have the wrong class. The numbers are drawn by a small generator. */
function moons(rows: number, seed: number) {
  let state = seed;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const points = Array.from({ length: rows }, () => {
    const isLower = random() < 0.5;
    const angle = Math.PI * random();
    const [x, y] = isLower ? [1 - Math.cos(angle), 0.5 - Math.sin(angle)] : [Math.cos(angle), Math.sin(angle)];
    const noise = (): number => 0.3 * (random() + random() + random() - 1.5);
    return { input: [x + noise(), y + noise()], target: isLower === random() < 0.9 ? 1 : 0 };
  });
  return { inputs: points.map(({ input }) => input), targets: points.map(({ target }) => target) };
}

const train = moons(200, 1);
const test = moons(2000, 2);

// Far more parameters than rows: it could learn the wrong classes by heart.
const make = () =>
  new Network([dense(2, 64), relu, dense(64, 64), relu, dense(64, 2), softmax], {
    loss: crossEntropy,
    optimizer: adam({ learningRate: 0.005 }),
    seed: 1,
  });
const options = { epochs: 300, validation: 0.3, metrics: { accuracy } };

const stopped = make();
const history = await stopped.fit(train.inputs, train.targets, { ...options, earlyStopping: { patience: 25 } });
const patient = make();
const whole = await patient.fit(train.inputs, train.targets, options);

const best = history.best!;
const rows = whole.reports.filter(({ epoch }) => epoch === best.epoch || epoch % 50 === 0 || epoch === 1);
const score = (network: ReturnType<typeof make>) =>
  network.evaluate(test.inputs, test.targets, { metrics: { accuracy } });
const [early, late] = [score(stopped), score(patient)];

print(
  bold("chainrule 04 · early stopping"),
  "200 rows, a tenth of them with the wrong class, and a network of 4,500 parameters. The loss on the rows that it is",
  "trained with falls and falls; that of the 60 rows of validation turns back:",
  "",
  dim("  epoch      loss   validation loss   validation accuracy"),
  ...rows.map(({ epoch, loss, validation }) => {
    const line = `  ${String(epoch).padStart(5)}  ${loss.toFixed(4).padStart(8)}  ${validation.loss.toFixed(4).padStart(16)}  ${validation.accuracy.toFixed(3).padStart(20)}`;
    return epoch === best.epoch ? green(`${line}   ← the best`) : line;
  }),
  "",
  `With earlyStopping: { patience: 25 } it ended after ${history.loss.length} epochs, with the parameters of epoch ${best.epoch}.`,
  "On 2,000 rows that neither has seen:",
  "",
  dim("                       loss   accuracy"),
  `  stopped early     ${early.loss.toFixed(4).padStart(7)}  ${early.accuracy.toFixed(3).padStart(9)}`,
  `  after 300 epochs  ${late.loss.toFixed(4).padStart(7)}  ${late.accuracy.toFixed(3).padStart(9)}`,
  "",
  String(confusion(stopped.predict(test.inputs), test.targets)).replaceAll(/^/gm, "  "),
  "",
  bold("Next"),
  "  docs/training.md    validation, metrics, class weights, callbacks, schedules",
  "  docs/stuck.md       what to look at if a network does not learn",
);
