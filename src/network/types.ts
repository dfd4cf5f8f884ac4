import type { Batch, Example, Matrix } from "../core/examples.js";
import type { NumberArray } from "../core/numbers.js";
import type { Floats } from "../core/tensor.js";
import type { Layer } from "../layers/layer.js";

// Sizes. A size is a literal such as 3, or `number` where it is known only at run time. Two sizes may be one and the
// same unless their intersection is empty: `3 & 4` is never, `3 & number` is 3.

/** A size that a layer declares; `Else` if it declares none. */
type Declared<Size, Else> = [Size & number] extends [never] ? Else : Size & number;

/** A layer that keeps the size, whatever it is. */
type Keeps = { readonly inputs?: undefined; readonly outputs?: undefined };

/** What a layer takes: for one that keeps the size, any `number`. */
type Takes<L extends Layer> = Declared<L["inputs"], number>;

/** What a layer outputs after it was given `Size` columns. */
type Outputs<L extends Layer, Size extends number> = Declared<L["outputs"], Size & Takes<L>>;

/** How many inputs a list of layers takes: those of the first layer that has sizes of its own, else `number`. */
export type InputSize<L extends readonly Layer[]> = L extends readonly [
  infer Head extends Layer,
  ...infer Rest extends readonly Layer[],
]
  ? Head extends Keeps
    ? InputSize<Rest>
    : Takes<Head>
  : number;

/** How many outputs a list of layers has: those of the last layer that has sizes of its own, else `number`. */
export type OutputSize<L extends readonly Layer[]> = L extends readonly [
  ...infer Rest extends readonly Layer[],
  infer Last extends Layer,
]
  ? Last extends Keeps
    ? OutputSize<Rest>
    : Outputs<Last, number>
  : number;

/** A list of layers, where a sentence stands in the place of the first layer that does not fit those before it. */
export type Chained<L extends readonly Layer[]> = L["length"] extends 0
  ? "a network needs at least one layer"
  : { [K in keyof L]: Misfit<L> extends { at: K; message: infer Message } ? Message : L[K] };

/** Walks along the list with the size so far; ends at a spread `Layer[]`, of which nothing is known. */
type Misfit<L, Size extends number = number, Before extends readonly unknown[] = []> = L extends readonly [
  infer Head extends Layer,
  ...infer Rest,
]
  ? [Size & Takes<Head>] extends [never]
    ? { at: `${Before["length"]}`; message: Message<Before["length"], Head, Size> }
    : Misfit<Rest, Outputs<Head, Size>, [...Before, Head]>
  : null;

type Message<At extends number, L extends Layer, Got extends number> = string extends L["kind"]
  ? `layer ${At} takes ${Count<Takes<L>>} but the layers before it output ${Count<Got>}`
  : `layer ${At} is ${Call<L, Takes<L>>} but the layers before it output ${Count<Got>}: use ${Call<L, Got>}`;

type Call<L extends Layer, In extends number> =
  number extends Outputs<L, number> ? `${L["kind"]}(${In})` : `${L["kind"]}(${In}, ${Outputs<L, number>})`;

type Count<N extends number> = N extends 1 ? "1 value" : `${N} values`;

/** The sentence of {@link Chained}, for sizes that are known only at run time. */
export function misfit(index: number, kind: string, inputs: number, outputs: number | undefined, got: number): string {
  const call = (size: number) => `${kind}(${outputs === undefined ? size : `${size}, ${outputs}`})`;
  const values = got === 1 ? "1 value" : `${got} values`;
  return `layer ${index} is ${call(inputs)} but the layers before it output ${values}: use ${call(got)}`;
}

// What goes in and comes out.

/** `Vector<2>` is `[number, number]`; beyond 16 numbers, or for an unknown count, it is `number[]`. */
export type Vector<N extends number = number> = Vectors[N];

interface Vectors {
  [length: number]: number[];
  1: [number];
  2: [...Vectors[1], number];
  3: [...Vectors[2], number];
  4: [...Vectors[3], number];
  5: [...Vectors[4], number];
  6: [...Vectors[5], number];
  7: [...Vectors[6], number];
  8: [...Vectors[7], number];
  9: [...Vectors[8], number];
  10: [...Vectors[9], number];
  11: [...Vectors[10], number];
  12: [...Vectors[11], number];
  13: [...Vectors[12], number];
  14: [...Vectors[13], number];
  15: [...Vectors[14], number];
  16: [...Vectors[15], number];
}

/** What a network gives for an input X: lists for lists, a typed array for a typed array, a matrix for a matrix. */
export type Result<X, Out extends number> = X extends readonly number[]
  ? Vector<Out>
  : X extends NumberArray
    ? Floats
    : X extends Matrix
      ? Matrix
      : Vector<Out>[];

/** X, where a sentence stands in the place of a row that is not of `Size` numbers. */
export type Fits<X, Size extends number, Verb extends string = "takes"> = Unless<
  X,
  X extends Example ? Row<X, Size, Verb> : Rows<X, Size, Verb>
>;

/** The target T of an input X, where a sentence stands in the place of a row that is not of `Size` numbers. */
export type FitsTarget<T, Size extends number, X = Batch> = Unless<
  T,
  X extends Example ? Row<T, Size, "outputs"> : Rows<T, Size, "outputs">
>;

/** X itself if it is as it should be: the parameter from which it is inferred must name it. */
type Unless<X, Checked> = [Checked] extends [X] ? X : Checked;

type Rows<X, Size extends number, Verb extends string> = X extends readonly unknown[]
  ? { [K in keyof X]: Row<X[K], Size, Verb> }
  : X;

/** A list of unknown length, a typed array and a class index are left to the run-time check. */
type Row<X, Size extends number, Verb extends string> = X extends readonly number[]
  ? [X["length"] & Size] extends [never]
    ? `this row has ${Count<X["length"]>}, the network ${Verb} ${Size}`
    : X
  : X;
