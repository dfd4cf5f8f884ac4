import { expect, test } from "vitest";
import { author, trainOnline } from "../../bench/xor.js";
import { inputs, isSolved, train, xorNetwork } from "../../examples/xor.js";

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

test("what counts as solved: every |prediction - target| < 0.1", () => {
  expect(isSolved([[0.09], [0.91], [0.91], [0.09]])).toBe(true);
  for (let row = 0; row < 4; row++) {
    const predictions = [[0.05], [0.95], [0.95], [0.05]];
    predictions[row] = [row === 0 || row === 3 ? 0.11 : 0.89];
    expect(isSolved(predictions)).toBe(false);
  }
});

test("the example's defaults solve XOR for 200 of 200 seeds", async () => {
  const unsolved: number[] = [];
  for (const seed of seeds) {
    const network = xorNetwork(seed);
    const { solvedAfter } = await train(network);
    const distances = network.predict(inputs).map(([prediction], row) => Math.abs(prediction! - [0, 1, 1, 0][row]!));
    if (solvedAfter === undefined || Math.max(...distances) >= 0.1) unsolved.push(seed);
  }
  expect(unsolved).toEqual([]);
}, 15_000);

test.each([
  [5, 5_000],
  [2, 10_000],
])("the author's recipe, 2-%d-1, has not solved it after %d updates", (hidden, updates) => {
  const solved = seeds.slice(0, 20).filter((seed) => isSolved(trainOnline({ ...author, hidden }, updates, seed)));
  expect(solved).toEqual([]);
});
