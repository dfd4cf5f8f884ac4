import { describe, expect, test } from "vitest";
import { articleNetwork, digits, figures, input, rounded, target, workThrough } from "../../examples/article.js";
import { forward, start, train } from "../support/article.js";

const lesson = workThrough();
const figure = (name: string) => figures.find((candidate) => candidate.name === name)!;

describe("the article's 30 printed results", () => {
  const [match, explained] = [figures.filter(({ because }) => !because), figures.filter(({ because }) => because)];

  test("25 and 5, each by a name of its own", () => {
    expect(match).toHaveLength(25);
    expect(explained).toHaveLength(5);
    expect(new Set(figures.map(({ name }) => name)).size).toBe(30);
  });

  test.each(match.map((row) => [row.name, row] as const))("%s to the printed precision", (_, row) => {
    expect(rounded(row, lesson)).toBe(row.printed);
  });

  // calculated elsewhere: the exceptions with 50 digits, the others in float64
  test.each([
    ["out_h1", "0.59326999210719"],
    ["out_h2", "0.59688437825977"],
    ["net_o1", "1.10590596705977"],
    ["out_o1", "0.75136506955232"],
    ["out_o2", "0.77292846532146"],
    ["E_total", "0.29837110876000"],
    ["∂E/∂out_o1", "0.74136506955232"],
    ["∂out_o1/∂net_o1", "0.18681560180896"],
    ["δ_o1", "0.13849856162856"],
    ["∂E/∂w5", "0.08216704056423"],
    ["w5⁺", "0.35891647971788"],
    ["w6⁺", "0.40866618607623"],
    ["w7⁺", "0.51130127023874"],
    ["w8⁺", "0.56137012110799"],
    ["∂E_o1/∂out_h1", "0.05539942465142"],
    ["∂E_o2/∂out_h1", "-0.019049118258278"],
    ["∂E/∂out_h1", "0.03635030639314"],
    ["∂out_h1/∂net_h1", "0.24130070857233"],
    ["∂E/∂w1", "0.00043856773447"],
    ["E after update 1", "0.29102777369360"],
    ["E after 10,000", "0.00003510187782979"],
    ["out_o1 after 10,000", "0.01591362044355"],
    ["out_o2 after 10,000", "0.98406427351462"],
  ])("%s at its true value, %s", (name, value) => {
    const decimals = value.length - value.indexOf(".") - 1;
    expect(lesson.value(name).toFixed(decimals)).toBe(value);
  });

  test.each(explained.map((row) => [row.name, row] as const))("%s is not what is printed", (_, row) => {
    expect(rounded(row, lesson)).not.toBe(row.printed);
  });
});

describe("the mistake behind each of the five", () => {
  const printed = (name: string) => figure(name).printed;
  const as = (value: number, name: string) => value.toFixed(digits(figure(name)));

  test("∂E_o2/∂out_h1 was made of two rounded neighbours", () => {
    const difference = Number(printed("∂E/∂out_h1")) - Number(printed("∂E_o1/∂out_h1"));
    expect(as(difference, "∂E_o2/∂out_h1")).toBe(printed("∂E_o2/∂out_h1"));
  });

  test("E after one update: w5 to w8 overwritten before the error was fed back", () => {
    const { error } = forward(train(1, { updatedWeightsFedBack: true }));
    expect(as(error, "E after update 1")).toBe(printed("E after update 1"));
    expect(error.toFixed(14)).toBe("0.29102792390544");
  });

  test("outputs after 10,000 updates: the same", () => {
    const { outO1, outO2, error } = forward(train(10_000, { updatedWeightsFedBack: true }));
    expect(as(outO1, "out_o1 after 10,000")).toBe(printed("out_o1 after 10,000"));
    expect(as(outO2, "out_o2 after 10,000")).toBe(printed("out_o2 after 10,000"));
    expect(outO1.toFixed(14)).toBe("0.01591219632603");
    expect(outO2.toFixed(14)).toBe("0.98406573448563");
    expect(error.toFixed(9), "what that script printed: the article's figure without its 1").toBe("0.000035085");
  });

  test("E after 10,000 is E after 9,999 correct updates", () => {
    expect(as(workThrough(9_999).last.total, "E after 10,000")).toBe(printed("E after 10,000"));
    expect(as(forward(train(9_999)).error, "E after 10,000")).toBe(printed("E after 10,000"));
  });

  test("and the new hidden weights that the article prints follow the correct rule", () => {
    const wrong = train(1, { updatedWeightsFedBack: true });
    const names = ["w1", "w2", "w3", "w4"] as const;
    const differ = names.filter((name) => as(wrong[name], `${name}⁺`) !== printed(`${name}⁺`));
    expect(differ).toEqual(["w1", "w2", "w3", "w4"]);
  });
});

test("the hidden section writes w3 where net_h1 takes w2: its own 0.3775 needs w2", () => {
  const [i1, i2] = input;
  expect((start.w1 * i1 + start.w2 * i2 + start.bh1).toFixed(4)).toBe("0.3775");
  expect((start.w1 * i1 + start.w3 * i2 + start.bh1).toFixed(4)).toBe("0.3825");
  expect(rounded(figure("net_h1"), lesson)).toBe("0.3775");
});

test("E after updates 2 and 3", () => {
  const network = articleNetwork();
  const errors = [1, 2, 3].map(() => {
    network.trainBatch(input, target);
    return network.evaluate(input, target).loss.toFixed(9);
  });
  expect(errors).toEqual(["0.291027774", "0.283547133", "0.275943289"]);
});

describe("biases trained too", () => {
  test.each([
    ["per neuron", ["0.280471447", "0.261907623"], 2.4475622e-6, ["0.011587527", "0.988458935"]],
    ["shared", ["0.285750887", "0.272797264"], 4.3553211e-6, ["0.012102159", "0.987928390"]],
  ] as const)("%s", (bias, first, last, outputs) => {
    const network = articleNetwork(bias);
    const errors: number[] = [];
    for (let update = 1; update <= 10_000; update++) {
      network.trainBatch(input, target);
      if (update <= 2) errors.push(network.evaluate(input, target).loss);
    }
    expect(errors.map((error) => error.toFixed(9))).toEqual(first);
    expect(network.evaluate(input, target).loss.toPrecision(8)).toBe(last.toPrecision(8));
    expect(network.predict(input).map((out) => out.toFixed(9))).toEqual(outputs);
  });

  test("the gradient of a shared bias is the sum of its layer's deltas", () => {
    const gradients = (bias: "per neuron" | "shared") => {
      const network = articleNetwork(bias);
      network.forward(input);
      network.backward(target);
      return ["0.bias", "2.bias"].map((name) => network.parameter(name).gradient.flat());
    };
    const sums = gradients("per neuron").map(([first, second]) => [first! + second!]);
    expect(gradients("shared")).toEqual(sums);
  });
});
