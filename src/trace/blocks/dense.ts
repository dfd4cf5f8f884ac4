import { add, multiply, ref, sum } from "../expression.js";
import { ofRow, partial } from "../names/symbol.js";
import { derived, place } from "../quantity.js";
import type { Scene, TracedParameter } from "../scene.js";
import type { Expression, Quantity } from "../types.js";
import type { LayerAccount } from "./block.js";
import { backwardMatrices, forwardMatrix } from "./dense-matrices.js";

/** net = b + w₁·i₁ + w₂·i₂ + …; backwards ∂E/∂w = δ·i, ∂E/∂b = δ, ∂E/∂i = Σ δ·w over the units that i feeds. */
export const dense: LayerAccount = {
  forward(scene, k) {
    const parameters = scene.parametersOf(k);
    const weight = parameters.get("weight")!;
    const bias = parameters.get("bias");
    const inputs = weight.record.shape[1]!;
    const law = (n: number, unit: number): Expression => {
      const terms = scene.values[k]![n]!.map((x, i) => multiply(ref(weight.values[unit * inputs + i]!), ref(x)));
      return bias ? add(ref(bias.values[bias.values.length > 1 ? unit : 0]!), ...terms) : sum(...terms);
    };
    const lines = scene.give(k, law).flat();
    scene.tell("forward", k, `${scene.names.title(k)}: total net input`, lines, {
      matrices: [forwardMatrix(scene, k, weight, bias)],
    });
  },

  backward(scene, k) {
    const parameters = scene.parametersOf(k);
    const weight = parameters.get("weight")!;
    const bias = parameters.get("bias");
    const title = scene.names.title(k);
    const gradients = [...weightLines(scene, k, weight), ...(bias ? biasLines(scene, k, bias) : [])];
    const matrices = backwardMatrices(scene, k, weight, bias);
    scene.tell("backward", k, `${title}: gradients`, gradients, {
      note: gradientNote(scene, bias),
      matrices: matrices.gradients,
    });
    if (k === 0) return;
    const note = "With the weights of the forward pass: the update comes later.";
    scene.tell("backward", k, `${title}: error carried back`, handBack(scene, k, weight), {
      note,
      matrices: matrices.handedBack,
    });
  },
};

const gradientNote = ({ recording: { rows } }: Scene, bias: TracedParameter | undefined): string =>
  [
    ...(bias ? ["The derivative of a total net input with respect to its bias is 1."] : []),
    ...(rows > 1 ? ["The parts of the rows add up; what the error is divided by is in δ already."] : []),
  ].join(" ");

const units = (length: number): number[] => Array.from({ length }, (_, unit) => unit);

/** ∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w, added up over the rows. */
function weightLines(scene: Scene, k: number, weight: TracedParameter): Quantity[] {
  const {
    dtype,
    names,
    recording: { rows },
  } = scene;
  const [, inputs] = weight.record.shape;
  const lines = weight.values.map(({ name, place: at }, e) => {
    const output = Math.floor(e / inputs!);
    const input = e % inputs!;
    const factors = scene.values[k]!.map((x, n) => {
      const factor = partial(scene.name(k + 1, output, n), name);
      return derived(factor, { ...at, role: "factor", row: n }, dtype, ref(x[input]!));
    });
    const products = factors.map((factor, n) => multiply(...scene.chain(k + 1, n, output), ref(factor)));
    return { factors, ...shared(scene, partial(names.error, name), { ...at, role: "share" }, rows, products) };
  });
  const gradients = scene.accumulate(weight, (e) => lines[e]!.law);
  return gradients.flatMap((gradient, e) => [...lines[e]!.factors, ...lines[e]!.shares, gradient]);
}

/** A sum over rows, with a name for each part; of one row its part itself. */
function shared(
  scene: Scene,
  name: Quantity["name"],
  at: Quantity["place"],
  rows: number,
  products: readonly Expression[],
) {
  if (rows === 1) return { shares: [], law: sum(...products) };
  const shares = products.map((product, n) => derived(ofRow(name, n), { ...at, row: n }, scene.dtype, product));
  return { shares, law: sum(...shares.map(ref)) };
}

/** ∂E/∂b = Σ δ over the rows; over the units too if they share it. */
function biasLines(scene: Scene, k: number, bias: TracedParameter): readonly Quantity[] {
  const outputs = scene.values[k + 1]![0]!.length;
  return scene.accumulate(bias, (e) => {
    const own = bias.values.length > 1 ? [e] : units(outputs);
    const deltas = units(scene.recording.rows).flatMap((n) =>
      own.map((unit) => product(scene.towards(k + 1, n, unit))),
    );
    return sum(...deltas);
  });
}

const product = (factors: readonly Expression[]): Expression =>
  factors.length > 1 ? multiply(...factors) : factors[0]!;

/** ∂E/∂x = Σ ∂E/∂net · ∂net/∂x over the units that x feeds, unit by unit. */
function handBack(scene: Scene, k: number, weight: TracedParameter): Quantity[] {
  const { dtype, names } = scene;
  const [outputs, inputs] = weight.record.shape;
  const factors = weight.values.map((w, e) => {
    const name = partial(names.value(k + 1, Math.floor(e / inputs!), null), names.value(k, e % inputs!, null));
    return derived(name, { ...w.place, role: "factor" }, dtype, ref(w));
  });
  const shares = scene.values[k]!.map((row, n) =>
    row.map((x, input) =>
      units(outputs!).map((output) => {
        const name = scene.shareName(k, output, x.name, n);
        const at = place("share", [output, input], { layer: k, row: n });
        return derived(
          name,
          at,
          dtype,
          multiply(...scene.towards(k + 1, n, output), ref(factors[output * inputs! + input]!)),
        );
      }),
    ),
  );
  const derivatives = scene.derive(k, (n, input) => sum(...shares[n]![input]!.map(ref)));
  return [...factors, ...derivatives.flatMap((row, n) => row.flatMap((each, input) => [...shares[n]![input]!, each]))];
}
