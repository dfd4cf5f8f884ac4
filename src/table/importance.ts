import type { Matrix } from "../core/examples.js";
import { count, optional, readOptions } from "../core/options.js";
import { shuffle, Stream } from "../core/random.js";
import { inputsOf } from "./learnt.js";
import { type Output, scoreOf } from "./report.js";
import type { Network } from "../networks.js";
import type { LearntColumns } from "./columns.js";
import type { Frame } from "./frame.js";

/** What a model makes of a column. */
export interface Importance {
  /** The column. */
  readonly column: string;
  /** The mean fall of the score. */
  readonly importance: number;
  /** The deviation of the falls, from one shuffle to another. */
  readonly deviation: number;
}

/** Options of `importance`. */
export interface ImportanceOptions {
  /** How often each column is shuffled. Default 5. */
  readonly repeats?: number | undefined;
  /** Where the shuffles come from. Default 1. */
  readonly seed?: number | undefined;
}

const fields = {
  repeats: /* @__PURE__ */ count(5),
  seed: /* @__PURE__ */ optional<number>("a whole number", Number.isSafeInteger, "1"),
};

/** A model that can be asked for its score. */
export interface Scored {
  readonly columns: LearntColumns;
  readonly network: Network;
  outputOf(network: Network, inputs: Matrix): Output;
}

/**
 * By how much the score falls when a column's cells are shuffled among the rows.
 * Source: Breiman, "Random forests" (Machine Learning 2001).
 */
export function importance(model: Scored, given: Frame, options?: ImportanceOptions): Importance[] {
  const { repeats, seed = 1 } = readOptions("importance", options, fields);
  const { columns, network } = model;
  const { frame, targets } = columns.answered(given, "importance");
  const { inputs } = columns.inputsOf(frame, "importance");
  const { rows } = frame;
  const width = columns.inputSize;
  const score = (data: Float64Array): number =>
    scoreOf(columns.document, targets, model.outputOf(network, { data, shape: [rows, width] }));
  const whole = score(inputs.data as Float64Array);
  const start = { rows: 1, columns: 1, data: new Float64Array(1) };
  let at = 0;
  const found = columns.document.columns.map((learnt) => {
    const size = inputsOf(learnt).length;
    const stream = new Stream(seed, `importance.${learnt.column}`, start);
    const falls = Array.from({ length: repeats }, (_, repeat) => {
      const order = Uint32Array.from({ length: rows }, (_, n) => n);
      shuffle(order, stream.uniform(repeat));
      const data = Float64Array.from(inputs.data);
      for (let n = 0; n < rows; n++) {
        const from = order[n]! * width + at;
        data.set(inputs.data.subarray(from, from + size), n * width + at);
      }
      return whole - score(data);
    });
    at += size;
    const mean = falls.reduce((sum, each) => sum + each, 0) / repeats;
    const squares = falls.reduce((sum, each) => sum + (each - mean) * (each - mean), 0);
    return { column: learnt.column, importance: mean, deviation: Math.sqrt(squares / repeats) };
  });
  return found.sort((a, b) => b.importance - a.importance);
}
