import type { DType } from "../core/tensor.js";

/** How a quantity is written: as plain text (`net_h1`, `∂E/∂w5`, `w5⁺`) and in LaTeX. */
export interface Name {
  /** Plain text; in a trace no two quantities have the same. */
  readonly text: string;
  /** LaTeX, without dollar signs. */
  readonly latex: string;
}

/** A function of numbers, as people write it; its arguments are in parentheses where they need them. */
export interface Formula {
  /** What it is called: `sigmoid`. */
  readonly name: string;
  /** Its value written out, given how its arguments are written; null: only numbers are known. */
  readonly text: ((...args: string[]) => string) | null;
  /** The same in LaTeX. */
  readonly latex: ((...args: string[]) => string) | null;
  /** Its value. */
  readonly compute: (...args: number[]) => number;
}

/**
 * How a number was computed, from other quantities: a tree of sums, products and functions, each of several arguments
 * taken from left to right, which is the order in which the kernels took them. `sum` is an `add` that starts from 0,
 * as a kernel does that adds to what it has cleared (a sum of one argument is written as that argument).
 */
export type Expression = QuantityExpression | ConstantExpression | ArithmeticExpression | AppliedExpression;

/** The value of a quantity. */
export interface QuantityExpression {
  /** Which kind of expression it is. */
  readonly op: "quantity";
  /** The quantity. */
  readonly quantity: Quantity;
}

/** A number, such as what a mean is divided by. */
export interface ConstantExpression {
  /** Which kind of expression it is. */
  readonly op: "constant";
  /** The number. */
  readonly value: number;
}

/** A sum, difference, product or quotient. */
export interface ArithmeticExpression {
  /** What is done. */
  readonly op: "add" | "sum" | "subtract" | "multiply" | "divide";
  /** To what, from left to right. */
  readonly args: readonly Expression[];
}

/** A function applied. */
export interface AppliedExpression {
  /** Which kind of expression it is. */
  readonly op: "apply";
  /** The function. */
  readonly formula: Formula;
  /** Its arguments. */
  readonly args: readonly Expression[];
}

/** What kind of number a quantity is. */
export type Role =
  | "input" // what the network is given
  | "target"
  | "rowWeight" // the factor of a row's loss
  | "parameter" // a weight or a bias, before the step
  | "value" // what a layer gives: total net input, activation
  | "term" // a term of the loss, E_o1
  | "loss" // sums of terms: of a row, of the batch; also after the step
  | "factor" // a partial derivative within one layer: ∂out/∂net, ∂net/∂w, ∂net/∂out
  | "share" // a part of a sum that is differentiated or added up: of one output, of one row
  | "delta" // ∂E/∂net, or its negative: δ
  | "derivative" // ∂E/∂ what a layer gives
  | "gradient" // ∂E/∂ a parameter
  | "setting" // a number of the optimizer: η, β₁, and what depends on the step count alone
  | "state" // what the optimizer remembers of a parameter, before the step
  | "movement" // the same after the step, and all between gradient and new weight
  | "updated"; // a parameter after the step

/** What a quantity is, for programs; names are for people. Everything is counted from 0. */
export interface Place {
  /** What kind of number it is. */
  readonly role: Role;
  /** The layer that it belongs to; null for what belongs to none. */
  readonly layer: number | null;
  /** The flat name of the parameter that it is, or is about, such as `"0.weight"`; null if about none. */
  readonly parameter: string | null;
  /** The row of the batch; null for what is the same for, or summed over, all rows. */
  readonly row: number | null;
  /** Where in the layer `[unit]`, between two `[unit, unit before]`, or in the parameter `[output, input]` or `[element]`. */
  readonly index: readonly number[];
}

/** One number of a training step: its name, its value, and how it came about. */
export interface Quantity {
  /** What it is called. */
  readonly name: Name;
  /** Read from the network's memory; for what lies nowhere there, such as a factor, made by the block's own function. */
  readonly value: number;
  /**
   * The precision in which it is computed: a function is rounded to it once, a sum or product after each step. Losses,
   * and factors that are not stored, are in float64 in a network of float32 too.
   */
  readonly dtype: DType;
  /** Its law, from which the value follows bit for bit; null for what was given, and where no formula is known. */
  readonly expression: Expression | null;
  /** What it is, for programs. */
  readonly place: Place;
}

/** A table of numbers in an equation of matrices. */
export interface MatrixTerm {
  /** What it is called. */
  readonly name: Name;
  /** Its rows. */
  readonly values: readonly (readonly number[])[];
}

/** The same as some lines of a section, for the whole layer at once: `Z = X·Wᵀ + b`, with its numbers. */
export interface MatrixEquation {
  /** The left-hand side: what is computed. */
  readonly name: Name;
  /** The right-hand side. */
  readonly law: Name;
  /** The numbers of the left-hand side. */
  readonly result: MatrixTerm;
  /** The matrices of the right-hand side, in their order. */
  readonly terms: readonly MatrixTerm[];
}

/** What part of a step a section tells. */
export type Phase = "given" | "forward" | "loss" | "backward" | "update";

/** A part of the step: a layer forwards or backwards, the loss, the update of a parameter. */
export interface Section {
  /** What part of the step it belongs to. */
  readonly phase: Phase;
  /** The layer it is about, counted from 0; null for what was given and the loss. */
  readonly layer: number | null;
  /** One line that says what is computed here: "Hidden layer: total net input". */
  readonly title: string;
  /** A remark, such as why a fused pair is one factor; may be empty. */
  readonly note: string;
  /** In the order in which they are computed. */
  readonly lines: readonly Quantity[];
  /** The same for the whole layer at once. */
  readonly matrices: readonly MatrixEquation[];
}

/** One whole training step of a network as data. */
export interface Trace {
  /** The precision of the network. */
  readonly dtype: DType;
  /** Rows in the batch. */
  readonly rows: number;
  /** In the order of the step. */
  readonly sections: readonly Section[];
  /** Every quantity by the text of its name. */
  readonly quantities: ReadonlyMap<string, Quantity>;
  /** The loss before the update. */
  readonly loss: Quantity;
  /** The loss of the same batch after it. */
  readonly lossAfter: Quantity;
  /** As plain data, for `JSON.stringify`. */
  toJSON(): TraceJson;
}

/**
 * An expression in JSON: a quantity by the text of its name, a constant by its value. A function applied has its name,
 * and is written out in `text` where that is known.
 */
export type ExpressionJson =
  | string
  | number
  | {
      /** What is done, as in {@link Expression}. */
      readonly op: "add" | "sum" | "subtract" | "multiply" | "divide" | "apply";
      /** The function that is applied: its name. */
      readonly formula?: string;
      /** Its value written out, null if that is not known. */
      readonly text?: string | null;
      /** To what, from left to right. */
      readonly args: readonly ExpressionJson[];
    };

/** A {@link Quantity} in JSON; `JSON.stringify` writes null for a value that is not finite, also in matrices. */
export interface QuantityJson extends Pick<Quantity, "name" | "dtype" | "place"> {
  /** Its number. */
  readonly value: number | null;
  /** Its law. */
  readonly expression: ExpressionJson | null;
}

/** A {@link Section} in JSON. */
export interface SectionJson extends Pick<Section, "phase" | "layer" | "title" | "note" | "matrices"> {
  /** Its quantities. */
  readonly lines: readonly QuantityJson[];
}

/** A {@link Trace} in JSON, as {@link traceSchema} describes it. */
export interface TraceJson extends Pick<Trace, "dtype" | "rows"> {
  /** By this a reader knows it. */
  readonly format: "chainrule.trace";
  /** Of the format, not of the library. */
  readonly version: 1;
  /** In the order of the step. */
  readonly sections: readonly SectionJson[];
  /** The name of the loss before the update. */
  readonly loss: string;
  /** The name of the loss after it. */
  readonly lossAfter: string;
}
