// Where the tables of the elementary functions lie in a kernel's memory: byte addresses below `FREE`.
// AssemblyScript reads this file too, so there is nothing but numbers in it.

/** 2^(i/128) and what its rounding lost, of `core/exp.ts`: 256 numbers. */
export const ROOTS = 1024;
/** c, 1/c, ln c in two parts, of `core/log.ts`: 516 numbers. */
export const LOGARITHMS = 3072;
/** tanh a in two parts, 1 − tanh² a, of `core/tanh.ts`: 771 numbers. */
export const NODES = 7200;
/** Where blocks of matrices are packed. */
export const SCRATCH = 13376;

/** Blocks of a matrix product: so many terms of each sum, columns of B and rows of A are packed at a time. */
export const DEPTH = 256;
export const WIDTH = 2048;
export const HEIGHT = 128;
/** The first byte that is free, a multiple of 64: behind two blocks of float64 and a tile. */
export const FREE = 1324224;
