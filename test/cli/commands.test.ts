import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  catalogue,
  Network,
  adam,
  binaryCrossEntropy,
  dense,
  halfSquaredError,
  leakyRelu,
  sgd,
  sigmoid,
  softplus,
  tanh,
} from "chainrule";
import { toMarkdown, toText, trace } from "chainrule/trace";
import { afterAll, describe, expect, it, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { tables } from "../../src/files/blocks.js";
import { forward, start, train } from "../support/article.js";
import { call, chainrule, type Outcome } from "../support/command.js";
import * as rows from "../support/tables.js";

const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const model = {
  layers: [
    {
      dense: [2, 3],
      weight: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      bias: false,
    },
    { leakyRelu: { slope: 0.1 } },
    { dense: [3, 1], weight: { constant: [0.5] }, bias: { shared: 0.25 } },
    "softplus",
  ],
  loss: "halfSquaredError",
  optimizer: { sgd: { learningRate: 0.5, momentum: 0.9 } },
  input: [0.5, -1],
  target: [2],
  seed: 7,
};
const network = new Network(
  [
    dense(2, 3, {
      weight: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      bias: false,
    }),
    leakyRelu({ slope: 0.1 }),
    dense(3, 1, { weight: [[0.5, 0.5, 0.5]], bias: { shared: 0.25 } }),
    softplus,
  ],
  { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }), seed: 7 },
);

const layerNames = [...Object.keys(catalogue.layers), ...Object.keys(catalogue.activations)];

describe("help and version", () => {
  it.each([[[]], [["--help"]], [["-h"]], [["help"]]])("chainrule %j shows the commands", async (args) => {
    const { code, stdout } = await call(...args);
    expect(code).toBe(0);
    for (const name of ["train", "predict", "article", "xor", "check", "explain", "summary"])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  it("each command shows its options, in no more than 125 columns", async () => {
    for (const name of ["train", "predict", "article", "xor", "check", "explain", "summary"]) {
      const { code, stdout } = await call(name, "--help");
      expect(code).toBe(0);
      expect(stdout).toContain(`chainrule ${name}`);
      expect(stdout).toContain("--help");
      for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(125);
      for (const line of stdout.split("\n").filter((line) => line.startsWith("  --")))
        expect(line).toMatch(/^ {2}--\S+( \S+)? {2,}\S/);
    }
  });

  it("the version is that of the package", async () => {
    expect(await call("--version")).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
    expect(await call("-v")).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it("a command that there is not is refused", async () => {
    expect(await call("artcle")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        'chainrule: command expected one of train, predict, article, xor, check, explain, formula, summary, got "artcle": write article\n',
    });
    expect((await call("constructor")).code).toBe(2);
  });
});

describe("a saved network", () => {
  const trained = network.clone();
  trained.trainBatch(model.input, model.target);

  it.each(["toJSON", "checkpoint"] as const)("is explained, and summed up: %s", async (form) => {
    const saved = trained[form]();
    expect((await call("summary", write("saved.json", saved))).stdout).toBe(`${trained.summary()}\n`);
    const { input, target } = model;
    const { code, stdout } = await call("explain", write("with-example.json", { ...saved, input, target }));
    const same = form === "checkpoint" ? trained : Network.from(saved);
    const explained = toText(trace(same, input as never, target as never));
    expect([code, stdout]).toEqual([0, explained.replace("\n", ` of ${join(folder, "with-example.json")}\n`)]);
  });

  it("without an input is told to have one", async () => {
    const { code, stderr } = await call("explain", write("saved.json", trained.toJSON()));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/saved\.json expected input, got none: write "input": /)]);
  });
});

describe("explain and summary", () => {
  const file = write("model.json", model);

  it("are of the network that the model describes", async () => {
    const step = trace(network, [0.5, -1], [2]);
    const title = `One training step of ${file}`;
    expect(await call("explain", file)).toEqual({ code: 0, stdout: toText(step, { title }), stderr: "" });
    expect(await call("explain", file, "--markdown", "--elements", "--digits", "3")).toEqual({
      code: 0,
      stdout: toMarkdown(step, { title, matrices: false, digits: 3 }),
      stderr: "",
    });
    expect(await call("summary", file)).toEqual({ code: 0, stdout: `${network.summary()}\n`, stderr: "" });
  });

  it("a block may be given by its name and all its options", async () => {
    const named = network.layers.map(({ kind, options }) => ({ [kind]: options }));
    const again = write("again.json", {
      ...model,
      layers: named,
      optimizer: { sgd: { ...network.optimizer.scalars } },
    });
    expect((await call("explain", again)).stderr).toContain("sgd expected an option among learningRate");
    const other = write("again.json", { ...model, layers: named });
    const title = `One training step of ${other}`;
    expect((await call("explain", other)).stdout).toBe(toText(trace(network, [0.5, -1], [2]), { title }));
  });

  it("fold what is large, unless all is asked for", async () => {
    const large = write("large.json", { ...model, layers: [{ dense: [2, 30] }, "tanh", { dense: [30, 1] }] });
    expect((await call("explain", large)).stdout).toMatch(/… \d+ more$/m);
    expect((await call("explain", large, "--all")).stdout).not.toContain(" more");
  });

  it("start from the same weights each time, those of seed 1 if none is given", async () => {
    const random = { ...model, layers: [{ dense: [2, 3] }, "tanh", { dense: [3, 1] }], seed: undefined };
    const [unsaid, one] = [write("unsaid.json", random), write("one.json", { ...random, seed: 1 })];
    const shown = async (file: string) => (await call("explain", file)).stdout.split("\n").slice(1);
    expect(await shown(unsaid)).toEqual(await shown(unsaid));
    expect(await shown(unsaid)).toEqual(await shown(one));
  });

  it("take what is piped in", async () => {
    const { code, stdout } = await chainrule(["summary", "-"], { input: JSON.stringify(model) });
    expect([code, stdout]).toEqual([0, `${network.summary()}\n`]);
  });

  it("read a file with a byte order mark, and the number of a class as a target", async () => {
    const classes = { ...model, layers: [{ dense: [2, 3] }, "softmax"], loss: "crossEntropy", target: 1 };
    const { code, stdout } = await call("explain", write("classes.json", `\uFEFF${JSON.stringify(classes)}`));
    const rows = { ...classes, target: [0, 1, 0] };
    expect([code, stdout]).toEqual([
      0,
      (await call("explain", write("rows.json", rows))).stdout.replace("rows.json", "classes.json"),
    ]);
  });

  it("know every block of the library, and nothing else", () => {
    const named = (list: readonly { readonly name: string }[]) =>
      list
        .map(({ name }) => name)
        .filter((name) => !["activation", "loss"].includes(name))
        .sort();
    expect(Object.keys(tables.layers).sort()).toEqual(named([...rows.layers, ...rows.activations]));
    expect(Object.keys(tables.losses).sort()).toEqual(named(rows.losses));
    expect(Object.keys(tables.optimizers).sort()).toEqual(named(rows.optimizers));
    expect(Object.keys(tables.initializers).sort()).toEqual(named(rows.initializers));
  });

  it("leave prototypes alone", async () => {
    await call(
      "explain",
      write(
        "evil.json",
        '{ "layers": [{ "dense": [2, 2], "__proto__": { "bias": false } }], "__proto__": { "polluted": 1 } }',
      ),
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

const layers = (list: string): string => `{ "layers": ${list} }`;

test.each([
  ["no JSON", "{", "expected JSON"],
  ["a list", "[1]", 'expected an object { "layers": […], … }, got [1]'],
  ["no layers", "{}", 'expected layers, got none: write "layers": [{ "dense": [2, 1] }, "sigmoid"]'],
  ["a misspelt key", '{ "layer": [] }', 'got "layer": write layers'],
  [
    "a misspelt layer",
    layers('["sigmoyd"]'),
    `layer 0 expected one of ${layerNames.join(", ")}, got "sigmoyd": write "sigmoid"`,
  ],
  ["a layer that is not called", layers('["dense"]'), "layer 0 expected a layer, got the function dense: call it"],
  ["a word of the language", layers('["constructor"]'), 'got "constructor"'],
  ["a prototype for a layer", layers('["__proto__"]'), 'got "__proto__"'],
  ["a prototype among options", layers('[{ "dense": [2, 2], "__proto__": {} }]'), 'got "__proto__": leave it out'],
  ["a prototype among keys", '{ "layers": [{ "dense": [2, 2] }], "__proto__": {} }', 'got "__proto__": leave it out'],
  ["a layer of nothing", layers("[null]"), "layer 0 expected one of"],
  ["two layers in one", layers('[{ "dense": [2, 2], "relu": [] }]'), "layer 0 expected one of"],
  ["an initializer for a layer", layers('["he"]'), "layer 0 expected one of"],
  [
    "an unknown initializer",
    layers('[{ "dense": [2, 2], "weight": "xavier" }]'),
    'weight expected one of glorot, he, orthogonal, constant, zeros, got "xavier": write "glorot"',
  ],
  [
    "an initializer that takes nothing",
    layers('[{ "dense": [2, 2], "weight": { "zeros": 1 } }]'),
    "zeros options expected a plain object, got 1",
  ],
  ["a function's text", layers('[{ "dense": [2, 2], "weight": { "value": "() => 1" } }]'), "weight"],
  [
    "sizes that don't fit",
    layers('[{ "dense": [2, 2] }, { "dense": [3, 1] }]'),
    "layer 1 is dense(3, 1) but the layers before it output 2 values: use dense(2, 1)",
  ],
  [
    "a misspelt option",
    '{ "layers": [{ "dense": [2, 2] }], "optimizer": { "sgd": { "lr": 1 } } }',
    'got "lr": write learningRate',
  ],
  ["a seed that is none", '{ "layers": [{ "dense": [2, 2] }], "seed": "x" }', "seed expected a whole number"],
  [
    "no input",
    '{ "layers": [{ "dense": [2, 2] }], "loss": "halfSquaredError", "optimizer": "sgd" }',
    "expected input, got none",
  ],
  [
    "no loss",
    '{ "layers": [{ "dense": [1, 1] }], "optimizer": "sgd", "input": [1], "target": [1] }',
    'expected loss, got none: write "loss": "halfSquaredError"',
  ],
  [
    "no optimizer",
    '{ "layers": [{ "dense": [1, 1] }], "loss": "halfSquaredError", "input": [1], "target": [1] }',
    'expected optimizer, got none: write "optimizer": "sgd"',
  ],
  [
    "input of another size",
    '{ "layers": [{ "dense": [2, 1] }], "loss": "halfSquaredError", "optimizer": "sgd", "input": [1], "target": [1] }',
    "input expected a list of 2 numbers, got [1]",
  ],
])("a model with %s is refused in one line", async (name, text, message) => {
  const { code, stdout, stderr } = await call("explain", write(`${name.replaceAll(/\W/g, "-")}.json`, text));
  expect(stderr).toMatch(/^chainrule: .*\n$/);
  expect(stderr).toContain(message);
  expect([code, stdout]).toEqual([2, ""]);
});

test.each([
  ["explain", "one file", "[]"],
  ["summary a.json b.json", "one file", '["a.json", "b.json"]'],
  ["check /no/such/file.json", "a file that can be read", "ENOENT"],
])("chainrule %s is refused", async (args, expected, got) => {
  const { code, stderr } = await call(...args.split(" "));
  expect(code).toBe(2);
  expect(stderr).toContain(`expected ${expected}, got ${got}`);
});

describe("check", () => {
  const after = train(1);

  it("ends with 0 where the numbers are right", async () => {
    const numbers = {
      net_h1: forward(start).netH1,
      "w5+": after.w5.toFixed(8),
      "E after 1": forward(after).error.toFixed(9),
      "E after 10000": forward(train(10_000)).error,
    };
    const { code, stdout, stderr } = await call("check", write("right.json", numbers));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("4 numbers compared");
  });

  it("ends with 1 where they are wrong, and says which mistake was made", async () => {
    const error = forward(train(1, { updatedWeightsFedBack: true })).error;
    const { code, stdout } = await call("check", write("wrong.json", { "E after 1": error.toFixed(9) }));
    expect(code).toBe(1);
    expect(stdout).toContain("updated weights used in the hidden pass");
  });

  it("takes the biases as they were trained, and another network", async () => {
    const numbers = write("shared.json", { "E after 1": forward(train(1, { biases: "shared" })).error });
    expect((await call("check", numbers, "--biases", "shared")).code).toBe(0);
    expect((await call("check", numbers)).code).toBe(1);
    const step = trace(network, [0.5, -1], [2]);
    const own = write(
      "own.json",
      Object.fromEntries(
        [...step.quantities.values()]
          .filter(({ place: { role } }) => role === "gradient")
          .map(({ name, value }) => [name.text, value]),
      ),
    );
    expect((await call("check", own, "--model", write("model.json", model))).code).toBe(0);
  });

  it("needs a model of a whole step, without --biases, and names itself", async () => {
    const [numbers, own, half, bad] = [
      write("e.json", { E: 1 }),
      write("model.json", model),
      write("half.json", { ...model, input: undefined }),
      write("brace.json", "{"),
    ];
    expect((await call("check", numbers, "--model", half)).stderr).toContain('expected input, got none: write "input"');
    expect((await call("check", numbers, "--model", own, "--biases", "none")).stderr).toContain(
      "expected --model or --biases, got both",
    );
    expect((await call("check", bad)).stderr).toContain("see chainrule check --help");
  });

  it.each([["[1]"], ['{ "no such number": 1 }'], ['{ "w5+": "much" }'], ["{"], ["null"], ["{}"]])(
    "ends with 2 if given %s",
    async (text) => {
      const { code, stderr } = await call("check", write("bad.json", text));
      expect(stderr).toMatch(/^chainrule: .*\n$/);
      expect(code).toBe(2);
    },
  );
});

describe("xor", () => {
  it("prints how the loss falls, line by line, and what it has learnt, as a network of its own does", async () => {
    const { code, stdout } = await call("xor", "--seed", "3", "--epochs", "200");
    const xor = new Network([dense(2, 8), tanh, dense(8, 1), sigmoid], {
      loss: binaryCrossEntropy,
      optimizer: adam({ learningRate: 0.05 }),
      seed: 3,
    });
    const inputs = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const { loss } = await xor.fit(inputs, [[0], [1], [1], [0]], { epochs: 200 });
    const lines = [...stdout.matchAll(/^ {2}epoch +(\d+) {3}loss (\d\.\d{9})$/gm)].map(([, epoch, value]) => [
      Number(epoch),
      value,
    ]);
    expect(lines).toEqual(
      [1, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200].map((epoch) => [epoch, loss[epoch - 1]!.toFixed(9)]),
    );
    for (const [p] of xor.predict(inputs)) expect(stdout).toContain(p!.toFixed(9));
    expect(stdout).toContain("solved: every");
    expect(code).toBe(0);
  });

  it("draws a curve that falls in a terminal, over itself", async () => {
    const { code, stdout } = await chainrule(["xor"], { tty: true, env: { NO_COLOR: "1" } });
    expect(code).toBe(0);
    const frames = stdout.split("\x1b[8A");
    expect(frames.length).toBeGreaterThan(20);
    const bars = frames
      .at(-1)!
      .split("\n")
      .slice(0, 8)
      .map((line) => line.replace(/^.*┤|\x1b\[K$/g, "")); // eslint-disable-line no-control-regex
    const height = (column: number) =>
      bars.reduce((sum, line) => sum + Math.max(0, " ▁▂▃▄▅▆▇█".indexOf(line[column] ?? " ")), 0);
    expect(bars[0]!.trimEnd().length).toBeLessThan(bars[7]!.length / 2);
    expect(height(0)).toBeGreaterThan(40);
    expect(height(bars[7]!.length - 1)).toBeLessThan(8);
  });

  it("says so if it is not solved", async () => {
    expect((await call("xor", "--epochs", "3")).stdout).toContain("not solved yet");
  });
});

describe("text that acts in a terminal", () => {
  const hostile = "evil\x1b[2J\x1b]0;title\x07\x9b31m\x7f\r\n# Heading\u2028\u202egnp";
  const file = `${hostile}.json`;
  const block = { [hostile]: 1 };
  const models: readonly (readonly [string, unknown])[] = [
    ["no JSON", hostile],
    ["a text", JSON.stringify(hostile)],
    ["a key", { ...model, [hostile]: 1 }],
    ["a layer by a word", { ...model, layers: [hostile] }],
    ["a layer by a key", { ...model, layers: [block] }],
    ["an option of a layer", { ...model, layers: [{ dense: [2, 1], [hostile]: 1 }] }],
    ["an initializer", { ...model, layers: [{ dense: [2, 1], weight: hostile }] }],
    ["what is frozen", { ...model, layers: [{ dense: [2, 1], freeze: [hostile] }] }],
    ["a loss", { ...model, loss: hostile }],
    ["an optimizer", { ...model, optimizer: { sgd: block } }],
    ["an input", { ...model, input: [hostile] }],
    ["a target", { ...model, target: [block] }],
    ["a dtype", { ...model, dtype: hostile }],
    ["a seed", { ...model, seed: hostile }],
  ];

  /** What acts: control characters but the ends of our lines, and marks of direction. */
  const acting = (outcome: Outcome): string[] =>
    `${outcome.stdout}${outcome.stderr}`.match(/[^\P{C}\n]|[\u2028\u2029]|^# Heading/gmu) ?? [];

  it.each(models)("in %s is shown as what it is", async (_, content) => {
    const path = write(file, content);
    let said = "";
    for (const args of [
      ["explain", path],
      ["summary", path],
      ["check", path],
      ["check", path, "--model", path],
    ]) {
      const outcome = await call(...args);
      expect(acting(outcome), args.join(" ")).toEqual([]);
      expect(outcome.stderr.split("\n").length).toBeLessThanOrEqual(2);
      said += outcome.stderr;
    }
    expect(said).toContain("evil");
  });

  it.each([[[]], [["--markdown"]], [["--latex"]], [["--json"]], [["--html", "-"]]])(
    "in the name of a file: explain %j",
    async (options) => {
      const outcome = await call("explain", write(file, model), ...options);
      expect(outcome.code).toBe(0);
      if (!options.includes("--json")) expect(outcome.stdout).toContain("evil\\");
      expect(acting(outcome)).toEqual([]);
    },
  );

  it("in names of files, commands, options and numbers", async () => {
    const path = write(file, model);
    const numbers = write(`numbers${file}`, { [`w${hostile}`]: 1 });
    for (const args of [
      ["summary", path],
      ["explain", path, "--html", join(folder, `${hostile}.html`)],
      ["explain", path, "--html", join(folder, hostile, "step.html")],
      ["explain", join(folder, `no ${file}`)],
      ["explain", folder],
      [hostile],
      ["explain", path, hostile],
      ["explain", path, `--${hostile}`],
      ["explain", path, "--digits", hostile],
      ["article", "--biases", hostile],
      ["xor", "--epochs", hostile],
      ["check", numbers],
      ["check", numbers, "--model", path],
    ]) {
      const outcome = await call(...args);
      expect(outcome.stdout + outcome.stderr).not.toBe("");
      expect(acting(outcome), args.join(" ")).toEqual([]);
    }
  });
});
