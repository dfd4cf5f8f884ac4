import type { Chained, InputSize, Layer, OutputSize, Planned, Tensor } from "chainrule";

interface Sequence {
  readonly steps: readonly Planned[];
  /** What the layers but the last give. */
  readonly values: readonly Tensor[];
  /** ∂L/∂ those. */
  readonly gradients: readonly Tensor[];
}

/** Layers one after another, as one. */
export function sequential<const L extends readonly Layer[]>(
  list: Chained<L>,
): Layer<InputSize<L>, OutputSize<L>, Sequence> {
  const layers = list as readonly Layer[];
  const sized = layers.filter((layer) => layer.outputs !== undefined);
  return {
    kind: "sequential",
    options: { layers }, // by which a document tells two of them apart
    inputs: layers.find((layer) => layer.inputs !== undefined)?.inputs as InputSize<L> | undefined,
    outputs: sized.at(-1)?.outputs as OutputSize<L> | undefined,
    range: layers.at(-1)?.range,
    differentiable: layers[0]?.differentiable,

    plan(planner, inputs) {
      const steps: Planned[] = [];
      let columns = inputs;
      for (const [i, layer] of layers.entries()) {
        steps.push(planner.child(`layers.${i}`, layer, columns));
        columns = steps[i]!.outputs;
      }
      const inner = steps.slice(0, -1);
      return {
        steps,
        values: inner.map(({ outputs }, i) => planner.tape(`layers.${i}.output`, outputs)),
        gradients: inner.map(({ outputs }) => planner.scratch(outputs)),
      };
    },

    forward({ steps, values }, x, y, context) {
      steps.forEach((step, i) => step.forward(values[i - 1] ?? x, values[i] ?? y, context));
    },

    backward({ steps, values, gradients }, x, y, dy, dx, context) {
      for (let i = steps.length - 1; i >= 0; i--) {
        steps[i]!.backward(values[i - 1] ?? x, values[i] ?? y, gradients[i] ?? dy, i ? gradients[i - 1]! : dx, context);
      }
    },
  };
}

interface Branches {
  readonly inner: Sequence;
  /** What the layers give, before x is added. */
  readonly output: Tensor;
  readonly shortcut: Planned | null;
  readonly bypass: Tensor | null;
  readonly dBypass: Tensor | null;
}

/** y = shortcut(x) + layers(x); without a shortcut y = x + layers(x). */
export function residual<const L extends readonly Layer[]>(
  list: Chained<L>,
  shortcut?: Layer,
): Layer<InputSize<L>, OutputSize<L>, Branches> {
  const layers = sequential<L>(list);
  return {
    kind: "residual",
    options: { layers: list as readonly Layer[], shortcut },
    inputs: layers.inputs,
    outputs: layers.outputs,

    plan(planner, inputs) {
      const columns = layers.outputs ?? inputs;
      return {
        inner: layers.plan(planner, inputs),
        output: planner.tape("layers.output", columns),
        shortcut: shortcut ? planner.child("shortcut", shortcut, inputs) : null,
        bypass: shortcut ? planner.tape("shortcut.output", columns) : null,
        dBypass: shortcut ? planner.scratch(inputs) : null,
      };
    },

    forward({ inner, output, shortcut, bypass }, x, y, context) {
      const { kernels } = context;
      layers.forward(inner, x, output, context);
      shortcut?.forward(x, bypass!, context);
      kernels.copy(output, y);
      kernels.add(bypass ?? x, y);
    },

    backward({ inner, output, shortcut, bypass, dBypass }, x, _y, dy, dx, context) {
      const { kernels } = context;
      layers.backward(inner, x, output, dy, dx, context);
      shortcut?.backward(x, bypass!, dy, dx && dBypass, context);
      if (dx) kernels.add(shortcut ? dBypass! : dy, dx);
    },
  };
}
