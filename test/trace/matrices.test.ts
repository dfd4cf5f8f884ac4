import { adam, dense, halfSquaredError, Network, sgd, sigmoid, tanh } from "chainrule";
import { trace } from "chainrule/trace";
import { describe, expect, it } from "vitest";

type Matrix = readonly (readonly number[])[];
const transposed = (a: Matrix): number[][] => a[0]!.map((_, j) => a.map((row) => row[j]!));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, each, i) => sum + each * b[i]!, 0);
const product = (a: Matrix, b: Matrix): number[][] => a.map((row) => transposed(b).map((column) => dot(row, column)));
/** Element by element; a single row, or number, stands for as many as there are. */
const each = (f: (...numbers: number[]) => number, first: Matrix, ...others: Matrix[]): number[][] =>
  first.map((row, i) =>
    row.map((x, j) =>
      f(
        x,
        ...others.map((other) => {
          const line = other[i] ?? other[0]!;
          return line[j] ?? line[0]!;
        }),
      ),
    ),
  );
const sums = (a: Matrix): number[][] => [
  transposed(a).map((column) =>
    dot(
      column,
      column.map(() => 1),
    ),
  ),
];

/** What the laws say, by their form; here are three rows, and a rate of 0.1. */
const laws: readonly [form: RegExp, compute: (...terms: Matrix[]) => number[][]][] = [
  [/^\w+·\w+ᵀ \+ \w+$/, (x, w, b) => each((a, c) => a + c, product(x!, transposed(w!)), b!)],
  [/^sigmoid\(\w+\)$/, (z) => each((x) => 1 / (1 + Math.exp(-x)), z!)],
  [/^tanh\(\w+\)$/, (z) => each(Math.tanh, z!)],
  [/^\(\w+ − T\)\/3$/, (p, t) => each((a, b) => (a - b) / 3, p!, t!)],
  [/^∂\S+ ⊙ ∂\S+$/, (a, b) => each((x, y) => x * y, a!, b!)],
  [/^\(∂\S+\)ᵀ·\w+$/, (d, x) => product(transposed(d!), x!)],
  [/^Σ ∂\S+$/, (d) => sums(d!)],
  [/^∂\S+·W\w+$/, (d, w) => product(d!, w!)],
  [/^[Wb]\w+ − η·\S+$/, (w, d) => each((x, y) => x - 0.1 * y, w!, d!)],
  [
    /^[Wb]\w+ − η_t·\S+ ⊘ \(\S+ \+ ε\)$/,
    (w, m, s) => each((x, y, z) => x - ((0.1 / (1 - 0.9)) * y) / (z + 1e-8), w!, m!, s!),
  ],
];

describe.each([
  ["sgd", sgd({ learningRate: 0.1 })],
  ["momentum, with a weight decay", sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 })],
  ["adam", adam({ learningRate: 0.1 })],
])("equations of matrices, %s", (_, optimizer) => {
  const layers = [dense(2, 3), tanh, dense(3, 4), sigmoid, dense(4, 2)] as const;
  const input = [
    [1, -2],
    [0.5, 0],
    [3, 1],
  ] as const;
  const target = [
    [0, 1],
    [1, 0],
    [0.5, 2],
  ] as const;
  const { sections } = trace(new Network(layers, { loss: halfSquaredError, optimizer, seed: 1 }), input, target);
  const equations = sections.flatMap(({ matrices }) => matrices);

  it.each(equations.map((equation) => [`${equation.name.text} = ${equation.law.text}`, equation] as const))(
    "%s",
    (_name, { law, result, terms }) => {
      const fitting = laws.filter(([form]) => form.test(law.text));
      expect(fitting).toHaveLength(1);
      const due = fitting[0]![1](...terms.map(({ values }) => values));
      expect(result.values.length).toBe(due.length);
      due.forEach((row, i) => row.forEach((value, j) => expect(result.values[i]![j]).toBeCloseTo(value, 13)));
      for (const { name } of terms) expect(law.text).toContain(name.text);
    },
  );

  it("there is one for each thing that a step computes", () => {
    expect(equations).toHaveLength(5 + 1 + 2 + 3 * 2 + 2 + 6);
  });
});
