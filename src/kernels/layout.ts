// Where things lie in a kernel's memory, in bytes. AssemblyScript reads this file too, so there are only numbers in it.

/** 2^(i/128) and what its rounding lost, of `core/exp.ts`: 256 numbers. */
export const ROOTS = 1024;
/** c, 1/c, ln c in two parts, of `core/log.ts`: 516 numbers. */
export const LOGARITHMS = 3072;
/** The table of `core/tanh.ts`: 5,643 numbers. */
export const NODES = 7200;
/** A vector that doesn't fit elsewhere. */
export const CELL = 52352;
/** Where the panels of a matrix product lie: 532,608 bytes at most, of DEPTH rows of WIDTH and 32 bytes, and a tile; or those of strips.ts. */
export const SCRATCH = 52416;
/** The first byte that is free. */
export const FREE = 585024;

/** √MAX / 1024 in float32 and in float64: 2⁵⁴ and 2⁵⁰². See `bound` in opcodes.ts. */
export const BOUND_F32 = 1.8014398509481984e16;
export const BOUND_F64 = 1.3093562431584567e151;

/** A matrix product packs so many terms of each sum, and so many bytes of each row of B, at a time. */
export const DEPTH = 256;
export const WIDTH = 2048;
/** A row of weights of at most so many bytes, or 8 times as many for 64 examples or fewer, is read where it lies. */
export const STRIP = 4096;
/** It packs nothing for fewer rows than this, nor for so few terms altogether. */
export const FEW_ROWS = 4;
export const FEW_TERMS = 64;
