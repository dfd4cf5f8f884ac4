import { ChainruleError, Network, dense, meanSquaredError, tanh } from "chainrule";
import fc from "fast-check";
import { expect, test } from "vitest";

// `out` may lie in the buffer of the examples, and holds results only if all rows were right.

const number = (i: number): number => ((i * 7919) % 2003) / 1001 - 1;

test("right numbers, wherever `out` lies in the buffer of the input", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(1, 255, 256, 257, 600),
      fc.nat({ max: 40 }),
      fc.nat({ max: 40 }),
      fc.constantFrom("matrix" as const, "rows" as const),
      (inputs, outputs, rows, from, to, form) => {
        const network = new Network([dense(inputs, 4), tanh, dense(4, outputs)], { loss: meanSquaredError, seed: 1 });
        const due = network.predict(
          Array.from({ length: rows }, (_, n) => Array.from({ length: inputs }, (_, i) => number(n * inputs + i))),
        );
        const examples = () => {
          const buffer = new ArrayBuffer(8 * (40 + rows * Math.max(inputs, outputs)));
          const data = new Float64Array(buffer, 8 * from, rows * inputs);
          data.set(data.map((_, i) => number(i)));
          const out = new Float64Array(buffer, 8 * to, rows * outputs);
          const list = Array.from({ length: rows }, (_, n) => data.subarray(n * inputs, (n + 1) * inputs));
          return { x: form === "matrix" ? { data, shape: [rows, inputs] as const } : list, out };
        };
        for (const call of ["predict", "forward"] as const) {
          const { x, out } = examples();
          if (call === "predict") network.predict(x as never, { out });
          else network.forward(x as never, { out });
          expect(Array.from(out)).toEqual(due.flat());
        }
        const { x, out: gradient } = examples();
        const plain = structuredClone(x);
        gradient.fill(1);
        network.forward(plain as never);
        const dInput = network.backwardFrom({ data: gradient.slice(), shape: [rows, outputs] });
        network.forward(plain as never);
        const place = new Float64Array(gradient.buffer, 8 * from, rows * inputs);
        network.backwardFrom({ data: gradient, shape: [rows, outputs] }, { out: place });
        expect(place).toEqual(dInput.data);
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  ["a list", (rows: number[][]) => rows],
  ["a matrix", (rows: number[][]) => ({ data: Float64Array.from(rows.flat()), shape: [rows.length, 2] as const })],
])("nothing is written to `out` before all rows were checked: %s", (_, form) => {
  const network = new Network([dense(2, 1)], { seed: 1 });
  const rows = Array.from({ length: 1000 }, (_, n) => [number(n), 1]);
  const out = new Float64Array(1000).fill(7);
  rows[900]![1] = NaN;
  expect(() => network.predict(form(rows), { out })).toThrow(ChainruleError);
  expect(out.every((each) => each === 7)).toBe(true);
  rows[900]![1] = 1;
  expect(Array.from(network.predict(form(rows), { out }))).toEqual(network.predict(rows).flat());
});
