import {
  activation,
  ChainruleError,
  dense,
  halfSquaredError,
  type Layer,
  loss,
  meanSquaredError,
  Network,
  type Optimizer,
  relu,
  sgd,
  sigmoid,
  softmax,
  tanh,
} from "chainrule";
import { evaluate, trace, type Trace } from "chainrule/trace";
import { describe, expect, it } from "vitest";

const options = { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.1 }), seed: 1 };
const of = ({ quantities }: Trace, ...roles: string[]) =>
  [...quantities.values()].filter(({ place }) => roles.includes(place.role));
const names = (...all: Parameters<typeof of>) => of(...all).map(({ name }) => name.text);

/** Those with a law obey it; who has none is returned. */
function lawless({ quantities }: Trace): string[] {
  const all = [...quantities.values()];
  for (const { name, value, dtype, expression } of all)
    if (expression) expect(evaluate(expression, dtype), name.text).toBe(value);
  const given = ["input", "target", "rowWeight", "parameter", "state", "setting", "loss"];
  return all.filter(({ expression, place }) => !expression && !given.includes(place.role)).map(({ name }) => name.text);
}

describe("names", () => {
  it("are indexed in a deeper network, by dense layer, unit and unit before", () => {
    const deep = new Network([dense(2, 2), tanh, dense(2, 1), relu, dense(1, 2)], options);
    const traced = trace(deep, [1, 2], [0, 1]);
    expect(names(traced, "input", "target")).toEqual(["x_1", "x_2", "t_1", "t_2"]);
    expect(names(traced, "value")).toEqual(["z1_1", "z1_2", "a1_1", "a1_2", "z2_1", "a2_1", "z3_1", "z3_2"]);
    expect(names(traced, "parameter")).toEqual([
      "w1_11",
      "w1_12",
      "w1_21",
      "w1_22",
      "b1_1",
      "b1_2",
      "w2_11",
      "w2_12",
      "b2_1",
      "w3_11",
      "w3_21",
      "b3_1",
      "b3_2",
    ]);
    expect(names(traced, "delta")).toEqual(["δ3_1", "δ3_2", "δ2_1", "δ1_1", "δ1_2"]);
    expect(names(traced, "term", "loss")).toEqual(["E_1", "E_2", "E", "E⁺"]);
    // What goes through one unit of the last layer is in its term alone; what goes through another, in all of them.
    expect(names(traced, "share")).toEqual(["∂E_1/∂a2_1", "∂E_2/∂a2_1", "∂E/∂a1_1 via z2_1", "∂E/∂a1_2 via z2_1"]);
    expect(traced.quantities.get("w1_21")!.name.latex).toBe("w^{(1)}_{21}");
    expect(traced.quantities.get("∂a2_1/∂z2_1")!.name.latex).toBe(
      "\\frac{\\partial a^{(2)}_{1}}{\\partial z^{(2)}_{1}}",
    );
  });

  it("have the row in a batch", () => {
    const traced = trace(new Network([dense(1, 1), sigmoid, dense(1, 1)], options), [[1], [2]], [[0], [1]]);
    expect(names(traced, "value")).toEqual([
      "net_h1[1]",
      "net_h1[2]",
      "out_h1[1]",
      "out_h1[2]",
      "net_o1[1]",
      "net_o1[2]",
    ]);
    expect(names(traced, "loss")).toEqual(["E[1]", "E[2]", "E_total", "E_total⁺"]);
    expect(names(traced, "share").filter((name) => name.startsWith("∂E/∂w2"))).toEqual(["∂E/∂w2[1]", "∂E/∂w2[2]"]);
    expect(traced.quantities.get("out_h1[2]")!.name.latex).toBe("\\mathit{out}^{[2]}_{h1}");
  });

  it("separate indices that could be mistaken", () => {
    const wide = new Network([dense(11, 11)], options);
    const traced = trace(wide, Array<number>(11).fill(1), Array<number>(11).fill(0));
    expect(names(traced, "parameter").slice(10, 12)).toEqual(["w1_1,11", "w1_2,1"]);
    expect(new Set(traced.sections.flatMap(({ lines }) => lines)).size).toBe(traced.quantities.size);
  });

  it("number biases by neuron where they are not shared, and layers that come first or follow each other", () => {
    const biased = trace(new Network([dense(1, 2), tanh, dense(2, 1), sigmoid], options), [1], [0]);
    expect(names(biased, "parameter")).toEqual(["w1", "w2", "b_h1", "b_h2", "w3", "w4", "b_o1"]);
    const meant = { ...options, loss: halfSquaredError({ targets: "real" }) }; // of one output it is 1 for ever
    const odd = trace(new Network([tanh, sigmoid, dense(1, 1), relu, softmax], meant), [1], [0]);
    expect(names(odd, "value")).toEqual(["a0_1", "a'0_1", "z1_1", "a1_1", "a'1_1"]);
    expect(lawless(odd)).toEqual([]);
  });
});

describe("blocks of one's own", () => {
  const double: Layer = {
    kind: "double",
    plan: (planner, inputs) => planner.parameter("scale", [inputs], [2, 2]),
    forward(state, x, y) {
      const { data } = (state as { value: { data: Float64Array } }).value;
      for (let i = 0; i < x.rows * x.columns; i++) y.data[i] = x.data[i]! * data[i % x.columns]!;
    },
    backward(state, x, _, dy, dx) {
      const { value, gradient } = state as { value: { data: Float64Array }; gradient: { data: Float64Array } };
      for (let i = 0; i < x.rows * x.columns; i++) {
        gradient.data[i % x.columns]! += dy.data[i]! * x.data[i]!;
        if (dx) dx.data[i] = dy.data[i]! * value.data[i % x.columns]!;
      }
    },
  };
  const nested: Layer = {
    kind: "nested",
    inputs: 2,
    outputs: 2,
    plan: (planner, inputs) =>
      planner.child(
        "inner",
        dense(2, 2, {
          weight: [
            [1, 2],
            [3, 4],
          ],
        }),
        inputs,
      ),
    forward: (state, x, y, context) => (state as { forward(...all: unknown[]): void }).forward(x, y, context),
    backward: (state, ...all) => (state as { backward(...all: unknown[]): void }).backward(...all),
  };

  it("layers: the numbers that they gave, and laws for all the rest", () => {
    for (const [own, parameter] of [
      [double, "1.scale[1]"],
      [nested, "1.inner.weight[1,1]"],
    ] as const) {
      const network = new Network([dense(2, 2), own, dense(2, 2)] as never, options) as Network;
      const traced = trace(
        network,
        [
          [1, 2],
          [3, 4],
        ],
        [
          [0, 1],
          [1, 0],
        ],
      );
      const missing = lawless(traced);
      expect(missing).toContain("a1_1[2]");
      expect(missing).toContain(`∂E/∂${parameter}`);
      expect(missing).not.toContain(`${parameter}⁺`);
      expect(missing).toContain("δ1_1[1]");
      expect(missing.filter((name) => !/^a1_|^δ1_|^∂E\/∂1\./.test(name))).toEqual([]);
      network.trainBatch(
        [
          [1, 2],
          [3, 4],
        ],
        [
          [0, 1],
          [1, 0],
        ],
      );
      const { name, gradient } = network.parameters.find((each) => parameter.startsWith(each.name))!;
      const told = [...traced.quantities.values()].filter(
        ({ place }) => place.role === "gradient" && place.parameter === name,
      );
      expect(told.map(({ value }) => value)).toEqual(gradient.flat());
    }
  });

  const square = activation({ name: "square", apply: (z) => z * z, derivative: (z) => 2 * z });
  const quartic = loss({ name: "quartic", value: (p, t) => (p - t) ** 4, derivative: (p, t) => 4 * (p - t) ** 3 });
  const own = new Network([dense(2, 1, { weight: [[1, 2]], bias: [0.5] }), square], { ...options, loss: quartic });

  it("activations: by name, and losses: numbers", () => {
    const traced = trace(own, [1, 2], [30]);
    const { expression } = traced.quantities.get("a1_1")!;
    expect(expression?.op === "apply" && [expression.formula.name, expression.formula.text]).toEqual(["square", null]);
    expect(lawless(traced)).toEqual(["E_1", "∂E/∂a1_1"]);
    expect(traced.quantities.get("E_1")!.value).toBe((5.5 ** 2 - 30) ** 4);
  });

  it("activations and losses: as they say that they are written", () => {
    const formulas = {
      square: {
        value: [(z: string) => `${z}²`, (z: string) => `${z}^2`],
        derivative: [(z: string) => `2·${z}`, (z: string) => `2 ${z}`],
      },
      quartic: {
        value: [(p: string, t: string) => `(${p} − ${t})⁴`, (p: string, t: string) => `(${p} - ${t})^4`],
        derivative: [(p: string, t: string) => `4·(${p} − ${t})³`, (p: string, t: string) => `4 (${p} - ${t})^3`],
      },
    } as const;
    const traced = trace(
      own,
      [
        [1, 2],
        [3, 4],
      ],
      [[30], [40]],
      { formulas },
    );
    expect(lawless(traced)).toEqual([]);
    const text = (name: string) => {
      const { expression } = traced.quantities.get(name)!;
      return expression?.op === "apply" && expression.formula.text!("A", "B");
    };
    expect(text("a1_1[1]")).toBe("A²");
    expect(text("∂a1_1[1]/∂z1_1[1]")).toBe("2·A");
    expect(text("E_1[2]")).toBe("(A − B)⁴");
    expect(text("∂E[2]/∂a1_1[2]")).toBe("4·(A − B)³");
  });

  it("activations that are only called like ours are not written like ours", () => {
    const sharp = activation({
      name: "sigmoid",
      apply: (z) => 1 / (1 + Math.exp(-3 * z)),
      derivative: (_, a) => 3 * a * (1 - a),
    });
    const same = activation({
      name: "sigmoid",
      apply: (z) => 1 / (1 + Math.exp(-z)),
      derivative: (_, a) => a * (1 - a),
    });
    const text = (layer: Layer) => {
      const { expression } = trace(new Network([dense(1, 1), layer], options), [1], [0]).quantities.get("a1_1")!;
      return expression?.op === "apply" && expression.formula.text;
    };
    expect(text(sigmoid)).not.toBeNull();
    for (const each of [sharp, same, { ...sigmoid }, { ...sigmoid, derivative: () => 0 }])
      expect(text(each)).toBeNull();
  });

  it("layers that are only called like ours are not told like ours", () => {
    const layer = dense(2, 1, { weight: [[1, 2]], bias: [0.5] });
    const told = (each: Layer) =>
      lawless(trace(new Network([each, dense(1, 1)] as never, options) as Network, [1, 2], [0]));
    expect(told(layer)).toEqual([]);
    expect(told({ ...layer })).toContain("∂E/∂0.weight[1,1]");
  });

  it("losses that are only called like ours are not written like ours", () => {
    const triple = loss({
      name: "meanSquaredError",
      value: (p, t) => 3 * (p - t) ** 2,
      derivative: (p, t) => 6 * (p - t),
    });
    for (const each of [triple, { ...meanSquaredError }]) {
      const traced = trace(new Network([dense(1, 1)], { ...options, loss: each }), [1], [0]);
      expect(lawless(traced)).toEqual(["E_1", "δ1_1"]);
    }
  });

  it("optimizers: by their options, also where a scalar was changed since", () => {
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
    const network = new Network([dense(1, 1, { weight: [[1]] })], { ...options, optimizer });
    network.trainBatch([2], [0]);
    network.optimizer.learningRate = 0.3;
    const { expression } = trace(network, [2], [0]).quantities.get("w1_11⁺")!;
    expect(JSON.stringify(expression)).toContain("d_w1_11");
    const copy = new Network([dense(1, 1, { weight: [[1]] })], { ...options, optimizer: { ...optimizer } });
    expect(lawless(trace(copy, [2], [0]))).toContain("w1_11⁺");
  });

  it("optimizers: what they did, also if they look ahead or are only called like ours", () => {
    const careful: Optimizer = {
      name: "sgd",
      slots: ["last"],
      scalars: { learningRate: 0.25 },
      step(runs, { scalars, evaluate }) {
        evaluate();
        for (const { parameters: p, gradients: g, slots } of runs) {
          for (let i = 0; i < p.columns; i++) {
            slots[0]!.data[i] = g.data[i]! + 1;
            p.data[i]! -= scalars.data[0]! * Math.sign(g.data[i]!);
          }
        }
      },
    };
    const network = new Network([dense(1, 1, { weight: [[1]] })], { ...options, optimizer: careful });
    const traced = trace(network, [2], [0]);
    expect(lawless(traced)).toEqual(["s1_w1_11⁺", "w1_11⁺", "s1_b1_1⁺", "b1_1⁺"]);
    expect(traced.quantities.get("w1_11⁺")!.value).toBe(0.75);
    expect(traced.quantities.get("s1_w1_11⁺")!.value).toBe(5);
    expect(names(traced, "setting")).toEqual(["learningRate"]);
  });
});

describe("the network itself", () => {
  it("keeps its memory, what it has done so far, and its inputs", () => {
    const network = new Network([dense(2, 2), tanh, dense(2, 1)], {
      ...options,
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    });
    const twin = network.clone();
    const input = Object.freeze([Object.freeze([1, 2]), Object.freeze([3, 4])]) as unknown as [number, number][];
    const target = Object.freeze([Object.freeze([0]), Object.freeze([1])]) as unknown as [number][];
    for (const each of [network, twin]) {
      each.trainBatch(input, target);
      each.forward(input);
      each.backward(target); // waits for a step
      each.forward([[0, 1]]);
    }
    const outputs = network.outputs;
    const first = trace(network, input, target, { rowWeights: [1, 2] });
    expect(network.outputs).toEqual(outputs);
    expect(network.backward([[1]])).toBe(twin.backward([[1]]));
    network.step();
    twin.step();
    expect(network.toJSON()).toEqual(twin.toJSON());
    expect(first.quantities.get("w1⁺")!.value).not.toBe(network.parameter("0.weight").value[0]![0]);
  });

  it("gives the same trace each time, which nothing changes later", () => {
    const network = new Network([dense(1, 1), tanh], options);
    const traced = trace(network, [1], [0]);
    const text = JSON.stringify(traced);
    expect(JSON.stringify(trace(network, [1], [0]))).toBe(text);
    network.trainBatch([[5], [6], [7]], [[0], [0], [0]]);
    expect(JSON.stringify(traced)).toBe(text);
  });

  it("takes gradients of 0 as its start, not those that wait for a step", () => {
    const network = new Network([dense(1, 1, { weight: [[1]], bias: false })], { ...options, loss: meanSquaredError });
    network.forward([1]);
    network.backward([0]);
    expect(trace(network, [1], [0]).quantities.get("∂E/∂w1_11")!.value).toBe(2);
  });
});

describe("what cannot be traced", () => {
  const network = new Network([dense(1, 1)], options);
  const untyped = trace as (...all: unknown[]) => Trace;
  it.each<[string, string, () => unknown]>([
    ["no network", "type", () => untyped({}, [1], [0])],
    ["an unknown option", "option", () => untyped(network, [1], [0], { sign: "negative" })],
    ["another sign", "value", () => untyped(network, [1], [0], { delta: "minus" })],
    [
      "a formula without a derivative",
      "value",
      () => untyped(network, [1], [0], { formulas: { square: { value: [String, String] } } }),
    ],
    [
      "a formula without LaTeX",
      "value",
      () => untyped(network, [1], [0], { formulas: { square: { value: [String], derivative: [String, String] } } }),
    ],
    ["row weights that are too few", "shape", () => untyped(network, [[1], [2]], [[0], [0]], { rowWeights: [1] })],
    ["an input of another size", "shape", () => untyped(network, [1, 2], [0])],
    ["a target of another size", "shape", () => untyped(network, [1], [0, 1])],
    ["no loss", "order", () => untyped(new Network([dense(1, 1)], { optimizer: sgd }), [1], [0])],
    ["no optimizer", "order", () => untyped(new Network([dense(1, 1)], { loss: halfSquaredError }), [1], [0])],
    [
      "an expression that there is not",
      "type",
      () => evaluate(trace(network, [1], [0]).quantities.get("x_1")!.expression!, "float64"),
    ],
    ["a precision that there is not", "value", () => evaluate({ op: "constant", value: 1 }, "float16" as never)],
    [
      "a loss that is not finite",
      "diverged",
      () => untyped(new Network([dense(1, 1, { weight: [[1e150]] })], options), [1e100], [0]),
    ],
  ])("%s is refused", (_, code, attempt) => {
    expect(attempt).toThrow(ChainruleError);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });
});
