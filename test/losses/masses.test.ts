import {
  adam,
  binaryCrossEntropy,
  dense,
  halfSquaredError,
  loss,
  meanSquaredError,
  Network,
  reference,
  sgd,
  sigmoid,
  wasm,
  type Backend,
  type DType,
  type Layer,
  type Loss,
} from "chainrule";
import { describe, expect, it } from "vitest";
import { compiled } from "../../src/kernels/backends.js";
import { strict } from "../../src/kernels/compiled/strict.js";

/** All three that compute; a program is compiled when it has been recorded. */
const backends: Readonly<Record<string, Backend>> = {
  reference,
  wasm,
  compiled: compiled("eager", strict, reference, 0),
};
const dtypes: readonly DType[] = ["float64", "float32"];
const number = (i: number): number => (((i + 3) * 7919) % 997) / 500 - 1;
const rowsOf = (count: number, columns: number, from: number): number[][] =>
  Array.from({ length: count }, (_, n) => Array.from({ length: columns }, (_, i) => number(from + n * columns + i)));

const halfSquare = { u: (p: number, t: number) => ((p - t) * (p - t)) / 2, du: (p: number, t: number) => p - t };
const square = { u: (p: number, t: number) => (p - t) * (p - t), du: (p: number, t: number) => 2 * (p - t) };
const yesOrNo = {
  u: (p: number, t: number) => -t * Math.log(p) - (1 - t) * Math.log(1 - p),
  du: (p: number, t: number) => (p - t) / (p * (1 - p)),
};
const byNumber = (known: number): number => known;
const byRow = (_: number, rows: number): number => rows;
const one = (): number => 1;

interface Case {
  readonly make: (missing: number) => Loss;
  readonly u: (p: number, t: number) => number;
  readonly du: (p: number, t: number) => number;
  /** Of the numbers that are known and of the rows with any. */
  readonly divisor: (known: number, rows: number) => number;
  readonly end?: readonly Layer[];
}
const own = { name: "own", value: square.u, derivative: square.du };
const cases: Readonly<Record<string, Case>> = {
  meanSquaredError: { make: (missing) => meanSquaredError({ missing }), ...square, divisor: byNumber },
  "meanSquaredError, batchmean": {
    make: (missing) => meanSquaredError({ missing, reduction: "batchmean" }),
    ...square,
    divisor: byRow,
  },
  "meanSquaredError, sum": {
    make: (missing) => meanSquaredError({ missing, reduction: "sum" }),
    ...square,
    divisor: one,
  },
  halfSquaredError: { make: (missing) => halfSquaredError({ missing }), ...halfSquare, divisor: byRow },
  "binaryCrossEntropy, fused": {
    make: (missing) => binaryCrossEntropy({ missing }),
    ...yesOrNo,
    divisor: byNumber,
    end: [sigmoid],
  },
  "a loss of one's own": { make: (missing) => loss({ ...own, missing }), ...square, divisor: byNumber },
  "a loss of one's own, with masses": {
    make: (missing) => loss({ ...own, missing, mass: () => 0.5 }),
    ...square,
    divisor: (known) => known / 2,
  },
};

/** The loss and the gradient of the weight, in plain loops. */
function plainly({ u, du, divisor, end }: Case, network: Network, x: number[][], t: number[][], w?: number[]) {
  const { gradient } = network.parameter("0.weight") as unknown as { gradient: number[][] };
  const dWeight = gradient.map((row) => row.map(() => 0));
  let sum = 0;
  let known = 0;
  const p = network.predict(x) as number[][];
  t.forEach((row, n) =>
    row.forEach((target, i) => {
      if (Number.isNaN(target)) return;
      known++;
      const factor = w ? w[n]! : 1;
      sum += factor * u(p[n]![i]!, target);
      const dz = factor * du(p[n]![i]!, target) * (end ? p[n]![i]! * (1 - p[n]![i]!) : 1);
      x[n]!.forEach((value, j) => (dWeight[i]![j]! += dz * value));
    }),
  );
  const by = divisor(known, t.filter((row) => row.some((each) => !Number.isNaN(each))).length);
  return { loss: sum / by, dWeight: dWeight.map((row) => row.map((each) => each / by)) };
}

const x = rowsOf(7, 2, 0);
/** With gaps in them, the last row being nothing else. */
const gaps = (unit: boolean): number[][] =>
  rowsOf(7, 3, 50).map((row, n) =>
    row.map((t, i) => (n === 6 || (n + 2 * i) % 3 === 0 ? NaN : unit ? (t + 1) / 2 : t)),
  );
const rowWeights = [1, 0.5, 2, -1, 0, 1.5, 3];

const flat = (value: unknown): number[] => [value].flat(3) as number[];
const close = (actual: unknown, due: unknown, dtype: DType): void =>
  flat(actual).forEach((value, i) => {
    const bound = (dtype === "float64" ? 1e-13 : 1e-5) * Math.max(1, Math.abs(flat(due)[i]!));
    expect(Math.abs(value - flat(due)[i]!)).toBeLessThanOrEqual(bound);
  });

describe.each(Object.entries(cases))("targets that are missing: %s", (_, each) => {
  const t = gaps(each.end !== undefined);
  const build = (backend: Backend, dtype: DType, missing = NaN) =>
    new Network([dense(2, 3), ...(each.end ?? [])] as Layer[], {
      loss: each.make(missing),
      optimizer: sgd({ learningRate: 0.1 }),
      seed: 3,
      dtype,
      backend,
    });

  it.each(dtypes)("have no part in loss, gradient and divisor, %s", (dtype) => {
    for (const backend of Object.values(backends)) {
      for (const w of [undefined, rowWeights]) {
        const network = build(backend, dtype);
        const options = w && { rowWeights: w };
        const due = plainly(each, network, x, t, w);
        for (let again = 0; again < 4; again++) {
          network.forward(x);
          close(network.backward(t, options), due.loss, dtype);
          close(network.parameter("0.weight").gradient, due.dWeight, dtype);
          close(network.evaluate(x, t, options).loss, due.loss, dtype);
          const [clone, before] = [network.clone(), network.parameter("0.weight").value];
          clone.load(network.toJSON()); // drops the gradients
          close(clone.trainBatch(x, t, options), due.loss, dtype);
          const moved = (before as number[][]).map((row, i) => row.map((p, j) => p - 0.1 * due.dWeight[i]![j]!));
          close(clone.parameter("0.weight").value, moved, dtype);
          network.load(network.toJSON());
        }
      }
    }
  });

  it("are as good as rows that are not there", async () => {
    for (const backend of Object.values(backends)) {
      const [all, some] = [build(backend, "float64"), build(backend, "float64")];
      const fit = (network: typeof all, to: number) =>
        network.fit(x.slice(0, to), t.slice(0, to), { epochs: 40, batchSize: 1, shuffle: false });
      const losses = [(await fit(all, 7)).loss, (await fit(some, 6)).loss];
      if (each.divisor !== one) expect(losses[0]).toEqual(losses[1]); // of sums it is the mean over all rows
      expect(all.toJSON()).toEqual(some.toJSON());
      expect(all.evaluate(x, t)).toEqual(some.evaluate(x.slice(0, 6), t.slice(0, 6)));
    }
  });

  it("are the same in lists, typed arrays and matrices, one by one and as another number", () => {
    const matrix = { data: Float64Array.from(t.flat()), shape: [7, 3] as const };
    const network = build(wasm, "float64");
    const { loss } = network.evaluate(x, t);
    expect(network.evaluate(x, matrix)).toEqual({ loss });
    expect(
      network.evaluate(
        x,
        t.map((row) => Float64Array.from(row)),
      ),
    ).toEqual({ loss });
    const [first, alone] = [network.evaluate([x[0]!], [t[0]!]), network.evaluate(x[0]!, t[0]!)];
    expect(alone).toEqual(first);
    const minus = t.map((row) => row.map((value) => (Number.isNaN(value) ? -9 : value)));
    expect(build(wasm, "float64", -9).evaluate(x, minus)).toEqual({ loss });
    expect(() => build(wasm, "float64", -9).evaluate(x, t)).toThrow("expected a finite number, got NaN");
  });

  it("that are all there are make a loss of 0, and nothing moves", async () => {
    const none = t.map((row) => row.map(() => NaN));
    for (const backend of Object.values(backends)) {
      const network = build(backend, "float64");
      const before = JSON.stringify(network);
      expect(network.evaluate(x, none)).toEqual({ loss: 0 });
      for (let again = 0; again < 4; again++) expect(network.trainBatch(x, none)).toBe(0);
      expect((await network.fit(x, none, { epochs: 3, batchSize: 2, accumulate: 2 })).loss).toEqual([0, 0, 0]);
      expect(JSON.stringify(network)).toBe(before);
    }
  });

  it("count for as much in slices and in batches of which one update is made", async () => {
    const inputs = Array.from({ length: 100 }, () => x).flat();
    const targets = Array.from({ length: 100 }, () => t).flat();
    const weights = Array.from({ length: 100 }, () => rowWeights).flat();
    const network = build(wasm, "float64");
    const due = plainly(each, network, inputs, targets, weights);
    close(network.evaluate(inputs, targets, { rowWeights: weights }).loss, due.loss, "float64");
    const [whole, parts] = [network.clone(), network.clone()];
    const options = { epochs: 1, rowWeights: weights, shuffle: false } as const;
    const [one, many] = [
      await whole.fit(inputs, targets, { ...options, batchSize: 700 }),
      await parts.fit(inputs, targets, { ...options, batchSize: 30, accumulate: 24 }),
    ];
    close(one.loss, [due.loss], "float64");
    close(many.loss, one.loss, "float64");
    close(parts.parameter("0.weight").value, whole.parameter("0.weight").value, "float64");
  });
});

describe("row weights", () => {
  const t = rowsOf(7, 3, 50);
  const build = (backend: Backend, dtype: DType = "float64") =>
    new Network([dense(2, 3)], { loss: meanSquaredError, optimizer: adam, seed: 3, backend, dtype });

  it("are in evaluate what they are in backward", () => {
    const network = build(wasm);
    const due = plainly(cases.meanSquaredError!, network as Network, x, t, rowWeights);
    const rows = 7 / t.length;
    close(network.evaluate(x, t, { rowWeights }).loss, due.loss * rows, "float64");
    network.forward(x);
    expect(network.backward(t, { rowWeights })).toBe(network.evaluate(x, t, { rowWeights }).loss);
    expect(() => network.evaluate(x, t, { rowWeights: [1] })).toThrow(
      "evaluate rowWeights expected a list of 7 numbers",
    );
  });

  it.each(Object.entries(backends))("are in fit what they are in trainBatch, for its row: %s", async (_, backend) => {
    for (const dtype of dtypes) {
      const [fitted, trained] = [build(backend, dtype), build(backend, dtype)];
      for (const batchSize of [1, 2, 3, 7]) {
        const { loss } = await fitted.fit(x, t, { epochs: 30, batchSize, rowWeights, shuffle: false });
        const due: number[] = [];
        for (let epoch = 0; epoch < 30; epoch++) {
          let sum = 0;
          for (let at = 0; at < 7; at += batchSize) {
            const to = Math.min(7, at + batchSize);
            const options = { rowWeights: rowWeights.slice(at, to) };
            sum += trained.trainBatch(x.slice(at, to), t.slice(at, to), options) * (to - at);
          }
          due.push(sum / 7);
        }
        expect(loss).toEqual(due);
        expect(fitted.toJSON()).toEqual(trained.toJSON());
      }
    }
  });

  it("go with their rows when these are shuffled", async () => {
    const network = new Network([dense(2, 3)], {
      loss: meanSquaredError,
      optimizer: sgd({ learningRate: 0.05 }),
      seed: 3,
    });
    const only = [0, 0, 0, 0, 1, 0, 0];
    const other = network.clone();
    await network.fit(x, t, { epochs: 20, batchSize: 1, rowWeights: only });
    for (let epoch = 0; epoch < 20; epoch++) other.trainBatch([x[4]!], [t[4]!]);
    close(network.parameter("0.weight").value, other.parameter("0.weight").value, "float64");
  });

  it("are refused by fit if they are not one for each row", async () => {
    const network = build(wasm);
    const before = JSON.stringify(network);
    for (const [bad, message] of [
      [[1, 2], "fit rowWeights expected a list of 7 numbers"],
      [[...rowWeights.slice(1), NaN], "fit rowWeights[6] expected a finite number"],
      ["1", "fit rowWeights expected a list of numbers"],
    ] as const)
      await expect(network.fit(x, t, { epochs: 1, rowWeights: bad as never })).rejects.toThrow(message);
    expect(JSON.stringify(network)).toBe(before);
  });
});

it("a loss object may give each row a mass", async () => {
  /** Rows of several numbers, of which those beyond the first negative one are not meant. */
  const lengths: Loss = {
    name: "lengths",
    divisor: (rows) => rows,
    mass(t, m) {
      for (let n = 0; n < t.rows; n++) m.data[n] = 1 + n + t.columns;
    },
    value: (p, t, u, context) => meanSquaredError.value(p, t, u, context),
    gradient: (p, t, dp, context) => meanSquaredError.gradient(p, t, dp, context),
  };
  for (const backend of Object.values(backends)) {
    const [one, sum] = [lengths, meanSquaredError({ reduction: "sum" })].map(
      (loss) => new Network([dense(2, 3)], { loss, optimizer: sgd, seed: 1, backend }),
    ) as [Network, Network];
    const t = rowsOf(7, 3, 50);
    const mass = 4 + 5 + 6 + 7 + 8 + 9 + 10;
    for (let again = 0; again < 4; again++) {
      close(one.evaluate(x, t).loss, sum.evaluate(x, t).loss / mass, "float64");
      one.forward(x);
      sum.forward(x);
      close(one.backward(t), sum.backward(t) / mass, "float64");
      close(
        flat(one.parameter("0.bias").gradient),
        flat(sum.parameter("0.bias").gradient).map((g) => g / mass),
        "float64",
      );
    }
    const { loss } = await one.fit(x, t, { epochs: 2, batchSize: 7, shuffle: false });
    expect(loss[1]!).toBeLessThan(loss[0]!);
  }
});

it("a divisor and a mass are one too many, and a mass is a function", () => {
  const formula = { name: "own", value: square.u, derivative: square.du };
  expect(() => loss({ ...formula, mass: () => 1, divisor: () => 1 })).toThrow("a divisor or a mass");
  expect(() => loss({ ...formula, mass: 1 as never })).toThrow("mass expected a function");
  expect(() => loss({ ...formula, missing: "NaN" as never })).toThrow("missing expected a number such as NaN");
});

describe("what a user may give", () => {
  it.each([-999.9, 0.1, 1e-45])(
    "a sign for what is missing that float32 cannot hold is found in float32 too: %d",
    (missing) => {
      for (const dtype of ["float32", "float64"] as const) {
        const network = new Network([dense(1, 1, { weight: [[1]] })], { loss: meanSquaredError({ missing }), dtype });
        for (const list of [[1, missing], new Float32Array([1, missing]), new Float64Array([1, missing])]) {
          const target = Array.isArray(list) ? list.map((each) => [each]) : ({ data: list, shape: [2, 1] } as const);
          expect(network.evaluate([[1], [2]], target as never).loss).toBe(0); // the first is exact, the second not known
        }
      }
    },
  );

  it.each([[1n], [undefined], [-1], ["2"], [NaN], [Infinity]])("a mass of %s is refused, and nothing moves", (mass) => {
    const squared = loss({
      name: "squared",
      value: (p, t) => (p - t) * (p - t),
      derivative: (p, t) => 2 * (p - t),
      mass: () => mass as number,
    });
    const network = new Network([dense(1, 1)], { loss: squared, optimizer: sgd, seed: 1 });
    const before = JSON.stringify(network);
    for (let i = 0; i < 3; i++)
      expect(() => network.trainBatch([1], [2])).toThrow(expect.objectContaining({ code: "value" }));
    expect(JSON.stringify(network)).toBe(before);
  });

  it("a mass that has to be waited for is refused", () => {
    const late: Loss = { ...meanSquaredError, mass: (async () => {}) as unknown as NonNullable<Loss["mass"]> };
    const network = new Network([dense(1, 1)], { loss: late, optimizer: sgd });
    expect(() => network.trainBatch([1], [2])).toThrow(expect.objectContaining({ code: "type" }));
  });
});
