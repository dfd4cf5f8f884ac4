import { frozenOptions, madeFunction } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { type Field, isPlainObject, readOptions } from "../core/options.js";
import { type Cases, readCases, type Weights } from "./cases.js";
import { isMatrix, type Rows } from "./rows.js";

/** How well predictions meet their targets, as one number: a row of each for every example, and a weight for each row. */
export type MetricFunction = (
  prediction: readonly (readonly number[])[],
  target: readonly (readonly number[])[],
  weights?: readonly number[],
) => number;

/** A metric that knows which way is better. */
export interface Metric extends MetricFunction {
  /** Whether a higher or a lower number is better. */
  readonly better: "higher" | "lower";
}

/** A metric of the library, with all that it was made with. It takes rows in every form that a network takes and gives. */
export interface MadeMetric<Options extends object = object> extends Metric {
  (prediction: Rows, target: Rows, weights?: Weights): number;
  /** What it is called. */
  readonly name: string;
  /** What it was made with, frozen. */
  readonly options: Readonly<Options>;
}

/** A metric whose options may all be left out: called with predictions and targets, or with options alone. */
export type BareMetric<Options extends object = Readonly<Record<string, never>>, Made = MadeMetric<Options>> = Made &
  ((options?: Options) => Made);

/** Makes a metric of a function of the cases. */
export function made<Options extends object, More extends object = object>(
  name: string,
  better: Metric["better"],
  options: Options,
  measure: (cases: Cases) => number,
  more?: More,
): MadeMetric<Options> & More {
  const self = (prediction: unknown, target: unknown, weights: unknown): number => {
    const value = measure(readCases(name, prediction, target, weights));
    if (!Number.isFinite(value)) fail("value", name, "numbers that can be squared and added", value, "scale them");
    return value;
  };
  const parts = { name, better, options: frozenOptions(options), ...more };
  return madeFunction(self as unknown as MadeMetric<Options> & More, parts as never);
}

/** Makes a metric of `make(options)`, the defaults being those of the fields, that can also be called with options. */
export function bareMetric<Options extends object, Made extends MadeMetric<Options>>(
  name: string,
  fields: { readonly [K in keyof Options]-?: Field<Options[K]> },
  make: (options: Required<Options>) => Made,
): BareMetric<Options, Made> {
  const call = (options?: unknown): Made => make(readOptions(name, options, fields) as Required<Options>);
  const standard = call();
  const self = (...given: readonly unknown[]): unknown => {
    const [first] = given;
    if (given.length > 1 || isMatrix(first) || !(first === undefined || isPlainObject(first)))
      return (standard as (...given: readonly unknown[]) => number)(...given);
    return first === undefined ? self : call(first);
  };
  return madeFunction(self as BareMetric<Options, Made>, { ...standard } as never);
}
