// What every contender starts from, the same numbers in all of them (data.py is its twin).

/** Uniform in [0, 1): a linear congruential generator (constants of Numerical Recipes). */
export function lcg(state) {
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

const tasks = {
  /** The mean of some of the inputs, in [0.1, 0.9]: output k sees the inputs k, k + outputs, k + 2 outputs, … */
  mean(next, rows, inputs, outputs) {
    const x = Float64Array.from({ length: rows * inputs }, next);
    const t = new Float64Array(rows * outputs);
    for (let n = 0; n < rows; n++) {
      for (let i = 0; i < inputs; i++) t[n * outputs + (i % outputs)] += (0.8 * x[n * inputs + i]) / (inputs / outputs);
    }
    return { inputs: x, targets: t.map((sum) => 0.1 + sum) };
  },
  /** The inputs i ≡ k show class k. A quarter of the labels are noise, so that the loss never vanishes. */
  classes(next, rows, inputs, outputs) {
    const x = Float64Array.from({ length: rows * inputs }, next);
    for (let n = 0; n < rows; n++) {
      for (let i = n % outputs; i < inputs; i += outputs) x[n * inputs + i] = 0.8 * x[n * inputs + i] + 0.2;
    }
    const t = Array.from({ length: rows }, (_, n) => (next() < 0.75 ? n % outputs : Math.floor(outputs * next())));
    return { inputs: x, targets: t };
  },
  xor: () => ({ inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1), targets: Float64Array.of(0, 1, 1, 0) }),
};

/** Inputs [rows, first size] and targets: class indices [rows], or numbers [rows, last size]. */
export function data({ task, rows, sizes }) {
  return tasks[task](lcg(1), rows, sizes[0], sizes.at(-1));
}

/** For each dense layer a weight [out, in], uniform in ±√(3 / in); biases are 0. */
export function weights({ sizes }) {
  const next = lcg(2);
  return sizes.slice(1).map((outputs, i) => {
    const bound = Math.sqrt(3 / sizes[i]);
    return Float64Array.from({ length: outputs * sizes[i] }, () => bound * (2 * next() - 1));
  });
}

/** The rows of a matrix as lists. */
export const rowsOf = (matrix, columns) =>
  Array.from({ length: matrix.length / columns }, (_, n) => [...matrix.slice(n * columns, (n + 1) * columns)]);

/** Class indices as rows with a 1 at their place; other targets as they are. */
export function oneHot(targets, { task, sizes }) {
  if (task !== "classes") return targets;
  const columns = sizes.at(-1);
  const rows = new Float64Array(targets.length * columns);
  targets.forEach((k, n) => (rows[n * columns + k] = 1));
  return rows;
}

/** Where the batches of a pass over the data begin. */
export const batchStarts = ({ rows, batch }) => Array.from({ length: Math.floor(rows / batch) }, (_, i) => i * batch);

/** Calls a function with each of the values in turn, over and over. */
export function inTurn(values, f) {
  let i = 0;
  return () => {
    const value = values[i];
    i = i + 1 < values.length ? i + 1 : 0;
    return f(value);
  };
}
