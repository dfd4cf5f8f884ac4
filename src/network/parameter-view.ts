import { fail } from "../core/errors.js";
import type { PlannedTensor } from "../core/memory.js";
import { flatten, flattenParameter, type Nested, nested } from "../core/numbers.js";
import { guarded } from "../core/options.js";
import type { DType, Numbers } from "../core/tensor.js";
import type { StoredBuffer, StoredParameter } from "./store.js";

/** What a flat name stands for, as `dense` has it: lists of numbers for a `weight`, a list for a `bias`. */
export type ValueOf<Name extends string> = Name extends `${string}.weight`
  ? readonly (readonly number[])[]
  : Name extends `${string}.bias`
    ? readonly number[]
    : Nested;

/** What a network keeps under a name, as its user sees it. */
export interface BufferView<Value = Nested> {
  /** Its flat name: `"<index of the layer>.<name>"`. */
  readonly name: string;
  /** `[outputs, inputs]` for a weight, `[length]` for a bias. */
  readonly shape: readonly number[];
  /** A copy, nested as the shape says, and frozen. */
  readonly value: Value;
}

/** A parameter of a network, as its user sees it: copies to read, `set` to write. */
export interface ParameterView<Value = Nested> extends BufferView<Value> {
  /** Whether steps leave it alone. */
  readonly frozen: boolean;
  /** A copy of ∂L/∂value, added up since the latest step; frozen too. */
  readonly gradient: Value;
  /**
   * Writes all its numbers, nested as the shape says or flat, none of which may be so large that its square is infinite.
   * @throws {@link ChainruleError} `type`, `shape` or `value`; nothing has then been written
   */
  set(value: Numbers): void;
  /**
   * Writes ∂L/∂value, for the next step. If no gradients wait for one, those of all parameters start from 0.
   * @throws {@link ChainruleError} `type`, `shape` or `value`; nothing has then been written
   */
  setGradient(gradient: Numbers): void;
}

/** What a view needs of its network: it is told before numbers are read or written, and after that. */
export interface ViewedNetwork {
  open(): void;
  begin(call: string): void;
  parameterWasSet(): void;
  /** Makes room for gradients of a user's own. */
  beginGradients(): void;
}

/** The view of a stored buffer. */
export const viewOfBuffer = ({ name, shape, value }: StoredBuffer, network: ViewedNetwork): BufferView =>
  guarded(name, {
    name,
    shape: Object.freeze([...shape]),
    get value() {
      network.open();
      return frozen(value, shape);
    },
  });

/** The view of a stored parameter. */
export const viewOf = (parameter: StoredParameter, dtype: DType, network: ViewedNetwork): ParameterView => {
  const { name, shape } = parameter;
  const readOnly = (part: string, remedy: string) => (value: unknown) =>
    fail("type", `${name} ${part}`, "to be read only", value, `write ${remedy}`);
  const view: ParameterView = {
    name,
    shape: Object.freeze([...shape]),
    get frozen() {
      return parameter.frozen;
    },
    set frozen(value) {
      readOnly("frozen", `network.${value ? "freeze" : "unfreeze"}("${name}")`)(value);
    },
    get value() {
      network.open();
      return frozen(parameter.value, shape);
    },
    set value(value) {
      readOnly("value", `parameter("${name}").set(value)`)(value);
    },
    get gradient() {
      network.open();
      return frozen(parameter.gradient, shape);
    },
    set gradient(value) {
      readOnly("gradient", `parameter("${name}").setGradient(gradient)`)(value);
    },
    set(value) {
      network.begin("parameter.set");
      parameter.value.floats.set(flattenParameter(value, shape, name, dtype));
      network.parameterWasSet();
    },
    setGradient(value) {
      network.begin("parameter.setGradient");
      const numbers = flatten(value, shape, `${name} gradient`, dtype);
      network.beginGradients();
      parameter.gradient.floats.set(numbers);
    },
  };
  return guarded(name, view);
};

/** A copy that cannot be taken for the thing itself. */
function frozen({ floats }: PlannedTensor, shape: readonly number[]): Nested {
  const copy = nested(floats, shape);
  for (const row of copy) Object.freeze(row);
  return Object.freeze(copy);
}
