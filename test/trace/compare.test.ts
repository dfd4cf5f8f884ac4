import {
  adam,
  ChainruleError,
  dense,
  halfSquaredError,
  identity,
  type Layer,
  meanSquaredError,
  Network,
  relu,
  sgd,
  sigmoid,
  tanh,
} from "chainrule";
import { compare, fingerprints, mistakes, trace } from "chainrule/trace";
import { describe, expect, it, test } from "vitest";
import { articleNetwork, figures, input, target, workThrough } from "../../examples/article.js";
import { backward, forward, names, train, type Variant } from "../support/article.js";

/** The table of fingerprints: E after updates 1 and 2, ½Σ(t − o)² whatever was differentiated. */
const table: readonly (readonly [string, Variant, string, string])[] = [
  ["correct", {}, ".291027774", ".283547133"],
  ["updated weights used in the hidden pass", { updatedWeightsFedBack: true }, ".291027924", ".283547364"],
  ["biases trained, one a neuron", { biases: "per neuron" }, ".280471447", ".261907623"],
  ["biases trained, shared", { biases: "shared" }, ".285750887", ".272797264"],
  ["no 1/2 in the error", { errorFactor: 2 }, ".283618982", ".268364853"],
  ["mean over outputs", { errorFactor: 1 / 2 }, ".294708158", ".291009536"],
  ["weights read column by column throughout", { readByColumn: true }, ".296368559", ".288935207"],
  ["sign of the step flipped", { stepUphill: true }, ".305640633", ".312753464"],
  ["output derivative forgotten", { withoutOutputDerivative: true }, ".258260102", ".220366594"],
  ["hidden derivative forgotten", { withoutHiddenDerivative: true }, ".291024764", ".283542881"],
  ["only one output fed back", { onlyFirstOutputFedBack: true }, ".291027283", ".283546384"],
  ["W not transposed in the hidden pass", { notTransposed: true }, ".291027661", ".283546858"],
  ["gradients not zeroed between steps", { gradientsNotZeroed: true }, ".291027774", ".276080869"],
];
const wrong = table.slice(1);

/** By the same numbers: they differ in numbers before the new weights only, or not at all on this network. */
const twins: Readonly<Record<string, readonly string[]>> = {
  "no 1/2 in the error": ["learning rate forgotten"],
  "mean over outputs": ["learning rate applied twice"],
  "sign of the step flipped": ["target − out with the wrong sign"],
};

const check = (numbers: Record<string, number | string>) => compare(articleNetwork(), input, target, numbers);
const namesOf = ({ mistakes }: { readonly mistakes: readonly { readonly name: string }[] }) =>
  mistakes.map(({ name }) => name).sort();

describe("fingerprints of the article's network", () => {
  const all = fingerprints(articleNetwork(), input, target);

  test.each(table)("%s", (name, _, first, second) => {
    const found = all.find(({ mistake }) => (mistake?.name ?? "correct") === name)!;
    expect(found.errors.map((error) => error.toFixed(9))).toEqual([`0${first}`, `0${second}`]);
  });

  test.each(table)("%s, by the textbook's formulas", (_, variant, first, second) => {
    const errors = [1, 2].map((updates) => forward(train(updates, variant)).error.toFixed(9));
    expect(errors).toEqual([`0${first}`, `0${second}`]);
  });

  test("the library leaves the first", () => {
    const network = articleNetwork();
    const errors = [1, 2].map(() => {
      network.trainBatch(input, target);
      return `${network.evaluate(input, target).loss.toFixed(9)}`.slice(1);
    });
    expect(errors).toEqual(table[0]!.slice(2));
  });

  test("no two of these leave the same", () => {
    expect(new Set(table.map(([, , first, second]) => `${first} ${second}`)).size).toBe(table.length);
  });
});

describe("the mistake is recognised on the article's network", () => {
  test.each(wrong)("%s, by E after updates 1 and 2", (name, _, first, second) => {
    const found = check({ "E after 1": first, "E after 2": second });
    expect(namesOf(found)).toEqual([name, ...(twins[name] ?? [])].sort());
    expect(found.verdict).toBe(twins[name] ? "ambiguous" : "mistake");
  });

  test.each(wrong)("%s, by derivatives and new weights of the textbook's formulas", (name, variant) => {
    const next = train(1, variant);
    const gradient = backward(train(0, variant), variant);
    const weights = names.filter((each) => each.startsWith("w"));
    const own = (each: (typeof names)[number]) =>
      variant.readByColumn ? (({ w2: "w3", w3: "w2", w6: "w7", w7: "w6" } as const)[each as "w2"] ?? each) : each;
    const found = check({
      ...Object.fromEntries(weights.map((each) => [`dE/d${own(each)}`, gradient[each].toFixed(9)])),
      ...Object.fromEntries(weights.map((each) => [`${own(each)}+`, next[each].toFixed(9)])),
      "E after 1": forward(next).error.toFixed(9),
      "E after 2": forward(train(2, variant)).error.toFixed(9),
    });
    // Where the step is turned round, the signs of ∂E/∂w tell by whom; what is done with the error and with η they tell too.
    expect(namesOf(found)).toEqual([name]);
    expect(found.verdict).toBe("mistake");
    expect(String(found)).toContain(name);
  });

  it("says which number would tell two apart, and it does", () => {
    const numbers = { "E after 1": ".283618982", "E after 2": ".268364853" };
    const found = check(numbers);
    expect(found.next).toBe("∂E/∂out_o1");
    expect(check({ ...numbers, [found.next!]: "1.48273014" }).mistakes).toMatchObject([
      { name: "no 1/2 in the error" },
    ]);
    expect(check({ ...numbers, [found.next!]: "0.74136507" }).mistakes).toMatchObject([
      { name: "learning rate forgotten" },
    ]);
  });
});

describe("numbers that are right", () => {
  it("are all that the article prints, but for its five exceptions", () => {
    const numbers = Object.fromEntries(
      figures.filter(({ because }) => !because).map(({ name, printed }) => [name, printed]),
    );
    expect(Object.keys(numbers)).toHaveLength(25);
    const found = check(numbers);
    expect(found).toMatchObject({ verdict: "correct", checked: 25, first: null, mistakes: [], next: null });
    expect(String(found)).toBe("25 numbers compared, none wrong.");
  });

  it.each([
    [".29", "correct"],
    ["0.291", "correct"],
    [0.2910278, "correct"],
    ["2.91e-1", "correct"],
    ["0.2910277736935982", "correct"],
    ["0.2910", "correct"],
    ["0.2911", "unknown"],
    ["0.29103", "correct"],
    ["0.2910277", "ambiguous"],
    ["0.29102777", "correct"],
  ] as const)("to the decimals that are written: %s is %s", (number, verdict) => {
    expect(check({ "E after 1": number }).verdict).toBe(verdict);
  });

  it("are every quantity of the trace, by its name, in one row and in a batch, in float32 too", () => {
    const layers = [dense(2, 3), tanh, dense(3, 2), sigmoid, dense(2, 2)] as const;
    const network = new Network(layers, { loss: meanSquaredError, optimizer: adam({ learningRate: 0.1 }), seed: 1 });
    const [x, t] = [
      [
        [1, 2],
        [0.5, -1],
      ],
      [
        [1, 0],
        [0.3, 0.2],
      ],
    ];
    const { quantities } = trace(network, x, t);
    const numbers = Object.fromEntries([...quantities].map(([name, { value }]) => [name, value]));
    expect(compare(network, x, t, numbers)).toMatchObject({ verdict: "correct", checked: quantities.size });
    const single = network.clone({ dtype: "float32" });
    const coarse = Object.fromEntries(
      [...trace(single, x, t).quantities].map(([name, { value }]) => [name, value.toFixed(4)]),
    );
    expect(compare(single, x, t, coarse).verdict).toBe("correct");
  });

  it("changes nothing in the network", () => {
    const network = articleNetwork();
    network.forward(input);
    network.backward(target);
    const before = JSON.stringify(network);
    compare(network, input, target, { "E after 3": 0.5 });
    expect(JSON.stringify(network)).toBe(before);
    network.step();
    expect(network.evaluate(input, target).loss.toFixed(9)).toBe("0.291027774");
  });
});

describe("the article's own exceptions", () => {
  const printed = (name: string) => figures.find((each) => each.name === name)!.printed;

  it("its E after one update and its outputs after 10,000 have one mistake", () => {
    const found = check({
      "E after 1": printed("E after update 1"),
      "out_o1 after 10,000": printed("out_o1 after 10,000"),
      "out_o2 after 10,000": printed("out_o2 after 10,000"),
    });
    expect(found).toMatchObject({
      verdict: "mistake",
      checked: 3,
      mistakes: [{ name: "updated weights used in the hidden pass" }],
    });
    expect(found.first).toMatchObject({ name: "E_total after 1", given: 0.291027924 });
    expect(found.first!.due.toFixed(14)).toBe("0.29102777369360");
    expect(found.first!.apart).toBeCloseTo(1.503064e-7, 12);
  });

  it("its E after 10,000 is that after 9,999", () => {
    expect(check({ "E after 10,000": printed("E after 10,000") })).toMatchObject({
      verdict: "mistake",
      mistakes: [{ name: "counted one update too many" }],
    });
  });

  it("its ∂E_o2/∂out_h1 was made of rounded numbers", () => {
    const found = check({ "∂E_o2/∂out_h1": printed("∂E_o2/∂out_h1") });
    expect(found).toMatchObject({ verdict: "ambiguous", mistakes: [{ name: "every number rounded to 9 decimals" }] });
  });

  it("all its 30 figures together have no single mistake", () => {
    const found = check(Object.fromEntries(figures.map(({ name, printed }) => [name, printed])));
    expect(found).toMatchObject({ verdict: "unknown", checked: 30, mistakes: [] });
    expect(found.first!.name).toBe("∂E_o2/∂out_h1");
  });
});

describe("names", () => {
  const { gradient, delta } = workThrough(1);
  it.each([
    ["∂E/∂w5", gradient[4]!],
    ["dE/dw5", gradient[4]!],
    ["dE_total / dw5", gradient[4]!],
    ["δ_o1", delta.o1],
    ["delta_o1", delta.o1],
    ["dE/dnet_o1", delta.o1],
    ["w5+", 0.35891648],
    ["w5⁺", 0.35891648],
    ["w5 after 1", 0.35891648],
    ["E", 0.298371109],
    ["E_total", 0.298371109],
    ["loss", 0.298371109],
    ["E+", 0.291027774],
    ["E after update 1", 0.291027774],
    ["E after 1 update", 0.291027774],
    ["e_total after 1", 0.291027774],
    ["dE_o1/dout_h1", 0.055399425],
    ["net_h1", 0.3775],
    ["i1", 0.05],
  ])("%s", (name, due) => {
    expect(check({ [name]: due.toFixed(9).replace(/0+$/, "") }).verdict).toBe("correct");
    expect(check({ [name]: (due + 0.1).toFixed(9) }).first?.apart).toBeCloseTo(0.1, 8);
  });

  it("the first wrong number is the first of the step, not of the list", () => {
    const found = check({ "E after 2": 1, "w1+": 1, "dE/dw5": "1", net_o1: 1.105905967, δ_o2: 1 });
    expect(found.first).toMatchObject({ name: "δ_o2", given: 1 });
    expect(found.checked).toBe(5);
  });
});

describe("what is due", () => {
  it.each([
    [{ "dE/dw1": "0.1" }, "is 0.1, should be 0.000439"],
    [{ E: "0.3", "w5+": "1" }, "is 1, should be 0.359"],
    [{ "dE/dw5": "0.0821671" }, "is 0.0821671, should be 0.0821670"],
    [{ net_h1: "1e2" }, "is 100, should be 0.378"],
  ])("of %j is told in three figures at least", (numbers, sentence) => {
    expect(String(check(numbers))).toContain(sentence);
  });
});

describe("bad input", () => {
  const custom: Layer = {
    kind: "double",
    plan: () => null,
    forward: (_, x, y) => void y.data.set(x.data),
    backward: (_, _x, _y, dy, dx) => void dx?.data.set(dy.data),
  };
  const lone = (layers: readonly Layer[], options = {}) =>
    new Network(layers as never, { loss: halfSquaredError, optimizer: sgd, seed: 1, ...options }) as Network;
  const optimizer = { name: "still", slots: [], scalars: {}, step: () => undefined };
  const rows: readonly (readonly [string, () => unknown, string, string])[] = [
    ["a name that there is not", () => check({ nett_h1: 1 }), "name", 'got "nett_h1": write "net_h1"'],
    [
      "a name that is far from all",
      () => check({ entropy_of_it: 1 }),
      "name",
      'got "entropy_of_it": take one that toText(trace(…))',
    ],
    ["a neuron that there is not", () => check({ out_o3: 1 }), "name", 'got "out_o3": take one that toText(trace(…))'],
    [
      "a name of another network",
      () => compare(lone([dense(1, 1), tanh, dense(1, 1)]), [1], [1], { out_o1: 1 }),
      "name",
      'got "out_o1": take one',
    ],
    ["less than no updates", () => check({ "E after -1": 1 }), "value", "at least 0 updates, got -1"],
    ["a word for a number", () => check({ net_h1: "abc" }), "type", 'got "abc": write a number'],
    ["an empty string", () => check({ net_h1: "" }), "type", "a number"],
    ["a decimal comma", () => check({ net_h1: "0,3775" }), "type", "write 0.3775"],
    ["a list", () => check({ net_h1: [1] as never }), "type", "a number"],
    ["null", () => check({ net_h1: null as never }), "type", "a number"],
    ["NaN", () => check({ net_h1: NaN }), "value", "a finite number"],
    ["no numbers", () => check({}), "value", "at least one number"],
    ["a list of numbers", () => check([1] as never), "type", "an object with a name for each number"],
    ["too many updates", () => check({ "E after 10,000,000": 1 }), "value", "at most 1000000 updates"],
    [
      "no network",
      () => compare({} as never, input as never, target as never, { E: 1 }),
      "type",
      "write compare(network",
    ],
    [
      "no network for fingerprints",
      () => fingerprints(null as never, input as never, target as never),
      "type",
      "write fingerprints(network",
    ],
    [
      "an input that is too long",
      () => compare(articleNetwork() as Network, [1, 2, 3], [1, 2], { E: 1 }),
      "shape",
      "a list of 2 numbers",
    ],
    ["a layer of another kind", () => compare(lone([dense(1, 1), custom]), [1], [1], { E: 1 }), "type", "got double"],
    [
      "an optimizer of another kind",
      () => compare(lone([dense(1, 1)], { optimizer }), [1], [1], { E: 1 }),
      "type",
      "got still",
    ],
    [
      "an optimizer that is only called like ours",
      () => compare(lone([dense(1, 1)], { optimizer: { ...optimizer, name: "sgd" } }), [1], [1], { E: 1 }),
      "type",
      "got sgd",
    ],
    [
      "a layer that is only called like ours",
      () => compare(lone([{ ...dense(1, 1) }]), [1], [1], { E: 1 }),
      "type",
      "got dense",
    ],
    [
      "no loss",
      () => compare(lone([dense(1, 1)], { loss: undefined }), [1], [1], { E: 1 }),
      "order",
      "the option loss",
    ],
    [
      "no optimizer",
      () => compare(lone([dense(1, 1)], { optimizer: undefined }), [1], [1], { E: 1 }),
      "order",
      "the option optimizer",
    ],
  ];
  it.each(rows)("%s", (_, call, code, sentence) => {
    let caught: unknown;
    try {
      call();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ChainruleError);
    expect((caught as ChainruleError).code).toBe(code);
    expect((caught as ChainruleError).message).toContain(sentence);
  });
});

describe("the table of mistakes", () => {
  it("has a name, a sentence and a remedy for each, no name twice", () => {
    expect(new Set(mistakes.map(({ name }) => name)).size).toBe(mistakes.length);
    expect(mistakes.length).toBeGreaterThanOrEqual(12 + 10);
    for (const { what, remedy } of mistakes)
      for (const sentence of [what, remedy]) expect(sentence).toMatch(/^\S.*[.…)]$/);
  });

  it("has only those that can be made in a network", () => {
    const plain = new Network([dense(1, 1), relu, dense(1, 1), identity], {
      loss: meanSquaredError,
      optimizer: sgd,
      seed: 1,
    });
    const shown = fingerprints(plain, [1], [1]).map(({ mistake }) => mistake?.name);
    for (const name of [
      "Adam without bias correction",
      "momentum forgotten",
      "one update for each example",
      "mean over outputs",
    ])
      expect(shown).not.toContain(name);
    expect(shown).toContain("learning rate forgotten");
  });
});
