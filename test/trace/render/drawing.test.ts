import { dense, halfSquaredError, Network, relu, sgd, sigmoid, tanh } from "chainrule";
import { toHtml, trace } from "chainrule/trace";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { articleNetwork, input, target } from "../../../examples/article.js";
import { drawingOf } from "../../../src/trace/render/drawing.js";
import { anyTrace } from "../../support/traces.js";

const article = trace(articleNetwork(), input, target);

describe("the drawing", () => {
  it("of the article: its units, and an edge for each weight and bias from where to where", () => {
    const { columns, edges } = drawingOf(article)!;
    expect(columns.map((units) => units.map(({ label }) => label))).toEqual([
      ["i1", "i2"],
      ["h1", "h2"],
      ["o1", "o2"],
    ]);
    const ways = edges.flat().map(({ from, to, weight }) => `${weight.name.text}: ${from?.label ?? 1} to ${to.label}`);
    // notation.md, "Weights by number"
    for (const way of [
      "w1: i1 to h1",
      "w2: i2 to h1",
      "w3: i1 to h2",
      "w4: i2 to h2",
      "w5: h1 to o1",
      "w6: h2 to o1",
      "w7: h1 to o2",
      "w8: h2 to o2",
    ]) {
      expect(ways).toContain(way);
    }
    expect(ways).toHaveLength(12);
    expect(columns[2]![0]!.quantities.map(({ name }) => name.text)).toEqual([
      "net_o1",
      "out_o1",
      "target_o1",
      "E_o1",
      "δ_o1",
      "∂E/∂out_o1",
    ]);
  });

  it("has every number that learns once, with its own gradient and new value", () => {
    let drawn = 0;
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const drawing = drawingOf(trace);
        if (trace.rows > 1) expect(drawing).toBeNull();
        if (!drawing) return;
        drawn++;
        const edges = drawing.edges.flat();
        const parameters = [...trace.quantities.values()].filter(({ place }) => place.role === "parameter");
        expect(new Set(edges.map(({ weight }) => weight))).toEqual(new Set(parameters));
        for (const { weight, gradient, updated } of edges) {
          expect(gradient!.name.text).toMatch(new RegExp(`^∂.*/∂${weight.name.text.replaceAll(/[[\]()]/g, "\\$&")}$`));
          if (updated) expect(updated.name.text).toBe(`${weight.name.text}⁺`);
        }
      }),
    );
    expect(drawn).toBeGreaterThan(5);
  });

  it("is left out for a batch, and where there are too many edges; the page then has no script", () => {
    const step = (hidden: number, rows: number) => {
      const network = new Network([dense(2, hidden), tanh, dense(hidden, 1), sigmoid], {
        loss: halfSquaredError,
        optimizer: sgd,
        seed: 1,
      });
      return trace(network, Array<number[]>(rows).fill([1, 2]), Array<number[]>(rows).fill([1]));
    };
    for (const [hidden, rows, isDrawn] of [
      [12, 1, true],
      [20, 1, false],
      [2, 2, false],
    ] as const) {
      const page = toHtml(step(hidden, rows));
      expect(page.includes("<svg"), `${hidden} hidden, ${rows} rows`).toBe(isDrawn);
      expect(page.includes("for one example, with up to 60 weights and biases"), `${hidden} hidden, ${rows} rows`).toBe(
        !isDrawn,
      );
      expect(page.includes("<script"), `${hidden} hidden, ${rows} rows`).toBe(isDrawn);
    }
  });

  it("is not tried for a network that is far too large", { timeout: 20_000 }, () => {
    const layers = [dense(784, 64), relu, dense(64, 10), sigmoid] as const;
    const network = new Network(layers, { loss: halfSquaredError, optimizer: sgd, seed: 1 });
    const step = trace(network, Array<number>(784).fill(0.5), Array<number>(10).fill(0.1));
    expect(toHtml(step)).not.toContain("<svg");
  });

  it.each([
    ["of many units", [dense(3, 4), relu, dense(4, 3), tanh, dense(3, 2)], [1, 2, 3], [1, 2]],
    ["of many edges", [dense(6, 7), relu, dense(7, 1)], [1, 2, 3, 4, 5, 6], [1]],
  ])("%s keeps its labels apart, and within the picture", (_, layers, input, target) => {
    const network = new Network(layers as never, { loss: halfSquaredError, optimizer: sgd, seed: 1 }) as Network;
    const page = toHtml(trace(network, input, target));
    const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(page)!;
    const labels = [...page.matchAll(/<text x="(\S+)" y="(\S+)" class="(?:weight[ \w]*|partial)"/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    );
    expect(labels.length).toBeGreaterThan(60);
    for (const [x, y] of labels) {
      expect(x).toBeGreaterThan(52);
      expect(x).toBeLessThan(Number(width) - 52);
      expect(y).toBeGreaterThan(8);
      expect(y).toBeLessThan(Number(height));
      for (const [other, at] of labels)
        if (other === x && at !== y) expect(Math.abs(at - y)).toBeGreaterThanOrEqual(11);
    }
  });
});
