import fc from "fast-check";
import { expect, test } from "vitest";
import { modelOf } from "../../src/trace/compare/model.js";
import { predict } from "../../src/trace/compare/predict.js";
import { truthOf } from "../../src/trace/compare/truth.js";
import { anyTraining } from "../support/readers.js";
import { runs } from "../support/random-cases.js";

/** By role: how many numbers the plain step gave, and how many it has no place for. */
const given: Record<string, [number, number]> = {};

test("the plain step without a mistake gives the library's numbers, in three steps of any network", () => {
  fc.assert(
    fc.property(anyTraining, ({ network, input, target }) => {
      const truth = truthOf(network, input, target, "compare");
      const model = modelOf(truth.first.recording);
      const points = [1, 2, 3].flatMap((step) =>
        [...truth.at(step).quantities.values()].map((quantity) => ({ quantity, step })),
      );
      const wrong: string[] = [];
      predict(model, {}, points, ({ quantity, step }, value) => {
        const { name, place } = quantity;
        (given[place.role] ??= [0, 0])[value === undefined ? 1 : 0]++;
        const far = Math.abs(value! - quantity.value) > 1e-9 * Math.max(1, Math.abs(quantity.value));
        if (value !== undefined && far)
          wrong.push(`${name.text} in step ${step} is ${value}, should be ${quantity.value}`);
        return true;
      });
      expect(wrong).toEqual([]);
    }),
    { numRuns: runs(150), seed: 1 },
  );

  // All numbers of the step but the optimizer's settings and what it remembered, and factors of softmax.
  const partly = Object.entries(given)
    .filter(([, [, missing]]) => missing)
    .map(([role]) => role);
  expect(partly.sort()).toEqual(["derivative", "factor", "setting", "share", "state"]);
  expect(
    Object.entries(given)
      .filter(([, [count]]) => count < runs(500))
      .map(([role]) => role)
      .sort(),
  ).toEqual(["setting", "state"]);
  for (const role of ["derivative", "factor", "share"]) expect(given[role]![0], role).toBeGreaterThan(given[role]![1]);
});
