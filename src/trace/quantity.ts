import type { DType } from "../core/tensor.js";
import { evaluate } from "./expression.js";
import type { Expression, Name, Place, Quantity, Role } from "./types.js";

/** A place, of which only what it has needs to be said. */
export const place = (role: Role, index: readonly number[] = [], parts: Partial<Place> = {}): Place => ({
  role,
  layer: null,
  parameter: null,
  row: null,
  ...parts,
  index,
});

/** A number that was given. */
export const given = (name: Name, at: Place, value: number, dtype: DType): Quantity => ({
  name,
  value,
  dtype,
  expression: null,
  place: at,
});

/** A number from a tape, with its law if that gives it bit for bit. */
export function read(name: Name, at: Place, value: number, dtype: DType, law: Expression | null): Quantity {
  const holds = law !== null && Object.is(evaluate(law, dtype), value);
  return { name, value, dtype, expression: holds ? law : null, place: at };
}

/** A number that lies on no tape; what follows from it does. */
export const derived = (name: Name, at: Place, dtype: DType, law: Expression): Quantity => ({
  name,
  value: evaluate(law, dtype),
  dtype,
  expression: law,
  place: at,
});
