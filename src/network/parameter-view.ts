import { fail } from "../core/errors.js";
import { type PlannedTensor, reads } from "../core/memory.js";
import { flattenParameter, nested } from "../core/numbers.js";
import type { DType, Numbers } from "../core/tensor.js";
import type { StoredParameter } from "./store.js";

/** What a flat name stands for, as `dense` has it: lists of numbers for a `weight`, a list for a `bias`. */
export type ValueOf<Name extends string> = Name extends `${string}.weight`
  ? number[][]
  : Name extends `${string}.bias`
    ? number[]
    : number[] | number[][];

/** A parameter of a network, as its user sees it: copies to read, `set` to write. */
export interface ParameterView<Value = number[] | number[][]> {
  /** Its flat name: `"<index of the layer>.<name>"`. */
  readonly name: string;
  /** `[outputs, inputs]` for a weight, `[length]` for a bias. */
  readonly shape: readonly number[];
  /** Whether steps leave it alone. */
  readonly frozen: boolean;
  /** A copy, nested as the shape says. */
  readonly value: Value;
  /** A copy of ∂L/∂value, added up since the latest step. */
  readonly gradient: Value;
  /**
   * Writes all its numbers, none of which may be so large that its square is infinite.
   * @throws {@link ChainruleError} `type`, `shape` or `value`; nothing has then been written
   */
  set(value: Numbers): void;
}

/** The view of a stored parameter; its network is told before it is written to, and after that. */
export const viewOf = (
  parameter: StoredParameter,
  dtype: DType,
  before: () => void,
  changed: () => void,
): ParameterView => {
  const copyOf = ({ floats }: PlannedTensor): number[] | number[][] => {
    reads.dataWasRead = true;
    return nested(floats, parameter.shape);
  };
  const view: ParameterView = {
    name: parameter.name,
    shape: Object.freeze([...parameter.shape]),
    get frozen() {
      return parameter.frozen;
    },
    set frozen(value) {
      const remedy = `write network.${value ? "freeze" : "unfreeze"}("${parameter.name}")`;
      fail("type", `${parameter.name} frozen`, "to be read only", value, remedy);
    },
    get value() {
      return copyOf(parameter.value);
    },
    set value(value: number[] | number[][]) {
      fail(
        "type",
        `${parameter.name} value`,
        "to be read only",
        value,
        `write parameter("${parameter.name}").set(value)`,
      );
    },
    get gradient() {
      return copyOf(parameter.gradient);
    },
    set(value) {
      before();
      parameter.value.floats.set(flattenParameter(value, parameter.shape, parameter.name, dtype));
      changed();
    },
  };
  return Object.freeze(view);
};
