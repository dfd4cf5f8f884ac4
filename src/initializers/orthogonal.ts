import { bare, type Bare } from "../core/bare.js";
import { positive } from "../core/options.js";
import type { Initializer, Start } from "./initializer.js";
import { normal } from "./scaled.js";

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** A factor for all of it, above 0; for relu √2. Default 1. */
  readonly gain?: number;
}

/** The part of its length that has to be left of a vector, for no more than a digit to be lost. */
const ENOUGH = 0.1;

/** a ← a − Σ (q · a) q */
function project(a: Float64Array, others: readonly Float64Array[]): void {
  for (const q of others) {
    let dot = 0;
    for (let i = 0; i < a.length; i++) dot += q[i]! * a[i]!;
    for (let i = 0; i < a.length; i++) a[i]! -= dot * q[i]!;
  }
}

const lengthOf = (a: Float64Array): number => Math.sqrt(a.reduce((sum, each) => sum + each * each, 0));

/**
 * The Gram-Schmidt process, in place, each vector twice where it loses much of its length ("twice is enough": Kahan, in
 * Parlett, "The symmetric eigenvalue problem", 1980). It is the Q of A = QR in which R has a positive diagonal.
 */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [j, a] of vectors.entries()) {
    for (let before = 0, length = lengthOf(a); length < ENOUGH * before || before === 0; length = lengthOf(a)) {
      before = length;
      project(a, vectors.slice(0, j));
    }
    const length = lengthOf(a);
    for (let i = 0; i < a.length; i++) a[i]! /= length;
  }
}

/** All numbers of a parameter, row by row. */
function matrixOf(start: Start, gain: number): Float64Array {
  const { shape } = start;
  const size = shape.reduce((product, each) => product * each, 1);
  const rows = shape.length === 1 ? 1 : shape[0]!;
  const columns = size / rows;
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const place = (j: number, i: number): number => (rows < columns ? j * columns + i : i * columns + j);
  const vectors = Array.from({ length: count }, (_, j) =>
    Float64Array.from({ length }, (_, i) => normal(place(j, i), start)),
  );
  orthonormalize(vectors);
  const matrix = new Float64Array(size);
  for (const [j, q] of vectors.entries()) for (let i = 0; i < length; i++) matrix[place(j, i)] = gain * q[i]!;
  return matrix;
}

/**
 * Rows that are orthonormal, W·Wᵀ = I, or columns, Wᵀ·W = I, where there are more rows: lengths of signals and gradients stay
 * as they are through many layers.
 *
 * It is drawn evenly among all such matrices: the Q of A = QR for normal A, where R has a positive diagonal. A `gain`
 * multiplies it; a bias is a row. The time grows with the third power of the size: a second or two for 1024 × 1024.
 * Source: Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks"
 * (2013); Mezzadri, "How to generate random matrices from the classical compact groups" (2007) for the signs; as in PyTorch.
 * @example
 * ```ts
 * import { dense, orthogonal } from "chainrule";
 *
 * dense(64, 32, { weight: orthogonal });
 * dense(64, 32, { weight: orthogonal({ gain: Math.SQRT2 }) });
 * ```
 */
export const orthogonal: Bare<Initializer, OrthogonalOptions> = /* @__PURE__ */ bare<Initializer, OrthogonalOptions>(
  "orthogonal",
  { gain: /* @__PURE__ */ positive(1) },
  ({ gain }) => ({
    name: "orthogonal",
    value: (index, start) => matrixOf(start, gain)[index]!,
    all: (start) => matrixOf(start, gain),
  }),
);
