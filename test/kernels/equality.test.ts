import type { DType, Floats, Tensor } from "chainrule";
import { adam, crossEntropy, dropout, reference, sgd, wasm } from "chainrule";
import { relaxed } from "chainrule/relaxed";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Stream } from "../../src/core/random.js";
import { loopsOf } from "../../src/regularizers/regularizer.js";
import type { Verbs } from "../../src/kernels/verbs.js";
import * as tables from "../support/tables.js";
import { runs } from "../support/random-cases.js";

/** Verbs with a memory of their own, in which tensors are made. */
class Bench {
  readonly kernels;
  readonly #room;
  #free: number;

  constructor(
    backend: typeof wasm,
    readonly dtype: DType,
    numbers: number,
  ) {
    this.kernels = backend.kernels(dtype);
    this.#room = this.kernels.allocation.allocate(8 * numbers + 4096, 100);
    this.#free = this.#room.start + 64;
  }

  tensor(values: ArrayLike<number>, columns: number, dtype = this.dtype): Tensor {
    const View = dtype === "float32" ? Float32Array : Float64Array;
    const data: Floats = new View(this.#room.buffer, this.#free, values.length);
    data.set(values);
    this.#free += Math.ceil(data.byteLength / 64) * 64;
    return { rows: values.length / columns, columns, data };
  }
}

/** Numbers as networks have them, and some that they should not have. */
const odd = [0, -0, 1, -1, 1e-40, -5e-324, 1e38, 3e-310, Infinity, -Infinity, NaN];
function numbers(count: number, seed: number, strange: boolean): Float64Array {
  const stream = new Stream(seed, "numbers", { rows: 1, columns: 1, data: new Float64Array(1) });
  return Float64Array.from({ length: count }, (_, i) => {
    const u = stream.uniform(i);
    return strange && stream.uniform(i + count) < 0.05 ? odd[Math.floor(u * odd.length)]! : 4 * u - 2;
  });
}

const bits = ({ data }: Tensor): string =>
  Buffer.from(data.map((x) => (Number.isNaN(x) ? NaN : x)).buffer).toString("hex");

/** A verb: what it gets, from random numbers, and which of these it changes. */
interface Case {
  readonly name: string;
  run(k: Verbs, bench: Bench, sizes: Sizes): readonly Tensor[];
}
interface Sizes {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly seed: number;
  readonly strange: boolean;
}

const cases: readonly Case[] = [];
const verb = (name: string, run: Case["run"]): number => (cases as Case[]).push({ name, run });
const fill = (bench: Bench, { seed, strange }: Sizes, at: number, rows: number, columns: number): Tensor =>
  bench.tensor(numbers(rows * columns, seed + at, strange), columns);
/** A distribution in each row. */
const shares = (bench: Bench, { seed }: Sizes, rows: number, columns: number): Tensor => {
  const values = numbers(rows * columns, seed + 77, false).map((x) => (x + 2) / 4);
  return bench.tensor(
    values.map(
      (x, i) =>
        x /
        values
          .slice(columns * Math.floor(i / columns), columns * (Math.floor(i / columns) + 1))
          .reduce((a, b) => a + b),
    ),
    columns,
  );
};
const cell = (bench: Bench, value: number): Tensor => bench.tensor([value], 1, "float64");

for (const [kind, width] of [
  ["none", 0],
  ["own", -1],
  ["shared", 1],
] as const) {
  verb(`linear, bias ${kind}`, (k, b, s) => {
    const y = fill(b, s, 3, s.rows, s.outputs);
    k.linear(
      fill(b, s, 0, s.rows, s.inputs),
      fill(b, s, 1, s.outputs, s.inputs),
      width ? fill(b, s, 2, 1, width < 0 ? s.outputs : width) : null,
      y,
    );
    return [y];
  });
}
verb("product", (k, b, s) => {
  const dx = fill(b, s, 3, s.rows, s.inputs);
  k.product(fill(b, s, 0, s.rows, s.outputs), fill(b, s, 1, s.outputs, s.inputs), dx);
  return [dx];
});
verb("outer", (k, b, s) => {
  const dWeight = fill(b, s, 3, s.outputs, s.inputs);
  k.outer(fill(b, s, 0, s.rows, s.outputs), fill(b, s, 1, s.rows, s.inputs), dWeight);
  return [dWeight];
});
for (const shared of [false, true]) {
  verb(`sum, bias ${shared ? "shared" : "own"}`, (k, b, s) => {
    const dBias = fill(b, s, 1, 1, shared ? 1 : s.outputs);
    k.sum(fill(b, s, 0, s.rows, s.outputs), dBias);
    return [dBias];
  });
}
verb("softmax, its pull and its cross-entropy", (k, b, s) => {
  const [z, y, dx, u] = [0, 1, 2, 3].map((at) => fill(b, s, at, s.rows, s.outputs)) as [Tensor, Tensor, Tensor, Tensor];
  k.softmax(z, y);
  k.softmaxPull(y, fill(b, s, 4, s.rows, s.outputs), dx);
  k.crossEntropy(z, shares(b, s, s.rows, s.outputs), u);
  return [y, dx, u];
});
verb("residual, add, copy, clear", (k, b, s) => {
  const [x, t, d, c] = [0, 1, 2, 3].map((at) => fill(b, s, at, s.rows, s.outputs)) as [Tensor, Tensor, Tensor, Tensor];
  k.residual(x, t, d);
  k.add(d, t);
  k.copy(t, c);
  k.clear(x);
  return [x, t, d, c];
});
for (const weighted of [false, true]) {
  verb(`reduce and weigh${weighted ? ", weighted" : ""}`, (k, b, s) => {
    const u = fill(b, s, 0, s.rows, s.outputs),
      total = cell(b, 5);
    const weights = weighted ? fill(b, s, 1, s.rows, 1) : null;
    const divisor = cell(b, [1, 3, s.rows, 1.1][s.seed % 4]!);
    k.reduce(u, weights, divisor, total);
    k.weigh(u, weights, divisor);
    return [u, total];
  });
}
verb("mask, known and mass", (k, b, s) => {
  const gaps = numbers(s.rows * s.outputs, s.seed, s.strange).map((x) => (x < -0.5 ? NaN : x));
  const t = b.tensor(gaps, s.outputs),
    x = fill(b, s, 1, s.rows, s.outputs);
  const [each, any, none] = [0, 1, 2].map((at) => fill(b, s, 2 + at, s.rows, 1)) as [Tensor, Tensor, Tensor];
  const cells = [1, 2, 3, 4].map((value) => cell(b, value)) as [Tensor, Tensor, Tensor, Tensor];
  k.mask(t, x);
  k.known(t, each, s.outputs);
  k.known(t, any, 1);
  k.mass(each, cells[0], cells[1]);
  k.clear(none);
  k.mass(none, cells[2], cells[3]);
  return [x, each, any, ...cells];
});
verb("multiply, clamp", (k, b, s) => {
  const [x, y, z] = [0, 1, 2].map((at) => fill(b, s, at, s.rows, s.outputs)) as [Tensor, Tensor, Tensor];
  k.multiply(x, y, z);
  k.clamp(x, [0.5, 1e-3, 1.1, 1e30][s.seed % 4]!);
  return [z, x];
});
verb("squares of several tensors, and what is made smaller by them", (k, b, s) => {
  const all = [fill(b, s, 0, s.rows, s.outputs), fill(b, s, 1, 1, s.inputs), fill(b, s, 2, 1, 1)];
  const total = cell(b, 7);
  k.squares(all, total);
  for (const limit of [1e9, 1, 1e-3]) for (const each of all) k.shrink(each, total, limit);
  return [...all, total];
});
verb("average", (k, b, s) => {
  const [p, a] = [0, 1].map((at) => fill(b, s, at, s.rows, s.outputs)) as [Tensor, Tensor];
  const [weight, rest] = [cell(b, 1), cell(b, 0.1)];
  k.average(p, a, weight, rest);
  const first = b.tensor(a.data, 1);
  k.copy(fill(b, s, 2, s.rows, s.outputs), p);
  k.average(p, a, weight, rest);
  return [first, a, weight];
});
verb("rescale, pickCell", (k, b, s) => {
  const own = b.tensor([1, 2, 3, 4, 5], 5, "float64");
  k.rescale(b.tensor([0.1, 0.2, 0.3, 0.4, 0.5], 5, "float64"), cell(b, 3), own);
  const to = cell(b, 0);
  k.pickCell(cell(b, s.seed % 3), b.tensor([6, 7, 8], 3, "float64"), to);
  return [own, to];
});
for (const { specimens } of tables.regularizers) {
  for (const { written, block } of specimens) {
    verb(`the penalty ${written}`, (k, b, s) => {
      const [p, g] = [0, 1].map((at) => fill(b, s, at, s.rows, s.outputs)) as [Tensor, Tensor];
      k.update(loopsOf(block), [{ parameters: p, gradients: g, slots: [] }], cell(b, 0.1));
      return [p, g];
    });
  }
}
for (const rate of [0, 0.3, 0.5]) {
  verb(`dropout(${rate})`, (k, b, s) => {
    const [x, y, mask, dx] = [0, 1, 2, 3].map((at) => fill(b, s, at, s.rows, s.outputs)) as Tensor[];
    const state = { stream: new Stream(s.seed, "mask", cell(b, 7)), mask: mask! };
    const layer = dropout(rate);
    layer.forward(state, x!, y!, { kernels: k, training: true });
    layer.backward(state, x!, y!, y!, dx!, { kernels: k, training: true });
    return [y!, dx!, mask!];
  });
}
for (const [name, { fused, value, gradient }] of Object.entries({
  "after softmax": crossEntropy({ labelSmoothing: 0.1 }),
  "of logits": crossEntropy({ labelSmoothing: 0.1, fromLogits: true }),
})) {
  verb(`crossEntropy with smoothed targets, ${name}`, (k, b, s) => {
    const [z, q, u, p, dz] = [0, 1, 2, 3, 4].map((at) => fill(b, s, at, s.rows, s.outputs)) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const context = { kernels: k, training: true };
    (fused?.value ?? value)(z, q, u, context);
    (fused?.gradient ?? gradient)(fused ? p : z, q, dz, context);
    return [u, dz];
  });
}
verb("uniform", (k, b, s) => {
  const y = fill(b, s, 0, s.rows, s.outputs);
  k.uniform(new Stream(s.seed, "a stream", cell(b, 7)), y);
  return [y];
});
for (const { name, specimens } of tables.activations) {
  for (const { written, block } of specimens) {
    if (name === "activation") continue;
    verb(written, (k, b, s) => {
      const [z, a, da, dz] = [0, 1, 2, 3].map((at) => fill(b, s, at, s.rows, s.outputs)) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      block.forward(null, z, a, { kernels: k, training: true });
      block.backward(null, z, a, da, dz, { kernels: k, training: true });
      return [a, dz];
    });
  }
}
for (const { name, specimens } of tables.losses) {
  for (const { written, block } of specimens) {
    if (name === "loss") continue;
    verb(written, (k, b, s) => {
      const p =
        block.needs === "real" || !block.needs ? fill(b, s, 0, s.rows, s.outputs) : shares(b, s, s.rows, s.outputs);
      const t =
        block.targets === "real" || !block.targets
          ? fill(b, s, 1, s.rows, s.outputs)
          : shares(b, { ...s, seed: s.seed + 1 }, s.rows, s.outputs);
      const u = fill(b, s, 2, s.rows, s.outputs),
        dp = fill(b, s, 3, s.rows, s.outputs);
      const context = { kernels: k, training: true };
      block.value(p, t, u, context);
      block.gradient(p, t, dp, context);
      return [u, dp];
    });
  }
}
for (const { specimens } of tables.optimizers) {
  for (const { written, block } of specimens) {
    verb(written, (k, b, s) => {
      const n = s.rows * s.outputs;
      const parameters = fill(b, s, 0, 1, n),
        gradients = fill(b, s, 1, 1, n);
      const slots = block.slots.map(() => b.tensor(new Float64Array(n), n));
      const scalars = b.tensor(Object.values(block.scalars), Object.values(block.scalars).length, "float64");
      for (let step = 0; step < 3; step++)
        block.step([{ parameters, gradients, slots }], { kernels: k, training: true, scalars, evaluate: () => 0 });
      return [parameters, scalars, ...slots];
    });
  }
}

/** Small and tiny, odd, prime, and about the sizes of tiles, vectors and panels. */
const size = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom(1, 3, 4, 7, 8, 13, 16, 17, 31, 32, 33, 61, 64, 67),
);
const sizes = (strange: boolean): fc.Arbitrary<Sizes> =>
  fc.record({
    rows: fc.oneof(size, fc.constantFrom(100, 127, 300)),
    inputs: fc.oneof({ weight: 4, arbitrary: size }, { weight: 1, arbitrary: fc.constantFrom(255, 257, 520) }),
    outputs: size,
    seed: fc.integer({ min: 0, max: 1000 }),
    strange: fc.constant(strange),
  });

const room = ({ rows, inputs, outputs }: Sizes): number =>
  4 * (rows * inputs + inputs * outputs + 5 * rows * outputs) + 4096;

describe.each(["float64", "float32"] as const)("WebAssembly gives the bits of the reference: %s", (dtype) => {
  test.each(cases)("$name", ({ run }) => {
    fc.assert(
      fc.property(fc.boolean().chain(sizes), (given) => {
        const [fast, plain] = [wasm, reference].map((backend) => {
          const bench = new Bench(backend, dtype, room(given));
          return run(bench.kernels, bench, given).map(bits);
        });
        expect(fast).toEqual(plain);
      }),
      { numRuns: runs(30), seed: 1 },
    );
  });
});

test("matrices larger than all blocks: 300 × 1,100 × 530", () => {
  const given: Sizes = { rows: 300, inputs: 1100, outputs: 530, seed: 5, strange: false };
  for (const name of ["linear, bias own", "product", "outer"]) {
    const { run } = cases.find((each) => each.name === name)!;
    for (const dtype of ["float64", "float32"] as const) {
      const [fast, plain] = [wasm, reference].map((backend) => {
        const bench = new Bench(backend, dtype, room(given));
        return run(bench.kernels, bench, given).map(bits);
      });
      expect(fast![0] === plain![0], `${name} ${dtype}`).toBe(true);
    }
  }
});

test("a running mean of gradients that have ended comes to 0, and does not stay at the smallest numbers", () => {
  const rules = [adam(), sgd({ momentum: 0.9 }), sgd({ momentum: 0.9, nesterov: true })];
  for (const backend of [wasm, reference]) {
    for (const dtype of ["float64", "float32"] as const) {
      for (const block of rules) {
        const bench = new Bench(backend, dtype, 1000);
        const first = dtype === "float32" ? 1e-17 : 1e-152; // Adam's v, of its square, takes long from any larger one
        const [parameters, gradients, ...slots] = [0, first, 0, 0].map((value) =>
          bench.tensor(new Float64Array(7).fill(value), 7),
        ) as [Tensor, Tensor, Tensor];
        const scalars = bench.tensor(Object.values(block.scalars), Object.values(block.scalars).length, "float64");
        for (let step = 0; step < 8000; step++) {
          block.step([{ parameters, gradients, slots }], {
            kernels: bench.kernels,
            training: true,
            scalars,
            evaluate: () => 0,
          });
          gradients.data.fill(0);
        }
        for (const { data } of slots) expect([...data]).toEqual(new Array(7).fill(0));
      }
    }
  }
});

test("the sum of squares is that of eight sums, of every eighth number, for any count", () => {
  for (const dtype of ["float64", "float32"] as const) {
    for (let n = 1; n < 60; n++) {
      const totals = [wasm, relaxed, reference].map((backend) => {
        const bench = new Bench(backend, dtype, 1000);
        const all = [0, 1].map((at) => bench.tensor(numbers(n, n + at, false), n));
        const total = cell(bench, NaN);
        bench.kernels.squares(all, total);
        const due = all.map(({ data }) => {
          const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, k) =>
            Array.from(data as ArrayLike<number>).reduce((sum, x, i) => (i % 8 === k ? sum + x * x : sum), 0),
          ) as [number, number, number, number, number, number, number, number];
          return a + e + (c + g) + (b + f + (d + h));
        });
        expect(total.data[0]).toBe(due[0]! + due[1]!);
        return total.data[0];
      });
      expect(new Set(totals).size).toBe(1);
    }
  }
});

test("a check finds what is not finite, wherever it is", () => {
  for (const dtype of ["float64", "float32"] as const) {
    for (const value of [NaN, Infinity, -Infinity]) {
      for (let n = 1; n < 20; n++) {
        const bench = new Bench(wasm, dtype, 1000);
        const x = bench.tensor(new Float64Array(n + 1).fill(1e30), n + 1);
        expect(bench.kernels.isFinite(x)).toBe(true);
        x.data[n] = value;
        expect(bench.kernels.isFinite(x)).toBe(false);
        expect(bench.kernels.isFinite({ rows: 1, columns: n, data: x.data })).toBe(true);
      }
    }
  }
});

test("the bound of a step is the same for each machine, and stands where the reference's formula has it", () => {
  const seen = { below: 0, beyond: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom<DType>("float64", "float32"),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: -3, max: 30, noNaN: true }),
      fc.constantFrom(0, 1e-4, 3, 1e38),
      fc.constantFrom(0, NaN, Infinity, -Infinity, 1),
      (dtype, n, at, near, power, decay, odd) => {
        const rate = Number(`1e${Math.round(power)}`);
        const bound = (dtype === "float64" ? Math.sqrt(Number.MAX_VALUE) : Math.sqrt(3.4028234663852886e38)) / 1024;
        const ulp = dtype === "float64" ? 2 ** -52 : 2 ** -23;
        const limit = bound / Math.max(1, rate);
        const results = [wasm, relaxed, reference].map((backend) => {
          const bench = new Bench(backend, dtype, 1000);
          const [g, p] = [0, 1].map(() => bench.tensor(new Float64Array(n).fill(-0.1 * limit), n)) as [Tensor, Tensor];
          p.data.fill(decay && (-0.1 * limit) / decay);
          const scalars = bench.tensor([rate, decay], 2, "float64");
          expect(bench.kernels.isBounded(g, p, scalars)).toBe(true);
          (at & 1 && decay ? p : g).data[at % n] =
            odd === 1 ? (limit * (1 + Math.round(near) * ulp)) / (at & 1 && decay ? decay : 1) : odd;
          return bench.kernels.isBounded(g, p, scalars);
        });
        if (odd !== 1 && odd !== 0) expect(results[0]).toBe(false);
        if (odd === 1 && Math.round(near) <= -4) expect(results[0]).toBe(true);
        if (odd === 1 && Math.round(near) >= 4) expect(results[0]).toBe(false);
        seen[results[0] ? "below" : "beyond"]++;
        expect(results).toEqual([results[0], results[0], results[0]]);
      },
    ),
    { numRuns: 500, seed: 3 },
  );
  expect(seen.below).toBeGreaterThan(100);
  expect(seen.beyond).toBeGreaterThan(100);
});

test("relaxed kernels are within (n + 1) roundings of the exact sums in float32, and the same in float64", () => {
  fc.assert(
    fc.property(sizes(false), (given) => {
      for (const { name, run } of cases.filter(({ name }) => /^(linear|product|outer)/.test(name))) {
        const of = (backend: typeof wasm, dtype: DType) => {
          const bench = new Bench(backend, dtype, room(given));
          return run(bench.kernels, bench, given)[0]!.data;
        };
        expect(of(relaxed, "float64")).toEqual(of(wasm, "float64"));
        const terms = (name === "product" ? given.outputs : name === "outer" ? given.rows : given.inputs) + 1;
        const exact = of(reference, "float64");
        const bound = (terms + 1) * terms * 4 * 2 ** -24 + 4 * terms * 2 ** -24; // sizes at most 2 · 2; inputs are rounded too
        of(relaxed, "float32").forEach((value: number, i: number) =>
          expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(bound),
        );
      }
    }),
    { numRuns: runs(20), seed: 2 },
  );
});
