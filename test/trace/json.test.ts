import { dense, halfSquaredError, Network, sgd, tanh } from "chainrule";
import { type ExpressionJson, trace, type TraceJson, traceSchema } from "chainrule/trace";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { build, networkCase } from "../support/arbitraries.js";

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(traceSchema);
const parse = (traced: unknown) => JSON.parse(JSON.stringify(traced)) as TraceJson;

describe("a trace in JSON", () => {
  it("is as the schema says, and refers to what comes before by name", () => {
    fc.assert(
      fc.property(networkCase("softmax", "crossEntropy", 2), (given) => {
        const { network, input, target, options } = build(given);
        const trained = new Network(network.layers as never, {
          loss: network.loss,
          dtype: network.dtype,
          seed: 1,
          optimizer: sgd,
        });
        const traced = trace(trained as Network, input as never, target as never, options);
        const json = parse(traced);
        if (!validate(json)) expect.fail(JSON.stringify(validate.errors));
        const values = new Map<string, number | null>();
        const known = (expression: ExpressionJson | null): void => {
          if (typeof expression === "string" && !values.has(expression)) expect.fail(`${expression} is not known`);
          if (expression && typeof expression === "object") expression.args.forEach(known);
        };
        for (const { name, value, expression } of json.sections.flatMap(({ lines }) => lines)) {
          known(expression);
          values.set(name.text, value);
        }
        expect(values).toEqual(
          new Map([...traced.quantities].map(([name, { value }]) => [name, value === 0 ? 0 : value])),
        );
        expect([json.loss, json.lossAfter]).toEqual([traced.loss.name.text, traced.lossAfter.name.text]);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  const network = new Network([dense(1, 1, { weight: [[2]], bias: [1] }), tanh], {
    loss: halfSquaredError,
    optimizer: sgd,
  });
  const json = parse(trace(network, [3], [0]));
  const lines = json.sections.flatMap((section) => section.lines);

  it("writes functions out, and sums as trees", () => {
    const { expression } = lines.find(({ name }) => name.text === "a1_1")!;
    expect(expression).toEqual({ op: "apply", formula: "tanh", text: "tanh(z1_1)", args: ["z1_1"] });
    const net = lines.find(({ name }) => name.text === "z1_1")!;
    expect(net.expression).toEqual({ op: "add", args: ["b1_1", { op: "multiply", args: ["w1_11", "x_1"] }] });
    expect(net.value).toBe(7);
  });

  it.each<[string, (broken: Record<string, unknown>) => void]>([
    ["another format", (broken) => (broken.format = "chainrule")],
    ["no rows", (broken) => (broken.rows = 0)],
    ["something else", (broken) => (broken.more = 1)],
    ["no sections", (broken) => delete broken.sections],
    [
      "an unknown role",
      (broken) => (((broken.sections as typeof json.sections)[0]!.lines[0]!.place as { role: string }).role = "guess"),
    ],
    [
      "an unknown operation",
      (broken) => (((broken.sections as typeof json.sections)[1]!.lines[0]!.expression as { op: string }).op = "power"),
    ],
  ])("is not as the schema says with %s", (_, breakIt) => {
    const broken = parse(trace(network, [3], [0])) as unknown as Record<string, unknown>;
    expect(validate(broken)).toBe(true);
    breakIt(broken);
    expect(validate(broken)).toBe(false);
  });

  it("has null for a loss that is not finite", () => {
    const steep = new Network([dense(1, 1, { weight: [[1e120]] })], {
      loss: halfSquaredError,
      optimizer: sgd({ learningRate: 1e8 }),
    });
    const traced = trace(steep, [1e10], [0]);
    expect(traced.lossAfter.value).toBe(Infinity);
    expect(parse(traced).sections.at(-1)!.lines[0]!.value).toBeNull();
    expect(validate(parse(traced))).toBe(true);
  });
});
