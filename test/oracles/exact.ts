import { type Activation, sigmoid, softplus, tanh } from "chainrule";

/**
 * Exact values of activations, f(z) and f′(z): mpmath, 60 digits, rounded once.
 *
 * They are the second oracle of an activation that has no case in test/fixtures/torch.py.
 */
export const activations: readonly {
  readonly block: Activation;
  readonly points: readonly (readonly [z: number, value: number, derivative: number])[];
}[] = [
  {
    block: sigmoid,
    points: [
      [-40, 4.248354255291589e-18, 4.248354255291589e-18],
      [-1.5, 0.18242552380635635, 0.14914645207033286],
      [0.25, 0.5621765008857981, 0.24613408273759835],
      [5, 0.9933071490757152, 0.006648056670790155],
    ],
  },
  {
    block: tanh,
    points: [
      [-3, -0.9950547536867305, 0.00986603716544019],
      [-1e-5, -9.999999999666668e-6, 0.9999999999],
      [0.125, 0.12435300177159621, 0.9845363309503934],
      [2.5, 0.9866142981514303, 0.02659222668316062],
    ],
  },
  {
    block: softplus({ beta: 3 }),
    points: [
      [-20, 2.9188369208988403e-27, 8.75651076269652e-27],
      [-0.5, 0.06713775932758413, 0.18242552380635635],
      [0, 0.23104906018664845, 0.5],
      [0.75, 0.7834021863055824, 0.9046505351008906],
      [12.5, 12.5, 1],
    ],
  },
];
