import * as chainrule from "chainrule";
import { dense, type Layer, Network, sgd, softmax } from "chainrule";
import { type Formula, trace, type Trace } from "chainrule/trace";
import katex from "katex";
import { describe, expect, it } from "vitest";
import { random } from "../support/arbitraries.js";
import { activations, losses } from "../support/tables.js";

/** What is written, as a program: the notation of the tables is a few signs. */
function compute(text: string): number {
  const program = text
    .replaceAll("−", "-")
    .replaceAll("·", "*")
    .replaceAll(/\(([^()]+|\([^()]*\)) if ([^()]+|\([^()]*\) > 0) else (.+)\)$/g, "($2 ? $1 : $3)")
    .replaceAll(/\[(.+ > 0)\]/g, "Number($1)")
    .replaceAll(/e\^(\((?:[^()]|\([^()]*\))*\)|[\d.]+(?:e-?\d+)?)/g, "Math.exp($1)")
    .replaceAll(/ln(?=\()/g, "Math.log")
    .replaceAll(/ln ([\d.]+(?:e-?\d+)?)/g, "Math.log($1)")
    .replaceAll(/(?<=\W|^)(max|tanh)/g, "Math.$1")
    .replaceAll(/\|([^|]+)\|/g, "Math.abs($1)")
    .replaceAll("½", "0.5*")
    .replaceAll("²", "**2");
  return new Function(`return ${program}`)() as number;
}

const write = (value: number): string => (value < 0 ? `(${value})` : `${value}`);

const renders = (text: string) => () => katex.renderToString(text, { throwOnError: true, strict: "error" });

/** Each formula that is applied, once with the numbers of each place. */
function applied({ quantities }: Trace): { name: string; formula: Formula; numbers: number[]; value: number }[] {
  return [...quantities.values()].flatMap(({ name, expression, value }) =>
    expression?.op === "apply"
      ? [
          {
            name: name.text,
            formula: expression.formula,
            value,
            numbers: expression.args.map((each) => (each.op === "quantity" ? each.quantity.value : NaN)),
          },
        ]
      : [],
  );
}

const cases = [
  ...activations.flatMap(({ name, specimens }) =>
    name === "activation"
      ? []
      : specimens.map(({ written, block }) => ({
          written,
          layers: [dense(2, 3), block, dense(3, 2)],
          loss: chainrule.halfSquaredError,
        })),
  ),
  ...losses.flatMap(({ name, specimens }) =>
    name === "loss"
      ? []
      : specimens.flatMap(({ written, block }) => {
          if (/labelSmoothing/.test(written)) return []; // no formula is written: test/trace/missing.test.ts
          const last = block.needs === "simplex" ? [softmax] : block.needs === "unit" ? [chainrule.sigmoid] : [];
          return [{ written, layers: [dense(2, 3), ...last], loss: block }];
        }),
  ),
  // Probabilities that are not differentiated together with the loss.
  ...[chainrule.crossEntropy, chainrule.binaryCrossEntropy].map((loss) => {
    const own = { ...softmax, kind: "own softmax" };
    return { written: `${loss.name}, not fused`, layers: [dense(2, 3), own], loss };
  }),
  { written: "softmax in the middle", layers: [dense(2, 3), softmax, dense(3, 2)], loss: chainrule.meanSquaredError },
];

describe("what is written is what is computed", () => {
  const next = random(7);

  it.each(cases)("$written", ({ layers, loss }) => {
    let seen = 0;
    for (let seed = 0; seed < 20; seed++) {
      const network = new Network(layers as never, { loss, optimizer: sgd, seed });
      const targets = Array.from({ length: network.outputSize }, () => next(0.05, 1));
      const total = targets.reduce((a, b) => a + b);
      const traced = trace(
        network as Network,
        [next(-3, 3), next(-3, 3)],
        targets.map((each) => each / total),
      );
      for (const { name, formula, numbers, value } of applied(traced)) {
        if (formula.name === "sqrt") continue;
        expect(formula.text, name).not.toBeNull();
        const due = compute(formula.text!(...numbers.map(write)));
        expect(Math.abs(due - value), `${name} = ${formula.text!(...numbers.map(write))}`).toBeLessThanOrEqual(
          1e-12 * Math.max(1, Math.abs(due)),
        );
        seen++;
      }
    }
    expect(seen).toBeGreaterThanOrEqual(20);
  });

  it("is LaTeX too", () => {
    for (const { layers, loss } of cases) {
      const network = new Network(layers as never, { loss, optimizer: chainrule.adam, seed: 1 });
      const targets = Array.from({ length: network.outputSize }, () => 1 / network.outputSize);
      const { quantities, sections } = trace(
        network as Network,
        [
          [1, -2],
          [0.5, 1],
        ],
        [targets, targets],
      );
      const texts = [
        ...[...quantities.values()].flatMap(({ name, expression }) =>
          expression?.op === "apply"
            ? [name.latex, expression.formula.latex!(...expression.args.map((_, i) => `x_{${i}}`))]
            : [name.latex],
        ),
        ...sections.flatMap(({ matrices }) =>
          matrices.flatMap(({ name, law, terms }) => [name.latex, law.latex, ...terms.map((each) => each.name.latex)]),
        ),
      ];
      for (const text of texts) expect(renders(text), text).not.toThrow();
    }
  });

  it("is LaTeX whatever a layer and its parameters are called", () => {
    const odd: Layer = {
      kind: "50 %",
      plan: (planner) =>
        planner.parameter(
          "a_b$\\{^~#&",
          [2, 2],
          [
            [1, 2],
            [3, 4],
          ],
        ),
      forward: (_, x, y, { kernels }) => kernels.copy(x, y),
      backward: (_, _x, _y, dy, dx, { kernels }) => {
        if (dx) kernels.copy(dy, dx);
      },
    };
    const sine = chainrule.activation({ name: "sin_%", apply: Math.sin, derivative: Math.cos });
    const network = new Network([dense(2, 2), odd, sine], { loss: chainrule.halfSquaredError, optimizer: sgd });
    const { quantities, sections } = trace(network, [1, 2], [0, 1]);
    const names = [...quantities.values()].map(({ name }) => name);
    expect(names.map(({ text }) => text)).toContain("1.a_b$\\{^~#&[2,1]⁺");
    const laws = sections.flatMap(({ matrices }) => matrices.flatMap(({ name, law }) => [name, law]));
    for (const { latex } of [...names, ...laws]) expect(renders(latex), latex).not.toThrow();
  });
});
