import { describe, expect, it, test } from "vitest";
import {
  activation,
  type Activation,
  adam,
  binaryCrossEntropy,
  ChainruleError,
  dense,
  halfSquaredError,
  identity,
  leakyRelu,
  loss,
  meanSquaredError,
  Network,
  reference,
  relu,
  sgd,
  sigmoid,
  softplus,
  tanh,
  wasm,
} from "chainrule";
import { checkActivation, checkGradients, checkLoss } from "chainrule/check";
import { evaluate, toLatex, toText, trace } from "chainrule/trace";
import { runs } from "../support/random-cases.js";

// Activations and losses from formulas. What the library has by hand is the oracle: the same numbers, to the last bit.

const written: readonly (readonly [ours: Activation, text: Omit<Parameters<typeof activation>[0], "name">])[] = [
  [identity, { formula: "z" }],
  [sigmoid, { formula: "logistic(z)", derivative: "a · (1 − a)" }],
  [tanh, { formula: "tanh(z)" }],
  [relu, { formula: "z ≤ 0 ? 0 : z" }],
  [leakyRelu({ slope: 0.1 }), { formula: "z ≤ 0 ? slope · z : z", parameters: { slope: 0.1 } }],
  [softplus({ beta: 1.5 }), { formula: "max(0, z) + log1p(exp(−β · |z|)) / β", derivative: "1 / (1 + exp(−β · z))", parameters: { beta: 1.5 } }], // prettier-ignore
] as never;

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => Array.from(a).every((x, i) => Object.is(x, b[i]));

describe.each(["float64", "float32"] as const)("in %s", (dtype) => {
  const n = runs(200_000);
  const make = (values: (i: number) => number) => {
    const list = Array.from({ length: n }, (_, i) => values(i));
    return dtype === "float32" ? Float32Array.from(list) : Float64Array.from(list);
  };
  const z = make(
    (i) => [0, -0, NaN, Infinity, -Infinity, 1e-310, -1e-40, 800, -800][i] ?? 12 * Math.sin(i * 0.7) * (i / n),
  );
  const da = make((i) => Math.cos(i));

  it.each(written)("$name has the bits of its formula", (ours, text) => {
    const own = activation({ name: "own", ...text } as never);
    const [a, b, da1, da2] = [make(() => 7), make(() => 7), make(() => 7), make(() => 7)];
    ours.map(n, z, a);
    own.map(n, z, b);
    expect(same(b, a)).toBe(true);
    ours.pull(n, z, a, da, da1);
    own.pull(n, z, a, da, da2);
    const differ = z.findIndex((x, i) => !Object.is(da1[i], da2[i]) && !Number.isNaN(x));
    expect(differ < 0 || [z[differ], da1[differ], da2[differ]]).toBe(true);
  });

  it("a network of formulas trains to the bits of ours, on both machines", () => {
    const hidden = activation({ name: "own", formula: "tanh(z)" });
    const squares = loss({
      name: "own",
      formula: "0.5 · (p − t) · (p − t)",
      derivative: "p − t",
      divisor: (rows) => rows,
    });
    const x = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i), Math.sin(2 * i)]);
    const y = x.map(([a, b]) => [a! * b!, a! - b!]);
    const all = [wasm, reference].flatMap((backend) =>
      [[tanh, halfSquaredError] as const, [hidden, squares] as const].map(([f, u]) => {
        const network = new Network([dense(3, 5), f, dense(5, 2)], {
          loss: u as never,
          optimizer: adam,
          seed: 1,
          dtype,
          backend,
        });
        for (let i = 0; i < 50; i++) network.trainBatch(x, y);
        return JSON.stringify(network.parameters.map(({ value }) => value));
      }),
    );
    expect(new Set(all).size).toBe(1);
  });
});

describe("a formula of one's own", () => {
  const formulas = {
    swish: { formula: "z / (1 + exp(−β · z))", parameters: { beta: 1.5 } },
    gelu: { formula: "z / 2 · (1 + erf(z / √2))" },
    mish: { formula: "z · tanh(max(0, z) + log1p(exp(−|z|)))" },
    elu: { formula: "z ≤ 0 ? alpha · expm1(z) : z", parameters: { alpha: 1.2 } },
    hardSwish: { formula: "z · min(max(z + 3, 0), 6) / 6" },
    softsign: { formula: "z / (1 + |z|)" },
    squareplus: { formula: "(z + √(z² + b)) / 2", parameters: { b: 4 } },
    isru: { formula: "z / √(1 + alpha · z²)", parameters: { alpha: 0.5 } },
  };
  const all = Object.entries(formulas).map(([name, text]) => activation({ name, ...text }));

  it.each(all)("$name: its derivative is what differences come to", (own) => {
    expect(checkActivation(own).ok).toBe(true);
    const network = new Network([dense(3, 4), own, dense(4, 2)], { loss: meanSquaredError, seed: 2 });
    const report = checkGradients(
      network,
      [
        [0.5, -1, 2],
        [1, 1.5, -0.3],
      ],
      [
        [1, 0],
        [0, 1],
      ],
    );
    expect(report.ok, String(report)).toBe(true);
  });

  it("is what it was before the network was built again: parameters are its options", () => {
    expect(all[0]!.options).toEqual({ beta: 1.5 });
    expect(Object.isFrozen(all[0]!.options)).toBe(true);
    expect(all[0]!.apply(2)).toBe(2 / (1 + Math.exp(-3)));
  });

  it.each<[string, string, Record<string, number>?]>([
    ["pinball", "t > p ? tau · (t − p) : (1 − tau) · (p − t)", { tau: 0.9 }],
    ["huber", "|p − t| ≤ δ ? (p − t)² / 2 : δ · (|p − t| − δ / 2)", { delta: 0.7 }],
    ["logCosh", "|p − t| + log1p(expm1(−2 · |p − t|) / 2)"],
    ["poisson", "exp(p) − t · p"],
  ])("as a loss, %s is checked as ours are", (name, formula, parameters) => {
    const own = loss({ name, formula, parameters });
    expect(checkLoss(own).ok).toBe(true);
    const network = new Network([dense(2, 2)], { loss: own, optimizer: sgd, seed: 1 });
    const first = network.trainBatch(
      [
        [1, 2],
        [0, -1],
      ],
      [
        [1, 0],
        [2, 1],
      ],
    );
    for (let i = 0; i < 50; i++)
      network.trainBatch(
        [
          [1, 2],
          [0, -1],
        ],
        [
          [1, 0],
          [2, 1],
        ],
      );
    expect(
      network.evaluate(
        [
          [1, 2],
          [0, -1],
        ],
        [
          [1, 0],
          [2, 1],
        ],
      ).loss,
    ).toBeLessThan(first);
  });

  it("is written in a trace, with its derivative, and each line gives its number to the last bit", () => {
    const own = loss({ name: "quartic", formula: "(p − t)^4" });
    const network = new Network([dense(2, 1), all[0]!], { loss: own, optimizer: sgd, seed: 1 });
    const step = trace(network, [1, 2], [1]);
    const text = toText(step, { width: 200 });
    expect(text).toContain("a1_1 = z1_1/(1 + e^(−1.5·z1_1)) =");
    expect(text).toContain("∂E/∂a1_1 = 4·(a1_1 − t_1)³ =");
    expect(toLatex(step)).toContain("\\frac{{z^{(1)}_{1}}}{1 + e^{-1.5 \\, {z^{(1)}_{1}}}}");
    for (const name of ["a1_1", "∂a1_1/∂z1_1", "∂E/∂a1_1"]) {
      const { expression, value, dtype } = step.quantities.get(name)!;
      expect(evaluate(expression!, dtype)).toBe(value);
    }
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "a misspelt function",
      () => activation({ name: "f", formula: "z / (1 + esp(z))" }),
      /activation f, formula, character 10 .*write exp/,
    ],
    ["a name that is not there", () => activation({ name: "f", formula: "b · z" }), /expected a name among z, got "b"/],
    [
      "a wrong derivative",
      () => activation({ name: "f", formula: "z²", derivative: "z" }),
      /leave the derivative out: it is found/,
    ],
    ["a pole at a probe", () => activation({ name: "f", formula: "z / 0" }), /finite numbers at z = -3.7183/],
    [
      "a parameter that is no number",
      () => activation({ name: "f", formula: "z", parameters: { beta: NaN } }),
      /parameters.beta expected a finite number/,
    ],
    [
      "a parameter named as the variable",
      () => activation({ name: "f", formula: "z", parameters: { z: 1 } }),
      /no other meaning, got "z"/,
    ],
    [
      "a parameter of the prototype",
      () => activation({ name: "f", formula: "z", parameters: JSON.parse('{"__proto__": 1}') }),
      /no other meaning/,
    ],
    ["a misspelt part", () => activation({ name: "f", formula: "z", parameter: { b: 1 } } as never), /parameters/],
    [
      "parameters that are a list",
      () => activation({ name: "f", formula: "z", parameters: [1] as never }),
      /parameters such as/,
    ],
    ["too many parameters", () => activation({ name: "f", formula: "z", parameters: Object.fromEntries("bcdefghij".split("").map((x) => [x, 1])) }), /at most 8/], // prettier-ignore
    ["a loss without a name", () => loss({ formula: "p − t" } as never), /\{ name, formula \}/],
    ["a derivative of too many operations", () => activation({ name: "f", formula: Array.from({ length: 40 }, (_, i) => `tanh(z + ${i})`).join(" · ") }), /a derivative of at most 500/], // prettier-ignore
    ["no name", () => activation({ formula: "z" } as never), /\{ name, formula \}/],
    ["a loss of z", () => loss({ name: "u", formula: "z − t" }), /a name among p, t, got "z"/],
    ["a formula that is none", () => activation({ name: "f", formula: 3 } as never), /a formula such as/],
    ["a derivative that grows too large", () => activation({ name: "f", formula: "((((z² + 1)^7 + z)^7 + z)^7 · tanh(z)^7)^7 · ((((z² + 1)^7 + z)^7 + z)^7)" }), /at most 500|finite numbers/], // prettier-ignore
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(ChainruleError);
    expect(make).toThrow(message);
  });

  it("serves a fused loss too", () => {
    const own = activation({ name: "own", formula: "logistic(z)", derivative: "a · (1 − a)", range: "unit" });
    const x = [
      [0.5, -1],
      [1, 1],
    ];
    const losses = [sigmoid, own].map(
      (last) => new Network([dense(2, 1), last], { loss: binaryCrossEntropy, seed: 1 }).evaluate(x, [[1], [0]]).loss,
    );
    expect(losses[1]).toBeCloseTo(losses[0]!, 12);
  });
});
