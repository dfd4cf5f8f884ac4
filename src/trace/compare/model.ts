import type { ActivationFormula } from "../../activations/activation.js";
import { isOurs } from "../../core/bare.js";
import { fail, Phrase } from "../../core/errors.js";
import type { Layer } from "../../layers/layer.js";
import type { Loss } from "../../losses/loss.js";
import { isElementwise } from "../formulas/activations.js";
import { isDense } from "../names/names.js";
import type { ParameterRecord, Recording, Scalars, Table } from "../record.js";
import type { SlotValues, UpdateSettings } from "./update.js";
import { smoothingOf } from "../formulas/losses.js";

/** A dense layer in plain numbers. */
export interface PlainDense {
  readonly kind: "dense";
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: ParameterRecord;
  readonly bias: ParameterRecord | null;
  /** Dense layers after it. */
  readonly fromLast: number;
}

/** A layer that learns nothing. `output`: no dense layer comes after it. */
type PlainLayer =
  | PlainDense
  | { readonly kind: "elementwise"; readonly formula: ActivationFormula; readonly output: boolean }
  | { readonly kind: "softmax"; readonly output: boolean };

/** A network in plain numbers before a step, and its batch. */
export interface Model {
  readonly layers: readonly PlainLayer[];
  readonly loss: Loss;
  /** The loss is differentiated together with the last layer. */
  readonly fused: boolean;
  readonly settings: UpdateSettings;
  /** The optimizer's scalars. */
  readonly scalars: Scalars;
  readonly input: Table;
  readonly target: Table;
  /** Numbers in a prediction. */
  readonly columns: number;
}

/**
 * The model of a recorded step, before it.
 * @throws {@link ChainruleError} `type` for a layer or an optimizer whose mistakes are not known here
 */
export function modelOf(recording: Recording): Model {
  const { loss, fused, values, target, scalars } = recording;
  if (loss.mass || loss.missing !== undefined || loss.targetSize || smoothingOf(loss)) {
    const remedy = "no mistakes are known of others: read its trace instead";
    fail("type", "compare", "a loss of targets as they are given, all of them", new Phrase(loss.name), remedy);
  }
  return {
    layers: recording.layers.map((layer, k) => plain(layer, k, recording)),
    loss,
    fused,
    settings: settingsOf(recording),
    scalars: scalars.before,
    input: values[0]!,
    target,
    columns: target[0]!.length,
  };
}

/** Whether the error comes back through an activation of the output layer, or of a hidden one. */
export const hasSlope = ({ layers, fused }: Model, output: boolean): boolean =>
  layers.slice(0, fused ? -1 : undefined).some((layer) => layer.kind === "elementwise" && layer.output === output);

function plain(layer: Layer, k: number, { layers, parameters }: Recording): PlainLayer {
  const fromLast = layers.slice(k + 1).filter(isDense).length;
  const output = fromLast === 0;
  if (isElementwise(layer)) return { kind: "elementwise", formula: layer, output };
  if (isOurs(layer) && layer.kind === "softmax") return { kind: "softmax", output };
  const own = (name: string) => parameters.find((each) => each.name === `${k}.${name}`) ?? null;
  if (!isDense(layer)) {
    const remedy = "no mistakes are known of others: read its trace instead";
    fail("type", "compare", "dense layers, activations and softmax", new Phrase(layer.kind), remedy);
  }
  const weight = own("weight")!;
  const [outputs, inputs] = weight.shape as readonly [number, number];
  return { kind: "dense", inputs, outputs, weight, bias: own("bias"), fromLast };
}

/** The optimizer's numbers: its scalars as they are now, and what its options say besides. */
function settingsOf({ optimizer, parameters, scalars: { before } }: Recording): UpdateSettings {
  const { name, options = {} } = optimizer;
  if (!isOurs(optimizer) || (name !== "sgd" && name !== "adam")) {
    const remedy = "no mistakes are known of others: read its trace instead";
    fail("type", "compare", "the optimizer sgd or adam", new Phrase(name), remedy);
  }
  const { schedule, clipValue, clipNorm } = optimizer;
  const isAlike = parameters.every(
    ({ rateFactor, weightDecay, penalties }) =>
      rateFactor === 1 && weightDecay === before.weightDecay && !penalties.length,
  );
  if (schedule || clipValue !== undefined || clipNorm !== undefined || !isAlike) {
    const remedy = "no mistakes are known of others: read its trace instead";
    const got = new Phrase(schedule ? "a schedule" : isAlike ? "clipping" : "options by name, or a penalty");
    fail("type", "compare", "one rule for all steps and parameters", got, remedy);
  }
  const none = { momentum: 0, dampening: 0, nesterov: false, beta1: 0, beta2: 0, epsilon: 0 };
  const own = { ...none, ...options, ...(before as { learningRate: number; weightDecay: number }) };
  return { ...own, rule: name, corrected: true, epsilonInside: false, decoupled: false };
}

/** What an optimizer remembers of an element. */
export function memoryOf(
  { slots }: ParameterRecord,
  element: number,
  { step = 0, beta1Power = 1, beta2Power = 1 }: Scalars,
): SlotValues {
  const [m = 0, v = 0] = slots.map(({ before }) => before[element]!);
  return { m, v, power1: beta1Power, power2: beta2Power, started: step > 0 };
}
