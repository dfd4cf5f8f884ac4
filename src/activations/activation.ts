import { frozenOptions } from "../core/bare.js";
import { ask, describe, fail, Phrase } from "../core/errors.js";
import { checkParts, checkSpelling, optionsField } from "../core/options.js";
import { operation, variable } from "../formula/expression.js";
import { arraysLoop, callable, type FunctionText, readFunction, type TextFunction } from "../formula/function.js";
import type { Kernel } from "../formula/steps.js";
import type { ElementwiseLoops } from "../kernels/kernels.js";
import type { SizeKeepingLayer } from "../layers/layer.js";
import { type Range, rangeField } from "../core/range.js";

/** What makes an activation: a function of one number, and its derivative. */
export interface ActivationFormula {
  /** What it is called in summaries and errors. */
  readonly name: string;
  /** a = f(z) */
  apply(z: number): number;
  /** f′(z), where a = f(z) is at hand; at a kink the left derivative. */
  derivative(z: number, a: number): number;
  /** What it was made with, such as a slope, defaults filled in; it is copied and frozen. */
  readonly options?: object | undefined;
  /** What its values are, for the losses that need to know; absent: unknown. */
  readonly range?: Range;
}

/** What makes an activation of a text: its derivative is found. */
export interface ActivationText extends FunctionText {
  /** What it is called in summaries and errors. */
  readonly name: string;
  /** a = f(z), such as `"z / (1 + exp(−β · z))"`. */
  readonly formula: string;
  /** f′(z) where another form of it is better; it may speak of a = f(z) too, as in `"a · (1 − a)"`. */
  readonly derivative?: string | undefined;
  /** What its values are, for the losses that need to know; absent: unknown. */
  readonly range?: Range;
}

/** An elementwise function, as a layer of a network. */
export interface Activation extends ActivationFormula, ElementwiseLoops, SizeKeepingLayer {
  readonly range?: Range;
  /** @internal The formula that it was made of, if it was made of one. */
  readonly text?: TextFunction;
}

/**
 * Makes a layer of a formula and of the two loops over it, which are written beside it: an engine can then inline the
 * formula in them, which it can't in general loops once these have met many activations.
 */
export function elementwise(formula: ActivationFormula & ElementwiseLoops): Activation {
  const { native, map, pull } = formula;
  const loops: ElementwiseLoops = { native, map, pull };
  return {
    ...formula,
    kind: formula.name,
    plan: () => null,
    forward(_, x, y, { kernels }) {
      kernels.map(loops, x, y);
    },
    backward(_, x, y, dy, dx, { kernels }) {
      if (dx) kernels.pull(loops, x, y, dy, dx);
    },
  };
}

/** Where a formula of a user's is compared with a difference: off the round numbers at which kinks like to lie. */
const PROBES = [-3.7183, -1.2347, -0.5671, 0.3217, 0.8761, 1.6183, 4.1416];
const H = 1e-5;

/**
 * Defines an activation a = f(z): by a formula, of which the derivative is found, or by two functions of JavaScript. A
 * formula may have parameters, which are its `options`; a trace writes it as it is written in a book.
 *
 * The derivative is compared with the difference (f(z+h) − f(z−h)) / 2h at a few points.
 * @throws {@link ChainruleError} `derivative` if the two disagree, `value` if f is not finite there or a formula goes wrong
 * (and at which character), `type` if a part is missing, `option` if one is misspelt
 * @example
 * ```ts
 * import { Network, activation, dense } from "chainrule";
 *
 * const square = activation({ name: "square", apply: (z) => z * z, derivative: (z) => 2 * z });
 * new Network([dense(1, 1, { weight: [[3]], bias: [0] }), square]).predict([2]); // [36]
 *
 * const swish = activation({ name: "swish", formula: "z / (1 + exp(−β · z))", parameters: { beta: 1.5 } });
 * swish.apply(0); // 0
 * swish.derivative(0, 0); // 0.5
 * ```
 */
export function activation(given: ActivationFormula | ActivationText): Activation {
  const isText = ask(() => (given as ActivationText).formula, undefined) !== undefined;
  return isText ? fromText(given as ActivationText) : fromFunctions(given as ActivationFormula);
}

function fromText(given: ActivationText): Activation {
  const { name, range }: { name: unknown; range?: Range } = given;
  const where = `activation ${typeof name === "string" ? name : ""}`.trim();
  if (typeof name !== "string")
    fail("type", where, "{ name, formula }", given, 'write activation({ name: "square", formula: "z²" })');
  checkSpelling(where, given, ["name", "formula", "derivative", "parameters", "range"]);
  checkParts(where, given, { range: rangeField });
  const text = readFunction(given, ["z"], "a", where);
  const { value, parameters } = text;
  const apply = callable(value, ["z"], parameters);
  const derivative = callable(text.derivative, ["z", "a"], parameters);
  checkDerivative(
    { name, apply, derivative },
    where,
    given.derivative === undefined ? "write it without a jump there" : "leave the derivative out: it is found",
  );
  const scalars = Object.keys(parameters);
  const map: Kernel = { places: ["z", "a"], scalars, outputs: { a: value }, rounding: "once" };
  const dz = operation("multiply", variable("da"), text.derivative);
  const pull: Kernel = { places: ["z", "a", "da", "dz"], scalars, outputs: { dz }, rounding: "once" };
  const loops = { native: undefined, map: arraysLoop(map, parameters), pull: arraysLoop(pull, parameters) };
  return {
    ...elementwise({ name, options: parameters, ...(range !== undefined && { range }), apply, derivative, ...loops }),
    text,
  };
}

function fromFunctions(formula: ActivationFormula): Activation {
  const name: unknown = ask(() => formula.name, undefined);
  const where = `activation ${typeof name === "string" ? name : ""}`.trim();
  if (typeof name !== "string" || typeof formula.apply !== "function" || typeof formula.derivative !== "function") {
    const remedy = 'write activation({ name: "square", apply: (z) => z * z, derivative: (z) => 2 * z })';
    fail("type", where, "{ name, apply(z), derivative(z, a) }", formula, remedy);
  }
  checkSpelling(where, formula, ["name", "apply", "derivative", "options", "range", "map", "pull"]);
  checkParts(where, formula, { options: optionsField, range: rangeField });
  checkDerivative(formula, where);
  return elementwise({
    ...formula,
    options: formula.options && frozenOptions(formula.options),
    native: undefined,
    map(n, z, a) {
      for (let i = 0; i < n; i++) a[i] = formula.apply(z[i]!);
    },
    pull(n, z, a, da, dz) {
      for (let i = 0; i < n; i++) dz[i] = da[i]! * formula.derivative(z[i]!, a[i]!);
    },
  });
}

/** @throws {@link ChainruleError} `derivative` if it is not that of the function, `value` if one of both is not finite */
function checkDerivative(
  formula: ActivationFormula,
  where: string,
  remedy = "derivative(z, a) gets z first, and a = apply(z) second",
): void {
  for (const z of PROBES) {
    const a = formula.apply(z);
    const slope = formula.derivative(z, a);
    if (!Number.isFinite(a) || !Number.isFinite(slope)) {
      const got = new Phrase(`apply ${describe(a)}, derivative ${describe(slope)}`);
      fail("value", where, `finite numbers at z = ${z}`, got, "return a finite number for every finite z");
    }
    const difference = (formula.apply(z + H) - formula.apply(z - H)) / (2 * H);
    if (Math.abs(slope - difference) > 1e-5 * Math.max(1, Math.abs(slope), Math.abs(difference))) {
      fail(
        "derivative",
        where,
        `a derivative of ${difference.toPrecision(6)} at z = ${z}`,
        new Phrase(slope.toPrecision(6)),
        remedy,
      );
    }
  }
}
