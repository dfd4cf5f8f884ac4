import { isOurs } from "../../core/bare.js";
import type { Layer } from "../../layers/layer.js";
import type { ParameterRecord } from "../record.js";
import type { Name } from "../types.js";

/** What everything is called; indices are counted from 0. */
export interface Names {
  /** What layer k gets, for the last k what the network gives. */
  value(k: number, unit: number, row: number | null): Name;
  /** ∂E/∂net, as it is called where `values[k]` is a total net input. */
  delta(k: number, unit: number, row: number | null): Name;
  target(unit: number, row: number | null): Name;
  /** A term of the loss. */
  term(unit: number, row: number | null): Name;
  parameter(parameter: ParameterRecord, index: readonly number[]): Name;
  /** The loss, as it is listed, and as it is differentiated. */
  readonly loss: Name;
  readonly error: Name;
  /** All values together, a row for each example; all numbers of a parameter. */
  matrix(k: number): Name;
  parameterMatrix(parameter: ParameterRecord): Name;
  /** What a layer is called in titles: "Hidden layer", "Layer 2", by the number that its names have. */
  title(layer: number): string;
}

/** The layers that begin a level: a total net input, and what is made of it. */
export const isDense = (layer: Layer): boolean => layer.kind === "dense" && isOurs(layer);
