import { adam, dense, halfSquaredError, Network, type Optimizer, sgd, sigmoid } from "chainrule";
import { trace } from "chainrule/trace";
import { describe, expect, it } from "vitest";

// The figures are those of the article, Matt Mazur, "A Step by Step Backpropagation Example" (2015), in float64, computed
// for it with other programs; the four that the article itself has otherwise are those of the correct step.

const network = (optimizer: Optimizer = sgd({ learningRate: 0.5 }), freeze: readonly "bias"[] = ["bias"]) => {
  const layers = [
    dense(2, 2, {
      weight: [
        [0.15, 0.2],
        [0.25, 0.3],
      ],
      bias: { shared: 0.35 },
      freeze,
    }),
    sigmoid,
    dense(2, 2, {
      weight: [
        [0.4, 0.45],
        [0.5, 0.55],
      ],
      bias: { shared: 0.6 },
      freeze,
    }),
    sigmoid,
  ] as const;
  return new Network(layers, { loss: halfSquaredError, optimizer });
};
const article = (delta?: "positive" | "negative") => trace(network(), [0.05, 0.1], [0.01, 0.99], delta && { delta });

const figures: Readonly<Record<string, number>> = {
  net_h1: 0.3775,
  out_h1: 0.59326999210719,
  out_h2: 0.59688437825977,
  net_o1: 1.10590596705977,
  out_o1: 0.75136506955232,
  out_o2: 0.77292846532146,
  E_o1: 0.274811083176155,
  E_o2: 0.023560025583848,
  E_total: 0.29837110876,
  "∂E/∂out_o1": 0.74136506955232,
  "∂out_o1/∂net_o1": 0.18681560180896,
  "∂net_o1/∂w5": 0.59326999210719,
  δ_o1: 0.13849856162856,
  "∂E/∂w5": 0.08216704056423,
  "w5⁺": 0.35891647971788,
  "w6⁺": 0.40866618607623,
  "w7⁺": 0.51130127023874,
  "w8⁺": 0.56137012110799,
  "∂net_o1/∂out_h1": 0.4,
  "∂E_o1/∂out_h1": 0.05539942465142,
  "∂E_o2/∂out_h1": -0.019049118258278,
  "∂E/∂out_h1": 0.03635030639314,
  "∂out_h1/∂net_h1": 0.24130070857233,
  "∂net_h1/∂w1": 0.05,
  "∂E/∂w1": 0.00043856773447,
  "w1⁺": 0.149780716132763,
  "w2⁺": 0.199561432265526,
  "w3⁺": 0.24975114363237,
  "w4⁺": 0.299502287264739,
  "E_total⁺": 0.2910277736936,
};

describe("the article's step", () => {
  const traced = article();

  it.each(Object.entries(figures))("%s is %f", (name, due) => {
    expect(traced.quantities.get(name)?.value).toBeCloseTo(due, 14);
  });

  it("comes in the article's order", () => {
    const names = [...traced.quantities.keys()];
    // The article updates w5 … w8 on paper before it goes on to the hidden layer, and gives δ its name after ∂E/∂w5.
    const due = Object.keys(figures).filter((name) => name !== "δ_o1" && !/^w.⁺/.test(name));
    expect([...due].sort((a, b) => names.indexOf(a) - names.indexOf(b))).toEqual(due);
  });

  it("has a name for each number of the network, and none besides", () => {
    const of = (role: string) =>
      [...traced.quantities.values()].filter(({ place }) => place.role === role).map(({ name }) => name.text);
    expect(of("input")).toEqual(["i1", "i2"]);
    expect(of("target")).toEqual(["target_o1", "target_o2"]);
    expect(of("parameter")).toEqual(["w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2"]);
    expect(of("value")).toEqual(["net_h1", "net_h2", "out_h1", "out_h2", "net_o1", "net_o2", "out_o1", "out_o2"]);
    expect(of("delta")).toEqual(["δ_o1", "δ_o2", "δ_h1", "δ_h2"]);
    expect(of("gradient")).toEqual(
      ["w5", "w6", "w7", "w8", "b2", "w1", "w2", "w3", "w4", "b1"].map((name) => `∂E/∂${name}`),
    );
    expect(of("updated")).toEqual(["w1⁺", "w2⁺", "w3⁺", "w4⁺", "w5⁺", "w6⁺", "w7⁺", "w8⁺"]);
    expect(of("setting")).toEqual(["η"]);
  });

  it("says where each quantity is", () => {
    expect(traced.quantities.get("w8")!.place).toEqual({
      role: "parameter",
      layer: 2,
      parameter: "2.weight",
      row: null,
      index: [1, 1],
    });
    expect(traced.quantities.get("out_h2")!.place).toEqual({
      role: "value",
      layer: 1,
      parameter: null,
      row: 0,
      index: [1],
    });
    expect(traced.quantities.get("∂net_o2/∂w7")!.place).toEqual({
      role: "factor",
      layer: 2,
      parameter: "2.weight",
      row: 0,
      index: [1, 0],
    });
  });

  it("has δ with the other sign, and nothing else", () => {
    const flipped = article("negative");
    expect([...flipped.quantities.keys()]).toEqual([...traced.quantities.keys()]);
    for (const [name, { value }] of flipped.quantities) {
      expect(value, name).toBe(
        name.startsWith("δ") ? -traced.quantities.get(name)!.value : traced.quantities.get(name)!.value,
      );
    }
    expect(flipped.quantities.get("δ_o1")!.value).toBeCloseTo(-0.13849856162856, 14);
  });

  it("trains a shared bias by the sum of the layer's δ", () => {
    const { quantities } = trace(network(undefined, []), [0.05, 0.1], [0.01, 0.99]);
    const sum = quantities.get("δ_o1")!.value + quantities.get("δ_o2")!.value;
    expect(quantities.get("∂E/∂b2")!.value).toBe(sum);
    expect(quantities.get("b2⁺")!.value).toBe(0.6 - 0.5 * sum);
    expect(quantities.get("E_total⁺")!.value).toBeCloseTo(0.285750887, 9); // when the biases are trained too
  });

  it("shows the matrices of the same", () => {
    const matrices = traced.sections.flatMap((section) => section.matrices);
    expect(matrices.map(({ name, law }) => `${name.text} = ${law.text}`)).toEqual([
      "Net_h = I·W_hᵀ + b_h",
      "Out_h = sigmoid(Net_h)",
      "Net_o = Out_h·W_oᵀ + b_o",
      "Out_o = sigmoid(Net_o)",
      "∂E/∂Out_o = Out_o − T",
      "∂E/∂Net_o = ∂E/∂Out_o ⊙ ∂Out_o/∂Net_o",
      "∂E/∂W_o = (∂E/∂Net_o)ᵀ·Out_h",
      "∂E/∂b_o = Σ ∂E/∂Net_o",
      "∂E/∂Out_h = ∂E/∂Net_o·W_o",
      "∂E/∂Net_h = ∂E/∂Out_h ⊙ ∂Out_h/∂Net_h",
      "∂E/∂W_h = (∂E/∂Net_h)ᵀ·I",
      "∂E/∂b_h = Σ ∂E/∂Net_h",
      "W_h⁺ = W_h − η·∂E/∂W_h",
      "W_o⁺ = W_o − η·∂E/∂W_o",
    ]);
    const { quantities } = traced;
    const [weights] = matrices.filter(({ name }) => name.text === "W_o⁺");
    expect(weights!.result.values).toEqual(
      [
        ["w5⁺", "w6⁺"],
        ["w7⁺", "w8⁺"],
      ].map((row) => row.map((name) => quantities.get(name)!.value)),
    );
  });
});

describe("the article's network with a memory", () => {
  it("moves by Adam at first as far as the learning rate", () => {
    const { quantities } = trace(network(adam({ learningRate: 0.01 })), [0.05, 0.1], [0.01, 0.99]);
    const value = (name: string) => quantities.get(name)!.value;
    const g = figures["∂E/∂w5"]!;
    expect(value("m_w5⁺")).toBeCloseTo(0.1 * g, 12);
    expect(value("v_w5⁺")).toBeCloseTo(0.001 * g * g, 12);
    expect(value("m̂_w5")).toBeCloseTo(g, 12);
    expect(value("√v̂_w5")).toBeCloseTo(g, 12);
    expect(value("w5⁺")).toBeCloseTo(0.39, 8);
  });

  it("keeps a velocity", () => {
    const other = network(sgd({ learningRate: 0.5, momentum: 0.9 }));
    const first = trace(other, [0.05, 0.1], [0.01, 0.99]).quantities;
    other.trainBatch([0.05, 0.1], [0.01, 0.99]);
    const second = trace(other, [0.05, 0.1], [0.01, 0.99]).quantities;
    expect(first.get("v_w5⁺")!.value).toBe(first.get("∂E/∂w5")!.value);
    expect(second.get("v_w5")!.value).toBe(first.get("v_w5⁺")!.value);
    expect(second.get("v_w5⁺")!.value).toBe(0.9 * second.get("v_w5")!.value + second.get("∂E/∂w5")!.value);
  });
});
