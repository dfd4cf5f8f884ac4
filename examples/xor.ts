import { Network, adam, binaryCrossEntropy, dense, sigmoid, tanh } from "chainrule";

export const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
export const targets = [[0], [1], [1], [0]];

export const xorNetwork = (seed: number) =>
  new Network([dense(2, 8), tanh, dense(8, 1), sigmoid], {
    loss: binaryCrossEntropy,
    optimizer: adam({ learningRate: 0.05 }),
    seed,
  });

/** Every prediction within 0.1 of its target. */
export const isSolved = (predictions: readonly (readonly number[])[]): boolean =>
  predictions.every(([prediction], row) => Math.abs(prediction! - targets[row]![0]!) < 0.1);

/** Trains, and notes the loss of each epoch and the first epoch after which XOR was solved. */
export async function train(network: ReturnType<typeof xorNetwork>, epochs = 100) {
  let solvedAfter: number | undefined;
  const { loss } = await network.fit(inputs, targets, {
    epochs,
    onEpoch: ({ epoch }) => {
      if (isSolved(network.predict(inputs))) solvedAfter ??= epoch;
    },
  });
  return { loss, solvedAfter };
}
