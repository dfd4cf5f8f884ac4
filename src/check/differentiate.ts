import type { Floats, Tensor } from "../core/tensor.js";
import type { NetworkImplementation } from "../network/implementation.js";
import { Probe } from "../network/probe.js";
import { slopeOf } from "./difference.js";
import { compare, type Pair, type TensorReport } from "./report.js";
import { type Rerun, rerunner } from "./rerun.js";

/** What was found: the loss at the start, a report for each tensor, laws that are broken. */
export interface Found {
  readonly loss: number;
  readonly tensors: readonly TensorReport[];
  readonly broken: readonly string[];
}

/** The step of the differences, the largest error that passes, and a factor for the loss of each row. */
interface DifferenceSettings {
  readonly h: number;
  readonly tolerance: number;
  readonly rowWeights?: readonly number[] | Floats | undefined;
}

/**
 * Compares the gradients of a network with differences. The network is in float64 and the check's own: its public calls
 * give the gradients of the parameters, its tapes are then run again for everything else.
 */
export function differentiate(
  network: NetworkImplementation,
  input: unknown,
  target: unknown,
  settings: DifferenceSettings,
): Found {
  const { layers } = network;
  const probe = new Probe(network);
  const { rowWeights, tolerance } = settings;
  const rerun = rerunner(probe, rowWeights);
  network.forward(input);
  const loss = network.backward(target, rowWeights && { rowWeights });
  const parameters = probe.parameters.map((each) => ({ ...each, due: Float64Array.from(each.gradient.data) }));

  // Again, on what is left from before: the gradients as they are, rubbish everywhere else.
  for (const { data } of [...probe.values.slice(1), ...probe.gradients]) data.fill(NaN);
  const again = rerun();
  const broken: string[] = [];
  if (again.loss !== loss) {
    const why = "it keeps something, writes to its input, or leaves a part of y unwritten";
    broken.push(`forward gives the loss ${loss}, and ${again.loss} when repeated: ${why}`);
  }
  if (!(Math.abs(again.sum - loss) <= tolerance * Math.max(1, again.size))) {
    broken.push(`the loss is ${loss}, but its terms add up to ${again.sum}`);
  }
  const hasInput = layers[0]!.differentiable !== false;
  again.backward(hasInput);
  for (const { name, shape, gradient, due } of parameters) {
    const { error, where, analytic, numeric } = compare(
      name,
      shape,
      Array.from(due, (g, i) => [gradient.data[i]!, 2 * g]),
    );
    if (error <= tolerance) continue;
    broken.push(
      `backward has to add to gradients: ${where} is ${analytic} after two of them, should be twice ${numeric / 2}`,
    );
  }

  const x = probe.values[0]!;
  const dInput = Float64Array.from(probe.gradients[0]!.data.subarray(0, x.rows * x.columns));
  const check = (name: string, shape: readonly number[], tensor: Tensor, analytic: Float64Array): TensorReport =>
    compare(name, shape, differences(tensor, analytic, again, settings));
  const tensors = parameters.map(({ name, shape, value, due }) => check(name, shape, value, due));
  if (hasInput) tensors.push(check("input", [x.rows, x.columns], x, dInput));
  return { loss, tensors, broken };
}

/** Each element's slope by the formulas, with its slope by differences. */
function differences(
  { data }: Tensor,
  analytic: Float64Array,
  { change, size }: Rerun,
  { h, tolerance }: DifferenceSettings,
): Pair[] {
  const norm = Math.sqrt(analytic.reduce((sum, a) => sum + a * a, 0));
  const doubt = (tolerance * (norm > 1 && norm < Infinity ? norm : 1)) / Math.sqrt(analytic.length);
  return Array.from(analytic, (a, index) => {
    const kept = data[index]!;
    const at = (value: number): number => {
      data[index] = value;
      return change();
    };
    const slope = slopeOf(at, kept, h, a, doubt, size);
    data[index] = kept;
    return slope === null ? null : ([a, slope] as const);
  });
}
