import { ChainruleError, constant, zeros, type Layer, type Parameter, type Tensor } from "chainrule";

interface State {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly mean: Tensor;
  readonly variance: Tensor;
  /** (x − mean) / √(variance + ε) */
  readonly normal: Tensor;
  /** 1 / √(variance + ε) of the batch, in its first row. */
  readonly scale: Tensor;
}

export interface BatchNormOptions {
  readonly momentum?: number;
  readonly epsilon?: number;
}

/**
 * Each column brought to mean 0 and variance 1, over the batch while training and by running statistics afterwards;
 * then times weight, plus bias.
 */
export function batchNorm({ momentum = 0.1, epsilon = 1e-5 }: BatchNormOptions = {}): Layer<number, number, State> & {
  inputs?: undefined;
  outputs?: undefined;
} {
  return {
    kind: "batchNorm",
    plan: (planner, inputs) => ({
      weight: planner.parameter("weight", [inputs], constant(1)),
      bias: planner.parameter("bias", [inputs], zeros),
      mean: planner.buffer("running_mean", [inputs], 0),
      variance: planner.buffer("running_var", [inputs], 1),
      normal: planner.tape("normal", inputs),
      scale: planner.tape("scale", inputs),
    }),

    forward({ weight, bias, mean, variance, normal, scale }, x, y, { training }) {
      const { rows, columns } = x;
      if (training && rows < 2) {
        const remedy = "train on batches of at least 2";
        throw new ChainruleError({
          code: "shape",
          where: "batchNorm",
          expected: "at least 2 rows",
          got: `${rows}`,
          remedy,
        });
      }
      for (let j = 0; j < columns; j++) {
        let center = mean.data[j]!;
        let spread = variance.data[j]!;
        if (training) {
          center = 0;
          spread = 0;
          for (let i = j; i < rows * columns; i += columns) center += x.data[i]! / rows;
          for (let i = j; i < rows * columns; i += columns) spread += (x.data[i]! - center) ** 2 / rows;
          mean.data[j] = (1 - momentum) * mean.data[j]! + momentum * center;
          variance.data[j] = (1 - momentum) * variance.data[j]! + (momentum * spread * rows) / (rows - 1);
        }
        scale.data[j] = 1 / Math.sqrt(spread + epsilon);
        for (let i = j; i < rows * columns; i += columns) {
          normal.data[i] = (x.data[i]! - center) * scale.data[j]!;
          y.data[i] = weight.value.data[j]! * normal.data[i]! + bias.value.data[j]!;
        }
      }
    },

    backward({ weight, bias, normal, scale }, x, _y, dy, dx, { training }) {
      const { rows, columns } = x;
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        let dot = 0;
        for (let i = j; i < rows * columns; i += columns) {
          sum += dy.data[i]!;
          dot += dy.data[i]! * normal.data[i]!;
        }
        bias.gradient.data[j]! += sum;
        weight.gradient.data[j]! += dot;
        const factor = weight.value.data[j]! * scale.data[j]!;
        for (let i = j; dx && i < rows * columns; i += columns) {
          const shift = training ? sum / rows + (normal.data[i]! * dot) / rows : 0; // through mean and variance
          dx.data[i] = factor * (dy.data[i]! - shift);
        }
      }
    },
  };
}
