import type { Tensor } from "../core/tensor.js";
import type { NetworkImplementation } from "../network/implementation.js";
import { slopeOf } from "./difference.js";
import type { GradientCheckOptions } from "./gradients.js";
import { compare, type Pair, type TensorReport } from "./report.js";

/** What was found: the loss at the start, a report for each tensor, laws that are broken. */
export interface Found {
  readonly loss: number;
  readonly tensors: readonly TensorReport[];
  readonly broken: readonly string[];
}

type Settings = Required<Pick<GradientCheckOptions, "h" | "tolerance">> & Pick<GradientCheckOptions, "weights">;

/**
 * Compares the gradients of a network with differences. The network is in float64 and the check's own: its public calls
 * give the gradients of the parameters, its tapes are then run again for everything else.
 */
export function differentiate(network: NetworkImplementation, input: unknown, target: unknown, settings: Settings): Found {
  const { store, training, layers } = network;
  const { weights, tolerance } = settings;
  const broken: string[] = [];
  const rerun = rerunner(network, weights);
  store.allGradients.data.fill(0);
  network.forward(input);
  const loss = network.backward(target, weights && { weights });
  const gradients = Float64Array.from(store.allGradients.data);
  const parameters = Array.from(store.parameters.values(), (each) => ({
    ...each,
    due: gradients.subarray(each.gradient.offset, each.gradient.offset + each.gradient.data.length),
  }));

  // Again, on what is left from before: the gradients as they are, rubbish everywhere else.
  for (const { data } of [...training.values.slice(1), ...training.gradients]) data.fill(NaN);
  const { again, sum, size, change } = rerun.start();
  if (again !== loss) {
    broken.push(`forward gives the loss ${loss}, and ${again} when repeated: it keeps something, writes to its input, or leaves a part of y unwritten`);
  }
  if (!(Math.abs(sum - loss) <= tolerance * Math.max(1, size))) broken.push(`the loss is ${loss}, but its terms add up to ${sum}`);
  const hasInput = layers[0]!.differentiable !== false;
  rerun.backward(hasInput);
  for (const { name, shape, gradient, due } of parameters) {
    const { error, where, analytic, numeric } = compare(name, shape, Array.from(due, (g, i) => [gradient.data[i]!, 2 * g]));
    if (error <= tolerance) continue;
    broken.push(`backward has to add to gradients: ${where} is ${analytic} after two of them, should be twice ${numeric / 2}`);
  }

  const x = training.values[0]!;
  const check = (name: string, shape: readonly number[], tensor: Tensor, analytic: Float64Array): TensorReport =>
    compare(name, shape, differences(tensor, analytic, change, size, settings));
  const tensors = parameters.map(({ name, shape, value, due }) => check(name, shape, value, due));
  if (hasInput) {
    const dInput = Float64Array.from(training.gradients[0]!.data.subarray(0, x.rows * x.columns));
    tensors.push(check("input", [x.rows, x.columns], x, dInput));
  }
  return { loss, tensors, broken };
}

/** Runs the tapes of a network again, from buffers as they are now. */
function rerunner({ store, training, loss, outputSize }: NetworkImplementation, weights: Settings["weights"]) {
  const buffers = [...store.buffers.values()].map(({ value }) => [value, value.data.slice()] as const);
  const weighted = weights !== undefined;
  const divisor = (): number => loss!.divisor(training.output.rows, outputSize);
  const forward = (): void => {
    for (const [value, kept] of buffers) value.data.set(kept);
    training.forward();
    training.measure(weighted, divisor(), store.total);
  };
  const factor = (index: number): number => (weights ? weights[Math.floor(index / outputSize)]! : 1) / divisor();
  return {
    backward: (hasInput: boolean) => training.backward(weighted, divisor(), hasInput),
    /** The loss, the sum of its terms, their size, and what gives the change of the loss since, term by term: free of the sum's rounding. */
    start() {
      forward();
      const again = store.total.data[0]!;
      const terms = Array.from(training.terms.data.subarray(0, training.terms.rows * outputSize));
      const factors = terms.map((_, index) => factor(index));
      const change = (): number => {
        forward();
        const now = training.terms.data;
        let sum = 0;
        for (let i = 0; i < terms.length; i++) sum += (now[i]! - terms[i]!) * factors[i]!;
        return sum;
      };
      const parts = terms.map((term, i) => term * factors[i]!);
      return { again, sum: parts.reduce((a, b) => a + b, 0), size: Math.max(...parts.map(Math.abs)), change };
    },
  };
}

/** Each element's slope by the formulas, with its slope by differences. */
function differences(tensor: Tensor, analytic: Float64Array, change: () => number, size: number, { h, tolerance }: Settings): Pair[] {
  const norm = Math.sqrt(analytic.reduce((sum, a) => sum + a * a, 0));
  const doubt = (tolerance * (norm > 1 && norm < Infinity ? norm : 1)) / Math.sqrt(analytic.length);
  const { data } = tensor;
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
