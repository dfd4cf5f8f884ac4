import { letter, partial } from "../names/symbol.js";
import { equation, type Named, numbers, rowsOf, type Scene, type TracedParameter } from "../scene.js";
import type { MatrixEquation, Name } from "../types.js";

const parameterOf = ({ name, record, values }: TracedParameter): Named => [name, rowsOf(values, record.shape.at(-1)!)];

const gradientOf = (scene: Scene, { name, record, gradients }: TracedParameter): Named => [
  partial(scene.names.error, name),
  rowsOf(gradients, record.shape.at(-1)!),
];

/** Z = X·Wᵀ + b */
export function forwardMatrix(
  scene: Scene,
  k: number,
  weight: TracedParameter,
  bias: TracedParameter | undefined,
): MatrixEquation {
  const [x, z] = [scene.names.matrix(k), scene.names.matrix(k + 1)];
  const plus = bias ? [` + ${bias.name.text}`, ` + ${bias.name.latex}`] : ["", ""];
  const law = letter(
    `${x.text}·${weight.name.text}ᵀ${plus[0]}`,
    `${x.latex}\\,{${weight.name.latex}}^{\\top}${plus[1]}`,
  );
  const terms = [[x, numbers(scene.values[k]!)] as const, parameterOf(weight), ...(bias ? [parameterOf(bias)] : [])];
  return equation(law, [z, numbers(scene.values[k + 1]!)], ...terms);
}

/** dW = dZᵀ·X, db = Σ dZ, dX = dZ·W */
export function backwardMatrices(scene: Scene, k: number, weight: TracedParameter, bias: TracedParameter | undefined) {
  const { names, recording } = scene;
  const [x, z] = [names.matrix(k), names.matrix(k + 1)];
  const dz = partial(names.error, z);
  const down = [dz, recording.gradients[k + 1]!] as const;
  const by = (text: string, latex: string): Name => letter(text, latex);
  const gradients = [
    equation(
      by(`(${dz.text})ᵀ·${x.text}`, `\\left(${dz.latex}\\right)^{\\top} ${x.latex}`),
      gradientOf(scene, weight),
      down,
      [x, recording.values[k]!],
    ),
    ...(bias ? [equation(by(`Σ ${dz.text}`, `\\sum ${dz.latex}`), gradientOf(scene, bias), down)] : []),
  ];
  const handedBack =
    k === 0
      ? []
      : [
          equation(
            by(`${dz.text}·${weight.name.text}`, `${dz.latex}\\,${weight.name.latex}`),
            [partial(names.error, x), recording.gradients[k]!],
            down,
            parameterOf(weight),
          ),
        ];
  return { gradients, handedBack };
}
