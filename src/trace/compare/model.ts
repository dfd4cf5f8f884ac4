import type { ActivationFormula } from "../../activations/activation.js";
import { fail, Phrase } from "../../core/errors.js";
import type { Layer } from "../../layers/layer.js";
import type { Loss } from "../../losses/loss.js";
import { accountOf } from "../blocks/layers.js";
import { elementwise } from "../blocks/elementwise.js";
import type { ParameterRecord, Recording, Scalars, Table } from "../record.js";
import { movement, type Memory, type Settings } from "./update.js";

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
  readonly settings: Settings;
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
  if (loss.mass || loss.missing !== undefined || loss.targetSize) {
    const remedy = "no mistakes are known of others: read its trace instead";
    fail("type", "compare", "a loss of targets that are all there", new Phrase(loss.name), remedy);
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
  const fromLast = layers.slice(k + 1).filter(({ kind }) => kind === "dense").length;
  const output = fromLast === 0;
  if (accountOf(layer) === elementwise)
    return { kind: "elementwise", formula: layer as unknown as ActivationFormula, output };
  if (layer.kind === "softmax") return { kind: "softmax", output };
  const own = (name: string) => parameters.find((each) => each.name === `${k}.${name}`) ?? null;
  const weight = own("weight");
  if (layer.kind !== "dense" || !weight) {
    const remedy = "no mistakes are known of others: read its trace instead";
    fail("type", "compare", "dense layers, activations and softmax", new Phrase(layer.kind), remedy);
  }
  const [outputs, inputs] = weight.shape as readonly [number, number];
  return { kind: "dense", inputs, outputs, weight, bias: own("bias"), fromLast };
}

const rules: readonly Settings["rule"][] = ["sgd", "adam"];

/** The optimizer's numbers; they don't say whether it is Nesterov's momentum, the recorded step does. */
function settingsOf({ optimizer, scalars: { before }, parameters }: Recording): Settings {
  const rule = rules.find((name) => name === optimizer);
  if (!rule)
    fail(
      "type",
      "compare",
      "the optimizer sgd or adam",
      new Phrase(optimizer),
      "no mistakes are known of others: read its trace instead",
    );
  const { learningRate, weightDecay, momentum = 0, dampening = 0, beta1 = 0, beta2 = 0, epsilon = 0 } = before;
  const plain: Settings = {
    rule,
    learningRate: learningRate!,
    weightDecay: weightDecay!,
    momentum,
    dampening,
    nesterov: false,
    beta1,
    beta2,
    epsilon,
    corrected: true,
    epsilonInside: false,
    decoupled: false,
  };
  if (momentum === 0) return plain;
  const missed = (parameter: ParameterRecord, settings: Settings): number =>
    parameter.before.reduce((sum, p, e) => {
      const moved = movement(p, parameter.gradient[e]!, memoryOf(parameter, e, before), settings);
      return sum + Math.abs(p - moved - parameter.after[e]!);
    }, 0);
  const looking = { ...plain, nesterov: true };
  return parameters.some((each) => !each.frozen && missed(each, looking) < missed(each, plain)) ? looking : plain;
}

/** What an optimizer remembers of an element. */
export function memoryOf(
  { slots }: ParameterRecord,
  element: number,
  { step = 0, beta1Power = 1, beta2Power = 1 }: Scalars,
): Memory {
  const [m = 0, v = 0] = slots.map(({ before }) => before[element]!);
  return { m, v, power1: beta1Power, power2: beta2Power, started: step > 0 };
}
