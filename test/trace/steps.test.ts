import { Network, dense, l1, meanSquaredError, sgd } from "chainrule";
import { toLatex, toText, trace } from "chainrule/trace";
import { expect, test } from "vitest";

test("what is done with a gradient before the update is written: a penalty, and clipping", () => {
  const network = new Network([dense(1, 1, { weight: [[2]], bias: false, penalty: l1(0.25) })], {
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 0.1, clipValue: 0.5 }),
  });
  const step = trace(network, [1], [0]);
  // By hand: ∂E/∂w = 2 · (2 − 0) · 1 = 4; 4 + 0.25 · sign(2) = 4.25, which is brought to 0.5; w = 2 − 0.1 · 0.5
  expect(step.quantities.get("w1_11⁺")!.value).toBe(1.95);
  const text = toText(step);
  expect(text).toContain("sign(w1_11)");
  expect(text).toContain("max(−0.5, min(0.5, ");
  const latex = toLatex(step);
  expect(latex).toContain("\\operatorname{sign}");
  expect(latex).toContain("\\min\\left(0.5");
});
