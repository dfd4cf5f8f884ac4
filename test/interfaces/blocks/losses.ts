import { loss, type Loss, type Tensor } from "chainrule";

/** ln cosh(p − t), from its formula. */
export const logCosh = loss({
  name: "logCosh",
  value: (p, t) => Math.abs(p - t) + Math.log1p(Math.exp(-2 * Math.abs(p - t))) - Math.LN2,
  derivative: (p, t) => Math.tanh(p - t),
});

/** 1 − cos(p, t) of whole rows: its term stands in the first column, the others are 0. */
export const cosineDistance: Loss = {
  name: "cosineDistance",
  divisor: (rows) => rows,
  value(p, t, u) {
    u.data.fill(0, 0, u.rows * u.columns);
    for (let start = 0; start < p.rows * p.columns; start += p.columns) {
      const { dot, lengths } = angle(p.data, t.data, start, start + p.columns);
      u.data[start] = 1 - dot / Math.sqrt(lengths);
    }
  },
  gradient(p, t, dp) {
    for (let start = 0; start < p.rows * p.columns; start += p.columns) {
      const { dot, pp, lengths } = angle(p.data, t.data, start, start + p.columns);
      for (let i = start; i < start + p.columns; i++)
        dp.data[i] = (p.data[i]! * (dot / pp) - t.data[i]!) / Math.sqrt(lengths);
    }
  },
};

function angle(p: ArrayLike<number>, t: ArrayLike<number>, start: number, end: number) {
  let dot = 0,
    pp = 0,
    tt = 0;
  for (let i = start; i < end; i++) {
    dot += p[i]! * t[i]!;
    pp += p[i]! * p[i]!;
    tt += t[i]! * t[i]!;
  }
  return { dot, pp, lengths: pp * tt };
}

/** Σ q_y max(0, 1 − p_y + p_j) over the classes y and, for each, the others j: q has a 1 at the class, or is a distribution. */
export const multiMargin: Loss = {
  name: "multiMargin",
  targets: "classes",
  divisor: (rows, columns) => rows * columns,
  value(p, q, u) {
    u.data.fill(0, 0, u.rows * u.columns);
    eachPair(p, (y, j) => (u.data[j]! += q.data[y]! * Math.max(0, 1 - p.data[y]! + p.data[j]!)));
  },
  gradient(p, q, dp) {
    dp.data.fill(0, 0, dp.rows * dp.columns);
    eachPair(p, (y, j) => {
      if (1 - p.data[y]! + p.data[j]! <= 0) return;
      dp.data[j]! += q.data[y]!;
      dp.data[y]! -= q.data[y]!;
    });
  },
};

/** Each y with each other j of its row. */
function eachPair({ rows, columns }: Tensor, visit: (y: number, j: number) => void): void {
  for (let y = 0; y < rows * columns; y++) {
    const start = y - (y % columns);
    for (let j = start; j < start + columns; j++) if (j !== y) visit(y, j);
  }
}
