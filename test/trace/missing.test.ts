import {
  binaryCrossEntropy,
  crossEntropy,
  dense,
  halfSquaredError,
  meanSquaredError,
  Network,
  sgd,
  sigmoid,
  softmax,
  tanh,
  type Layer,
  type Loss,
} from "chainrule";
import { compare, evaluate, toHtml, toLatex, toMarkdown, toText, trace } from "chainrule/trace";
import { describe, expect, it } from "vitest";

const cases: readonly [name: string, loss: Loss, end: readonly Layer[]][] = [
  ["halfSquaredError", halfSquaredError({ missing: NaN }), []],
  ["meanSquaredError", meanSquaredError({ missing: -1 }), []],
  ["binaryCrossEntropy, fused", binaryCrossEntropy({ missing: NaN }), [sigmoid]],
  ["binaryCrossEntropy, not fused", binaryCrossEntropy({ missing: NaN }), [softmax]],
];
const x = [
  [0.5, -1],
  [2, 0.3],
];

describe.each(cases)("a trace with targets that are missing: %s", (_, loss, end) => {
  const gap = loss.missing!;
  const network = new Network([dense(2, 3), tanh, dense(3, 2), ...end] as Layer[], { loss, optimizer: sgd, seed: 1 });

  it.each([undefined, [2, 0.5]])("has laws that hold, and none where there is nothing", (rowWeights) => {
    const traced = trace(
      network,
      x,
      [
        [0, gap],
        [1, 0.5],
      ],
      rowWeights && { rowWeights },
    );
    let terms = 0;
    for (const { expression, value, dtype, place } of traced.quantities.values()) {
      if (expression) expect(evaluate(expression, dtype)).toBe(value);
      if (place.role === "term") terms += expression ? 1 : 0;
    }
    expect(terms).toBe(3);
    const [missing] = [...traced.quantities.values()].filter(
      ({ place }) => place.role === "term" && place.row === 0 && place.index[0] === 1,
    );
    expect([missing!.value, missing!.expression]).toEqual([0, null]);
    expect(traced.loss.value).toBe(
      network.evaluate(
        x,
        [
          [0, gap],
          [1, 0.5],
        ],
        rowWeights && { rowWeights },
      ).loss,
    );
    for (const write of [toText, toMarkdown, toLatex, toHtml]) expect(write(traced)).toContain("missing");
    expect(JSON.parse(JSON.stringify(traced)).format).toBe("chainrule.trace");
  });
});

it("targets that are smoothed: what comes of them has its number and a note, no law and no matrix", () => {
  for (const fromLogits of [false, true]) {
    const loss = crossEntropy({ labelSmoothing: 0.1, fromLogits });
    const layers = [dense(2, 3), ...(fromLogits ? [] : [softmax])] as const;
    const network = new Network(layers as never, { loss, optimizer: sgd, seed: 1 }) as unknown as Network;
    const traced = trace(network, [0.5, -1], 1 as never);
    const { note } = traced.sections.find(({ phase }) => phase === "loss")!;
    expect(note).toContain("each of C targets t of a row counts as (1 − 0.1) t + 0.1 / C");
    const ofLoss = [...traced.quantities.values()].filter(({ place }) => place.role === "term");
    expect(ofLoss.map(({ expression }) => expression)).toEqual([null, null, null]);
    expect(traced.quantities.get("E")!.value).toBe(network.evaluate([0.5, -1], 1 as never).loss);
    expect(() => compare(network, [0.5, -1], 1 as never, { E: 1 })).toThrow("targets as they are given");
  }
});

it("compare is for steps of which all is known", () => {
  const network = new Network([dense(2, 2)], { loss: meanSquaredError({ missing: NaN }), optimizer: sgd, seed: 1 });
  expect(() =>
    compare(
      network,
      x,
      [
        [0, NaN],
        [1, 0.5],
      ],
      { E: 0.1 },
    ),
  ).toThrow("compare expected a loss of targets as they are given, all of them, got meanSquaredError");
});

it("input(n) hands its numbers on, and has laws for it", async () => {
  const { input } = await import("chainrule");
  const network = new Network([input(2), dense(2, 2), sigmoid, input(2), dense(2, 1)], {
    loss: meanSquaredError,
    optimizer: sgd,
    seed: 1,
  });
  for (const delta of ["positive", "negative"] as const) {
    const traced = trace(network, x, [[0], [1]], { delta });
    for (const { expression, value, dtype, name, place } of traced.quantities.values()) {
      if (["value", "derivative", "gradient"].includes(place.role)) expect(expression, name.text).not.toBeNull();
      if (expression) expect(evaluate(expression, dtype), name.text).toBe(value);
    }
    expect(new Set([...traced.quantities.values()].map(({ name }) => name.text)).size).toBe(traced.quantities.size);
    expect(toText(traced)).toContain("derivative of E");
  }
});
