import type { DType } from "../core/tensor.js";
import type { FusedLoss, Loss } from "../losses/loss.js";
import { constant, factorsOf, multiply, ref } from "./expression.js";
import { isElementwise } from "./formulas/activations.js";
import { type LossRow, lossRow } from "./formulas/losses.js";
import type { FormulaTexts } from "./formulas/written.js";
import { isDense, type Names } from "./names/names.js";
import { after, partial } from "./names/symbol.js";
import { given, place, read } from "./quantity.js";
import type { ParameterRecord, Recording } from "./record.js";
import type { Expression, MatrixEquation, Name, Phase, Quantity, Section } from "./types.js";

/** A quantity for each row and unit. */
export type Grid = readonly (readonly Quantity[])[];

/** A parameter with its quantities, element by element. */
export interface TracedParameter {
  readonly record: ParameterRecord;
  readonly name: Name;
  readonly values: readonly Quantity[];
  gradients: readonly Quantity[];
}

/** What a section may have besides its lines. */
interface Remarks {
  readonly note?: string | undefined;
  readonly matrices?: readonly MatrixEquation[];
}

/** How a trace is to be written. */
export interface Style {
  readonly delta: "positive" | "negative";
  readonly formulas: FormulaTexts;
}

/** The trace as it is written: what has been recorded, and the quantities so far. */
export class Scene {
  readonly sections: Section[] = [];
  /** `values[k]` is what layer k gets; they come with the forward pass. */
  readonly values: Grid[] = [];
  /** ∂E/∂`values[k]`; they come with the backward pass. */
  readonly derivatives: Grid[] = [];
  /** What layer k of dropout multiplied its input by; it comes with the forward pass. */
  readonly masks: (Grid | undefined)[] = [];
  readonly parameters: readonly TracedParameter[];
  readonly dtype: DType;
  /** The values by which the loss is differentiated: the last, or the logits. */
  readonly lastDerived: number;
  /** The loss, with the last layer if the two are differentiated as one. */
  readonly measure: Pick<Loss | FusedLoss, "value" | "gradient">;
  readonly lossRow: LossRow | undefined;
  /** E is the sum of the terms and nothing else. */
  readonly isPlainSum: boolean;
  readonly #negative: boolean;

  constructor(
    readonly recording: Recording,
    readonly names: Names,
    readonly style: Style,
  ) {
    const { dtype, fused, loss, layers, rows, rowWeights, divisor } = recording;
    this.dtype = dtype;
    this.lastDerived = layers.length - (fused ? 1 : 0);
    this.measure = fused ? loss.fused! : loss;
    this.lossRow = lossRow(recording, style.formulas);
    this.isPlainSum = rows === 1 && !rowWeights && divisor === 1;
    this.#negative = style.delta === "negative";
    this.parameters = recording.parameters.map((each) => this.#parameter(each));
  }

  /** Adds a section, unless nothing is in it. */
  tell(phase: Phase, layer: number | null, title: string, lines: readonly Quantity[], more: Remarks = {}): void {
    const { note = "", matrices = [] } = more;
    if (lines.length || note) this.sections.push({ phase, layer, title, note, lines, matrices });
  }

  /** The row of a batch, for names; null in a batch of one. */
  row(n: number): number | null {
    return this.recording.rows === 1 ? null : n;
  }

  name(k: number, unit: number, n: number): Name {
    return this.names.value(k, unit, this.row(n));
  }

  /**
   * The part of ∂E/∂`values[k]` that comes through one unit that layer k feeds: ∂E_o1/∂out_h1 where that unit makes a
   * term of its own, as in the article.
   */
  shareName(k: number, output: number, by: Name, n: number): Name {
    const { error, term } = this.names;
    const isApart = this.lossRow?.of === "numbers" && this.recording.layers.slice(k + 1).every(isElementwise);
    if (this.isPlainSum && isApart) return partial(term(output, null), by);
    const through = this.name(k + 1, output, n);
    const whole = partial(error, by);
    return { text: `${whole.text} via ${through.text}`, latex: `\\left.${whole.latex}\\right|_{${through.latex}}` };
  }

  /** Parameters of a layer, by their name in it. */
  parametersOf(layer: number): ReadonlyMap<string, TracedParameter> {
    const own = this.parameters.filter(({ record }) => record.layer === layer);
    return new Map(own.map((each) => [each.record.name.slice(`${layer}.`.length), each]));
  }

  /** What layer k gives, with its law for each row and unit. */
  give(k: number, law: (n: number, unit: number) => Expression | null): Grid {
    const grid = this.recording.values[k + 1]!.map((row, n) =>
      row.map((value, unit) =>
        read(this.name(k + 1, unit, n), place("value", [unit], { layer: k, row: n }), value, this.dtype, law(n, unit)),
      ),
    );
    this.values[k + 1] = grid;
    return grid;
  }

  /** Whether `values[k]` are total net inputs: their derivatives are the δ. */
  isNet(k: number): boolean {
    return k > 0 && isDense(this.recording.layers[k - 1]!);
  }

  /** ∂E/∂`values[k]`, with its law for each row and unit. */
  derive(k: number, law: (n: number, unit: number) => Expression | null): Grid {
    const { names, recording, dtype } = this;
    const net = this.isNet(k);
    const grid = recording.gradients[k]!.map((row, n) =>
      row.map((value, unit) => {
        const name = net ? names.delta(k, unit, this.row(n)) : partial(names.error, this.name(k, unit, n));
        const at = place(net ? "delta" : "derivative", [unit], { layer: k - 1, row: n });
        const by = law(n, unit);
        if (!(net && this.#negative)) return read(name, at, value, dtype, by);
        return read(name, at, -value, dtype, by && multiply(constant(-1), ...factorsOf(by)));
      }),
    );
    this.derivatives[k] = grid;
    return grid;
  }

  /** ∂E/∂`values[k]` as factors: the quantity itself, or −1 and δ where δ is the negative. */
  towards(k: number, n: number, unit: number): readonly Expression[] {
    const quantity = this.derivatives[k]![n]![unit]!;
    return this.#negative && this.isNet(k) ? [constant(-1), ref(quantity)] : [ref(quantity)];
  }

  /** The same, in the factors that it is made of: the chain. */
  chain(k: number, n: number, unit: number): readonly Expression[] {
    const { expression } = this.derivatives[k]![n]![unit]!;
    if (expression?.op !== "multiply") return this.towards(k, n, unit);
    return this.#negative && this.isNet(k) ? expression.args.slice(1) : expression.args;
  }

  /** ∂E/∂ each element of a parameter, with its law. */
  accumulate(parameter: TracedParameter, law: (element: number) => Expression | null): readonly Quantity[] {
    const { record, values } = parameter;
    parameter.gradients = record.gradient.map((value, e) =>
      read(
        partial(this.names.error, values[e]!.name),
        { ...values[e]!.place, role: "gradient" },
        value,
        this.dtype,
        law(e),
      ),
    );
    return parameter.gradients;
  }

  /** w⁺ of each element, with its law. */
  update({ record, values }: TracedParameter, element: number, law: Expression | null): Quantity {
    const { name, place: at } = values[element]!;
    return read(after(name), { ...at, role: "updated" }, record.after[element]!, this.dtype, law);
  }

  #parameter(record: ParameterRecord): TracedParameter {
    const { name: parameter, layer, shape, before } = record;
    const [, columns] = shape;
    const values = before.map((value, e) => {
      const index = columns === undefined ? [e] : [Math.floor(e / columns), e % columns];
      return given(
        this.names.parameter(record, index),
        place("parameter", index, { layer, parameter }),
        value,
        this.dtype,
      );
    });
    return { record, name: this.names.parameterMatrix(record), values, gradients: [] };
  }
}

/** The numbers of a grid. */
export const numbers = (grid: Grid): number[][] => grid.map((row) => row.map(({ value }) => value));

/** Numbers in rows of so many columns. */
export const rowsOf = (list: readonly Quantity[], columns: number): number[][] =>
  Array.from({ length: list.length / columns }, (_, n) =>
    list.slice(n * columns, (n + 1) * columns).map(({ value }) => value),
  );

/** A name with the numbers that it stands for. */
export type Named = readonly [name: Name, values: readonly (readonly number[])[]];

/** `result = law`, an equation of matrices. */
export const equation = (law: Name, [name, values]: Named, ...terms: readonly Named[]): MatrixEquation => ({
  name,
  law,
  result: { name, values },
  terms: terms.map(([each, table]) => ({ name: each, values: table })),
});
