import { constant, zeros, type Layer, type Parameter, type Tensor } from "chainrule";

interface State {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly normal: Tensor;
  /** 1 / √(variance + ε), one for each row. */
  readonly scale: Tensor;
}

/** Each row brought to mean 0 and variance 1; then times weight, plus bias. */
export function layerNorm(epsilon = 1e-5): Layer<number, number, State> & { inputs?: undefined; outputs?: undefined } {
  return {
    kind: "layerNorm",
    plan: (planner, inputs) => ({
      weight: planner.parameter("weight", [inputs], constant(1)),
      bias: planner.parameter("bias", [inputs], zeros),
      normal: planner.tape("normal", inputs),
      scale: planner.tape("scale", 1),
    }),

    forward({ weight, bias, normal, scale }, x, y) {
      const { rows, columns } = x;
      for (let n = 0; n < rows; n++) {
        const row = Array.from(x.data.subarray(n * columns, (n + 1) * columns));
        const mean = row.reduce((a, b) => a + b, 0) / columns;
        const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / columns;
        scale.data[n] = 1 / Math.sqrt(variance + epsilon);
        for (let j = 0; j < columns; j++) {
          normal.data[n * columns + j] = (row[j]! - mean) * scale.data[n]!;
          y.data[n * columns + j] = weight.value.data[j]! * normal.data[n * columns + j]! + bias.value.data[j]!;
        }
      }
    },

    backward({ weight, bias, normal, scale }, x, _y, dy, dx) {
      const { rows, columns } = x;
      for (let n = 0; n < rows; n++) {
        let sum = 0;
        let dot = 0;
        for (let j = 0; j < columns; j++) {
          const i = n * columns + j;
          bias.gradient.data[j]! += dy.data[i]!;
          weight.gradient.data[j]! += dy.data[i]! * normal.data[i]!;
          sum += weight.value.data[j]! * dy.data[i]!;
          dot += weight.value.data[j]! * dy.data[i]! * normal.data[i]!;
        }
        for (let j = 0; dx && j < columns; j++) {
          const i = n * columns + j;
          dx.data[i] =
            scale.data[n]! * (weight.value.data[j]! * dy.data[i]! - sum / columns - (normal.data[i]! * dot) / columns);
        }
      }
    },
  };
}
