import type { ElementwiseLoops, Layer, Stream, Tensor } from "chainrule";

interface State {
  readonly stream: Stream;
  readonly mask: Tensor;
}

/** dz = da ⊙ z: the product of two tensors, by the verb `pull`. */
const times: ElementwiseLoops = {
  map(n, z, a) {
    for (let i = 0; i < n; i++) a[i] = z[i]!;
  },
  pull(n, z, _a, da, dz) {
    for (let i = 0; i < n; i++) dz[i] = da[i]! * z[i]!;
  },
};

/** While training, zeros in place of a part `rate` of the numbers, and the others scaled up in turn. Made of verbs alone. */
export function dropout(rate: number): Layer<number, number, State> & { inputs?: undefined; outputs?: undefined } {
  const keep: ElementwiseLoops = {
    ...times,
    map(n, u, mask) {
      for (let i = 0; i < n; i++) mask[i] = u[i]! < rate ? 0 : 1 / (1 - rate);
    },
  };
  return {
    kind: "dropout",
    plan: (planner, inputs) => ({ stream: planner.stream("mask"), mask: planner.tape("mask", inputs) }),

    forward({ stream, mask }, x, y, { kernels, training }) {
      if (!training) return kernels.copy(x, y);
      kernels.uniform(stream, mask);
      kernels.map(keep, mask, mask);
      kernels.pull(times, mask, mask, x, y);
    },

    backward({ mask }, _x, _y, dy, dx, { kernels, training }) {
      if (!dx) return;
      if (training) kernels.pull(times, mask, mask, dy, dx);
      else kernels.copy(dy, dx);
    },
  };
}
